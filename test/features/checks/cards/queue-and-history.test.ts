import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { exportOffer, exportOnlyPersonal, exportWords } from '../../../../src/features/checks/cards/export-card.ts';
import {
  ENTRIES_PER_PAGE,
  type HistoryCardInput,
  historyCard,
} from '../../../../src/features/checks/cards/history-card.ts';
import { type QueueCardInput, queueCard } from '../../../../src/features/checks/cards/queue-card.ts';
import { watchesCard } from '../../../../src/features/checks/cards/watches-card.ts';
import { elementsOf, NOW, words } from '../../../chat/views/drawings.ts';
import { parse } from '../../../support/grammar.ts';
import {
  accessEntry,
  DAY,
  gate,
  HOUR,
  historyEntryOf,
  MINUTE,
  quarantined,
  queued,
  salesforce,
} from './check-drawings.ts';

const buttonsOf = (card: unknown) => elementsOf(card).filter(({ type }) => type === 'Action.Submit');

describe('the queue', () => {
  const draw = (more: Partial<QueueCardInput>) =>
    queueCard(words, { gate, items: [queued()], total: 1, canCancel: true, now: NOW, ...more });

  it('shows for whom, who asked, the position and the start, and how much room the gate has', () => {
    const { card, summary } = draw({});

    const text = cardAsText(card);
    expect(text).toContain('2 of 5 calls available; Microsoft allows 5 in 10 s.');
    expect(text).toContain(
      '… Isaiah Langer → Salesforce  [Cancel]\nNumber 3 in line, starts at 14:03:27, in about 21 s\nRequested by Alex Wilber · Request R7K3MQ',
    );
    expect(summary).toBe('1 request is running or waiting.');
  });

  it('cancels by the id, and only for a caller who may', () => {
    expect(buttonsOf(draw({}).card)).toMatchObject([
      { title: 'Cancel', data: { verb: 'cancel', requestId: 'R7K3MQ' } },
      { title: 'Look again', data: { verb: 'choose', text: 'queue' } },
    ]);
    expect(buttonsOf(draw({ canCancel: false }).card)).toMatchObject([{ title: 'Look again' }]);
  });

  it('offers no cancellation of what has been sent, but of the rest of a list', () => {
    const running = queued({ state: 'running', position: null, startsAt: NOW - 2_000 });

    expect(cardAsText(draw({ items: [running] }).card)).toContain(
      '▶ Isaiah Langer → Salesforce\nIn progress since 14:03:04',
    );
    expect(cardAsText(draw({ items: [{ ...running, subject: null, calls: 40, people: 40 }] }).card)).toContain(
      '▶ 40 people → Salesforce  [Cancel]',
    );
  });

  it('says until when Microsoft delays it', () => {
    const { card } = draw({ gate: { ...gate, slotsLeft: 0, blockedUntil: NOW + 12_000 } });

    expect(cardAsText(card)).toContain('Microsoft asked Usher to slow down: no call before 14:03:18.');
  });

  it('counts the requests that it does not show, and says when there are none', () => {
    expect(cardAsText(draw({ total: 500 }).card)).toContain('And 499 more.');
    expect(cardAsText(draw({ items: [], total: 0 }).card)).toContain('Nothing is running or waiting.');
  });
});

