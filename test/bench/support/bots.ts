import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxEnvironment } from '../../../src/sandbox/environment.ts';
import { startPostgres } from '../../support/postgres/server.ts';
import { gateEnvironment, unlimited } from '../../support/usher.ts';
import { type Program, startProgram } from './program.ts';

/** Where an Usher keeps its data: its own file, or a PostgreSQL that was started for it alone. */
export interface Store {
  readonly databaseUrl: string;
  remove(): Promise<void>;
}

export type Engine = 'sqlite' | 'postgres';

export async function createStore(engine: Engine): Promise<Store> {
  switch (engine) {
    case 'sqlite': {
      const folder = await mkdtemp(join(tmpdir(), 'usher-bench-'));
      const remove = () => rm(folder, { recursive: true, force: true });
      return { databaseUrl: `file:${join(folder, 'usher.db')}`, remove };
    }
    case 'postgres': {
      // As much as PostgreSQL has by default; the tests give it less.
      const server = await startPostgres({ settings: ['shared_buffers=128MB'] });
      return { databaseUrl: server.url('postgres'), remove: () => server.stop() };
    }
    default: {
      const never: never = engine;
      throw new Error(`no store on ${String(never)}`);
    }
  }
}

export interface Gate {
  readonly limit: number;
  readonly windowMs: number;
  readonly guardMs: number;
}

/**
 * For the benches that do not measure the gate. The window is no shorter than seconds: the dispatcher puts back a call
 * that could not leave within half a window, and on a busy machine milliseconds pass in between.
 */
export const wideGate: Gate = { limit: 1_000, windowMs: 2_000, guardMs: 0 };

/** An Usher on this data, with Graph at this address. */
export function startUsherProgram(store: Store, graphUrl: string, gate: Gate): Promise<Program> {
  return startProgram({
    file: 'src/main.ts',
    readyPath: '/readyz',
    environment: {
      ...sandboxEnvironment(graphUrl),
      ...gateEnvironment(gate),
      COMMANDS_PER_MINUTE: unlimited,
      DATABASE_URL: store.databaseUrl,
      LOG_LEVEL: 'info',
    },
  });
}

export function startEchoBot(): Promise<Program> {
  return startProgram({ file: 'test/bench/echo-bot.ts', readyPath: '/readyz', environment: { HOST: '127.0.0.1' } });
}
