import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';

/**
 * The person for whom a card with an offer was made, where others can see it: only they may replace it. The clicked
 * card's id comes from the client, so a forged click could remove what another person needs.
 */
export interface CardOwners {
  /** The first owner stays. */
  note(place: string, cardId: string, personId: string): Promise<void>;
  /** Entra object id; null where it is unknown, or no longer known. */
  find(place: string, cardId: string): Promise<string | null>;
  /** Deletes the owners of cards older than `before`. */
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
