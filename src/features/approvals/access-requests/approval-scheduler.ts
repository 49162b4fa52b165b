import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { assertNever } from '../../../assert-never.ts';
import { isDatabaseFault } from '../../../db/database.ts';
import { createSteadiness } from '../../../db/leases.ts';
import { underLease } from '../../../lease.ts';
import type { Log } from '../../../log.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import type { Guard } from '../../../requests/crash-guard.ts';
import type { NewRequest } from '../../../requests/store.ts';
import { startWorker, type Worker } from '../../../worker.ts';
import type { AccessRequest, FinishedAs, HeldUp, LapseReason, StartBasis, Wait } from './access-request.ts';
import { act, startApproved } from './acting.ts';
import {
  awaitThing,
  type ClaimedRow,
  claimDue,
  dueActionOf,
  findEnded,
  finishRouting,
  holdUp,
  nextDueAt,
  releaseDue,
  remind,
  renewDue,
  type ShownTo,
} from './due.ts';
import { toAccessRequest } from './rows.ts';
import { findAccessRequest } from './store.ts';

/**
 * Does what falls due for each access request without a click:
 *
 *     pending, just made                 show it to those who may decide
 *     pending, a working day old         remind them, once
 *     pending, a week old                it expires
 *     approved, its day has come         start it, or let it lapse
 *     started, its tasks have ended      report its end, or wait until the person is assigned
 *
 * One loop leases what is due (`due.ts`) and handles several at once; another handles what has ended, so that a slow
 * answer of Graph's about an assignment delays no start and no reminder. Each sleeps until the next thing falls due or
 * it is woken, and also polls, as another process may have stored something. All state is in the database, so a restart
 * loses nothing, and a clock that jumps does nothing twice.
 */
export type ApprovalScheduler = Worker;

/** The parts of the work that call Graph. Each may run twice after a crash. */
export interface DueActions {
  /** Where to show it. */
  route(accessRequest: AccessRequest): Promise<Routing>;
  /** Whether it may start now, and as what. */
  start(accessRequest: AccessRequest): Promise<StartVerdict>;
  /** Whether a started request whose last attempt was answered "not in scope" waits for something. */
  end(accessRequest: AccessRequest): Promise<EndVerdict>;
}

export type Routing =
  /** `to` is empty where no approver can be reached: then the requester is told. */
  { readonly kind: 'routed'; readonly to: readonly ShownTo[] } | { readonly kind: 'later'; readonly delayMs: number };

export type StartVerdict =
  /** The scheduler stores the request. */
  | { readonly kind: 'ready'; readonly request: NewRequest; readonly basis?: StartBasis }
  | { readonly kind: 'lapsed'; readonly why: LapseReason }
  | { readonly kind: 'later'; readonly heldUp: HeldUp; readonly delayMs: number }
  /** No longer approved: it was withdrawn meanwhile. */
  | { readonly kind: 'overtaken' };

export type EndVerdict = { readonly kind: 'finish' } | ({ readonly kind: 'await' } & Wait);

export const finish: EndVerdict = { kind: 'finish' };

