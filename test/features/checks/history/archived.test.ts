import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import { type AuditLine, exportAuditLog } from '../../../../src/features/checks/history/audit-lines.ts';
import type { About, HistoryFilter } from '../../../../src/features/checks/history/history-entry.ts';
import { findEntries, findEntriesPage, lastEntryAbout } from '../../../../src/features/checks/history/pages.ts';
import { reviewAccess } from '../../../../src/features/checks/reviewing/access-review.ts';
import { writeAudit } from '../../../../src/requests/audit-log.ts';
import { findKnown } from '../../../../src/requests/known-names.ts';
import { sealNext } from '../../../../src/seals/chain.ts';
import { entriesPerPack } from '../../../../src/seals/pack-record.ts';
import { archiveAll, finishSeeded, packAll, seedEnd } from '../../../requests/archive/support.ts';
import { noLimits, storeParts } from '../../../requests/support.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { idOf, seedAccess, seedRequest } from './support.ts';

const minute = 60_000;
const people = ['isaiah', 'adele', 'diego', 'lee', 'sales team', 'nobody'];
const apps = ['salesforce', 'servicenow', 'zscaler'];

describe.each(engines)('what is archived on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeEach(async () => {
    database = await place.open(systemClock);
    await seedAll();
  });
  afterEach(async () => {
    await database.close();
    await place.empty();
  });

  /** Requests of all kinds, the last third of them too young to be archived. */
  async function seedAll(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      const at = (round + 1) * 100 * minute;
      const id = (name: string) => `${name}${round}2345`;
      const requests = (name: string, seed: Omit<Parameters<typeof seedRequest>[2], 'at'>, later = 0) =>
        seedRequest(database, id(name), { at: at + later * minute, ...seed });
      await requests('A', { requestedBy: 'megan', tasks: [{ subject: 'isaiah' }], ticket: 'CHG1' });
      await requests('B', { tasks: [{ subject: 'adele', outcome: 'failed' }] }, 1);
      await requests(
        'C',
        { requestedBy: 'megan', tasks: ['isaiah', 'adele', 'diego'].map((subject) => ({ subject })) },
        2,
      );
      await requests('D', { app: 'servicenow', tasks: [{ subject: 'sales team', type: 'Group', members: 4 }] }, 3);
      const severalApps = apps.map((app) => ({ subject: 'lee', app }));
      await requests('E', { requestedBy: 'adele', app: 'salesforce', tasks: severalApps }, 4);
      await requests('F', { tasks: [{ subject: 'diego', state: 'held' }] }, 5);
      await requests('G', { requestedBy: 'lee', app: 'zscaler', tasks: [{ subject: 'lee', outcome: 'inSync' }] }, 6);
      await requests(
        'H',
        { requestedBy: 'megan', app: 'zscaler', tasks: [{ subject: 'adele', outcome: 'removed' }] },
        9,
      );
      await database.query.updateTable('requests').set({ purpose: 'end' }).where('id', '=', id('H')).execute();
      await seedEnd(database, id('G'), { ended_as: 'verified', removal_id: id('H') });
      const carried = { requestedBy: 'megan', subject: 'isaiah', decidedBy: 'patti' };
      await seedAccess(database, id('K'), { at: at - minute, ...carried, state: 'finished', requestId: id('A') });
      await seedAccess(database, id('L'), { at: at + 7 * minute, state: 'denied', subject: 'lee', decidedBy: 'patti' });
      for (const name of ['M', 'N'])
        await seedAccess(database, id(name), { at: at + 8 * minute, state: 'expired', subject: 'diego' });
      await database.query
        .updateTable('access_requests')
        .set({ joint_id: id('JJJ'), joint_group: id('JJJG') })
        .where('id', 'in', ['M', 'N'].map(id))
        .execute();
      for (const [index, requestId] of [...'ABCDEFGH'].map(id).entries())
        for (let entry = 0; entry < 30; entry += 1)
          await writeAudit(database.query, {
            at: at + index * minute + entry,
            actorId: entry % 3 === 0 ? 'patti' : 'megan',
            kind: entry % 3 === 0 ? 'accessApproved' : 'asked',
            requestId: entry % 3 === 0 ? id('K') : requestId,
            details: { subject: people[entry % 4] ?? '', nr: entry },
          });
    }
    await finishSeeded(database);
    while ((await sealNext(database, 200)) > 0);
  }

  const archiveOld = async (before = 250 * minute) => {
    await archiveAll(storeParts(database, systemClock, noLimits), before);
    return packAll(database, before);
  };
  const all: HistoryFilter = { about: null, requestedById: null, since: null };
  const filters: readonly HistoryFilter[] = [null, 'failed' as const, 'open' as const].flatMap((among) => [
    ...[null, 100 * minute, 105 * minute, 208 * minute].flatMap((since) => [
      { ...all, among, since },
      ...['megan', 'alex', 'nobody'].map((requestedById) => ({ ...all, among, since, requestedById })),
    ]),
    ...[
      ...people.map((personId): About => ({ personId })),
      ...apps.map((appId): About => ({ appId })),
      { ticket: 'CHG1' },
      { ticket: 'CHG2' },
    ].flatMap((about) => [
      { ...all, among, about },
      { ...all, among, about, requestedById: 'megan' },
      { ...all, among, about, only: { requestedById: 'megan', subjectIds: ['adele', 'lee'] } },
    ]),
    { ...all, among, only: { requestedById: 'adele', subjectIds: ['diego', 'isaiah'] } },
  ]);

  it('is in every page of the history as before, whatever is looked for', async () => {
    const look = async () => {
      const found: unknown[] = [];
      for (const filter of filters) {
        found.push(await findEntries(database, { ...filter, after: null, limit: 100 }));
        const { next } = await findEntries(database, { ...filter, after: null, limit: 4 });
        if (next !== null) found.push(await findEntries(database, { ...filter, after: next, limit: 4 }));
        found.push(await findEntriesPage(database, filter, 2, 3));
      }
      return found;
    };
    const before = await look();

    await archiveOld();

    expect(await look()).toEqual(before);
    expect((await database.query.selectFrom('requests').select('id').execute()).length).toBe(10);
  });

  it('is what was last done for a person, by its id, and among the names that are known', async () => {
    const look = async () => {
      const found: unknown[] = [];
      for (const person of people) for (const app of apps) found.push(await lastEntryAbout(database, person, app));
      for (const name of [...people, ...apps, "megan's name", 'patti']) found.push(await findKnown(database, name));
      return found;
    };
    const before = await look();

    // Access before what has ended it.
    await archiveOld(1_000 * minute);
    await archiveOld(1_000 * minute);

    expect(await look()).toEqual(before);
    expect(await database.query.selectFrom('requests').select('id').execute()).toEqual([]);
  });

  it('is in the export as before, in either order, with names and grounds, and its entries with it', async () => {
    const look = async () => {
      const found: unknown[] = [];
      for (const about of [null, { personId: 'lee' }, { appId: 'zscaler' }, { ticket: 'CHG1' }])
        for (const part of [
          {},
          { since: 102 * minute },
          { before: 203 * minute },
          { afterSeal: 0 },
          { afterSeal: 301 },
        ]) {
          const lines: unknown[] = [];
          for await (const line of exportAuditLog(database, { since: null, about, ...part })) lines.push(line);
          found.push(lines);
        }
      return found;
    };
    const before = await look();

    const packs = await archiveOld();

    expect(packs).toBe(Math.floor(480 / entriesPerPack));
    expect(await look()).toEqual(before);
  });

  it.each([
    ['by time', {}],
    ['by seal', { afterSeal: 0 }],
    ['from a time within them', { since: 104 * minute }],
    ['from a seal within them', { afterSeal: 100 }],
    ['about one person', { about: { personId: 'lee' } }],
  ])('has one line in the export for entries that cannot be read, %s', async (_how, part) => {
    const look = async () => {
      const lines: AuditLine[] = [];
      for await (const line of exportAuditLog(database, { since: null, about: null, ...part })) lines.push(line);
      return lines;
    };
    await archiveOld();
    const { first_id: firstId, last_id: lastId } = await database.query
      .selectFrom('entry_packs')
      .selectAll()
      .orderBy('first_seq')
      .executeTakeFirstOrThrow();
    const others = (await look()).filter(({ id }) => id > lastId);

    await database.query
      .updateTable('entry_packs')
      .set({ content: Buffer.from('x') })
      .where('first_seq', '=', 1)
      .execute();
    const [said, ...rest] = await look();

    expect(said).toMatchObject({
      kind: 'unreadable',
      details: { firstId, lastId, firstSeq: 1, lastSeq: entriesPerPack },
    });
    expect(rest).toEqual(others);
    expect(others.length).toBeGreaterThan(0);
  });

  it('is in the review of access as before, with the decisions that are packed', async () => {
    const clock = { now: () => 300 * minute };
    const directory = {
      includedBy: async () => ({ ok: true, value: { kind: 'none', name: null, people: [] } }) as const,
    };
    const look = async () => [
      await reviewAccess({ directory, database, sources: [], clock }, 100),
      await reviewAccess({ directory, database, sources: [], clock }, 1),
    ];
    const before = await look();

    await archiveOld();

    expect(await look()).toEqual(before);
    expect(before[0]?.withoutEnd.given.length).toBeGreaterThan(0);
  });

  it('is found by the ids of its line, and leaves out what has none', async () => {
    await archiveOld();
    const { entries } = await findEntries(database, { ...all, after: null, limit: 100 });

    expect(entries.map(idOf).filter((id) => id?.endsWith('02345'))).toHaveLength(11);
  });
});
