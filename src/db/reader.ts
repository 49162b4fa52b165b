import { Worker } from 'node:worker_threads';
import type { CompiledQuery, Driver, Dialect as KyselyDialect } from 'kysely';
import { markAway } from './away.ts';
import { connectionBy, sqliteBy } from './sqlite-client.ts';
import { type ToldError, threadFile, threadOptions, toldError } from './thread.ts';

/**
 * SQLite in a thread of its own, for reads that grow with the history: Node's driver is synchronous, and a read that
 * takes a second would delay every other message by that second. It sees what is committed, as any other reader of the
 * file does, and cannot write.
 *
 * The first query starts the thread. When it dies, or is ended because it does not answer, its pending queries fail;
 * the next query starts another.
 */
export function threadedSqlite(path: string, startThread = startReader): KyselyDialect {
  return sqliteBy(() => createThreadDriver(path, startThread));
}

type StartThread = (path: string) => Worker;

export function startReader(path: string): Worker {
  return new Worker(threadFile('./reader-thread', import.meta.url), { workerData: { path }, ...threadOptions });
}

export interface Question {
  readonly id: number;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly kind: 'rows'; readonly rows: unknown[] }
  | { readonly id: number; readonly kind: 'failed'; readonly error: ToldError };

/** All answers come within a fraction of a second; one that takes this long will never come. */
const longestAnswerMs = 30_000;

function createThreadDriver(path: string, startThread: StartThread): Driver {
  const waiting = new Map<number, PromiseWithResolvers<unknown[]>>();
  let asked = 0;
  let thread: Worker | null = null;

  function start(): Worker {
    const own = startThread(path);
    const lost = (why: unknown) => {
      if (thread !== own) return;
      thread = null;
      const error = new Error('the thread that reads the SQLite file has ended', { cause: why });
      for (const { reject } of waiting.values()) reject(markAway(error));
      waiting.clear();
    };
    own.on('message', (answer: Answer) => {
      const question = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) own.unref();
      if (answer.kind === 'rows') question?.resolve(answer.rows);
      else question?.reject(toldError(answer.error));
    });
    own.on('error', lost);
    own.on('exit', lost);
    return own;
  }

  function ask(text: string, parameters: readonly unknown[]): Promise<unknown[]> {
    thread ??= start();
    const own = thread;
    asked += 1;
    const id = asked;
    const answered = Promise.withResolvers<unknown[]>();
    waiting.set(id, answered);
    const impatience = setTimeout(() => void own.terminate(), longestAnswerMs).unref();
    // Keeps the process alive while a query is pending.
    own.ref();
    own.postMessage({ id, text, parameters } satisfies Question);
    return answered.promise.finally(() => clearTimeout(impatience));
  }

  const readsOnly = async () => {
    throw new Error('the reader of the SQLite file has no transactions');
  };
  const connection = connectionBy(async <R>({ sql, parameters }: CompiledQuery) => ({
    rows: (await ask(sql, parameters)) as R[],
  }));
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    beginTransaction: readsOnly,
    commitTransaction: readsOnly,
    rollbackTransaction: readsOnly,
    releaseConnection: async () => undefined,
    async destroy() {
      await thread?.terminate();
    },
  };
}
