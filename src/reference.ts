import { randomBytes } from 'node:crypto';

/** What an apology names, to be found again in the log. */
export function newReference(): string {
  return randomBytes(4).toString('hex').toUpperCase();
}
