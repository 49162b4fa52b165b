import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../../src/log.ts';
import { createTenantStorage, isTenantStorage, readFile } from '../../src/teams/files.ts';

let storage: Server | null = null;
afterEach(() => {
  storage?.closeAllConnections();
  storage?.close();
  storage = null;
});

/** Serves a file in its own way, and reads it. */
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

describe('the storage of this tenant', () => {
  const storage = (
    hosts: readonly string[],
    initial: string | null,
    domain = 'sharepoint.com',
    lines: string[] = [],
  ) => {
    const asked = { count: 0 };
    const { isOwn } = createTenantStorage({
      hosts,
      domain,
      async readDomain() {
        asked.count += 1;
        return initial;
      },
      log: createLog('info', { write: (line) => void lines.push(line) }),
    });
    return { isOwn, asked };
  };
  const addresses = [
    'https://contoso.sharepoint.com/a',
    'https://contoso-my.sharepoint.com/personal/x',
    'https://fabrikam.sharepoint.com/a',
    'https://fabrikam-my.sharepoint.com/personal/x',
    'https://contoso-my-my.sharepoint.com/',
    'https://x.contoso.sharepoint.com/',
    'https://contosoo.sharepoint.com/',
    'http://contoso.sharepoint.com/a',
  ];

  it('is named after the domain that the tenant was made with, which Usher asks for once', async () => {
    const { isOwn, asked } = storage([], 'contoso.onmicrosoft.com');

    const answers: boolean[] = [];
    for (const address of addresses) answers.push(await isOwn(address));

    expect(answers).toEqual([true, true, false, false, false, false, false, false]);
    expect(asked.count).toBe(1);
  });

  it('is the configured one, and Usher does not ask Graph', async () => {
    const { isOwn, asked } = storage(
      ['fabrikam.sharepoint.com', 'contosoeur.sharepoint.com'],
      'contoso.onmicrosoft.com',
    );

    const answers: boolean[] = [];
    for (const address of [...addresses, 'https://contosoeur-my.sharepoint.com/']) answers.push(await isOwn(address));

    expect(answers).toEqual([false, false, true, true, false, false, false, false, true]);
    expect(asked.count).toBe(0);
  });

  it.each([
    ['contoso.onmicrosoft.us', 'sharepoint.us'],
    ['contoso.partner.onmschina.cn', 'sharepoint.cn'],
  ])('in another cloud is recognized by %s', async (initial, domain) => {
    const { isOwn } = storage([], initial, domain);

    expect(await isOwn(`https://contoso-my.${domain}/x`)).toBe(true);
    expect(await isOwn(`https://fabrikam-my.${domain}/x`)).toBe(false);
  });

  it.each([null, 'contoso.com', ''])(
    'is unknown while the tenant’s first domain is %j, and the log names the setting',
    async (initial) => {
      const lines: string[] = [];
      const { isOwn } = storage([], initial, 'sharepoint.com', lines);

      expect(await isOwn('https://contoso.sharepoint.com/a')).toBe(false);
      expect(lines.join('')).toContain('SHAREPOINT_HOST');
    },
  );
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

  it('elsewhere is not even requested', async () => {
    const elsewhere = { name: 'x.csv', downloadUrl: 'http://127.0.0.1:1/' };

    expect(await readFile(elsewhere, () => false, createLog('silent'))).toEqual({ kind: 'notFromTenant' });
  });
});
