import { randomUUID } from 'node:crypto';
import { assertNever } from '../assert-never.ts';
import { isDatabaseFault } from '../db/database.ts';
import { createSteadiness } from '../db/leases.ts';
import { overAll } from '../graph/outcome/over-all.ts';
import { signInGone } from '../graph/outcome/refusal.ts';
import type { Outcome, OutcomeKind } from '../graph/outcome.ts';
import { underLease } from '../lease.ts';
import type { Log } from '../log.ts';
import { withinMs } from '../time-limit.ts';
import { startWorker } from '../worker.ts';
import { attempt, type ProvisioningService, type Settlement } from './attempt.ts';
import { type Authority, refusalOf } from './authority.ts';
import { cancelSignedOut, type SignedInRequesters } from './cancel-signed-out.ts';
import { recoverTasks } from './crashed.ts';
import { endAway } from './graph-away.ts';
import { type ClaimedTask, claimTask, type Grant, noteLateStart } from './queue.ts';
import { type CallNews, codeOf, finishTask, noteSent, postponeTask, renewLease, returnTask } from './running.ts';
import { accessSource, type StoreParts } from './store.ts';

/**
 * Takes the next due task whenever the gate grants a start, and sees its call through.
 *
 * One worker claims; calls run beside it, as many as the gate has let start. The worker pauses until the gate opens, a
 * task is due, or it is woken. A lease is renewed at a third of its length while the call
 * runs; a task whose process died is requeued when its lease expires.
 *
 * At most five of them are on their way to being sent: more would hold each other up in this process, until their grants
 * have passed.
 *
 * A call that is sent later than granted (a cold connection, a busy process) is noted at the gate, which counts the
 * next window from there. If it is later than the guard covers, that is noted before it is sent, as a process that dies
 * in between could not note it. If a call could be sent only after half of window and guard (the process hung), the
 * dispatcher returns the task for a new grant, as later calls may have been granted as if it had been sent in time.
 */
export interface Dispatcher {
  /** Something may be due: checks at once. */
  wake(): void;
  /**
   * No new claims; waits for running calls up to `graceMs`, then requeues the remaining tasks, so that no task stays
   * leased by a process that is gone.
   */
  stop(graceMs: number): Promise<void>;
}

/** Notified of the dispatcher's work, for metrics; these must not throw. */
export interface DispatcherObserver {
  /** The gate granted a start, and a task took it. */
  granted(): void;
  /** Graph answered 429. */
  throttled(): void;
  taskFinished(task: FinishedTask): void;
}

export interface FinishedTask {
  readonly outcomeKind: OutcomeKind;
  /** The application's display name. */
  readonly app: string;
  /** From entering the queue to the start of the call that settled it, earlier calls included. */
  readonly waitedSeconds: number;
  /** From that start until the outcome was stored. */
  readonly ranSeconds: number;
}

export interface DispatcherParts {
  readonly store: StoreParts;
  readonly graph: ProvisioningService;
  /** Where each call is made with its requester's delegated permission, instead of by `graph`. */
  readonly requesters?: SignedInRequesters;
  /** Where calls are made with Usher's own permission: whether the person who started a task may still do so. */
  readonly authority?: Authority;
  readonly log: Log;
  /** Called after each change of a request, once it is stored. `ofAccess`: it may carry out an access request. */
  readonly changed: (requestId: string, ofAccess: boolean) => void;
  readonly observe?: DispatcherObserver;
  readonly leaseMs?: number;
  /** How long to wait for an assignment to replicate, call by call; `attempt.ts` has the defaults. */
  readonly assignmentDelaysMs?: readonly number[];
}

/** Half of the minute in which a dead process's task must be taken over, so that one missed renewal does no harm. */
const defaultLeaseMs = 30_000;
/** A call sent sooner than this after its grant counts as on time. */
const noticedLatenessMs = 10;
/** A connection takes this long, however short the guard: without this a call might never be sent. */
const leastToleratedMs = 100;
/** Other processes may claim as soon as the database is back, so the gate is told at once. */
const firstNotePauseMs = 10;
/** Between two attempts to claim while the database does not answer: the first pause, doubled up to the longest. */
const claimPauseMs = { first: 500, longest: 5_000 };
/** Between two attempts to store a call's result: the first pause, doubled up to the longest. */
const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** An attempt that throws is an error in Usher itself; it is not retried forever. */
const mostBrokenAttempts = 3;
const brokenDelayMs = 5_000;

