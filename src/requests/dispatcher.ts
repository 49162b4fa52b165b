import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import { attempt, type ProvisioningService } from './attempt.ts';
import { claimTask, finishTask, postponeTask, recoverTasks, renewLeases } from './queue.ts';
import { writeRecord } from './record.ts';
import type { Lease, Task } from './request.ts';
import { findRequest, type StoreParts } from './store.ts';

/**
 * Takes the next due task whenever the gate grants a start, and sees its call through.
 *
 * One loop claims; calls run beside it, as many as the gate has let start. The loop sleeps until the gate opens, a
 * task falls due, or somebody wakes it; it never polls faster than that. A lease is renewed at a third of its length
 * while the call runs; a task whose process died is put back when its lease runs out.
 */
export interface Dispatcher {
  /** Something may be due: look at once. */
  wake(): void;
  /**
   * No new claims; waits for running calls up to `graceMs`, then puts what is left back into the queue, so that
   * nothing stays leased by a process that is gone.
   */
  stop(graceMs: number): Promise<void>;
}

export interface DispatcherParts {
  readonly store: StoreParts;
  readonly graph: ProvisioningService;
  readonly log: Log;
  /** Told after each change of a request, once it is stored. */
  readonly changed: (requestId: string) => void;
  readonly leaseMs?: number;
}

/** Half of the minute in which a dead process's task must be taken over, so that one missed renewal does no harm. */
const defaultLeaseMs = 30_000;
/** When nothing is due, another process may still have stored something. */
const idleMs = 5_000;

export function startDispatcher(parts: DispatcherParts): Dispatcher {
  const { store, log, changed } = parts;
  const { clock } = store;
  const leaseMs = parts.leaseMs ?? defaultLeaseMs;
  const owner = randomUUID();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const abandon = new AbortController();
  let alarm = new AbortController();
  const lease = (): Lease => ({ owner, until: clock.now() + leaseMs });

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const armed = alarm;
      const pauseMs = await claimAll();
      if (pauseMs > 0) await clock.sleep(pauseMs, armed.signal);
      alarm = new AbortController();
      if (stopping.signal.aborted) alarm.abort();
    }
  }

  /** Starts all that may start now; returns for how long there is nothing more to do. */
  async function claimAll(): Promise<number> {
    try {
      for (const requestId of await recoverTasks(store, owner)) changed(requestId);
      while (!stopping.signal.aborted) {
        const claim = await claimTask(store, lease());
        switch (claim.kind) {
          case 'claimed':
            start(claim.task);
            break;
          case 'later':
            return Math.min(claim.inMs, idleMs);
          case 'idle':
            return idleMs;
          default: {
            const never: never = claim;
            throw new Error(`unexpected claim ${JSON.stringify(never)}`);
          }
        }
      }
      return 0;
    } catch (error) {
      log.error({ error, code: 'claim_failed' }, 'could not claim a task');
      return 1_000;
    }
  }

  function start(task: Task): void {
    changed(task.requestId);
    const work = see(task)
      .catch((error: unknown) => log.error({ error, code: 'task_failed', taskId: task.id }, 'a task was not settled'))
      .finally(() => {
        running.delete(work);
        changed(task.requestId);
      });
    running.add(work);
  }

  async function see(task: Task): Promise<void> {
    const done = new AbortController();
    const renewing = keepLease(done.signal);
    try {
      await callAndSettle(task);
    } finally {
      done.abort();
      await renewing;
    }
  }

  async function keepLease(done: AbortSignal): Promise<void> {
    while (!done.aborted) {
      await clock.sleep(leaseMs / 3, done);
      if (!done.aborted)
        await renewLeases(store, lease()).catch((error: unknown) => log.warn({ error }, 'lease not renewed'));
    }
  }

  async function callAndSettle(task: Task): Promise<void> {
    const request = await findRequest(store.database, task.requestId);
    if (request === null) throw new Error(`task ${task.id} belongs to no request`);
    const record = (kind: 'sent' | 'finished' | 'waitsAgain', details: Record<string, string | number | null>) =>
      writeRecord(store.database.query, {
        at: clock.now(),
        actorId: request.asker.id,
        kind,
        requestId: request.id,
        details: { subject: task.subject.id, ...details },
      });
    await record('sent', { attempt: task.attempts });
    const settlement = await attempt(parts.graph, request.app.id, task, abandon.signal);
    if (settlement.kind === 'again') {
      const kept = await postponeTask(store, task, owner, settlement.postponement);
      if (kept) await record('waitsAgain', { reason: settlement.postponement.reason });
      return;
    }
    const kept = await finishTask(store, task, owner, settlement);
    const { kind } = settlement.outcome;
    log.info(
      {
        requestId: request.id,
        taskId: task.id,
        outcome: kind,
        kept,
        graphRequestId: settlement.graphRequestId,
        clientRequestId: settlement.clientRequestId,
      },
      'on-demand call settled',
    );
    if (kept) await record('finished', { outcome: kind, graphRequestId: settlement.graphRequestId });
  }

  const looping = loop();
  return {
    wake: () => alarm.abort(),
    async stop(graceMs) {
      stopping.abort();
      alarm.abort();
      await looping;
      const allDone = Promise.all(running);
      const grace = new AbortController();
      await Promise.race([allDone, clock.sleep(graceMs, grace.signal)]);
      grace.abort();
      // Whatever still waits for Graph settles as interrupted now, which hands its lease back.
      abandon.abort();
      await allDone;
    },
  };
}
