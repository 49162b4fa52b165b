import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import type { Cursor, HistoryFilter } from '../../../../src/features/checks/history/history-entry.ts';
import { findEntries, findEntriesPage, lastEntryAbout } from '../../../../src/features/checks/history/pages.ts';
import { findKnown } from '../../../../src/requests/known-names.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { idOf, seedAccess, seedRequest } from './support.ts';

const everything: HistoryFilter = { about: null, requestedById: null, since: null };

describe.each(engines)('the history on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(() => place.empty());

  async function found(filter: Partial<HistoryFilter>, limit = 100): Promise<(string | null)[]> {
    const { entries } = await findEntries(database, { ...everything, ...filter, after: null, limit });
    return entries.map(idOf);
  }

  it('finds what has a ticket, an access request and what carries it out as one line, within what the reader may see', async () => {
    await seedRequest(database, 'R1', { at: 1_000, ticket: 'INC1' });
    await seedRequest(database, 'R2', { at: 2_000, ticket: 'INC2' });
    await seedRequest(database, 'R3', { at: 3_500, ticket: 'INC1' });
    await seedAccess(database, 'A3', {
      at: 3_000,
      ticket: 'INC1',
      state: 'started',
      decidedBy: 'patti',
      requestId: 'R3',
    });
    await seedRequest(database, 'R4', { at: 4_000, requestedBy: 'megan', ticket: 'INC1', tasks: [{ subject: 'lee' }] });
    await seedRequest(database, 'R5', { at: 5_000 });
    await seedAccess(database, 'A6', { at: 6_000, ticket: 'INC2' });
    const about = { ticket: 'INC1' };

    const seen = { requestedById: 'megan', subjectIds: ['isaiah'] };

    expect(await found({ about })).toEqual(['R4', 'A3', 'R1']);
    expect(await found({ about, since: 2_500 })).toEqual(['R4', 'A3']);
    expect(await found({ about, requestedById: 'megan' })).toEqual(['R4']);
    expect(await found({ about, only: seen })).toEqual(['R4', 'A3', 'R1']);
    expect(await found({ about, only: { ...seen, subjectIds: [] } })).toEqual(['R4']);
    expect((await findEntries(database, { ...everything, about, after: null, limit: 1 })).entries[0]?.ticket).toEqual({
      number: 'INC1',
      url: null,
    });
  });

  it('shows what was asked for, newest first, with its result', async () => {
    await seedRequest(database, 'R1', { at: 1_000 });
    await seedAccess(database, 'A1', { at: 2_000, requestedBy: 'megan' });

    const { entries, next } = await findEntries(database, { ...everything, after: null, limit: 10 });

    expect(entries).toEqual([
      {
        kind: 'access',
        at: 2_000,
        accessRequestId: 'A1',
        requestedBy: { id: 'megan', name: "megan's name" },
        apps: [{ id: 'salesforce', name: 'Salesforce' }],
        subject: { id: 'isaiah', name: "isaiah's name", label: null },
        state: 'pending',
        startsAt: null,
        timeZone: 'Europe/Berlin',
        decidedBy: null,
        requestId: null,
        result: null,
        ends: [],
      },
      {
        kind: 'provisioning',
        ends: [],
        at: 1_000,
        requestId: 'R1',
        requestedBy: { id: 'alex', name: 'Alex Wilber' },
        apps: [{ id: 'salesforce', name: 'Salesforce' }],
        subject: { id: 'isaiah', name: "isaiah's name", label: 'isaiah@contoso.com' },
        people: 1,
        isGroup: false,
        result: { kind: 'done', counts: { created: 1 }, cancelled: 0 },
        approvedBy: null,
      },
    ]);
    expect(next).toBeNull();
  });

  it.each([
    ['held', ['held', 'held'], { kind: 'held' }],
    ['waiting', ['waiting', 'cancelled'], { kind: 'waiting' }],
    ['running while one runs', ['waiting', 'running'], { kind: 'running' }],
    ['running while some are done and some wait', ['done', 'waiting'], { kind: 'running' }],
    ['cancelled', ['cancelled', 'cancelled'], { kind: 'cancelled' }],
    [
      'done once nothing waits any more',
      ['done', 'cancelled', 'done'],
      { kind: 'done', counts: { created: 2 }, cancelled: 1 },
    ],
  ] as const)('shows a list as %s', async (_name, states, result) => {
    const tasks = states.map((state, index) => ({ subject: `person ${index}`, state }));
    await seedRequest(database, 'R1', { at: 1, tasks });

    const { entries } = await findEntries(database, { ...everything, after: null, limit: 1 });

    expect(entries).toMatchObject([{ subject: null, people: states.length, isGroup: false, result }]);
  });

  it('counts the outcomes of a list by kind', async () => {
    const outcomes = ['created', 'failed', 'created', 'inSync'];
    const tasks = outcomes.map((outcome, index) => ({ subject: `person ${index}`, outcome }));
    await seedRequest(database, 'R1', { at: 1, tasks });

    const { entries } = await findEntries(database, { ...everything, after: null, limit: 1 });

    expect(entries).toMatchObject([
      { result: { kind: 'done', counts: { created: 2, failed: 1, inSync: 1 }, cancelled: 0 } },
    ]);
  });

  it('shows a group as one subject with its members', async () => {
    const tasks = [5, 3].map((members) => ({ subject: 'sales', type: 'Group', members }));
    await seedRequest(database, 'R1', { at: 1, tasks });

    const { entries } = await findEntries(database, { ...everything, after: null, limit: 1 });

    expect(entries).toMatchObject([{ subject: { id: 'sales' }, isGroup: true, people: 8 }]);
  });

  it('makes one line of an access request and the request that carries it out', async () => {
    await seedRequest(database, 'R1', { at: 3_000, tasks: [{ subject: 'isaiah', outcome: 'inSync' }] });
    const more = { state: 'finished', decidedBy: 'patti', requestId: 'R1' } as const;
    await seedAccess(database, 'A1', { at: 1_000, ...more });

    const { entries } = await findEntries(database, { ...everything, after: null, limit: 10 });

    expect(entries).toMatchObject([
      {
        kind: 'access',
        accessRequestId: 'A1',
        state: 'finished',
        decidedBy: { id: 'patti', name: "patti's name" },
        requestId: 'R1',
        result: { kind: 'done', counts: { inSync: 1 }, cancelled: 0 },
      },
    ]);
  });

  it('shows what was carried out in a stretch of time though it was asked for before', async () => {
    await seedRequest(database, 'R1', { at: 3_000 });
    await seedAccess(database, 'A1', { at: 1_000, state: 'finished', decidedBy: 'patti', requestId: 'R1' });

    const { entries } = await findEntries(database, { ...everything, since: 2_000, after: null, limit: 10 });

    expect(entries).toMatchObject([{ requestId: 'R1', approvedBy: { id: 'patti', name: "patti's name" } }]);
  });

  it('finds a person as requester and as subject, once where they are both', async () => {
    await seedRequest(database, 'own', { at: 1, requestedBy: 'adele', tasks: [{ subject: 'isaiah' }] });
    await seedRequest(database, 'about', { at: 2, tasks: [{ subject: 'isaiah' }, { subject: 'adele' }] });
    await seedRequest(database, 'both', { at: 3, requestedBy: 'adele', tasks: [{ subject: 'adele' }] });
    await seedRequest(database, 'other', { at: 4 });
    await seedAccess(database, 'asks', { at: 5, requestedBy: 'adele' });
    await seedAccess(database, 'gets', { at: 6, subject: 'adele' });
    await seedAccess(database, 'neither', { at: 7 });

    expect(await found({ about: { personId: 'adele' } })).toEqual(['gets', 'asks', 'both', 'about', 'own']);
    expect(
      (await findEntriesPage(database, { ...everything, about: { personId: 'adele' } }, 1, 2)).entries.map(idOf),
    ).toEqual(['both', 'about']);
  });

  it('finds an app, a requester, and both together', async () => {
    await seedRequest(database, 'R1', { at: 1, app: 'zscaler', requestedBy: 'megan' });
    await seedRequest(database, 'R2', { at: 2, app: 'zscaler' });
    await seedRequest(database, 'R3', { at: 3, requestedBy: 'megan', tasks: [{ subject: 'adele' }] });
    await seedAccess(database, 'A1', { at: 4, app: 'zscaler', requestedBy: 'megan' });

    expect(await found({ about: { appId: 'zscaler' } })).toEqual(['A1', 'R2', 'R1']);
    expect(await found({ requestedById: 'megan' })).toEqual(['A1', 'R3', 'R1']);
    expect(await found({ requestedById: 'megan', about: { appId: 'zscaler' } })).toEqual(['A1', 'R1']);
    expect(await found({ requestedById: 'megan', about: { personId: 'adele' } })).toEqual(['R3']);
    expect(await found({ requestedById: 'megan', about: { personId: 'megan' } })).toEqual(['A1', 'R3', 'R1']);
    expect(await found({ about: { personId: 'nobody' } })).toEqual([]);
  });

  it('finds a request over several apps once by each of them, and by each person', async () => {
    const tasks = ['isaiah', 'adele'].flatMap((subject) => ['zscaler', 'github'].map((app) => ({ subject, app })));
    await seedRequest(database, 'before', { at: 1, app: 'github' });
    await seedRequest(database, 'both', { at: 2, app: 'zscaler', tasks });
    await seedRequest(database, 'after', { at: 3, app: 'github', requestedBy: 'megan' });

    const pages = await Promise.all(
      [0, 1, 2].map((page) => findEntriesPage(database, { ...everything, about: { appId: 'github' } }, page, 1)),
    );

    expect(await found({ about: { appId: 'github' } })).toEqual(['after', 'both', 'before']);
    expect(await found({ about: { appId: 'zscaler' } })).toEqual(['both']);
    expect(await found({ about: { appId: 'github' }, requestedById: 'alex' })).toEqual(['both', 'before']);
    expect(await found({ about: { personId: 'adele' } })).toEqual(['both']);
    expect(
      await found({ about: { appId: 'github' }, only: { requestedById: 'megan', subjectIds: ['adele'] } }),
    ).toEqual(['after', 'both']);
    expect(pages.flatMap(({ entries }) => entries.map(idOf))).toEqual(['after', 'both', 'before']);
    expect(idOf(await lastEntryAbout(database, 'adele', 'github'))).toBe('both');
    expect(await findKnown(database, 'GitHub')).toMatchObject([{ kind: 'app', id: 'github' }]);
  });

  it('begins with the very moment that the caller names', async () => {
    await seedRequest(database, 'before', { at: 999 });
    await seedRequest(database, 'then', { at: 1_000 });
    await seedAccess(database, 'too', { at: 1_000 });

    expect((await found({ since: 1_000 })).toSorted()).toEqual(['then', 'too']);
  });

  it('goes through all of it page by page, missing nothing and repeating nothing', async () => {
    for (let index = 0; index < 9; index += 1) {
      // Three at a time at the same moment; every second request came of an access request.
      const at = Math.floor(index / 3) * 1_000;
      await seedRequest(database, `R${index}`, { at });
      if (index % 2 === 0) await seedAccess(database, `A${index}`, { at, state: 'started', requestId: `R${index}` });
    }
    const all = await found({});

    const seen: (string | null)[] = [];
    let after: Cursor | null = null;
    do {
      const page: Awaited<ReturnType<typeof findEntries>> = await findEntries(database, {
        ...everything,
        after,
        limit: 2,
      });
      seen.push(...page.entries.map(idOf));
      after = page.next;
    } while (after !== null);
    const numbered = [];
    for (let page = 0; page < 6; page += 1) numbered.push(await findEntriesPage(database, everything, page, 2));

    expect(all.toSorted()).toEqual(['A0', 'A2', 'A4', 'A6', 'A8', 'R1', 'R3', 'R5', 'R7']);
    expect(seen).toEqual(all);
    expect(numbered.flatMap(({ entries }) => entries.map(idOf))).toEqual(all);
    expect(numbered.map(({ more }) => more)).toEqual([true, true, true, true, false, false]);
  });

  it('shows what was last done for a person in an app', async () => {
    await seedRequest(database, 'asked', { at: 1, requestedBy: 'adele', tasks: [{ subject: 'isaiah' }] });
    await seedRequest(database, 'elsewhere', { at: 9, app: 'zscaler', tasks: [{ subject: 'adele' }] });
    const last = async () => idOf(await lastEntryAbout(database, 'adele', 'salesforce'));
    const told = [await last()];

    await seedAccess(database, 'A1', { at: 2, subject: 'adele', state: 'denied', decidedBy: 'patti' });
    told.push(await last());
    await seedRequest(database, 'R3', { at: 3, tasks: [{ subject: 'adele' }] });
    told.push(await last());
    await seedRequest(database, 'R4', { at: 4, tasks: [{ subject: 'adele' }] });
    await seedAccess(database, 'A2', {
      at: 2,
      subject: 'adele',
      state: 'started',
      decidedBy: 'patti',
      requestId: 'R4',
    });
    told.push(await last());

    expect(told).toEqual([null, 'A1', 'R3', 'A2']);
  });

  it('shows of a list how the one person fared, as of them alone', async () => {
    const tasks = [
      { subject: 'adele' },
      { subject: 'isaiah', outcome: 'failed' },
      { subject: 'lynne', state: 'cancelled' },
    ] as const;
    await seedRequest(database, 'R1', { at: 1, tasks });

    const about = (personId: string) => lastEntryAbout(database, personId, 'salesforce');

    expect(await about('adele')).toMatchObject({
      subject: { id: 'adele' },
      people: 1,
      result: { kind: 'done', counts: { created: 1 }, cancelled: 0 },
    });
    expect(await about('isaiah')).toMatchObject({ people: 1, result: { counts: { failed: 1 }, cancelled: 0 } });
    expect(await about('lynne')).toMatchObject({
      subject: { id: 'lynne' },
      people: 1,
      result: { kind: 'cancelled' },
    });
  });

  it('reports the day from which a question counts, and in whose time zone', async () => {
    await seedAccess(database, 'A1', { at: 1, state: 'approved', decidedBy: 'patti' });
    await database.query.updateTable('access_requests').set({ starts_at: 9_000 }).execute();

    const { entries } = await findEntries(database, { ...everything, after: null, limit: 1 });

    expect(entries).toMatchObject([{ state: 'approved', startsAt: 9_000, timeZone: 'Europe/Berlin' }]);
  });
});
