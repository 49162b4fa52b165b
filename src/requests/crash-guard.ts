import { randomBytes, randomUUID } from 'node:crypto';
import { isDatabaseFault } from '../db/database.ts';
import { longestLeaseMs } from '../db/leases.ts';
import { version } from '../graph/version.ts';
import type { Log } from '../log.ts';
import type { StoreParts } from './store.ts';

/**
 * Keeps work that kills or freezes its process from being taken up for ever, where the work has no row of its own to
 * count in (turns, tasks and access requests have one): drawing a card, sending a message of the outbox, looking at a
 * job.
 *
 * An attempt is written before it is begun, and taken out when it ends, well or not. What is left is of processes that
 * died in the middle. Several attempts may have been under way then, and only one of them was deadly, so what was cut
 * off once is tried alone before it is tried with the rest. What two processes died of is given up until Usher is
 * updated: the log has an error, and where a person waits, they are told, with a reference.
 */
export interface CrashGuard {
  /**
   * Does the work, unless processes died of it twice. Rejects as the work does.
   *
   * @param tell tells those who wait that it was given up; false where that is to be tried again.
   */
  run<T>(subject: Guarded, work: () => Promise<T>, tell?: Tell): Promise<Attempted<T>>;
  /** The same for work of one kind; `tell` is given what it was about as well. */
  of(kind: GuardedKind, tell?: (id: string, reference: string) => Promise<boolean>): Guard;
  /** Gives up what fails each time, as if processes had died of it. */
  giveUp(subject: Guarded, tell?: Tell): Promise<Extract<Attempted<never>, { kind: 'givenUp' }>>;
  /** Forgets what an earlier version of Usher died of: this one may not. */
  prune(): Promise<void>;
  /** What is under way has not killed the process. */
  stop(): Promise<void>;
}

export interface Guarded {
  readonly kind: GuardedKind;
  /** Stands in the log. */
  readonly id: string;
}

/**
 * What is drawn and then sent is two kinds, `card` and `edit`, `message` and `send`: that the first went well says
 * nothing of the second, and must not take out its count. `ending`: how a provisioning request ended, for the access request that it came of. `survey`: a
 * look at all jobs.
 */
export type GuardedKind = 'card' | 'edit' | 'post' | 'message' | 'send' | 'watch' | 'survey' | 'ending';

export type Guard = <T>(id: string, work: () => Promise<T>) => Promise<Attempted<T>>;

export type Tell = (reference: string) => Promise<boolean>;

export type Attempted<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Another process is at it, or died of it a moment ago. */
  | { readonly kind: 'busy' }
  /** `again`: those who wait could not be told yet. */
  | { readonly kind: 'givenUp'; readonly again: boolean };

export interface CrashGuardParts extends Pick<StoreParts, 'database' | 'clock'> {
  readonly log: Log;
  readonly observe?: (kind: GuardedKind) => void;
  readonly owner?: string;
  readonly leaseMs?: number;
  readonly version?: string;
}

const mostAttempts = 2;
/** The attempt to say that it was given up. */
const telling = mostAttempts + 1;
const told = telling + 1;
/** Longer than an edit or a message to Teams takes with all its repeats. */
const defaultLeaseMs = 60_000;
/** How long what was cut off has for itself before the next one is begun. */
const aloneMs = 5_000;

