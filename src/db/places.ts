import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * The addresses of conversations are long, and a person's requests have the same. A request that finished long ago has
 * the number of a place in their stead, and its card the empty text.
 */
export interface PlaceRow {
  id: number;
  conversation: string;
}

/** The conversation of a row whose own column may be empty by now. */
export async function conversationOf(
  query: Kysely<Schema>,
  { conversation, place_id: id }: { readonly conversation: string; readonly place_id: number | null },
): Promise<string> {
  if (conversation !== '' || id === null) return conversation;
  const place = await query.selectFrom('places').select('conversation').where('id', '=', id).executeTakeFirstOrThrow();
  return place.conversation;
}
