import type { Selectable, Transaction } from 'kysely';
import { personOf } from '../../../chat/known-people.ts';
import type { Database } from '../../../db/database.ts';
import type { ApprovalChannelRow, Schema } from '../../../db/schema.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { Reader } from '../../../requests/request.ts';
import type { StoreParts } from '../../../requests/store.ts';

/** A channel or group chat that gets the requests waiting for a decision. */
export interface ApprovalChannel extends Share {
  /** Identifies the conversation. */
  readonly key: string;
  readonly conversation: string;
  readonly reader: Reader;
  /** Entra object id of the person who added it last. */
  readonly addedBy: string;
}

/** Which requests a channel gets, or one person has added it for. */
export interface Share {
  /** For the requests of all apps that have no approvers of their own. */
  readonly general: boolean;
  /** Service principal ids of apps with approvers of their own. */
  readonly apps: readonly string[];
}

/** What one person has added a channel for. It counts only while that person may decide on it. */
export interface ChannelGrant extends Share {
  /** Entra object id. */
  readonly by: string;
  readonly at: number;
}

/** A channel with the grants that make up its share. */
export interface StoredChannel extends ApprovalChannel {
  readonly grants: readonly ChannelGrant[];
}

type ChannelParts = Pick<StoreParts, 'database' | 'clock'>;

/** Stores the channel. One that is known already keeps what it was added for before. */
export async function addApprovalChannel({ database, clock }: ChannelParts, channel: ApprovalChannel): Promise<void> {
  const { key, conversation, reader, addedBy } = channel;
  const at = clock.now();
  await database.transact(async (transaction) => {
    const earlier = (await lockApprovalChannel(database, transaction, key))?.grants ?? [];
    const own = earlier.filter(({ by }) => by === addedBy);
    const grants = [...earlier.filter(({ by }) => by !== addedBy), { by: addedBy, at, ...joined([...own, channel]) }];
    const columns = {
      conversation,
      locale: reader.locale,
      time_zone: reader.timeZone,
      ...columnsOf(grants),
      added_by: addedBy,
      added_at: at,
    };
    await transaction
      .insertInto('approval_channels')
      .values({ key, ...columns })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(columns))
      .execute();
    const details = { place: key, general: channel.general, apps: channel.apps };
    await writeAudit(transaction, { at, actorId: addedBy, kind: 'placeAdded', requestId: null, details });
  });
}

export type Removal =
  /** It gets nothing any more. */
  | 'removed'
  /** It still gets other requests. */
  | 'shareRemoved'
  /** It gets only other requests; nothing was changed. */
  | 'notTheirs'
  /** It was not added. */
  | 'unknown';

/** Removes a share from all grants of a channel, and the channel itself with its last grant. */
export async function removeShare(
  { database, clock }: ChannelParts,
  key: string,
  share: Share,
  actorId: string,
): Promise<Removal> {
  return database.transact(async (transaction): Promise<Removal> => {
    const channel = await lockApprovalChannel(database, transaction, key);
    if (channel === null) return 'unknown';
    const taken = common(channel, share);
    if (isEmpty(taken)) return 'notTheirs';
    const isLast = await keepGrants(
      transaction,
      key,
      channel.grants.map((grant) => without(grant, share)),
    );
    const details = { place: key, ...taken };
    await writeAudit(transaction, { at: clock.now(), actorId, kind: 'placeRemoved', requestId: null, details });
    return isLast ? 'removed' : 'shareRemoved';
  });
}

/** Writes a channel's remaining grants. True where none is left and the channel is removed. */
export async function keepGrants(
  transaction: Transaction<Schema>,
  key: string,
  grants: readonly ChannelGrant[],
): Promise<boolean> {
  const left = grants.filter((grant) => !isEmpty(grant));
  if (left.length === 0) await transaction.deleteFrom('approval_channels').where('key', '=', key).execute();
  else await transaction.updateTable('approval_channels').set(columnsOf(left)).where('key', '=', key).execute();
  return left.length === 0;
}

/** Forgets a channel or personal chat to which nothing can be sent any more. Recorded for a channel. */
export async function forgetApprovalChannel(
  transaction: Transaction<Schema>,
  { key, why, at }: { readonly key: string; readonly why: string; readonly at: number },
): Promise<void> {
  const personId = personOf(key);
  if (personId !== null) {
    await transaction.deleteFrom('known_people').where('person_id', '=', personId).execute();
    return;
  }
  const removed = await transaction
    .deleteFrom('approval_channels')
    .where('key', '=', key)
    .returning('key')
    .executeTakeFirst();
  if (removed === undefined) return;
  const details = { place: key, why };
  await writeAudit(transaction, { at, actorId: '', kind: 'placeRemoved', requestId: null, details });
}

export async function findApprovalChannel({ query }: Database, key: string): Promise<StoredChannel | null> {
  const row = await query.selectFrom('approval_channels').selectAll().where('key', '=', key).executeTakeFirst();
  return row === undefined ? null : toChannel(row);
}

export async function lockApprovalChannel(
  { dialect }: Database,
  transaction: Transaction<Schema>,
  key: string,
): Promise<StoredChannel | null> {
  const found = transaction.selectFrom('approval_channels').selectAll().where('key', '=', key);
  const row = await (dialect.lockRows ? found.forUpdate() : found).executeTakeFirst();
  return row === undefined ? null : toChannel(row);
}

export function joined(shares: readonly Share[]): Share {
  return { general: shares.some(({ general }) => general), apps: [...new Set(shares.flatMap(({ apps }) => apps))] };
}

export function common(one: Share, other: Share): Share {
  return { general: one.general && other.general, apps: one.apps.filter((app) => other.apps.includes(app)) };
}

export function without<T extends Share>(one: T, { general, apps }: Share): T {
  return { ...one, general: one.general && !general, apps: one.apps.filter((app) => !apps.includes(app)) };
}

export const isEmpty = ({ general, apps }: Share): boolean => !general && apps.length === 0;

function columnsOf(grants: readonly ChannelGrant[]) {
  const { general, apps } = joined(grants);
  return { general: general ? 1 : 0, apps: JSON.stringify(apps), grants: JSON.stringify(grants) };
}

/** All channels, in the order in which they were added. */
export async function listApprovalChannels({ query }: Database): Promise<StoredChannel[]> {
  const rows = await query.selectFrom('approval_channels').selectAll().orderBy('added_at').orderBy('key').execute();
  return rows.map(toChannel);
}

function toChannel(row: Selectable<ApprovalChannelRow>): StoredChannel {
  const share = { general: row.general === 1, apps: JSON.parse(row.apps) as string[] };
  return {
    key: row.key,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    ...share,
    addedBy: row.added_by,
    grants:
      row.grants === null
        ? [{ by: row.added_by, at: row.added_at, ...share }]
        : (JSON.parse(row.grants) as ChannelGrant[]),
  };
}
