import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { openToRead } from '../../../db/reading.ts';
import { readThreadData, tellError } from '../../../db/thread.ts';
import { csvUntil, type ExportNews, type ExportTask } from './audit-file.ts';

/** The thread behind `audit-file.ts`: writes the record, and waits after each piece until the next is requested. */
const pieceLength = 256 * 1024;
const { config, task } = readThreadData<ExportTask>(workerData);
const port = parentPort;

function say(news: ExportNews): void {
  port?.postMessage(news);
}

async function write(): Promise<void> {
  const database = openToRead(config);
  let sizeBytes = 0;
  let piece: string[] = [];
  let length = 0;
  const send = async () => {
    if (port === null || length === 0) return;
    const asked = once(port, 'message');
    say({ kind: 'text', text: piece.join('') });
    piece = [];
    length = 0;
    await asked;
  };
  for await (const text of csvUntil(database, task.filter)) {
    if (task.wanted === 'size') {
      sizeBytes += Buffer.byteLength(text);
      continue;
    }
    piece.push(text);
    length += text.length;
    if (length >= pieceLength) await send();
  }
  await send();
  say(task.wanted === 'size' ? { kind: 'size', sizeBytes } : { kind: 'end' });
}

write()
  .catch((error: unknown) => say({ kind: 'failed', error: tellError(error) }))
  .finally(() => port?.close());
