import type { DatabaseConfig } from '../config.ts';
import { secret } from '../secret.ts';
import { type DatabaseFault, databaseFaultOf, markAway } from './away.ts';

/** What a thread beside the process's own has in common with others: how it is started, and how it tells of an error. */

/** The module of a thread, named without its ending, beside the module that starts it: built, its ending is another. */
export function threadFile(name: string, beside: string): URL {
  return new URL(`${name}${beside.endsWith('.ts') ? '.ts' : '.js'}`, beside);
}

export const threadOptions = {
  // As `npm start` has it: V8 would take more, and be no quicker. There is no limit to all of it: where SQLite's driver
  // meets one, the whole process ends.
  resourceLimits: { maxYoungGenerationSizeMb: 24 },
  // The process's own may name what is not for a thread.
  execArgv: [],
};

/** What goes to a thread is copied, and a secret is not to be. */
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

/** In the thread: which database to open, and what for. */
export function readThreadData<Task>(data: unknown): { readonly config: DatabaseConfig; readonly task: Task } {
  const { config, url, task } = data as ThreadData;
  const whole = config.kind === 'sqlite' ? config : { ...config, url: secret(url ?? '') };
  return { config: whole, task: task as Task };
}

/** An error on its way out of a thread, where its mark as the database's fault would be lost. */
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
  const error = Object.assign(new Error(message), { code, errcode });
  return fault === null ? error : markAway(error, fault);
}
