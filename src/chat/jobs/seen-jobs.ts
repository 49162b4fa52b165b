import type { Kysely } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import type { StoreParts } from '../../requests/store.ts';

/**
 * The synchronization jobs in quarantine when a command or a round last read them. All replicas report from this table,
 * so they report the same.
 *
 * A job seen in quarantine is read in every round, watched or not, until it runs again or is gone. A job that was not
 * read for an hour is no longer reported: Graph does not let Usher read it, or has been away, or (where Graph is called
 * with delegated permission) there are no rounds.
 */
export interface SeenJob {
  readonly app: { readonly id: string; readonly name: string };
  /** Null where the app has no job, or no longer has one. */
  readonly isQuarantined: boolean | null;
}

/** By name: apps with the same name count as one, in quarantine while any of them is. */
export interface SeenApp {
  readonly app: string;
  readonly isQuarantined: boolean;
}

type SeenParts = Pick<StoreParts, 'database' | 'clock'>;

const toldForMs = 3_600_000;
/** A job that cannot be read is given up after this. */
const rememberMs = 24 * 3_600_000;
/** An SQL statement takes a limited number of values. */
const atOnce = 500;
/** No reasonable tenant has more; a round must end before the next one. */
const mostInRound = 200;

export async function noteSeenJobs({ database, clock }: SeenParts, jobs: readonly SeenJob[]): Promise<void> {
  const at = clock.now();
  const { query } = database;
  await query
    .deleteFrom('seen_jobs')
    .where('seen_at', '<', at - rememberMs)
    .execute();
  for (let start = 0; start < jobs.length; start += atOnce) {
    const some = jobs.slice(start, start + atOnce);
    const gone = some.flatMap(({ app, isQuarantined }) => (isQuarantined === null ? [app.id] : []));
    if (gone.length > 0) await query.deleteFrom('seen_jobs').where('app_id', 'in', gone).execute();
    const rows = some.flatMap(({ app, isQuarantined }) =>
      isQuarantined === null
        ? []
        : [
            {
              app_id: app.id,
              app_name: app.name,
              quarantined: isQuarantined ? (1 as const) : (0 as const),
              seen_at: at,
            },
          ],
    );
    if (rows.length === 0) continue;
    await query
      .insertInto('seen_jobs')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('app_id').doUpdateSet((row) => ({
          app_name: row.ref('excluded.app_name'),
          quarantined: row.ref('excluded.quarantined'),
          seen_at: row.ref('excluded.seen_at'),
        })),
      )
      .execute();
  }
}

/** Stores what a round read, which may know the app by its id alone. */
export async function noteLookedAt(
  parts: SeenParts,
  appId: string,
  isQuarantined: SeenJob['isQuarantined'],
  appName?: string,
): Promise<void> {
  const { query } = parts.database;
  const known = await query.selectFrom('seen_jobs').select('app_name').where('app_id', '=', appId).executeTakeFirst();
  const watch = query.selectFrom('watches').select('app_name').where('app_id', '=', appId).orderBy('added_at', 'desc');
  const name = appName ?? (known ?? (await watch.limit(1).executeTakeFirst()))?.app_name;
  if (name !== undefined) await noteSeenJobs(parts, [{ app: { id: appId, name }, isQuarantined }]);
}

/** The apps in quarantine, which a round reads besides the watched ones, longest unread first. */
export async function quarantinedApps({ query }: { readonly query: Kysely<Schema> }): Promise<string[]> {
  const rows = await query
    .selectFrom('seen_jobs')
    .select('app_id')
    .where('quarantined', '=', 1)
    .orderBy('seen_at')
    .limit(mostInRound)
    .execute();
  return rows.map(({ app_id }) => app_id);
}

/** Those in quarantine first, so that a limit on names leaves out none of them. */
export async function seenApps({ query }: Database, now: number): Promise<SeenApp[]> {
  const rows = await query
    .selectFrom('seen_jobs')
    .select('app_name')
    .select((select) => select.fn.max<number>('quarantined').as('quarantined'))
    .where('seen_at', '>', now - toldForMs)
    .groupBy('app_name')
    .orderBy('quarantined', 'desc')
    .orderBy('app_name')
    .execute();
  return rows.map(({ app_name, quarantined }) => ({ app: app_name, isQuarantined: quarantined === 1 }));
}
