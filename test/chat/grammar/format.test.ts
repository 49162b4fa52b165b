import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from '../../../src/chat/command.ts';
import { format, parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const SEED = 20261121;

describe('the canonical line of a command', () => {
  it.each<[Command, string]>([
    [
      { verb: 'provision', subject: 'adele@contoso.com', app: 'Salesforce' },
      'provision user adele@contoso.com to Salesforce',
    ],
    [
      { verb: 'provision', subject: 'Zoë Müller-李', app: 'GitHub Enterprise' },
      'provision user Zoë Müller-李 to GitHub Enterprise',
    ],
    [
      { verb: 'provision', subject: "Miles O'Brien", app: 'Data for Good' },
      `provision user Miles O'Brien to "Data for Good"`,
    ],
    [{ verb: 'provision', subject: 'user', app: 'Thank You' }, 'provision user "user" to "Thank You"'],
    [{ verb: 'provision', subject: '5" Disk', app: 'Yahoo!' }, 'provision user "5"" Disk" to "Yahoo!"'],
    [
      { verb: 'provisionList', subjects: ['adele@contoso.com', 'Lee Gu', 'CN=a,DC=b', 'R and D'], app: 'Box' },
      'provision users adele@contoso.com, Lee Gu, "CN=a,DC=b", "R and D" to Box',
    ],
    [
      { verb: 'provisionGroup', group: 'Sales Team', members: null, app: 'GitHub' },
      'provision group Sales Team to GitHub',
    ],
    [
      { verb: 'provisionGroup', group: 'Friends with Benefits', members: ['adele', 'Lee to Gu'], app: 'GitHub' },
      'provision group "Friends with Benefits" with members adele, "Lee to Gu" to GitHub',
    ],
    [{ verb: 'retry', requestId: 'R7K3MQ' }, 'retry R7K3MQ'],
    [{ verb: 'cancel', requestId: 'R7K3MQ' }, 'cancel R7K3MQ'],
    [{ verb: 'cancel', requestId: 'PLEASE' }, 'cancel "PLEASE"'],
    [
      {
        verb: 'requestAccess',
        subject: 'isaiah',
        app: 'Salesforce',
        start: '1 December',
        end: null,
        reason: 'he joins Sales',
      },
      'request access for isaiah to Salesforce on 1 December because he joins Sales',
    ],
    [
      { verb: 'requestAccess', subject: 'Lee Gu', app: 'Log on', start: 'in two weeks', end: null, reason: 'of "us"' },
      'request access for Lee Gu to "Log on" starting "in two weeks" because "of ""us"""',
    ],
    [
      { verb: 'requestAccess', subject: 'a@b.c', app: 'Monday', start: null, end: null, reason: null },
      'request access for a@b.c to "Monday"',
    ],
    [{ verb: 'accessForm' }, 'request'],
    [{ verb: 'approve', requestId: 'R7K3MQ' }, 'approve R7K3MQ'],
    [{ verb: 'deny', requestId: 'R7K3MQ', reason: null }, 'deny R7K3MQ'],
    [{ verb: 'deny', requestId: 'R7K3MQ', reason: 'he has it, for now' }, 'deny R7K3MQ he has it, for now'],
    [{ verb: 'deny', requestId: 'THIS', reason: 'because' }, 'deny "THIS" "because"'],
    [{ verb: 'pending', page: 1 }, 'pending'],
    [{ verb: 'pending', page: 2 }, 'pending 2'],
    [{ verb: 'show', requestId: 'R7K3MQ' }, 'show R7K3MQ'],
    [{ verb: 'sendApprovalsHere' }, 'send approvals here'],
    [{ verb: 'stopSendingApprovals' }, 'stop sending approvals'],
    [{ verb: 'status', app: null }, 'status'],
    [{ verb: 'status', app: 'GitHub Enterprise' }, 'status GitHub Enterprise'],
    [{ verb: 'status', app: 'all' }, 'status "all"'],
    [{ verb: 'check', subject: 'adele@contoso.com', app: 'Salesforce' }, 'check adele@contoso.com in Salesforce'],
    [{ verb: 'check', subject: 'Anh To', app: 'Data for Good' }, 'check "Anh To" in "Data for Good"'],
    [{ verb: 'check', subject: 'adele', app: 'Salesforce, GitHub' }, 'check adele in Salesforce, GitHub'],
    [{ verb: 'check', subject: 'adele', app: 'Box, Data for Good' }, 'check adele in "Box, Data for Good"'],
    [{ verb: 'check', subject: 'R7K3MQ', app: null }, 'check "R7K3MQ"'],
    [{ verb: 'queue' }, 'queue'],
    [{ verb: 'history', about: null, since: null, page: 1 }, 'history'],
    [{ verb: 'history', about: 'Lee Gu', since: '1 November', page: 2 }, 'history Lee Gu since 1 November page 2'],
    [{ verb: 'history', about: '2', since: 'monday for me', page: 1 }, 'history "2" since "monday for me"'],
    [{ verb: 'requests', page: 1 }, 'requests'],
    [{ verb: 'requests', page: 3 }, 'requests page 3'],
    [{ verb: 'exportHistory', about: null, since: '2026-11-01' }, 'export history since 2026-11-01'],
    [{ verb: 'exportHistory', about: 'Box', since: null }, 'export history Box'],
    [{ verb: 'watch', app: 'Salesforce' }, 'watch Salesforce'],
    [{ verb: 'unwatch', app: 'Here' }, 'unwatch "Here"'],
    [{ verb: 'watches' }, 'watches'],
    [{ verb: 'apps', search: null }, 'apps'],
    [{ verb: 'apps', search: 'sales' }, 'apps sales'],
    [{ verb: 'kits', kit: null }, 'kits'],
    [{ verb: 'kits', kit: 'Sales, Marketing and Ops' }, 'kits "Sales, Marketing and Ops"'],
    [{ verb: 'whoami' }, 'whoami'],
    [{ verb: 'help', topic: null }, 'help'],
    [{ verb: 'help', topic: 'provision' }, 'help provision'],
  ])('of %j is %s', (command, line) => {
    expect(format(command)).toBe(line);
  });

  it('reads back as the command, whatever the names hold', () => {
    const word = fc.oneof(
      fc.constantFrom(
        ...[
          'to',
          'TO',
          'in',
          'into',
          'for',
          'user',
          'the',
          'me',
          'please',
          'thanks',
          'you',
          'asap',
          'help',
          'provision',
        ],
        ...[
          '"',
          '""',
          '“',
          '”',
          '«',
          "'",
          '’',
          '`',
          '?',
          '!',
          '.',
          ',',
          '@',
          '<',
          '>',
          'a@b.c',
          'mailto:a@b',
          '@adele',
        ],
        ...[
          'and',
          '&',
          ';',
          'users',
          'group',
          'groups',
          'gruop',
          'with',
          'members',
          'people',
          '-',
          '1.',
          '<a@b.c>',
          'a,b',
        ],
        ...[
          'CN=a',
          'DC=b',
          '\\\\',
          '\n',
          '\t',
          '  ',
          '\u00a0',
          '🙂',
          '\ud800',
          ...[
            'access',
            'request',
            'on',
            'from',
            'by',
            'starting',
            'as',
            'of',
            'because',
            'since',
            'reason',
            'reason:',
            'so',
          ],
          ...['1', '1st', 'December', 'Monday', 'next', 'tomorrow', 'two', 'weeks', '2026-12-01', '1/12', 'he', 'now'],
          "O'Brien",
          'Zoë',
          '李',
          'İ',
          'apps',
          'kits',
          'kit',
          'regards',
          ...[
            'status',
            'health',
            'check',
            'queue',
            'history',
            'requests',
            'export',
            'watch',
            'watches',
            'list',
            'page',
          ],
          ...[
            'all',
            'everything',
            'this',
            'here',
            'channel',
            'is',
            'if',
            'not',
            'app',
            'sync',
            'since',
            'last',
            'week',
          ],
          ...['yesterday', 'about', 'account', "adele's", 'healthy', 'csv', 'as', '2', 'R7K3MQ', 'over', 'own', 'user'],
          ...[
            'until',
            'till',
            'through',
            'up',
            'day',
            'days',
            'rest',
            'year',
            'bis',
            'au',
            'le',
            'den',
            'i',
            'à',
            '2h',
          ],
          ...['at', 'noon', '9am', 'asti', 'ajan', 'demain', 'übermorgen', '31.', 'max', 'March', 'during', 'before'],
          ...['3月31日まで', '到', '2週間', '1-31'],
        ],
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    );
    const name = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 5 }), fc.constantFrom('', ' ', '\n'))
      .map(([words, gap]) => words.join(gap))
      .filter((text) => text.trim() !== '');
    const date = fc.constantFrom(
      '1 December',
      'next Monday',
      'in two weeks',
      '1/12',
      '1 December to 31 March',
      'tomorrow',
    );
    const end = fc.constantFrom(
      ...['31 March', '2 weeks', 'the rest of the year', 'a day', '8 hours', '31/03/2027', 'le 31 mars', '2 semaines'],
      ...['31. maaliskuuta', '3月31日', '2週間', '31 March 2027', 'further notice', 'next Friday', '1-31 December'],
      ...['18:00', '18:00 on friday', 'a year and a half', 'the end of March', 'forever', 'for ever', 'permanently'],
    );
    const term = fc
      .record({
        start: fc.option(fc.oneof(name, date)),
        end: fc.option(fc.oneof(name, date, end)),
        reason: fc.option(name),
      })
      .filter((made) => made.start !== null || made.end !== null);
    const since = fc.oneof(name, date, fc.constantFrom('monday', 'yesterday', '2026-11-01', 'the 1st of November'));
    const page = fc.integer({ min: 1, max: 999_999 });
    const requestId = fc.oneof(
      fc.stringMatching(/^[0-9A-Z]{4,12}$/),
      fc.constantFrom('FAILED', 'PLEASE', 'USERS', 'AGAIN', 'WITH', 'THANKS', 'REQUEST', 'THIS', 'BECAUSE', 'PENDING'),
    );
    const command: fc.Arbitrary<Command> = fc.oneof(
      fc.record({ verb: fc.constant('provision' as const), subject: name, app: name }),
      fc.record({
        verb: fc.constant('provisionList' as const),
        subjects: fc.array(name, { minLength: 1, maxLength: 6 }),
        app: name,
      }),
      fc.record({
        verb: fc.constant('provisionGroup' as const),
        group: name,
        members: fc.option(fc.array(name, { minLength: 1, maxLength: 6 })),
        app: name,
      }),
      fc.record({ verb: fc.constantFrom('retry' as const, 'cancel', 'approve', 'show'), requestId }),
      fc.record({ verb: fc.constant('deny' as const), requestId, reason: fc.option(name) }),
      fc.record({
        verb: fc.constant('requestAccess' as const),
        subject: name,
        app: name,
        start: fc.option(fc.oneof(name, date)),
        end: fc.option(fc.oneof(name, date, end)),
        reason: fc.option(name),
      }),
      fc.record({ verb: fc.constant('provision' as const), subject: name, app: name, term }),
      fc.record({
        verb: fc.constant('provisionList' as const),
        subjects: fc.array(name, { minLength: 1, maxLength: 6 }),
        app: name,
        term,
      }),
      fc.record({
        verb: fc.constant('provisionGroup' as const),
        group: name,
        members: fc.option(fc.array(name, { minLength: 1, maxLength: 6 })),
        app: name,
        term,
      }),
      fc.record({ verb: fc.constant('pending' as const), page }),
      fc.constantFrom<Command>(
        { verb: 'accessForm' },
        { verb: 'sendApprovalsHere' },
        { verb: 'stopSendingApprovals' },
        { verb: 'queue' },
        { verb: 'watches' },
      ),
      fc.record({ verb: fc.constant('status' as const), app: fc.option(name) }),
      fc.record({ verb: fc.constant('check' as const), subject: name, app: fc.option(name) }),
      fc.record({ verb: fc.constant('history' as const), about: fc.option(name), since: fc.option(since), page }),
      fc.record({ verb: fc.constant('requests' as const), page }),
      fc.record({ verb: fc.constant('exportHistory' as const), about: fc.option(name), since: fc.option(since) }),
      fc.record({ verb: fc.constantFrom('watch' as const, 'unwatch'), app: name }),
      fc.record({ verb: fc.constant('apps' as const), search: fc.option(name) }),
      fc.record({ verb: fc.constant('kits' as const), kit: fc.option(name) }),
      fc.record({ verb: fc.constant('help' as const), topic: fc.option(name) }),
      fc.constant({ verb: 'whoami' as const }),
    );

    fc.assert(
      fc.property(command, (meant) => {
        expect(parse(format(meant))).toEqual({ kind: 'command', command: meant });
      }),
      { seed: SEED, numRuns: propertyRuns(5000) },
    );
  });
});
