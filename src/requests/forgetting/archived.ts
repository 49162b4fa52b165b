import type { Kysely } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import { notKept } from '../../masking/attributes.ts';
import { type PackedRows, pack, packedTables, textOf, unpack } from '../archive/packing.ts';
import { type AnyRow, namesIn, type Traces, withoutPerson } from './traces.ts';

/** What `sweep.ts` does with rows, for those that are packed: no statement can search them. */

interface Archived {
  readonly id: number;
  readonly content: Uint8Array;
}

const rowsAtOnce = 200;

/** Those with any of these words, which are in lower case. */
async function* archivedWith(db: Kysely<Schema>, hints: readonly string[]): AsyncGenerator<Archived> {
  for (let after = 0; ; ) {
    const page = await db
      .selectFrom('archived')
      .select(['id', 'content'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    for (const one of page) {
      const text = textOf(one.content).toLowerCase();
      if (hints.some((hint) => text.includes(hint))) yield one;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < rowsAtOnce) return;
    after = last.id;
  }
}

/** The names that archived rows have for this id. */
export async function archivedNames(db: Kysely<Schema>, id: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { content } of archivedWith(db, [id.toLowerCase()]))
    for (const row of rowsIn(unpack(content))) names.push(...namesIn(row, id));
  return names;
}

export async function isInArchivedText(db: Kysely<Schema>, id: string): Promise<boolean> {
  for await (const _ of archivedWith(db, [id.toLowerCase()])) return true;
  return false;
}

const rowsIn = (rows: PackedRows) => packedTables.flatMap((table): readonly AnyRow[] => rows[table]);

/**
 * Passes on each archived request that changes, with the number of changed rows of each table. `write`: false where
 * another process has changed it since it was read.
 */
export async function sweepArchived(
  db: Kysely<Schema>,
  traces: Traces,
  write: ((found: Archived, changed: PackedRows) => Promise<boolean>) | null,
  count: (table: string, rows: number) => void,
): Promise<{ readonly isWhole: boolean }> {
  const { id, whole, parts } = traces.hints;
  // What is in lower case there already is `toLowerCase`d here in full.
  const hints = [...new Set([...id, ...whole, ...parts].map((hint) => hint.toLowerCase()))];
  let isWhole = true;
  for await (const found of archivedWith(db, hints)) {
    const rows = unpack(found.content);
    const about = new Set(rows.tasks.filter((task) => isAbout(task, traces.id)).map(({ request_id }) => request_id));
    const counts = new Map<string, number>();
    const changed = Object.fromEntries(
      packedTables.map((table) => [
        table,
        (rows[table] as readonly AnyRow[]).map((row) => {
          const changes = {
            ...withoutPerson(row, traces),
            ...(table === 'requests' && about.has(String(row.id)) && row.reason != null && row.reason !== notKept
              ? { reason: notKept }
              : {}),
          };
          if (Object.keys(changes).length === 0) return row;
          counts.set(table, (counts.get(table) ?? 0) + 1);
          return { ...row, ...changes };
        }),
      ]),
    ) as unknown as PackedRows;
    if (counts.size === 0) continue;
    if (write !== null && !(await write(found, changed))) isWhole = false;
    else for (const [table, number] of counts) count(table, number);
  }
  return { isWhole };
}

const isAbout = ({ subject_id, members }: PackedRows['tasks'][number], id: string) =>
  subject_id === id || members.includes(`"${id}"`);

export async function rewriteArchived(db: Kysely<Schema>, found: Archived, changed: PackedRows): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('archived')
    .set({ content: pack(changed) })
    .where('id', '=', found.id)
    .where('content', '=', found.content)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
