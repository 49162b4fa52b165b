import type { IncomingMessage } from 'node:http';

/** One call as the endpoints see it: decoded, read and with its body parsed. */
export interface SandboxRequest {
  readonly method: string;
  /** Decoded path segments below `/v1.0`, e.g. `['users', 'alex@contoso.com', 'manager']`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** True when the call carries `ConsistencyLevel: eventual`, which Graph requires for a search. */
  readonly eventual: boolean;
  /** Parsed JSON; undefined when the call had no body. */
  readonly body: unknown;
  /** The address by which the client reached this server, e.g. `http://127.0.0.1:3979/v1.0`: paging links use it. */
  readonly baseUrl: string;
  /** Items per page unless the call sets it. */
  readonly pageSize: number;
}

export interface SandboxResponse {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The largest body accepted. Graph's own limit differs by endpoint; no call that Usher makes comes near. */
export const maxBodyBytes = 1024 * 1024;

export type ReadBody =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'tooLarge' }
  /** The client disconnected in the middle of its own request. */
  | { readonly kind: 'gone' };

/** Reads a body to its end. The part beyond the limit is read too, since the client reads no answer while it sends. */
export async function readBody(incoming: IncomingMessage): Promise<ReadBody> {
  const { headers } = incoming;
  // Most requests have none, and reading the stream to its end is a sixth of their time.
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
    return { kind: 'read', text: '' };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size <= maxBodyBytes) chunks.push(bytes);
    }
  } catch {
    return { kind: 'gone' };
  }
  return size > maxBodyBytes ? { kind: 'tooLarge' } : { kind: 'read', text: Buffer.concat(chunks).toString('utf8') };
}

/** Decodes each segment on its own, so that an encoded slash stays within one. Null for malformed encoding. */
export function decodedSegments(path: string): readonly string[] | null {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}
