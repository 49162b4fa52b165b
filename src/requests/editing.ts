import type { Database } from '../db/database.ts';
import type { StoreParts } from './store.ts';

/**
 * Who edits a card, where several processes could. Each draws what is stored at that moment, but two edits that are on
 * their way to Teams together may arrive in either order, and the older drawing would stay. So a card is edited by one
 * process at a time, and kept still for a moment between two of them.
 *
 * A process that stood still for longer than its lease may send its edit all the same. It learns at the end that
 * another one may have been at it, and draws once more: whoever is last shows the latest revision.
 */
export interface CardEdit {
  /** False when the card may have been edited by another process meanwhile. */
  end(): Promise<boolean>;
}

export interface EditingParts extends Pick<StoreParts, 'database' | 'clock'> {
  readonly owner: string;
  /** How long a card keeps still between the edits of two processes; milliseconds. */
  readonly stillMs: number;
  readonly leaseMs?: number;
}

/** Longer than an edit takes with all its repeats, and short enough that a dead process's card is drawn in time. */
const defaultLeaseMs = 30_000;
const rememberMs = 3_600_000;

/** Begins an edit of a live card; null while another process is at it, or was a moment ago. */
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
        // The owner stays: a process keeps the card still between its own edits by itself.
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

/** Forgets the edits of long ago. */
export async function pruneEdits({ query }: Database, now: number): Promise<void> {
  await query
    .deleteFrom('card_edits')
    .where('until', '<', now - rememberMs)
    .execute();
}
