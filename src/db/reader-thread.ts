import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Question } from './reader.ts';
import { createPatience, openSqlite, type SqliteFile } from './sqlite-file.ts';
import { tellError } from './thread.ts';

/**
 * The thread behind `reader.ts`: answers one query at a time, by a connection that cannot write. It imports neither
 * Kysely nor anything else that is slow to load, as the first query starts it.
 */
const { path } = workerData as { readonly path: string };
const patiently = createPatience();
let file: SqliteFile | null = null;

async function answer({ id, text, parameters }: Question): Promise<Answer> {
  try {
    const { rows } = await patiently(false, () => {
      file ??= openSqlite(path, 'reading');
      return file.run<unknown>(text, parameters);
    });
    return { id, kind: 'rows', rows };
  } catch (error) {
    return { id, kind: 'failed', error: tellError(error) };
  }
}

parentPort?.on('message', async (question: Question) => parentPort?.postMessage(await answer(question)));
