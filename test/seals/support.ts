import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import type { Schema } from '../../src/db/schema.ts';
import { writeAudit } from '../../src/requests/audit-log.ts';
import { type StoredEntry, sealNext } from '../../src/seals/chain.ts';

export const november = Date.UTC(2026, 10, 1);

/** Writes so many entries, a second after each other. */
export async function writeEntries(query: Kysely<Schema>, count: number, from = november): Promise<void> {
  for (let at = 0; at < count; at += 1)
    await writeAudit(query, {
      at: from + at * 1_000,
      actorId: 'alex',
      kind: 'asked',
      requestId: at % 2 === 0 ? `R${at}` : null,
      details: { subject: `person ${at}`, note: 'Zoë “👩‍🚀”' },
    });
}

export async function sealAll(database: Database): Promise<void> {
  while ((await sealNext(database, 100)) > 0);
}

export function seals(database: Database) {
  return database.query.selectFrom('seals').selectAll().orderBy('seq').execute();
}

/** Inserts an entry with an id of its own, as an administrator can, or as a transaction that commits late. */
export async function insertEntry({ query, dialect }: Database, entry: StoredEntry): Promise<void> {
  const { id, at, actor_id, kind, request_id, details } = entry;
  const overriding = sql.raw(dialect.engine === 'postgres' ? 'overriding system value' : '');
  await sql`insert into audit_log (id, at, actor_id, kind, request_id, details) ${overriding}
    values (${id}, ${at}, ${actor_id}, ${kind}, ${request_id}, ${details})`.execute(query);
}

/** Removes the entry at a place, from 1, and returns it. */
export async function takeOut({ query }: Database, place: number): Promise<StoredEntry> {
  const entry = await query
    .selectFrom('audit_log')
    .selectAll()
    .orderBy('id')
    .offset(place - 1)
    .limit(1)
    .executeTakeFirstOrThrow();
  await query.deleteFrom('audit_log').where('id', '=', entry.id).execute();
  return entry;
}
