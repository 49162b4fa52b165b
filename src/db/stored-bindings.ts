import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';

/** The app that each entry of `APPS_FILE` was bound to when it was first seen; the same for all processes. */
export function storedBindings(
  { query }: Pick<Database, 'query'>,
  clock: Pick<Clock, 'now'>,
): {
  read(): Promise<ReadonlyMap<string, string>>;
  bind(key: string, appId: string): Promise<string>;
} {
  return {
    async read() {
      const rows = await query.selectFrom('app_bindings').select(['entry', 'app_id']).execute();
      return new Map(rows.map(({ entry, app_id }) => [entry, app_id]));
    },
    async bind(entry, appId) {
      await query
        .insertInto('app_bindings')
        .values({ entry, app_id: appId, bound_at: clock.now() })
        .onConflict((conflict) => conflict.column('entry').doNothing())
        .execute();
      const row = await query
        .selectFrom('app_bindings')
        .select('app_id')
        .where('entry', '=', entry)
        .executeTakeFirstOrThrow();
      return row.app_id;
    },
  };
}
