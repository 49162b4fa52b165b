import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../../src/log.ts';
import { isTenantStorage, readFile } from '../../src/teams/files.ts';

let storage: Server | null = null;
afterEach(() => {
  storage?.closeAllConnections();
  storage?.close();
  storage = null;
});

/** Serves a file in its way, and reads it. */
async function readFrom(listener: RequestListener) {
  const server = createServer(listener);
  storage = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return readFile({ name: 'people.csv', downloadUrl: `http://127.0.0.1:${port}/` }, () => true, createLog('silent'));
}

describe('the storage of a tenant', () => {
  it.each(['https://contoso-my.sharepoint.com/personal/x', 'https://contoso.sharepoint.com:443/a?b=c'])(
    'is at %s',
    (address) => {
      expect(isTenantStorage(address, 'sharepoint.com')).toBe(true);
    },
  );

  it.each([
    'http://contoso.sharepoint.com/',
    'https://sharepoint.com.evil.example/',
    'https://evilsharepoint.com/',
    'https://user@contoso.sharepoint.com/',
    'https://169.254.169.254/latest',
    'https://contoso.sharepoint.us/',
    'file:///etc/passwd',
    'nonsense',
    '',
  ])('is not at %j', (address) => {
    expect(isTenantStorage(address, 'sharepoint.com')).toBe(false);
  });
});

describe('a dropped file', () => {
  it('is read whole', async () => {
    const content = await readFrom((_request, response) => response.end('userPrincipalName\nadele@contoso.com\n'));

    expect(content.kind === 'bytes' && Buffer.from(content.bytes).toString()).toContain('adele@contoso.com');
  });

  it('is broken off after a megabyte', async () => {
    const content = await readFrom((_request, response) => response.end('x'.repeat(3_000_000)));

    expect(content).toEqual({ kind: 'tooLarge' });
  });

  it.each<[string, RequestListener]>([
    [
      'behind a redirect',
      (_request, response) => {
        response.writeHead(302, { location: 'http://127.0.0.1:1/' });
        response.end();
      },
    ],
    [
      'that is gone',
      (_request, response) => {
        response.writeHead(404);
        response.end();
      },
    ],
    ['whose storage hangs up', (request) => request.socket.destroy()],
  ])('%s is not read', async (_name, listener) => {
    expect(await readFrom(listener)).toEqual({ kind: 'notFetched' });
  });

  it('elsewhere is not even asked for', async () => {
    const elsewhere = { name: 'x.csv', downloadUrl: 'http://127.0.0.1:1/' };

    expect(await readFile(elsewhere, () => false, createLog('silent'))).toEqual({ kind: 'notFromTenant' });
  });
});
