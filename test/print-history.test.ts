import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { systemClock } from '../src/clock.ts';
import type { Database } from '../src/db/database.ts';
import { runHistory } from '../src/print-history.ts';
import { writeAudit } from '../src/requests/audit-log.ts';
import { sandboxEnvironment } from '../src/sandbox/environment.ts';
import { seedRequest } from './features/checks/history/support.ts';
import { sealAll } from './seals/support.ts';
import { engines, type TestDatabase, useTestDatabase } from './support/databases.ts';

const november = Date.UTC(2026, 10, 1);
const settings = sandboxEnvironment('http://127.0.0.1:1/v1.0');

interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Printed> {
  const told = { out: '', err: '' };
  const into = (name: keyof typeof told) =>
    new Writable({
      write(chunk, _encoding, done) {
        told[name] += String(chunk);
        done();
      },
    });
  const code = await runHistory(args, { out: into('out'), err: into('err'), environment });
  return { code, ...told };
}

describe.each(engines)('the history on the command line on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-history-'));
    database = await place.open(systemClock);
    await seedRequest(database, 'R7K3MQ', { at: november, requestedBy: '=cmd', tasks: [{ subject: 'adele' }] });
    const zscaler = { at: november, app: 'zscaler', ticket: 'INC0012345', tasks: [{ subject: 'isaiah' }] };
    await seedRequest(database, 'R8K3MQ', zscaler);
    const entry = { actorId: '=cmd', requestId: 'R7K3MQ', details: {} };
    await writeAudit(database.query, { ...entry, at: november - 1, kind: 'asked' });
    await writeAudit(database.query, { ...entry, at: november, kind: 'sent' });
    await writeAudit(database.query, { ...entry, at: november + 3_600_000, kind: 'cancelled', requestId: 'R8K3MQ' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const history = (...args: readonly string[]) => run({ ...settings, DATABASE_URL: addressOf(place) }, ...args);
  const allKindsIn = (csv: string) =>
    parse<{ kind: string }>(csv, { bom: true, columns: true }).map(({ kind }) => kind);
  /** Without the exports of these tests. */
  const kindsIn = (csv: string) => allKindsIn(csv).filter((kind) => kind !== 'exported');

  it('names a file that cannot be written, and what to do', async () => {
    const { code, out, err } = await history('--out', join(folder, 'no-such-folder', 'history.csv'));

    expect([code, out]).toEqual([expect.any(Number), '']);
    expect(code).not.toBe(0);
    expect(err).toContain('no-such-folder');
    expect(err).toContain('may write to');
  });

  it('prints everything as CSV that no spreadsheet can run', async () => {
    const { code, out, err } = await history();

    expect([code, err]).toEqual([0, '']);
    expect(kindsIn(out)).toEqual(['asked', 'sent', 'cancelled']);
    expect(out).toContain("'=cmd,'=cmd's name");
    expect(out).not.toMatch(/(^|,)"?=/m);
  });

  it('prints what is about a ticket, in any case, and has its number in a column', async () => {
    const { code, out } = await history('--about', 'inc0012345');

    expect(code).toBe(0);
    expect(kindsIn(out)).toEqual(['cancelled']);
    expect(parse(out, { bom: true, columns: true })).toMatchObject([{ ticket: 'INC0012345' }]);
  });

  it('begins on the day, or at the moment, that the options name', async () => {
    const fromDay = await history('--since', '2026-11-01');
    const fromMoment = await history('--since', '2026-11-01T01:30+01:00');

    expect(kindsIn(fromDay.out)).toEqual(['sent', 'cancelled']);
    expect(kindsIn(fromMoment.out)).toEqual(['cancelled']);
  });

  it('ends with the day, or before the moment, that the options name', async () => {
    const toDay = await history('--until', '2026-10-31');
    const toLastDay = await history('--until', '2026-11-01');
    const toMoment = await history('--since', '2026-11-01', '--until', '2026-11-01T00:30Z');

    expect(kindsIn(toDay.out)).toEqual(['asked']);
    expect(kindsIn(toLastDay.out)).toEqual(['asked', 'sent', 'cancelled']);
    expect(kindsIn(toMoment.out)).toEqual(['sent']);
  });

  it('prints JSON', async () => {
    const { out } = await history('--format', 'json', '--since', '2026-11-01');

    const lines = JSON.parse(out) as readonly { kind: string }[];
    expect(lines.filter(({ kind }) => kind !== 'exported')).toMatchObject([
      { at: '2026-11-01T00:00:00.000Z', kind: 'sent', actorName: "=cmd's name", appName: 'Salesforce' },
      { kind: 'cancelled' },
    ]);
  });

  it('leaves an entry that says what was exported, in the export itself', async () => {
    const before = allKindsIn((await history()).out).length;

    const { out } = await history('--since', '2026-11-01', '--format', 'json');

    const lines = JSON.parse(out) as readonly { kind: string; actorId: string; details: object }[];
    expect(lines.at(-1)).toMatchObject({
      kind: 'exported',
      actorId: '',
      details: {
        since: '2026-11-01T00:00:00.000Z',
        format: 'json',
        by: 'npm run history',
        account: process.getuid?.(),
      },
    });
    expect(allKindsIn((await history()).out)).toHaveLength(before + 2);
  });

  it('covers one person or app alone, by name', async () => {
    const adele = await history('--about', "Adele's name");
    const zscaler = await history('--about', 'zscaler');

    expect(kindsIn(adele.out)).toEqual(['asked', 'sent']);
    expect(kindsIn(zscaler.out)).toEqual(['cancelled']);
  });

  it('writes to a file that only its owner may read', async () => {
    const file = join(folder, 'history.csv');

    const { code, out } = await history('--out', file);

    expect([code, out]).toEqual([0, '']);
    expect(kindsIn(readFileSync(file, 'utf8'))).toHaveLength(3);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('lists the candidates when a name is ambiguous', async () => {
    await seedRequest(database, 'twin', { at: november, tasks: [{ subject: 'salesforce' }] });

    const { code, out, err } = await history('--about', 'salesforce');

    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('salesforce  Salesforce (app)');
    expect(err).toContain("salesforce  salesforce's name (person)");
  });

  it('reports a name that matches no person', async () => {
    const { code, err } = await history('--about', 'nobody at all');

    expect(code).toBe(2);
    expect(err).toContain('has no person, app or ticket called “nobody at all”');
  });

  it('goes on behind the entry that it printed last, in the order of sealing, and leaves out what has no seal yet', async () => {
    const entry = { actorId: 'alex', requestId: null, details: {} };
    const printedAfter = async (id: string, ...more: readonly string[]) => {
      const { code, out, err } = await history('--after', id, ...more);
      expect([code, err]).toEqual([0, '']);
      const all = parse<{ id: string; kind: string }>(out, { bom: true, columns: true });
      return all.filter(({ kind }) => kind !== 'exported');
    };
    await sealAll(database);
    const first = await printedAfter('0');
    const last = first.at(-1)?.id ?? '';
    // Dated before all others, as of a process whose clock is behind.
    await writeAudit(database.query, { ...entry, at: november - 5_000, kind: 'turnedAway' });
    const unsealed = await printedAfter(last);
    await sealAll(database);

    const second = await printedAfter(last);
    const recent = await printedAfter(last, '--since', '2026-11-01');
    const unknown = await history('--after', '999999');

    expect(first.map(({ kind }) => kind)).toEqual(['asked', 'sent', 'cancelled']);
    expect(unsealed).toEqual([]);
    expect(second.map(({ kind }) => kind)).toEqual(['turnedAway']);
    expect(recent).toEqual([]);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('No entry with the id 999999 is sealed') });
  });

  it('ends quietly when its reader closes the pipe', async () => {
    const closed = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('closed'), { code: 'EPIPE' })),
    });
    const environment = { ...settings, DATABASE_URL: addressOf(place) };

    await expect(runHistory([], { out: closed, err: closed, environment })).resolves.toBe(0);
  });
});

