import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import { type Database, isDatabaseAway, openDatabase } from '../../../../src/db/database.ts';
import { auditFile, csvUntil } from '../../../../src/features/checks/history/audit-file.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';

const whole = { since: null, about: null, until: '2100-01-01T00:00:00.000Z' };

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function writeMany(database: Database, count: number): Promise<void> {
  const entry = (at: number) => ({ at, actor_id: 'älex', kind: 'denied', request_id: null, details: `{"at":${at}}` });
  for (let from = 0; from < count; from += 1_000)
    await database.query
      .insertInto('audit_log')
      .values(Array.from({ length: Math.min(1_000, count - from) }, (_, index) => entry(from + index)))
      .execute();
}

describe.each(engines)('the audit log as a file on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(() => place.empty());

  it.each([0, 3, 1_000, 1_500])('of %i entries has the size that was announced', async (count) => {
    await writeMany(database, count);

    const file = await auditFile(database, whole);
    const text = await textOf(file.read());

    expect(Buffer.byteLength(text)).toBe(file.sizeBytes);
    expect(text).toBe(await textOf(csvUntil(database, whole)));
    expect(text.split('\r\n')).toHaveLength(count + 2);
  });

  it('leaves out entries from the moment of the request, or later', async () => {
    await writeMany(database, 1_500);

    const file = await auditFile(database, { ...whole, until: '1970-01-01T00:00:01.200Z' });

    expect((await textOf(file.read())).split('\r\n')).toHaveLength(1_200 + 2);
  });

  it('is the same at every reading, though the audit log grows meanwhile', async () => {
    await writeMany(database, 3_000);
    const until = '1970-01-01T00:00:10.000Z';

    const file = await auditFile(database, { ...whole, until });
    const first = await textOf(file.read());
    const later = { at: 10_000, actor_id: '', kind: 'denied', request_id: null, details: '{}' };
    await database.query.insertInto('audit_log').values(later).execute();

    expect(await textOf(file.read())).toBe(first);
  });

  it('is written while other work has its turn, with little of it in memory', async () => {
    await writeMany(database, 1_500);
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);

    const file = await auditFile(database, whole);
    clearInterval(counting);
    const pieces: number[] = [];
    for await (const piece of file.read()) pieces.push(piece.length);

    expect(turns).toBeGreaterThan(1);
    expect(Math.max(...pieces)).toBeLessThan(300 * 1024);
  });

  it('can be abandoned in the middle, and requested many times at once', async () => {
    await writeMany(database, 8_000);
    const file = await auditFile(database, whole);

    for (let times = 0; times < 3; times += 1)
      for await (const piece of file.read()) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    const sizes = await Promise.all(Array.from({ length: 4 }, () => auditFile(database, whole)));

    expect(sizes.map(({ sizeBytes }) => sizeBytes)).toEqual(Array<number>(4).fill(file.sizeBytes));
  }, 60_000);

  it('ends when the database closes, and reports it as away', async () => {
    await writeMany(database, 1_500);
    const own = await openDatabase(place.config, systemClock);
    const pieces = (await auditFile(own, whole)).read();
    await pieces.next();

    await own.close();
    const ended = await textOf(pieces).catch((error: unknown) => error);

    expect(isDatabaseAway(ended)).toBe(true);
  });
});
