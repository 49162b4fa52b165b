import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExportFile } from '../../src/chat/reply.ts';
import { createLog } from '../../src/log.ts';
import { type Storage, startStorage } from '../../src/sandbox/teams/storage.ts';
import { pieceBytes, upload } from '../../src/teams/upload.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

let storage: Storage;
let other: Server | null = null;
let clock: TestClock;
let ending: AbortController;
let lines: string[];
beforeEach(async () => {
  storage = await startStorage();
  clock = createTestClock();
  ending = new AbortController();
  lines = [];
});
afterEach(async () => {
  other?.closeAllConnections();
  other?.close();
  other = null;
  await storage.close();
});

/** A file of so many bytes, made of lines of different lengths with characters of several bytes. */
function fileOf(texts: readonly string[], sizeBytes = Buffer.byteLength(texts.join(''))): ExportFile {
  return {
    fileName: 'history.csv',
    sizeBytes,
    async *read() {
      yield* texts;
    },
  };
}
const line = 'Zoë “Ж” 🙂,adele@contoso.com\n';
const linesOf = (bytes: number) => Array.from({ length: Math.ceil(bytes / Buffer.byteLength(line)) }, () => line);

const send = (file: ExportFile, address: string, isAllowed = (asked: string) => asked.startsWith('http://127.0.0.1')) =>
  upload(file, address, {
    isAllowed,
    clock,
    ending: ending.signal,
    log: createLog('info', { write: (written) => void lines.push(written) }),
  });
const codes = () => lines.map((written) => JSON.parse(written).code);

/** Sends it while time goes by. */
async function sendInTime(file: ExportFile, address: string) {
  const sending = send(file, address);
  let isOver = false;
  void sending.finally(() => {
    isOver = true;
  });
  await eventually(async () => {
    if (clock.pending() > 0) await clock.advance(1_000);
    return isOver;
  });
  return sending;
}

describe('a file', () => {
  it('goes in one piece where it is short', async () => {
    const { uploadUrl } = storage.open('history.csv');

    const uploaded = await send(fileOf(['when,who\n', line]), uploadUrl);

    expect(uploaded).toEqual({ kind: 'stored' });
    expect(storage.puts.map(({ range }) => range)).toEqual(['bytes 0-45/46']);
    expect(storage.contentOf(uploadUrl)?.toString()).toBe(`when,who\n${line}`);
  });

  it('goes in pieces of 10 × 320 KiB where it is long, and arrives as it was', async () => {
    const { uploadUrl } = storage.open('history.csv');
    const texts = linesOf(2 * pieceBytes + 1);
    const size = Buffer.byteLength(texts.join(''));

    const uploaded = await send(fileOf(texts), uploadUrl);

    expect(uploaded).toEqual({ kind: 'stored' });
    expect(storage.puts.map(({ range }) => range)).toEqual([
      `bytes 0-3276799/${size}`,
      `bytes 3276800-6553599/${size}`,
      `bytes 6553600-${size - 1}/${size}`,
    ]);
    expect(storage.contentOf(uploadUrl)?.equals(Buffer.from(texts.join('')))).toBe(true);
  });

  it('ends with a full piece where it has just that size', async () => {
    const { uploadUrl } = storage.open('history.csv');

    const uploaded = await send(fileOf(['x'.repeat(pieceBytes)]), uploadUrl);

    expect(uploaded).toEqual({ kind: 'stored' });
    expect(storage.puts.map(({ range }) => range)).toEqual(['bytes 0-3276799/3276800']);
  });

  it('is read no further than the piece that goes out: it is never all in memory', async () => {
    const { uploadUrl } = storage.open('history.csv');
    const text = 'x'.repeat(100_000);
    let mostAhead = 0;
    const file: ExportFile = {
      fileName: 'history.csv',
      sizeBytes: 100 * text.length,
      async *read() {
        for (let read = 0; read < 100; read += 1) {
          mostAhead = Math.max(mostAhead, read * text.length - storage.puts.length * pieceBytes);
          yield text;
        }
      },
    };

    const uploaded = await send(file, uploadUrl);

    expect(uploaded).toEqual({ kind: 'stored' });
    expect(mostAhead).toBeLessThanOrEqual(pieceBytes + text.length);
  });

  it.each([
    ['grew', fileOf([line, line], 40), 0],
    ['shrank', fileOf([line], 100), 1],
    ['is empty', fileOf([], 0), 0],
  ])('that %s meanwhile is not reported as stored', async (_name, file, puts) => {
    const { uploadUrl } = storage.open('history.csv');

    expect(await send(file, uploadUrl)).toEqual({ kind: 'failed' });
    expect(storage.contentOf(uploadUrl)).toBeNull();
    expect(storage.puts).toHaveLength(puts);
  });

  it('goes nowhere but into the tenant’s storage', async () => {
    const { uploadUrl } = storage.open('history.csv');

    const uploaded = await send(fileOf([line]), uploadUrl, () => false);

    expect(uploaded).toEqual({ kind: 'notTenantStorage' });
    expect(storage.puts).toEqual([]);
  });
});

