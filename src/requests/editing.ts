import type { Database } from '../db/database.ts';
import type { StoreParts } from './store.ts';

/**
 * Which process edits a card, where several could. Each draws what is stored at that moment, but two concurrent edits
 * may reach Teams in either order, and the older one would stay. So one process at a time edits a card, with a short
 * pause between two processes.
 *
 * A process that hung for longer than its lease may send its edit all the same. It learns at the end that another one
 * may have edited meanwhile, and draws once more: the last edit shows the latest revision.
 */
export interface CardEdit {
  /** False when the card may have been edited by another process meanwhile. */
  end(): Promise<boolean>;
}

export interface EditingParts extends Pick<StoreParts, 'database' | 'clock'> {
  readonly owner: string;
  /** The pause between the edits of two processes; milliseconds. */
  readonly stillMs: number;
  readonly leaseMs?: number;
}

/** Longer than an edit takes with all its retries, and short enough that a dead process's card is drawn in time. */
const defaultLeaseMs = 30_000;
const rememberMs = 3_600_000;

/** Begins an edit of a live card; null while another process edits it, or did a moment ago. */
export async function beginEdit(parts: EditingParts, liveId: string): Promise<CardEdit | null> {
  const { database, clock, owner, stillMs, leaseMs = defaultLeaseMs } = parts;
  const { query, dialect } = database;
  if (dialect.singleProcess) return { end: async () => true };
  const now = clock.now();
  const begun = await query
    .insertInto('card_edits')
    .values({ id: liveId, owner, until: now + leaseMs })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ owner, until: now + leaseMs })
        .where((edit) => edit.or([edit('card_edits.until', '<=', now), edit('card_edits.owner', '=', owner)])),
    )
    .returning('id')
    .executeTakeFirst();
  if (begun === undefined) return null;
  return {
    async end() {
      const ended = await query
        .updateTable('card_edits')
        // The owner stays: a process keeps the pause between its own edits itself.
        .set({ until: clock.now() + stillMs })
        .where('id', '=', liveId)
        .where('owner', '=', owner)
        .where('until', '=', now + leaseMs)
        .returning('id')
        .executeTakeFirst();
      return ended !== undefined;
    },
  };
}

/** Deletes old edits. */
export async function pruneEdits({ query }: Database, now: number): Promise<void> {
  const before = now - rememberMs;
  await query.deleteFrom('card_edits').where('until', '<', before).execute();
}
