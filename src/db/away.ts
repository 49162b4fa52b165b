import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Telling a database's faults from all others. An error is marked where it comes out of the driver, since elsewhere
 * nothing tells a database's lost connection from Graph's or Teams'.
 *
 *     away       it cannot be reached, broke the connection, is locked or full: it may well work in a minute
 *     refusing   it stays so until an administrator mends it: rights, a read-only or damaged file, a wrong password
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

/** Whether it failed because of a database that may well work in a minute. */
export function isDatabaseAway(error: unknown): boolean {
  return databaseFaultOf(error) === 'away';
}

/** The same error, known as the database's fault from now on. */
export function markAway(error: unknown, fault: DatabaseFault = 'away'): unknown {
  if (typeof error === 'object' && error !== null) marked.set(error, fault);
  return error;
}

/** Runs work of a driver; an error that is the database's fault is marked as such. */
export async function markingFaults<T>(
  faultOf: (error: unknown) => DatabaseFault | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = faultOf(error);
    throw fault === null ? error : markAway(error, fault);
  }
}

/** What may have been stored while something was done. */
interface Deeds {
  stored: boolean;
}

const deeds = new AsyncLocalStorage<Deeds>();

/**
 * Runs `work`, which can ask whether any of its transactions may have been stored. One that broke in the middle of its
 * commit may have been.
 */
export function watchingDeeds<T>(work: (hasStored: () => boolean) => Promise<T>): Promise<T> {
  const own: Deeds = { stored: false };
  return deeds.run(own, () => work(() => own.stored));
}

/** Something may have been stored. */
export function noteDeed(): void {
  const watched = deeds.getStore();
  if (watched !== undefined) watched.stored = true;
}
