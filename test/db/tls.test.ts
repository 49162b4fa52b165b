import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import { type DatabaseConfig, secret } from '../../src/config.ts';
import { isDatabaseAway, openDatabase } from '../../src/db/database.ts';
import { sslModeOf, tlsOptions, withoutSslMode } from '../../src/db/tls.ts';
import { engineStartMs } from '../support/databases.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';

/** The server's certificate is for `localhost`, and signed by an authority that no trust store holds. */
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const authority = fixture('authority.pem');

describe('the mode of an address', () => {
  it.each([
    ['postgres://db.example/usher', null],
    ['postgres://db.example/usher?sslmode=verify-full', 'verify-full'],
    ['postgres://db.example/usher?application_name=x&sslmode=disable', 'disable'],
    ['postgres://db.example/usher?sslmode=prefer', 'unknown'],
    ['postgres://db.example/usher?ssl=true', 'unknown'],
  ])('is read from %s', (url, mode) => {
    expect(sslModeOf(url)).toBe(mode);
  });

  it('is taken out, and nothing else', () => {
    expect(withoutSslMode('postgres://usher:p%40ss@db.example:6432/usher?sslmode=require&application_name=x')).toBe(
      'postgres://usher:p%40ss@db.example:6432/usher?application_name=x',
    );
  });

  it('never leaves a certificate unchecked unless it says so', () => {
    expect(tlsOptions('require', null)).toEqual({ rejectUnauthorized: true });
    expect(tlsOptions('verify-full', 'pem')).toEqual({ rejectUnauthorized: true, ca: 'pem' });
    expect(tlsOptions('verify-ca', 'pem')).toMatchObject({ rejectUnauthorized: true, ca: 'pem' });
    expect(tlsOptions('no-verify', null)).toEqual({ rejectUnauthorized: false });
    expect([tlsOptions(null, null), tlsOptions('disable', null)]).toEqual([false, false]);
  });
});

describe('a PostgreSQL with TLS', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({
      settings: ['ssl=on', 'ssl_cert_file=../server.pem', 'ssl_key_file=../server.key'],
      files: {
        'server.pem': readFileSync(fixture('server.pem'), 'utf8'),
        'server.key': readFileSync(fixture('server.key'), 'utf8'),
      },
    });
  }, engineStartMs);
  afterAll(() => server.stop());

  function reached(host: string, mode: string, rootCertificateFile: string | null = null): DatabaseConfig {
    const url = server.url('postgres').replace('127.0.0.1', host);
    return { kind: 'postgres', url: secret(`${url}?sslmode=${mode}`), rootCertificateFile };
  }

  async function isEncrypted(config: DatabaseConfig): Promise<boolean> {
    const database = await openDatabase(config, systemClock);
    const { rows } = await sql<{ ssl: boolean }>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(database.query);
    await database.close();
    return rows[0]?.ssl === true;
  }

  it.each([
    ['localhost', 'verify-full', authority],
    ['localhost', 'require', authority],
    ['127.0.0.1', 'verify-ca', authority],
    ['127.0.0.1', 'no-verify', null],
  ])('is reached encrypted at %s with %s', async (host, mode, certificates) => {
    expect(await isEncrypted(reached(host, mode, certificates))).toBe(true);
  });

  it('is reached in the clear where the address says so', async () => {
    expect(await isEncrypted(reached('127.0.0.1', 'disable'))).toBe(false);
  });

  it.each([
    ['an unknown authority', 'localhost', 'require', null],
    ['a name that is not its own', '127.0.0.1', 'verify-full', authority],
  ])('is refused at once for %s, which no waiting would mend', async (_why, host, mode, certificates) => {
    const failure = await openDatabase(reached(host, mode, certificates), systemClock).catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: expect.stringMatching(/certificate|altnames/) });
    expect(isDatabaseAway(failure)).toBe(false);
  });
});
