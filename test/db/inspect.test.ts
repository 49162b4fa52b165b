import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { inspectDatabase } from '../../src/db/inspect.ts';
import { engineStartMs, engines, type TestDatabase } from '../support/databases.ts';

describe.each(engines)('looking at a database on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;
  beforeAll(async () => {
    place = await createTestDatabase();
  }, engineStartMs);
  afterAll(() => place.drop());

  it('tells what is still to come, brings none of it, and finds nothing to come afterwards', async () => {
    const first = await inspectDatabase(place.config, systemClock);
    const again = await inspectDatabase(place.config, systemClock);
    await (await place.open(systemClock)).close();
    const opened = await inspectDatabase(place.config, systemClock);

    // A file that is not there yet is no database, and an empty one on a server is.
    if (first.kind === 'reached') expect(first.pending.length).toBeGreaterThan(5);
    else expect(first).toEqual({ kind: 'notMade' });
    expect(again).toEqual(first);
    expect(opened).toEqual({ kind: 'reached', pending: [] });
  });
});

describe('a database that cannot be had', () => {
  it('is away, with the reason', async () => {
    const path = join(fileURLToPath(import.meta.url), 'usher.db');

    const found = await inspectDatabase({ kind: 'sqlite', path }, systemClock);

    expect(found).toMatchObject({ kind: 'away', why: expect.stringMatching(/\w/) });
  });

  it('is not made by looking for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-inspect-'));
    const path = join(folder, 'deep', 'usher.db');

    expect(await inspectDatabase({ kind: 'sqlite', path }, systemClock)).toEqual({ kind: 'notMade' });
    expect(existsSync(join(folder, 'deep'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
