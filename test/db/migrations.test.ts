import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { inspectDatabase } from '../../src/db/inspect.ts';
import { findEntries } from '../../src/features/checks/history/pages.ts';
import { listWatches } from '../../src/features/checks/watching/watches.ts';
import { claimDue, findUnshown } from '../../src/outbox/message-store.ts';
import { runHistory } from '../../src/print-history.ts';
import { findKnown } from '../../src/requests/known-names.ts';
import { findRequestOverview } from '../../src/requests/overview.ts';
import { findRequest } from '../../src/requests/store.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { engineStartMs, engines, type TestDatabase } from '../support/databases.ts';
import { accessRequest, asOf, firstDay, told } from './earlier.ts';

function taskAt(position: number, outcome: string | null) {
  return {
    id: `task ${position}`,
    request_id: 'R7K3MQ',
    position,
    subject_id: 'isaiah',
    subject_type: 'User',
    subject_name: 'Isaiah Langer',
    job_id: 'job',
    rule_id: 'rule',
    state: outcome === null ? ('waiting' as const) : ('done' as const),
    lane: 0,
    turn: 0,
    enqueued_at: 0,
    due_at: 0,
    started_at: 1,
    finished_at: 2,
    attempts: 1,
    outcome,
  };
}

describe.each(engines)('a database of an earlier release on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;

  beforeEach(async () => {
    place = await createTestDatabase();
  }, engineStartMs);
  afterEach(() => place.drop());

  it('keeps its requests and learns the kinds of their outcomes', async () => {
    await asOf(place, '002-throttles', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MQ', ...firstDay })
        .execute();
      const outcomes = [
        '{"report":{"steps":[]},"kind":"created"}',
        ...Array<string>(250).fill('{"kind":"unknown","why":"timeout"}'),
        null,
      ];
      const tasks = outcomes.map((outcome, position) => taskAt(position, outcome));
      await earlier.insertInto('tasks').values(tasks).execute();
      await earlier
        .insertInto('gates')
        .values({ scope: 'tenant', grants: '[1,2]', blocked_until: 0, turns: '[7,3]' })
        .execute();
    });

    const database = await place.open(systemClock);

    const overview = await findRequestOverview(database, 'R7K3MQ');
    expect(overview?.outcomes).toEqual({ created: 1, unknown: 250 });
    expect(overview?.states).toMatchObject({ waiting: 1, done: 251 });
    expect(overview?.request.leftOut).toEqual([]);
    expect(overview?.failures[0]?.members).toEqual([]);
    expect(await database.query.selectFrom('gates').selectAll().execute()).toMatchObject([
      { grants: '[1,2]', turns: '[7,3]', lanes: '[]' },
    ]);
  });

  it('keeps its tasks, none of which waits for an assignment', async () => {
    await asOf(place, '003-lists', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MQ', ...firstDay })
        .execute();
      await earlier
        .insertInto('tasks')
        .values([taskAt(0, null)])
        .execute();
    });

    const database = await place.open(systemClock);

    expect((await findRequest(database, 'R7K3MQ'))?.tasks).toMatchObject([
      { assignment: { kind: 'none' }, awaitsAssignment: false, assignmentMisses: 0 },
    ]);
  });

  it('keeps of earlier attempts what can still be known', async () => {
    await asOf(place, '007-replicas', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MQ', ...firstDay })
        .execute();
      await earlier
        .insertInto('tasks')
        .values([
          { ...taskAt(0, '{"kind":"unknown","why":"timeout"}'), outcome_kind: 'unknown' },
          { ...taskAt(1, '{"kind":"refused"}'), outcome_kind: 'refused' },
          { ...taskAt(2, null), again: 'interrupted' },
          { ...taskAt(3, null), again: 'throttled' },
        ])
        .execute();
    });

    const database = await place.open(systemClock);

    const tasks = await database.query.selectFrom('tasks').select('perhaps').orderBy('position').execute();
    expect(tasks.map(({ perhaps }) => perhaps)).toEqual(['noAnswer', null, 'noAnswer', null]);
  });

  it('has its history at once, and no watches', async () => {
    await asOf(place, '004-access-requests', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MQ', ...firstDay })
        .execute();
      await earlier
        .insertInto('tasks')
        .values([taskAt(0, null)])
        .execute();
    });

    const database = await place.open(systemClock);

    const about = { about: { personId: 'isaiah' }, requestedById: null, since: null };
    const { entries } = await findEntries(database, { ...about, after: null, limit: 10 });
    expect(entries).toMatchObject([{ requestId: 'R7K3MQ', result: { kind: 'waiting' } }]);
    expect(await listWatches(database, 'somewhere')).toEqual([]);
    expect(await claimDue(database, systemClock.now(), 10)).toEqual([]);
  });

  it('loses the reasons that its record holds, in the file as well', async () => {
    const of = (kind: string, details: object) => ({
      ...{ at: 1, actor_id: 'megan', kind, request_id: 'A1' },
      details: JSON.stringify(details),
    });
    await asOf(place, '036-repairs', async (earlier) => {
      const entries = [
        of('accessAsked', { app: 'salesforce', startsAt: null, reason: 'flummoxed, "reason":null' }),
        of('accessDenied', { reason: 'flummoxed' }),
        of('asked', { purpose: 'removal', reason: 'flummoxed', ticket: 'INC1' }),
        of('waitsAgain', { reason: 'throttled' }),
      ];
      // The table had its present name by then.
      await earlier
        .insertInto('audit_log' as 'records')
        .values(entries)
        .execute();
    });

    const database = await place.open(systemClock);

    const rows = await database.query.selectFrom('audit_log').select(['kind', 'details']).orderBy('id').execute();
    expect(rows.map(({ kind, details }) => [kind, JSON.parse(details)])).toEqual([
      ['accessAsked', { app: 'salesforce', startsAt: null }],
      ['accessDenied', {}],
      ['asked', { purpose: 'removal', ticket: 'INC1' }],
      ['waitsAgain', { reason: 'throttled' }],
    ]);
    if (place.config.kind === 'sqlite')
      for (const file of ['', '-wal']) expect(readFileSync(place.config.path + file).includes('flummoxed')).toBe(false);
  });

  it('loses the secrets that its rows hold, and nothing that its cards show', async () => {
    const secret = 'Zq7-planted-7qZ';
    const step = {
      type: 'import',
      name: 'EntryImport',
      status: 'success',
      description: `sent {"password":"${secret}"}`,
      details: { userName: 'isaiah@contoso.com', unicodePwd: secret },
    };
    const report = {
      steps: [step],
      changes: [
        { attribute: 'title', oldValue: null, newValue: 'Clerk' },
        { attribute: 'streetAddress', oldValue: secret, newValue: secret },
      ],
      ...{ changeId: 'c', subjectLabel: 'isaiah@contoso.com', sourceSystem: null, targetSystem: null, targetId: '7' },
    };
    const failed = { kind: 'failed', code: 'X', reason: `not ${secret}`, recommendedAction: null, report };
    const status = { id: 'job', health: { kind: 'quarantined', quarantine: { error: { message: `pwd=${secret}` } } } };
    await asOf(place, '007-replicas', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MQ', ...firstDay })
        .execute();
      const outcomes = Array.from({ length: 450 }, () => ({
        ...taskAt(0, JSON.stringify(failed)),
        outcome_kind: 'failed',
      }));
      const tasks = outcomes.map((task, position) => ({ ...task, id: `task ${position}`, position }));
      await earlier.insertInto('tasks').values(tasks).execute();
      await earlier
        .insertInto('watched_jobs')
        .values({ app_id: 'zscaler', state: 'quarantined', status: JSON.stringify(status), since: 0 })
        .execute();
    });

    const database = await place.open(systemClock);

    const tasks = await database.query.selectFrom('tasks').select('outcome').execute();
    const jobs = await database.query.selectFrom('watched_jobs').select('status').execute();
    expect(JSON.stringify([tasks, jobs])).not.toContain(secret);
    expect(new Set(tasks.map(({ outcome }) => outcome)).size).toBe(1);
    expect(JSON.parse(tasks[0]?.outcome ?? '')).toEqual({
      ...failed,
      reason: 'not •••',
      report: {
        ...report,
        steps: [
          {
            ...step,
            description: 'sent {"password":"•••"}',
            details: { userName: 'isaiah@contoso.com', unicodePwd: '•••' },
          },
        ],
        changes: [report.changes[0], { attribute: 'streetAddress', oldValue: '•••', newValue: '•••' }],
      },
    });
    await database.close();
    const { config } = place;
    if (config.kind === 'sqlite') expect(readFileSync(config.path).includes(secret)).toBe(false);
  });

  it('is left as it was where a migration fails, and Usher does not start on it', async () => {
    await asOf(place, '007-replicas', async (earlier) => {
      // A table that a later migration is going to make.
      await earlier.schema.createTable('app_bindings').addColumn('entry', 'text').execute();
    });
    const before = await inspectDatabase(place.config, systemClock);

    const started = place.open(systemClock);

    await expect(started).rejects.toThrow('app_bindings');
    expect(before).toMatchObject({ pending: expect.arrayContaining(['008-attempts', '015-bindings']) });
    expect(await inspectDatabase(place.config, systemClock)).toEqual(before);
  });

  it('names the app of each task, also of one that an earlier version adds beside this one', async () => {
    await asOf(place, '015-bindings', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MQ', ...firstDay })
        .execute();
      await earlier
        .insertInto('tasks')
        .values([taskAt(0, null)])
        .execute();
    });

    const database = await place.open(systemClock);
    await database.query
      .insertInto('tasks')
      .values({ ...taskAt(1, null), perhaps: null })
      .execute();

    const request = await findRequest(database, 'R7K3MQ');
    const app = { id: 'salesforce', name: 'Salesforce' };
    expect(request?.tasks.map((task) => task.app)).toEqual([app, app]);
    expect(request?.apps).toEqual([app]);
  });

  it('is not changed when the history is read, which says what to do', async () => {
    await asOf(place, '007-replicas', async () => undefined);
    const before = await inspectDatabase(place.config, systemClock);
    const said: string[] = [];
    const err = new Writable({
      write(chunk, _encoding, done) {
        said.push(String(chunk));
        done();
      },
    });
    const { config } = place;
    const environment = {
      ...sandboxEnvironment('http://127.0.0.1:1/v1.0'),
      DATABASE_URL: config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal(),
    };

    const code = await runHistory([], { out: err, err, environment });

    expect([code, said.join('')]).toEqual([1, expect.stringContaining('Start this version on it first')]);
    expect(await inspectDatabase(place.config, systemClock)).toEqual(before);
  });

  it('finds by name and in order what it stored before it could do so', async () => {
    await asOf(place, '015-bindings', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values([
          { id: 'R7K3MQ', ...firstDay, drawn_revision: 2, card_id: 'card' },
          { id: 'R7K3MX', ...firstDay, source: 'other' },
        ])
        .execute();
      await earlier
        .insertInto('tasks')
        .values([taskAt(0, null)])
        .execute();
      await earlier
        .insertInto('access_requests')
        .values({ ...accessRequest, asker_id: 'megan', asker_name: 'Megan Bowen' })
        .execute();
      const card = { ...told, access_request_id: 'A7K3MQ', audience: 'asker' as const, card_id: 'card' };
      await earlier
        .insertInto('access_cards')
        .values([
          { ...card, id: 'copy-1', source: '1', drawn_revision: 4 },
          { ...card, id: 'copy-2', source: '2', drawn_revision: 5 },
        ])
        .execute();
    });

    const database = await place.open(systemClock);

    const known = async (text: string) => (await findKnown(database, text)).map(({ kind, id }) => `${kind} ${id}`);
    expect([await known('ALEX WILBER'), await known('adele vance'), await known('salesforce')]).toEqual([
      ['person alex'],
      ['person adele'],
      ['app salesforce'],
    ]);
    const { entries } = await findEntries(database, {
      about: null,
      requestedById: null,
      since: null,
      after: null,
      limit: 10,
    });
    expect(entries.map(({ kind }) => kind).toSorted()).toEqual(['access', 'provisioning']);
    const unshown = async () => (await findUnshown(database, 10)).toSorted();
    expect(await unshown()).toEqual(['R7K3MQ', 'copy-1']);
    // The log finds later changes at once.
    await database.query.updateTable('requests').set({ revision: 4 }).where('id', '=', 'R7K3MX').execute();
    expect(await unshown()).toEqual(['R7K3MQ', 'copy-1', 'copy-2']);
  });
});
