import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { secret } from '../../src/config.ts';
import type { EventsConfig } from '../../src/config-shape.ts';
import type { Emitter } from '../../src/streams/ocsf.ts';
import type { SealedEntry } from '../../src/streams/sealed-entries.ts';

const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
/** For `NODE_EXTRA_CA_CERTS` of a process that is to trust the receiver. */
export const authorityFile: string = tls('authority.pem');

/** The key of a secret is what stands behind its prefix. */
export const secretOf = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`;
export const emitter: Emitter = { version: '1.2.3', tenantId: 'the tenant', source: 'urn:usher:the-bot' };

/** An event as a receiver got it. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A status, with headers; `nothing` never answers, and `reset` cuts the connection. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | 'nothing'
  | 'reset';

/** A receiver that checks the signature and answers as the test says. */
export interface EventReceiver {
  readonly url: string;
  /** Those that it answered with a 2xx. */
  readonly accepted: readonly Received[];
  readonly received: readonly Received[];
  readonly connections: number;
  answerBy(answer: (received: Received) => Answer): void;
  close(): Promise<void>;
}

/** Again once a receiver closes: other suites of this process have servers of the same authority that are not trusted. */
const trusted = getCACertificates('default');

export async function startEventReceiver(port = 0): Promise<EventReceiver> {
  setDefaultCACertificates([...trusted, readFileSync(authorityFile, 'utf8')]);
  const received: Received[] = [];
  const accepted: Received[] = [];
  let answer: (one: Received) => Answer = () => ({ status: 204 });
  let connections = 0;
  const server: Server = createServer({ key: readFileSync(tls('server.key')), cert: readFileSync(tls('server.pem')) });
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', (incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => void pieces.push(piece));
    incoming.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      const headers = incoming.headers as Record<string, string>;
      const one = { headers, body, event: JSON.parse(body) as Received['event'] };
      received.push(one);
      const said = answer(one);
      if (said === 'nothing') return;
      if (said === 'reset') return void incoming.socket.destroy();
      if (said.status < 300) accepted.push(one);
      for (const [name, value] of Object.entries(said.headers ?? {})) outgoing.setHeader(name, value);
      outgoing.statusCode = said.status;
      outgoing.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/hook?key=in-the-path`,
    accepted,
    received,
    get connections() {
      return connections;
    },
    answerBy: (by) => {
      answer = by;
    },
    close: () =>
      new Promise((resolve) => {
        setDefaultCACertificates(trusted);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function eventsConfig(
  url: string,
  more: { secrets?: readonly string[]; allowPrivate?: boolean } = {},
): EventsConfig {
  const { secrets = [secretOf('a')], allowPrivate = true } = more;
  return { url: secret(url), secrets: secrets.map(secret), allowPrivate };
}

/** The signature that Standard Webhooks asks for, computed anew. */
export function signatureOf({ headers, body }: Received, whsec: string): string {
  const key = Buffer.from(whsec.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

export function entry(more: Partial<SealedEntry> = {}): SealedEntry {
  const at = Date.UTC(2026, 0, 5, 9);
  return {
    id: 7,
    seq: 3,
    at,
    actorId: 'alex',
    kind: 'asked',
    requestId: 'R1',
    details: { app: 'salesforce' },
    ...more,
  };
}
