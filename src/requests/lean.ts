import { sql, type Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { emptyReport, type Outcome } from '../graph/outcome.ts';
import { emptyConversations } from '../outbox/message-store.ts';
import { endSource } from './entitlement.ts';
import type { Batch } from './expired.ts';
import { accessSource, type StoreParts } from './store.ts';

/**
 * For as long as Microsoft keeps its own log, an outcome keeps the service's whole report, which is most of what a
 * request takes. Then the verdict is left of it: what was done or why not, with the ids by which it can be found. The
 * card of a request then shares the address of its conversation with the request, which forgets the message it came from.
 */
export const reportDays = 30;

const rowsAtOnce = 50;

/** The longest finished ones first. A task that is retried meanwhile keeps what it has. */
export function makeLean({ database }: StoreParts, before: number): Promise<Batch> {
  return database.transact(async (transaction) => {
    const rows = await transaction
      .selectFrom('tasks')
      .select(['id', 'request_id', 'outcome'])
      .where(sql<boolean>`is_lean = 0 and outcome is not null`)
      .where('state', 'in', ['done', 'cancelled'])
      .where('finished_at', '<', before)
      .orderBy('finished_at')
      .limit(rowsAtOnce)
      .execute();
    for (const { id, outcome } of rows)
      await transaction
        .updateTable('tasks')
        .set({ outcome: JSON.stringify(leanOf(JSON.parse(outcome ?? '') as Outcome)), is_lean: 1 })
        .where('id', '=', id)
        .where('outcome', '=', outcome)
        .execute();
    const requests = [...new Set(rows.map(({ request_id: id }) => id))];
    if (requests.length === 0) return { deleted: {}, next: null };
    await shareConversations(transaction, requests);
    return { deleted: {}, next: rows.length < rowsAtOnce ? null : [] };
  });
}

/** Longer than any address of Teams', and short enough for an index. */
export const longestShared = 1_500;

/**
 * Leaves out requests whose access ends, since their requesters are still told of that. No message is delivered again
 * after so long, so only what a request carries out is left of its source.
 */
async function shareConversations(transaction: Transaction<Schema>, requests: readonly string[]): Promise<void> {
  const these = sql`id in (${sql.join(requests)}) and conversation <> '' and length(conversation) <= ${longestShared}
    and not exists (select 1 from entitlements where request_id = requests.id)`;
  await emptyConversations(transaction, requests);
  await sql`
    insert into places (conversation) select distinct conversation from requests where ${these}
    on conflict do nothing`.execute(transaction);
  await sql`
    update requests set conversation = '',
      place_id = (select places.id from places where places.conversation = requests.conversation),
      source = case when source like ${`${accessSource}%`} or source like ${`${endSource}%`} then source else id end
    where ${these}`.execute(transaction);
}

/** The outcome without the steps and values of the service's report. */
export function leanOf<O extends Outcome>(outcome: O): O {
  const last = 'last' in outcome && outcome.last !== undefined ? { last: leanOf(outcome.last) } : {};
  if (!('report' in outcome)) return { ...outcome, ...last };
  const { steps, changes } = emptyReport;
  return { ...outcome, report: { ...outcome.report, steps, changes }, ...last };
}
