import { type Kysely, type Selectable, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { isFreeLease } from '../db/leases.ts';
import type { Schema } from '../db/schema.ts';
import type { StreamRow } from '../db/streams-schema.ts';
import { writeAudit } from '../requests/audit-log.ts';
import type { Lease } from '../requests/request.ts';

/**
 * How far each stream of the record has come. A position moves only after the entries up to it have arrived, and only
 * by the process that holds the row's lease: so each entry is sent at least once, in order, by one process at a time.
 */
interface RowParts {
  readonly database: Database;
  readonly clock: Clock;
}

export type StreamName = StreamRow['name'];

/** A stream that this process may send, by its lease. */
export interface ClaimedStream {
  readonly name: StreamName;
  readonly lease: Lease;
  readonly position: number;
  readonly failures: number;
  readonly failingSince: number | null;
}

/** What a stream has to do. */
export type StreamDue =
  | { readonly kind: 'claimed'; readonly claimed: ClaimedStream }
  /** Null: nothing has to be sent. */
  | { readonly kind: 'later'; readonly inMs: number | null };

/** Switches a stream on, and has what failed before tried at once: for the start of a process. */
export async function resumeStream(query: Kysely<Schema>, name: StreamName): Promise<void> {
  const afresh = { failures: 0, failing_since: null, due_at: null, off_at: null };
  await query
    .insertInto('streams')
    .values({ name })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(afresh))
    .execute();
}

/** Leases the stream where an entry waits that may be sent now. Mostly none does, and one statement tells. */
export async function claimStream(
  { database, clock }: RowParts,
  name: StreamName,
  lease: Lease,
  isSteady: boolean,
): Promise<StreamDue> {
  const { query, dialect } = database;
  const found = await query
    .selectFrom('streams')
    .select(['due_at', 'off_at'])
    .where('name', '=', name)
    .where((row) =>
      row.or([
        row.exists(row.selectFrom('seals').select('seq').whereRef('seq', '>', 'streams.position')),
        row.exists(row.selectFrom('entry_packs').select('last_seq').whereRef('last_seq', '>', 'streams.position')),
      ]),
    )
    .executeTakeFirst();
  if (found === undefined || found.off_at !== null) return { kind: 'later', inMs: null };
  const now = clock.now();
  if (found.due_at !== null && found.due_at > now) return { kind: 'later', inMs: found.due_at - now };
  const row = await query
    .updateTable('streams')
    .set({ lease_owner: lease.owner, lease_until: lease.until })
    .where('name', '=', name)
    .where('off_at', 'is', null)
    .where((row) => row.or([row('due_at', 'is', null), row('due_at', '<=', now)]))
    .where(isFreeLease({ now, isSteady, soleOwner: dialect.singleProcess ? lease.owner : null }))
    .returningAll()
    .executeTakeFirst();
  // Where another process sends, and dies of it, its lease is over by then.
  const inMs = Math.max(1, lease.until - now);
  return row === undefined ? { kind: 'later', inMs } : { kind: 'claimed', claimed: toClaimed(row, lease) };
}

function toClaimed({ name, position, failures, failing_since }: Selectable<StreamRow>, lease: Lease): ClaimedStream {
  return { name, lease, position, failures, failingSince: failing_since };
}

/** The row, while this process holds its lease. */
function ofLease(query: Kysely<Schema>, { name, lease }: Pick<ClaimedStream, 'name' | 'lease'>) {
  return query.updateTable('streams').where('name', '=', name).where('lease_owner', '=', lease.owner);
}

/** Everything up to this position has arrived. Null where the lease was lost. */
export async function noteArrived(
  { database }: RowParts,
  claimed: ClaimedStream,
  position: number,
): Promise<ClaimedStream | null> {
  const row = await ofLease(database.query, claimed)
    .set({ position, failures: 0, failing_since: null, due_at: null })
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : toClaimed(row, claimed.lease);
}

export interface FailedAttempt {
  readonly failingSince: number;
  readonly dueAt: number;
  /** Entries from before then are given up; null for none. */
  readonly giveUpBefore: number | null;
}

