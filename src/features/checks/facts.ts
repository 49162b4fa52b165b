import pMap from 'p-map';
import type { JobReading } from '../../chat/jobs/job-words.ts';
import { readJob, readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import type { CommandParts } from '../../chat/registry/define-command.ts';
import { byReader } from '../../db/database.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { evaluateScope, type ScopeFinding } from '../../graph/preview/scope.ts';
import type { LogRead } from '../../graph/provisioning-log.ts';
import type { Rule } from '../../graph/rules.ts';
import { withinMs } from '../../time-limit.ts';
import type { CheckFacts } from './diagnosis.ts';
import { lastEntryAbout } from './history/pages.ts';

/**
 * First the job and its rule, then what depends on them: together less than the three seconds that the caller waits.
 */
const firstMs = 700;
const secondMs = 1_300;

/** Everything about one person in one app; each part that is late is `unread`. */
export async function readFacts(parts: CommandParts, user: DirectoryUser, app: Application): Promise<CheckFacts> {
  const { status: jobState, trouble: jobTrouble } = await readJob(parts, app, firstMs);
  const source = await sourceOf(parts, app, jobState);
  const jobId = typeof jobState === 'string' ? null : jobState.id;
  const entraIs = source === 'entra' || source === 'unknown' ? 'source' : 'target';
  const [log, assignment, filter, lastEntry] = await Promise.all([
    parts.provisioningLog.read({ personId: user.id, entraIs, jobId }, secondMs),
    readAssignment(parts, user, app, source),
    source === 'entra' && jobId !== null ? readFilter(parts, user, app, jobId) : null,
    lastEntryAbout(byReader(parts.store.database), user.id, app.id),
  ]);
  const own = jobId === null ? onlyOf(log, app) : log;
  const scope = scopeOf(own);
  return {
    ...{ account: accountOf(user), assignment, scope, log: own, lastEntry, jobState, jobTrouble },
    // What the service itself has said goes before what Usher makes of the filter.
    filter: scope === 'notTold' ? filter : null,
  };
}

const concurrency = 24;

/**
 * The same for all apps, with one read of the log for all of them, since Graph limits these reads. Nothing more is read
 * of an app without a job; a job is `unread` where it could not be read in time.
 */
export async function readFactsOfAll(
  parts: CommandParts,
  user: DirectoryUser,
  apps: readonly Application[],
): Promise<readonly { readonly app: Application; readonly facts: CheckFacts }[]> {
  const { clock, database } = parts.store;
  const [log, jobs] = await Promise.all([
    parts.provisioningLog.read({ personId: user.id, entraIs: 'source', jobId: null }, secondMs),
    readJobsOfAll(parts, apps, firstMs),
  ]);
  const enoughAt = clock.monotonic() + secondMs;
  const rows = await pMap(
    jobs,
    async ({ app, status: jobState, trouble: jobTrouble }) => {
      const nothing = { app, jobState, jobTrouble, assignment: { kind: 'notNeeded' }, lastEntry: null } as const;
      if (typeof jobState === 'string') return nothing;
      if (clock.monotonic() >= enoughAt) return { ...nothing, jobState: 'unread' } as const;
      const source = await sourceOf(parts, app, jobState);
      const [assignment, lastEntry] = await Promise.all([
        readAssignment(parts, user, app, source),
        lastEntryAbout(byReader(database), user.id, app.id),
      ]);
      return { app, jobState, jobTrouble, assignment, lastEntry };
    },
    { concurrency },
  );
  return rows.map(({ app, jobState, jobTrouble, assignment, lastEntry }) => {
    const own = onlyOf(log, app);
    const facts = {
      account: accountOf(user),
      assignment,
      scope: scopeOf(own),
      log: own,
      lastEntry,
      jobState,
      jobTrouble,
    };
    return { app, facts };
  });
}

/** `unknown` where the job or its rule could not be read. */
type Source = Rule['source'] | 'unknown';

/** Where the app's people come from; Entra also where there is no job. */
async function sourceOf(parts: CommandParts, app: Application, jobState: JobReading): Promise<Source> {
  if (typeof jobState === 'string') return jobState === 'unread' ? 'unknown' : 'entra';
  const { synchronization, store } = parts;
  const rule = await withinMs(synchronization.findRule(app.id, jobState.id, 'User'), firstMs, store.clock);
  if (!rule.ok) return 'unknown';
  return rule.value === null ? 'other' : rule.value.source;
}

async function readAssignment(
  { assignments, store }: CommandParts,
  user: DirectoryUser,
  app: Application,
  source: Source,
): Promise<CheckFacts['assignment']> {
  // People from another source are not assigned, and would be reported for it.
  if (source === 'unknown') return { kind: 'unread' };
  if (source !== 'entra') return { kind: 'notNeeded' };
  const read = await withinMs(assignments.find(app.id, user.id), secondMs, store.clock);
  return read.ok ? read.value : { kind: 'unread' };
}

/** What the app's scoping filter makes of the person as they are now; null where that could not be read in time. */
async function readFilter(
  { previewing, store }: CommandParts,
  user: DirectoryUser,
  app: Application,
  jobId: string,
): Promise<ScopeFinding | null> {
  const job = { servicePrincipalId: app.id, jobId };
  const read = await withinMs(previewing.readMapped(job, user.id), secondMs, store.clock);
  return read.ok && read.value !== null ? evaluateScope(read.value.mapping.scope, read.value.read) : null;
}

function onlyOf(log: LogRead, app: Application): LogRead {
  if (log.kind !== 'read') return log;
  return { ...log, entries: log.entries.filter(({ servicePrincipalId }) => servicePrincipalId === app.id) };
}

/** By the latest log entry that says whether the person is in scope. */
function scopeOf(log: LogRead): CheckFacts['scope'] {
  if (log.kind !== 'read') return 'notTold';
  return log.entries.find(({ scope }) => scope !== 'notTold')?.scope ?? 'notTold';
}

function accountOf({ accountEnabled }: DirectoryUser): CheckFacts['account'] {
  if (accountEnabled === null) return 'unread';
  return accountEnabled ? 'enabled' : 'disabled';
}
