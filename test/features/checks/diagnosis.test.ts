import { describe, expect, it } from '@jest/globals';
import {
  type CheckFacts,
  findings,
  isDue,
  isWorthProvisioning,
  judge,
  sideOf,
} from '../../../src/features/checks/diagnosis.ts';
import type { LogRead } from '../../../src/graph/provisioning-log.ts';
import { emptyReport, NOW } from '../../chat/views/drawings.ts';
import { failed, outOfScope, skipped } from '../provisioning/cards/outcomes.ts';
import {
  accessEntry,
  conflict,
  created,
  entryOf,
  factsOf,
  HOUR,
  historyEntryOf,
  jobIn,
  logOf,
  MINUTE,
  neverRun,
  quarantined,
} from './cards/check-drawings.ts';

const kinds = (facts: CheckFacts): string[] => findings(facts).map(({ kind }) => kind);
const side = (facts: CheckFacts): string => sideOf(judge(facts));

describe('the sync', () => {
  it.each([
    ['there is none', 'none', 'notSetUp'],
    ['it was never finished', jobIn('notConfigured'), 'notSetUp'],
    ['it is in quarantine', quarantined(), 'quarantined'],
    ['it has never run', neverRun, 'neverRun'],
    ['its last run failed as a whole', jobIn('failing'), 'failing'],
  ] as const)('is to blame when %s', (_, jobState, kind) => {
    const facts = factsOf({ jobState, log: logOf(created) });

    expect(judge(facts)).toEqual({ kind });
    expect(side(facts)).toBe('sync');
  });

  it.each(['paused', 'disabled'] as const)('is to blame when it is %s', (why) => {
    expect(judge(factsOf({ jobState: jobIn(why) }))).toEqual({ kind: 'stopped', why });
  });

  it('comes before the user, who is named as well', () => {
    const facts = factsOf({ jobState: quarantined(), account: 'disabled', assignment: { kind: 'missing' } });

    expect(kinds(facts)).toEqual(['quarantined', 'accountDisabled', 'notAssigned']);
  });

  it('leaves no person in or out of scope when there is no job', () => {
    expect(kinds(factsOf({ jobState: 'none', assignment: { kind: 'missing' } }))).toEqual(['notSetUp']);
  });
});

describe('the user', () => {
  it('is to blame when not assigned, whatever the log says', () => {
    const assignment = { kind: 'missing' } as const;

    expect(judge(factsOf({ assignment }))).toEqual({ kind: 'notAssigned', wasIn: false });
    expect(judge(factsOf({ assignment, log: logOf(entryOf(outOfScope('assigned'))), scope: 'out' }))).toEqual({
      kind: 'notAssigned',
      wasIn: false,
    });
    expect(judge(factsOf({ assignment, log: logOf(created), scope: 'in' }))).toEqual({
      kind: 'notAssigned',
      wasIn: true,
    });
  });

  it('is to blame when disabled', () => {
    const facts = factsOf({ account: 'disabled' });

    expect([judge(facts).kind, side(facts)]).toEqual(['accountDisabled', 'user']);
  });

  it('is to blame for a conflict that the log has', () => {
    const facts = factsOf({ log: logOf(conflict, created), scope: 'in' });

    expect(judge(facts)).toEqual({ kind: 'conflictOrError', entry: conflict, side: 'user' });
  });

  it.each([
    ['InvalidCredentials', 'sync'],
    ['InternalServerError', 'sync'],
    ['MissingValues', 'user'],
    ['SomethingNew', 'unclear'],
  ])('is distinguished from the sync by the code %s', (code, whose) => {
    expect(side(factsOf({ log: logOf(entryOf(failed(code))) }))).toBe(whose);
  });

  it('is to blame when out of scope or skipped for an empty attribute', () => {
    const filtered = entryOf(outOfScope('scopingFilter'));
    const empty = entryOf(skipped('AttributeValidationFailed', 'name.familyName'));

    expect(judge(factsOf({ log: logOf(filtered) }))).toEqual({ kind: 'outOfScope', entry: filtered, mended: false });
    expect(judge(factsOf({ log: logOf(empty) }))).toEqual({ kind: 'skipped', entry: empty });
  });

  it.each(['assigned', 'active'] as const)('may have been fixed since the log entry: not %s', (check) => {
    expect(judge(factsOf({ log: logOf(entryOf(outOfScope(check))) }))).toMatchObject({ mended: true });
  });

  it('has lost the account, though nothing says why it should be so', () => {
    expect(kinds(factsOf({ log: logOf(entryOf({ kind: 'disabled', report: emptyReport })) }))).toEqual(['removed']);
  });
});

