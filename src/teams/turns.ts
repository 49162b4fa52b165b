import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Incoming } from '../chat/incoming.ts';
import type { Clock } from '../clock.ts';
import { compiledOnce } from '../db/compiled-once.ts';
import { type Database, isDatabaseFault } from '../db/database.ts';
import { createSteadiness, isFreeLease } from '../db/leases.ts';
import type { TurnRow } from '../db/schema.ts';
import { keepLease } from '../lease.ts';
import type { Log } from '../log.ts';
import type { Query } from '../outbox/message-store.ts';

/**
 * Messages that have arrived and are not answered yet. Teams delivers an activity again after fifteen seconds without a
 * response, and a process may die between reading a message and storing its request. A turn is a row from its first
 * delivery on, so that the second one is recognized, and an interrupted turn is resumed.
 *
 * The process that answers an open turn leases it, and renews the lease while the turn is open. The lease of a dead
 * process expires, and another one resumes its turns; where one process owns the database, the leases found at its
 * start belong to a dead one, and it need not wait.
 *
 * A message may be what kills or freezes its process, so each attempt to answer a turn is counted before it begins. An
 * attempt whose process survives to release the turn is subtracted again; the count that remains is of attempts with an
 * unknown end.
 *
 * How many messages may show its answer is stored before each of them is sent, as its process may die before Teams has
 * answered: the process that resumes the turn does not send a third one. The card of a request has this in its own row,
 * see `outbox/message.ts`.
 *
 * What cannot be noted because the database is away is noted later: until then the lease stays, so that no process
 * answers a turn that has its answer.
 */
export interface Turns {
  /** False when this activity has arrived before. */
  open(incoming: Incoming, now: number): Promise<boolean>;
  /** False when this activity has arrived before. It is only stored, and never resumed. */
  meet(incomingId: string, now: number): Promise<boolean>;
  /**
   * A message that its sender has edited: opens a turn for its new text where the message is unread, and does not
   * otherwise. `incoming.edits` is the message, and a repeated delivery has the same `incoming.id`.
   */
  openEdited(incoming: Incoming, now: number): Promise<'opened' | 'repeated' | 'answered' | 'unknown'>;
  /** The line was not understood, and nothing was done: an edit of this message is read. */
  leaveUnread(incomingId: string): Promise<void>;
  /** Stores the card that a slow turn has already shown. */
  showed(incomingId: string, cardId: string): Promise<void>;
  /** Stores how many messages may show its answer once the next one is sent, or that one of them was not taken. */
  noteCopies(incomingId: string, copies: number): Promise<void>;
  /** The turn has its answer; the text of the message is deleted. */
  close(incomingId: string): Promise<void>;
  /** Takes over the turns that arrived since `since`, have no answer, and have no valid lease; oldest first. */
  takeUp(since: number): Promise<readonly OpenTurn[]>;
  /**
   * Counts an attempt to answer a resumed turn. Resolves with the number of attempts, this one included; null where
   * another process answers it.
   */
  begin(incomingId: string): Promise<number | null>;
  /** Releases an open turn, for the next process. */
  handBack(incomingId: string): Promise<void>;
  /** Deletes turns older than `before`, and closes older unanswered ones that no process works on: their senders have moved on. */
  prune(until: { readonly before: number; readonly unansweredBefore: number }): Promise<void>;
  /** Renews no more leases, and releases the open turns. */
  stop(): Promise<void>;
}

export interface OpenTurn {
  readonly incoming: Incoming;
  readonly cardId: string | null;
  /** How many messages may show its answer. */
  readonly copies: number;
}

export interface TurnsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner?: string;
  readonly leaseMs?: number;
}

/** Short enough that a dead process's turns are resumed within a minute. */
const defaultLeaseMs = 30_000;

type NewTurn = Pick<
  Selectable<TurnRow>,
  'id' | 'received_at' | 'incoming' | 'lease_owner' | 'lease_until' | 'attempts'
