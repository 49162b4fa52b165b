import type { Clock } from './clock.ts';
import type { LoginOptions } from './graph/credential.ts';
import type { Log } from './log.ts';
import type { Grace } from './stopping.ts';
import type { AdapterOverrides } from './teams/adapter.ts';

/** A running Usher. */
export interface Usher {
  /** Of use where port 0 was asked for. */
  readonly port: number;
  /** Resolves when every message has its answer, no task waits or runs, and every card shows the latest. */
  settled(): Promise<void>;
  /** No new work; running calls end, cards are drawn, leases go back. Resolves within half a minute. */
  stop(): Promise<void>;
}

/** What a program or a test that starts Usher may bring along, beside the configuration. */
export interface UsherOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly adapter?: AdapterOverrides;
  /** How to reach the login, where it is not the cloud's. */
  readonly login?: LoginOptions;
  /** From where dropped files may be fetched, instead of the cloud's own storage of its tenants. */
  readonly isFileAllowed?: (address: string) => boolean | Promise<boolean>;
  /** How long what a process has in hand stays with it when it gives no sign of life; milliseconds. */
  readonly leaseMs?: number;
  /** How long a task waits for the app role assignment that Usher has just made, each time; milliseconds. */
  readonly assignmentDelaysMs?: readonly number[];
  /** How long from one look at the watched apps to the next; milliseconds. */
  readonly watchEveryMs?: number;
  /** How long a card keeps still between two edits; milliseconds. */
  readonly editEveryMs?: number;
  /** How long each step of `stop` waits; milliseconds. */
  readonly grace?: Grace;
}