/**
 * As many as Graph lets start at once. Where a gate lets more start, all would be late, wait again, and be late again.
 */
const mostUnsent = 5;

/** Its grant has passed, and nothing was sent. */
type Unsent = { readonly kind: 'unsent' };

export function startDispatcher(parts: DispatcherParts): Dispatcher {
  const { store, log } = parts;
  const { clock } = store;
  const leaseMs = parts.leaseMs ?? defaultLeaseMs;
  /** How late a call may be sent before the gate must know. The other half of the guard is for the network. */
  const toleratedMs = Math.max(store.gate.limits.guardMs / 2, leastToleratedMs);
  const owner = randomUUID();
  const running = new Map<string, Promise<void>>();
  /** The tasks of `running` whose calls have not been sent yet. */
  const unsent = new Set<string>();
  const abandon = new AbortController();
  const isSteady = createSteadiness(clock, leaseMs);
  /** It is woken several times a second, and a lease runs for long. */
  let recoverAt = Number.NEGATIVE_INFINITY;

  /** Their cards are drawn when all that may start have started: until then they would only move up in line. */
  async function claimAll(stopping: AbortSignal): Promise<number | null> {
    const started: ClaimedTask[] = [];
    try {
      return await startAll(stopping, started);
    } finally {
      for (const claimed of started) tell(claimed.task.requestId, isOfAccess(claimed));
    }
  }

  /** Starts all tasks that may start now; returns how long to pause then. */
  async function startAll(stopping: AbortSignal, started: ClaimedTask[]): Promise<number | null> {
    const steady = isSteady();
    if (clock.monotonic() >= recoverAt) {
      for (const requestId of await recoverTasks(store, owner, [...running.keys()], isSteady)) tell(requestId);
      recoverAt = clock.monotonic() + leaseMs / 10;
    }
    if (parts.requesters !== undefined)
      for (const requestId of await cancelSignedOut(store, parts.requesters.present())) tell(requestId);
    while (!stopping.aborted) {
      // The next call that is sent wakes the worker.
      if (unsent.size >= mostUnsent) return null;
      const claim = await claimTask(store, { owner, until: clock.now() + leaseMs });
      switch (claim.kind) {
        case 'claimed':
          if (stopping.aborted) {
            await returnTask(store, claim.claimed);
            break;
          }
          parts.observe?.granted();
          start(claim.claimed);
          started.push(claim.claimed);
          break;
        case 'later':
          // After a clock jump it is unknown how long a task has waited.
          if (claim.fault !== undefined && steady)
            for (const requestId of await endAway(store, claim.fault)) tell(requestId);
          return Math.max(claim.inMs, 0);
        case 'idle':
          return null;
        default:
          return assertNever(claim, 'claim');
      }
    }
    return null;
  }

  function noLongerUnsent(taskId: string): void {
    const isFull = unsent.size >= mostUnsent;
    if (unsent.delete(taskId) && isFull) worker.wake();
  }

  function start(claimed: ClaimedTask): void {
    const { id, requestId } = claimed.task;
    unsent.add(id);
    const work = see(claimed)
      .catch((error: unknown) => {
        // A task that could not be stored by then is requeued when its lease expires.
        const code = isDatabaseFault(error) ? 'not_settled' : 'task_failed';
        log.error({ error, code, taskId: id }, 'a task was not settled');
      })
      .finally(() => {
        running.delete(id);
        unsent.delete(id);
        tell(requestId, isOfAccess(claimed));
        // The task may be waiting again already, or the gate may be more open than the loop assumes.
        worker.wake();
      });
    running.set(id, work);
  }

  /** A listener's error cannot harm a task. */
  function tell(requestId: string, ofAccess = true): void {
    try {
      parts.changed(requestId, ofAccess);
    } catch (error) {
      log.error({ error, code: 'change_unheard', requestId }, 'a change of a request was not passed on');
    }
  }

  async function see(claimed: ClaimedTask): Promise<void> {
    const renew = (until: number) => renewLease(store, claimed, until);
    await underLease({ leaseMs, renew, clock, log, details: { taskId: claimed.task.id } }, async () => {
      const refusal = await refusalOf(parts, claimed);
      const based = refusal === null ? await withBasis(claimed) : claimed;
      return settle(based, refusal ?? (await call(based)));
    });
  }

  async function withBasis(claimed: ClaimedTask): Promise<ClaimedTask> {
    const basis = await parts.authority?.basisOf?.(claimed);
    return basis === undefined ? claimed : { ...claimed, basis };
  }

  /** Sends the call, if its time has not passed, and returns what follows. */
  async function call(claimed: ClaimedTask): Promise<Settlement | Unsent> {
    let { grant } = claimed;
    for (let round = 0; ; round += 1) {
      if (clock.monotonic() > grant.sendBefore) return { kind: 'unsent' };
      const sent = await send({ ...claimed, grant });
      if (sent.kind !== 'drifted') return sent;
      // Each note reaches a little further ahead, in case writing it takes long.
      const lateMs = clock.monotonic() - grant.takenAt + round * toleratedMs;
      const noted = await noteLateness(grant, lateMs, claimed.task.id, grant.sendBefore);
      if (!noted) return { kind: 'unsent' };
      grant = { ...grant, at: grant.at + lateMs, takenAt: grant.takenAt + lateMs };
    }
  }

  /** One attempt to send. `drifted`: nothing was sent, as the gate must know first how late it would be. */
  async function send(claimed: ClaimedTask): Promise<Settlement | Unsent | { readonly kind: 'drifted' }> {
    const { task, grant } = claimed;
    const graph = parts.requesters === undefined ? parts.graph : parts.requesters.serviceFor(claimed.requestedById);
    if (graph === null) return { kind: 'done', outcome: signInGone, ...unasked, unsent: true };
    const options = {
      isProbe: claimed.isProbe,
      ...(parts.assignmentDelaysMs === undefined ? {} : { assignmentDelaysMs: parts.assignmentDelaysMs }),
    };
    const ended = new AbortController();
    const held = new AbortController();
    const signal = AbortSignal.any([abandon.signal, held.signal]);
    let isSent = false;
    let noting: Promise<void> = Promise.resolve();
    const onSend = () => {
      // The process may have hung while it got token and connection.
      const lateMs = clock.monotonic() - grant.takenAt;
      if (lateMs > toleratedMs) return held.abort();
      if (lateMs > noticedLatenessMs) void noteLateness(grant, lateMs, task.id);
      isSent = true;
      noLongerUnsent(task.id);
      noting = noteSent(store, claimed).catch((error: unknown) =>
        log.warn(
          { error, code: 'sent_not_noted', taskId: task.id },
          'could not record that a call was sent; the record of its end says so',
        ),
      );
    };
    try {
      // Whatever the attempt is still reading when time is over, its task is returned at once.
      const settlement = await Promise.race([
        attempt(graph, task, signal, onSend, options),
        abandoned(ended.signal, () => isSent),
      ]);
      return held.signal.aborted && !abandon.signal.aborted ? { kind: 'drifted' } : settlement;
    } catch (error) {
      log.error({ error, code: 'attempt_failed', taskId: task.id }, 'an attempt broke off');
      if (task.attempts < mostBrokenAttempts) return interrupted(brokenDelayMs, isSent, { counts: true });
      const outcome: Outcome = { kind: 'unknown', why: 'unreadable' };
      return { kind: 'done', outcome, ...unasked };
    } finally {
      ended.abort('ended');
      // Otherwise the settlement could come first, and record it as well.
      await noting;
    }
  }

  /**
   * Tells the gate, and retries over a broken connection: the next window would begin too early. False when it could
   * not be told before `until`, by default the time when no later start depends on this one any more.
   */
  async function noteLateness(
    grant: Grant,
    lateMs: number,
    taskId: string,
    until = grant.takenAt + lateMs + store.gate.limits.windowMs + store.gate.limits.guardMs,
  ): Promise<boolean> {
    for (let pauseMs = firstNotePauseMs; ; pauseMs = Math.min(2 * pauseMs, firstPauseMs)) {
      try {
        await noteLateStart(store, grant, lateMs);
        return true;
      } catch (error) {
        log.warn({ error, code: 'lateness_not_noted', taskId }, 'the gate does not know of a late start yet');
      }
      await clock.sleep(pauseMs, abandon.signal);
      if (abandon.signal.aborted || clock.monotonic() > until) return false;
    }
  }

  /** Resolves when time is over; stops listening at `ended`. */
  function abandoned(ended: AbortSignal, isSent: () => boolean): Promise<Settlement> {
    return new Promise((resolve) => {
      const giveUp = () => resolve(interrupted(0, isSent()));
      if (abandon.signal.aborted) giveUp();
      else abandon.signal.addEventListener('abort', giveUp, { once: true, signal: ended });
    });
  }

  /** Stores what follows, however long it takes: an outcome from Graph is not requested twice. */
  async function settle(claimed: ClaimedTask, settlement: Settlement | Unsent): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await write(claimed, settlement);
      } catch (error) {
        if (abandon.signal.aborted) throw error;
        log.error({ error, code: 'not_settled', taskId: claimed.task.id }, 'could not store the end of a task yet');
        await clock.sleep(Math.min(firstPauseMs * 2 ** failures, longestPauseMs), abandon.signal);
      }
    }
  }

  async function write(claimed: ClaimedTask, settlement: Settlement | Unsent): Promise<void> {
    const { id: taskId, requestId } = claimed.task;
    if (settlement.kind !== 'unsent')
      tellOfFault(claimed, settlement.kind === 'again' ? settlement.postponement : settlement);
    switch (settlement.kind) {
      case 'unsent':
        await returnTask(store, claimed);
        return log.warn({ requestId, taskId, code: 'late' }, 'a call was too late for its grant and waits again');
      case 'again':
        await postponeTask(store, claimed, settlement.postponement);
        if (settlement.postponement.closesGate !== undefined) parts.observe?.throttled();
        return;
      case 'done': {
        const outcome = overAll(claimed.task.perhaps ?? null, settlement.outcome);
        const kept = await finishTask(store, claimed, { ...settlement, outcome });
        if (settlement.closesGate !== undefined) parts.observe?.throttled();
        if (kept) parts.observe?.taskFinished(finishedTask(claimed, outcome.kind));
        const { graphRequestId, clientRequestId } = settlement;
        const told = { outcome: outcome.kind, ...codeOf(outcome) };
        const entry = { requestId, taskId, ...told, kept, graphRequestId, clientRequestId };
        return log.info(entry, 'on-demand call settled');
      }
      default:
        return assertNever(settlement, 'settlement');
    }
  }

  function tellOfFault({ task, isProbe }: ClaimedTask, { evidence }: CallNews): void {
    if (evidence?.kind !== 'fault') return;
    const { cause, code } = evidence;
    const entry = { code: 'graph_away', cause, reason: code, taskId: task.id, isProbe };
    log.warn(entry, 'no call gets through to Graph; all wait, and one at a time tries again');
  }

  function finishedTask({ task, enqueuedAt, grant }: ClaimedTask, outcomeKind: OutcomeKind): FinishedTask {
    const waitedSeconds = (task.state.startedAt - enqueuedAt) / 1_000;
    return { outcomeKind, app: task.app.name, waitedSeconds, ranSeconds: (clock.monotonic() - grant.takenAt) / 1_000 };
  }

  const worker = startWorker({
    name: 'dispatcher',
    failed: { code: 'claim_failed', message: 'could not claim a task' },
    work: claimAll,
    clock,
    log,
    faultPauseMs: claimPauseMs,
    giveWay: store.giveWay,
  });
  return {
    wake: worker.wake,
    async stop(graceMs) {
      // A claim that was running at the stop returns its task.
      const allDone = worker.stop().then(() => Promise.all(running.values()));
      await withinMs(allDone, graceMs, clock);
      // Calls that still wait for Graph settle as interrupted now, which releases their leases.
      abandon.abort();
      await allDone;
    },
  };
}

const isOfAccess = ({ source }: ClaimedTask): boolean => source.startsWith(accessSource);

const unasked = { graphRequestId: null, clientRequestId: null, evidence: { kind: 'nothing' } } as const;

function interrupted(delayMs: number, isSent: boolean, more: { readonly counts?: true } = {}): Settlement {
  const unsent = isSent ? {} : { unsent: true as const };
  const postponement = { reason: 'interrupted', delayMs, evidence: unasked.evidence, ...unsent, ...more } as const;
  return { kind: 'again', postponement };
}
