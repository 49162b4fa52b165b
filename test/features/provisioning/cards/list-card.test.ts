import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LARGEST_CARD_BYTES } from '../../../../src/chat/cards/render.ts';
import type { CardMessage } from '../../../../src/chat/reply.ts';
import { confirmCard, nobodyFoundCard } from '../../../../src/features/provisioning/cards/confirm-card.ts';
import { groupPicker } from '../../../../src/features/provisioning/cards/group-picker.ts';
import { type ListCounts, type ListOverview, listCard } from '../../../../src/features/provisioning/cards/list-card.ts';
import { pageCard } from '../../../../src/features/provisioning/cards/page-card.ts';
import type { Outcome, OutcomeKind } from '../../../../src/graph/outcome.ts';
import { languages } from '../../../../src/languages.ts';
import type { LeftOut } from '../../../../src/requests/request.ts';
import {
  doneWith,
  elementsOf,
  emptyReport,
  NOW,
  openedText,
  outcomesSaying,
  words,
} from '../../../chat/views/drawings.ts';
import { accountStates, accountsOf, appsNamed, leftOutSaying, overviewOf, subject } from './list-drawings.ts';

const drawList = (overview: ListOverview, canRetry = true) => listCard({ overview, now: NOW, canRetry });
const buttonsOf = ({ card }: CardMessage) =>
  (card.actions ?? []).flatMap((action) => {
    const { title, data } = Object(action);
    if (data === undefined) return [];
    const { msteams, ...what } = data;
    expect(msteams).toEqual({ feedback: { hide: true } });
    return [[title, what]];
  });
const unassigned: Outcome = { kind: 'notInScope', failedChecks: ['assigned'], report: emptyReport };
const failing = (count: number, outcome: Outcome = unassigned) =>
  Array.from({ length: count }, (_, n) => ({ name: `Person ${n}`, label: `person${n}@contoso.com`, outcome }));
const leftOut: readonly LeftOut[] = [
  { text: 'lee', reason: 'ambiguous', suggestions: ['Lee Gu', 'Lee Parker'] },
  { text: 'adel', reason: 'unknown', suggestions: ['Adele Vance'] },
  { text: '???', reason: 'notUnderstood', suggestions: [] },
  { text: 'adele', reason: 'duplicate', suggestions: [] },
  { text: 'ADELE', reason: 'duplicate', suggestions: [] },
];

describe('the card of a list that is over', () => {
  const ended = (count: number, kind: OutcomeKind, name = 'Person') =>
    Array.from({ length: count }, (_, n) => ({ name: `${name} ${n}`, label: `person${n}@contoso.com`, kind }));
  const over = (byOutcome: ListCounts['byOutcome'], more: Partial<ListOverview>) => {
    const total = Object.values(byOutcome).reduce((all, count) => all + count, 0);
    return overviewOf({ total, byOutcome }, more);
  };

  it('names every person by their outcome, and no person twice who has a row', () => {
    const overview = over(
      { created: 2, disabled: 1, notInScope: 10 },
      {
        failures: failing(10),
        ended: [...ended(10, 'notInScope'), ...ended(2, 'created', 'New'), ...ended(1, 'disabled', 'Gone')],
      },
    );

    const text = openedText(drawList(overview).card);

    expect(text).toContain('New 0 and New 1');
    expect(text).toContain('Gone 0');
    const [, details = ''] = text.split('✓ Account created: 2');
    for (let n = 0; n < 10; n += 1) expect(details.split(`Person ${n}`)).toHaveLength(2);
  });

  it('distinguishes two people of one name, and calls a guest one', () => {
    const both = ['a@contoso.com', 'b@contoso.com'].map((label) => ({
      name: 'Lee Gu',
      label,
      kind: 'created' as const,
    }));
    const guest = { name: 'Isaiah', label: 'x#EXT#', guest: true, kind: 'created' as const };

    const text = openedText(drawList(over({ created: 3 }, { ended: [...both, guest] })).card);

    expect(text).toContain('Lee Gu · a@contoso.com, Lee Gu · b@contoso.com, and Isaiah (guest)');
  });

  it.each([10, 80, 400])('fits however long the names of %i letters are, and counts the others', (length) => {
    const name = '*'.repeat(length);
    const overview = over(
      { created: 490, failed: 10 },
      { failures: failing(10), ended: [...ended(140, 'created', name), ...ended(10, 'notInScope', name)] },
    );

    const text = openedText(drawList(overview).card);

    expect(text).toMatch(/and 3[5-9]\d others|and 4\d\d others/);
  });
});

