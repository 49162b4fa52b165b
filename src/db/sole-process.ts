import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { types } from 'node:util';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { marking, sqliteCodeOf } from './sqlite-file.ts';

/**
 * One process at a time on an SQLite file: two would each consider the other's tasks those of a dead process.
 *
 * The operating system holds the lock, on a file beside the database, for as long as the process lives: a killed
 * process holds nothing, even if another process has its number now. A note beside the lock says who holds it, for the
 * message of the refusal.
 *
 * A lock on a shared drive may not reach from one machine to another. So the holder's note also carries a count that
 * goes up while it lives, and a process that gets the lock and finds the note of another machine watches the count for
 * a while; no clocks are compared. Containers on one machine share its kernel, so there the lock alone decides.
 */
export type SoleProcess =
  | { readonly kind: 'held'; release(): void }
  | { readonly kind: 'taken'; readonly by: Holder | null };

/** `since` is an ISO time; `machine` identifies one boot of one kernel. */
const noteSchema = z.object({
  pid: z.number(),
  host: z.string(),
  since: z.string(),
  machine: z.string(),
  beat: z.number(),
});
type Note = z.infer<typeof noteSchema>;

/** The process that holds the file. */
export type Holder = Readonly<Pick<Note, 'pid' | 'host' | 'since'>>;

export interface SoleProcessOptions {
  readonly machine?: string;
  readonly beatMs?: number;
}

const defaultBeatMs = 4_000;
const ownerOnly = 0o600;

/** The locks of this process, by the real path of the file. A second Usher within it, as in tests, shares the lock. */
const held = new Map<string, { shares: number; readonly end: () => void }>();

/** @throws when the lock file can be neither created nor locked; `databaseFaultOf` recognizes the error. */
export async function becomeSoleProcess(
  path: string,
  clock: Clock,
  { machine = machineId(), beatMs = defaultBeatMs }: SoleProcessOptions = {},
): Promise<SoleProcess> {
  if (path === ':memory:') return { kind: 'held', release: () => undefined };
  const file = marking(() => realPath(path));
  const own = held.get(file) ?? null;
  if (own !== null) {
    own.shares += 1;
    return { kind: 'held', release: () => giveBack(file) };
  }
  const noteFile = `${file}.owner`;
  const unlock = marking(() => lock(`${file}.lock`));
  const found = readNote(noteFile);
  if (unlock === null) return { kind: 'taken', by: found };
  if (found !== null && found.machine !== machine) {
    await systemClock.sleep(3 * beatMs);
    if (readNote(noteFile)?.beat !== found.beat) {
      unlock();
      return { kind: 'taken', by: found };
    }
  }
  const note = { pid: process.pid, host: hostname(), since: new Date(clock.now()).toISOString(), machine };
  marking(() => writeNote(noteFile, { ...note, beat: 0 }));
  let beat = 0;
  // In real time, not by `clock`: other machines watch the count.
  const beating = setInterval(() => {
    beat += 1;
    try {
      writeNote(noteFile, { ...note, beat });
    } catch {
      // Every other write reports a full disk; the lock does not depend on the note.
    }
  }, beatMs).unref();
  held.set(file, {
    shares: 1,
    end() {
      clearInterval(beating);
      rmSync(noteFile, { force: true });
      unlock();
    },
  });
  return { kind: 'held', release: () => giveBack(file) };
}

function giveBack(file: string): void {
  const own = held.get(file);
  if (own === undefined) return;
  own.shares -= 1;
  if (own.shares > 0) return;
  held.delete(file);
  own.end();
}

/** Null where another process holds it. */
function lock(path: string): (() => void) | null {
  // Opened only to create it: closing a file releases every lock that this process has on it.
  try {
    closeSync(openSync(path, 'wx', ownerOnly));
  } catch (error) {
    if (!(types.isNativeError(error) && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
    return () => database.close();
  } catch (error) {
    database.close();
    if (sqliteCodeOf(error) === 5) return null;
    throw error;
  }
}

function realPath(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) closeSync(openSync(path, 'a', ownerOnly));
  return realpathSync(path);
}

/** In one step, so that a reader finds a whole note. */
function writeNote(path: string, note: Note): void {
  writeFileSync(`${path}.new`, JSON.stringify(note), { mode: ownerOnly });
  renameSync(`${path}.new`, path);
}

function readNote(path: string): Note | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Linux has an id for each boot of a kernel, which containers share; elsewhere the host name has to do. */
function machineId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}
