import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { KitEntry } from '../../src/apps-file.ts';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { storedBindings } from '../../src/db/stored-bindings.ts';
import { createApplications } from '../../src/graph/applications.ts';
import { createKits, type Kit } from '../../src/graph/kit-apps.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce, serviceNow, zscaler } = apps;
const nowhere = '5eed0000-0000-4000-8000-0000000009ff';
const noTerms = { ask: null, approvers: [], assign: null } as const;
const kit = (name: string, ...apps: readonly string[]): KitEntry => ({
  kit: name,
  aliases: [],
  apps,
  ...noTerms,
});

describe.each(engines)('the apps of kits on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let bench: Bench;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    bench = await startBench();
  });
  afterEach(() => bench.close());

  /** As a process that has just started. */
  function start(...entries: readonly KitEntry[]) {
    const { graph, clock } = bench;
    const bindings = storedBindings(database, clock);
    const applications = createApplications({ graph, clock, entries: [], kits: entries, bindings });
    const told: string[][] = [];
    const observe = (broken: readonly { kit: string; app: string; kind: string }[]) =>
      void told.push(broken.map((one) => `${one.kit}: ${one.app}: ${one.kind}`));
    return { kits: createKits({ entries, applications, observe }), applications, told };
  }
  const listed = async (...entries: readonly KitEntry[]): Promise<readonly Kit[]> => {
    const list = await start(...entries).kits.list();
    return list.ok ? list.value : [];
  };
  const bound = () => database.query.selectFrom('app_bindings').select(['entry', 'app_id']).execute();

  it('are found by name in any case, by object id and by application id, and bound where they are named', async () => {
    const [sales] = await listed(kit('Sales', ' salesForce', serviceNow.id.toUpperCase(), zscaler.appId));

    expect(sales?.apps).toMatchObject([
      { name: 'Salesforce', id: salesforce.id, trouble: null },
      { name: 'ServiceNow', id: serviceNow.id, trouble: null },
      { name: 'Zscaler', id: zscaler.id, trouble: null },
    ]);
    expect(await bound()).toEqual([{ entry: 'salesforce', app_id: salesforce.id }]);
  });

  it('keep their places in the order of the file, with what is wrong with each', async () => {
    const entries = [
      kit('First', 'Salesfarce', 'DocuSign', 'Salesforce'),
      kit('Second', nowhere, 'ServiceNow', serviceNow.id),
    ];
    const { kits, told } = start(...entries);

    const list = await kits.list();

    expect(list).toMatchObject({
      ok: true,
      value: [
        {
          name: 'First',
          apps: [
            { name: 'Salesfarce', id: null, trouble: 'none' },
            { name: 'DocuSign', id: null, trouble: 'several' },
            { name: 'Salesforce', trouble: null },
          ],
        },
        {
          name: 'Second',
          apps: [
            { name: nowhere, id: null, trouble: 'gone' },
            { name: 'ServiceNow', trouble: null },
            { name: serviceNow.id, id: null, trouble: 'twice' },
          ],
        },
      ],
    });
    expect(told).toEqual([
      [
        'First: Salesfarce: none',
        'First: DocuSign: several',
        `Second: ${nowhere}: gone`,
        `Second: ${serviceNow.id}: twice`,
      ],
    ]);
    expect(kits.broken()).toHaveLength(4);
  });

  it('are those of the first sight: a later app of the name does not take the place of one that is gone', async () => {
    await listed(kit('Sales', 'Salesforce'));
    await database.query.updateTable('app_bindings').set({ app_id: nowhere }).execute();

    const [sales] = await listed(kit('Sales', 'Salesforce'));

    expect(sales?.apps).toEqual([{ name: 'Salesforce', id: null, trouble: 'gone' }]);
  });

  it('have the present name of an app that was renamed', async () => {
    await listed(kit('Sales', 'Salesforce'));
    await database.query.updateTable('app_bindings').set({ app_id: zscaler.id }).execute();

    const [sales] = await listed(kit('Sales', 'Salesforce'));

    expect(sales?.apps).toMatchObject([{ name: 'Zscaler', id: zscaler.id }]);
  });

  it('are looked for again before long where one was not found', async () => {
    const { kits } = start(kit('Sales', 'Salesforce'));
    await database.query
      .insertInto('app_bindings')
      .values({ entry: 'salesforce', app_id: nowhere, bound_at: 1 })
      .execute();
    const before = await kits.list();
    await database.query.deleteFrom('app_bindings').execute();
    await bench.clock.advance(31_000);

    const after = await kits.list();

    expect(before).toMatchObject({ value: [{ apps: [{ trouble: 'gone' }] }] });
    expect(after).toMatchObject({ value: [{ apps: [{ id: salesforce.id, trouble: null }] }] });
    expect(kits.broken()).toEqual([]);
  });

  it('leave the entries of the file sound where a kit is broken', async () => {
    const { applications } = start(kit('Sales', 'Salesfarce', 'DocuSign'));

    await applications.list();

    expect(applications.broken()).toEqual([]);
    expect(await applications.find('DocuSign')).toMatchObject({ value: { kind: 'several', apps: [{}, {}] } });
  });

  it.each([
    ['isaiah to the Marketing kit', true],
    ['Concur, SALES  starter', true],
    ['salesforce', true],
    ['Concur and ServiceNow', false],
    ['Kitchen Planner', false],
  ])('are not looked for where a text cannot name a kit: %s', (text, may) => {
    const { kits } = start({ ...kit('Sales', 'Salesforce'), aliases: ['sales starter'] });

    expect(kits.mayBeIn(text)).toBe(may);
  });

  it('are not told while Graph does not answer', async () => {
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 403 });
    const { kits, told } = start(kit('Sales', 'Salesforce'));

    expect(await kits.list()).toMatchObject({ ok: false });
    expect(told).toEqual([]);
  });
});
