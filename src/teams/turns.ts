import type { Incoming } from '../chat/incoming.ts';
import type { Database } from '../db/database.ts';

/**
 * Messages that have come in and are not answered yet. Teams delivers an activity again when it hears nothing for
 * fifteen seconds, and a process may die between reading a message and storing what it asked for. A turn is a row
 * from its first delivery on, so the second one is known, and a turn that was cut off is taken up again at the next
 * start.
 */
export interface Turns {
  /** False when this activity was here before. */
  open(incoming: Incoming, now: number): Promise<boolean>;
  /** False when this activity was here before. It is only remembered, and never taken up again. */
  meet(incomingId: string, now: number): Promise<boolean>;
  /** Remembers the card that a slow turn has shown already. */
  showed(incomingId: string, cardId: string): Promise<void>;
  /** The turn has its answer; the words that came in are forgotten. */
  close(incomingId: string): Promise<void>;
  /** Turns that came in since `since` and have no answer. */
  findOpen(since: number): Promise<readonly OpenTurn[]>;
  /** Forgets turns older than `before`. */
  prune(before: number): Promise<void>;
}

export interface OpenTurn {
  readonly incoming: Incoming;
  readonly cardId: string | null;
}

export function createTurns(database: Database): Turns {
  const { query } = database;

  async function insert(id: string, now: number, incoming: Incoming | null): Promise<boolean> {
    const inserted = await query
      .insertInto('turns')
      .values({ id, received_at: now, incoming: incoming === null ? null : JSON.stringify(incoming), card_id: null })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    return inserted !== undefined;
  }

  return {
    open: (incoming, now) => insert(incoming.id, now, incoming),
    meet: (incomingId, now) => insert(incomingId, now, null),
    async showed(incomingId, cardId) {
      await query.updateTable('turns').set({ card_id: cardId }).where('id', '=', incomingId).execute();
    },
    async close(incomingId) {
      await query.updateTable('turns').set({ incoming: null }).where('id', '=', incomingId).execute();
    },
    async findOpen(since) {
      const rows = await query
        .selectFrom('turns')
        .select(['incoming', 'card_id'])
        .where('received_at', '>=', since)
        .where('incoming', 'is not', null)
        .orderBy('received_at')
        .execute();
      return rows.flatMap((row) =>
        row.incoming === null ? [] : [{ incoming: JSON.parse(row.incoming) as Incoming, cardId: row.card_id }],
      );
    },
    async prune(before) {
      await query.deleteFrom('turns').where('received_at', '<', before).execute();
    },
  };
}