describe('a storage that does not accept a piece', () => {
  it.each([500, 503, 429])('for now (%i) gets it again, and only that one', async (status) => {
    const { uploadUrl } = storage.open('history.csv');
    storage.refuseNext({ status });
    const texts = linesOf(pieceBytes + 1);
    const size = Buffer.byteLength(texts.join(''));

    const uploaded = await sendInTime(fileOf(texts), uploadUrl);

    expect(uploaded).toEqual({ kind: 'stored' });
    expect(storage.puts.map(({ range }) => range)).toEqual([
      `bytes 0-3276799/${size}`,
      `bytes 0-3276799/${size}`,
      `bytes 3276800-${size - 1}/${size}`,
    ]);
  });

  it('is given the time that it asks for', async () => {
    const { uploadUrl } = storage.open('history.csv');
    storage.refuseNext({ status: 429, headers: { 'retry-after': '30' } });

    const sending = send(fileOf([line]), uploadUrl);
    await eventually(() => clock.pending() === 1);
    await clock.advance(29_000);
    const early = storage.puts.length;
    await clock.advance(1_000);

    expect(await sending).toEqual({ kind: 'stored' });
    expect(early).toBe(1);
  });

  it('and asks for an hour is not waited for', async () => {
    const { uploadUrl } = storage.open('history.csv');
    storage.refuseNext({ status: 503, headers: { 'retry-after': '3600' } });

    expect(await send(fileOf([line]), uploadUrl)).toEqual({ kind: 'failed' });
    expect(storage.puts).toHaveLength(1);
  });

  it('is tried four times in all', async () => {
    const { uploadUrl } = storage.open('history.csv');
    for (let times = 0; times < 9; times += 1) storage.refuseNext({ status: 503 });

    expect(await sendInTime(fileOf([line]), uploadUrl)).toEqual({ kind: 'failed' });
    expect(storage.puts).toHaveLength(4);
  });

  it('as the last one, and waits for more, has not stored the file', async () => {
    const { uploadUrl } = storage.open('history.csv');
    storage.refuseNext({ status: 202 });

    expect(await send(fileOf([line]), uploadUrl)).toEqual({ kind: 'failed' });
  });

  it('for good is not asked again', async () => {
    const { uploadUrl } = storage.open('history.csv');
    storage.refuseNext({ status: 403 });

    expect(await send(fileOf([line]), uploadUrl)).toEqual({ kind: 'failed' });
    expect(storage.puts).toHaveLength(1);
  });

  it('and accepted it after all is sent the next one', async () => {
    const { uploadUrl } = storage.open('history.csv');
    storage.refuseNext({ status: 503, afterAll: true });
    const texts = linesOf(pieceBytes + 1);

    const uploaded = await sendInTime(fileOf(texts), uploadUrl);

    expect(uploaded).toEqual({ kind: 'stored' });
    expect(storage.puts.map(({ status }) => status)).toEqual([503, 416, 201]);
  });

  async function startOther(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    other = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-session`;
  }

  it('but redirects is not followed', async () => {
    const { uploadUrl } = storage.open('history.csv');
    const address = await startOther((request, response) => {
      request.resume();
      response.writeHead(307, { location: uploadUrl });
      response.end();
    });

    expect(await send(fileOf([line]), address)).toEqual({ kind: 'failed' });
    expect(storage.puts).toEqual([]);
  });

  it('and hangs up is tried again, and its address does not get into the log', async () => {
    let times = 0;
    const address = await startOther((request) => {
      times += 1;
      request.socket.destroy();
    });

    expect(await sendInTime(fileOf([line]), address)).toEqual({ kind: 'failed' });
    expect(times).toBe(4);
    expect(codes()).toContain('upload_unanswered');
    expect(lines.join('')).not.toMatch(/secret-session|127\.0\.0\.1/);
  });

  it('is left alone when Usher ends', async () => {
    const { uploadUrl } = storage.open('history.csv');
    const release = storage.hold();

    const sending = send(fileOf([line]), uploadUrl);
    ending.abort();

    expect(await sending).toEqual({ kind: 'failed' });
    release();
  });
});
