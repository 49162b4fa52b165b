import pMap from 'p-map';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { GiveWay } from '../precedence.ts';
import { withinMs } from '../time-limit.ts';
import { startWorker, type Worker } from '../worker.ts';
import { type Fetched, fetched } from './answer.ts';
import type { Applications } from './applications.ts';
import type { JobStatusMatch, Synchronization } from './synchronization.ts';

/**
 * The status of the jobs of all apps in a tenant. Graph has no list of jobs and no filter for apps that have one, so
 * each app is queried for its own. Which apps have no job is remembered for half an hour (`Synchronization.knowsJob`);
 * in a tenant of hundreds of apps that is most of them.
 */
export type JobSurvey = ReadonlyMap<string, Fetched<JobStatusMatch>>;

const atOnce = 24;
/** Reading goes on after the answer, for the next caller; but not forever. */
const longestMs = 60_000;

/**
 * Reads these apps by their ids for `patienceMs` at most: first those known to have a job, then those of which nothing
 * is known, in the given order. An app that is missing from the answer was not read in time.
 */
export async function surveyJobs(
  { synchronization, clock }: { readonly synchronization: Synchronization; readonly clock: Clock },
  ids: readonly string[],
  patienceMs: number,
): Promise<JobSurvey> {
  const found = new Map<string, Fetched<JobStatusMatch>>();
  const known = ids.map((id) => ({ id, hasJob: synchronization.knowsJob(id) }));
  for (const { id, hasJob } of known) if (hasJob === false) found.set(id, fetched({ kind: 'none' }));
  const toRead = [...known.filter(({ hasJob }) => hasJob === true), ...known.filter(({ hasJob }) => hasJob === null)];
  const endsAt = clock.monotonic() + longestMs;
  const reading = pMap(
    toRead,
    async ({ id }) => {
      if (clock.monotonic() < endsAt) found.set(id, await synchronization.findStatus(id));
    },
    { concurrency: atOnce },
  );
  const all = reading.then(() => ({ ok: true as const }));
  // After the limit no caller waits for it, and an error in it must not end the process.
  all.catch(() => undefined);
  await withinMs(all, patienceMs, clock);
  return new Map(found);
}

export interface WarmingParts {
  readonly applications: Pick<Applications, 'list'>;
  readonly synchronization: Pick<Synchronization, 'findStatus'>;
  /** Prevents endless retries of an app whose answer kills the process. */
  readonly guard?: (id: string, look: () => Promise<unknown>) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly giveWay?: GiveWay | undefined;
}

/** Shorter than the cache's lifetime, so that no caller finds the tenant's jobs forgotten. */
const everyMs = 25 * 60_000;
const firstAfterMs = 30_000;
/** Few at once, as no caller waits for it. */
const warmingAtOnce = 4;

/** Reads all apps at intervals, so that it is known which have a job before a caller asks. */
export function startWarming(parts: WarmingParts): Worker {
  const { applications, synchronization, clock, log } = parts;
  const { guard = (_id, look) => look() } = parts;
  return startWorker({
    name: 'job survey',
    failed: { code: 'job_survey_failed', message: 'the jobs of all apps could not be looked at', level: 'warn' },
    async work(stopping) {
      const list = await applications.list();
      const apps = list.ok ? list.value.items : [];
      await pMap(
        apps,
        async ({ id }) => {
          if (!stopping.aborted) await guard(id, () => synchronization.findStatus(id));
        },
        { concurrency: warmingAtOnce },
      );
      return null;
    },
    clock,
    log,
    maxIdleMs: everyMs,
    faultPauseMs: { first: everyMs, longest: everyMs },
    firstAfterMs,
    giveWay: parts.giveWay,
  });
}
