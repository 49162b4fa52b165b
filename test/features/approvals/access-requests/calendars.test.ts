import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../../src/clock.ts';
import {
  type ApprovalScheduler,
  type DueActions,
  type StartVerdict,
  startApprovalScheduler,
} from '../../../../src/features/approvals/access-requests/approval-scheduler.ts';
import { claimDue } from '../../../../src/features/approvals/access-requests/due.ts';
import { createLog } from '../../../../src/log.ts';
import { named, wanted } from '../../../requests/support.ts';
import { createTestClock } from '../../../support/clock.ts';
import { postgresEngine, useTestDatabase } from '../../../support/databases.ts';
import { eventually } from '../../../support/eventually.ts';
import { accessParts, approved, askAccess, dayMs, kindsOf, reader, stateOf } from './support.ts';

const desk = { key: 'desk', conversation: 'desk', reader };

describe('two approval schedulers on one PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);

  beforeEach(() => place.empty());

  async function replica(clock: Clock, actions: DueActions): Promise<ApprovalScheduler> {
    const log = createLog('warn', { write: () => undefined });
    const parts = accessParts(await place.open(clock), clock);
    return startApprovalScheduler({ parts, actions, changed: () => undefined, log, pollMs: 30 * dayMs });
  }

  it('lease each request once, however many of them look at once', async () => {
    const clock = createTestClock();
    const parts = accessParts(await place.open(clock), clock);
    for (const person of named('person', 9))
      await askAccess(parts, { subject: { id: person, name: person, label: null } });
    await Promise.all(Array.from({ length: 20 }, () => parts.database.ping()));

    const claims = await Promise.all(
      named('process', 10).map((owner) => claimDue(parts, { owner, until: clock.now() + 30_000 }, 4)),
    );

    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(9);
  });

  it('run each due action once', async () => {
    const clock = createTestClock();
    const parts = accessParts(await place.open(clock), clock);
    const asked: string[] = [];
    for (const [index, person] of named('person', 12).entries()) {
      const more = { subject: { id: person, name: person, label: null }, requestedBy: { id: person, name: person } };
      const { id } = await (index % 2 === 0 ? approved(parts, more) : askAccess(parts, more));
      asked.push(id);
    }
    const seen: string[] = [];
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    const actions: DueActions = {
      async route({ id }) {
        seen.push(id);
        await turn();
        return { kind: 'routed', to: [desk] };
      },
      async start({ id }) {
        seen.push(id);
        await turn();
        return { kind: 'ready', request: wanted() };
      },
      end: async () => ({ kind: 'finish' }),
    };

    const calendars = await Promise.all([replica(clock, actions), replica(clock, actions)]);
    await Promise.all(calendars.map((scheduler) => scheduler.settled()));
    await clock.advance(dayMs);
    await Promise.all(calendars.map((scheduler) => scheduler.settled()));
    await Promise.all(calendars.map((scheduler) => scheduler.stop()));

    expect(seen.toSorted()).toEqual(asked.toSorted());
    const kinds = await kindsOf(parts);
    for (const kind of ['accessStarted', 'accessReminded'])
      expect(kinds.filter((other) => other === kind)).toHaveLength(6);
  });

  it('leave an action to its process for longer than the lease, as long as that process lives', async () => {
    const clock = createTestClock();
    const parts = accessParts(await place.open(clock), clock);
    const { id } = await approved(parts);
    const started: string[] = [];
    const slow = Promise.withResolvers<StartVerdict>();
    const route: DueActions['route'] = async () => ({ kind: 'routed', to: [] });
    const start = (who: string) => () => {
      started.push(who);
      return slow.promise;
    };
    const end: DueActions['end'] = async () => ({ kind: 'finish' });
    const one = await replica(clock, { route, start: start('one'), end });
    await eventually(() => started.length === 1);

    for (let seconds = 10; seconds <= 60; seconds += 10) {
      await eventually(() => clock.pending() > 0);
      await clock.advance(10_000);
      await eventually(async () => (await leaseOf(id)) === clock.now() + 30_000);
    }
    const other = await replica(clock, { route, start: start('other'), end });
    await other.settled();
    slow.resolve({ kind: 'ready', request: wanted() });
    await one.settled();
    await Promise.all([one.stop(), other.stop()]);

    expect(started).toEqual(['one']);
    expect(await stateOf(parts, id)).toBe('started');

    async function leaseOf(accessRequestId: string): Promise<number | null> {
      const row = await parts.database.query
        .selectFrom('access_requests')
        .select('lease_until')
        .where('id', '=', accessRequestId)
        .executeTakeFirstOrThrow();
      return row.lease_until;
    }
  });
});
