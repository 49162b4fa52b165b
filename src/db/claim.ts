import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { type Database, openDatabase } from './database.ts';
import { explaining, refusalError, takenRefusal } from './refusals.ts';
import { becomeSoleProcess } from './sole-process.ts';

/**
 * Opens the database to work on it, whereas `openDatabase` serves tools that only look at it. Where only one process
 * may do so, this one holds the database until it closes it or dies. That is settled before anything is opened, as a
 * second process would even migrate the tables from under the first.
 *
 * @throws as `openDatabase` does; and when another process works on it, with a message that names that process.
 */
export async function claimDatabase(config: DatabaseConfig, clock: Clock): Promise<Database> {
  if (config.kind !== 'sqlite') return openDatabase(config, clock, 'work');
  const claim = await explaining(config.kind, () => becomeSoleProcess(config.path, clock));
  if (claim.kind === 'taken') throw refusalError(takenRefusal(config.path, claim.by));
  try {
    const database = await openDatabase(config, clock, 'work');
    return { ...database, close: () => database.close().finally(claim.release) };
  } catch (error) {
    claim.release();
    throw error;
  }
}