>;

/** No row where the activity was delivered before. */
const insertTurn = compiledOnce((db, { id, received_at, incoming, lease_owner, lease_until, attempts }: NewTurn) =>
  db
    .insertInto('turns')
    .values({ id, received_at, incoming, lease_owner, lease_until, attempts })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id'),
);

const closeTurn = compiledOnce((db, { id }: Pick<NewTurn, 'id'>) =>
  db.updateTable('turns').set({ incoming: null, lease_owner: null, lease_until: null }).where('id', '=', id),
);

export function createTurns(parts: TurnsParts): Turns {
  const { database, clock, log, owner = randomUUID(), leaseMs = defaultLeaseMs } = parts;
  /** The turns of this process: those it answers, and answered ones that could not be closed yet. */
  const held = new Set<string>();
  const toClose = new Set<string>();
  /** Those of `held` whose present attempt is counted in the row. */
  const begun = new Set<string>();
  /** Released, though that could not be stored: the next attempt replaces the one that the row has counted. */
  const uncounted = new Set<string>();
  const stopping = new AbortController();
  let keeping: Promise<void> | null = null;
  let isFirst = true;
  const isSteady = createSteadiness(clock, leaseMs);

  const lease = () => ({ lease_owner: owner, lease_until: clock.now() + leaseMs });

  async function insert(
    id: string,
    now: number,
    incoming: Incoming | null,
    query: Query = database.query,
  ): Promise<boolean> {
    const met = { id, received_at: now, incoming: null, lease_owner: null, lease_until: null, attempts: 0 };
    const row = incoming === null ? met : { ...met, incoming: JSON.stringify(incoming), ...lease(), attempts: 1 };
    return (await insertTurn(query, row)).length > 0;
  }

  function take(id: string): void {
    begun.add(id);
    hold(id);
  }

  function hold(id: string): void {
    held.add(id);
    if (stopping.signal.aborted) return;
    keeping ??= keepLease({ leaseMs, renew, clock, log, details: { of: 'turns' } }, stopping.signal).finally(() => {
      keeping = null;
      // A turn may have been opened after the last renewal found none.
      const [id] = held;
      if (id !== undefined) hold(id);
    });
  }

  /** False when none is left. */
  async function renew(until: number): Promise<boolean> {
    for (const id of toClose) await closeNow(id);
    if (held.size === 0) return false;
    await database.query
      .updateTable('turns')
      .set({ lease_owner: owner, lease_until: until })
      .where('lease_owner', '=', owner)
      .where('id', 'in', [...held])
      .execute();
    return held.size > 0;
  }

  async function closeNow(id: string): Promise<void> {
    await closeTurn(database.query, { id });
    toClose.delete(id);
    held.delete(id);
    begun.delete(id);
  }

  /** None of these is running any more: the attempts that were begun have ended without harm. */
  async function giveBack(ids: readonly string[]): Promise<void> {
    for (const isBegun of [true, false]) {
      const these = ids.filter((id) => begun.has(id) === isBegun);
      if (these.length === 0) continue;
      await database.query
        .updateTable('turns')
        .set((turn) => ({
          lease_owner: null,
          lease_until: null,
          ...(isBegun ? { attempts: turn('attempts', '-', 1) } : {}),
        }))
        .where('id', 'in', these)
        .where('lease_owner', '=', owner)
        .execute();
      for (const id of these) begun.delete(id);
    }
  }

  return {
    async open(incoming, now) {
      const isNew = await insert(incoming.id, now, incoming);
      if (isNew) take(incoming.id);
      return isNew;
    },
    meet: (incomingId, now) => insert(incomingId, now, null),
    async openEdited(incoming, now) {
      const opened = await database.transact(async (transaction) => {
        const message = transaction
          .selectFrom('turns')
          .select('id')
          .where('id', '=', incoming.edits ?? '');
        if ((await message.executeTakeFirst()) === undefined) return 'unknown';
        const taken = await transaction
          .updateTable('turns')
          .set({ unread: 0 })
          .where('id', '=', incoming.edits ?? '')
          .where('unread', '=', 1)
          .returning('id')
          .executeTakeFirst();
        const isNew = await insert(incoming.id, now, taken === undefined ? null : incoming, transaction);
        if (!isNew) return 'repeated';
        return taken === undefined ? 'answered' : 'opened';
      });
      if (opened === 'opened') take(incoming.id);
      return opened;
    },
    async leaveUnread(incomingId) {
      await database.query.updateTable('turns').set({ unread: 1 }).where('id', '=', incomingId).execute();
    },
    async showed(incomingId, cardId) {
      await database.query.updateTable('turns').set({ card_id: cardId }).where('id', '=', incomingId).execute();
    },
    async noteCopies(incomingId, copies) {
      await database.query.updateTable('turns').set({ copies }).where('id', '=', incomingId).execute();
    },
    async close(incomingId) {
      toClose.add(incomingId);
      try {
        await closeNow(incomingId);
      } catch (error) {
        if (!isDatabaseFault(error)) throw error;
        log.warn({ error, code: 'turn_not_closed' }, 'that a turn has its answer will be noted later');
      }
    },
    async takeUp(since) {
      const now = clock.now();
      const ownsAll = isFirst && database.dialect.singleProcess;
      isFirst = false;
      const steady = isSteady();
      // An update waits for a concurrent one of the same rows and then checks them again, so each turn is taken over
      // once.
      const rows = await database.query
        .updateTable('turns')
        .set(lease())
        .where('received_at', '>=', since)
        .where('incoming', 'is not', null)
        .where(isFreeLease({ now, isSteady: steady, soleOwner: ownsAll ? owner : null }))
        .$if(held.size > 0, (turns) => turns.where('id', 'not in', [...held]))
        .returning(['id', 'incoming', 'card_id', 'copies', 'received_at'])
        .execute();
      const taken = rows.toSorted((one, other) => one.received_at - other.received_at);
      for (const { id } of taken) hold(id);
      return taken.flatMap(({ incoming, card_id, copies }) =>
        incoming === null ? [] : [{ incoming: JSON.parse(incoming) as Incoming, cardId: card_id, copies }],
      );
    },
    async begin(incomingId) {
      if (stopping.signal.aborted) return null;
      const isCounted = uncounted.has(incomingId);
      const row = await database.query
        .updateTable('turns')
        .set((turn) => ({ attempts: isCounted ? turn.ref('attempts') : turn('attempts', '+', 1) }))
        .where('id', '=', incomingId)
        .where('lease_owner', '=', owner)
        .where('incoming', 'is not', null)
        .returning('attempts')
        .executeTakeFirst();
      uncounted.delete(incomingId);
      if (row === undefined) {
        held.delete(incomingId);
        return null;
      }
      begun.add(incomingId);
      return row.attempts;
    },
    async handBack(incomingId) {
      held.delete(incomingId);
      try {
        await giveBack([incomingId]);
      } catch (error) {
        if (begun.delete(incomingId)) uncounted.add(incomingId);
        throw error;
      }
    },
    async prune({ before, unansweredBefore }) {
      await database.query.deleteFrom('turns').where('received_at', '<', before).execute();
      await database.query
        .updateTable('turns')
        .set({ incoming: null, lease_owner: null, lease_until: null })
        .where('received_at', '<', unansweredBefore)
        .where('incoming', 'is not', null)
        .where((turn) => turn.or([turn('lease_until', 'is', null), turn('lease_until', '<', clock.now())]))
        .execute();
    },
    async stop() {
      stopping.abort();
      await keeping;
      for (const id of toClose) await closeNow(id);
      await giveBack([...held]);
    },
  };
}
