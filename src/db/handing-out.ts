import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The tables whose rows are messages to send, with `due_at` and `failures`. */
type OutboxTable = 'access_cards' | 'notices' | 'announcements';

/** How long a message that is being sent is given to no other sender. */
export const handedOutForMs = 60_000;

/** Hands out the rows due now, oldest first. A row that is neither sent nor put off is due again in a minute. */
export async function handOut<T extends OutboxTable>(
  { dialect }: Pick<Database, 'dialect'>,
  transaction: Transaction<Schema>,
  table: T,
  now: number,
  limit: number,
): Promise<readonly Selectable<Schema[T]>[]> {
  const from = sql.table(table);
  const lock = dialect.lockRows ? sql`for update skip locked` : sql``;
  const { rows } = await sql<Selectable<Schema[T]> & { readonly id: string | number }>`
    select * from ${from} where due_at <= ${now} order by due_at, id limit ${limit} ${lock}`.execute(transaction);
  if (rows.length === 0) return [];
  const ids = sql.join(rows.map(({ id }) => id));
  await sql`update ${from} set due_at = ${now + handedOutForMs} where id in (${ids})`.execute(transaction);
  return rows;
}

/** Sending failed. It is retried at `dueAt`; never where that is null, as there is no recipient. */
export async function putOff(
  { query }: Pick<Database, 'query'>,
  table: OutboxTable,
  id: string | number,
  dueAt: number | null,
): Promise<void> {
  await sql`update ${sql.table(table)} set due_at = ${dueAt}, failures = failures + 1 where id = ${id}`.execute(query);
}
