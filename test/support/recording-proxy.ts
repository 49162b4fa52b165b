import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a Graph and notes the owner of each call's token, which the sandbox does not check. */
export interface RecordingProxy {
  /** Replaces the Graph's own address; ends in `/v1.0`. */
  readonly url: string;
  /** Oldest first. */
  readonly calls: readonly ProxiedCall[];
  close(): Promise<void>;
}

export interface ProxiedCall {
  /** Below `/v1.0`, without its query. */
  readonly path: string;
  /** Empty where the call had none. */
  readonly authorization: string;
}

export interface RecordingOptions {
  /** Answers 401 to calls without a token, as Graph does. */
  readonly guard: boolean;
  /** Asked of each path below `/v1.0`: an error instead of the answer, or another path to pass the call to. */
  readonly instead?: (path: string) => { readonly status: number } | { readonly path: string } | null;
}

export async function startRecordingProxy(
  graphUrl: string,
  { guard, instead = () => null }: RecordingOptions,
): Promise<RecordingProxy> {
  const calls: ProxiedCall[] = [];
  const target = new URL(graphUrl);
  const server = createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '/').replace(/^\/v1\.0/, '').replace(/\?.*$/, '');
    const authorization = incoming.headers.authorization ?? '';
    calls.push({ path, authorization });
    if (guard && authorization === '') {
      outgoing.writeHead(401, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ error: { code: 'InvalidAuthenticationToken', message: 'No token.' } }));
      return;
    }
    const other = instead(path);
    if (other !== null && 'status' in other) {
      outgoing.writeHead(other.status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ error: { code: 'Scripted', message: 'Scripted.' } }));
      return;
    }
    const onward = request(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: other === null ? incoming.url : `/v1.0${other.path}`,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
