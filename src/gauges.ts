import { type SeenApp, seenApps } from './chat/jobs/seen-jobs.ts';
import type { TaskRow } from './db/schema.ts';
import { type AccessStateKind, openStates } from './features/approvals/access-requests/access-request.ts';
import type { FaultCause } from './rate-gate/fault.ts';
import { slotsLeft } from './rate-gate/gate.ts';
import { readGate } from './rate-gate/gate-row.ts';
import { type Lane, laneNumbers } from './rate-gate/lanes.ts';
import type { StoreParts } from './requests/store.ts';
import { readHead } from './seals/chain.ts';
import { readStreams, type StreamGauge, type StreamName } from './streams/stream-rows.ts';

/**
 * Usher's load at this moment, for monitoring. All of it is read from the database, so every replica reports the same.
 */
export interface Gauges {
  readonly gate: {
    /** Closed after a 429. */
    readonly isBlocked: boolean;
    readonly slotsLeft: number;
    /** Why it is closed to all but probes; absent while it is not. */
    readonly fault?: FaultCause;
  };
  /** One for each unfinished state of a task and lane; also where the count is 0. */
  readonly tasks: readonly { readonly state: OpenTaskState; readonly lane: Lane; readonly count: number }[];
  /** One for each unfinished state of an access request. */
  readonly accessRequests: readonly { readonly state: AccessStateKind; readonly count: number }[];
  /** Access that should have ended, and that nothing shows to have ended. */
  readonly overdueAccess: number;
  /** The apps whose jobs were read lately. */
  readonly jobs: readonly SeenApp[];
  /** How many entries of the audit log were ever sealed. It never falls. */
  readonly sealedEntries: number;
  /** The streams of the record that are set up. */
  readonly streams: readonly StreamGauge[];
}

export type OpenTaskState = Exclude<TaskRow['state'], 'done' | 'cancelled'>;

const openTaskStates: readonly OpenTaskState[] = ['held', 'waiting', 'running'];

/**
 * Reads them all. Finished ones are not counted, as their number only ever grows. Uses the reader: a million may wait.
 */
export async function readGauges(parts: StoreParts, streams: readonly StreamName[] = []): Promise<Gauges> {
  const { database, clock, gate } = parts;
  const { state, health, now } = await database.transact((transaction) => readGate(parts, transaction));
  const tasks = await database.reader
    .selectFrom('tasks')
    .select(['state', 'lane'])
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', 'in', openTaskStates)
    .groupBy(['state', 'lane'])
    .execute();
  const accessRequests = await database.reader
    .selectFrom('access_requests')
    .select('state')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', 'in', openStates)
    .groupBy('state')
    .execute();
  const { count: overdueAccess } = await database.reader
    .selectFrom('entitlements')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', '=', 'overdue')
    .executeTakeFirstOrThrow();
  const jobs = await seenApps(database, clock.now());
  const { seq: sealedEntries } = await readHead(database.reader);
  return {
    jobs,
    overdueAccess,
    sealedEntries,
    streams: await readStreams(database.reader, streams),
    gate: {
      isBlocked: state.blockedUntil > now,
      // No task may count on a probe's start.
      slotsLeft: health.fault === null ? slotsLeft(state, gate.limits, now) : 0,
      ...(health.fault === null ? {} : { fault: health.fault.cause }),
    },
    tasks: openTaskStates.flatMap((taskState) =>
      lanes.map((lane) => {
        const row = tasks.find((found) => found.state === taskState && found.lane === laneNumbers[lane]);
        return { state: taskState, lane, count: row?.count ?? 0 };
      }),
    ),
    accessRequests: openStates.map((accessState) => ({
      state: accessState,
      count: accessRequests.find((row) => row.state === accessState)?.count ?? 0,
    })),
  };
}

const lanes: readonly Lane[] = ['interactive', 'bulk'];
