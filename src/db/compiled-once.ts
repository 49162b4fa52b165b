import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * A query that is built and compiled once for each database and each set of values, for those that run for every
 * request: Kysely needs longer to compile most of them than SQLite to run them.
 *
 * @param build puts the values into the query as parameters, and does nothing else with them: it gets stand-ins
 */
export function compiledOnce<Values extends object, Row>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
): (db: Kysely<Schema>, values: Values) => Promise<Row[]> {
  const compiled = new WeakMap<object, Map<string, CompiledQuery<Row>>>();
  return async (db, values) => {
    // A database and its transactions have one adapter.
    const { adapter } = db.getExecutor();
    const byNames = compiled.get(adapter) ?? new Map<string, CompiledQuery<Row>>();
    compiled.set(adapter, byNames);
    const names = Object.keys(values);
    const key = names.join();
    const query = byNames.get(key) ?? build(db, standInsFor<Values>(names)).compile();
    byNames.set(key, query);
    const parameters = query.parameters.map((one) => (isStandIn(one) ? values[one[standsFor] as keyof Values] : one));
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

const standsFor = Symbol('stands for');

function standInsFor<Values extends object>(names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, { [standsFor]: name }])) as Values;
}

function isStandIn(value: unknown): value is { readonly [standsFor]: PropertyKey } {
  return typeof value === 'object' && value !== null && standsFor in value;
}
