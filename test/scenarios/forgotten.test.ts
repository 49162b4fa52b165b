import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import type { AuditLine } from '../../src/features/checks/history/audit-lines.ts';
import { runForget } from '../../src/forget.ts';
import { runHistory } from '../../src/print-history.ts';
import { textOf } from '../../src/requests/archive/packing.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { archiveAll } from '../requests/archive/support.ts';
import { storeParts } from '../requests/support.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';
import { everyRow, herRoles, tenantWithHer, tracesIn, words, zebulonica } from './forgotten-stage.ts';

jest.setTimeout(120_000);

describe.each(engines)('a person who is forgotten, on $name', (engine) => {
  const place = useTestDatabase(engine);
  const isSqlite = engine.name === 'SQLite';
  let teams: TestUsher;
  let isRunning = false;
  /** Read off the newest card that names one. */
  let lastId = '';
  let firstId = '';
  afterEach(async () => {
    await stop();
    await place.empty();
  }, engineStartMs);

  const address = () => (place.config.kind === 'sqlite' ? `file:${place.config.path}` : place.config.url.reveal());
  async function start(): Promise<void> {
    teams = await startTestUsher({
      environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', DATABASE_URL: address(), ...herRoles },
      sandboxOptions: { tenant: tenantWithHer() },
    });
    isRunning = true;
  }
  async function stop(): Promise<void> {
    if (isRunning) await teams.close();
    isRunning = false;
  }
  const last = (person: Somebody) => teams.lastCard(`personal-${typeof person === 'string' ? person : person.id}`);
  async function says(person: Somebody, line: string): Promise<void> {
    await teams.say(person, line.replace('{ID}', lastId));
    await teams.settled();
    lastId =
      teams
        .cardsFor()
        .flatMap((card) => /[Rr]equest ([0-9A-Z]{6})/.exec(card.text)?.[1] ?? [])
        .at(-1) ?? '';
  }
  async function presses(person: Somebody, title: string): Promise<void> {
    await teams.press(person, last(person), title);
    await teams.settled();
  }
  async function run(
    command: typeof runForget | typeof runHistory,
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const environment = { ...sandboxEnvironment('http://127.0.0.1:1/v1.0'), DATABASE_URL: address() };
    const ending = command(args, { out, err, environment }).finally(() => {
      out.end();
      err.end();
    });
    const [code, printed, said] = await Promise.all([ending, text(out), text(err)]);
    return { code, out: printed, err: said };
  }
  async function looking<T>(look: (database: Awaited<ReturnType<typeof place.open>>) => Promise<T>): Promise<T> {
    const database = await place.open(systemClock);
    try {
      return await look(database);
    } finally {
      await database.close();
    }
  }

  /** She is in requests as subject, member, requester and approver, in lists and reasons of others, and writes herself. */
  async function isEverywhere(): Promise<void> {
    await says('alex', 'provision user zebulonica to Salesforce');
    firstId = lastId;
    await says('megan', 'request access for zebulonica to ServiceNow because zebulonica is flummoxed');
    await says('patti', 'approve {ID}');
    await says('megan', 'request access for diego to ServiceNow until 31 March because quirkwhistle knows');
    await says(zebulonica, 'approve {ID}');
    await says(zebulonica, 'end {ID} now');
    await says('megan', 'request access for adele to GitHub because Quirkwhistle is away');
    await says(zebulonica, 'deny {ID} she is bamboozled');
    await says('alex', 'provision users to Salesforce\nzebulonicaa\nisaiah');
    await says('alex', 'provision group Whirligig Crew to ServiceNow');
    await says(zebulonica, 'watch Salesforce');
    await says(zebulonica, 'quiet 22:00 to 06:00');
    await says(zebulonica, 'pause Salesforce for 30 minutes because I am hornswoggled');
    await presses(zebulonica, 'Start now');
    await says(zebulonica, 'provision user isaiah to Salesforce');
    await says('alex', 'offboard zebulonica because she skedaddled');
    await presses('patti', 'Confirm removal');
    await says('alex', 'offboard adele because she is discombobulated');
    await presses(zebulonica, 'Confirm removal');
  }

  it('is in no table and in no byte of the file but by ids, and the record stays as it was and says it', async () => {
    await start();
    await isEverywhere();
    // On PostgreSQL Usher goes on meanwhile.
    if (isSqlite) await stop();
    const before = await looking(tracesIn);
    const record = await looking((database) => everyRow(database, 'audit_log'));

    const dry = await run(runForget, '--person', zebulonica.id, '--dry-run');
    const afterDry = await looking(tracesIn);
    const done = await run(runForget, '--person', zebulonica.id.toUpperCase());
    // At once: the next process that opens the file would rewrite it, too.
    const bytes = place.config.kind === 'sqlite' ? wordsInFiles(place.config.path) : [];
    const after = await looking(tracesIn);
    const recordAfter = await looking((database) => everyRow(database, 'audit_log'));
    const exported = await run(runHistory, '--format', 'json');
    if (isSqlite) await start();
    const shown: string[] = [];
    for (const line of ['history', 'history failed', `show ${firstId}`]) {
      await says('alex', line);
      shown.push(last('alex').text);
    }

    expect(before).toMatchObject({
      requests: expect.arrayContaining(['zebulonica', 'quirkwhistle', 'skedaddled']),
      tasks: expect.arrayContaining(['zebulonica', 'thimblerig', 'gyroscopist', 'umbrellamaking']),
      access_requests: expect.arrayContaining(['flummoxed', 'bamboozled']),
      repairs: expect.arrayContaining(['quirkwhistle', 'hornswoggled']),
      entitlements: ['zebulonica', 'quirkwhistle'],
      ...Object.fromEntries(
        ['messages', 'watches', 'known_people', 'known_names'].map((name) => [name, expect.anything()]),
      ),
    });
    expect(before).not.toHaveProperty('audit_log');
    expect([dry.code, dry.err, afterDry]).toEqual([0, '', before]);
    expect(dry.out).toMatch(/Nothing was changed.*\n(?: {2}\w+: \d+\n)+$/);
    expect([done.code, done.err]).toEqual([0, '']);
    expect(done.out).toContain(`${zebulonica.id} is forgotten.`);
    for (const card of shown) expect(card).toContain('Forgotten person');
    expect(shown.join('\n').toLowerCase()).not.toMatch(/zebulonica|quirkwhistle/);
    expect(after).toEqual({ requests: ['discombobulated'] });
    expect(bytes).toEqual(isSqlite ? ['discombobulated'] : []);
    expect(recordAfter.slice(0, record.length)).toEqual(record);
    const lines = JSON.parse(exported.out) as readonly AuditLine[];
    // The export itself is the last entry.
    expect(lines.at(-2)).toMatchObject({ kind: 'personForgotten', actorId: '', subjectIds: [zebulonica.id] });
    expect(lines.filter(({ actorId }) => actorId === zebulonica.id).map(({ actorName }) => actorName)).toContain(
      'Forgotten person',
    );
    expect(exported.out.toLowerCase()).not.toMatch(/zebulonica|quirkwhistle/);
  });

  it('is in nothing that is archived but by ids, which is shown and searched as before', async () => {
    await start();
    await isEverywhere();
    if (isSqlite) await stop();
    const later = Date.now() + 3_600_000;
    await looking((database) => archiveAll(storeParts(database, systemClock), later));
    const before = await looking(archivedWords);

    const dry = await run(runForget, '--person', zebulonica.id, '--dry-run');
    const afterDry = await looking(archivedWords);
    const done = await run(runForget, '--person', zebulonica.id);
    const after = await looking(archivedWords);
    const tables = await looking(tracesIn);
    if (isSqlite) await start();
    const shown: string[] = [];
    for (const line of ['history', 'history failed', `show ${firstId}`]) {
      await says('alex', line);
      shown.push(last('alex').text);
    }

    expect(before).toEqual(
      expect.arrayContaining(['zebulonica', 'quirkwhistle', 'flummoxed', 'bamboozled', 'skedaddled']),
    );
    expect(dry.out).toMatch(/Nothing was changed.*\n(?: {2}\w+: \d+\n)+$/);
    expect([dry.code, afterDry, done.code, done.err]).toEqual([0, before, 0, '']);
    expect([...after, ...Object.values(tables).flat()]).toEqual(['discombobulated']);
    for (const card of shown) expect(card).toContain('Forgotten person');
  });
});

/** What of her is in the archive, whose contents no search of the tables can read. */
async function archivedWords({ query }: Database): Promise<readonly string[]> {
  const rows = await query.selectFrom('archived').select('content').execute();
  const all = rows.map(({ content }) => textOf(content).toLowerCase()).join('\n');
  return words.filter((word) => all.includes(word));
}

/** In the SQLite file and those beside it. */
function wordsInFiles(path: string): readonly string[] {
  const files = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
  const bytes = files
    .map((name) =>
      readFileSync(join(dirname(path), name))
        .toString('latin1')
        .toLowerCase(),
    )
    .join('\n');
  return words.filter((word) => bytes.includes(word));
}
