import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toOcsf } from '../../src/streams/ocsf.ts';
import { createReceiver, type Receiver } from '../../src/streams/receiver.ts';
import { createTestClock } from '../support/clock.ts';
import {
  type EventReceiver,
  emitter,
  entry,
  eventsConfig,
  secretOf,
  signatureOf,
  startEventReceiver,
} from './support.ts';

const clock = createTestClock(Date.UTC(2026, 0, 6, 12, 0, 0, 900));
const going = new AbortController().signal;
let server: EventReceiver;
let receiver: Receiver;

beforeEach(async () => {
  server = await startEventReceiver();
  receiver = createReceiver({ config: eventsConfig(server.url), emitter, clock });
});
afterEach(async () => {
  await receiver.close();
  await server.close();
});

const failed = (why: unknown, retryAfterMs: number | null = null) => ({
  kind: 'failed',
  arrived: 0,
  why,
  retryAfterMs,
});

describe('an event', () => {
  it('is a CloudEvent with the entry as OCSF, and has what Standard Webhooks wants in its body', async () => {
    const asked = entry();

    const sent = await receiver.send([asked], going);

    const [one] = server.received;
    expect(sent).toEqual({ kind: 'arrived' });
    expect(one?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(one?.event).toEqual({
      specversion: '1.0',
      id: '7',
      source: 'urn:usher:the-bot',
      type: 'usher.audit.asked',
      subject: 'R1',
      time: '2026-01-05T09:00:00.000Z',
      timestamp: '2026-01-05T09:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'https://schema.ocsf.io/1.8.0/classes/entity_management',
      data: toOcsf(asked, emitter),
    });
  });

  it('carries its id, the time of the attempt, and a signature over both and the body', async () => {
    await receiver.send([entry()], going);

    const [one] = server.received;
    expect(one?.headers).toMatchObject({
      'webhook-id': '7',
      'webhook-timestamp': String(Date.UTC(2026, 0, 6, 12) / 1_000),
    });
    expect(one?.headers['webhook-signature']).toBe(one && signatureOf(one, secretOf('a')));
  });

  it('is signed with both secrets while they change', async () => {
    const secrets = [secretOf('n'), secretOf('o')];
    const both = createReceiver({ config: eventsConfig(server.url, { secrets }), emitter, clock });

    await both.send([entry()], going);
    await both.close();

    const [one] = server.received;
    expect(one?.headers['webhook-signature']).toBe(secrets.map((secret) => one && signatureOf(one, secret)).join(' '));
  });

  it('of the doctor says that it is a test', async () => {
    expect(await receiver.test('test-1')).toEqual({ kind: 'arrived' });
    expect(server.received[0]?.event).toMatchObject({ id: 'test-1', type: 'usher.test' });
  });
});

describe('an answer', () => {
  it.each([
    [{ status: 200 }, { kind: 'arrived' }],
    [{ status: 204 }, { kind: 'arrived' }],
    [{ status: 400 }, failed('400')],
    [{ status: 404 }, failed('404')],
    [{ status: 410 }, { kind: 'off' }],
    [{ status: 500 }, failed('500')],
    [{ status: 429, headers: { 'retry-after': '120' } }, failed('429', 120_000)],
    [{ status: 503, headers: { 'retry-after': 'Tue, 06 Jan 2026 12:01:00 GMT' } }, failed('503', 59_100)],
    [{ status: 503, headers: { 'retry-after': 'soon' } }, failed('503')],
    ['reset', failed(expect.stringMatching(/^UND_ERR_SOCKET|ECONNRESET$/))],
  ] as const)('%j is %j', async (answer, sent) => {
    server.answerBy(() => answer);

    expect(await receiver.send([entry()], going)).toEqual(sent);
  });

  it('that leads elsewhere is not followed', async () => {
    const elsewhere = await startEventReceiver();
    server.answerBy(() => ({ status: 302, headers: { location: elsewhere.url } }));

    const sent = await receiver.send([entry()], going);

    expect(sent).toEqual(failed('302'));
    expect(elsewhere.connections).toBe(0);
    await elsewhere.close();
  });

  it('that never comes is not waited for', async () => {
    server.answerBy(() => 'nothing');
    const impatient = createReceiver({ config: eventsConfig(server.url), emitter, clock, answerMs: 30 });

    expect(await impatient.send([entry()], going)).toEqual(failed('TimeoutError'));
    await impatient.close();
  });

  it('is not waited for by an Usher that stops', async () => {
    const stopping = new AbortController();
    server.answerBy(() => {
      stopping.abort();
      return 'nothing';
    });

    expect(await receiver.send([entry()], stopping.signal)).toMatchObject({ kind: 'failed' });
  });
});

describe('a receiver that is not where it should be', () => {
  it.each([
    ['by its name', (url: string) => url],
    ['by its address', (url: string) => url.replace('localhost', '127.0.0.1')],
    ['by its address of the other kind', (url: string) => url.replace('localhost', '[::1]')],
  ])('on this machine, %s, is not connected to', async (_how, urlOf) => {
    const config = eventsConfig(urlOf(server.url), { allowPrivate: false });
    const careful = createReceiver({ config, emitter, clock });

    const sent = await careful.send([entry()], going);

    expect(sent).toEqual(failed('EPRIVATE'));
    expect(server.connections).toBe(0);
    await careful.close();
  });

  it('behind a certificate that is not trusted, or without one, gets nothing', async () => {
    const plain: Server = createServer();
    await new Promise<void>((resolve) => plain.listen(0, 'localhost', resolve));
    const { port } = plain.address() as AddressInfo;
    const misled = createReceiver({ config: eventsConfig(`https://localhost:${port}`), emitter, clock });
    const other = createReceiver({
      config: eventsConfig(server.url.replace('localhost', '127.0.0.1')),
      emitter,
      clock,
    });

    expect(await misled.send([entry()], going)).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/^ERR_SSL/),
    });
    // The certificate is for the name.
    expect(await other.send([entry()], going)).toMatchObject({ kind: 'failed' });
    expect(server.received).toEqual([]);
    await Promise.all([misled.close(), other.close()]);
    await new Promise((resolve) => plain.close(resolve));
  });
});
