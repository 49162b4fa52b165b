import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * A query that is built and compiled once for each database, for those that run for every request: Kysely needs longer
 * to compile most of them than SQLite to run them.
 *
 * @param build puts the values into the query as parameters, and does nothing else with them: it gets stand-ins
 */
export function compiledOnce<Values extends object, Row>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
): (db: Kysely<Schema>, values: Values) => Promise<Row[]> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  return async (db, values) => {
    // A database and its transactions have one adapter.
    const { adapter } = db.getExecutor();
    const query = compiled.get(adapter) ?? build(db, standIns as Values).compile();
    compiled.set(adapter, query);
    const parameters = query.parameters.map((one) => (isStandIn(one) ? values[one[standsFor] as keyof Values] : one));
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

const standsFor = Symbol('stands for');
const standIns: unknown = new Proxy({}, { get: (_, name) => ({ [standsFor]: name }) });

function isStandIn(value: unknown): value is { readonly [standsFor]: PropertyKey } {
  return typeof value === 'object' && value !== null && standsFor in value;
}
