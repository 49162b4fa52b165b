import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { assertNever } from '../../assert-never.ts';
import { isDatabaseFault } from '../../db/database.ts';
import { createSteadiness } from '../../db/leases.ts';
import type { Fetched } from '../../graph/answer.ts';
import type { JobAddress } from '../../graph/job-address.ts';
import type { CallEnd } from '../../graph/job-calls.ts';
import type { JobServices } from '../../graph/job-services.ts';
import type { JobChangeCall } from '../../graph/job-verbs.ts';
import { isAbsence } from '../../graph/read.ts';
import type { Job, Synchronization } from '../../graph/synchronization.ts';
import { underLease } from '../../lease.ts';
import type { Log } from '../../log.ts';
import type { AccessParts } from '../../requests/access-parts.ts';
import { startWorker, type Worker } from '../../worker.ts';
import {
  afterCall,
  afterSilence,
  afterStart,
  afterTest,
  atPauseEnd,
  callOf,
  cycleRuns,
  isPauseOver,
  needsTest,
  pollAt,
  startAgain,
  whileWatched,
  whyNot,
} from './next-step.ts';
import { isPause, longestAroundMs, type Repair } from './repair.ts';
import { queueRepairNotes } from './repair-notes.ts';
import { type ClaimedRepair, claimRepairs, type Next, nextRepairAt, noteStep, renewRepair } from './repair-rows.ts';

/**
 * Carries repairs out: tests, sends, watches, and starts a paused job again. `repair.ts` has the picture, `next-step.ts`
 * the decisions. Whatever happens to a process, a job that Usher has paused is started again: that duty is a row.
 */
export interface RepairingParts {
  readonly store: AccessParts;
  readonly graph: RepairGraph;
  /** What a pause around a provisioning waits for. */
  readonly waiting: WaitingRequest;
  /** Called after each step, once it is stored. */
  readonly changed: (repairId: string) => void;
  readonly log: Log;
  readonly leaseMs?: number;
}

/** The calls that test, read and change a job. */
export type RepairGraph = Pick<JobServices, 'testCredentials' | 'start' | 'pause' | 'restart'> &
  Pick<Synchronization, 'readJob' | 'isJobGone'>;

/** The held tasks of a provisioning request. */
export interface WaitingRequest {
  /** Lets them go, as this person ordered; without effect where they went before. */
  release(requestId: string, orderedBy: string): Promise<void>;
  isDone(requestId: string): Promise<boolean>;
}

const defaultLeaseMs = 30_000;
const concurrency = 4;
/** Looks at a cycle that should end, and at the tasks after it. */
const aroundPollMs = 3_000;
/** A repair that another process stores wakes that process itself; this one takes over what it leaves. */
const idlePauseMs = 60_000;
/** So often is a job read before its repair is given up that cannot be read at all. */
const mostReads = 20;

const addressOf = ({ app, jobId }: Repair): JobAddress => ({ servicePrincipalId: app.id, jobId });

/** Each call is sent once. */
function sendCall(graph: RepairGraph, call: JobChangeCall, job: JobAddress): Promise<CallEnd> {
  if (call === 'pause') return graph.pause(job);
  return call === 'start' ? graph.start(job) : graph.restart(job, call);
}

