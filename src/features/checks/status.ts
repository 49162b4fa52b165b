import type { CommandOf } from '../../chat/command.ts';
import { newsOf, watchedStateOf } from '../../chat/jobs/job-change.ts';
import type { JobReading } from '../../chat/jobs/job-words.ts';
import { noteSeenJobs } from '../../chat/jobs/seen-jobs.ts';
import { findApplication } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Fetched, GraphTrouble } from '../../graph/answer.ts';
import type { Application } from '../../graph/applications.ts';
import type { JobStatus } from '../../graph/job-status.ts';
import { surveyJobs } from '../../graph/job-survey.ts';
import type { JobStatusMatch } from '../../graph/synchronization.ts';
import { type TooSlow, withinMs } from '../../time-limit.ts';
import { statusCard } from './cards/status-card.ts';
import { statusList } from './cards/status-list.ts';
import { readHowIs, readIsHealthy, readStatus, readWhichAre, readWrongWith, writeStatus } from './status-line.ts';

/** An on-call reader waits: an app not read by then is shown as unread. */
const patienceMs = 2_000;
const patienceForAllMs = 6_000;

/** `status [app]`: is it the sync? */
async function status(parts: CommandParts, turn: Turn, command: CommandOf<'status'>): Promise<Reply> {
  return command.app === null ? statusOfAll(parts, turn) : statusOfOne(parts, turn, { ...command, app: command.app });
}

async function statusOfOne(
  parts: CommandParts,
  turn: Turn,
  command: CommandOf<'status'> & { readonly app: string },
): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const { app } = found;
  const { status: reading, others, trouble } = await readJob(parts, app);
  if (trouble !== null) return troubleReply(turn.words, trouble);
  const message = statusCard(turn.words, {
    app: { id: app.id, name: app.displayName },
    status: reading,
    others,
    now: parts.store.clock.now(),
    entraPortalUrl: parts.entraPortal,
  });
  return { kind: 'card', inPlace: true, message };
}

async function statusOfAll(parts: CommandParts, turn: Turn): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const read = await readJobsOfAll(parts, listing.value.items, patienceForAllMs);
  // A list of nothing but "could not be read" would hide the reason.
  const trouble = read.every(({ status: reading }) => reading === 'unread') ? read.find(isTroubled)?.trouble : null;
  if (trouble) return troubleReply(turn.words, trouble);
  const items = read.map(({ app, status: reading, others }) => ({
    app: { id: app.id, name: app.displayName },
    status: reading,
    others,
  }));
  const now = parts.store.clock.now();
  const message = statusList(turn.words, { items, listComplete: listing.value.complete, now });
  return { kind: 'card', inPlace: true, message };
}

export interface JobsRead {
  readonly status: JobReading;
  /** The app's other jobs; none where `status` is a string. */
  readonly others: readonly JobStatus[];
  /** Why it is `unread`; null also where no answer came in time. */
  readonly trouble: GraphTrouble | null;
}

const isTroubled = ({ trouble }: JobsRead): boolean => trouble !== null;

type AppJobs = JobsRead & { readonly app: Application };

/** The state of an app's jobs, or `unread` when late. The result also feeds the metrics. */
export async function readJob(parts: CommandParts, app: Application, limitMs = patienceMs): Promise<JobsRead> {
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
async function noteSeen({ store, log }: CommandParts, jobs: readonly AppJobs[]): Promise<void> {
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
export function namedFirst(apps: readonly Application[]): Application[] {
  const isNamed = (app: Application) => app.aliases.length > 0 || app.approvers.length > 0;
  return [...apps.filter(isNamed), ...apps.filter((app) => !isNamed(app))];
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** The synchronization state of one app, or of all. */
    status: { readonly app: string | null };
  }
}

export const statusCommand = defineCommand({
  verb: 'status',
  questions: { howIs: readHowIs, isHealthy: readIsHealthy, whichAre: readWhichAre, wrongWith: readWrongWith },
  read: readStatus,
  write: writeStatus,
  permission: 'status.show',
  chapter: 'check',
  examples: ['status', 'status Salesforce'],
  tryIt: 'status',
  run: status,
});