describe('the card of a list that runs', () => {
  const running = overviewOf(
    { waiting: 422, running: 5, byOutcome: { created: 60, inSync: 7, failed: 3, notInScope: 3 } },
    { running: [{ name: 'Adele Vance' }], finishesAt: NOW + 12 * 60_000, failures: failing(6), leftOut },
  );

  it('shows the progress, the app and the expected end', () => {
    const message = drawList(running);

    const text = openedText(message.card);
    expect(text).toMatch(/^▶ {2}73 of 500 done\n {3}A list of people for Salesforce/);
    expect(text).toContain('About 12 min left, until 14:15.');
    expect(text).toContain('In progress: Adele Vance.');
    expect(text).toContain('Requested by Alex Wilber at 14:03:06 · Request R7K3MQ');
    expect(message.summary).toBe('List for Salesforce: 73 of 500 done.');
  });

  it('has a bar that old clients read as text', () => {
    const bar = elementsOf(drawList(running).card).find(({ type }) => type === 'ProgressBar');

    expect(bar).toMatchObject({
      value: 14,
      max: 100,
      fallback: { type: 'TextBlock', text: '▓░░░░░░░░░ 73 of 500', wrap: true },
    });
  });

  it('never shows a full bar before the last call is done', () => {
    const { card } = drawList(overviewOf({ running: 1, byOutcome: { created: 499 } }));

    expect(elementsOf(card).find(({ type }) => type === 'ProgressBar')).toMatchObject({ value: 99 });
    expect(openedText(card)).toContain('▓▓▓▓▓▓▓▓▓░ 499 of 500');
  });

  it('counts every outcome by glyph and word, and shows no outcome without people', () => {
    const text = openedText(drawList(running).card);

    expect(text).toContain('✓ Account created: 60 · ✓ Already up to date: 7 · ! Not provisioned: 3 · ✗ Failed: 3 · ');
    expect(text).toContain('▶ In progress: 5 · … Waiting in line: 422');
    expect(text).not.toContain('Skipped');
  });

  it('names the entries that match no person, and what was meant', () => {
    const text = openedText(drawList(running).card);

    expect(text).toContain('Left out: 3');
    expect(text).toContain('!  lee\n   Several people match; type the user name. Did you mean Lee Gu or Lee Parker?');
    expect(text).toContain('2 lines repeat people who are already on the list. Each person is counted once.');
  });

  it('can be cancelled, and its failures can be retried at once', () => {
    expect(buttonsOf(drawList(running))).toEqual([
      ['Cancel the rest', { verb: 'cancel', requestId: 'R7K3MQ' }],
      ['Retry failed', { verb: 'retry', requestId: 'R7K3MQ' }],
      ['Show all', { verb: 'page', requestId: 'R7K3MQ', page: 0, on: 'list' }],
    ]);
    expect(buttonsOf(drawList(running, false))).toEqual([]);
  });

  it.each([
    [20_000, 'Less than a minute left.'],
    [65 * 60_000, 'About 1 h 5 min left, until 15:08.'],
  ])('words a forecast of %d ms', (ms, said) => {
    const overview = overviewOf({ waiting: 500 }, { finishesAt: NOW + ms });

    expect(openedText(drawList(overview).card)).toContain(said);
  });

  it('promises no time without a forecast', () => {
    expect(openedText(drawList(overviewOf({ waiting: 500 })).card)).not.toMatch(/left/);
  });
});

