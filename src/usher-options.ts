import type { Clock } from './clock.ts';
import type { LoginOptions } from './graph/credential.ts';
import type { Log } from './log.ts';
import type { Grace } from './stopping.ts';
import type { AdapterOverrides } from './teams/adapter.ts';

/** A running Usher. */
export interface Usher {
  /** Useful when port 0 was requested. */
  readonly port: number;
  /** Resolves when every message has its answer, no task waits or runs, and every card is up to date. */
  settled(): Promise<void>;
  /** Takes no new work; running calls end, cards are drawn, leases are released. Resolves within half a minute. */
  stop(): Promise<void>;
}

/** Options of a program or a test that starts Usher, besides the configuration. */
export interface UsherOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly adapter?: AdapterOverrides;
  /** How to reach the login, where it is not the cloud's. */
  readonly login?: LoginOptions;
  /** The addresses from which dropped files may be fetched, instead of the tenant's own storage. */
  readonly isFileAllowed?: (address: string) => boolean | Promise<boolean>;
  /** How long a process keeps its work without a sign of life; milliseconds. */
  readonly leaseMs?: number;
  /** How long a task waits, each time, for the app role assignment that Usher has just made; milliseconds. */
  readonly assignmentDelaysMs?: readonly number[];
  /** The minimum time between two edits of a card; milliseconds. */
  readonly editEveryMs?: number;
  /** The pause before the one repetition of a message whose first end is unknown; milliseconds. */
  readonly repeatPauseMs?: number;
  /** How many refusals of one person the record names one by one within an hour. */
  readonly refusalsPerHour?: number;
  /** How long each step of `stop` may take; milliseconds. */
  readonly grace?: Grace;
}