export function createCrashGuard(parts: CrashGuardParts): CrashGuard {
  const { database, clock, log, owner = randomUUID(), leaseMs = defaultLeaseMs } = parts;
  const { query, dialect } = database;
  const present = parts.version ?? version;
  const begun = new Set<string>();
  let alone: Promise<void> = Promise.resolve();

  const lease = () => ({ owner, until: clock.now() + leaseMs, version: present });

  async function insert(name: string): Promise<boolean> {
    const inserted = await query
      .insertInto('attempts')
      .values({ name, count: 1, ...lease() })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('name')
      .executeTakeFirst();
    return inserted !== undefined;
  }

  /** Counts an attempt after one that did not end; null while it is another process's. */
  async function countAnother(name: string): Promise<number | null> {
    const now = clock.now();
    const row = await query
      .updateTable('attempts')
      .set((attempt) => ({
        ...lease(),
        // This process lives, so its own attempts ended, and that could not be noted.
        count: attempt
          .case()
          .when('owner', '=', owner)
          .then(attempt.ref('count'))
          .else(attempt('count', '+', 1))
          .end(),
      }))
      .where('name', '=', name)
      .where((attempt) =>
        attempt.or([
          attempt('owner', '=', owner),
          attempt('until', '<=', now),
          attempt('until', '>', now + longestLeaseMs),
          ...(dialect.singleProcess ? [attempt('owner', '!=', owner)] : []),
        ]),
      )
      .returning('count')
      .executeTakeFirst();
    if (row !== undefined) return row.count;
    return (await insert(name)) ? 1 : null;
  }

  async function noteEnd(name: string): Promise<void> {
    try {
      await query.deleteFrom('attempts').where('name', '=', name).where('owner', '=', owner).execute();
    } catch (error) {
      if (!isDatabaseFault(error)) throw error;
      log.warn({ error, code: 'attempt_not_ended' }, 'that an attempt has ended will be noted with the next one');
    } finally {
      begun.delete(name);
    }
  }

  async function attempt<T>(name: string, work: () => Promise<T>): Promise<T> {
    begun.add(name);
    try {
      return await work();
    } finally {
      await noteEnd(name);
    }
  }

  /** Until `done` settles, or for a while. */
  async function notForLong(done: Promise<unknown>): Promise<void> {
    const enough = new AbortController();
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([settled, clock.sleep(aloneMs, enough.signal)]);
    enough.abort();
  }

  async function runAlone<T>(subject: Guarded, work: () => Promise<T>, tell?: Tell): Promise<Attempted<T>> {
    const name = nameOf(subject);
    const before = alone;
    const { promise: turn, resolve: pass } = Promise.withResolvers<void>();
    alone = turn;
    await before;
    try {
      const count = await countAnother(name);
      if (count === null) return { kind: 'busy' };
      if (count > mostAttempts) return await end(subject, count, tell);
      const working = attempt(name, work);
      await notForLong(working);
      pass();
      return { kind: 'done', value: await working };
    } finally {
      pass();
    }
  }

  async function end(
    subject: Guarded,
    count: number,
    tell: Tell | undefined,
  ): Promise<Extract<Attempted<never>, { kind: 'givenUp' }>> {
    if (count > telling) return { kind: 'givenUp', again: false };
    const reference = newReference();
    const { kind, id } = subject;
    log.error({ code: 'work_given_up', reference, kind, id, attempts: mostAttempts }, 'work was given up');
    let isTold = false;
    try {
      isTold = tell === undefined || (await tell(reference));
    } finally {
      // The next one tells again, as nothing died of that.
      await keep(nameOf(subject), isTold ? told : mostAttempts);
    }
    if (isTold) parts.observe?.(kind);
    return { kind: 'givenUp', again: !isTold };
  }

  async function keep(name: string, count: number): Promise<void> {
    await query.updateTable('attempts').set({ count, owner: '', until: 0 }).where('name', '=', name).execute();
  }

  async function run<T>(subject: Guarded, work: () => Promise<T>, tell?: Tell): Promise<Attempted<T>> {
    const name = nameOf(subject);
    if (!(await insert(name))) return runAlone(subject, work, tell);
    return { kind: 'done', value: await attempt(name, work) };
  }

  return {
    run,
    of: (kind, tell) => (id, work) =>
      run({ kind, id }, work, tell === undefined ? undefined : (reference) => tell(id, reference)),
    async giveUp(subject, tell) {
      const row = { count: telling, ...lease() };
      await query
        .insertInto('attempts')
        .values({ name: nameOf(subject), ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
      return end(subject, telling, tell);
    },
    async prune() {
      await query.deleteFrom('attempts').where('version', '!=', present).where('until', '<', clock.now()).execute();
    },
    async stop() {
      for (const name of [...begun]) await noteEnd(name);
    },
  };
}

/** What an apology names, to be found again in the log. */
export function newReference(): string {
  return randomBytes(4).toString('hex').toUpperCase();
}

const nameOf = ({ kind, id }: Guarded): string => `${kind} ${id}`;
