import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';

/**
 * For whom a card was made that offers something, where others read along: only they may have another one put in its
 * place. Which card was clicked is the clicker's word, so a forged click could wipe out what somebody else needs.
 */
export interface CardOwners {
  /** The first one stays. */
  note(place: string, cardId: string, personId: string): Promise<void>;
  /** Entra object id; null where it is not known, or not any more. */
  find(place: string, cardId: string): Promise<string | null>;
  /** Forgets those of cards older than `before`. */
  prune(before: number): Promise<void>;
}

export function createCardOwners({ query }: Pick<Database, 'query'>, clock: Pick<Clock, 'now'>): CardOwners {
  const keyOf = (place: string, cardId: string) => `${place}|${cardId}`;
  return {
    async note(place, cardId, personId) {
      await query
        .insertInto('card_owners')
        .values({ card: keyOf(place, cardId), person_id: personId, noted_at: clock.now() })
        .onConflict((conflict) => conflict.column('card').doNothing())
        .execute();
    },
    async find(place, cardId) {
      const row = await query
        .selectFrom('card_owners')
        .select('person_id')
        .where('card', '=', keyOf(place, cardId))
        .executeTakeFirst();
      return row?.person_id ?? null;
    },
    async prune(before) {
      await query.deleteFrom('card_owners').where('noted_at', '<', before).execute();
    },
  };
}
