import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { isDatabaseFault } from '../../../db/database.ts';
import { createSteadiness } from '../../../db/leases.ts';
import type { Log } from '../../../log.ts';
import type { AccessParts } from '../../../requests/access-parts.ts';
import { isHopeless } from '../../../requests/entitlement.ts';
import {
  claimEntitlements,
  lookAhead,
  nextEntitlementAt,
  releaseEntitlement,
  settleRemovals,
  stepOn,
  tryAgain,
} from '../../../requests/entitlement-steps.ts';
import type { OverdueReason } from '../../../requests/task-end.ts';
import { startWorker, type Worker } from '../../../worker.ts';
import { queueEndNotes } from './end-notes.ts';

/**
 * Does what falls due for access that ends: announces the end, begins it, tries an overdue one again, and notes how a
 * removal went (`requests/entitlement.ts` has the picture). What people are told is stored with each step.
 */
export interface EndingParts {
  readonly store: AccessParts;
  /** Called after a step, once it is stored: a message or a task may be due. */
  readonly changed: () => void;
  readonly log: Log;
  readonly leaseMs?: number;
}

const defaultLeaseMs = 30_000;
const concurrency = 4;
const settledAtOnce = 100;
/** Between two looks at removals that are under way, and at all others; a step that is stored wakes it as well. */
const endingPauseMs = 5_000;
const idlePauseMs = 60_000;
/** After an error in Usher itself. */
const faultPauseMs = 60_000;

export function startEndings(parts: EndingParts): Worker {
  const { store, log, leaseMs = defaultLeaseMs } = parts;
  const { clock } = store;
  const owner = randomUUID();
  const isSteady = createSteadiness(clock, leaseMs);
  const announce: Parameters<typeof stepOn>[2] = (transaction, step) => queueEndNotes(store, transaction, step);

  async function endDue(): Promise<number | null> {
    const { dueAt, isEnding } = await lookAhead(store);
    if (isEnding && (await settleRemovals(store, settledAtOnce, announce)).length > 0) tell();
    let next = dueAt;
    if (next !== null && next <= clock.now()) {
      const due = await claimEntitlements(store, { owner, until: clock.now() + leaseMs }, concurrency, isSteady());
      await pMap(due, seeTo, { concurrency });
      if (due.length > 0) return 0;
      // What is due already belongs to another process.
      next = await nextEntitlementAt(store, clock.now());
    }
    const inMs = next === null ? null : Math.max(next - clock.now(), 1);
    return isEnding ? Math.min(inMs ?? endingPauseMs, endingPauseMs) : inMs;
  }

  /** An error in one affects no other. */
  async function seeTo(row: Awaited<ReturnType<typeof claimEntitlements>>[number]): Promise<void> {
    try {
      const isTried = row.state === 'overdue' && !isHopeless((row.why ?? 'other') as OverdueReason);
      const isDone = isTried ? await tryAgain(store, row) : (await stepOn(store, row, announce)) !== null;
      if (!isDone) await releaseEntitlement(store, row, owner, clock.now() + faultPauseMs);
      tell();
    } catch (error) {
      log.error({ error, code: 'ending_failed', taskId: row.task_id }, 'a step of access that ends broke off');
      // Should the database be away, the lease expires.
      if (!isDatabaseFault(error))
        await releaseEntitlement(store, row, owner, clock.now() + faultPauseMs).catch(() => undefined);
    }
  }

  /** A listener's error cannot harm what is stored. */
  function tell(): void {
    try {
      parts.changed();
    } catch (error) {
      log.error({ error, code: 'change_unheard' }, 'a step of access that ends was not passed on');
    }
  }

  return startWorker({
    name: 'endings',
    failed: { code: 'endings_failed', message: 'could not look which access ends' },
    work: endDue,
    clock,
    log,
    maxIdleMs: idlePauseMs,
    giveWay: store.giveWay,
  });
}
