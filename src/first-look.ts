import type { Applications } from './graph/applications.ts';
import type { Log } from './log.ts';

/** Logs when Graph does not answer a process that has just started. */
export async function sayIfAway(answers: () => Promise<boolean>, log: Log): Promise<void> {
  if (!(await answers()))
    log.error({ code: 'graph_not_ready' }, 'Graph does not answer; check the AZURE_* settings and the permissions');
}

/** Reads the entries of `APPS_FILE`, so that a broken one is reported at the start and not when it is first needed. */
export async function lookAtEntries(applications: Pick<Applications, 'list'>, log: Log): Promise<void> {
  await applications.list().catch((error: unknown) => {
    log.warn({ error, code: 'apps_file_unread' }, 'the entries of APPS_FILE could not be looked at');
  });
}