describe('the people on the card of a list who were not provisioned', () => {
  it('are eight at most, each with a reason, and the others are counted', () => {
    const byOutcome = { created: 485, notInScope: 15 };

    const text = openedText(drawList(overviewOf({ byOutcome }, { failures: failing(15) })).card);

    expect(text).toContain(
      'Not done, and why\n!  Person 0 · person0@contoso.com\n   Not provisioned – not assigned to the app',
    );
    expect(text).toContain('Person 7 ·');
    expect(text).not.toContain('Person 8 ·');
    expect(text).toContain('And 7 more.');
  });

  it('are counted by the counts when the store returns only the first ones', () => {
    const byOutcome = { failed: 20 };

    const text = openedText(drawList(overviewOf({ byOutcome }, { failures: failing(8) })).card);

    expect(text).toContain('And 12 more.');
  });

  const reasons: [Outcome, string][] = [
    [
      { kind: 'failed', code: 'EntryConflict', reason: null, recommendedAction: null, report: emptyReport },
      '✗  Person 0 · person0@contoso.com\n   Failed – an account with the same name already exists',
    ],
    [
      { kind: 'failed', code: 'NeverHeardOf', reason: null, recommendedAction: null, report: emptyReport },
      'Failed – code NeverHeardOf',
    ],
    [
      { kind: 'failed', code: '', reason: null, recommendedAction: null, report: emptyReport },
      'Failed – Microsoft gave no reason',
    ],
    [
      {
        kind: 'skipped',
        code: 'AttributeValidationFailed',
        property: 'name.familyName',
        reason: null,
        report: emptyReport,
      },
      'the last name (name.familyName) is empty or not allowed',
    ],
    [{ kind: 'refused', status: 418, code: '', message: '', cause: 'other' }, 'code HTTP 418'],
    [{ kind: 'refused', status: 401, code: '', message: '', cause: 'quarantined' }, 'the app is in quarantine'],
    [{ kind: 'unknown', why: 'timeout' }, '?  Person 0 · person0@contoso.com\n   Result unknown – Microsoft did not'],
    [{ kind: 'notInScope', failedChecks: [], report: emptyReport }, 'Microsoft did not say which check failed'],
  ];

  it.each(reasons)('have a reason of one line: %j', (outcome, said) => {
    const overview = overviewOf({ byOutcome: { [outcome.kind]: 1 } }, { failures: failing(1, outcome) });

    expect(openedText(drawList(overview).card)).toContain(said);
  });
});

describe('the card of a list that is over', () => {
  it('sums up in its first line', () => {
    const byOutcome = { created: 470, inSync: 10, notInScope: 10, skipped: 5, failed: 4, refused: 1 };

    const message = drawList(overviewOf({ byOutcome }));

    expect(openedText(message.card)).toMatch(/^! {2}500 people: 480 done, 15 not provisioned, 5 failed\n/);
    expect(message.summary).toBe('List for Salesforce: 500 people: 480 done, 15 not provisioned, 5 failed.');
    expect(elementsOf(message.card).some(({ type }) => type === 'ProgressBar')).toBe(false);
    expect(buttonsOf(message).map(([title]) => title)).toEqual(['Retry failed', 'Show all']);
  });

  it.each([
    ['good', { byOutcome: { created: 500 } }, '✓  500 people: 500 done'],
    ['attention', { byOutcome: { failed: 300, refused: 200 } }, '✗  500 people: 0 done, 500 failed'],
    ['warning', { byOutcome: { created: 499, disabled: 1 } }, '!  500 people: 499 done, 1 lost access'],
    ['warning', { byOutcome: { unknown: 500 } }, '?  500 people: 0 done, 500 with unknown result'],
    ['emphasis', { cancelled: 420, byOutcome: { created: 80 } }, '–  Canceled. 500 people: 80 done, 420 canceled'],
    ['emphasis', { cancelled: 500 }, '–  Canceled before anything was sent'],
    ['accent', { cancelled: 498, running: 2 }, '▶  Canceled; 2 calls are still in progress'],
  ])('takes its color and glyph from the outcomes: %s', (style, counts, firstLine) => {
    const { card } = drawList(overviewOf(counts));

    expect(openedText(card).split('\n')[0]).toBe(firstLine);
    expect(card.body[0]).toMatchObject({ style });
  });

  it('offers no retry of what succeeded', () => {
    expect(buttonsOf(drawList(overviewOf({ byOutcome: { created: 500 } }))).map(([title]) => title)).toEqual([
      'Show all',
    ]);
  });

  it('speaks of one person as one', () => {
    const overview = overviewOf({ total: 1, byOutcome: { created: 1 } }, { leftOut: [] });

    expect(openedText(drawList(overview).card)).toMatch(/^✓ {2}1 person: 1 done/);
  });

  it('is not all green when names were left out', () => {
    const overview = overviewOf({ total: 1, byOutcome: { created: 1 } }, { leftOut: leftOut.slice(0, 1) });

    expect(openedText(drawList(overview).card)).toMatch(/^! {2}2 people: 1 done, 1 left out/);
  });

  it('counts only what is left to do after a cancelled list was retried', () => {
    const overview = overviewOf({ cancelled: 420, waiting: 10, byOutcome: { created: 70 } });

    expect(openedText(drawList(overview).card)).toMatch(/^▶ {2}70 of 80 done/);
  });
});

