import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../src/clock.ts';
import type { Database } from '../src/db/database.ts';
import { runHistory } from '../src/print-history.ts';
import { sandboxEnvironment } from '../src/sandbox/environment.ts';
import { pruneRecord } from '../src/seals/prune.ts';
import { november, sealAll, writeEntries } from './seals/support.ts';
import { engines, useTestDatabase } from './support/databases.ts';

const settings = sandboxEnvironment('http://127.0.0.1:1/v1.0');
const dayMs = 24 * 3_600_000;

describe.each(engines)('npm run history -- --verify on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeEach(async () => {
    await place.empty();
    database ??= await place.open(systemClock);
    await writeEntries(database.query, 12);
    await sealAll(database);
  });

  /** The exit code, and the lines. */
  async function verify(...args: readonly string[]): Promise<readonly [number, ...string[]]> {
    let told = '';
    const out = new Writable({
      write(chunk, _encoding, done) {
        told += String(chunk);
        done();
      },
    });
    const { config } = place;
    const address = config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
    const environment = { ...settings, DATABASE_URL: address };
    const code = await runHistory(['--verify', ...args], { out, err: out, environment });
    return [code, ...told.trimEnd().split('\n')];
  }
  const keptIn = (lines: readonly (string | number)[]) => /(\S+)$/.exec(String(lines.at(-1)))?.[1] ?? '';
  const idOf = async (position: number) => {
    const found = await database.query.selectFrom('seals').select('entry_id').where('seq', '=', position).execute();
    return found[0]?.entry_id ?? 0;
  };

  it('says that all is unchanged, and what to keep for the next time', async () => {
    const first = await verify();
    const next = await verify('--kept', keptIn(first));

    expect(first).toEqual([
      0,
      'The audit log is whole: 12 sealed entries are there and unchanged.',
      'Nothing shows whether the end was cut off: pass a count and hash that were kept elsewhere, with --kept.',
      expect.stringMatching(/^Keep this away from the database: 12:[\w-]{43}$/),
    ]);
    expect(next).toEqual([0, first[1], first[3]]);
  });

  it('names what is wrong, and ends with code 1', async () => {
    const kept = keptIn(await verify());
    await database.query
      .updateTable('audit_log')
      .set({ actor_id: 'johanna' })
      .where('id', '=', await idOf(2))
      .execute();
    const [changed, deleted] = [await idOf(2), await idOf(4)];
    await database.query.deleteFrom('audit_log').where('id', '=', deleted).execute();
    await database.query.deleteFrom('seals').where('seq', 'in', [7, 8, 12]).execute();

    expect(await verify('--kept', kept)).toEqual([
      1,
      'The audit log is NOT whole: 4 faults.',
      `  Entry ${changed} is not what was sealed as number 2: it or its seal was changed or swapped.`,
      `  Entry ${deleted}, number 4, was deleted.`,
      '  The seals 7 to 8 were deleted.',
      '  The end was cut off: 12 entries had been sealed, and now the last is number 11.',
      'Not sealed yet: 3. Usher seals them while it runs.',
      expect.stringMatching(/^Keep this away from the database: 11:/),
    ]);
  });

  it('says that what was kept is no longer the hash of that number', async () => {
    const kept = keptIn(await verify()).replace(/^12:./, '12:_');

    expect(await verify('--kept', kept)).toEqual([
      1,
      'The audit log is NOT whole: 1 fault.',
      '  Number 12 does not have the hash that was kept: entries up to it were changed and sealed anew.',
      expect.any(String),
    ]);
  });

  it('tells what was pruned, what has no seal yet, and what is dated back, none of which is a fault', async () => {
    await writeEntries(database.query, 2, november + 9 * dayMs);
    await sealAll(database);
    const old = keptIn(await verify());
    await writeEntries(database.query, 1, november + dayMs);
    await sealAll(database);
    await pruneRecord(database, november + 20 * dayMs, 14);
    await writeEntries(database.query, 1, november + 10 * dayMs);
    const before = await verify('--kept', old.replace(/^14/, '13'));
    await writeEntries(database.query, 2, november + dayMs);
    await sealAll(database);

    const after = await verify();

    expect(before).toEqual([
      0,
      'The audit log is whole: 1 sealed entry is there and unchanged.',
      'Pruned for their age: the first 14, the last of them of 2026-11-10.',
      'Not sealed yet: 1. Usher seals them while it runs.',
      'What was kept is about entries that were pruned since, and tells nothing now: keep the line below.',
      expect.any(String),
    ]);
    expect(after).toContain(
      `Dated more than a day before the entry that was sealed before them: 1, the first is entry ${await idOf(17)}. They were added later, or the clock was set back.`,
    );
  });
});
