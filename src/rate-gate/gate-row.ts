import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import { compiledOnce } from '../db/compiled-once.ts';
import type { Database } from '../db/database.ts';
import type { GateRow, Schema } from '../db/schema.ts';
import { type Health, settleHealth, wellHealth } from './fault.ts';
import { earliestGrant, type GateLimits, type GateState, openGate, settleClock } from './gate.ts';

/**
 * The gate's state as one row, read and written inside the transaction that claims a task, so that a grant is never
 * given without a task, nor a task without a grant. Where several processes share the database the row is locked, which
 * puts their claims in single file; every transaction that touches the row locks it before anything else, so that no
 * two of them can wait for each other.
 */
export interface GateParts {
  readonly database: Database;
  readonly clock: Clock;
  /** What the limit applies to, and the limit. */
  readonly gate: { readonly scope: string; readonly limits: GateLimits };
}

export interface StoredGate {
  readonly state: GateState;
  /** Whether Graph can be reached; see `fault.ts`. */
  readonly health: Health;
  /** The virtual time of each lane; see `requests/queue.ts`. */
  readonly turns: readonly number[];
  /** The lanes of the latest grants, oldest first; see `lanes.ts`. */
  readonly lanes: readonly number[];
  /** The gate's clock, in milliseconds, read in the same transaction. */
  readonly now: number;
  /** This process's monotonic time when that clock was asked: `now` is not older than this. */
  readonly askedAt: number;
}

export const gateColumns = ['grants', 'blocked_until', 'blocked_from', 'turns', 'lanes', 'health'] as const;
type FoundRow = Pick<Selectable<GateRow>, (typeof gateColumns)[number]>;

const rowOf = (db: Kysely<Schema>, scope: string) =>
  db.selectFrom('gates').select(gateColumns).where('scope', '=', scope);
const findRow = compiledOnce((db, { scope }: GateParts['gate']) => rowOf(db, scope));
const lockRow = compiledOnce((db, { scope }: GateParts['gate']) => rowOf(db, scope).forUpdate());

/** Reads the row, locked where others could read it too. A scope never seen before starts open. */
export async function readGate(parts: GateParts, transaction: Transaction<Schema>): Promise<StoredGate> {
  const { database, clock, gate } = parts;
  const locked = database.dialect.lockRows ? lockRow : findRow;
  let [found] = await locked(transaction, gate);
  if (found === undefined) {
    await transaction
      .insertInto('gates')
      .values({ scope: gate.scope, grants: '[]', blocked_until: openGate.blockedUntil, turns: '[]' })
      .onConflict((conflict) => conflict.column('scope').doNothing())
      .execute();
    [found] = await locked(transaction, gate);
    if (found === undefined) throw new Error('the gate has no row');
  }
  const askedAt = clock.monotonic();
  // Only once the row is locked: a time read before the wait for it would be older than the last grant.
  const now = await database.dialect.gateNow(transaction);
  const { isSettled, ...stored } = gateAt(found, gate.limits, now);
  const { state, turns, lanes } = stored;
  if (!isSettled) await writeGate(transaction, gate.scope, { state, turns, lanes });
  return { ...stored, askedAt };
}

/** What the row says at this time of the gate's clock. `isSettled`: the row need not be written because of that clock. */
export function gateAt(
  row: FoundRow,
  limits: GateLimits,
  now: number,
): Omit<StoredGate, 'askedAt'> & { readonly isSettled: boolean } {
  const stored: GateState = {
    grants: numbers(row.grants),
    blockedUntil: row.blocked_until,
    ...(row.blocked_from === null ? {} : { blockedFrom: row.blocked_from }),
  };
  const state = settleClock(stored, limits, now);
  const health = settleHealth(healthOf(row.health), now);
  return { state, health, turns: numbers(row.turns), lanes: numbers(row.lanes), now, isSettled: state === stored };
}

/** The earliest time at which the next call may start: with a fault, the next probe. */
export function opensAt({ state, health, now }: StoredGate, limits: GateLimits): number {
  return Math.max(earliestGrant(state, limits, now), health.fault?.retryAt ?? now);
}

/** Without its health the row keeps what it has of that. */
export async function writeGate(
  transaction: Transaction<Schema>,
  scope: string,
  gate: Pick<StoredGate, 'state' | 'turns' | 'lanes'> & Partial<Pick<StoredGate, 'health'>>,
): Promise<void> {
  await transaction
    .updateTable('gates')
    .set({
      grants: JSON.stringify(gate.state.grants),
      blocked_until: gate.state.blockedUntil,
      blocked_from: gate.state.blockedFrom ?? null,
      turns: JSON.stringify(gate.turns),
      lanes: JSON.stringify(gate.lanes),
      ...(gate.health === undefined ? {} : { health: textOf(gate.health) }),
    })
    .where('scope', '=', scope)
    .execute();
}

/** Whether the row holds a fault. It rarely does, and without one a good answer need not lock the row. */
export async function isTroubled({ gate }: GateParts, transaction: Transaction<Schema>): Promise<boolean> {
  return (await findTroubled(transaction, gate)).length > 0;
}

const findTroubled = compiledOnce((db, { scope }: GateParts['gate']) =>
  db.selectFrom('gates').select('scope').where('scope', '=', scope).where('health', 'is not', null),
);

function healthOf(json: string | null): Health {
  return json === null ? wellHealth : (JSON.parse(json) as Health);
}

function textOf(health: Health): string | null {
  return health.fault === null && health.troubled.length === 0 ? null : JSON.stringify(health);
}

function numbers(json: string): number[] {
  const parsed: unknown = JSON.parse(json);
  return Array.isArray(parsed) ? parsed.filter((value) => typeof value === 'number') : [];
}