describe('the command line of the history', () => {
  it.each([
    [['--since', 'yesterday'], '“yesterday” is no date'],
    [['--since', '2026-02-31'], 'no date'],
    [['--since', '11/01/2026'], 'no date'],
    [['--since'], 'since'],
    [['--until', '2026-02-31'], 'no date'],
    [['--after', 'R7K3MQ'], 'After --after comes the id of an entry'],
    [['--kept', `1:${'a'.repeat(43)}`], 'Together with --verify'],
    [['--verify', '--kept', '1200'], 'after --kept comes what it printed last'],
    [['--verify', '--since', '2026-11-01'], 'goes with --kept alone'],
    [['--format', 'xml'], 'csv or json, not “xml”'],
    [['--about', ' '], 'After --about'],
    [['--out', ''], 'After --out'],
    [['--sinse', '2026-11-01'], '--sinse'],
    [['adele'], 'adele'],
  ])('refuses %j with a plain message', async (args, word) => {
    const { code, out, err } = await run({}, ...args);

    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(word);
    expect(err).toContain('--help');
  });

  it('explains itself without any configuration', async () => {
    const { code, out, err } = await run({}, '--help');

    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('--since');
  });

  it('reports what is wrong with the configuration', async () => {
    const { code, out, err } = await run({ PORT: 'many' });

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('PORT');
  });

  it('does not create a database that does not exist', async () => {
    const path = join(tmpdir(), 'usher-no-such-folder', 'usher.db');

    const { code, err } = await run({ ...settings, DATABASE_URL: `file:${path}` });

    expect(code).toBe(1);
    expect(err).toContain('DATABASE_URL');
    expect(existsSync(path)).toBe(false);
  });

  it('runs as a program', async () => {
    const program = fileURLToPath(new URL('../src/print-history.ts', import.meta.url));

    const running = promisify(execFile)(process.execPath, [program, '--since', 'yesterday']);

    await expect(running).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('no date') });
  });
});

function addressOf({ config }: TestDatabase): string {
  return config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
}
