import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Telling a database that is away from all other faults. An error is marked where it comes out of the driver, since
 * elsewhere nobody could tell a database's lost connection from Graph's or Teams'.
 */
const marked = new WeakSet<object>();

/**
 * Whether it failed because the database could not be reached, broke the connection, or did not answer in time: what
 * may well work in a minute, and is nobody's mistake.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return marked.has(error) || ('cause' in error && isDatabaseAway(error.cause));
}

/** The same error, known to `isDatabaseAway` from now on. */
export function markAway(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) marked.add(error);
  return error;
}

/** Runs work of a driver; an error that means that the database is away is marked as such. */
export async function markingAway<T>(isAway: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isAway(error) ? markAway(error) : error;
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
