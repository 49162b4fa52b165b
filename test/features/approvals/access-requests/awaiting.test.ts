import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApproved } from '../../../../src/features/approvals/access-requests/acting.ts';
import {
  type AwaitingParts,
  judgeEnd,
  lookForAssignment,
  mayBeDone,
} from '../../../../src/features/approvals/access-requests/awaiting.ts';
import { awaitThing } from '../../../../src/features/approvals/access-requests/due.ts';
import { findAccessRequest } from '../../../../src/features/approvals/access-requests/store.ts';
import { createAssignments } from '../../../../src/graph/assignments.ts';
import { overAll } from '../../../../src/graph/outcome/over-all.ts';
import type { Outcome, ScopingCheck } from '../../../../src/graph/outcome.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { finishTask } from '../../../../src/requests/running.ts';
import { apps } from '../../../../src/sandbox/tenant/applications.ts';
import { people } from '../../../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from '../../../graph/support.ts';
import { claimed, done, person, wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../../../support/databases.ts';
import { accessParts, approved, dayMs } from './support.ts';

const minuteMs = 60_000;
const report = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};

const place = useTestDatabase(sqliteEngine);
let clock: TestClock;
let store: AccessParts;
let bench: Bench;
let parts: AwaitingParts;
let id: string;

beforeAll(async () => {
  clock = createTestClock();
  store = accessParts(await place.open(clock), clock);
});
beforeEach(async () => {
  await place.empty();
  bench = await startBench();
  parts = { store, assignments: createAssignments({ graph: bench.graph, clock: bench.clock }) };
});
afterEach(() => bench.close());

async function present() {
  const request = await findAccessRequest(store.database, id);
  if (request === null) throw new Error('it is gone');
  return request;
}

async function ended(outcome: Outcome, task: Parameters<typeof wanted>[0] = {}): Promise<void> {
  await startApproved(store, id, wanted(task));
  await finishTask(store, await claimed(store), { ...done, outcome });
}

/** Diego, who is not assigned to Salesforce in the sandbox, or Adele, who is. */
async function approve(person: 'diego' | 'adele'): Promise<void> {
  const subject = { id: people[person].id, name: person, label: null };
  const app = { id: apps.salesforce.id, name: 'Salesforce' };
  ({ id } = await approved(store, { subject, app }));
}

const outOfScope = (failedChecks: readonly ScopingCheck[]): Outcome => ({ kind: 'notInScope', failedChecks, report });
const heldUpBy = async () => {
  const verdict = await judgeEnd(parts, await present());
  return verdict.kind === 'await' ? verdict.heldUp : null;
};

describe('the end of a try', () => {
  it.each<[readonly ScopingCheck[], string | null, string | null]>([
    [['assigned'], 'assignment', 'replication'],
    [['assigned', 'entitled'], 'assignment', 'replication'],
    [['entitled'], 'assignment', 'entitlement'],
    [[], 'assignment', null],
    [['active'], null, null],
    [['active', 'assigned', 'entitled'], null, null],
    [['scopingFilter'], null, null],
    [['assigned', 'scopingFilter'], null, null],
  ])(
    'that failed %j waits for %s where Entra lists no assignment, for %s where it lists one',
    async (failed, unlisted, listed) => {
      await approve('diego');
      await ended(outOfScope(failed));
      const ofDiego = await heldUpBy();
      await place.empty();
      await approve('adele');
      await ended(outOfScope(failed));

      expect([ofDiego, await heldUpBy()]).toEqual([unlisted, listed]);
    },
  );

  it.each<[readonly ScopingCheck[], string | null]>([
    [['assigned'], 'assignment'],
    [['scopingFilter'], null],
  ])(
    'counts by what Graph said last, after an attempt that may have done it: %j waits for %s',
    async (failed, awaited) => {
      await approve('diego');
      await ended(overAll('gatewayTimeout', outOfScope(failed)));

      expect(await heldUpBy()).toBe(awaited);
    },
  );

  it('is no end where the service gives no reason and Graph cannot be asked for one', async () => {
    await approve('adele');
    await ended(outOfScope([]));
    for (let index = 0; index < 8; index += 1)
      bench.sandbox.failNext(/appRoleAssignments/, { kind: 'status', status: 503 });

    expect(await heldUpBy()).toBe('assignment');
  });

  it('waits with the attempt that may have done it kept, until a later one settles it', async () => {
    await approve('diego');
    await ended(overAll('gatewayTimeout', outOfScope(['assigned'])));
    const verdict = await judgeEnd(parts, await present());
    if (verdict.kind !== 'await') throw new Error('it is at its end');

    const isWaiting = await awaitThing(store, id, verdict);

    expect([isWaiting, (await present()).state.kind]).toEqual([true, 'approved']);
    expect(await mayBeDone(store.database, await present())).toBe(true);
    await ended({ kind: 'created', report });
    expect(await mayBeDone(store.database, await present())).toBe(false);
  });

  it('is the end where Usher has made the assignment itself, or no time to wait is configured', async () => {
    await approve('diego');
    await ended(outOfScope(['assigned']), {
      tasks: [{ subject: person('diego'), members: [], assignRole: 'User', assigning: 'made' }],
    });
    const made = await heldUpBy();
    await place.empty();
    await approve('diego');
    await ended(outOfScope(['assigned']));
    parts = { ...parts, store: { ...store, approvals: { ...store.approvals, assignmentWaitHours: 0 } } };

    expect([made, await heldUpBy()]).toEqual([null, null]);
  });

  it('calls on demand at growing intervals where Entra does not show the assignment, and for no longer than its time', async () => {
    await approve('adele');
    const pauses: number[] = [];
    const from = clock.now();
    for (;;) {
      await ended(outOfScope(['entitled']));
      const verdict = await judgeEnd(parts, await present());
      if (verdict.kind === 'finish') break;
      await awaitThing(store, id, verdict);
      pauses.push(verdict.delayMs);
      await clock.advance(Math.min(verdict.delayMs, verdict.until - clock.now()));
    }

    expect(pauses.slice(0, 4)).toEqual([0.5 * minuteMs, 0.5 * minuteMs, minuteMs, 2 * minuteMs]);
    expect(Math.max(...pauses)).toBe(60 * minuteMs);
    expect(pauses.length).toBeLessThan(40);
    expect(clock.now() - from).toBe(dayMs);
  });
});

describe('a look at what waits for an assignment', () => {
  it.each([
    ['looks again while it is missing', null, 'later'],
    ['goes on where Usher may not read assignments', 403, null],
    ['goes on where the person is gone, which is found out next', 404, null],
    ['looks again where Graph is away', 503, 'later'],
  ])('%s', async (_what, status, kind) => {
    await approve('diego');
    for (let index = 0; status !== null && index < 8; index += 1)
      bench.sandbox.failNext(/appRoleAssignments/, { kind: 'status', status });

    const verdict = await lookForAssignment(parts, await present());

    expect(verdict?.kind ?? null).toBe(kind);
  });

  it('sees an assignment that was made a moment ago', async () => {
    await approve('diego');
    const before = await lookForAssignment(parts, await present());

    bench.sandbox.tenant.assign(apps.salesforce.id, people.diego.id);

    expect(before).toMatchObject({ kind: 'later', heldUp: 'assignment' });
    expect(await lookForAssignment(parts, await present())).toBeNull();
  });
});
