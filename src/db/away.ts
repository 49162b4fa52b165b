import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Tells database faults from all other errors. An error is marked where it leaves the driver, since further up a lost
 * connection to the database looks like one to Graph or Teams.
 *
 *     away       unreachable, disconnected, locked or full: it may well work in a minute
 *     refusing   it lasts until an administrator fixes it: rights, a read-only or damaged file, a wrong password
 */
export type DatabaseFault = 'away' | 'refusing';

const marked = new WeakMap<object, DatabaseFault>();

/** What is wrong with the database; null for an error of another kind, e.g. a mistake in a statement. */
export function databaseFaultOf(error: unknown): DatabaseFault | null {
  if (typeof error !== 'object' || error === null) return null;
  return marked.get(error) ?? ('cause' in error ? databaseFaultOf(error.cause) : null);
}

/** Whether the database, and not Usher, is what failed. */
export function isDatabaseFault(error: unknown): boolean {
  return databaseFaultOf(error) !== null;
}

/** Whether it failed because of a database that may well work again in a minute. */
export function isDatabaseAway(error: unknown): boolean {
  return databaseFaultOf(error) === 'away';
}

/** Marks the error as the database's fault, where it is one, and returns it. */
export function markAway(error: unknown, fault: DatabaseFault | null = 'away'): unknown {
  if (fault !== null && typeof error === 'object' && error !== null) marked.set(error, fault);
  return error;
}

/** Runs driver work; an error that is the database's fault is marked as such. */
export async function markingFaults<T>(
  faultOf: (error: unknown) => DatabaseFault | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw markAway(error, faultOf(error));
  }
}

/** Whether anything may have been committed while the work ran. */
const commits = new AsyncLocalStorage<{ stored: boolean }>();

/**
 * Runs `work`, which can ask whether any of its transactions may have been committed. One that broke during its commit
 * may have been.
 */
export function watchingCommits<T>(work: (hasStored: () => boolean) => Promise<T>): Promise<T> {
  const own = { stored: false };
  return commits.run(own, () => work(() => own.stored));
}

/** Notes that a transaction may have been committed. */
export function noteCommit(): void {
  const watched = commits.getStore();
  if (watched !== undefined) watched.stored = true;
}
