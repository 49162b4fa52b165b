import { describe, expect, it } from '@jest/globals';
import type { Activity } from 'botbuilder';
import fc from 'fast-check';
import { clickActivity, messageActivity } from '../../src/sandbox/teams/activity.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { conversationKey } from '../../src/teams/conversations.ts';
import { readerOf, toConversation, toIncoming } from '../../src/teams/to-incoming.ts';
import { propertyRuns } from '../support/property-runs.ts';

const speaker = { id: people.alex.id, tenantId };
const writer = { id: people.alex.id, name: people.alex.displayName };
const place = { serviceUrl: 'https://smba.example/emea/', conversationId: 'a:personal' };

function message(text: string, change: Record<string, unknown> = {}): Partial<Activity> {
  return { ...messageActivity(writer, place, text), ...change };
}

function click(data: unknown, change: Record<string, unknown> = {}): Partial<Activity> {
  return { ...clickActivity(writer, place, 'card-7', data), ...change };
}

describe('a message', () => {
  it('of a personal chat has its text, its conversation and its sender', () => {
    const incoming = toIncoming(message('provision adele to Salesforce', { id: 'm1' }), speaker);

    expect(incoming).toMatchObject({
      id: 'a:personal|m1',
      speaker,
      what: { kind: 'text', text: 'provision adele to Salesforce', attachments: 0 },
    });
  });

  it('of a channel keeps its thread, so that the answer goes there', () => {
    const id = '19:general@thread.tacv2;messageid=1700000000000';

    const incoming = toIncoming(
      message('<at>Usher</at> apps', {
        id: 'm1',
        conversation: { id, isGroup: true, conversationType: 'channel', tenantId },
        entities: [{ type: 'mention', text: '<at>Usher</at>', mentioned: { id: '28:usher', name: 'Usher' } }],
      }),
      speaker,
    );

    expect(incoming).toMatchObject({ id: `${id}|m1`, what: { kind: 'text', text: 'apps' } });
    expect(JSON.parse(incoming?.conversation ?? '')).toMatchObject({ conversation: { id, isGroup: true } });
  });

  it('of a group chat differs from the same words in another one', () => {
    const one = toIncoming(message('apps', { id: 'm1', conversation: { id: '19:a@thread.v2' } }), speaker);
    const other = toIncoming(message('apps', { id: 'm1', conversation: { id: '19:b@thread.v2' } }), speaker);

    expect(one?.id).not.toBe(other?.id);
    expect(conversationKey(one?.conversation ?? '')).not.toBe(conversationKey(other?.conversation ?? ''));
  });

  it('that comes twice has one id, and one without any id is never a repetition', () => {
    const twice = message('apps', { id: 'm1' });
    const { id: _, ...anonymous } = message('apps');

    expect(toIncoming(twice, speaker)?.id).toBe(toIncoming(twice, speaker)?.id);
    expect(toIncoming(anonymous, speaker)?.id).not.toBe(toIncoming(anonymous, speaker)?.id);
  });

  it('counts files as attachments, and not the HTML that Teams adds', () => {
    const attachments = [{ contentType: 'text/html', content: '<p>hi</p>' }, { contentType: 'application/pdf' }];

    const incoming = toIncoming(message('', { attachments }), speaker);

    expect(incoming?.what).toEqual({ kind: 'text', text: '', attachments: 1, files: [] });
  });

  it('says where a dropped file can be fetched, and who is mentioned', () => {
    const downloadUrl = 'https://contoso-my.sharepoint.com/people.csv';
    const contentType = 'application/vnd.microsoft.teams.file.download.info';
    const attachments = [{ contentType, name: 'people.csv', content: { downloadUrl, fileType: 'csv' } }];
    const entities = [{ type: 'mention', text: '<at>Adele</at>', mentioned: { id: '29:adele', name: 'Adele' } }];

    const incoming = toIncoming(message('provision <at>Adele</at> to Salesforce', { attachments, entities }), speaker);

    expect(incoming?.what).toMatchObject({ files: [{ name: 'people.csv', downloadUrl }] });
    expect(incoming?.mentions).toEqual([{ id: '29:adele', name: 'Adele' }]);
  });
});

