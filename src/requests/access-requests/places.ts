import type { Database } from '../../db/database.ts';
import { writeRecord } from '../record.ts';
import type { Reader } from '../request.ts';
import type { StoreParts } from '../store.ts';

/** A channel or group chat that wants to see what there is to decide. */
export interface Place {
  /** Tells one conversation from another. */
  readonly key: string;
  readonly conversation: string;
  readonly reader: Reader;
  /** For the requests of all apps that have no approvers of their own. */
  readonly general: boolean;
  /** Service principal ids of apps with approvers of their own. */
  readonly apps: readonly string[];
  /** Entra object id. */
  readonly addedBy: string;
}

type PlaceParts = Pick<StoreParts, 'database' | 'clock'>;

/** Remembers the place; one that is known is for what it is added for now. */
export async function addPlace({ database, clock }: PlaceParts, place: Place): Promise<void> {
  const { key, conversation, reader, general, apps, addedBy } = place;
  const at = clock.now();
  const columns = {
    conversation,
    locale: reader.locale,
    time_zone: reader.timeZone,
    general: general ? 1 : 0,
    apps: JSON.stringify(apps),
    added_by: addedBy,
    added_at: at,
  };
  await database.transact(async (transaction) => {
    await transaction
      .insertInto('approval_places')
      .values({ key, ...columns })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
      .execute();
    const details = { place: key, general, apps };
    await writeRecord(transaction, { at, actorId: addedBy, kind: 'placeAdded', requestId: null, details });
  });
}

/** False when it was no place to begin with. */
export async function removePlace({ database, clock }: PlaceParts, key: string, actorId: string): Promise<boolean> {
  return database.transact(async (transaction) => {
    const removed = await transaction
      .deleteFrom('approval_places')
      .where('key', '=', key)
      .returning('key')
      .executeTakeFirst();
    if (removed === undefined) return false;
    const details = { place: key };
    await writeRecord(transaction, { at: clock.now(), actorId, kind: 'placeRemoved', requestId: null, details });
    return true;
  });
}

/** All of them, in the order in which they were added. */
export async function listPlaces({ query }: Database): Promise<Place[]> {
  const rows = await query.selectFrom('approval_places').selectAll().orderBy('added_at').orderBy('key').execute();
  return rows.map((row) => ({
    key: row.key,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    general: row.general === 1,
    apps: JSON.parse(row.apps) as string[],
    addedBy: row.added_by,
  }));
}

/** Somebody who has talked to Usher in a personal chat, and can be written to there. */
export interface KnownPerson {
  /** Entra object id. */
  readonly personId: string;
  readonly conversation: string;
  readonly reader: Reader;
}

/** Remembers where a person can be written to; the latest word counts. */
export async function rememberPerson(
  { query }: Database,
  { personId, conversation, reader, seenAt }: KnownPerson & { readonly seenAt: number },
): Promise<void> {
  const columns = { conversation, locale: reader.locale, time_zone: reader.timeZone, seen_at: seenAt };
  await query
    .insertInto('known_people')
    .values({ person_id: personId, ...columns })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(columns))
    .execute();
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
