import { DatabaseSync } from 'node:sqlite';

/** While the next process recovers the file of a killed one, SQLite locks it for a moment. */
const lockedForMs = 5_000;

/** Reads a SQLite file whose Usher may be running, killed or starting at this moment. */
export function readStored<T>(path: string, read: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { readOnly: true, timeout: lockedForMs });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** How many rows such a file has, e.g. of `tasks where state = 'done'`. */
export function countStored(path: string, rows: string): number {
  return readStored(path, (database) => Number(database.prepare(`select count(*) as count from ${rows}`).get()?.count));
}
