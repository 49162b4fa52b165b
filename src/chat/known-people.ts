import { compiledOnce } from '../db/compiled-once.ts';
import type { Database } from '../db/database.ts';
import type { KnownPersonRow } from '../db/schema.ts';
import type { Reader } from '../requests/request.ts';

/** A person who has written to Usher in a personal chat and can be written to there. */
export interface KnownPerson {
  /** Entra object id. */
  readonly personId: string;
  readonly conversation: string;
  readonly reader: Reader;
}

type Remembered = Pick<KnownPersonRow, 'person_id' | 'conversation' | 'locale' | 'time_zone' | 'seen_at'>;

const upsertPerson = compiledOnce((db, { person_id, conversation, locale, time_zone, seen_at }: Remembered) => {
  const columns = { conversation, locale, time_zone, seen_at };
  return db
    .insertInto('known_people')
    .values({ person_id, ...columns })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(columns));
});

/** Stores where a person can be written to; the latest conversation counts. */
export async function rememberPerson(
  { query }: Database,
  { personId, conversation, reader, seenAt }: KnownPerson & { readonly seenAt: number },
): Promise<void> {
  const columns = { conversation, locale: reader.locale, time_zone: reader.timeZone, seen_at: seenAt };
  await upsertPerson(query, { person_id: personId, ...columns });
}

/** Those of these people who can be written to. */
export async function findKnownPeople({ query }: Database, ids: readonly string[]): Promise<KnownPerson[]> {
  if (ids.length === 0) return [];
  const rows = await query
    .selectFrom('known_people')
    .selectAll()
    .where('person_id', 'in', ids)
    .orderBy('person_id')
    .execute();
  return rows.map((row) => ({
    personId: row.person_id,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
  }));
}

const personalStart = 'person|';

/** Identifies a personal chat, and tells it from channels. */
export const personalKey = (personId: string): string => personalStart + personId;

/** The person of a personal chat; null for a channel. */
export function personOf(key: string): string | null {
  return key.startsWith(personalStart) ? key.slice(personalStart.length) : null;
}
