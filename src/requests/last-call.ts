import type { Database } from '../db/database.ts';
import type { OutcomeKind } from '../graph/outcome.ts';

/** How Usher's last call for a person in an app ended. */
export interface LastCall {
  readonly outcome: OutcomeKind;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The last finished call for this person by name in this app; null when there was none. Members of a group's call are
 * not found.
 */
export async function lastCallFor(
  { query }: Pick<Database, 'query'>,
  { personId, appId }: { readonly personId: string; readonly appId: string },
): Promise<LastCall | null> {
  const row = await query
    .selectFrom('tasks')
    .select(['outcome_kind', 'finished_at'])
    .where('subject_id', '=', personId)
    .where('state', '=', 'done')
    .where('app_id', '=', appId)
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.outcome_kind === null || row.finished_at === null) return null;
  return { outcome: row.outcome_kind as OutcomeKind, at: row.finished_at };
}
