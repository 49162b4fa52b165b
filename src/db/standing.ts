import { type Kysely, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import { migrations } from './migrations.ts';
import type { Foreign } from './refusals.ts';

/** How a database compares to this version of Usher. `pending`: the migrations still to run. */
export type Standing = { readonly kind: 'ours'; readonly pending: readonly string[] } | Foreign;

/** Where Kysely records which migrations were run. */
const migrationTables = ['kysely_migration', 'kysely_migration_lock'];

/** Reads only. */
export async function findStanding<Tables>(dialect: Dialect, query: Kysely<Tables>): Promise<Standing> {
  const db = query as Kysely<unknown>;
  const tables = await dialect.tables(db);
  const known = Object.keys(migrations(dialect));
  const run = tables.includes('kysely_migration') ? await namesRun(db) : [];
  const unknown = run.filter((name) => !known.includes(name));
  const others = tables.filter((name) => !migrationTables.includes(name));
  const isUshers = run.some((name) => known.includes(name));
  if (!isUshers && (others.length > 0 || unknown.length > 0))
    return { kind: 'ofAnotherProgram', tables: others.length > 0 ? others : tables };
  if (unknown.length > 0) return { kind: 'newer', unknown };
  return { kind: 'ours', pending: known.filter((name) => !run.includes(name)) };
}

async function namesRun(db: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
