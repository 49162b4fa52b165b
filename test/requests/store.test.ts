import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { readGate } from '../../src/rate-gate/gate-row.ts';
import type { LeftOut, Subject } from '../../src/requests/request.ts';
import { createRequest, findRequest, insertRequest, type NewTask, type StoreParts } from '../../src/requests/store.ts';
import { seedAccess } from '../features/checks/history/support.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';
import { onClock } from './scene.ts';
import { ask, named, noLimits, person, storeParts, wanted } from './support.ts';

describe.each(engines)('the store on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    database = onClock(opened, clock);
    store = storeParts(database, clock, noLimits);
  });

  it('keeps all data of a request', async () => {
    const asked = wanted({ people: ['isaiah', 'adele'] });

    const { id } = await createRequest(store, asked);

    const found = await findRequest(database, id);
    expect(found).toMatchObject({
      requestedBy: asked.requestedBy,
      apps: [{ id: 'salesforce', name: 'Salesforce' }],
      reader: asked.reader,
      conversation: 'conversation',
      revision: 1,
      createdAt: clock.now(),
    });
    expect(found?.tasks.map((task) => [task.position, task.subject, task.state])).toEqual(
      asked.tasks.map(({ subject }, position) => [
        position,
        subject,
        { kind: 'waiting', dueAt: clock.now(), waitReason: null },
      ]),
    );
  });

  it('keeps as many tasks as a list may have', async () => {
    const [task] = wanted({ people: ['isaiah'] }).tasks;
    const tasks = Array.from({ length: 2_500 }, (_, n) => ({ ...task, subject: person(`p${n}`) }) as NewTask);

    const { id, tasks: made } = await createRequest(store, { ...wanted({ people: ['isaiah'] }), tasks });

    expect(made.map(({ position }) => position)).toEqual(tasks.map((_, n) => n));
    expect((await findRequest(database, id))?.tasks).toHaveLength(2_500);
  });

  it('keeps the members that go with a group, and those that were left out', async () => {
    const members = [person('adele'), person('lee')];
    const leftOut: LeftOut[] = [
      { text: 'Platform Engineering', reason: 'nestedGroup', suggestions: [] },
      { text: 'Zoë 石', reason: 'unknown', suggestions: ['zoe@contoso.com'] },
    ];
    const team: Subject = { id: 'team', type: 'Group', name: 'Sales Team', label: null };

    const { id } = await createRequest(store, wanted({ leftOut, tasks: [{ subject: team, members }] }));

    const found = await findRequest(database, id);
    expect(found?.leftOut).toEqual(leftOut);
    expect(found?.tasks[0]).toMatchObject({ subject: team, members });
    const [record] = await readAudit(database.query, 1);
    expect(record?.details).toEqual({ app: 'salesforce', subjects: ['team'], members: ['adele', 'lee'] });
  });

  it('keeps the app, job and rule of each task, and lists each app once, in the order of the tasks', async () => {
    const salesforce = { id: 'salesforce', name: 'Salesforce' };
    const gitHub = { id: 'github', name: 'GitHub' };
    const calls = [
      { app: salesforce, jobId: 'one', ruleId: 'first' },
      { app: gitHub, jobId: 'two', ruleId: 'second' },
    ];
    const tasks = ['isaiah', 'adele'].flatMap((id) =>
      calls.map((call) => ({ ...call, subject: person(id), members: [] })),
    );

    const { id } = await createRequest(store, wanted({ tasks }));

    const found = await findRequest(database, id);
    expect(found?.apps).toEqual([salesforce, gitHub]);
    expect(found?.tasks.map(({ app, jobId, ruleId }) => ({ app, jobId, ruleId }))).toEqual([...calls, ...calls]);
    const [record] = await readAudit(database.query, 1);
    expect(record?.details).toEqual({ apps: ['salesforce', 'github'], subjects: ['isaiah', 'adele'] });
  });

  it('keeps the ticket with its page, and records the number', async () => {
    const ticket = { number: 'INC0012345', url: 'https://contoso.example/INC0012345' };

    const { id } = await createRequest(store, wanted({ ticket }));
    const other = await createRequest(store, wanted({ ticket: { number: 'RITM1', url: null } }));

    expect(await findRequest(database, id)).toMatchObject({ ticket });
    expect((await findRequest(database, other.id))?.ticket).toEqual({ number: 'RITM1', url: null });
    const records = await readAudit(database.query, 2);
    expect(records.map(({ details }) => details.ticket)).toEqual(['RITM1', 'INC0012345']);
  });

  it('tells a request that awaits its ticket from one without any', async () => {
    const awaiting = await createRequest(store, wanted({ held: true, awaitsTicket: true }));
    const without = await createRequest(store, wanted());

    expect(await findRequest(database, awaiting.id)).toMatchObject({ awaitsTicket: true });
    expect(awaiting).not.toHaveProperty('ticket');
    expect(without).not.toHaveProperty('ticket');
    expect(without).not.toHaveProperty('awaitsTicket');
  });

  it('refuses a call with more members than Graph accepts', async () => {
    const tasks = [{ subject: person('team'), members: named('member', 6).map(person) }];

    await expect(createRequest(store, wanted({ tasks }))).rejects.toThrow('5 members');
  });

  it('keeps typed text in any script', async () => {
    const name = `Zoë 'Ω' "石" \\ 🧑‍💻 ; drop table requests --`;

    const { id } = await createRequest(store, wanted({ requestedBy: { id: 'zoe', name } }));

    expect((await findRequest(database, id))?.requestedBy.name).toBe(name);
  });

  it('gives an id that can be read aloud', async () => {
    const { id } = await ask(store, ['isaiah']);

    expect(id).toMatch(/^[23456789ABCDEFGHJKMNPQRSTVWXYZ]{6}$/);
  });

  it('gives another id where one is taken, by a request of either kind', async () => {
    const { id: taken } = await ask(store, ['isaiah']);
    await seedAccess(database, 'ACCESS', { at: 0 });
    const draws = [taken, 'ACCESS', 'FRESH2'];

    const { id } = await database.transact(async (transaction) =>
      insertRequest(store, transaction, await readGate(store, transaction), wanted(), () => String(draws.shift())),
    );

    expect(id).toBe('FRESH2');
  });

  it('finds nothing under an id that no request has', async () => {
    expect(await findRequest(database, 'NOBODY')).toBeNull();
  });

  it('keeps one request of a source that asks twice', async () => {
    const asked = wanted();

    const first = await createRequest(store, asked);
    const second = await createRequest(store, { ...asked, lane: 'bulk' });

    expect(second).toEqual(first);
  });

  it('keeps one request of twenty that come of one source at the same time', async () => {
    const asked = wanted({ people: named('person', 3) });

    const requests = await Promise.all(Array.from({ length: 20 }, () => createRequest(store, asked)));

    expect(new Set(requests.map(({ id }) => id)).size).toBe(1);
    expect(await countOf('requests')).toBe(1);
    expect(await countOf('tasks')).toBe(3);
    expect(await countOf('messages')).toBe(1);
    expect((await readAudit(database.query, 99)).map(({ kind }) => kind)).toEqual(['asked']);
  });

  it('keeps twenty apart that come of twenty sources at the same time', async () => {
    await Promise.all(named('person', 20).map((person) => ask(store, [person])));

    expect(await countOf('requests')).toBe(20);
    expect(await countOf('tasks')).toBe(20);
  });

  it('stores nothing when a request cannot be stored as a whole', async () => {
    const broken = { ...person('isaiah'), name: null } as unknown as Subject;
    const tasks = [person('adele'), broken].map((subject) => ({ subject, members: [] }));

    await expect(createRequest(store, wanted({ tasks }))).rejects.toThrow();

    expect([await countOf('requests'), await countOf('messages')]).toEqual([0, 0]);
  });

  it('records the requester and the subject, without a name', async () => {
    const { id } = await ask(store, ['isaiah']);

    const [latest] = await readAudit(database.query, 1);
    expect(latest).toEqual({
      at: clock.now(),
      actorId: 'alex',
      kind: 'asked',
      requestId: id,
      details: { app: 'salesforce', subjects: ['isaiah'] },
    });
  });

  async function countOf(table: 'requests' | 'tasks' | 'messages'): Promise<number> {
    return (await database.query.selectFrom(table).selectAll().execute()).length;
  }
});
