import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { types } from 'node:util';
import { systemClock } from '../clock.ts';
import { type DatabaseFault, markAway } from './away.ts';

/** The SQLite file itself, for the process's own connection and for the thread that only reads. */

/** How long a statement waits for a lock of another program, and how often it looks. */
const longestLockMs = 5_000;
const lookEveryMs = 25;

/**
 * By the machine's own time, as it is the machine that is waited for. What waits in line behind a statement that has
 * waited in vain is not made to wait as long once more: the file has been locked since the first of them met the lock,
 * until one of them writes.
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
        // Where nothing has looked for so long, it is another lock.
        if (lockedSince === null || now - lockedAt > longestLockMs) lockedSince = now;
        lockedAt = now;
        if (now - lockedSince >= longestLockMs) throw error;
      }
      await systemClock.sleep(lookEveryMs);
    }
  };
}

/** As Kysely takes it. */
export interface SqliteResult<R> {
  readonly insertId?: bigint;
  readonly numAffectedRows?: bigint;
  readonly rows: R[];
}

export function isReading(text: string): boolean {
  return /^\s*select\b/i.test(text);
}

export interface SqliteFile {
  run<R>(text: string, parameters: readonly unknown[]): SqliteResult<R>;
  isInTransaction(): boolean;
  close(): void;
}

/**
 * SQLite takes longer to compile a statement than to run it, and what is compiled is memory that V8 does not see and so
 * is slow to give back. Usher has some 150 statements; lists of ids make more of them, by their lengths.
 */
const mostPrepared = 256;
const ownerOnly = 0o600;

export function openSqlite(path: string, how: 'writing' | 'reading' = 'writing'): SqliteFile {
  const database = marking(() => {
    // It holds personal data. What SQLite puts beside it gets the same rights.
    if (how === 'writing' && path !== ':memory:') closeSync(openSync(path, 'a', ownerOnly));
    return new DatabaseSync(path, { readOnly: how === 'reading' });
  });
  // WAL lets a reader (a backup, say) look on; NORMAL keeps every commit over a crash of the process.
  marking(() =>
    database.exec(
      how === 'reading'
        ? 'PRAGMA busy_timeout = 0;'
        : `
      PRAGMA busy_timeout = ${longestLockMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0;`,
    ),
  );
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  /** Runs to its end each time, so one statement can serve all; SQLite itself compiles it anew for a new schema. */
  function prepare(text: string) {
    const statement = prepared.get(text) ?? database.prepare(text);
    // The one that was used last stands last, so the first is the one to give up.
    prepared.delete(text);
    prepared.set(text, statement);
    for (const oldest of prepared.keys()) {
      if (prepared.size <= mostPrepared) break;
      prepared.delete(oldest);
    }
    return statement;
  }
  return {
    run<R>(text: string, parameters: readonly unknown[]): SqliteResult<R> {
      return marking(() => {
        const statement = prepare(text);
        const values = parameters as readonly SQLInputValue[];
        if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
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

/** Busy, locked, no memory, input or output, full, the protocol of locks. https://sqlite.org/rescode.html */
const awayCodes: ReadonlySet<unknown> = new Set([5, 6, 7, 10, 13, 15]);
/** No permission, read-only, damaged, not to be opened, too large a file here, no authorization, not a database. */
const refusingCodes: ReadonlySet<unknown> = new Set([3, 8, 11, 14, 22, 23, 26]);
/** Of the file system, where the file is made. */
const refusingFiles: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EISDIR',
  'ENOTDIR',
  'ENOENT',
  'ELOOP',
]);

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
    const fault = faultOf(error);
    throw fault === null ? error : markAway(error, fault);
  }
}
