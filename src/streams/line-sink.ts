import { write } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { SealedEntry } from './sealed-entries.ts';
import { reasonOf, type Sent, type Sink } from './sink.ts';

/**
 * Lines of JSON in a file, or on standard output. What a line needs to be whole is done before the position moves: a
 * file is written through to its disk, and what a full disk or a killed process left of a line is taken away again. The
 * file is opened for each batch, so that it may be renamed at any time to rotate it.
 */
export type ToLine = (entry: SealedEntry) => string;

const linesAtOnce = 200;
/** A cut line begins within so many bytes before the end. */
const mostCutBytes = 1_048_576;
const newline = 10;
const brace = 123;
const ownerOnly = 0o600;

export function fileSink(path: string, toLine: ToLine): Sink {
  return {
    atOnce: linesAtOnce,
    async send(entries) {
      try {
        const file = await open(path, 'a+', ownerOnly);
        try {
          await append(file, entries.map((entry) => `${toLine(entry)}\n`).join(''));
        } finally {
          await file.close();
        }
        return { kind: 'arrived' };
      } catch (error) {
        return { kind: 'failed', arrived: 0, why: reasonOf(error), retryAfterMs: null };
      }
    },
    close: async () => undefined,
  };
}

async function append(file: FileHandle, text: string): Promise<void> {
  const stat = await file.stat();
  // A device has no end to mend.
  if (!stat.isFile()) return file.writeFile(text);
  const size = await withoutCutLine(file, stat.size);
  try {
    await file.writeFile(text);
    await file.datasync();
  } catch (error) {
    // Where this fails too, the next attempt does it.
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}

/** Takes away what an earlier process left of a line; returns the file's size then. */
async function withoutCutLine(file: FileHandle, size: number): Promise<number> {
  const length = Math.min(size, mostCutBytes);
  const { buffer: last } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  if (size === 0 || last[0] === newline) return size;
  const { buffer: tail } = await file.read(Buffer.alloc(length), 0, length, size - length);
  const begin = tail.lastIndexOf(newline) + 1;
  // Another program's file, which a wrong path names, is left as it is.
  if (tail[begin] !== brace)
    throw Object.assign(new Error('the file ends in no line of Usher'), { code: 'NOT_A_STREAM' });
  await file.truncate(size - length + begin);
  return size - length + begin;
}

const writeTo = promisify(write);

/** Each line is a write of its own, so that the lines of the log do not come in between. */
export function outputSink(descriptor: number, toLine: ToLine): Sink {
  let isCut = false;

  async function put(line: string): Promise<void> {
    let rest = Buffer.from(isCut ? `\n${line}\n` : `${line}\n`);
    while (rest.length > 0) {
      const { bytesWritten } = await writeTo(descriptor, rest);
      rest = rest.subarray(bytesWritten);
      isCut = rest.length > 0;
    }
  }

  return {
    atOnce: linesAtOnce,
    async send(entries, stopping): Promise<Sent> {
      let arrived = 0;
      try {
        for (const entry of entries) {
          if (stopping.aborted) return { kind: 'failed', arrived, why: 'stopping', retryAfterMs: null };
          await put(toLine(entry));
          arrived += 1;
        }
        return { kind: 'arrived' };
      } catch (error) {
        return { kind: 'failed', arrived, why: reasonOf(error), retryAfterMs: null };
      }
    },
    close: async () => undefined,
  };
}
