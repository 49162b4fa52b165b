import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { StoreParts } from './store.ts';

const rowsAtOnce = 200;

/** The audit log tells of them for longer, so no later request gets these ids. */
export async function spendIds(transaction: Transaction<Schema>, ids: readonly string[], at: number): Promise<void> {
  if (ids.length === 0) return;
  await transaction
    .insertInto('spent_ids')
    .values(ids.map((id) => ({ id, at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** @param before when the audit log begins that is kept */
export const pruneSpentIds = (
  { database }: StoreParts,
  before: number,
): Promise<{ readonly deleted: object; readonly next: readonly string[] | null }> =>
  database.transact(async (transaction) => {
    const rows = await transaction
      .selectFrom('spent_ids')
      .select('id')
      .where('at', '<', before)
      .orderBy('at')
      .limit(rowsAtOnce)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await transaction.deleteFrom('spent_ids').where('id', 'in', ids).execute();
    return { deleted: {}, next: rows.length < rowsAtOnce ? null : [] };
  });