/** How many entries were given up, and the numbers of their seals. */
export interface GivenUp {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Notes that an attempt failed, and gives up what is too old: the position moves on, and the record says which entries
 * the receiver does not get. It is told by both streams in its turn.
 */
export function noteFailed(
  { database, clock }: RowParts,
  claimed: ClaimedStream,
  { failingSince, dueAt, giveUpBefore }: FailedAttempt,
): Promise<GivenUp | null> {
  return database.transact(async (transaction) => {
    const row = await ofLease(transaction, claimed)
      .set((row) => ({ failures: row('failures', '+', 1), failing_since: failingSince, due_at: dueAt }))
      .returning('position')
      .executeTakeFirst();
    if (row === undefined || giveUpBefore === null) return null;
    const { name } = claimed;
    const given = await tooOld(transaction, row.position, giveUpBefore);
    if (given === null) return null;
    await ofLease(transaction, claimed).set({ position: given.to }).execute();
    const details = { stream: name, ...given };
    await writeAudit(transaction, { at: clock.now(), actorId: '', kind: 'eventsGivenUp', requestId: null, details });
    return given;
  });
}

/** The entries that wait, up to the first that is young enough. */
async function tooOld(query: Kysely<Schema>, position: number, before: number): Promise<GivenUp | null> {
  const waiting = query
    .selectFrom('seals')
    .innerJoin('audit_log', 'audit_log.id', 'seals.entry_id')
    .where('seals.seq', '>', position);
  const young = await waiting
    .select('seals.seq')
    .where('audit_log.at', '>', before)
    .orderBy('seals.seq')
    .limit(1)
    .executeTakeFirst();
  const { count, from, to } = await waiting
    .select((select) => [
      select.fn.countAll<number>().as('count'),
      select.fn.min('seals.seq').as('from'),
      select.fn.max('seals.seq').as('to'),
    ])
    .$if(young !== undefined, (some) => some.where('seals.seq', '<', young?.seq ?? 0))
    .executeTakeFirstOrThrow();
  // What is packed is a month old, and waits for no receiver as long.
  const packed = await query
    .selectFrom('entry_packs')
    .select(({ fn }) => [fn.min('first_seq').as('first'), fn.max('last_seq').as('last')])
    .where('last_seq', '>', position)
    .executeTakeFirstOrThrow();
  if (packed.first !== null && packed.last !== null) {
    const first = Math.max(packed.first, position + 1);
    return { count: packed.last - first + 1 + Number(count), from: first, to: to ?? packed.last };
  }
  return count === 0 || from === null || to === null ? null : { count, from, to };
}

/** The receiver wants nothing any more. */
export async function switchOff({ database, clock }: RowParts, claimed: ClaimedStream): Promise<void> {
  await ofLease(database.query, claimed).set({ off_at: clock.now() }).execute();
}

/** Renews the lease until then; false where it is lost. */
export async function renewStream({ database }: RowParts, claimed: ClaimedStream, until: number): Promise<boolean> {
  const row = await ofLease(database.query, claimed).set({ lease_until: until }).returning('name').executeTakeFirst();
  return row !== undefined;
}

export async function releaseStream({ database }: RowParts, claimed: ClaimedStream): Promise<void> {
  await ofLease(database.query, claimed).set({ lease_owner: null, lease_until: null }).execute();
}

/** What `/metrics` shows of a stream. */
export interface StreamGauge {
  readonly name: StreamName;
  /** Entries that are sealed and not sent yet. */
  readonly waiting: number;
  readonly isOff: boolean;
}

/** Reads those of the streams that are set up. */
export async function readStreams(
  query: Kysely<Schema>,
  names: readonly StreamName[],
): Promise<readonly StreamGauge[]> {
  if (names.length === 0) return [];
  const rows = await query
    .selectFrom('streams')
    .select(['name', 'off_at'])
    .select((row) =>
      row.fn
        .coalesce(
          row.selectFrom('seals').select((seals) => seals.fn.max('seq').as('last')),
          row.selectFrom('entry_packs').select((packs) => packs.fn.max('last_seq').as('last')),
          sql<number>`0`,
        )
        .as('last'),
    )
    .select('position')
    .where('name', 'in', names)
    .orderBy('name')
    .execute();
  return rows.map(({ name, last, position, off_at }) => ({
    name,
    waiting: Math.max(0, last - position),
    isOff: off_at !== null,
  }));
}
