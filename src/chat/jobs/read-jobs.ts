import type { Fetched, GraphTrouble } from '../../graph/answer.ts';
import type { Application } from '../../graph/applications.ts';
import type { JobStatus } from '../../graph/job-status.ts';
import { surveyJobs } from '../../graph/job-survey.ts';
import type { JobStatusMatch } from '../../graph/synchronization.ts';
import { type TooSlow, withinMs } from '../../time-limit.ts';
import type { CommandParts } from '../registry/define-command.ts';
import { newsOf, watchedStateOf } from './job-change.ts';
import type { JobReading } from './job-words.ts';
import { noteSeenJobs } from './seen-jobs.ts';

/** A reader waits: an app not read by then is shown as unread. */
const patienceMs = 2_000;

export interface JobsRead {
  readonly status: JobReading;
  /** The app's other jobs; none where `status` is a string. */
  readonly others: readonly JobStatus[];
  /** Why it is `unread`; null also where no answer came in time. */
  readonly trouble: GraphTrouble | null;
}

export const isTroubled = ({ trouble }: JobsRead): boolean => trouble !== null;

export type ReadJobParts = Pick<CommandParts, 'applications' | 'synchronization' | 'store' | 'log'>;

type AppJobs = JobsRead & { readonly app: Application };

/** The state of an app's jobs, or `unread` when late. The result also feeds the metrics. */
export async function readJob(parts: ReadJobParts, app: Application, limitMs = patienceMs): Promise<JobsRead> {
  const { clock } = parts.store;
  const [enabled, read] = await Promise.all([
    withinMs(parts.applications.isEnabled(app.id), limitMs, clock),
    withinMs(parts.synchronization.findStatus(app.id), limitMs, clock),
  ]);
  const jobs = enabled.ok && enabled.value === false ? disabled : jobsIn(read);
  await noteSeen(parts, [{ app, ...jobs }]);
  return jobs;
}

/** The same for all these apps, in their order; `unread` where an app could not be read in time. */
export async function readJobsOfAll(
  parts: CommandParts,
  apps: readonly Application[],
  limitMs: number,
): Promise<readonly AppJobs[]> {
  const { synchronization, store } = parts;
  const ids = namedFirst(apps).map(({ id }) => id);
  const survey = await surveyJobs({ synchronization, clock: store.clock }, ids, limitMs);
  const jobs = apps.map((app) => {
    const read = survey.get(app.id);
    // A disabled app without a job is reported like any app without one.
    const hasJob = read?.ok === true && read.value.kind === 'one';
    if (app.enabled === false && hasJob) return { app, ...disabled };
    return { app, ...(read === undefined ? unread : jobsIn(read)) };
  });
  await noteSeen(parts, jobs);
  return jobs;
}

const unread: JobsRead = { status: 'unread', others: [], trouble: null };
const disabled: JobsRead = { status: 'appDisabled', others: [], trouble: null };

function jobsIn(read: Fetched<JobStatusMatch> | TooSlow): JobsRead {
  if ('kind' in read) return unread;
  if (!read.ok) return { ...unread, trouble: read.trouble };
  if (read.value.kind === 'none') return { status: 'none', others: [], trouble: null };
  return { status: read.value.status, others: read.value.others, trouble: null };
}

/** Records the job states for the metrics. */
async function noteSeen({ store, log }: Pick<CommandParts, 'store' | 'log'>, jobs: readonly AppJobs[]): Promise<void> {
  const seen = jobs.flatMap(({ app, status, others }) => {
    if (status === 'unread') return [];
    const news = typeof status === 'string' ? status : newsOf({ status, others });
    const isQuarantined = news === 'none' ? null : watchedStateOf(news) === 'quarantined';
    return [{ app: { id: app.id, name: app.displayName }, isQuarantined }];
  });
  await noteSeenJobs(store, seen).catch((error: unknown) => {
    log.warn({ error, code: 'jobs_not_noted' }, 'how jobs were found was not noted for the metrics');
  });
}

/** Apps named in `APPS_FILE` go before the rest of the tenant. */
function namedFirst(apps: readonly Application[]): Application[] {
  const isNamed = (app: Application) => app.aliases.length > 0 || app.approvers.length > 0;
  return [...apps.filter(isNamed), ...apps.filter((app) => !isNamed(app))];
}
