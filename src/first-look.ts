import type { Clock } from './clock.ts';
import type { Applications } from './graph/applications.ts';
import { surveyJobs } from './graph/job-survey.ts';
import type { Kits } from './graph/kit-apps.ts';
import type { Synchronization } from './graph/synchronization.ts';
import type { Log } from './log.ts';

/** Logs when Graph does not answer a process that has just started. */
export async function sayIfAway(answers: () => Promise<boolean>, log: Log): Promise<void> {
  if (!(await answers()))
    log.error({ code: 'graph_not_ready' }, 'Graph does not answer; check the AZURE_* settings and the permissions');
}

export interface AppsFileParts {
  readonly applications: Pick<Applications, 'list'>;
  readonly kits: Kits;
  readonly synchronization: Synchronization;
  readonly clock: Clock;
  readonly log: Log;
}

/** No caller waits for it. */
const patienceMs = 60_000;

/**
 * Reads the entries and the kits of `APPS_FILE`, so that a broken one is reported at the start and not when it is first
 * needed.
 */
export async function lookAtAppsFile({ applications, kits, log, ...parts }: AppsFileParts): Promise<void> {
  try {
    await applications.list();
    const listed = await kits.list();
    const apps = (listed.ok ? listed.value : []).flatMap(({ name: kit, apps }) =>
      apps.flatMap((app) => (app.id === null ? [] : [{ kit, app: app.name, id: app.id }])),
    );
    const jobs = await surveyJobs(parts, [...new Set(apps.map(({ id }) => id))], patienceMs);
    const without = apps.filter(({ id }) => {
      const read = jobs.get(id);
      return read?.ok === true && read.value.kind === 'none';
    });
    if (without.length > 0)
      log.error(
        { code: 'kits_without_job', apps: without.map(({ kit, app }) => ({ kit, app })) },
        'apps of kits in APPS_FILE have no provisioning: set it up in Entra, or take them out of the kit',
      );
  } catch (error) {
    log.warn({ error, code: 'apps_file_unread' }, 'the entries of APPS_FILE could not be looked at');
  }
}