describe('a button', () => {
  it.each([
    [{ verb: 'run', text: 'help' }],
    [{ verb: 'choose', text: 'provision 5eed to Salesforce' }],
    [{ verb: 'retry', requestId: 'R7K3MQ' }],
    [{ verb: 'approve', requestId: 'R7K3MQ' }],
    [{ verb: 'deny', requestId: 'R7K3MQ', reason: 'Ask again in January.' }],
    [
      {
        verb: 'submit',
        form: 'requestAccess',
        on: 'form',
        picked: '5eed0000-0000-4000-8000-000000000004',
        subject: 'isaiah',
        app: 'Salesforce',
        start: '2026-12-01',
        end: '3 months',
        reason: 'He joins Sales.',
        ticket: 'INC0012345',
      },
    ],
  ])('of type Action.Submit brings %j, and the card it is on', (data) => {
    const incoming = toIncoming(click(data), speaker);

    expect(incoming?.what).toEqual({ kind: 'action', action: data, cardId: 'card-7' });
  });

  it('of type Action.Execute brings the same by an invoke', () => {
    const data = { verb: 'retry', requestId: 'R7K3MQ' };
    const value = { action: { type: 'Action.Execute', verb: 'usher', data }, trigger: 'manual' };

    const incoming = toIncoming(click(undefined, { type: 'invoke', name: 'adaptiveCard/action', value }), speaker);

    expect(incoming?.what).toEqual({ kind: 'action', action: data, cardId: 'card-7' });
  });

  it.each([
    [
      { verb: 'deny', requestId: 'R7K3MQ' },
      { verb: 'deny', requestId: 'R7K3MQ', reason: '' },
    ],
    [
      { verb: 'assign', requestId: 'R7K3MQ', page: 2, roles: ['Administrator'] },
      { verb: 'assign', requestId: 'R7K3MQ', page: 2 },
    ],
    [
      { verb: 'confirm', requestId: 'R7K3MQ' },
      { verb: 'confirm', requestId: 'R7K3MQ', ticket: '' },
    ],
    [
      { verb: 'ticket', text: 'provision lee to Box', by: 'alex' },
      { verb: 'ticket', text: 'provision lee to Box', ticket: '' },
    ],
    [
      { verb: 'submit', form: 'check', on: 'form', subject: 'isaiah' },
      {
        verb: 'submit',
        form: 'check',
        on: 'form',
        picked: '',
        subject: 'isaiah',
        app: '',
        start: '',
        end: '',
        reason: '',
        ticket: '',
      },
    ],
    [
      { verb: 'approve', requestId: 'R7K3MQ', decidedBy: 'root', reason: 'mine' },
      { verb: 'approve', requestId: 'R7K3MQ' },
    ],
  ])('with %j is read as %j: empty fields stay empty, and unknown ones are dropped', (data, action) => {
    expect(toIncoming(click(data), speaker)?.what).toEqual({ kind: 'action', action, cardId: 'card-7' });
  });

  it('brings nothing but what its kind has', () => {
    const incoming = toIncoming(
      click({ verb: 'run', text: 'help', speaker: { id: 'root' }, roles: ['operator'] }),
      speaker,
    );

    expect(incoming?.what).toEqual({ kind: 'action', action: { verb: 'run', text: 'help' }, cardId: 'card-7' });
    expect(incoming?.speaker).toEqual(speaker);
  });

  it.each([
    ['an unknown verb', { verb: 'remove', requestId: 'R7K3MQ' }],
    ['a decision about nothing', { verb: 'approve' }],
    ['no verb', { text: 'help' }],
    ['a text that is no text', { verb: 'run', text: { toString: 'help' } }],
    ['a text without end', { verb: 'run', text: 'x'.repeat(1001) }],
    ['a request id that is a piece of SQL', { verb: 'retry', requestId: "R'; drop table requests" }],
    ['a request id in small letters', { verb: 'retry', requestId: 'r7k3mq' }],
    ['a list', [{ verb: 'run', text: 'help' }]],
    ['an empty object', {}],
  ])('with %s is unknown', (_name, data) => {
    expect(toIncoming(click(data), speaker)?.what).toEqual({ kind: 'unknownAction', cardId: 'card-7' });
  });

  it('keeps the typed text, cut where it has no end and without the characters that no database keeps', () => {
    const typed = { subject: `isa${String.fromCharCode(0)}iah`, app: null, reason: 'x'.repeat(600) };
    const asked = { verb: 'submit', form: 'requestAccess', on: 'form', ...typed };

    const what = toIncoming(click(asked), speaker)?.what;

    expect(what).toMatchObject({ action: { subject: 'isa iah', app: '', start: '', reason: 'x'.repeat(500) } });
  });

  it.each([[undefined], [null], ['text'], [{}], [{ action: null }], [{ action: { data: 'text' } }]])(
    'of an invoke with the value %j is unknown',
    (value) => {
      const incoming = toIncoming(click(undefined, { type: 'invoke', value }), speaker);

      expect(incoming?.what.kind).toBe('unknownAction');
    },
  );
});

