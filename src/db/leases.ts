import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Clock } from '../clock.ts';

/**
 * Leases end by the wall clock that all processes share, and that clock may be set: a jump ahead would end the leases
 * of living processes, and their work would be done twice; a jump back would prolong the leases of dead ones by as
 * much.
 *
 * So a process that sees the clock jump takes over no lease for the length of one. By then each living process has
 * renewed its own by the new time. And a lease that ends later than any process would have asked for belongs to a dead
 * process, from before the jump.
 */
export const longestLeaseMs = 5 * 60_000;

/**
 * Whether a process may take a row of which `lease_owner` and `lease_until` tell who works on it: no process does, or its
 * lease is over. `isSteady` is false where the clock has jumped and says nothing about leases. `soleOwner`: the one
 * process that uses the database, so that the owner of any other lease is gone; null where several may.
 */
export function isFreeLease({ now, isSteady, soleOwner }: LeaseSeen): RawBuilder<SqlBool> {
  const isOver = sql`lease_until < ${now} or lease_until > ${now + longestLeaseMs}`;
  const free = isSteady ? sql`(lease_until is null or ${isOver})` : sql`lease_until is null`;
  return soleOwner === null ? sql<SqlBool>`${free}` : sql<SqlBool>`(${free} or lease_owner <> ${soleOwner})`;
}

interface LeaseSeen {
  /** Milliseconds since 1970, by the clock that all processes share. */
  readonly now: number;
  readonly isSteady: boolean;
  readonly soleOwner: string | null;
}

/** Tells at each call whether expired leases can be trusted: false for `leaseMs` after the clock has jumped. */
export function createSteadiness(clock: Clock, leaseMs: number): () => boolean {
  const offsetNow = () => clock.now() - clock.monotonic();
  let offset = offsetNow();
  let unsteadyUntil = Number.NEGATIVE_INFINITY;
  return () => {
    const present = offsetNow();
    // A lease is renewed when a third of it is over, so a smaller jump ends no living process's lease.
    if (Math.abs(present - offset) >= leaseMs / 3) unsteadyUntil = clock.monotonic() + leaseMs;
    offset = present;
    return clock.monotonic() >= unsteadyUntil;
  };
}
