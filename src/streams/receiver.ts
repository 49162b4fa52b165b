import { isIP } from 'node:net';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import type { Clock } from '../clock.ts';
import type { EventsConfig } from '../config-shape.ts';
import { retryAfterMs } from '../graph/odata.ts';
import { version } from '../graph/version.ts';
import { isPublicAddress, lookUpPublic, notPublic } from '../public-address.ts';
import { type Emitter, schemaOf, toOcsf } from './ocsf.ts';
import type { SealedEntry } from './sealed-entries.ts';
import { reasonOf, type Sent, type Sink } from './sink.ts';

/**
 * A receiver on the network: one POST for each entry, a CloudEvent 1.0 in structured mode with the headers of Standard
 * Webhooks. Who reads either format finds what it asks for: `id` is also `webhook-id`, `time` is also `timestamp`. A
 * redirect counts as a failure, and the body of an answer is not read.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export interface Receiver extends Sink {
  /** Sends an event of the type `usher.test`, which is about no entry. */
  test(id: string): Promise<Sent>;
}

export interface ReceiverParts {
  readonly config: EventsConfig;
  readonly emitter: Emitter;
  readonly clock: Clock;
  /** How long it may take to answer. */
  readonly answerMs?: number;
}

const connectMs = 5_000;
/** What the specification gives a receiver. */
const defaultAnswerMs = 20_000;
const largestAnswerBytes = 65_536;
const gone = 410;

interface Event {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly subject?: string;
  readonly dataschema?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function createReceiver({ config, emitter, clock, answerMs = defaultAnswerMs }: ReceiverParts): Receiver {
  const { url, secrets, allowPrivate } = config;
  const { hostname } = new URL(url.reveal());
  const literal = hostname.replace(/^\[|\]$/g, '');
  // A connection to an address looks up nothing.
  const isForbidden = !allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal);
  const keys = secrets.map((secret) => new Webhook(secret.reveal()));
  const agent = new Agent({
    connections: 1,
    connect: { timeout: connectMs, ...(allowPrivate ? {} : { lookup: lookUpPublic }) },
    maxResponseSize: largestAnswerBytes,
  });

  async function post({ at, ...event }: Event, stopping?: AbortSignal): Promise<Sent> {
    const failed = (why: string, asked: number | null = null): Sent => ({
      kind: 'failed',
      arrived: 0,
      why,
      retryAfterMs: asked,
    });
    if (isForbidden) return failed(notPublic);
    const time = new Date(at).toISOString();
    const { headers, body } = HTTP.structured(
      new CloudEvent({ ...event, source: emitter.source, time, timestamp: time, datacontenttype: 'application/json' }),
    );
    const now = new Date(clock.now());
    const deadline = AbortSignal.timeout(answerMs);
    try {
      const answer = await request(url.reveal(), {
        method: 'POST',
        headers: {
          ...headers,
          'user-agent': `Usher/${version}`,
          'webhook-id': event.id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': keys.map((key) => key.sign(event.id, now, String(body))).join(' '),
        },
        body: String(body),
        dispatcher: agent,
        signal: stopping === undefined ? deadline : AbortSignal.any([deadline, stopping]),
      });
      const status = answer.statusCode;
      await answer.body.dump().catch(() => undefined);
      if (status >= 200 && status < 300) return { kind: 'arrived' };
      if (status === gone) return { kind: 'off' };
      const { 'retry-after': asked } = answer.headers;
      return failed(String(status), retryAfterMs(typeof asked === 'string' ? asked : null, clock));
    } catch (error) {
      return failed(reasonOf(error));
    }
  }

  return {
    atOnce: 1,
    async send(entries, stopping) {
      for (const entry of entries) {
        const sent = await post(eventOf(entry, emitter), stopping);
        if (sent.kind !== 'arrived') return sent;
      }
      return { kind: 'arrived' };
    },
    test: (id) =>
      post({
        id,
        type: 'usher.test',
        at: clock.now(),
        data: { message: 'A test by npm run doctor; it is about no entry.' },
      }),
    close: () => agent.destroy(),
  };
}

/** `id` is unique together with `source`, and the same each time that an entry is sent. */
function eventOf(entry: SealedEntry, emitter: Emitter): Event {
  const data = toOcsf(entry, emitter);
  return {
    id: String(entry.id),
    type: `usher.audit.${entry.kind}`,
    at: entry.at,
    ...(entry.requestId === null ? {} : { subject: entry.requestId }),
    dataschema: schemaOf(data),
    data,
  };
}
