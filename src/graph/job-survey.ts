import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Fetched, fetched } from './answer.ts';
import type { Applications } from './applications.ts';
import { eachSideBySide } from './side-by-side.ts';
import type { JobStatusMatch, Synchronization } from './synchronization.ts';
import { withinMs } from './time-limit.ts';

/**
 * How the jobs of all apps of a tenant stand. Graph has no list of jobs and no filter for apps that have one, so each
 * app is asked for its own; what was learned of apps without a job is remembered for half an hour
 * (`Synchronization.knowsJob`), and in a tenant of hundreds of apps most are of that kind.
 */
export type JobSurvey = ReadonlyMap<string, Fetched<JobStatusMatch>>;

const atOnce = 24;
/** Looking goes on behind the answer, for the next one who asks; but not for ever. */
const longestMs = 60_000;

/**
 * Looks at these apps by their ids for `patienceMs` at the most: first at those that are known to have a job, then at
 * those of which nothing is known, in the given order. An app that is missing from the answer was not read in time.
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
  const reading = eachSideBySide(toRead, atOnce, async ({ id }) => {
    if (clock.monotonic() < endsAt) found.set(id, await synchronization.findStatus(id));
  });
  const all = reading.then(() => ({ ok: true as const }));
  // After its time is over nobody waits for it, and a fault in it must not end the process.
  all.catch(() => undefined);
  await withinMs(all, patienceMs, clock);
  return new Map(found);
}

export interface WarmingParts {
  readonly applications: Pick<Applications, 'list'>;
  readonly synchronization: Pick<Synchronization, 'findStatus'>;
  /** Keeps an app whose answer kills the process from being looked at for ever. */
  readonly guard?: (id: string, look: () => Promise<unknown>) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
  readonly firstAfterMs?: number;
  readonly everyMs?: number;
}

/** Less than what is learned is kept for, so that nobody who asks meets a tenant that has been forgotten. */
const defaultEveryMs = 25 * 60_000;
const defaultFirstAfterMs = 30_000;
/** Slowly, as nobody waits for it. */
const warmingAtOnce = 4;

/** Looks at all apps now and then, so that it is known which have a job before anybody asks. */
export function startWarming(parts: WarmingParts): { stop(): Promise<void> } {
  const { applications, synchronization, clock, log } = parts;
  const { everyMs = defaultEveryMs, firstAfterMs = defaultFirstAfterMs, guard = (_id, look) => look() } = parts;
  const stopping = new AbortController();

  async function loop(): Promise<void> {
    await clock.sleep(firstAfterMs, stopping.signal);
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        log.warn({ error, code: 'job_survey_failed' }, 'the jobs of all apps could not be looked at'),
      );
      if (!stopping.signal.aborted) await clock.sleep(everyMs, stopping.signal);
    }
  }

  async function look(): Promise<void> {
    const list = await applications.list();
    if (!list.ok) return;
    await eachSideBySide(list.value.items, warmingAtOnce, async ({ id }) => {
      if (!stopping.signal.aborted) await guard(id, () => synchronization.findStatus(id));
    });
  }

  const looping = loop();
  return {
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}
