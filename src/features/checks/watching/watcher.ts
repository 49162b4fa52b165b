import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { newsOf, watchedStateOf } from '../../../chat/jobs/job-change.ts';
import { noteLookedAt } from '../../../chat/jobs/seen-jobs.ts';
import type { Fetched } from '../../../graph/answer.ts';
import type { JobStatusMatch } from '../../../graph/synchronization.ts';
import type { Log } from '../../../log.ts';
import { claimRound, noteStatus, releaseRound, renewRound } from './round.ts';
import type { WatchParts } from './watches.ts';

/**
 * Reads every watched job, and every one that was seen in quarantine, once a round, and queues a card for each
 * conversation that watches a job that has changed. One process makes each round for all (`round.ts`); the others find
 * it leased, or not due. Reported states are stored in the database, so a restart reports nothing twice, and a change
 * while no process ran is reported at the next round. A job that cannot be read counts as unchanged.
 */
export interface Watcher {
  /** An app may have been added: checks at once whether a round is due. */
  wake(): void;
  /** Resolves when this process has no round left that is due now. */
  settled(): Promise<void>;
  /** Starts no new round; resolves when the current work is done. */
  stop(): Promise<void>;
}

export interface WatcherParts {
  readonly store: WatchParts;
  readonly readStatus: (appId: string) => Promise<Fetched<JobStatusMatch>>;
  /** Whether the app is enabled in Entra; null when Graph does not tell. */
  readonly isEnabled?: (appId: string) => Promise<Fetched<boolean | null>>;
  /** Prevents endless retries of a job whose answer kills the process; without it nothing is counted. */
  readonly guard?: (appId: string, look: () => Promise<void>) => Promise<unknown>;
  /** Called when cards were queued, once they are stored. */
  readonly changed: () => void;
  readonly log: Log;
  /** From one round to the next, in milliseconds. */
  readonly everyMs?: number;
  readonly ownerId?: string;
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

const defaultEveryMs = 5 * 60_000;
/**
 * Other processes can make the next round however the last one ended; the lease keeps two from making one at a time.
 */
const defaultLeaseMs = 60_000;
/** Another process may have stored a watch and died before it read the job. */
const defaultPollMs = 60_000;
const concurrency = 4;
/** After a database error. */
const faultPauseMs = 1_000;

export function startWatcher(watching: WatcherParts): Watcher {
  const { store, readStatus, log } = watching;
  const { clock } = store;
  const { everyMs = defaultEveryMs, ownerId: owner = randomUUID() } = watching;
  const { leaseMs = defaultLeaseMs, pollMs = defaultPollMs } = watching;
  const stopping = new AbortController();
  let alarm = new AbortController();
  let waiting: (() => void)[] = [];

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const armed = alarm;
      const pauseMs = await work();
      await clock.sleep(pauseMs, armed.signal);
      alarm = new AbortController();
      if (stopping.signal.aborted) alarm.abort();
    }
    release(waiting);
  }

  /** Makes the rounds that are due; returns how long to pause then. */
  async function work(): Promise<number> {
    const present = waiting;
    waiting = [];
    try {
      while (!stopping.signal.aborted) {
        const claim = await claimRound(store, { owner, until: clock.now() + leaseMs }, everyMs);
        if (claim.kind === 'later') {
          release(present);
          return Math.min(claim.inMs, pollMs);
        }
        await makeRound(claim.appIds);
      }
      release(present);
      return 0;
    } catch (error) {
      log.error({ error, code: 'watching_failed' }, 'the watched jobs could not be looked at');
      waiting = [...present, ...waiting];
      return faultPauseMs;
    }
  }

  async function makeRound(appIds: readonly string[]): Promise<void> {
    const done = new AbortController();
    const renewing = keepLease(done.signal);
    try {
      await pMap(appIds, lookGuarded, { concurrency });
    } finally {
      done.abort();
      await renewing;
      await releaseRound(store, owner);
    }
  }

  async function lookGuarded(appId: string): Promise<void> {
    if (stopping.signal.aborted) return;
    if (watching.guard === undefined) return look(appId);
    await watching
      .guard(appId, () => look(appId))
      .catch((error: unknown) => {
        log.error({ error, appId, code: 'watched_job_failed' }, 'what became of a watched job could not be noted');
      });
  }

  /** An error with one job affects no other. */
  async function look(appId: string): Promise<void> {
    if (stopping.signal.aborted) return;
    try {
      const read = await readStatus(appId);
      if (!read.ok && read.trouble.kind === 'refused' && read.trouble.status === 404)
        await noteLookedAt(store, appId, null);
      if (!read.ok) {
        log.warn({ appId, code: 'watched_job_unread', trouble: read.trouble.kind }, 'a watched job could not be read');
        return;
      }
      const enabled = await watching.isEnabled?.(appId);
      const isDisabled = enabled?.ok === true && enabled.value === false;
      const status = isDisabled ? 'appDisabled' : read.value.kind === 'one' ? newsOf(read.value) : 'none';
      await noteLookedAt(store, appId, status === 'none' ? null : watchedStateOf(status) === 'quarantined');
      if (await noteStatus(store, owner, appId, status)) watching.changed();
    } catch (error) {
      log.error({ error, appId, code: 'watched_job_failed' }, 'what became of a watched job could not be noted');
    }
  }

  async function keepLease(done: AbortSignal): Promise<void> {
    while (!done.aborted) {
      await clock.sleep(leaseMs / 3, done);
      if (done.aborted) return;
      await renewRound(store, { owner, until: clock.now() + leaseMs }).catch((error: unknown) =>
        log.warn({ error, code: 'lease_not_renewed' }, 'the lease on the round was not renewed'),
      );
    }
  }

  const looping = loop();
  return {
    wake: () => alarm.abort(),
    settled: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted) return resolve();
        waiting.push(resolve);
        alarm.abort();
      }),
    async stop() {
      stopping.abort();
      alarm.abort();
      await looping;
    },
  };
}

function release(waiting: readonly (() => void)[]): void {
  for (const resolve of waiting) resolve();
}
