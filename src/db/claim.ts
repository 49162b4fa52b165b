import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { type Database, openDatabase } from './database.ts';
import { explaining, refusalError, takenRefusal } from './refusals.ts';
import { becomeSoleProcess } from './sole-process.ts';

/**
 * Opens the database to work on it, as `openDatabase` does to look at it: where only one process may, this one is it
 * until it closes the database or dies. That is settled before anything is opened, as a second process would even migrate
 * the tables from under the first.
 *
 * @throws as `openDatabase` does; and when another process works on it, with words that name that one.
 */
export async function claimDatabase(config: DatabaseConfig, clock: Clock): Promise<Database> {
  if (config.kind !== 'sqlite') return openDatabase(config, clock);
  const claim = await explaining(config.kind, () => becomeSoleProcess(config.path, clock));
  if (claim.kind === 'taken') throw refusalError(takenRefusal(config.path, claim.by));
  try {
    const database = await openDatabase(config, clock);
    return { ...database, close: () => database.close().finally(claim.release) };
  } catch (error) {
    claim.release();
    throw error;
  }
}
