import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/database.ts';

/** What no running Usher needs to do, and what would let it change the past. */
const harmful = [
  ['audit_log', 'update'],
  ['audit_log', 'delete'],
  ['audit_log', 'truncate'],
  ['seals', 'update'],
  ['seals', 'delete'],
  ['seals', 'truncate'],
  ['entry_packs', 'insert'],
  ['entry_packs', 'update'],
  ['entry_packs', 'delete'],
  ['entry_packs', 'truncate'],
  ['seal_anchors', 'insert'],
  ['seal_anchors', 'update'],
  ['seal_anchors', 'delete'],
  ['seal_anchors', 'truncate'],
] as const;

/** Whether the role of `DATABASE_URL` can change what has happened. */
export type LogRights =
  /** It can neither change nor remove an entry or a seal. */
  | { readonly kind: 'addsOnly' }
  /** The rights that it has too many, e.g. `update on audit_log`. An owner can give itself any right. */
  | { readonly kind: 'mayChange'; readonly rights: readonly string[]; readonly owns: boolean }
  /** SQLite has no roles, and there is no such table before the first start. */
  | { readonly kind: 'none' };

/** Asks PostgreSQL for the rights of its own role on the audit log and its seals. It reads only. */
export async function findLogRights<Tables>(
  { engine }: Pick<Database['dialect'], 'engine'>,
  query: Kysely<Tables>,
): Promise<LogRights> {
  if (engine === 'sqlite') return { kind: 'none' };
  const { rows } = await sql<{ rights: string[] | null; owns: boolean | null }>`
    select array_agg(right_on.name || ' on ' || tab.relname order by right_on.at)
        filter (where has_table_privilege(tab.oid, right_on.name) or right_on.name in ('insert', 'update')
          and has_any_column_privilege(tab.oid, right_on.name)) as rights,
      bool_or(pg_has_role(tab.relowner, 'member')) as owns
    from (values ${sql.join(harmful.map(([table, right], at) => sql`(${table}, ${right}, ${sql.lit(at)})`))})
      as right_on (tab, name, at)
    join pg_class tab on tab.oid = to_regclass(right_on.tab)`.execute(query);
  const { rights = null, owns = null } = rows[0] ?? {};
  if (owns === null) return { kind: 'none' };
  return owns || (rights !== null && rights.length > 0)
    ? { kind: 'mayChange', rights: rights ?? [], owns }
    : { kind: 'addsOnly' };
}

/** Whether Usher may remove old entries, see `pruneRecord`. */
export const mayPrune = (database: Database): Promise<boolean> =>
  may(database, [...removing, 'insert on seal_anchors', 'delete on seal_anchors', 'delete on entry_packs']);

/** Whether it may pack them, see `packRecord`. */
export const mayPack = (database: Database): Promise<boolean> => may(database, [...removing, 'insert on entry_packs']);

const removing = ['delete on audit_log', 'delete on seals'];

async function may({ dialect, query }: Database, needed: readonly string[]): Promise<boolean> {
  const rights = await findLogRights(dialect, query);
  return rights.kind === 'none' || (rights.kind === 'mayChange' && needed.every((one) => rights.rights.includes(one)));
}
