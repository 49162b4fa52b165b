import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import {
  type AuditLine,
  type ExportFilter,
  exportAuditLog,
  linesAtOnce,
} from '../../../../src/features/checks/history/audit-lines.ts';
import { csvOf } from '../../../../src/features/checks/history/texts.ts';
import { type AuditEntry, writeAudit } from '../../../../src/requests/audit-log.ts';
import { findKnown } from '../../../../src/requests/known-names.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { seedAccess, seedRequest } from './support.ts';

const whole: ExportFilter = { since: null, about: null };

describe.each(engines)('the export of the audit log on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(() => place.empty());

  const write = (at: number, more: Partial<AuditEntry> = {}) =>
    writeAudit(database.query, { at, actorId: 'alex', kind: 'asked', requestId: null, details: {}, ...more });

  async function exported(filter: Partial<ExportFilter> = {}): Promise<AuditLine[]> {
    const lines: AuditLine[] = [];
    for await (const line of exportAuditLog(database, { ...whole, ...filter })) lines.push(line);
    return lines;
  }

  const kinds = async (filter: Partial<ExportFilter>) => (await exported(filter)).map(({ kind }) => kind);

  /** Entries of a second each, in one statement. */
  async function writeMany(count: number): Promise<void> {
    const entry = (at: number) => ({ at, actor_id: '', kind: 'denied', request_id: null, details: '{}' });
    const entries = Array.from({ length: count }, (_, index) => entry(index * 1_000));
    await database.query.insertInto('audit_log').values(entries).execute();
  }

  it('has the ticket of the request, and can be searched by it', async () => {
    await seedRequest(database, 'R1', { at: 1_000, ticket: 'INC1' });
    await seedAccess(database, 'A1', { at: 1_000, ticket: 'INC1' });
    await seedRequest(database, 'R2', { at: 1_000, ticket: 'INC2' });
    await database.query.updateTable('requests').set({ ticket: '' }).where('id', '=', 'R2').execute();
    for (const requestId of ['R1', 'A1', 'R2']) await write(2_000, { requestId });
    await write(3_000);

    const all = await exported();
    const about = await exported({ about: { ticket: 'INC1' } });

    expect(all.map(({ ticket }) => ticket)).toEqual(['INC1', 'INC1', null, null]);
    expect(about.map(({ requestId }) => requestId)).toEqual(['R1', 'A1']);
  });

  it('has the reasons that were typed for asking and denying, from the requests', async () => {
    await seedRequest(database, 'R1', { at: 1_000 });
    await database.query.updateTable('requests').set({ reason: 'she left us' }).execute();
    await seedAccess(database, 'A1', { at: 1_000, decidedBy: 'patti', state: 'denied' });
    const typed = { reason: 'he joins us', decision_reason: 'not yet' };
    await database.query.updateTable('access_requests').set(typed).execute();
    await write(2_000, { requestId: 'R1' });
    await write(2_000, { kind: 'confirmed', requestId: 'R1' });
    await write(2_000, { kind: 'accessAsked', requestId: 'A1' });
    await write(2_000, { kind: 'accessDenied', requestId: 'A1' });

    const lines = await exported();

    expect(lines.map(({ reason }) => reason)).toEqual(['she left us', null, 'he joins us', 'not yet']);
  });

  it('shows who did what, oldest first, with the names that requests hold', async () => {
    await seedRequest(database, 'R1', { at: 2_000 });
    await seedAccess(database, 'A1', { at: 1_000, requestedBy: 'megan', decidedBy: 'patti', state: 'approved' });
    await write(2_000, {
      requestId: 'R1',
      details: { app: 'salesforce', subjects: ['isaiah', 'adele'], members: ['m'] },
    });
    await write(3_000, { kind: 'accessApproved', actorId: 'patti', requestId: 'A1' });
    await write(1_000, { kind: 'denied', actorId: 'johanna', details: { permission: 'provision.run' } });
    await write(4_000, { kind: 'accessExpired', actorId: '' });

    const lines = await exported();

    expect(lines).toEqual([
      {
        id: expect.any(Number),
        at: '1970-01-01T00:00:01.000Z',
        kind: 'denied',
        actorId: 'johanna',
        actorName: null,
        requestId: null,
        appId: null,
        appName: null,
        ticket: null,
        reason: null,
        subjectIds: [],
        details: { permission: 'provision.run' },
      },
      {
        id: expect.any(Number),
        at: '1970-01-01T00:00:02.000Z',
        kind: 'asked',
        actorId: 'alex',
        actorName: 'Alex Wilber',
        requestId: 'R1',
        appId: 'salesforce',
        appName: 'Salesforce',
        ticket: null,
        reason: null,
        subjectIds: ['isaiah', 'adele', 'm'],
        details: { app: 'salesforce', subjects: ['isaiah', 'adele'], members: ['m'] },
      },
      {
        id: expect.any(Number),
        at: '1970-01-01T00:00:03.000Z',
        kind: 'accessApproved',
        actorId: 'patti',
        actorName: "patti's name",
        requestId: 'A1',
        appId: 'salesforce',
        appName: 'Salesforce',
        ticket: null,
        reason: null,
        subjectIds: ['isaiah'],
        details: {},
      },
      expect.objectContaining({ kind: 'accessExpired', actorId: '', actorName: null }),
    ]);
  });

  it('begins with the very moment that the caller names', async () => {
    for (const at of [999, 1_000, 1_001]) await write(at);

    expect((await exported({ since: 1_000 })).map(({ at }) => at)).toEqual([
      '1970-01-01T00:00:01.000Z',
      '1970-01-01T00:00:01.001Z',
    ]);
  });

  it('leaves out entries about other people and apps', async () => {
    await seedRequest(database, 'R1', {
      at: 1,
      requestedBy: 'megan',
      tasks: [{ subject: 'adele' }, { subject: 'isaiah' }],
    });
    await seedRequest(database, 'R2', { at: 1, app: 'zscaler', tasks: [{ subject: 'isaiah' }] });
    await seedAccess(database, 'A1', { at: 1, subject: 'adele', app: 'zscaler' });
    await write(1, { kind: 'confirmed', requestId: 'R1' });
    await write(2, { kind: 'sent', requestId: 'R2' });
    await write(3, { kind: 'accessAsked', requestId: 'A1' });
    await write(4, { kind: 'denied', actorId: 'adele' });
    await write(5, { kind: 'asked', requestId: 'R2', details: { members: ['adele'] } });
    await write(6, { kind: 'blocked', details: { app: 'salesforce' } });

    expect(await kinds({ about: { personId: 'adele' } })).toEqual(['confirmed', 'accessAsked', 'denied', 'asked']);
    expect(await kinds({ about: { personId: 'megan' } })).toEqual(['confirmed']);
    expect(await kinds({ about: { appId: 'salesforce' } })).toEqual(['confirmed', 'blocked']);
    expect(await kinds({ about: { appId: 'zscaler' } })).toEqual(['sent', 'accessAsked', 'asked']);
  });

  it('names of a request over several apps the app of each call, and leaves out the calls in the others', async () => {
    const apps = ['zscaler', 'github'];
    await seedRequest(database, 'R1', { at: 1, app: 'zscaler', tasks: apps.map((app) => ({ subject: 'adele', app })) });
    await write(1, { requestId: 'R1', details: { apps, subjects: ['adele'] } });
    for (const app of apps) await write(2, { kind: 'sent', requestId: 'R1', details: { subject: 'adele', app } });

    const about = async (appId: string) =>
      (await exported({ about: { appId } })).map((line) => [line.kind, line.appId, line.appName]);

    expect(await about('github')).toEqual([
      ['asked', null, null],
      ['sent', 'github', "github's name"],
    ]);
    expect(await about('zscaler')).toEqual([
      ['asked', null, null],
      ['sent', 'zscaler', "zscaler's name"],
    ]);
    expect(await about('salesforce')).toEqual([]);
  });

  it('goes through all pages, missing nothing and repeating nothing', async () => {
    // All at the same moment, so that only the number of the entry decides where a page ends.
    const entry = { at: 7, actor_id: '', kind: 'denied', request_id: null };
    const entries = Array.from({ length: 2 * linesAtOnce + 3 }, (_, n) => ({
      ...entry,
      details: JSON.stringify({ n }),
    }));
    await database.query.insertInto('audit_log').values(entries).execute();

    const lines = await exported();

    expect(lines.map(({ details }) => details.n)).toEqual(entries.map((_, n) => n));
  });

  it('holds no more than a page in memory, however slowly its text is read', async () => {
    await writeMany(3 * linesAtOnce);
    let pages = 0;
    const query = database.query.withPlugin({
      transformQuery({ node }) {
        pages += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const text = csvOf(exportAuditLog({ ...database, query }, whole));
    const asked: number[] = [];

    for (let taken = 0; (await text.next()).done !== true; taken += 1)
      // The header comes before the first entry.
      if (taken % linesAtOnce <= 1) asked.push(pages);

    // The page, and a look whether older entries are packed.
    expect(asked).toEqual([0, 2, 2, 4, 4, 6, 6]);
  });

  it('reads no further once the reader has stopped', async () => {
    await writeMany(2 * linesAtOnce);
    const lines = exportAuditLog(database, whole);

    await lines.next();
    await lines.return(undefined);

    expect((await lines.next()).done).toBe(true);
  });

  it('finds people and apps by id, name or user principal name, whatever the case', async () => {
    await seedRequest(database, 'R1', { at: 1, requestedBy: 'megan', tasks: [{ subject: 'adele' }] });
    await seedAccess(database, 'A1', { at: 1, subject: 'isaiah', app: 'zscaler', decidedBy: 'patti' });
    await write(1, { actorId: 'johanna' });
    const known = async (text: string) => (await findKnown(database, text)).map(({ kind, id }) => `${kind} ${id}`);

    expect(await known('SALESFORCE')).toEqual(['app salesforce']);
    expect(await known("Zscaler's Name")).toEqual(['app zscaler']);
    expect(await known(' adele@contoso.com ')).toEqual(['person adele']);
    expect(await known("patti's name")).toEqual(['person patti']);
    expect(await known('megan')).toEqual(['person megan']);
    expect(await known('johanna')).toEqual(['person johanna']);
    expect(await known('nobody')).toEqual([]);
  });
});