describe('the numbers of a list', () => {
  const kinds = ['created', 'updated', 'inSync', 'disabled', 'notInScope', 'skipped', 'failed', 'unknown'] as const;
  const sumOf = (text: string) => [...text.matchAll(/\d+/g)].reduce((all, [digits]) => all + Number(digits), 0);

  it('add up: the parts of the title, the counts, and the rows with those that they leave out', () => {
    const counted = fc.record(Object.fromEntries(kinds.map((kind) => [kind, fc.nat(9)])));

    fc.assert(
      fc.property(counted, fc.nat(9), fc.nat(5), (byOutcome, cancelled, count) => {
        const total = Object.values(byOutcome).reduce((all, each) => all + each, 0);
        const notDone = (['notInScope', 'skipped', 'failed', 'unknown'] as const).reduce(
          (n, kind) => n + (byOutcome[kind] ?? 0),
          0,
        );
        const out = Array.from({ length: count }, (): LeftOut => ({ text: 'x', reason: 'unknown', suggestions: [] }));
        const overview = overviewOf(
          { total: total + cancelled, cancelled, byOutcome },
          { failures: failing(Math.min(notDone, 10)), leftOut: out },
        );

        const text = openedText(drawList(overview).card);

        const [title = '', sums = ''] = (text.split('\n')[0] ?? '')
          .replace('Canceled. ', '')
          .split(/ (?:person|people): /);
        const counts = text.split('\n').find((line) => /^\S [A-Z][\w ]+: \d+( ·|$)/.test(line)) ?? '';
        if (sums !== '')
          expect([sumOf(title), sumOf(sums)]).toEqual([total + cancelled + count, total + cancelled + count]);
        expect(sumOf(counts)).toBe(total + cancelled);
        const rows = text
          .split('Not done, and why')
          .slice(1)
          .map((part) => part.split(/\n(?:\n|Left out)/)[0] ?? '');
        for (const part of rows) {
          const more = Number(/And (\d+) more/.exec(part)?.[1] ?? 0);
          expect([...part.matchAll(/person\d+@/g)].length + more).toBe(notDone);
        }
      }),
    );
  });
});

describe('the question before a long list', () => {
  const ask = (more: object = {}) =>
    confirmCard({ request: overviewOf({}, { leftOut }).request, count: 214, takesMs: 442_000, now: NOW, ...more });

  it('says what will happen, how long it takes and what will not run', () => {
    const message = ask();

    const text = openedText(message.card);
    expect(text).toMatch(/Provision 214 people to Salesforce\?/);
    expect(text).toContain('Nothing has been sent yet.');
    expect(text).toContain('This takes about 7 min');
    expect(text).toContain('!  adel\n   No one by that name was found. Did you mean Adele Vance?');
    expect(text).toContain('!  ???\n   Not understood.');
    expect(message.summary).toBe('Provision 214 people to Salesforce? Usher is waiting for your confirmation.');
  });

  it('has a button for yes and one for no', () => {
    expect(buttonsOf(ask())).toEqual([
      ['Provision 214 people', { verb: 'confirm', requestId: 'R7K3MQ' }],
      ['Cancel', { verb: 'cancel', requestId: 'R7K3MQ' }],
    ]);
  });

  it('names ten lines and counts the others', () => {
    const many = Array.from({ length: 23 }, (_, n): LeftOut => {
      return { text: `line ${n}`, reason: 'unknown', suggestions: [] };
    });

    const text = openedText(ask({ request: overviewOf({}, { leftOut: many }).request }).card);

    expect(text).toContain('line 9');
    expect(text).not.toContain('line 10');
    expect(text).toContain('And 13 more.');
  });

  it('is not asked when no person is left, but the lines are named', () => {
    const message = nobodyFoundCard(words, { app: 'Salesforce', leftOut });

    expect(openedText(message.card)).toMatch(
      /^! {2}No one to provision to Salesforce[\s\S]*Did you mean Adele Vance\?/,
    );
    expect(buttonsOf(message)).toEqual([]);
  });
});

