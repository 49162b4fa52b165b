import type { Clock } from '../clock.ts';

/**
 * Leases end by the wall clock that all processes share, and that clock may be set: a jump ahead would end the leases of
 * processes that live, and their work would be done twice; a jump back would keep the work of dead ones for as long as
 * the jump was.
 *
 * So a process that sees the clock jump takes over no lease for as long as one lasts. By then each living process has
 * renewed its own by the new time. And a lease that ends later than any process would have asked for is a dead one's,
 * from before the jump.
 */
export const longestLeaseMs = 5 * 60_000;

/** Tells at each look whether leases may be gone by: false for `leaseMs` after the clock has jumped. */
export function createSteadiness(clock: Clock, leaseMs: number): () => boolean {
  const offsetNow = () => clock.now() - clock.monotonic();
  let offset = offsetNow();
  let unsteadyUntil = Number.NEGATIVE_INFINITY;
  return () => {
    const present = offsetNow();
    // A lease is renewed when a third of it is over, so a smaller jump ends none that is alive.
    if (Math.abs(present - offset) >= leaseMs / 3) unsteadyUntil = clock.monotonic() + leaseMs;
    offset = present;
    return clock.monotonic() >= unsteadyUntil;
  };
}
