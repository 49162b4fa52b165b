// Written so that `jest.config.js` does not lead it back here.
import { type Log, createLog as original } from '../../../src/./log.ts';
import { lookThrough } from './findings.ts';

export type { Log } from '../../../src/./log.ts';

/**
 * The log as the tests have it (see `jest.config.js`): the same, but it also checks each line for what no log may hold,
 * at every level, whichever level the test has asked for.
 */
export function createLog(level: string, destination: { write(line: string): void } = process.stdout): Log {
  const least = level === 'silent' ? Number.POSITIVE_INFINITY : (levels.indexOf(level) + 1) * 10;
  return original('trace', {
    write(line) {
      lookThrough(line);
      if (levelOf(line) >= least) destination.write(line);
    },
  });
}

/** pino's, which count in tens. */
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 0);
}
