import type { Database } from '../db/database.ts';

/** The open request that takes this person out of this app; null where there is none. */
export async function findOpenRemoval(
  { query }: Pick<Database, 'query'>,
  { personId, appId }: { readonly personId: string; readonly appId: string },
): Promise<string | null> {
  const row = await query
    .selectFrom('tasks')
    .select('request_id')
    .where('subject_id', '=', personId)
    .where('app_id', '=', appId)
    .where('unassign', 'is not', null)
    .where('state', 'in', ['held', 'waiting', 'running'])
    .limit(1)
    .executeTakeFirst();
  return row?.request_id ?? null;
}

/** Whether a provisioning of the same person to the same app is under way, which the removal waits for. */
export async function isBeingProvisioned(
  { query }: Pick<Database, 'query'>,
  { personId, appId }: { readonly personId: string; readonly appId: string },
): Promise<boolean> {
  const row = await query
    .selectFrom('tasks')
    .select('id')
    .where('subject_id', '=', personId)
    .where('app_id', '=', appId)
    .where('unassign', 'is', null)
    .where('state', 'in', ['waiting', 'running'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
