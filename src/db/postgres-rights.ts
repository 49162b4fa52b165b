import { type Kysely, sql } from 'kysely';
import { type Refusal, refusals } from './refusals.ts';

/**
 * Whether Usher can work on a PostgreSQL that lets it in, found by reading alone: what kind of server it is, and what
 * Usher's user may do with the tables there.
 */

/** The oldest that Usher is tested against: `docs/operations.md`. */
const oldestVersion = 140_000;

interface Server {
  readonly version: number;
  readonly read_only: string;
  readonly encoding: string;
}

/** Null where the server itself is fit. */
export async function serverRefusal(db: Kysely<unknown>): Promise<Refusal | null> {
  const { rows } = await sql<Server>`select current_setting('server_version_num')::int as version,
    current_setting('transaction_read_only') as read_only, current_setting('server_encoding') as encoding`.execute(db);
  const [server] = rows;
  return server === undefined ? null : unfitServer(server);
}

/** As PostgreSQL's settings tell it. */
export function unfitServer({ version, read_only, encoding }: Server): Refusal | null {
  if (version < oldestVersion) return refusals.tooOld(Math.floor(version / 10_000));
  if (read_only === 'on') return refusals.readOnly;
  return encoding === 'UTF8' ? null : refusals.encoding(encoding);
}

interface TableRights {
  readonly name: string;
  readonly owned: boolean;
  readonly read: boolean;
  readonly added: boolean;
  readonly changed: boolean;
}

/** The least that Usher needs of the tables of its record, which docs tell how to keep from changes; of others, all. */
const leastRights: Readonly<Record<string, 'read' | 'added'>> = {
  audit_log: 'added',
  seals: 'added',
  seal_anchors: 'read',
};

/**
 * Null where Usher's user may do what this version needs.
 *
 * @param pending the migrations that the next start has to run
 */
export async function rightsRefusal(db: Kysely<unknown>, pending: readonly string[]): Promise<Refusal | null> {
  const { rows } = await sql<{ user: string; schema: string | null; may_create: boolean | null }>`
    select current_user as "user", current_schema() as schema,
      has_schema_privilege(current_schema(), 'create') as may_create`.execute(db);
  const { user = '', schema = null, may_create = null } = rows[0] ?? {};
  if (schema === null) return refusals.noSchema;
  const tables = (
    await sql<TableRights>`
      select relname as name, pg_has_role(relowner, 'usage') as owned,
        has_table_privilege(oid, 'select') as read, has_table_privilege(oid, 'insert') as added,
        has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete') as changed
      from pg_class
      where relnamespace = to_regnamespace(quote_ident(current_schema())) and relkind in ('r', 'p')
        and relname not like 'kysely\\_%' and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
      order by relname`.execute(db)
  ).rows;
  const namesOf = (fits: (table: TableRights) => boolean) => tables.filter(fits).map(({ name }) => name);
  if (pending.length > 0) {
    if (may_create !== true) return refusals.mayNotCreate(user, schema);
    const foreign = namesOf(({ owned }) => !owned);
    return foreign.length === 0 ? null : refusals.notOwner(user, foreign);
  }
  const barred = namesOf(({ name, read, added, changed }) => {
    const least = leastRights[name];
    return !(read && (added || least === 'read') && (changed || least !== undefined));
  });
  return barred.length === 0 ? null : refusals.noRights(user, barred);
}
