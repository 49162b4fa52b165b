import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';

/** The app that each entry of `APPS_FILE` was bound to when it was first seen; the same for all processes. */
export function storedBindings({ query }: Pick<Database, 'query'>, clock: Pick<Clock, 'now'>) {
  return {
    async read(): Promise<ReadonlyMap<string, string>> {
      const rows = await query.selectFrom('app_bindings').select(['entry', 'app_id']).execute();
      return new Map(rows.map(({ entry, app_id }) => [entry, app_id]));
    },
    async bind(entry: string, appId: string): Promise<string> {
      const row = await query
        .insertInto('app_bindings')
        .values({ entry, app_id: appId, bound_at: clock.now() })
        // Changes nothing, but finds what another process has bound it to.
        .onConflict((conflict) => conflict.column('entry').doUpdateSet({ entry }))
        .returning('app_id')
        .executeTakeFirstOrThrow();
      return row.app_id;
    },
  };
}