describe('the history', () => {
  const nothing = {
    entries: [],
    about: null,
    since: null,
    page: 1,
    scope: 'all' as const,
    older: null,
    newer: null,
    now: NOW,
  };
  const draw = (more: Partial<HistoryCardInput>) => historyCard(words, { ...nothing, ...more });

  it('shows of each request what, who asked, when, the result and who approved', () => {
    const { card, summary } = draw({
      entries: [
        historyEntryOf({ approvedBy: { id: 'patti', name: 'Patti Fernandez' } }),
        accessEntry('denied', { at: NOW - DAY }),
        historyEntryOf({ isGroup: true, people: 4, subject: { id: 'g', name: 'Sales Team', label: null } }),
        historyEntryOf({
          subject: null,
          people: 500,
          result: { kind: 'done', counts: { created: 498, failed: 2 }, cancelled: 0 },
        }),
      ],
    });

    const text = cardAsText(card);
    expect(text).toContain(
      '✓ Adele Vance → Salesforce  [Details]\nAccount created\nRequested by Alex Wilber, 13:53 · Approved by Patti Fernandez',
    );
    expect(text).toContain(
      '✗ Isaiah Langer → Salesforce  [Details]\nDenied\nRequested by Megan Bowen, Mar 1, 2026, 14:03 GMT+1 · Denied by Patti Fernandez',
    );
    expect(text).toContain('✓ Sales Team (group, 4 members) → Salesforce  [Details]\nGroup created\n');
    expect(text).toContain('! 500 people → Salesforce  [Details]\nAccount created: 498, Failed: 2\n');
    expect(summary).toBe('History: 4 lines');
  });

  it('shows how many of a list were cancelled, and when an approved request starts', () => {
    const text = cardAsText(
      draw({
        entries: [
          historyEntryOf({ subject: null, people: 3, result: { kind: 'done', counts: { created: 2 }, cancelled: 1 } }),
          accessEntry('approved', { startsAt: NOW + 9 * DAY }),
        ],
      }).card,
    );

    expect(text).toContain('3 people → Salesforce  [Details]\nAccount created: 2, 1 canceled\n');
    expect(text).toContain('[Details]\nApproved, starts on Wednesday, March 11, 2026\n');
  });

  it('shows an access request by its result once there is one, and by its state before', () => {
    const text = cardAsText(
      draw({
        entries: [
          accessEntry('finished', { requestId: 'R2', result: { kind: 'done', counts: { inSync: 1 }, cancelled: 0 } }),
          accessEntry('pending', { decidedBy: null }),
          accessEntry('approved'),
        ],
      }).card,
    );

    expect(text).toContain('✓ Isaiah Langer → Salesforce  [Details]\nAlready up to date\n');
    expect(text).toContain(
      '… Isaiah Langer → Salesforce  [Details]\nWaiting for approval\nRequested by Megan Bowen, 13:43\n\n',
    );
    expect(text).toContain('Approved\nRequested by Megan Bowen, 13:43 · Approved by Patti Fernandez');
  });

  it('opens each request by its own id, and turns the pages by the lines it was given', () => {
    const { card } = draw({
      entries: [historyEntryOf(), accessEntry('pending')],
      page: 2,
      older: 'history page 3',
      newer: 'history',
    });

    expect(buttonsOf(card)).toMatchObject([
      { title: 'Details', data: { verb: 'run', text: 'show R7K3MQ' } },
      { title: 'Details', data: { verb: 'run', text: 'show K3M7QA' } },
      { title: 'Newer', data: { verb: 'choose', text: 'history' } },
      { title: 'Older', data: { verb: 'choose', text: 'history page 3' } },
    ]);
  });

  it.each<[Partial<HistoryCardInput>, string]>([
    [{}, 'History\n'],
    [{ page: 2 }, 'History, page 2\n'],
    [{ about: 'Adele Vance' }, 'History of Adele Vance\n'],
    [{ scope: 'own' as const }, 'Your requests\n'],
    [{ scope: 'own' as const, about: 'Salesforce', page: 3 }, 'Your requests about Salesforce, page 3\n'],
  ])('says what it is about: %j', (input, title) => {
    expect(cardAsText(draw({ ...input, entries: [historyEntryOf()] }).card)).toMatch(new RegExp(`^${title}`));
  });

  it('says since when', () => {
    expect(cardAsText(draw({ entries: [historyEntryOf()], since: NOW - HOUR }).card)).toContain(
      'Since 13:03. Newest first.',
    );
  });

  it.each<[Partial<HistoryCardInput>, string, string[]]>([
    [{}, 'No one has asked for anything yet.', ['help']],
    [{ scope: 'own' as const }, 'You have not asked for anything yet.', ['help']],
    [{ about: 'Adele Vance' }, 'Usher’s history has nothing about that.', ['history']],
    [{ scope: 'own' as const, among: 'failed' }, 'None of your requests failed.', ['history']],
    [{ page: 7, newer: 'history page 6' }, 'There is nothing on page 7.', ['history page 6']],
  ])('says when there is nothing, and offers what to do next: %j', (input, said, lines) => {
    const { card } = draw(input);

    expect(cardAsText(card)).toContain(said);
    expect(buttonsOf(card).map(({ data }) => Object(data).text)).toEqual(lines);
  });

  it('says so when it leaves some out', () => {
    const entries = Array.from({ length: ENTRIES_PER_PAGE + 1 }, () => historyEntryOf());

    expect(cardAsText(draw({ entries }).card)).toContain('There is more than fits on this card.');
  });
});

describe('the watched apps', () => {
  const watched = { kind: 'sync', app: salesforce } as const;
  const item = { watched, addedBy: { name: 'Alex Wilber' }, addedAt: NOW - MINUTE, status: quarantined() };

  it('are shown with their state, who asked, and a way to end the watch', () => {
    const { card } = watchesCard(words, {
      items: [item, { ...item, status: null }],
      quiet: null,
      canChange: true,
      now: NOW,
    });

    const text = cardAsText(card);
    expect(text).toContain('✗ Salesforce: In quarantine  [Stop watching]\nRequested by Alex Wilber, 14:02');
    expect(buttonsOf(card)[0]).toMatchObject({ data: { verb: 'run', text: 'unwatch Salesforce' } });
  });

  it.each(['sync', 'failures'] as const)('are ended by a line about the %s of this app, whatever its name', (kind) => {
    const app = { id: 'builds', name: 'Build Failures' };
    const items = [{ ...item, watched: { kind, app } }];
    const { card } = watchesCard(words, { items, quiet: null, canChange: true, now: NOW });

    const [button] = buttonsOf(card);
    expect(parse(String(Object(button?.data).text))).toEqual({
      kind: 'command',
      command: { verb: 'unwatch', app: app.name, ...(kind === 'failures' ? { failures: true } : {}) },
    });
  });

  it('cannot be ended by a caller who may not, who reads how to begin', () => {
    expect(buttonsOf(watchesCard(words, { items: [item], quiet: null, canChange: false, now: NOW }).card)).toEqual([]);
    expect(cardAsText(watchesCard(words, { items: [], quiet: null, canChange: true, now: NOW }).card)).toContain(
      '“watch Salesforce”',
    );
  });
});

describe('the export', () => {
  it.each([
    [null, null, 'history, all of it, as'],
    [NOW - HOUR, null, 'history, since 13:03, as'],
    [null, NOW, 'history, until 14:03, as'],
    [NOW - HOUR, NOW, 'history, from 13:03 until 14:03, as'],
  ])('is offered with what it holds: %s to %s', (from, to, said) => {
    const offer = exportOffer(words, { fileName: 'usher-history.csv', from, to, now: NOW });

    expect(offer.name).toBe('usher-history.csv');
    expect(offer.description).toContain(said);
  });

  it('ends with a word on the upload', () => {
    expect(exportWords(words, 'stored')).toContain('in your OneDrive');
    expect(exportWords(words, 'declined')).toContain('nothing was written');
    expect(exportWords(words, 'failed')).toContain('Ask again in a minute.');
    expect(cardAsText(exportOnlyPersonal(words).card)).toContain('only in the personal chat');
  });
});
