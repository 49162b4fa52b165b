import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../../../src/db/database.ts';
import {
  type AccessAction,
  mayRetryLapsed,
  stateAfter,
} from '../../../../src/features/approvals/access-requests/access-request.ts';
import { noteCalledOff, startApproved } from '../../../../src/features/approvals/access-requests/acting.ts';
import { awaitThing } from '../../../../src/features/approvals/access-requests/due.ts';
import { act, findAccessRequest, findCarriedOutBy } from '../../../../src/features/approvals/access-requests/store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { finishTask } from '../../../../src/requests/running.ts';
import { findRequest } from '../../../../src/requests/store.ts';
import { ask, claimed, done, person, wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, sqliteEngine, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { lapses } from './lapses.ts';
import {
  accessParts,
  alex,
  approve,
  approved,
  askAccess,
  cancel,
  dayMs,
  deny,
  kindsOf,
  stateOf,
  takeNotices,
  wantedAccess,
} from './support.ts';

const hourMs = 60 * 60_000;
const emptyReport = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};

describe.each(engines)('acting on an access request on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: AccessParts;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
  });
  beforeEach(async () => {
    await place.empty();
    parts = accessParts(database, clock);
  });

  it('keeps who decided, when and why', async () => {
    const { id } = await askAccess(parts);

    const acted = await act(parts, id, deny);

    expect(acted).toMatchObject({
      kind: 'done',
      accessRequest: {
        revision: 2,
        state: { kind: 'denied', decision: { by: alex, at: clock.now(), reason: 'not this week' } },
      },
    });
    expect(await findAccessRequest(database, id)).toEqual(acted.kind === 'done' ? acted.accessRequest : null);
  });

  it('goes all the way to the end, and each state holds its details', async () => {
    const { id } = await approved(parts);
    const request = wanted();

    await startApproved(parts, id, request);
    const started = await findAccessRequest(database, id);
    await act(parts, id, { kind: 'finish', outcome: 'created' });

    const requestId = started?.state.kind === 'started' ? started.state.requestId : '';
    expect((await findRequest(database, requestId))?.tasks).toHaveLength(1);
    expect((await findCarriedOutBy(database, requestId))?.id).toBe(id);
    expect((await findAccessRequest(database, id))?.state).toMatchObject({
      kind: 'finished',
      requestId,
      outcome: 'created',
      decision: { by: alex, reason: null },
    });
    expect(await kindsOf(parts)).toEqual(['accessAsked', 'accessApproved', 'asked', 'accessStarted', 'accessFinished']);
  });

  it('decides once when fifty click Approve and Deny at the same time, and starts once', async () => {
    const { id } = await askAccess(parts);
    // Opens every connection there may be, so that the clicks really come at once.
    await Promise.all(Array.from({ length: 20 }, () => database.ping()));
    const clicks = Array.from({ length: 50 }, (_, index) => {
      const by = { id: `approver ${index}`, name: `Approver ${index}` };
      return act(parts, id, index % 2 === 0 ? { ...approve, by } : { ...deny, by });
    });

    const acted = await Promise.all(clicks);
    const starts = await Promise.all(Array.from({ length: 10 }, () => startApproved(parts, id, wanted())));

    const winner = acted.findIndex(({ kind }) => kind === 'done');
    expect(acted.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    expect(acted.filter(({ kind }) => kind === 'unchanged')).toHaveLength(49);
    const runs = winner % 2 === 0 ? 1 : 0;
    expect(starts.filter(({ kind }) => kind === 'done')).toHaveLength(runs);
    expect(await database.query.selectFrom('requests').select('id').execute()).toHaveLength(runs);
    const decisions = (await kindsOf(parts)).filter((kind) => ['accessApproved', 'accessDenied'].includes(kind));
    expect(decisions).toEqual([winner % 2 === 0 ? 'accessApproved' : 'accessDenied']);
    expect(await database.query.selectFrom('messages').select('kind').execute()).toEqual([{ kind: 'notice' }]);
  });

  it('starts no call when it is cancelled at the moment of its start', async () => {
    for (let round = 0; round < 5; round += 1) {
      const subject = { id: `person ${round}`, name: 'Person', label: null };
      const { id } = await approved(parts, { subject });

      await Promise.all([startApproved(parts, id, wanted()), act(parts, id, cancel)]);

      const { state } = (await findAccessRequest(database, id)) ?? {};
      const requests = await database.query.selectFrom('requests').select('id').execute();
      expect(requests.map((request) => request.id)).toEqual(state?.kind === 'started' ? [state.requestId] : []);
      if (state?.kind === 'started') await place.empty();
    }
  });

  it.each([
    ['approve', approve],
    ['deny', deny],
  ] as const)('expires when an approver would %s after its time', async (_what, action) => {
    const { id, expiresAt } = await askAccess(parts);
    await clock.advance(expiresAt - clock.now());

    const acted = await act(parts, id, action);

    expect(acted).toMatchObject({ kind: 'unchanged', accessRequest: { state: { kind: 'expired' } } });
    expect(await kindsOf(parts)).toEqual(['accessAsked', 'accessExpired']);
    expect(await takeNotices(parts)).toEqual(['megan chat: expired']);
  });

  it('starts again at a retry, and shows its new result', async () => {
    const { id } = await approved(parts);
    await startApproved(parts, id, wanted());
    await act(parts, id, { kind: 'finish', outcome: 'notInScope' });
    await takeNotices(parts);

    const retried = await act(parts, id, { kind: 'retry', by: alex });
    await act(parts, id, { kind: 'finish', outcome: 'created' });

    expect(retried).toMatchObject({ kind: 'done', accessRequest: { state: { kind: 'started' } } });
    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'finished', outcome: 'created' });
    expect(await takeNotices(parts)).toEqual(['alex chat: result', 'megan chat: result']);
    expect((await readAudit(database.query, 2)).toReversed()).toMatchObject([
      { kind: 'accessRetried', actorId: 'alex', requestId: id },
      { kind: 'accessFinished', requestId: id, details: { outcome: 'created' } },
    ]);
  });

  it('waits after a try, and starts again as the same provisioning request by the job that is right now', async () => {
    const { id, until } = await awaitingOne();
    const waiting = await findAccessRequest(database, id);
    await takeNotices(parts);

    await clock.advance(hourMs);
    await startApproved(parts, id, wanted({ jobId: 'another job', ruleId: 'another rule' }));

    expect(waiting).toMatchObject({ heldUp: 'assignment', awaiting: { until }, state: { kind: 'approved' } });
    const again = await findAccessRequest(database, id);
    expect(again?.requestId).toBe(waiting?.requestId);
    expect((await findRequest(database, again?.requestId ?? ''))?.tasks).toMatchObject([
      { jobId: 'another job', ruleId: 'another rule', attempts: 0, state: { kind: 'waiting', waitReason: null } },
    ]);
    expect(await database.query.selectFrom('requests').select('id').execute()).toHaveLength(1);
  });

  it.each([
    [null, 'wanted'],
    ['found', 'found'],
  ] as const)(
    'has the role assigned when it starts again, unless the person was assigned before: %s',
    async (before, after) => {
      const { id } = await awaitingOne();
      const assign_role = before === null ? null : 'Admin';
      await database.query.updateTable('tasks').set({ assign_role, assigning: before }).execute();

      await startApproved(
        parts,
        id,
        wanted({ tasks: [{ subject: person('isaiah'), members: [], assignRole: 'User' }] }),
      );

      const again = await findAccessRequest(database, id);
      const [task] = (await findRequest(database, again?.requestId ?? ''))?.tasks ?? [];
      expect(task?.assignment).toEqual({ kind: 'assign', appRole: assign_role ?? 'User', step: after });
    },
  );

  it('keeps the end of its time and reports it once, however often it is tried', async () => {
    const { id, until } = await awaitingOne();
    const first = await takeNotices(parts);

    for (let time = 0; time < 3; time += 1) {
      await clock.advance(hourMs);
      await startApproved(parts, id, wanted());
      await endOutOfScope();
      await awaitThing(parts, id, { heldUp: 'assignment', until, delayMs: 1 });
    }

    expect(first.toSorted()).toEqual(['alex chat: waits', 'megan chat: approved', 'megan chat: waits']);
    expect(await takeNotices(parts)).toEqual([]);
    const request = await findAccessRequest(database, id);
    expect(request).toMatchObject({ awaiting: { until }, heldUpSince: request?.awaiting?.since });
  });

  it('reports the wait that a retry has begun as well', async () => {
    const { id, until } = await awaitingOne();
    await clock.advance(hourMs);
    await act(parts, id, { kind: 'lapse', why: 'notAssigned' });
    await takeNotices(parts);

    await act(parts, id, { kind: 'retry', by: alex });
    await startApproved(parts, id, wanted());
    await endOutOfScope();
    await awaitThing(parts, id, { heldUp: 'assignment', until, delayMs: 1 });

    expect(await takeNotices(parts)).toEqual(['alex chat: waits', 'megan chat: waits']);
  });

  it('does not wait for what was put back meanwhile, nor twice when two processes find its end', async () => {
    const { id, until } = await startedOne();
    const wait = { heldUp: 'assignment', until, delayMs: 1 } as const;
    const early = await awaitThing(parts, id, wait);
    await endOutOfScope();

    const found = await Promise.all([awaitThing(parts, id, wait), awaitThing(parts, id, wait)]);

    expect([early, found.toSorted()]).toEqual([false, [false, true]]);
    expect((await kindsOf(parts)).filter((kind) => kind === 'accessAwaits')).toHaveLength(1);
  });

  it.each(lapses)('starts after all when it lapsed as %s: %s', async (why, mayRetry) => {
    const { id } = await approved(parts);
    await act(parts, id, { kind: 'lapse', why });

    const [one, other] = await Promise.all([
      act(parts, id, { kind: 'retry', by: alex }),
      act(parts, id, { kind: 'retry', by: alex }),
    ]);

    expect([one.kind, other.kind].filter((kind) => kind === 'done')).toHaveLength(mayRetry ? 1 : 0);
    expect(await findAccessRequest(database, id)).toMatchObject({
      awaiting: null,
      state: mayRetry ? { kind: 'approved', decision: { by: alex } } : { kind: 'lapsed', why },
    });
  });

  async function startedOne() {
    const { id } = await approved(parts);
    await startApproved(parts, id, wanted());
    return { id, until: clock.now() + dayMs };
  }

  async function endOutOfScope(): Promise<void> {
    const outcome = { kind: 'notInScope', failedChecks: ['assigned'], report: emptyReport } as const;
    await finishTask(parts, await claimed(parts), { ...done, outcome });
  }

  async function awaitingOne() {
    const one = await startedOne();
    await endOutOfScope();
    await awaitThing(parts, one.id, { heldUp: 'assignment', until: one.until, delayMs: 60_000 });
    return one;
  }

  it('keeps who cancelled what has started', async () => {
    const { id } = await approved(parts);
    await startApproved(parts, id, wanted());

    await noteCalledOff(parts, id, alex);
    await act(parts, id, { kind: 'finish', outcome: 'cancelled' });

    expect((await findAccessRequest(database, id))?.state).toMatchObject({ kind: 'finished', calledOffBy: alex });
    expect((await readAudit(database.query, 2)).at(-1)).toMatchObject({
      kind: 'accessCancelled',
      actorId: 'alex',
      requestId: id,
    });
  });

  it('does nothing to an unknown request', async () => {
    expect(await act(parts, 'NOBODY', approve)).toEqual({ kind: 'unknown' });
  });
});

