import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { newsOf, watchedStateOf } from '../../../chat/jobs/job-change.ts';
import { noteLookedAt } from '../../../chat/jobs/seen-jobs.ts';
import type { Fetched } from '../../../graph/answer.ts';
import type { JobStatusMatch } from '../../../graph/synchronization.ts';
import { underLease } from '../../../lease.ts';
import type { Log } from '../../../log.ts';
import { startWorker, type Worker } from '../../../worker.ts';
import { type FailuresParts, lookForFailures } from './failures.ts';
import { claimRound, noteStatus, releaseRound, renewRound, tellDueNews } from './round.ts';
import type { TenantApp, TenantApps } from './tenant-apps.ts';
import type { WatchParts } from './watches.ts';

/**
 * Reads every watched job, and every one that was seen in quarantine, once a round, and queues a card for each
 * conversation that watches a job that has changed; then the log of the apps whose failures are watched. One process
 * makes each round for all (`round.ts`); the others find it leased, or not due. Reported states are stored in the
 * database, so a restart reports nothing twice, and a change while no process ran is reported at the next round. A job
 * that cannot be read counts as unchanged.
 */
export type Watcher = Worker;

export interface WatcherParts {
  readonly store: WatchParts;
  readonly readStatus: (appId: string) => Promise<Fetched<JobStatusMatch>>;
  /** Whether the app is enabled in Entra; null when Graph does not tell. */
  readonly isEnabled?: (appId: string) => Promise<Fetched<boolean | null>>;
  /** What a round reads for the conversations that watch all apps. */
  readonly tenantApps?: TenantApps;
  /** The people whom an app's job could not provision. */
  readonly readFailures?: FailuresParts['readFailures'];
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

/** An app that the round reads. */
interface Looked extends Partial<TenantApp> {
  readonly id: string;
  /** By its name, or it was seen in quarantine. */
  readonly isWatched?: true;
  readonly hadJob?: boolean;
}

export function startWatcher(watching: WatcherParts): Watcher {
  const { store, readStatus, log } = watching;
  const { clock } = store;
  const { everyMs = defaultEveryMs, ownerId: owner = randomUUID() } = watching;
  const { leaseMs = defaultLeaseMs, pollMs = defaultPollMs } = watching;

  /** Makes the rounds that are due; returns how long to pause then. */
  async function makeRounds(stopping: AbortSignal): Promise<number> {
    const claim = await claimRound(store, { owner, until: clock.now() + leaseMs }, everyMs);
    if (claim.kind === 'later') {
      if (claim.hasNews && (await tellDueNews(store, owner))) watching.changed();
      return claim.inMs;
    }
    const renew = (until: number) => renewRound(store, { owner, until });
    try {
      await underLease({ leaseMs, renew, clock, log, details: {} }, async () => {
        const further = claim.ofAll === null ? [] : ((await watching.tenantApps?.next(claim.ofAll)) ?? []);
        const apps = new Map<string, Looked>(further.map((app) => [app.id, app]));
        for (const id of claim.appIds) {
          const name = apps.get(id)?.name;
          apps.set(id, { id, isWatched: true, ...(name === undefined ? {} : { name }) });
        }
        await pMap(
          [...apps.values()],
          (app) => lookGuarded({ ...app, hadJob: claim.ofAll?.includes(app.id) === true }, stopping),
          { concurrency },
        );
        if (watching.readFailures !== undefined && !stopping.aborted) await readLogs(watching.readFailures);
      });
      if (await tellDueNews(store, owner)) watching.changed();
    } finally {
      await releaseRound(store, owner);
    }
    return 0;
  }

  async function readLogs(readFailures: FailuresParts['readFailures']): Promise<void> {
    if (await lookForFailures({ store, readFailures, log }, owner)) watching.changed();
  }

  async function lookGuarded(app: Looked, stopping: AbortSignal): Promise<void> {
    const { id: appId } = app;
    if (stopping.aborted) return;
    if (watching.guard === undefined) return look(app, stopping);
    await watching
      .guard(appId, () => look(app, stopping))
      .catch((error: unknown) => {
        log.error({ error, appId, code: 'watched_job_failed' }, 'what became of a watched job could not be noted');
      });
  }

  /** An error with one job affects no other. */
  async function look(app: Looked, stopping: AbortSignal): Promise<void> {
    const { id: appId } = app;
    if (stopping.aborted) return;
    try {
      const read = await readStatus(appId);
      if (!read.ok && read.trouble.kind === 'refused' && read.trouble.status === 404)
        await noteLookedAt(store, appId, null);
      if (!read.ok) {
        log.warn({ appId, code: 'watched_job_unread', trouble: read.trouble.kind }, 'a watched job could not be read');
        return;
      }
      // Most apps of a tenant never had a job.
      if (read.value.kind === 'none' && app.isWatched !== true && app.hadJob !== true) return;
      const status = (await isDisabled(app)) ? 'appDisabled' : read.value.kind === 'one' ? newsOf(read.value) : 'none';
      const isQuarantined = status === 'none' ? null : watchedStateOf(status) === 'quarantined';
      await noteLookedAt(store, appId, isQuarantined, app.name);
      if (await noteStatus(store, owner, { id: appId, name: app.name ?? null }, status)) watching.changed();
    } catch (error) {
      log.error({ error, appId, code: 'watched_job_failed' }, 'what became of a watched job could not be noted');
    }
  }

  /** For all apps, the list tells. */
  async function isDisabled(app: Looked): Promise<boolean> {
    if (app.isDisabled !== undefined) return app.isDisabled;
    const enabled = await watching.isEnabled?.(app.id);
    return enabled?.ok === true && enabled.value === false;
  }

  return startWorker({
    name: 'watcher',
    failed: { code: 'watching_failed', message: 'the watched jobs could not be looked at' },
    work: makeRounds,
    clock,
    log,
    maxIdleMs: pollMs,
    giveWay: store.giveWay,
  });
}
