/**
 * How large a round is: `FAULTS=quick` for every change, anything else for the whole. The window is a tenth of Graph's,
 * and the guard, other than there, has to cover what a busy machine does to the processes on it.
 */
export const gate = { limit: 5, windowMs: 1_000, guardMs: 500 };

export interface Scale {
  /** People in lists, and how many of them are in each. */
  readonly listed: number;
  readonly listLength: number;
  /** Requests for one person. */
  readonly singles: number;
  readonly accessRequests: number;
  readonly people: number;
  readonly leaseMs: number;
  readonly killEveryMs: number;
  readonly cutEveryMs: number;
  readonly pauses: number;
  readonly databaseAwayMs: number;
  /** How often, and for how long, Teams' connector is away. */
  readonly connectorAway: { readonly times: number; readonly ms: number };
  /** So many calls, from the first one on, may meet a fault. */
  readonly troubledCalls: number;
  /** How many calls Graph never answers; each takes the minute that a call may take. */
  readonly silences: number;
  /** How long a late answer takes: longer than a lease. */
  readonly slowMs: number;
  /** The faults go on for so long, or until all is done. */
  readonly stormMs: number;
  /** After the faults, all has to come right within this. */
  readonly calmMs: number;
}

const full: Scale = {
  listed: 160,
  listLength: 20,
  singles: 36,
  accessRequests: 4,
  people: 200,
  leaseMs: 5_000,
  killEveryMs: 5_000,
  cutEveryMs: 3_000,
  pauses: 3,
  databaseAwayMs: 4_000,
  connectorAway: { times: 3, ms: 5_000 },
  troubledCalls: 400,
  silences: 2,
  slowMs: 8_000,
  stormMs: 90_000,
  calmMs: 180_000,
};

const quick: Scale = {
  ...full,
  listed: 24,
  listLength: 12,
  singles: 14,
  accessRequests: 2,
  people: 40,
  leaseMs: 3_000,
  killEveryMs: 3_500,
  cutEveryMs: 2_500,
  pauses: 1,
  databaseAwayMs: 1_500,
  connectorAway: { times: 1, ms: 2_000 },
  troubledCalls: 15,
  silences: 0,
  slowMs: 4_000,
  stormMs: 12_000,
  calmMs: 90_000,
};

export const scale: Scale = process.env.FAULTS === 'quick' ? quick : full;
