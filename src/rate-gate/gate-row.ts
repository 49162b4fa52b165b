import type { Transaction } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { type GateLimits, type GateState, openGate, settleClock } from './gate.ts';

/**
 * The gate's state as one row, read and written inside the transaction of whoever claims a task, so that a grant is
 * never given without a task, nor a task without a grant. Where several processes share the database the row is
 * locked, which puts their claims in single file.
 */
export interface StoredGate {
  readonly state: GateState;
  /** The virtual time of each lane; see `requests/queue.ts`. */
  readonly turns: readonly number[];
  /** The gate's clock, in milliseconds, read in the same transaction. */
  readonly now: number;
}

/** Reads the row, locked where others could read it too. A scope never seen before starts open. */
export async function readGate(
  database: Database,
  transaction: Transaction<Schema>,
  scope: string,
  limits: GateLimits,
): Promise<StoredGate> {
  const fresh = { scope, grants: '[]', blocked_until: openGate.blockedUntil, turns: '[]' };
  await transaction
    .insertInto('gates')
    .values(fresh)
    .onConflict((conflict) => conflict.column('scope').doNothing())
    .execute();
  const row = transaction.selectFrom('gates').select(['grants', 'blocked_until', 'turns']).where('scope', '=', scope);
  const found = await (database.dialect.lockRows ? row.forUpdate() : row).executeTakeFirstOrThrow();
  const now = await database.dialect.gateNow(transaction);
  const state: GateState = { grants: numbers(found.grants), blockedUntil: found.blocked_until };
  return { state: settleClock(state, limits, now), turns: numbers(found.turns), now };
}

export async function writeGate(
  transaction: Transaction<Schema>,
  scope: string,
  gate: Pick<StoredGate, 'state' | 'turns'>,
): Promise<void> {
  await transaction
    .updateTable('gates')
    .set({
      grants: JSON.stringify(gate.state.grants),
      blocked_until: gate.state.blockedUntil,
      turns: JSON.stringify(gate.turns),
    })
    .where('scope', '=', scope)
    .execute();
}

function numbers(json: string): number[] {
  const parsed: unknown = JSON.parse(json);
  return Array.isArray(parsed) ? parsed.filter((value) => typeof value === 'number') : [];
}
