import { randomUUID } from 'node:crypto';
import type { Fetched } from '../../graph/answer.ts';
import { eachSideBySide } from '../../graph/side-by-side.ts';
import type { JobStatusMatch } from '../../graph/synchronization.ts';
import type { Log } from '../../log.ts';
import { newsOf, watchedStateOf } from './job-change.ts';
import { claimRound, noteStatus, releaseRound, renewRound } from './round.ts';
import { noteLookedAt } from './seen-jobs.ts';
import type { WatchParts } from './watches.ts';

/**
 * Looks at every watched job, and at every one that was seen in quarantine, once a round, and owes a card to whoever watches it when it has changed. One process makes
 * each round for all (`round.ts`); the others find it leased, or not due. What was told stands in the database, so a
 * restart tells nothing twice, and what changed while nobody ran is told at the next round. A job that cannot be read
 * has not changed.
 */
export interface Watching {
  /** An app may have been added: look at once whether a round is due. */
  wake(): void;
  /** Resolves when no round that is due now is left for this process to make. */
  settled(): Promise<void>;
  /** No new round; resolves when what is under way is done. */
  stop(): Promise<void>;
}

export interface WatchingParts {
  readonly store: WatchParts;
  readonly readStatus: (appId: string) => Promise<Fetched<JobStatusMatch>>;
  /** Whether the app is enabled in Entra; null when Graph does not tell. */
  readonly isEnabled?: (appId: string) => Promise<Fetched<boolean | null>>;
  /** Keeps a job whose answer kills the process from being looked at for ever; without it nothing is counted. */
  readonly guard?: (appId: string, look: () => Promise<void>) => Promise<unknown>;
  /** Told when cards are owed, once they are stored. */
  readonly changed: () => void;
  readonly log: Log;
  /** From one round to the next, in milliseconds. */
  readonly everyMs?: number;
  readonly ownerId?: string;
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

const defaultEveryMs = 5 * 60_000;
/** The next round is made by others however the one before ended; the lease keeps two from making one at a time. */
const defaultLeaseMs = 60_000;
/** Another process may have stored a watch, and have died before it looked. */
const defaultPollMs = 60_000;
const sideBySide = 4;
/** After a fault of the database. */
const faultPauseMs = 1_000;

export function startWatching(watching: WatchingParts): Watching {
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

  /** Makes the rounds that are due; returns for how long there is nothing more to do. */
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
      await eachSideBySide(appIds, sideBySide, lookGuarded);
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

  /** A fault with one job harms no other. */
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
