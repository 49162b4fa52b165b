import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** The conversation of a row whose own column may be empty by now. */
export async function conversationOf(
  query: Kysely<Schema>,
  { conversation, place_id: id }: { readonly conversation: string; readonly place_id: number | null },
): Promise<string> {
  if (conversation !== '' || id === null) return conversation;
  const place = await query.selectFrom('places').select('conversation').where('id', '=', id).executeTakeFirstOrThrow();
  return place.conversation;
}
