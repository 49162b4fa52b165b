import { randomBytes, randomUUID } from 'node:crypto';
import { compiledOnce } from '../db/compiled-once.ts';
import { isDatabaseFault } from '../db/database.ts';
import { longestLeaseMs } from '../db/leases.ts';
import type { AttemptRow } from '../db/schema.ts';
import { version } from '../graph/version.ts';
import type { Log } from '../log.ts';
import { withinMs } from '../time-limit.ts';
import type { StoreParts } from './store.ts';

/**
 * Prevents endless retries of work that kills or freezes its process, where the work has no row of its own to count in
 * (turns, tasks and access requests have one): drawing a card, sending a message of the outbox, reading a job.
 *
 * An attempt is stored before it begins, and removed when it ends, well or not. What is left belongs to processes that
 * died meanwhile. Several attempts may have been running then, and only one of them was deadly, so interrupted work is
 * first retried alone. Work during which two processes died is given up until Usher is updated: the log has an error,
 * and a waiting person gets a message with a reference.
 */
export interface CrashGuard {
  /**
   * Does the work, unless two processes have died during it. Rejects as the work does.
   *
   * @param tell tells the people waiting that it was given up; false where that is to be retried.
   */
  run<T>(subject: Guarded, work: () => Promise<T>, tell?: Tell): Promise<Attempted<T>>;
  /** The same for work of one kind; `tell` gets the subject as well. */
  of(kind: GuardedKind, tell?: (id: string, reference: string) => Promise<boolean>): Guard;
  /** Gives up work that fails each time, as if processes had died during it. */
  giveUp(subject: Guarded, tell?: Tell): Promise<GivenUp>;
  /** Forgets the crashes of an earlier version of Usher: this version may have fixed them. */
  prune(): Promise<void>;
  /** Notes that the running work has not killed the process. */
  stop(): Promise<void>;
}

export interface Guarded {
  readonly kind: GuardedKind;
  /** Appears in the log. */
  readonly id: string;
}

/**
 * `card` is the drawing and the edit of a card. In the outbox drawing and sending are separate, `message` and `send`: a
 * successful first part says nothing about the second, and must not reset its count. `ending`: how a provisioning request ended, for its access request.
 * `survey`: a read of all jobs.
 */
export type GuardedKind = 'card' | 'message' | 'send' | 'watch' | 'survey' | 'ending';

export type Guard = <T>(id: string, work: () => Promise<T>) => Promise<Attempted<T>>;

export type Tell = (reference: string) => Promise<boolean>;

export type Attempted<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** Another process is working on it, or died doing so a moment ago. */
  | { readonly kind: 'busy' }
  | GivenUp;

/** `again`: the people waiting could not be told yet. */
interface GivenUp {
  readonly kind: 'givenUp';
  readonly again: boolean;
}

export interface CrashGuardParts extends Pick<StoreParts, 'database' | 'clock'> {
  readonly log: Log;
  readonly observe?: (kind: GuardedKind) => void;
  readonly owner?: string;
  readonly leaseMs?: number;
  readonly version?: string;
}

const mostAttempts = 2;
/** The attempt to report that it was given up. */
const telling = mostAttempts + 1;
const told = telling + 1;
/** Longer than an edit or a message to Teams takes with all its retries. */
const defaultLeaseMs = 60_000;
/** How long an interrupted attempt runs alone before the next one is begun. */
const aloneMs = 5_000;

export function createCrashGuard(parts: CrashGuardParts): CrashGuard {
  const { database, clock, log, owner = randomUUID(), leaseMs = defaultLeaseMs } = parts;
  const { query, dialect } = database;
  const present = parts.version ?? version;
  const begun = new Set<string>();
  let alone: Promise<void> = Promise.resolve();

  const lease = () => ({ owner, until: clock.now() + leaseMs, version: present });

  async function insert(name: string): Promise<boolean> {
    return (await insertFirst(query, { name, count: 1, ...lease() })).length > 0;
  }

  /** Counts an attempt after one that did not end; null while it belongs to another process. */
  async function countAnother(name: string): Promise<number | null> {
    const now = clock.now();
    const row = await query
      .updateTable('attempts')
      .set((attempt) => ({
        ...lease(),
        // This process lives, so its own attempts ended, and only the note of it failed.
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
      await deleteOwn(query, { name, owner });
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
      await withinMs(working, aloneMs, clock).catch(() => undefined);
      pass();
      return { kind: 'done', value: await working };
    } finally {
      pass();
    }
  }

  async function end(subject: Guarded, count: number, tell: Tell | undefined): Promise<GivenUp> {
    if (count > telling) return { kind: 'givenUp', again: false };
    const reference = newReference();
    const { kind, id } = subject;
    log.error({ code: 'work_given_up', reference, kind, id, attempts: mostAttempts }, 'work was given up');
    let isTold = false;
    try {
      isTold = tell === undefined || (await tell(reference));
    } finally {
      // The next attempt tells the people again, as no process died of telling.
      const row = { count: isTold ? told : mostAttempts, owner: '', until: 0 };
      await query.updateTable('attempts').set(row).where('name', '=', nameOf(subject)).execute();
    }
    if (isTold) parts.observe?.(kind);
    return { kind: 'givenUp', again: !isTold };
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

const insertFirst = compiledOnce((db, { name, owner, count, until, version }: AttemptRow) =>
  db
    .insertInto('attempts')
    .values({ name, owner, count, until, version })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name'),
);

const deleteOwn = compiledOnce((db, { name, owner }: Pick<AttemptRow, 'name' | 'owner'>) =>
  db.deleteFrom('attempts').where('name', '=', name).where('owner', '=', owner),
);

/** The reference that an apology names, to be found in the log. */
export function newReference(): string {
  return randomBytes(4).toString('hex').toUpperCase();
}

const nameOf = ({ kind, id }: Guarded): string => `${kind} ${id}`;
