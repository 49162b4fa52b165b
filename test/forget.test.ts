import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../src/clock.ts';
import { claimDatabase } from '../src/db/claim.ts';
import type { Database } from '../src/db/database.ts';
import { runForget } from '../src/forget.ts';
import { readArchived } from '../src/requests/archive/looking.ts';
import { writeAudit } from '../src/requests/audit-log.ts';
import { sandboxEnvironment } from '../src/sandbox/environment.ts';
import { seedAccess, seedRequest } from './features/checks/history/support.ts';
import { archiveAll, finishSeeded } from './requests/archive/support.ts';
import { storeParts } from './requests/support.ts';
import { engineStartMs, engines, type TestDatabase, useTestDatabase } from './support/databases.ts';

jest.setTimeout(60_000);

const settings = sandboxEnvironment('http://127.0.0.1:1/v1.0');
const ofEnd = { app_id: 'salesforce', app_name: 'Salesforce', ends_at: 1, state: 'active' } as const;
const seen = { conversation: '{}', locale: 'en-US', time_zone: 'UTC', seen_at: 1 };

describe.each(engines)('forgetting a person on the command line on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeEach(async () => {
    database = await place.open(systemClock);
    await seedRequest(database, 'R1', { at: 1, requestedBy: 'megan', tasks: [{ subject: 'adele' }] });
    await seedAccess(database, 'A1', { at: 1, requestedBy: 'megan', state: 'denied', decidedBy: 'patti' });
  });
  afterEach(async () => {
    await database.close();
    await place.empty();
  }, engineStartMs);

  async function forget(...args: readonly string[]) {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const environment = { ...settings, DATABASE_URL: addressOf(place) };
    const ending = runForget(args, { out, err, environment }).finally(() => {
      out.end();
      err.end();
    });
    const [code, printed, said] = await Promise.all([ending, text(out), text(err)]);
    return { code, out: printed, err: said };
  }
  async function everything(): Promise<readonly unknown[]> {
    const tables = await database.dialect.tables(database.query as never);
    const all: unknown[] = [];
    for (const table of tables) all.push((await sql`select * from ${sql.table(table)}`.execute(database.query)).rows);
    return all;
  }

  it.each([
    ['no id', []],
    ['an empty id', ['--person', ' ']],
    ['an option that it does not know', ['--person', 'adele', '--all']],
    ['an id that the database does not have', ['--person', 'johanna']],
    ['an object id that the database does not have', ['--person', '5eed0000-0000-4000-8000-00000000dead']],
    ['the id of an app', ['--person', 'salesforce']],
    ['the id of a group', ['--person', 'sales team']],
    ['what would fit anything', ['--person', '%']],
  ])('takes %s for a mistake, says so, and changes nothing', async (_what, args) => {
    await seedRequest(database, 'R3', { at: 1, tasks: [{ subject: 'sales team', type: 'Group' }] });
    const before = await everything();

    const { code, out, err } = await forget(...args);

    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
    expect(await everything()).toEqual(before);
  });

  it('takes no name, and prints the ids of those who have it', async () => {
    const before = await everything();

    const { code, err } = await forget('--person', "Adele's name");

    expect(code).toBe(2);
    expect(err).toContain("“Adele's name” is a name");
    expect(err).toContain("adele  adele's name");
    expect(await everything()).toEqual(before);
  });

  it.each([
    [
      'is in a task that waits',
      'R2',
      () => seedRequest(database, 'R2', { at: 2, tasks: [{ subject: 'adele', state: 'waiting' }] }),
    ],
    [
      'is a member of a group that is held',
      'R2',
      async () => {
        await seedRequest(database, 'R2', { at: 2, tasks: [{ subject: 'a group', state: 'held', members: 1 }] });
        await database.query
          .updateTable('tasks')
          .set({ members: '[{"id":"adele","name":"A"}]' })
          .where('request_id', '=', 'R2')
          .execute();
      },
    ],
    [
      'has asked for what is running',
      'R2',
      () => seedRequest(database, 'R2', { at: 2, requestedBy: 'adele', tasks: [{ subject: 'lee', state: 'running' }] }),
    ],
    [
      'has confirmed what waits',
      'R2',
      async () => {
        await seedRequest(database, 'R2', { at: 2, tasks: [{ subject: 'lee', state: 'waiting' }] });
        await writeAudit(database.query, { at: 2, actorId: 'adele', kind: 'confirmed', requestId: 'R2', details: {} });
      },
    ],
    ['is to get access', 'A2', () => seedAccess(database, 'A2', { at: 2, subject: 'adele' })],
    [
      'has asked for access',
      'A2',
      () => seedAccess(database, 'A2', { at: 2, requestedBy: 'adele', state: 'approved', decidedBy: 'patti' }),
    ],
    [
      'has approved access that has not started',
      'A2',
      async () => {
        await seedAccess(database, 'A2', { at: 2, state: 'approved', decidedBy: 'adele' });
        await writeAudit(database.query, {
          at: 2,
          actorId: 'adele',
          kind: 'accessApproved',
          requestId: 'A2',
          details: {},
        });
      },
    ],
    [
      'has access that is to end',
      'end ID now',
      async () => {
        const [task] = await database.query.selectFrom('tasks').select('id').execute();
        await database.query
          .insertInto('entitlements')
          .values({
            ...ofEnd,
            task_id: task?.id ?? '',
            request_id: 'R1',
            subject_id: 'adele',
            subject_name: 'A',
            subject_label: null,
            inherited_assignment: null,
            remind_at: null,
            due_at: null,
            lease_owner: null,
            lease_until: null,
          })
          .execute();
      },
    ],
    [
      'has written what is not answered',
      'not answered',
      async () => {
        await database.query
          .insertInto('turns')
          .values({
            id: 'turn',
            received_at: 1,
            incoming: '{"speaker":{"id":"adele"}}',
            card_id: null,
            lease_owner: null,
            lease_until: null,
          })
          .execute();
      },
    ],
  ])('waits while the person %s, says so, and changes nothing', async (_what, told, open: () => Promise<unknown>) => {
    await open();
    const before = await everything();

    const { code, out, err } = await forget('--person', 'adele');

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('adele cannot be forgotten yet. Nothing was changed.');
    expect(err).toContain(told);
    expect(await everything()).toEqual(before);
  });

  it('takes what has ended for ended, and can be repeated', async () => {
    await database.query
      .insertInto('known_people')
      .values({ ...seen, person_id: 'megan' })
      .execute();

    const first = await forget('--person', 'megan');
    const again = await forget('--person', 'MEGAN');

    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toContain('megan is forgotten. Replaced:\n  access_requests: 1\n  requests: 1\n');
    expect(again.out).toContain('megan is forgotten. Replaced:\n  nothing\n');
    expect(await database.query.selectFrom('known_people').selectAll().execute()).toEqual([]);
    const entries = await database.query.selectFrom('audit_log').select(['kind', 'details']).orderBy('id').execute();
    expect(entries).toEqual([
      { kind: 'personForgotten', details: '{"subject":"megan","rows":2}' },
      { kind: 'personForgotten', details: '{"subject":"megan","rows":0}' },
    ]);
  });

  it('replaces the same in what is archived, which keeps all else', async () => {
    await finishSeeded(database);
    await database.query.updateTable('access_requests').set({ reason: "adele's name is new", ended_at: 1 }).execute();
    await archiveAll(storeParts(database, systemClock), 1_000);

    const dry = await forget('--person', 'adele', '--dry-run');
    const done = await forget('--person', 'adele');
    const again = await forget('--person', 'adele');

    const { requests, tasks, access_requests: access } = await readArchived(database.query, ['R1', 'A1']);
    expect([dry.code, dry.err, done.code, done.err]).toEqual([0, '', 0, '']);
    expect(done.out).toContain('adele is forgotten. Replaced:\n  access_requests: 1\n  tasks: 1\n');
    expect(again.out).toContain('adele is forgotten. Replaced:\n  nothing\n');
    expect(tasks).toMatchObject([{ subject_id: 'adele', subject_name: 'Forgotten person', subject_label: null }]);
    expect(requests).toMatchObject([{ requested_by_name: "megan's name" }]);
    expect(JSON.stringify(access)).not.toContain("adele's name");
  });

  it('leaves a namesake alone', async () => {
    await seedRequest(database, 'R2', { at: 1, tasks: [{ subject: 'lee' }] });
    await database.query
      .updateTable('tasks')
      .set({ subject_name: "adele's name" })
      .where('request_id', '=', 'R2')
      .execute();

    const { code } = await forget('--person', 'adele');

    const names = await database.query
      .selectFrom('tasks')
      .select(['subject_id', 'subject_name'])
      .orderBy('subject_name')
      .execute();
    expect(code).toBe(0);
    expect(names).toContainEqual({ subject_id: 'adele', subject_name: 'Forgotten person' });
    expect(names).toContainEqual({ subject_id: 'lee', subject_name: "adele's name" });
  });

  it(`runs as a program, and ${engine.name === 'SQLite' ? 'says that Usher has to stop first' : 'works beside a running Usher'}`, async () => {
    const program = fileURLToPath(new URL('../src/forget.ts', import.meta.url));
    const usher = await claimDatabase(place.config, systemClock);
    const env = { PATH: process.env.PATH, ...settings, DATABASE_URL: addressOf(place) };

    const ran = await promisify(execFile)(process.execPath, [program, '--person', 'adele'], { env }).catch(
      (error: unknown) => error as { code: number; stderr: string; stdout: string },
    );
    const dry = await promisify(execFile)(process.execPath, [program, '--person', 'adele', '--dry-run'], { env });

    await usher.close();
    if (engine.name === 'SQLite') {
      expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('stop the other one first') });
      expect(dry.stdout).toContain('tasks: 1');
    } else {
      expect(ran.stdout).toContain('adele is forgotten');
      expect(ran.stdout).toContain('vacuum (full, analyze)');
    }
  });
});

function addressOf({ config }: TestDatabase): string {
  return config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
}
