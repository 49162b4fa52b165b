import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import { markOf } from './lines.ts';
import { noRows, type PackedRows, together, unpack } from './packing.ts';

/** Which of these ids are of archived requests. */
export async function idsOfArchived(query: Kysely<Schema>, named: readonly string[]): Promise<readonly number[]> {
  const lines = query.selectFrom('archived_lines').select('archived_id').distinct();
  return (await lines.where('id', 'in', named.length === 0 ? [''] : named).execute()).map(({ archived_id: id }) => id);
}

/** The rows of the archived requests that have one of these ids, or are named by it. They stay archived. */
export async function readArchived(query: Kysely<Schema>, named: readonly string[]): Promise<PackedRows> {
  const ids = await idsOfArchived(query, named);
  if (ids.length === 0) return noRows;
  const rows = await query.selectFrom('archived').select('content').where('id', 'in', ids).execute();
  return together(rows.map(({ content }) => unpack(content)));
}

/** Whether an archived request is about this person or app, or was asked for or decided by them. */
export async function isInArchive(query: Kysely<Schema>, id: string): Promise<boolean> {
  const mark = markOf(id);
  const has = (where: string) => sql`exists (select 1 from archived_lines where ${sql.raw(where)} = ${mark})`;
  const { rows } = await sql<{ there: number }>`select case when ${has('subject')}
    or ${has('is_first = 1 and requested_by')} or ${has('is_first = 1 and app')}
    or ${has('is_further = 1 and app')} or ${has('decided_by')} then 1 else 0 end as there`.execute(query);
  return Number(rows[0]?.there) === 1;
}
