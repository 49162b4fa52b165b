import type { Selectable, Transaction } from 'kysely';
import type { Database } from '../../db/database.ts';
import type { ApprovalPlaceRow, Schema } from '../../db/schema.ts';
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

/** For what somebody has a place, or part of it. */
export type Share = Pick<Place, 'general' | 'apps'>;

/** Remembers the place. One that is known stays for what others have added it for, too. */
export async function addPlace({ database, clock }: PlaceParts, place: Place): Promise<void> {
  const { key, conversation, reader, addedBy } = place;
  const at = clock.now();
  await database.transact(async (transaction) => {
    const earlier = await lockPlace(database, transaction, key);
    const share = earlier === null ? place : joined(earlier, place);
    const columns = {
      conversation,
      locale: reader.locale,
      time_zone: reader.timeZone,
      ...columnsOf(share),
      added_by: addedBy,
      added_at: at,
    };
    await transaction
      .insertInto('approval_places')
      .values({ key, ...columns })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
      .execute();
    const details = { place: key, general: place.general, apps: place.apps };
    await writeRecord(transaction, { at, actorId: addedBy, kind: 'placeAdded', requestId: null, details });
  });
}

export type Removal =
  /** Nothing goes there any more. */
  | 'removed'
  /** What others have added it for still goes there. */
  | 'shareRemoved'
  /** It is there for others alone; nothing was changed. */
  | 'notTheirs'
  /** It was no place to begin with. */
  | 'unknown';

/** Takes somebody's share out of a place; the place goes with the last one. */
export async function removeShare(
  { database, clock }: PlaceParts,
  key: string,
  share: Share,
  actorId: string,
): Promise<Removal> {
  return database.transact(async (transaction): Promise<Removal> => {
    const place = await lockPlace(database, transaction, key);
    if (place === null) return 'unknown';
    const general = place.general && share.general;
    const apps = place.apps.filter((app) => share.apps.includes(app));
    if (!general && apps.length === 0) return 'notTheirs';
    const left: Share = {
      general: place.general && !general,
      apps: place.apps.filter((app) => !apps.includes(app)),
    };
    const isEmpty = !left.general && left.apps.length === 0;
    if (isEmpty) await transaction.deleteFrom('approval_places').where('key', '=', key).execute();
    else await transaction.updateTable('approval_places').set(columnsOf(left)).where('key', '=', key).execute();
    const details = { place: key, general, apps };
    await writeRecord(transaction, { at: clock.now(), actorId, kind: 'placeRemoved', requestId: null, details });
    return isEmpty ? 'removed' : 'shareRemoved';
  });
}

/** Nothing can be sent there any more: a place, or somebody's personal chat. Recorded where it was a place. */
export async function forgetPlace(
  transaction: Transaction<Schema>,
  { key, why, at }: { readonly key: string; readonly why: string; readonly at: number },
): Promise<void> {
  const personId = personOf(key);
  if (personId !== null) {
    await transaction.deleteFrom('known_people').where('person_id', '=', personId).execute();
    return;
  }
  const removed = await transaction
    .deleteFrom('approval_places')
    .where('key', '=', key)
    .returning('key')
    .executeTakeFirst();
  if (removed === undefined) return;
  const details = { place: key, why };
  await writeRecord(transaction, { at, actorId: '', kind: 'placeRemoved', requestId: null, details });
}

const personalStart = 'person|';

/** Tells a personal chat from the places and from the other personal chats. */
export const personalKey = (personId: string): string => personalStart + personId;

function personOf(key: string): string | null {
  return key.startsWith(personalStart) ? key.slice(personalStart.length) : null;
}

export async function findPlace({ query }: Database, key: string): Promise<Place | null> {
  const row = await query.selectFrom('approval_places').selectAll().where('key', '=', key).executeTakeFirst();
  return row === undefined ? null : toPlace(row);
}

async function lockPlace({ dialect }: Database, transaction: Transaction<Schema>, key: string): Promise<Place | null> {
  const found = transaction.selectFrom('approval_places').selectAll().where('key', '=', key);
  const row = await (dialect.lockRows ? found.forUpdate() : found).executeTakeFirst();
  return row === undefined ? null : toPlace(row);
}

function joined(one: Share, other: Share): Share {
  return { general: one.general || other.general, apps: [...new Set([...one.apps, ...other.apps])] };
}

function columnsOf({ general, apps }: Share) {
  return { general: general ? 1 : 0, apps: JSON.stringify(apps) };
}

/** All of them, in the order in which they were added. */
export async function listPlaces({ query }: Database): Promise<Place[]> {
  const rows = await query.selectFrom('approval_places').selectAll().orderBy('added_at').orderBy('key').execute();
  return rows.map(toPlace);
}

function toPlace(row: Selectable<ApprovalPlaceRow>): Place {
  return {
    key: row.key,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    general: row.general === 1,
    apps: JSON.parse(row.apps) as string[],
    addedBy: row.added_by,
  };
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
