import fc from 'fast-check';
import type { Command } from '../../src/chat/command.ts';

const word = fc.oneof(
  fc.constantFrom(
    ...['to', 'TO', 'in', 'into', 'for', 'user', 'the', 'me', 'please', 'thanks', 'you', 'asap', 'help', 'provision'],
    ...['"', '""', '“', '”', '«', "'", '’', '`', '?', '!', '.', ',', '@', '<', '>', 'a@b.c', 'mailto:a@b', '@adele'],
    ...['and', '&', ';', 'users', 'group', 'groups', 'gruop', 'with', 'members', 'people', '-', '1.', '<a@b.c>', 'a,b'],
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
      ...['status', 'health', 'check', 'queue', 'history', 'requests', 'export', 'watch', 'watches', 'list', 'page'],
      ...['all', 'everything', 'this', 'here', 'channel', 'is', 'if', 'not', 'app', 'sync', 'since', 'last', 'week'],
      ...['yesterday', 'about', 'account', "adele's", 'healthy', 'csv', 'as', '2', 'R7K3MQ', 'over', 'own', 'user'],
      ...['until', 'till', 'through', 'up', 'day', 'days', 'rest', 'year', 'bis', 'au', 'le', 'den', 'i', 'à', '2h'],
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
const date = fc.constantFrom('1 December', 'next Monday', 'in two weeks', '1/12', '1 December to 31 March', 'tomorrow');
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
/** Any command, with names that hold everything that a line gives a meaning to. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
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