describe('random sequences of actions', () => {
  const place = useTestDatabase(sqliteEngine);
  let parts: AccessParts;
  let clock: TestClock;

  beforeAll(async () => {
    clock = createTestClock();
    parts = accessParts(await place.open(clock), clock);
  });

  it('take only the allowed transitions, decide once at most, and never leave an end', async () => {
    const actions = fc.oneof(
      fc.constantFrom<AccessAction>(
        approve,
        deny,
        cancel,
        { kind: 'expire' },
        { kind: 'lapse', why: 'askerMayNot' },
        { kind: 'lapse', why: 'notAssigned' },
        { kind: 'await', heldUp: 'assignment', until: Date.UTC(2030, 0), delayMs: 1_000 },
        { kind: 'finish', outcome: 'created' },
        { kind: 'retry', by: alex },
        { kind: 'start', requestId: '' },
      ),
      fc.constantFrom('a week passes' as const),
    );
    const property = fc.asyncProperty(fc.array(actions, { maxLength: 12 }), async (script) => {
      await place.empty();
      const { id, expiresAt } = await askAccess(parts, wantedAccess());
      const { id: requestId } = await ask(parts, ['isaiah']);
      let before = await findAccessRequest(parts.database, id);
      for (const step of script) {
        if (step === 'a week passes') {
          await clock.advance(7 * dayMs);
          continue;
        }
        const action = step.kind === 'start' ? { ...step, requestId } : step;

        const acted = await act(parts, id, action);

        const after = await findAccessRequest(parts.database, id);
        const isEarly = action.kind === 'expire' && clock.now() < expiresAt;
        const isDecision = action.kind === 'approve' || action.kind === 'deny';
        const isLate = isDecision && before?.state.kind === 'pending' && clock.now() >= expiresAt;
        const isOver = action.kind === 'retry' && before?.state.kind === 'lapsed' && !mayRetryLapsed(before.state.why);
        const next = isEarly || isOver ? null : stateAfter(before?.state.kind ?? 'pending', action.kind);
        const drawn = isLate ? 'expired' : next;
        expect(acted).toEqual({ kind: drawn === null || isLate ? 'unchanged' : 'done', accessRequest: after });
        if (drawn === null) expect(after).toEqual(before);
        else expect(after).toMatchObject({ revision: (before?.revision ?? 0) + 1, state: { kind: drawn } });
        before = after;
      }
      const kinds = await kindsOf(parts);
      const ofDecisions = kinds.filter((kind) => kind === 'accessApproved' || kind === 'accessDenied');
      expect(ofDecisions.length).toBeLessThanOrEqual(1);
      const changes = kinds.filter((kind) => kind.startsWith('access') && kind !== 'accessAsked');
      expect(changes).toHaveLength((before?.revision ?? 0) - 1);
    });

    await fc.assert(property, { numRuns: 60 });
  });

  it('cannot expire a moment too early', async () => {
    await place.empty();
    const { id, expiresAt } = await askAccess(parts);

    await clock.advance(expiresAt - clock.now() - 1);
    const early = await act(parts, id, { kind: 'expire' });
    await clock.advance(1);
    const due = await act(parts, id, { kind: 'expire' });

    expect([early.kind, due.kind]).toEqual(['unchanged', 'done']);
    expect(await stateOf(parts, id)).toBe('expired');
  });
});
