import type { DatabaseConfig } from '../config.ts';
import { secret } from '../secret.ts';
import { type DatabaseFault, databaseFaultOf, markAway } from './away.ts';

/** What all worker threads share: how they are started, and how they report an error. */

/**
 * The module of a thread, named without extension, next to the module that starts it; a build changes the extension.
 */
export function threadFile(name: string, beside: string): URL {
  return new URL(`${name}${beside.endsWith('.ts') ? '.ts' : '.js'}`, beside);
}

export const threadOptions = {
  // As `npm start` sets it: V8 would take more, and be no faster. There is no limit on the total: where SQLite's driver
  // hits one, the whole process ends.
  resourceLimits: { maxYoungGenerationSizeMb: 24 },
  // The process's own arguments may include some that do not suit a thread.
  execArgv: [],
};

/** What a thread gets is copied, and a secret must not be. */
interface ThreadData {
  readonly config: DatabaseConfig;
  readonly url: string | null;
  readonly task: unknown;
}

export function threadData(config: DatabaseConfig, task: unknown): unknown {
  if (config.kind === 'sqlite') return { config, url: null, task };
  const { url, ...rest } = config;
  return { config: rest, url: url.reveal(), task };
}

/** In the thread: which database to open, and the task. */
export function readThreadData<Task>(data: unknown): { readonly config: DatabaseConfig; readonly task: Task } {
  const { config, url, task } = data as ThreadData;
  const whole = config.kind === 'sqlite' ? config : { ...config, url: secret(url ?? '') };
  return { config: whole, task: task as Task };
}

/** An error as sent out of a thread; `fault` keeps the mark that would be lost on the way. */
export interface ToldError {
  readonly message: string;
  readonly code: unknown;
  /** SQLite's result code. */
  readonly errcode: unknown;
  readonly fault: DatabaseFault | null;
}

export function tellError(error: unknown): ToldError {
  const { code = undefined, errcode = undefined }: { code?: unknown; errcode?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  const message = error instanceof Error ? error.message : String(error);
  return { message, code, errcode, fault: databaseFaultOf(error) };
}

export function toldError({ message, code, errcode, fault }: ToldError): unknown {
  return markAway(Object.assign(new Error(message), { code, errcode }), fault);
}
