import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { pauseListening } from '../../src/sandbox/pause-listening.ts';

const host = '127.0.0.1';
let server: Server;
let port: number;

beforeEach(async () => {
  server = createServer((socket) => socket.end()).listen(0, host);
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => void server.close());

/** `connect`, or the code of what went wrong. */
async function knock(): Promise<string> {
  const socket = connect({ host, port });
  const answer = await once(socket, 'connect').then(
    () => 'connect',
    ({ code }: NodeJS.ErrnoException) => code ?? '',
  );
  socket.destroy();
  return answer;
}

it('a server that pauses refuses connections from then on, and takes them at the same port afterwards', async () => {
  const pausing = pauseListening(server);
  const meanwhile = await knock();
  const end = await pausing;
  const later = await knock();
  await end();

  expect([meanwhile, later]).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  expect(await knock()).toBe('connect');
});

it('a server that pauses for good stays closed', async () => {
  const end = await pauseListening(server);

  await end(false);

  expect(await knock()).toBe('ECONNREFUSED');
  expect(server.listening).toBe(false);
});