describe('one page of all the people', () => {
  const tasks = [
    { subject: subject('Adele'), state: doneWith({ kind: 'created', report: emptyReport }) },
    { subject: subject('Isaiah'), state: doneWith(unassigned) },
    { subject: subject('Lee'), state: { kind: 'waiting', dueAt: NOW, waitReason: null } },
    { subject: subject('Megan'), state: { kind: 'cancelled', at: NOW, by: 'alex' } },
    { subject: { ...subject('x'), name: '', label: 'nameless@contoso.com' }, state: { kind: 'held' } },
  ] as const;
  const { request } = overviewOf({});
  const page = (number: number, pages = 3) =>
    pageCard(words, { request, tasks: tasks.map((task) => ({ app: request.apps[0], ...task })), page: number, pages });

  it('shows each person with outcome and reason', () => {
    const text = openedText(page(0).card);

    expect(text).toContain('Everyone on the list for Salesforce\n   Page 1 of 3');
    expect(openedText(page(0, 1).card)).not.toContain('Page');
    expect(text).toContain('✓  Adele\n   Account created\n!  Isaiah\n   Not provisioned – not assigned to the app');
    expect(text).toContain('…  Lee\n   Waiting in line\n–  Megan\n   Canceled\n…  nameless@contoso.com\n');
  });

  it.each([
    [0, [['Next', 1]]],
    [
      1,
      [
        ['Previous', 0],
        ['Next', 2],
      ],
    ],
    [2, [['Previous', 1]]],
  ])('links to its neighbors, from page %d', (number, neighbours) => {
    const buttons = buttonsOf(page(number));

    expect(buttons).toEqual(
      neighbours.map(([title, next]) => [title, { verb: 'page', requestId: 'R7K3MQ', page: next, on: 'page' }]),
    );
  });

  it('has no links when it is the only one', () => {
    expect(page(0, 1).card).not.toHaveProperty('actions');
  });
});

describe('the group picker', () => {
  it('gives each group a button that sends the whole line', () => {
    const candidates = [
      { id: '1', name: 'Sales Team', description: 'sales@contoso.com' },
      { id: '2', name: 'Sales Team' },
    ];

    const message = groupPicker(words, { typed: 'sales', candidates, more: true, choose: (id) => `provision ${id}` });

    const text = openedText(message.card);
    expect(text).toContain('Which group is “sales”?');
    expect(text).toContain('Sales Team  [Choose]\nsales@contoso.com');
    expect(text).toContain('There are more.');
    expect(JSON.stringify(message.card)).toContain('"text":"provision 2"');
  });
});

describe('the card of a list over several apps', () => {
  it.each(languages)('stays within what Teams takes in %s, with names that take four bytes a letter', (locale) => {
    const text = '\\'.repeat(10_000);
    const [, , ...outcomes] = outcomesSaying(text, { steps: 1, changes: 1 });
    const apps = appsNamed(text, ...Array<string>(19).fill(text));
    const over = overviewOf(
      { cancelled: 300, byOutcome: { failed: 200 } },
      {
        text,
        leftOut: leftOutSaying(text),
        failures: Array.from({ length: 20 }, () => outcomes)
          .flat()
          .map((outcome) => ({ name: text, label: text, app: text, outcome })),
        accounts: accountsOf(apps, 125, accountStates, text),
      },
    );
    const request = { ...over.request, apps, reader: { locale, timeZone: 'UTC' } };

    const { card } = drawList({ ...over, request });

    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
  });
});