export interface ApprovalSchedulerParts {
  readonly parts: AccessParts;
  readonly actions: DueActions;
  /** Prevents endless retries of an end that kills its process; without it nothing is counted. */
  readonly guard?: Guard;
  /** Called after each change, once it is stored. After a start, a task waits for the dispatcher. */
  readonly changed: (accessRequestId: string) => void;
  readonly log: Log;
  readonly ownerId?: string;
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

/** Short enough that a dead process's work is taken over within a minute. */
const defaultLeaseMs = 30_000;
/** The end of a task wakes the loop; only the ends that a dead process left wait for its next look. */
const endsPollMs = 20_000;
/** Each makes a few calls to Graph, which other people's commands need as well. */
const concurrency = 4;
const finishedAtOnce = 100;
/** After an error in Usher itself. */
const faultPauseMs = 60_000;
/**
 * So many processes may die while working on one request before it is put off, by this and then twice as long each
 * time: briefly at first, as processes that were stopped one after another may have met it by chance.
 */
const mostCrashes = 3;
const crashPauseMs = 15_000;
const mostDoublings = 10;
/** A database that is away is mostly back in a moment. */
const databasePauseMs = 1_000;
const shortestPauseMs = 1_000;

const failed = {
  code: 'approval_scheduler_failed',
  message: 'the approval scheduler could not look what is due',
};

export function startApprovalScheduler(scheduler: ApprovalSchedulerParts): ApprovalScheduler {
  const { parts, actions, log } = scheduler;
  const { clock } = parts;
  const { ownerId: owner = randomUUID(), leaseMs = defaultLeaseMs, pollMs } = scheduler;
  const isSteady = createSteadiness(clock, leaseMs);
  const fault = (error: unknown, code: string, accessRequestId: string, message: string) =>
    log.error({ error, code, accessRequestId }, message);

  async function runDue(): Promise<number | null> {
    let next = await nextDueAt(parts);
    if (next !== null && next <= clock.now()) {
      const due = await claimDue(parts, { owner, until: clock.now() + leaseMs }, concurrency, isSteady());
      await Promise.all(due.map(runLeased));
      if (due.length > 0) return 0;
      // What is due already belongs to another process.
      next = await nextDueAt(parts, clock.now());
    }
    return next === null ? null : Math.max(next - clock.now(), 1);
  }

  async function finishEnded(): Promise<number | null> {
    const ended = await findEnded(parts, finishedAtOnce);
    const changed = await pMap(
      ended,
      async ({ id, outcome }) => {
        const isChanged = await end(id, outcome);
        if (isChanged) tell(id);
        return isChanged;
      },
      { concurrency },
    );
    return changed.some(Boolean) ? 0 : null;
  }

  async function end(id: string, outcome: FinishedAs): Promise<boolean> {
    const verdict = outcome === 'notInScope' || outcome === 'unknown' ? await endVerdict(id) : finish;
    if (verdict === null) return false;
    if (verdict.kind === 'await') return awaitThing(parts, id, verdict);
    return (await act(parts, id, { kind: 'finish', outcome })).kind === 'done';
  }

  /** Null while another process judges it. */
  async function endVerdict(id: string): Promise<EndVerdict | null> {
    try {
      const accessRequest = await findAccessRequest(parts.database, id);
      if (accessRequest === null) return finish;
      if (scheduler.guard === undefined) return await actions.end(accessRequest);
      const judged = await scheduler.guard(id, () => actions.end(accessRequest));
      if (judged.kind === 'busy') return null;
      return judged.kind === 'done' ? judged.value : finish;
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      fault(error, 'end_unjudged', id, 'what an access request waits for was not found out');
      return finish;
    }
  }

  /** Handles one leased request. An error in it affects no other. */
  async function runLeased(row: ClaimedRow): Promise<void> {
    const { id } = row;
    const renew = (until: number) => renewDue(parts, id, { owner, until });
    await underLease({ leaseMs, renew, clock, log, details: { accessRequestId: id } }, async () => {
      try {
        if (await runDueAction(row)) tell(id);
        // A write releases the lease. If the lease is still held, nothing was done yet.
        else await releaseDue(parts, id, owner, clock.now() + shortestPauseMs);
      } catch (error) {
        fault(error, 'due_action_failed', id, 'what was due of an access request failed');
        // Should that fail as well, the lease expires.
        const pauseMs = isDatabaseFault(error) ? databasePauseMs : faultPauseMs;
        await releaseDue(parts, id, owner, clock.now() + pauseMs).catch(() => undefined);
      }
    });
  }

  /** True when the request visibly changed. */
  async function runDueAction(row: ClaimedRow): Promise<boolean> {
    const { id } = row;
    const dueAction = dueActionOf(row, clock.now());
    if ((dueAction === 'route' || dueAction === 'start') && row.abandoned && row.crashes >= mostCrashes)
      return putOff(row);
    switch (dueAction) {
      case 'route': {
        const routing = await actions.route(toAccessRequest(row));
        if (routing.kind === 'routed') return finishRouting(parts, id, routing.to);
        const again = clock.now() + Math.max(routing.delayMs, shortestPauseMs);
        await releaseDue(parts, id, owner, Math.min(again, row.expires_at));
        return false;
      }
      case 'remind':
        return remind(parts, id);
      case 'expire':
        return (await act(parts, id, { kind: 'expire' })).kind === 'done';
      case 'start':
        await start(row);
        // Notes made meanwhile count as well, e.g. that an assignment of a withdrawn request was made.
        return (await findAccessRequest(parts.database, id))?.revision !== row.revision;
      case null:
        return false;
      default:
        return assertNever(dueAction, 'dueAction');
    }
  }

  /** A request that keeps killing the process is tried less and less often; it still expires on its day. */
  async function putOff({ id, crashes, state, expires_at: expiresAt }: ClaimedRow): Promise<false> {
    log.error(
      { code: 'due_action_put_off', accessRequestId: id, crashes },
      'processes ended while they saw to an access request; it is put off',
    );
    const dueAt = clock.now() + crashPauseMs * 2 ** Math.min(crashes - mostCrashes, mostDoublings);
    await releaseDue(parts, id, owner, state === 'pending' ? Math.min(dueAt, expiresAt) : dueAt);
    return false;
  }

  async function start(row: ClaimedRow): Promise<void> {
    const { id } = row;
    const verdict = await actions.start(toAccessRequest(row)).catch((error: unknown): StartVerdict => {
      if (isDatabaseFault(error)) throw error;
      // Counted as Graph being away, so that a request which can never start comes to an end.
      fault(error, 'start_failed', id, 'an approved access request could not be started');
      return { kind: 'later', heldUp: 'graphAway', delayMs: faultPauseMs };
    });
    switch (verdict.kind) {
      case 'ready':
        await startApproved(parts, id, verdict.request, verdict.basis);
        return;
      case 'lapsed':
        await act(parts, id, { kind: 'lapse', why: verdict.why });
        return;
      case 'later':
        await holdUp(parts, id, owner, { ...verdict, delayMs: Math.max(verdict.delayMs, shortestPauseMs) });
        return;
      case 'overtaken':
        return;
      default:
        return assertNever(verdict, 'verdict');
    }
  }

  /** A listener's error cannot harm the scheduler. */
  function tell(accessRequestId: string): void {
    try {
      scheduler.changed(accessRequestId);
    } catch (error) {
      fault(error, 'change_unheard', accessRequestId, 'a change of an access request was not passed on');
    }
  }

  const workerFor = (name: string, work: () => Promise<number | null>, maxIdleMs = pollMs) =>
    startWorker({ name, failed, work, clock, log, maxIdleMs, giveWay: parts.giveWay });
  const workers = [
    workerFor('approval scheduler', runDue),
    workerFor('ends of access requests', finishEnded, pollMs ?? endsPollMs),
  ];
  return {
    wake() {
      for (const worker of workers) worker.wake();
    },
    async settled() {
      // The result of one worker may be work for the other.
      await Promise.all(workers.map((worker) => worker.settled()));
      await Promise.all(workers.map((worker) => worker.settled()));
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
