import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CardMessage } from '../../src/chat/reply.ts';
import { readConfig } from '../../src/config.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { messageActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { createAdapter } from '../../src/teams/adapter.ts';
import {
  type Conversations,
  conversationKey,
  createConversations,
  type NotSent,
  type ObservedMessage,
} from '../../src/teams/conversations.ts';
import { toConversation } from '../../src/teams/to-incoming.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

const secretText = 'Adele Vance has no account in Salesforce';
const message: CardMessage = {
  card: {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: secretText,
    body: [{ type: 'TextBlock', text: secretText }],
  },
  summary: secretText,
};

let connector: Connector;
let clock: TestClock;
let conversations: Conversations;
let conversation: string;
let already = 0;
const heard: ObservedMessage[] = [];
beforeAll(async () => {
  connector = await startConnector();
});
afterAll(() => connector.close());
beforeEach(() => {
  const read = readConfig(sandboxEnvironment('http://127.0.0.1:1/v1.0'));
  if (!read.ok) throw new Error('the sandbox environment is a good one');
  clock = createTestClock();
  const { adapter } = createAdapter(read.config);
  conversations = createConversations({
    adapter,
    appId: '',
    serviceHosts: 'loopback',
    clock,
    observe: (told) => void heard.push(told),
  });
  heard.length = 0;
  const place = { serviceUrl: connector.serviceUrl, conversationId: '19:a/b?c@thread.tacv2;messageid=1' };
  conversation = toConversation(messageActivity({ id: 'alex', name: 'Alex' }, place, 'hello'));
  already = connector.deliveries.length;
});

const deliveries = () => connector.deliveries.slice(already);

