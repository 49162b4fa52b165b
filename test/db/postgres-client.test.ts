import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PostgresPool } from 'kysely';
import { isDatabaseAway } from '../../src/db/away.ts';
import { createPool } from '../../src/db/postgres-client.ts';
import { postgresEngine, useTestDatabase } from '../support/databases.ts';
import { administer } from '../support/postgres/administer.ts';

const limits = { statementMs: 10_000, answerMs: 500 };

/** A connection to the server that a test can hold, as a network does that drops every packet. */
interface Wire {
  readonly url: string;
  hold(): void;
  cut(): void;
  letGo(): void;
  close(): void;
}

describe('a pool of connections to PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);
  let wire: Wire;
  let pool: PostgresPool;

  beforeEach(async () => {
    wire = await layWire(address());
    pool = createPool({ connectionString: wire.url, ssl: false }, limits, 2);
  });
  afterEach(async () => {
    wire.close();
    await pool.end();
  });

  function address(): string {
    if (place.config.kind !== 'postgres') throw new Error('this place is on PostgreSQL');
    return place.config.url.reveal();
  }

  async function ask(text = 'select 1 as one'): Promise<unknown> {
    const client = await pool.connect();
    try {
      return (await client.query(text, [])).rows;
    } finally {
      client.release();
    }
  }

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  it('gives up on a server that does not answer any more, and opens new connections when it is back', async () => {
    await ask();
    wire.hold();

    const failure = await failureOf(ask());
    wire.letGo();

    expect(isDatabaseAway(failure)).toBe(true);
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  it('sends no query on a connection that broke', async () => {
    const client = await pool.connect();
    await client.query('begin', []);
    wire.hold();
    await failureOf(client.query('select 1', []));
    wire.letGo();

    const rollback = await failureOf(client.query('rollback', []));
    client.release();

    expect(isDatabaseAway(rollback)).toBe(true);
    expect(await ask('select 2 as two')).toEqual([{ two: 2 }]);
  });

  it('recognizes a connection that was cut in the middle of a statement', async () => {
    const asking = failureOf(ask('select pg_sleep(5)'));
    setTimeout(() => wire.cut(), 100);

    expect(isDatabaseAway(await asking)).toBe(true);
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  it('recognizes an unreachable server', async () => {
    wire.close();

    expect(isDatabaseAway(await failureOf(ask()))).toBe(true);
  });

  it('recognizes a connection that the server ended', async () => {
    const asking = failureOf(ask('select pg_sleep(5)'));
    await administer(
      address(),
      `select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(5)'`,
    );

    const failure = await asking;

    // Where the end came before the statement did, the time limit of its answer cut the sleep short.
    expect(isDatabaseAway(failure)).toBe(true);
  });

  it.each([
    ['a mistake in a statement', 'select nonsense'],
    ['a value that is refused', 'select 1 / 0'],
  ])('does not take %s for a server that is away', async (_what, text) => {
    const failure = await failureOf(ask(text));

    expect(failure).toMatchObject({ code: expect.any(String) });
    expect(isDatabaseAway(failure)).toBe(false);
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  it('does not take a wrong password for a server that is away', async () => {
    const wrong = createPool({ connectionString: wire.url.replace(/:[^:@]+@/, ':wrong@'), ssl: false }, limits, 2);

    const failure = await failureOf(wrong.connect());
    await wrong.end();

    expect(failure).toMatchObject({ code: '28P01' });
    expect(isDatabaseAway(failure)).toBe(false);
  });

  it('opens no more connections than it may', async () => {
    const held = [await pool.connect(), await pool.connect()];
    const third = pool.connect();
    let isThere = false;
    void third.then(() => {
      isThere = true;
    });
    await new Promise((resolve) => setImmediate(resolve));

    const before = isThere;
    for (const client of held) client.release();
    (await third).release();

    expect(before).toBe(false);
  });
});

async function layWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const ends = new Set<Socket>();
  let isHeld = false;
  const server: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on('data', (bytes) => {
        if (!isHeld) to.write(bytes);
      });
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the wire has no address');
  const cut = () => {
    for (const end of ends) end.destroy();
    ends.clear();
  };
  const here = new URL(url);
  here.host = `127.0.0.1:${bound.port}`;
  return {
    url: here.href,
    hold() {
      isHeld = true;
    },
    cut,
    letGo() {
      isHeld = false;
    },
    close() {
      server.close();
      cut();
    },
  };
}
