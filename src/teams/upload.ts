import type { ExportFile } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { retryAfterMs } from '../graph/odata.ts';
import type { Log } from '../log.ts';

/**
 * Uploads a file to a person's own storage, by the upload session that Teams has opened there: pieces in order, each
 * with its position in the whole. The address needs no token, so no credentials are sent, and a redirect is an error.
 * Only one piece at a time is in memory, however long the file.
 * https://learn.microsoft.com/graph/api/driveitem-createuploadsession
 */
export type Uploaded =
  | { readonly kind: 'stored' }
  /** The address is not the tenant's own storage, so nothing was sent. */
  | { readonly kind: 'notTenantStorage' }
  | { readonly kind: 'failed' };

export interface UploadParts {
  readonly isAllowed: (address: string) => boolean | Promise<boolean>;
  readonly clock: Clock;
  /** Aborts when Usher ends, which aborts the upload. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

/** Each piece but the last must be a multiple of 320 KiB. */
export const pieceBytes = 10 * 320 * 1024;
const pieceTimeoutMs = 60_000;
const againMs = [1_000, 2_000, 4_000];
/** No person waits longer than this for a file in a chat. */
const longestPauseMs = 120_000;

interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly size: number;
}

/** Stores the file. Rejects only where the file itself cannot be read. */
export async function upload(file: ExportFile, address: string, parts: UploadParts): Promise<Uploaded> {
  const { isAllowed, log } = parts;
  if (!(await isAllowed(address))) {
    log.warn({ code: 'upload_elsewhere' }, 'a file was not stored: the address is not the tenant’s storage');
    return { kind: 'notTenantStorage' };
  }
  const size = file.sizeBytes;
  let start = 0;
  for await (const bytes of piecesOf(file.read())) {
    const end = start + bytes.length;
    if (end > size) return changed(log);
    const status = await putPiece({ bytes, start, size }, address, parts);
    // The last piece is answered by the finished file; "accepted" would mean that bytes are still missing.
    const isTaken = end === size ? status === 200 || status === 201 : status === 202;
    if (!isTaken) {
      log.warn({ code: 'upload_failed', status, start }, 'a piece of a file was not taken');
      return { kind: 'failed' };
    }
    start = end;
  }
  return start > 0 && start === size ? { kind: 'stored' } : changed(log);
}

function changed(log: Log): Uploaded {
  log.error({ code: 'upload_size_changed' }, 'a file has not the size that it was said to have');
  return { kind: 'failed' };
}

/** The status of the last attempt; null where no answer came. */
async function putPiece(piece: Piece, address: string, parts: UploadParts): Promise<number | null> {
  const { clock, ending, log } = parts;
  for (const [repeats, pauseMs] of [...againMs, null].entries()) {
    const { status, askedMs } = await put(piece, address, parts);
    // An earlier attempt that seemed to fail has arrived after all.
    if (status === 416 && repeats > 0 && (await hasPiece(piece, address, parts))) return 202;
    const mayPass = status === null || status === 429 || status >= 500;
    const waitMs = Math.max(askedMs ?? 0, pauseMs ?? 0);
    if (!mayPass || pauseMs === null || waitMs > longestPauseMs || ending.aborted) return status;
    log.info({ code: 'upload_again', status, waitMs }, 'a piece of a file is sent again');
    await clock.sleep(waitMs, ending);
  }
  throw new Error('unreachable: the last try returns');
}

interface Put {
  readonly status: number | null;
  /** From `Retry-After`. */
  readonly askedMs: number | null;
}

async function put({ bytes, start, size }: Piece, address: string, parts: UploadParts): Promise<Put> {
  try {
    const response = await fetch(address, {
      method: 'PUT',
      body: bytes,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `bytes ${start}-${start + bytes.length - 1}/${size}`,
      },
      redirect: 'manual',
      signal: patience(parts.ending),
    });
    await response.body?.cancel();
    return { status: response.status, askedMs: retryAfterMs(response.headers.get('retry-after'), parts.clock) };
  } catch (error) {
    parts.log.warn({ error: withoutAddress(error), code: 'upload_unanswered' }, 'a piece of a file got no answer');
    return { status: null, askedMs: null };
  }
}

/** Whether the session already has this piece. */
async function hasPiece({ bytes, start }: Piece, address: string, { ending }: UploadParts): Promise<boolean> {
  try {
    const response = await fetch(address, { redirect: 'manual', signal: patience(ending) });
    const { nextExpectedRanges } = (await response.json()) as { nextExpectedRanges?: unknown };
    const [next] = Array.isArray(nextExpectedRanges) ? nextExpectedRanges : [];
    return response.ok && typeof next === 'string' && Number.parseInt(next, 10) === start + bytes.length;
  } catch {
    return false;
  }
}

/** The address gives access to the person's storage, so an error that names it must not reach the log. */
function withoutAddress(error: unknown): Error {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return Object.assign(new Error('the storage gave no answer'), { code: typeof code === 'string' ? code : undefined });
}

function patience(ending: AbortSignal): AbortSignal {
  return AbortSignal.any([ending, AbortSignal.timeout(pieceTimeoutMs)]);
}

/** All but the last have the same size. */
async function* piecesOf(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const text of texts) {
    let rest = Buffer.from(text, 'utf8');
    while (rest.length > 0) {
      const part = rest.subarray(0, pieceBytes - filled);
      piece.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < pieceBytes) continue;
      yield piece;
      // The previous piece may still be in transit.
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}
