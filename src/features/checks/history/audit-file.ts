import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { markAway } from '../../../db/away.ts';
import type { Database } from '../../../db/database.ts';
import { type ToldError, threadFile, toldError } from '../../../db/thread.ts';
import { type ExportFilter, exportAuditLog } from './audit-lines.ts';
import { csvOf } from './texts.ts';

/**
 * The record as a CSV file whose size is known before it is read. Writing a million requests takes minutes, so a thread
 * with a connection of its own does it, and the main thread only passes on the text, on demand. It is written twice,
 * once to learn its size: a file on disk would be a second copy of the personal data in the database.
 */
export interface AuditFile {
  readonly sizeBytes: number;
  /** The same text each time. */
  read(): AsyncGenerator<string>;
}

export interface FileFilter extends ExportFilter {
  /** ISO 8601, UTC. Entries from then on are left out, so that the file, of an append-only record, stays the same. */
  readonly until: string;
  /** Of the columns, in the reader's language. */
  readonly headings?: readonly string[];
}

export interface ExportTask {
  readonly filter: FileFilter;
  readonly wanted: 'size' | 'text';
}

/** The thread's messages; after a piece of text it waits until it is told to go on. */
export type ExportNews =
  | { readonly kind: 'size'; readonly sizeBytes: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: ToldError };

/** How many threads write at a time, however many exports are requested. */
const mostAtOnce = 2;
let underWay = 0;
const inLine: (() => void)[] = [];

/** A record this short is read before a thread would have started. */
const mostLinesHere = 1_000;
/** How many lines are written before other work gets its turn. */
const linesAtOnce = 50;

export async function auditFile(database: Database, filter: FileFilter): Promise<AuditFile> {
  const short = await shortText(database, filter);
  if (short !== null)
    return {
      sizeBytes: Buffer.byteLength(short),
      async *read() {
        yield short;
      },
    };
  const read = () => readText(database, filter);
  for await (const news of writing(database, { filter, wanted: 'size' }))
    if (news.kind === 'size') return { sizeBytes: news.sizeBytes, read };
  let sizeBytes = 0;
  for await (const text of read()) sizeBytes += Buffer.byteLength(text);
  return { sizeBytes, read };
}

/** Null where the record is longer. */
async function shortText(database: Database, filter: FileFilter): Promise<string | null> {
  const pieces: string[] = [];
  for await (const piece of csvUntil(database, filter)) {
    pieces.push(piece);
    if (pieces.length > mostLinesHere) return null;
    if (pieces.length % linesAtOnce === 0) await setImmediate();
  }
  return pieces.join('');
}

async function* readText(database: Database, filter: FileFilter): AsyncGenerator<string> {
  let hasThread = false;
  for await (const news of writing(database, { filter, wanted: 'text' })) {
    hasThread = true;
    if (news.kind === 'text') yield news.text;
  }
  if (!hasThread) yield* csvUntil(database, filter);
}

/** The text itself, in small pieces. */
export function csvUntil(database: Pick<Database, 'query'>, filter: FileFilter): AsyncGenerator<string> {
  return csvOf(before(filter.until, exportAuditLog(database, filter)), filter.headings);
}

async function* before<Line extends { readonly at: string }>(until: string, lines: AsyncIterable<Line>) {
  for await (const line of lines) {
    if (line.at >= until) return;
    yield line;
  }
}

/** All the export thread's messages; none where only the main thread can read the database. */
async function* writing(database: Database, task: ExportTask): AsyncGenerator<ExportNews> {
  await takeSlot();
  try {
    const thread = database.startThread(threadFile('./export-thread', import.meta.url), task);
    if (thread === null) return;
    try {
      yield* newsOf(thread);
    } finally {
      await thread.terminate();
    }
  } finally {
    giveUpSlot();
  }
}

async function* newsOf(thread: Worker): AsyncGenerator<ExportNews> {
  const news: ExportNews[] = [];
  let lost: Error | null = null;
  let wake = () => {};
  const lose = (cause: unknown) => {
    lost ??= new Error('the thread that writes the export has ended', { cause });
    wake();
  };
  thread.on('message', (one: ExportNews) => {
    news.push(one);
    wake();
  });
  thread.on('error', lose);
  thread.on('exit', lose);
  for (;;) {
    const next = news.shift();
    if (next === undefined) {
      if (lost !== null) throw markAway(lost);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    if (next.kind === 'failed') throw toldError(next.error);
    if (next.kind === 'end') return;
    yield next;
    thread.postMessage('next');
  }
}

async function takeSlot(): Promise<void> {
  if (underWay === mostAtOnce) return new Promise((resolve) => void inLine.push(resolve));
  underWay += 1;
}

/** Hands the slot to the next in line, if there is one. */
function giveUpSlot(): void {
  const next = inLine.shift();
  if (next === undefined) underWay -= 1;
  else next();
}