describe('a conversation', () => {
  it('whose stored address is not that of Teams gets nothing, and no token goes there', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const read = readConfig(sandboxEnvironment('http://127.0.0.1:1/v1.0'));
    if (!read.ok) throw new Error('the sandbox environment is a good one');
    const { adapter } = createAdapter(read.config);
    const strict = createConversations({ adapter, appId: '', serviceHosts: ['smba.trafficmanager.net'], clock });
    const place = { serviceUrl: `http://127.0.0.1:${port}/`, conversationId: 'chat' };
    const elsewhere = toConversation(messageActivity({ id: 'alex', name: 'Alex' }, place, 'hello'));

    const sent = [
      await strict.post(elsewhere, message),
      await strict.edit(elsewhere, 'card', message),
      await strict.post(elsewhere, { text: 'hello' }),
      await strict.remove(elsewhere, 'card'),
    ];
    const member = await strict.findMember(elsewhere, 'alex');
    server.close();

    expect(sent.map(({ kind }) => kind)).toEqual(['gone', 'gone', 'gone', 'gone']);
    expect([member, asked]).toEqual([null, []]);
  });

  it('whose service redirects is not followed there', async () => {
    const asked: string[] = [];
    const evil = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{"id":"1"}');
    }).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    const service = createServer((_request, response) => {
      response.statusCode = 307;
      response.setHeader('location', `http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const serviceUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
    const place = { serviceUrl, conversationId: 'chat' };
    const there = toConversation(messageActivity({ id: 'alex', name: 'Alex' }, place, 'hello'));

    const sent = await conversations.post(there, message);
    const edited = await conversations.edit(there, 'card', message);
    const member = await conversations.findMember(there, 'alex');
    for (const server of [service, evil]) {
      server.closeAllConnections();
      server.close();
    }

    expect([sent.kind, edited.kind, member]).toEqual(['failed', 'failed', null]);
    expect(asked).toEqual([]);
  });

  it('accepts the question whether to store a file, and the card of the file', async () => {
    const offer = {
      fileName: 'history.csv',
      description: 'The history.',
      sizeBytes: 12,
      context: { about: null, since: 7 },
    };
    const file = { name: 'history.csv', contentUrl: 'https://contoso.example/h', uniqueId: 'f-1', fileType: 'csv' };

    const posted = [
      await conversations.offerFile(conversation, offer),
      await conversations.showFile(conversation, file, 'It is stored.'),
    ];

    expect(posted.map(({ kind }) => kind)).toEqual(['done', 'done']);
    expect(deliveries().map(({ activity }) => [activity.summary, activity.attachments])).toEqual([
      [
        'The history.',
        [
          {
            contentType: 'application/vnd.microsoft.teams.card.file.consent',
            name: 'history.csv',
            content: {
              description: 'The history.',
              sizeInBytes: 12,
              acceptContext: { about: null, since: 7 },
              declineContext: { about: null, since: 7 },
            },
          },
        ],
      ],
      [
        'It is stored.',
        [
          {
            contentType: 'application/vnd.microsoft.teams.card.file.info',
            contentUrl: 'https://contoso.example/h',
            name: 'history.csv',
            content: { uniqueId: 'f-1', fileType: 'csv' },
          },
        ],
      ],
    ]);
  });

  it('accepts a card, another one in its place, a text, and the deletion of the card', async () => {
    const posted = await conversations.post(conversation, message);
    const cardId = (posted.kind === 'done' ? posted.activityId : null) ?? '';
    const edited = await conversations.edit(conversation, cardId, { ...message, summary: 'done' });
    const said = await conversations.post(conversation, { text: 'plain' });
    const removed = await conversations.remove(conversation, cardId);

    expect([posted, edited, said, removed].map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done']);
    expect(deliveries()).toMatchObject([
      { kind: 'post', activity: { summary: secretText, attachments: [{ content: message.card }] } },
      { kind: 'edit', activityId: cardId, activity: { summary: 'done' } },
      { kind: 'post', activity: { text: 'plain', textFormat: 'plain' } },
      { kind: 'delete', activityId: cardId },
    ]);
    expect(new Set(deliveries().map(({ conversationId }) => conversationId))).toEqual(
      new Set(['19:a/b?c@thread.tacv2;messageid=1']),
    );
  });

  it('gets messages that reply to no message there', async () => {
    const asked = messageActivity(
      { id: 'alex', name: 'Alex' },
      { serviceUrl: connector.serviceUrl, conversationId: 'a' },
      'hi',
    );

    await conversations.post(toConversation(asked), message);

    expect(deliveries()[0]?.activity.replyToId).not.toBe(asked.id);
  });

  it('is identified by its id and its service', () => {
    const other = conversation.replace('messageid=1', 'messageid=2');

    expect(conversationKey(conversation)).toBe(conversationKey(conversation));
    expect(conversationKey(conversation)).not.toBe(conversationKey(other));
  });
});

describe('the observer of the conversations', () => {
  it('hears of each message whether Teams accepted it', async () => {
    connector.refuseNext('edit', 404);
    connector.refuseNext('delete', 409);

    await conversations.post(conversation, message);
    await conversations.edit(conversation, 'card-1', message);
    await conversations.post(conversation, { text: 'plain' });
    await conversations.remove(conversation, 'card-1');

    expect(heard).toEqual([
      { kind: 'post', result: 'done' },
      { kind: 'edit', result: 'gone' },
      { kind: 'text', result: 'done' },
      { kind: 'remove', result: 'failed' },
    ]);
  });
});

describe('a message that Teams does not accept', () => {
  it.each([400, 403, 404, 405, 410, 413])(
    'for good (%d) is distinguished from one that it may accept later',
    async (status) => {
      connector.refuseNext('edit', status);

      const sent = await conversations.edit(conversation, 'card-1', message);

      expect(sent).toMatchObject({ kind: 'gone', status });
    },
  );

  it.each([401, 409])('now (%d) may be accepted later', async (status) => {
    connector.refuseNext('post', status);

    const sent = await conversations.post(conversation, message);

    expect(sent).toMatchObject({ kind: 'failed', status });
  });

  it('because of a conflict (412) is sent again after one and two seconds', async () => {
    connector.refuseNext('edit', 412);
    connector.refuseNext('edit', 412);

    const sending = conversations.edit(conversation, 'card-1', message);
    await eventually(() => clock.pending() === 1);
    await clock.advance(1_000);
    await eventually(() => clock.pending() === 1);
    await clock.advance(2_000);

    expect(await sending).toEqual({ kind: 'done' });
    expect(deliveries()).toHaveLength(1);
  });

  it('because of three conflicts may be accepted later', async () => {
    for (let refusal = 0; refusal < 3; refusal += 1) connector.refuseNext('post', 412);

    const heard: string[] = [];
    const pausing = {
      begins: async () => void heard.push(`pauses at ${clock.monotonic()}`),
      ends: async () => void heard.push(`sends at ${clock.monotonic()}`),
    };

    const since = clock.monotonic();
    const sending = conversations.post(conversation, { text: 'plain' }, pausing);
    for (const pauseMs of [1_000, 2_000]) {
      await eventually(() => clock.pending() === 1);
      await clock.advance(pauseMs);
    }

    expect(await sending).toMatchObject({ kind: 'failed', status: 412 });
    const at = (ms: number) => since + ms;
    expect(heard).toEqual([
      `pauses at ${at(0)}`,
      `sends at ${at(1_000)}`,
      `pauses at ${at(1_000)}`,
      `sends at ${at(3_000)}`,
    ]);
  });

  it.each([500, 502, 503, 504])('of which it does not say whether it has it (%d) is sent once', async (status) => {
    connector.refuseNext('post', status);
    connector.refuseNext('edit', status);

    const posted = await conversations.post(conversation, message);
    const edited = await conversations.edit(conversation, 'card-1', message);

    expect(posted).toMatchObject({ kind: 'perhaps', status });
    expect(edited).toMatchObject({ kind: status >= 500 ? 'perhaps' : 'failed', status });
    expect([deliveries(), clock.pending()]).toEqual([[], 0]);
  });

  it('leaves an error with status and code, and nothing of the message or of the request', async () => {
    connector.refuseNext('post', 403);

    const sent = await conversations.post(conversation, message);

    const { error } = sent as NotSent<'gone'>;
    expect(error).toMatchObject({ message: 'Teams answered 403', statusCode: 403, code: 'Refused' });
    const carried = error instanceof Error ? [...Object.getOwnPropertyNames(error)] : [];
    expect(carried.toSorted()).toEqual(['code', 'message', 'stack', 'statusCode']);
    expect(String(error instanceof Error ? error.stack : '')).not.toContain(secretText);
  });
});
