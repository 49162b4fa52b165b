import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * People's own storage: upload sessions as in OneDrive, over HTTP. A session takes its pieces in order and in the sizes
 * that OneDrive requires, ends with the last byte, and can be told to refuse some.
 * https://learn.microsoft.com/graph/api/driveitem-createuploadsession
 */
export interface Storage {
  readonly url: string;
  /** Every PUT that arrived, oldest first, refused ones included. */
  readonly puts: readonly StoragePut[];
  /** A new session for a file; its `uploadInfo` is what Teams gives the bot with a consent. */
  open(name: string): UploadInfo;
  /** A session's content; null until it is complete. */
  contentOf(uploadUrl: string): Buffer | null;
  /** The next PUT gets this answer; `afterAll` means that its bytes are stored anyway. */
  refuseNext(refusal: Refusal): void;
  /** Holds back the answers to PUTs until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export interface UploadInfo {
  readonly contentUrl: string;
  readonly name: string;
  readonly uploadUrl: string;
  readonly uniqueId: string;
  readonly fileType: string;
}

export interface StoragePut {
  readonly uploadUrl: string;
  /** The header `Content-Range`. */
  readonly range: string;
  readonly body: Buffer;
  readonly status: number;
}

export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterAll?: true;
}

interface Session {
  readonly pieces: Buffer[];
  size: number;
  isComplete: boolean;
}

const pieceUnit = 320 * 1024;
const rangePattern = /^bytes (\d+)-(\d+)\/(\d+)$/;

export async function startStorage(host = '127.0.0.1'): Promise<Storage> {
  const sessions = new Map<string, Session>();
  const puts: StoragePut[] = [];
  const refusals: Refusal[] = [];
  let held: Promise<void> = Promise.resolve();

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await held;
    const session = sessions.get(request.url ?? '');
    if (session === undefined || session.isComplete) return answer(response, 404, { error: { code: 'itemNotFound' } });
    if (request.method === 'GET') return answer(response, 200, missing(session));
    const body = Buffer.concat(chunks);
    const range = request.headers['content-range'] ?? '';
    const refusal = refusals.shift();
    const status = refusal === undefined || refusal.afterAll ? put(session, range, body) : refusal.status;
    puts.push({ uploadUrl: storage.url + request.url, range, body, status: refusal?.status ?? status });
    answer(response, refusal?.status ?? status, status === 202 ? missing(session) : {}, refusal?.headers);
  }

  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const storage: Storage = {
    url: `http://${host}:${port}`,
    puts,
    open(name) {
      const uniqueId = randomUUID();
      sessions.set(`/upload/${uniqueId}`, { pieces: [], size: 0, isComplete: false });
      return {
        contentUrl: `${storage.url}/files/${encodeURIComponent(name)}`,
        name,
        uploadUrl: `${storage.url}/upload/${uniqueId}`,
        uniqueId,
        fileType: /\.(\w+)$/.exec(name)?.[1] ?? '',
      };
    },
    contentOf(uploadUrl) {
      const session = sessions.get(uploadUrl.slice(storage.url.length));
      return session?.isComplete ? Buffer.concat(session.pieces) : null;
    },
    refuseNext: (refusal) => void refusals.push(refusal),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return storage;
}

/** The status that answers a piece. */
function put(session: Session, range: string, body: Buffer): number {
  const [, start = -1, end = -1, total = -1] = (rangePattern.exec(range) ?? []).map(Number);
  const isLast = end === total - 1;
  const isSound = start >= 0 && end < total && body.length === end - start + 1;
  if (!isSound || (!isLast && body.length % pieceUnit !== 0)) return 400;
  if (start !== session.size) return 416;
  session.pieces.push(body);
  session.size += body.length;
  session.isComplete = isLast;
  return isLast ? 201 : 202;
}

function missing({ size }: Session): unknown {
  return { expirationDateTime: '2030-01-01T00:00:00Z', nextExpectedRanges: [`${size}-`] };
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  // Not chained: restify, in the same process, makes every response's `writeHead` return nothing.
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
