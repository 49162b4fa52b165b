import { isSameName } from '../../graph/app-bindings.ts';
import type { Application } from '../../graph/applications.ts';
import type { CommandParts } from '../registry/define-command.ts';
import type { AppCandidate } from '../views/person-picker.ts';

/** What a picker shows of these apps: whether each can take a call, and what tells apps of the same name apart. */
export function appCandidates(parts: CommandParts, apps: readonly Application[]): Promise<readonly AppCandidate[]> {
  const isTwin = ({ displayName }: Application) =>
    apps.filter((app) => isSameName(app.displayName, displayName)).length > 1;
  return Promise.all(apps.map((app) => candidate(parts, app, isTwin(app))));
}

async function candidate(
  { applications, synchronization }: CommandParts,
  { id, appId, displayName, enabled }: Application,
  isTwin: boolean,
): Promise<AppCandidate> {
  const job = await synchronization.findJob(id, 'User');
  const configured = job.ok ? job.value.kind === 'one' : null;
  const bare = { id, name: displayName, configured, enabled };
  if (!isTwin) return bare;
  const described = await applications.describe(id);
  const { createdAt, publisher, description } = described.ok
    ? described.value
    : { createdAt: null, publisher: null, description: null };
  return { ...bare, details: { appId, createdAt: timeOf(createdAt), publisher, description } };
}

/**
 * Of apps with the same name, the only one with a provisioning job: the likely meaning. Null where several qualify, or
 * where Usher cannot tell for each whether it has a job.
 */
export async function onlyProvisioned(
  { synchronization }: CommandParts,
  apps: readonly Application[],
): Promise<Application | null> {
  const [first] = apps;
  if (first === undefined || apps.some(({ displayName }) => !isSameName(displayName, first.displayName))) return null;
  const jobs = await Promise.all(apps.map(({ id }) => synchronization.findJob(id, 'User')));
  if (jobs.some((job) => !job.ok)) return null;
  const [only, another] = apps.filter((_, index) => {
    const job = jobs[index];
    return job?.ok === true && job.value.kind === 'one';
  });
  return another === undefined ? (only ?? null) : null;
}

function timeOf(iso: string | null): number | null {
  const time = Date.parse(iso ?? '');
  return time > 0 ? time : null;
}