describe('when nothing is wrong', () => {
  it('the person’s turn has not come yet as long as neither the log nor Usher has an entry', () => {
    expect([judge(factsOf()), side(factsOf())]).toEqual([{ kind: 'notYet' }, 'none']);
  });

  it('all is in order once the last entry ended well', () => {
    expect(judge(factsOf({ log: logOf(created, conflict) }))).toEqual({ kind: 'inOrder' });
    expect(judge(factsOf({ log: logOf(entryOf({ kind: 'inSync', report: emptyReport })) }))).toEqual({
      kind: 'inOrder',
    });
  });

  it("Usher's own audit log counts while the provisioning log lags behind", () => {
    const lastEntry = historyEntryOf();

    expect(judge(factsOf({ lastEntry }))).toEqual({ kind: 'inOrder' });
    expect(judge(factsOf({ lastEntry, log: logOf(conflict) }))).toEqual({ kind: 'inOrder' });
    expect(judge(factsOf({ lastEntry, log: { kind: 'unread', why: 'busy' } }))).toEqual({ kind: 'inOrder' });
  });

  it("Usher's own audit log gives way to a newer entry of the provisioning log", () => {
    const later = { ...conflict, at: NOW - MINUTE };

    expect(kinds(factsOf({ lastEntry: historyEntryOf(), log: logOf(later) }))).toEqual(['conflictOrError']);
  });

  it('a call of Usher that did not end well is named with its request', () => {
    const result = { kind: 'done', counts: { failed: 1 }, cancelled: 0 } as const;

    expect(judge(factsOf({ lastEntry: historyEntryOf({ result }) }))).toEqual({
      kind: 'ownTryFailed',
      requestId: 'R7K3MQ',
      outcome: 'failed',
    });
    expect(judge(factsOf({ lastEntry: accessEntry('finished', { requestId: 'R2', result }) }))).toMatchObject({
      kind: 'ownTryFailed',
      requestId: 'R2',
    });
  });

  it('a list in which people had different outcomes says nothing of one of them', () => {
    const result = { kind: 'done', counts: { created: 9, failed: 1 }, cancelled: 0 } as const;

    expect(judge(factsOf({ lastEntry: historyEntryOf({ subject: null, result }) }))).toEqual({ kind: 'notYet' });
  });

  it('a call that was cancelled is no good news', () => {
    const mixed = { kind: 'done', counts: { created: 9 }, cancelled: 1 } as const;

    for (const result of [{ kind: 'cancelled' }, mixed] as const)
      expect(judge(factsOf({ lastEntry: historyEntryOf({ result }) }))).toEqual({ kind: 'notYet' });
  });

  it.each<[string, Partial<CheckFacts>]>([
    ['the sync', { jobState: 'unread' }],
    ['the account', { account: 'unread' }],
    ['the assignment', { assignment: { kind: 'unread' } }],
  ])('the diagnosis is unknown while %s could not be read', (_, part) => {
    expect(judge(factsOf({ ...part, log: logOf(created) }))).toEqual({ kind: 'unknownYet' });
  });

  it.each<LogRead>([
    { kind: 'notAvailable', why: 'cloud' },
    { kind: 'unread', why: 'tooSlow' },
  ])('the diagnosis is unknown without the log: $why', (log) => {
    expect([judge(factsOf({ log })), side(factsOf({ log }))]).toEqual([{ kind: 'unknownYet' }, 'unclear']);
  });

  it('the diagnosis is unknown for a state or a status that Microsoft has added', () => {
    const unreadable = entryOf({ kind: 'unknown', why: 'unreadable' });

    expect(judge(factsOf({ jobState: jobIn({ kind: 'other', code: 'Dreaming' }) }))).toEqual({ kind: 'unknownYet' });
    expect(judge(factsOf({ log: logOf(unreadable) }))).toEqual({ kind: 'unknownYet' });
    // The log may have more about this person behind what was read.
    const part = { kind: 'read', entries: [], complete: false } as const;
    expect(judge(factsOf({ log: part }))).toEqual({ kind: 'unknownYet' });
  });
});

