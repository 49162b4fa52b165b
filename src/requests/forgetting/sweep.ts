import { Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import { type AnyRow, hintsOf, isId, type Traces } from './traces.ts';

/**
 * Goes through every table of the database, by what the database itself lists, so that no table can be left out. The
 * record is only read: its entries are evidence, and hold ids and codes.
 */
export interface Table {
  readonly name: string;
  /** Those with text. */
  readonly columns: readonly string[];
}

/** What has rules of its own, or none: the record, names by which the search finds people, and Kysely's own. */
const apart = /^(?:audit_log|seals|seal_anchors|known_names|kysely_.*)$/;

/** A row, with where it is; null for one that another process has changed, and so moved, since it was found. */
export interface Found {
  readonly table: string;
  readonly address: string | number;
  readonly row: AnyRow | null;
}

const rowsAtOnce = 200;

/** A connection for searches that may take longer than a query of Usher may. */
export async function searching<T>({ dialect, query }: Database, work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  if (dialect.migrating === null) return work(query);
  const db = new Kysely<Schema>({ dialect: dialect.migrating });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

export async function tablesOf({ dialect }: Database, db: Kysely<Schema>): Promise<readonly Table[]> {
  const names = await dialect.tables(db as Kysely<unknown>);
  const known = await db.introspection.getTables();
  return names
    .filter((name) => !apart.test(name))
    .map((name) => {
      const columns = known.find((table) => table.name === name)?.columns ?? [];
      return { name, columns: columns.filter(({ dataType }) => /text|char/i.test(dataType)).map((one) => one.name) };
    });
}

/** The rows in which any text has the id. */
export function rowsWithId(database: Database, db: Kysely<Schema>, tables: readonly Table[], id: string) {
  return rowsWith(database, db, tables, () => hintsOf([id]));
}

/** The rows that may hold something of the person. */
export function rowsWithTraces(database: Database, db: Kysely<Schema>, tables: readonly Table[], traces: Traces) {
  return rowsWith(database, db, tables, (column) => {
    if (isId(column)) return traces.hints.id;
    // A part of a name may be any word there, and reports are long.
    return [...traces.hints.id, ...(column === 'outcome' ? traces.hints.whole : traces.hints.parts)];
  });
}

async function* rowsWith(
  { dialect }: Database,
  db: Kysely<Schema>,
  tables: readonly Table[],
  wanted: (column: string) => readonly string[],
): AsyncGenerator<Found> {
  const address = sql.raw(dialect.rowAddress);
  for (const { name, columns } of tables) {
    const holds = columns.flatMap((column) => wanted(column).map((text) => contains(column, text)));
    if (holds.length === 0) continue;
    const { rows } = await sql<{ readonly address: string | number }>`
      select ${address} as address from ${sql.table(name)} where ${sql.join(holds, sql` or `)}`.execute(db);
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      const some = rows.slice(at, at + rowsAtOnce).map((row) => row.address);
      const found = await sql<AnyRow & { readonly usher_address: string | number }>`
        select ${address} as usher_address, ${sql.table(name)}.* from ${sql.table(name)}
        where ${address} in (${sql.join(some)})`.execute(db);
      const byAddress = new Map(found.rows.map(({ usher_address, ...row }) => [usher_address, row]));
      for (const one of some) yield { table: name, address: one, row: byAddress.get(one) ?? null };
    }
  }
}

function contains(column: string, text: string): RawBuilder<unknown> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
}

/** Writes what is to change of a row; false where another process has changed it since it was read. */
export async function rewriteRow(
  { dialect }: Database,
  db: Kysely<Schema>,
  { table, address }: Found,
  changed: AnyRow,
): Promise<boolean> {
  if (table === 'places' && (await joinPlaces(db, String(changed.conversation), address, dialect.rowAddress)))
    return true;
  const columns = Object.entries(changed).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  const { numAffectedRows = 0n } = await sql`
    update ${sql.table(table)} set ${sql.join(columns)}
    where ${sql.raw(dialect.rowAddress)} = ${address}`.execute(db);
  return numAffectedRows > 0n;
}

/** Two addresses of one chat may differ by the person's name alone, and be the same without it. False where they do not. */
async function joinPlaces(
  db: Kysely<Schema>,
  conversation: string,
  address: string | number,
  rowAddress: string,
): Promise<boolean> {
  const same = await db.selectFrom('places').select('id').where('conversation', '=', conversation).executeTakeFirst();
  if (same === undefined) return false;
  const { id } = same;
  const ofRow = sql`select id from places where ${sql.raw(rowAddress)} = ${address}`;
  await sql`update requests set place_id = ${id} where place_id in (${ofRow})`.execute(db);
  await sql`update archived set place_id = ${id} where place_id in (${ofRow})`.execute(db);
  await sql`delete from places where ${sql.raw(rowAddress)} = ${address} and id <> ${id}`.execute(db);
  return true;
}
