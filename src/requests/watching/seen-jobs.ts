import type { Kysely } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import type { StoreParts } from '../store.ts';

/**
 * Which synchronization jobs were in quarantine when a command or a round last looked. All replicas tell of this table,
 * so they tell the same.
 *
 * A job that is seen in quarantine is looked at in every round, whether a place watches it or not, until it is seen to
 * run again or is gone. What nothing has looked at for an hour is not told of any more: Graph does not let Usher read
 * it, or has been away, or (where Graph is called by each person's own right) there are no rounds.
 */
export interface SeenJob {
  readonly app: { readonly id: string; readonly name: string };
  /** Null where the app has no job, or none any more. */
  readonly isQuarantined: boolean | null;
}

/** By its name: several apps of one name are one here, and in quarantine while any of them is. */
export interface SeenApp {
  readonly app: string;
  readonly isQuarantined: boolean;
}

type SeenParts = Pick<StoreParts, 'database' | 'clock'>;

const toldForMs = 3_600_000;
/** A job that cannot be read any more is not looked for longer than this. */
const rememberMs = 24 * 3_600_000;
/** An SQL statement takes only so many values. */
const atOnce = 500;
/** A tenant of sense does not have more; a round is to end before the next one. */
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

/** What a round saw, which knows apps by their ids alone. */
export async function noteLookedAt(
  parts: SeenParts,
  appId: string,
  isQuarantined: SeenJob['isQuarantined'],
): Promise<void> {
  const { query } = parts.database;
  const known = await query.selectFrom('seen_jobs').select('app_name').where('app_id', '=', appId).executeTakeFirst();
  const watch = query.selectFrom('watches').select('app_name').where('app_id', '=', appId).orderBy('added_at', 'desc');
  const name = (known ?? (await watch.limit(1).executeTakeFirst()))?.app_name;
  if (name !== undefined) await noteSeenJobs(parts, [{ app: { id: appId, name }, isQuarantined }]);
}

/** The apps that a round looks at beside those that are watched, longest unseen first. */
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

/** Those in quarantine first, so that a limit on names leaves none of them out. */
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