describe('the scope', () => {
  const place = (conversation: Record<string, unknown>, serviceUrl = 'https://smba.example/emea/') =>
    toIncoming(message('apps', { conversation, serviceUrl }), speaker)?.place;

  it.each([
    ['personal', 'personal'],
    ['groupChat', 'shared'],
    ['channel', 'shared'],
    [undefined, 'shared'],
    [{ personal: true }, 'shared'],
  ])('of a conversation of the type %j is %s', (conversationType, kind) => {
    expect(place({ id: 'a:1', conversationType })?.kind).toBe(kind);
  });

  it('is the same in all threads of a channel, and another in another channel', () => {
    const one = place({ id: '19:it@thread.tacv2;messageid=1', conversationType: 'channel' });
    const other = place({ id: '19:it@thread.tacv2;messageid=2', conversationType: 'channel' });
    const elsewhere = place({ id: '19:hr@thread.tacv2;messageid=1', conversationType: 'channel' });

    expect(one).toEqual(other);
    expect(one?.key).not.toBe(elsewhere?.key);
  });

  it('is another where another service has a conversation of the same id', () => {
    const alex = place({ id: 'personal-chat', conversationType: 'personal' }, 'http://localhost:56150/_connector');
    const megan = place({ id: 'personal-chat', conversationType: 'personal' }, 'http://localhost:56151/_connector');

    expect(alex?.key).not.toBe(megan?.key);
  });
});

describe('the address of the answer', () => {
  it('is kept without the rest of the activity, and without the id of the message', () => {
    const activity = message('provision adele to Salesforce', {
      channelData: { secret: 'channel data' },
      from: { id: '29:alex', name: 'Alex Wilber', aadObjectId: people.alex.id, email: 'alex@contoso.com' },
    });

    const conversation = JSON.parse(toConversation(activity));

    expect(conversation).toEqual({
      user: { id: '29:alex', name: 'Alex Wilber', aadObjectId: people.alex.id },
      bot: { id: '28:usher', name: 'Usher' },
      conversation: { id: 'a:personal', conversationType: 'personal', tenantId },
      channelId: 'msteams',
      serviceUrl: place.serviceUrl,
    });
  });
});

describe('the reader', () => {
  const clientInfo = (timezone: unknown) => ({ type: 'clientInfo', locale: 'de-DE', country: 'DE', timezone });

  it.each<[string, Record<string, unknown>, string]>([
    ['what the client says', { entities: [clientInfo('Europe/Berlin')], localTimezone: 'Asia/Tokyo' }, 'Europe/Berlin'],
    ['what the message says', { localTimezone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
    [
      'the message where the client talks nonsense',
      { entities: [clientInfo('Mars/Olympus')], localTimezone: 'Asia/Tokyo' },
      'Asia/Tokyo',
    ],
    ['UTC where both do', { entities: [clientInfo('')], localTimezone: 'nowhere' }, 'UTC'],
    ['UTC where the activity has no zone', { localTimezone: undefined }, 'UTC'],
    ['UTC for a number', { localTimezone: 7 }, 'UTC'],
    ['UTC where the entities are none', { entities: 'clientInfo', localTimezone: null }, 'UTC'],
  ])('has the time zone of %s', (_name, change, timeZone) => {
    expect(readerOf(message('', change)).timeZone).toBe(timeZone);
  });

  it.each<[unknown, string]>([
    ['de-DE', 'de-DE'],
    ['pt-BR', 'pt-BR'],
    ['english please', 'en-US'],
    ['', 'en-US'],
    [undefined, 'en-US'],
    [{ de: 1 }, 'en-US'],
    [`en-x-${Array(40).fill('abcdefgh').join('-')}`, 'en-US'],
  ])('of the locale %j reads %s', (locale, expected) => {
    expect(readerOf(message('', { locale })).locale).toBe(expected);
  });
});

describe('any activity', () => {
  const fields = [
    ...['id', 'from', 'recipient', 'conversation', 'channelId', 'serviceUrl', 'channelData', 'entities', 'attachments'],
    ...['locale', 'localTimezone', 'text', 'value', 'replyToId', 'name', 'action'],
  ];
  const anyActivity = fc
    .record(Object.fromEntries(fields.map((name) => [name, fc.jsonValue()])), { requiredKeys: [] })
    .chain((garbage) =>
      fc.constantFrom('message', 'invoke', 'messageReaction', 'typing').map((type) => ({ type, ...garbage })),
    );

  it('with anything in any field, or nothing, is read without an exception', () => {
    fc.assert(
      fc.property(anyActivity, (activity) => {
        const incoming = toIncoming(activity as Partial<Activity>, speaker);

        expect(incoming === null).toBe(!['message', 'invoke'].includes(activity.type));
        if (incoming === null) return;
        expect(typeof incoming.id).toBe('string');
        expect(() => conversationKey(incoming.conversation)).not.toThrow();
        expect(
          () => new Intl.DateTimeFormat(incoming.reader.locale, { timeZone: incoming.reader.timeZone }),
        ).not.toThrow();
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each(fields)('is read without its %s', (name) => {
    const activity = message('apps', { [name]: undefined });

    expect(() => toIncoming(activity, speaker)).not.toThrow();
  });
});