export function startRepairs(parts: RepairingParts): Worker {
  const { store, graph, waiting, log, leaseMs = defaultLeaseMs } = parts;
  const { clock } = store;
  const owner = randomUUID();
  const isSteady = createSteadiness(clock, leaseMs);

  async function repairDue(): Promise<number | null> {
    let next = await nextRepairAt(store);
    if (next !== null && next <= clock.now()) {
      const due = await claimRepairs(store, { owner, until: clock.now() + leaseMs }, concurrency, isSteady());
      await pMap(due, seeTo, { concurrency });
      if (due.length > 0) return 0;
      // What is due already belongs to another process.
      next = await nextRepairAt(store, clock.now());
    }
    return next === null ? null : Math.max(next - clock.now(), 1);
  }

  /** An error in one affects no other. */
  async function seeTo(claimed: ClaimedRepair): Promise<void> {
    const { id } = claimed.repair;
    const renew = (until: number) => renewRepair(store, claimed, until);
    await underLease({ leaseMs, renew, clock, log, details: { repairId: id } }, async () => {
      try {
        await takeStep(claimed);
      } catch (error) {
        log.error({ error, code: 'repair_failed', repairId: id }, 'a step of a repair broke off');
        // Should the database be away, the lease expires.
        if (!isDatabaseFault(error)) await note(claimed, again(claimed.repair)).catch(() => undefined);
      }
    });
    tell(id);
  }

  async function takeStep(claimed: ClaimedRepair): Promise<void> {
    const { repair } = claimed;
    const { state } = repair;
    switch (state.kind) {
      case 'due':
        return begin(claimed);
      case 'sent':
        return onceRead(claimed, (job) => afterSilence(repair, job, clock.now()));
      case 'paused':
        return repair.requestId === null
          ? note(claimed, { kind: 'starting', dueAt: clock.now() })
          : provisionMeanwhile(claimed, repair.requestId);
      case 'starting':
        return endPause(claimed);
      case 'watching':
        return onceRead(claimed, (job) => whileWatched(repair, job, clock.now()));
      case 'held':
      case 'ended':
        return;
      default:
        return assertNever(state, 'state of a repair');
    }
  }

  async function begin(claimed: ClaimedRepair): Promise<void> {
    const { repair } = claimed;
    const { kind } = repair;
    if (needsTest(kind)) {
      const next = afterTest(await graph.testCredentials(addressOf(repair)), repair, clock.now());
      if (next !== null) return note(claimed, next);
    }
    const job = await read(claimed);
    if (job === null) return;
    const why = isPauseOver(repair, clock.now()) ? 'pauseOver' : whyNot(kind, job);
    if (why !== null)
      return note(claimed, { kind: 'ended', as: 'refused', why: { word: why, code: null, message: null } });
    const sent = await noteStep(store, claimed, { kind: 'sent' });
    if (sent === null) return;
    const end = await sendCall(graph, callOf(kind, job), addressOf(repair));
    log.info({ repairId: repair.id, repair: kind, end: end.kind }, 'a call that changes a job was sent');
    await note({ ...claimed, repair: sent }, afterCall(end, sent, clock.now()));
  }

  /** A connector that provisions only while its job is stopped: after the running cycle, the tasks, and then the start. */
  async function provisionMeanwhile(claimed: ClaimedRepair, requestId: string): Promise<void> {
    const { repair } = claimed;
    const isOver = clock.now() - repair.state.since > longestAroundMs;
    const job = await read(claimed);
    if (job === null) return;
    // A cycle that takes too long ends the waiting: the tasks go, and Graph says what it makes of them.
    const soon: Next = { kind: 'again', dueAt: clock.now() + aroundPollMs };
    if (cycleRuns(job) && !isOver) return note(claimed, soon);
    await waiting.release(requestId, repair.requestedBy.id);
    if (isOver || (await waiting.isDone(requestId))) return note(claimed, { kind: 'starting', dueAt: clock.now() });
    return note(claimed, soon);
  }

  async function endPause(claimed: ClaimedRepair): Promise<void> {
    const { repair } = claimed;
    const found = await readUnlessGone(claimed);
    if (found === null) return;
    const next = found.ok ? atPauseEnd(found.value) : startAgain(repair, clock.now());
    if (next !== 'send') return note(claimed, next);
    // A job must not be started twice: another process may have taken over, and done so, while this one waited.
    if (!(await renewRepair(store, claimed, clock.now() + leaseMs))) return;
    const end = await graph.start(addressOf(repair));
    if (end.kind !== 'done')
      log.warn({ repairId: repair.id, code: 'job_not_started', end: end.kind }, 'a paused job was not started');
    return note(claimed, afterStart(end, repair, clock.now()));
  }

  async function onceRead(claimed: ClaimedRepair, decide: (job: Job) => Next): Promise<void> {
    const job = await read(claimed);
    if (job !== null) await note(claimed, decide(job));
  }

  /** Null where the job no longer exists, which ends the repair: there is nothing left to start. */
  async function readUnlessGone(claimed: ClaimedRepair): Promise<Fetched<Job> | null> {
    const { app, jobId } = claimed.repair;
    const found = await graph.readJob(app.id, jobId);
    if (found.ok || !isAbsence(found.trouble) || !(await graph.isJobGone(app.id, jobId))) return found;
    await note(claimed, { kind: 'ended', as: 'jobGone' });
    return null;
  }

  /** Null where the job cannot be read now; then it is read again later. */
  async function read(claimed: ClaimedRepair): Promise<Job | null> {
    const { repair } = claimed;
    const found = await readUnlessGone(claimed);
    if (found === null) return null;
    if (found.ok) return found.value;
    const { kind } = repair.state;
    // The pause may have been carried out: what paused a job has to start it again.
    const mustStartIt = isPause(repair.kind) && kind !== 'due';
    const isLast = repair.tries >= mostReads && !mustStartIt;
    const why = { word: 'noAnswer', code: null, message: null };
    const end: Next = { kind: 'ended', as: kind === 'due' ? 'refused' : 'unknown', why };
    await note(claimed, isLast ? end : again(repair));
    return null;
  }

  const again = ({ tries }: Repair): Next => ({ kind: 'again', dueAt: pollAt(clock.now(), tries) });

  async function note(claimed: ClaimedRepair, next: Next): Promise<void> {
    await noteStep(store, claimed, next, (transaction, repair) => queueRepairNotes(store, transaction, repair));
  }

  /** A listener's error cannot harm what is stored. */
  function tell(repairId: string): void {
    try {
      parts.changed(repairId);
    } catch (error) {
      log.error({ error, code: 'change_unheard', repairId }, 'a step of a repair was not passed on');
    }
  }

  return startWorker({
    name: 'repairs',
    failed: { code: 'repairs_failed', message: 'could not look which repairs are due' },
    work: repairDue,
    clock,
    log,
    maxIdleMs: idlePauseMs,
    giveWay: store.giveWay,
  });
}
