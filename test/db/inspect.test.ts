import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { inspectDatabase } from '../../src/db/inspect.ts';
import { engineStartMs, engines, type TestDatabase } from '../support/databases.ts';

describe.each(engines)('inspecting a database on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;
  beforeAll(async () => {
    place = await createTestDatabase();
  }, engineStartMs);
  afterAll(() => place.drop());

  it('lists the pending migrations, runs none of them, and finds none pending afterwards', async () => {
    const first = await inspectDatabase(place.config, systemClock);
    const again = await inspectDatabase(place.config, systemClock);
    await (await place.open(systemClock)).close();
    const opened = await inspectDatabase(place.config, systemClock);

    // A file that does not exist yet is no database, and an empty one on a server is.
    if (first.kind === 'reached') expect(first.pending.length).toBeGreaterThan(5);
    else expect(first).toEqual({ kind: 'notMade' });
    expect(again).toEqual(first);
    expect(opened).toEqual({ kind: 'reached', pending: [] });
  });
});

describe('a database that cannot be opened', () => {
  it('is away, with the reason', async () => {
    const path = join(fileURLToPath(import.meta.url), 'usher.db');

    const found = await inspectDatabase({ kind: 'sqlite', path }, systemClock);

    expect(found).toMatchObject({ kind: 'away', why: expect.stringMatching(/\w/) });
  });

  it('is not created by inspecting it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-inspect-'));
    const path = join(folder, 'deep', 'usher.db');

    expect(await inspectDatabase({ kind: 'sqlite', path }, systemClock)).toEqual({ kind: 'notMade' });
    expect(existsSync(join(folder, 'deep'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
