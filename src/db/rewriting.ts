import { type Kysely, type RawBuilder, sql } from 'kysely';

interface StoredText {
  readonly id: string | number;
  readonly text: string;
}

/**
 * Rewrites a text of every row, in batches; returns how many rows it has looked at. An unchanged row is not written.
 */
export async function rewrite(
  db: Kysely<unknown>,
  table: string,
  key: string,
  column: string,
  anew: (text: string) => string,
): Promise<number> {
  const [rowsOf, id, text] = [sql.table(table), sql.ref(key), sql.ref(column)];
  let seen = 0;
  let last: string | number | null = null;
  for (;;) {
    const beyond: RawBuilder<unknown> = last === null ? sql`` : sql`and ${id} > ${last}`;
    const { rows }: { readonly rows: readonly StoredText[] } = await sql<StoredText>`
      select ${id} as id, ${text} as text from ${rowsOf}
      where ${text} is not null ${beyond} order by ${id} limit ${sql.lit(outcomesAtOnce)}`.execute(db);
    for (const row of rows) {
      const rewritten = anew(row.text);
      if (rewritten !== row.text)
        await sql`update ${rowsOf} set ${text} = ${rewritten} where ${id} = ${row.id}`.execute(db);
      last = row.id;
    }
    seen += rows.length;
    if (rows.length < outcomesAtOnce) return seen;
  }
}

/** An outcome has some ten thousand characters, and a long-running Usher may have many. */
const outcomesAtOnce = 200;

/** Writes the kind beside each stored outcome. The engines read JSON differently, so it is read here. */
export async function nameOutcomes(db: Kysely<unknown>): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ id: string; outcome: string }>`
      select id, outcome from tasks
      where outcome is not null and outcome_kind is null
      limit ${sql.lit(outcomesAtOnce)}`.execute(db);
    for (const { id, outcome } of rows) {
      const { kind } = JSON.parse(outcome) as { readonly kind: string };
      await sql`update tasks set outcome_kind = ${kind} where id = ${id}`.execute(db);
    }
    if (rows.length < outcomesAtOnce) return;
  }
}