describe('provisioning now', () => {
  const isWorthIt = (facts: CheckFacts) => findings(facts).every(isWorthProvisioning);

  it.each<[string, Partial<CheckFacts>]>([
    ['nothing was provisioned yet', {}],
    ['all is in order', { log: logOf(created) }],
    ['the last try failed', { log: logOf(conflict) }],
    ['the job is paused', { jobState: jobIn('paused') }],
    ['no cycle is scheduled', { jobState: jobIn('disabled') }],
    ['it never ran', { jobState: neverRun }],
    ['little could be read', { account: 'unread', jobState: 'unread' }],
  ])('is worth a try when %s', (_, facts) => {
    expect(isWorthIt(factsOf(facts))).toBe(true);
  });

  it.each<[string, Partial<CheckFacts>]>([
    ['in quarantine', { jobState: quarantined() }],
    ['without a job', { jobState: 'none' }],
    ['in an app that is disabled in Entra', { jobState: 'appDisabled' }],
    ['for a disabled person', { account: 'disabled' }],
    ['for a person who is not assigned, since Graph may disable the account', { assignment: { kind: 'missing' } }],
    ['for them in a job that never ran either', { jobState: neverRun, assignment: { kind: 'missing' } }],
  ])('is no use %s', (_, facts) => {
    expect(isWorthIt(factsOf({ ...facts, log: logOf({ ...created, at: NOW - HOUR }) }))).toBe(false);
  });
});

describe('provisioning is due', () => {
  const assigned = { kind: 'assigned', through: null } as const;
  const own = (counts: Record<string, number>) => historyEntryOf({ result: { kind: 'done', counts, cancelled: 0 } });

  it.each([
    ['nothing has happened yet', {}],
    ['the last attempt failed', { log: logOf(conflict) }],
    ['the account was disabled in the app', { log: logOf(entryOf({ kind: 'disabled', report: emptyReport })) }],
    ['Usher’s own last call failed', { lastEntry: own({ failed: 1 }) }],
    ['the sync has never run, and so has not created it', { jobState: neverRun }],
  ] as const)('where %s', (_when, facts) => {
    expect(isDue(factsOf({ assignment: assigned, ...facts }))).toBe(true);
  });

  it.each([
    ['the account is there', { log: logOf(created) }],
    ['the account is there, and the sync has stopped since', { log: logOf(created), jobState: jobIn('paused') }],
    [
      'Usher has created the account, and the sync has never run',
      { lastEntry: own({ created: 1 }), jobState: neverRun },
    ],
    ['the log was not read', { log: { kind: 'unread', why: 'busy' } }],
    [
      'the log was not read, and the sync has stopped',
      { log: { kind: 'unread', why: 'busy' }, jobState: jobIn('paused') },
    ],
    ['the log was read in part', { log: { kind: 'read', entries: [], complete: false } }],
    ['the person is not assigned', { assignment: { kind: 'missing' } }],
    [
      'the assignment was not read, and the sync has stopped',
      { assignment: { kind: 'unread' }, jobState: jobIn('paused') },
    ],
    ['the app gets its people from elsewhere', { assignment: { kind: 'notNeeded' } }],
    ['the person’s account is disabled', { account: 'disabled' }],
    ['the account was not read, and the sync has stopped', { account: 'unread', jobState: jobIn('paused') }],
    ['the app is in quarantine', { jobState: quarantined() }],
    ['the app is disabled', { jobState: 'appDisabled' }],
    ['the app has no sync', { jobState: 'none' }],
    ['the state of the sync is none that Usher knows', { jobState: jobIn({ kind: 'other', code: 'New' }) }],
  ] as const)('not where %s', (_when, facts) => {
    expect(isDue(factsOf({ assignment: assigned, ...facts }))).toBe(false);
  });
});

describe('the scoping filter as it is now', () => {
  const filter = {
    passes: 'no',
    doubts: [],
    groups: [
      { name: 'A', passes: 'no', clauses: [] },
      { name: 'B', passes: 'unknown', clauses: [] },
    ],
  } as const;

  it('keeps a person out whom nothing else does, so that provisioning is of no use', () => {
    const [verdict] = findings(factsOf({ filter }));

    expect(verdict).toEqual({ kind: 'filteredOut', groups: [filter.groups[0]] });
    expect(isWorthProvisioning(verdict)).toBe(false);
    expect(sideOf(verdict)).toBe('user');
  });

  it('is no fault where it is passed or unknown', () => {
    expect(judge(factsOf({ filter: { ...filter, passes: 'unknown' } })).kind).toBe('notYet');
    expect(judge(factsOf({ filter: { ...filter, passes: 'yes' } })).kind).toBe('notYet');
  });
});
