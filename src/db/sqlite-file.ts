import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { types } from 'node:util';
import type { QueryResult } from 'kysely';
import { systemClock } from '../clock.ts';
import { type DatabaseFault, markAway } from './away.ts';

/** The SQLite file itself, for the process's own connection and for the thread that only reads. */

/** How long a statement waits for another program's lock, and how often it retries. */
const longestLockMs = 5_000;
const lookEveryMs = 25;

/**
 * In real time, since another program holds the lock. A statement queued behind one that has waited in vain does not
 * wait as long once more: the file counts as locked since the first of them met the lock, until one of them writes.
 */
export function createPatience(): <T>(isWriting: boolean, work: () => T) => Promise<T> {
  let lockedSince: number | null = null;
  let lockedAt = Number.NEGATIVE_INFINITY;
  return async (isWriting, work) => {
    for (;;) {
      try {
        const done = work();
        if (isWriting) lockedSince = null;
        return done;
      } catch (error) {
        if (!isLocked(error)) throw error;
        const now = systemClock.monotonic();
        // After so long without a retry, it is another lock.
        if (lockedSince === null || now - lockedAt > longestLockMs) lockedSince = now;
        lockedAt = now;
        if (now - lockedSince >= longestLockMs) throw error;
      }
      await systemClock.sleep(lookEveryMs);
    }
  };
}

export function isReading(text: string): boolean {
  return /^\s*select\b/i.test(text);
}

export interface SqliteFile {
  run<R>(text: string, parameters: readonly unknown[]): QueryResult<R>;
  isInTransaction(): boolean;
  close(): void;
}

/**
 * SQLite takes longer to compile a statement than to run it, and a compiled one is memory that V8 does not see and so
 * is slow to free. Usher has some 150 statements; id lists of different lengths make more of them.
 */
const mostPrepared = 256;
const ownerOnly = 0o600;

export function openSqlite(path: string, how: 'writing' | 'reading' = 'writing'): SqliteFile {
  const database = marking(() => {
    // It holds personal data. SQLite gives the files beside it the same permissions.
    if (how === 'writing' && path !== ':memory:') closeSync(openSync(path, 'a', ownerOnly));
    return new DatabaseSync(path, { readOnly: how === 'reading' });
  });
  // WAL lets a reader (a backup, for example) read meanwhile; NORMAL keeps every commit over a crash of the process.
  marking(() =>
    database.exec(
      how === 'reading'
        ? 'PRAGMA busy_timeout = 0;'
        : `
      PRAGMA busy_timeout = ${longestLockMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0;`,
    ),
  );
  const prepared = new Map<string, ReturnType<typeof compile>>();
  function compile(text: string) {
    const statement = database.prepare(text);
    return { statement, hasRows: statement.columns().length > 0 };
  }
  /** A statement runs to its end each time, so it can be reused; SQLite itself recompiles it for a new schema. */
  function prepare(text: string) {
    const statement = prepared.get(text) ?? compile(text);
    // The last used is last in the map, so the first is evicted.
    prepared.delete(text);
    prepared.set(text, statement);
    for (const oldest of prepared.keys()) {
      if (prepared.size <= mostPrepared) break;
      prepared.delete(oldest);
    }
    return statement;
  }
  return {
    run<R>(text: string, parameters: readonly unknown[]): QueryResult<R> {
      return marking(() => {
        const { statement, hasRows } = prepare(text);
        const values = parameters as readonly SQLInputValue[];
        if (hasRows) return { rows: statement.all(...values) as R[] };
        const { changes, lastInsertRowid } = statement.run(...values);
        return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] };
      });
    },
    isInTransaction: () => database.isTransaction,
    close() {
      prepared.clear();
      database.close();
    },
  };
}

/** Busy, locked, out of memory, I/O error, disk full, locking protocol. https://sqlite.org/rescode.html */
const awayCodes: ReadonlySet<unknown> = new Set([5, 6, 7, 10, 13, 15]);
/** No permission, read-only, damaged, cannot open, file too large, no authorization, not a database. */
const refusingCodes: ReadonlySet<unknown> = new Set([3, 8, 11, 14, 22, 23, 26]);
/** File system errors while the file is created. */
const refusingFiles: ReadonlySet<unknown> = new Set('EACCES EPERM EROFS EISDIR ENOTDIR ENOENT ELOOP'.split(' '));

/** SQLite's primary result code; null for an error that is not SQLite's. */
export function sqliteCodeOf(error: unknown): number | null {
  return types.isNativeError(error) && 'errcode' in error ? Number(error.errcode) & 0xff : null;
}

function isLocked(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === 5 || code === 6;
}

function faultOf(error: unknown): DatabaseFault | null {
  const code = sqliteCodeOf(error);
  if (awayCodes.has(code)) return 'away';
  if (refusingCodes.has(code)) return 'refusing';
  const name = types.isNativeError(error) && 'code' in error ? error.code : null;
  if (name === 'ENOSPC' || name === 'EMFILE' || name === 'EIO') return 'away';
  return refusingFiles.has(name) ? 'refusing' : null;
}

export function marking<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw markAway(error, faultOf(error));
  }
}
