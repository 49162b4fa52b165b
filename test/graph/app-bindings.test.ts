import { describe, expect, it } from '@jest/globals';
import type { AppEntry } from '../../src/apps-file.ts';
import { type BindingStore, bindingsInMemory } from '../../src/graph/app-bindings.ts';
import { type Application, createApplications } from '../../src/graph/applications.ts';
import type { GraphClient } from '../../src/graph/client.ts';
import { createTestClock } from '../support/clock.ts';

interface Named {
  readonly id: string;
  displayName: string;
}

const id = (number: number) => `5eed0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const group = id(900);
const entry = (app: string, change: Partial<AppEntry> = {}): AppEntry => ({
  app,
  aliases: [],
  approvers: [group],
  assign: null,
  ...change,
});

/** A tenant whose apps a test renames, adds and removes. */
function start(entries: readonly AppEntry[], tenant: Named[], bindings: BindingStore = bindingsInMemory()) {
  const clock = createTestClock();
  const trace = { clientRequestId: 'x', requestId: null, date: null };
  const whole = (app: Named) => ({ ...app, appId: `app ${app.id}`, accountEnabled: true });
  const graph: GraphClient = {
    async read({ path, query }) {
      const wanted = path.split('/')[2];
      const found = tenant.find((app) => app.id === wanted);
      if (wanted !== undefined && found === undefined)
        return { kind: 'refused', status: 404, code: 'x', message: '', retryAfterMs: null, trace };
      if (found !== undefined) return { kind: 'ok', status: 200, body: whole(found), trace };
      const [, name] = /displayName eq '(.*)'/.exec(query?.$filter ?? '') ?? [];
      const byAppId = /^appId eq/.test(query?.$filter ?? '');
      const value = byAppId
        ? []
        : tenant.filter(
            ({ displayName }) => name === undefined || displayName.trim().toLowerCase() === name.toLowerCase(),
          );
      return { kind: 'ok', status: 200, body: { value: value.map(whole) }, trace };
    },
    send: () => Promise.reject(new Error('nothing is sent')),
    close: () => Promise.resolve(),
  };
  const told: string[][] = [];
  const create = () =>
    createApplications({
      graph,
      clock,
      entries,
      bindings,
      observe: (broken) => void told.push(broken.map(({ app, kind }) => `${app}: ${kind}`)),
    });
  const applications = create();
  const app = async (appId: string, of = applications): Promise<Application> => {
    const found = await of.find(appId);
    if (!found.ok || found.value.kind !== 'one') throw new Error(`${appId} is not found`);
    return found.value.app;
  };
  return { clock, tenant, told, bindings, create, applications, app };
}

describe('an entry by a display name', () => {
  it('keeps its approvers when the app is renamed, and a second app of the name gets none of them', async () => {
    const salesforce = { id: id(1), displayName: 'Salesforce' };
    const { clock, tenant, create, app, applications } = start(
      [entry('Salesforce', { aliases: ['sf'], assign: { appRole: 'User', by: ['approval'] } })],
      [salesforce],
    );
    const before = await app(id(1));
    salesforce.displayName = 'Salesforce (old)';
    tenant.push({ id: id(2), displayName: 'Salesforce' });
    await clock.advance(11 * 60_000);

    for (const these of [applications, create()]) {
      expect(await app(id(1), these)).toMatchObject({ approvers: [group], assign: { appRole: 'User' } });
      expect(await app('sf', these)).toMatchObject({ id: id(1) });
      expect(await app(id(2), these)).toMatchObject({ approvers: [], assign: null, aliases: [] });
      expect((await app(id(2), these)).unsettled).toBeUndefined();
      expect(these.broken()).toEqual([]);
    }
    expect(before).toMatchObject({ approvers: [group], aliases: ['sf'] });
  });

  it('that several apps have is bound to none, and each of them is unsettled until the file names the id', async () => {
    const tenant = [
      { id: id(1), displayName: 'Payroll' },
      { id: id(2), displayName: 'payroll ' },
    ];
    const byName = start([entry('Payroll')], tenant);
    const byId = start([entry(id(2))], tenant, byName.bindings);

    const unsettled = [await byName.app(id(1)), await byName.app(id(2))];
    const settled = [await byId.app(id(1)), await byId.app(id(2))];

    expect(unsettled).toMatchObject([
      { unsettled: true, approvers: [] },
      { unsettled: true, approvers: [] },
    ]);
    expect(byName.applications.broken()).toEqual([{ app: 'Payroll', kind: 'several' }]);
    expect(settled.map(({ approvers }) => approvers)).toEqual([[], [group]]);
    expect(settled.map((app) => app.unsettled)).toEqual([undefined, undefined]);
    expect(byId.applications.broken()).toEqual([]);
  });

  it('whose app is gone gives nothing to another app of the name, and no approver decides on that', async () => {
    const { clock, tenant, applications, app, told } = start(
      [entry('Salesforce')],
      [{ id: id(1), displayName: 'Salesforce' }],
    );
    await app(id(1));
    tenant[0] = { id: id(2), displayName: 'Salesforce' };
    await clock.advance(11 * 60_000);

    expect(await app(id(2))).toMatchObject({ approvers: [], assign: null, unsettled: true });
    expect(applications.broken()).toEqual([{ app: 'Salesforce', kind: 'gone' }]);
    expect(told).toEqual([[], ['Salesforce: gone']]);
  });

  it('that no app has is reported, and bound as soon as an app has it', async () => {
    const { clock, tenant, applications, app } = start([entry('Payroll')], [{ id: id(1), displayName: 'Salesforce' }]);
    await applications.list();
    const before = applications.broken();
    tenant.push({ id: id(2), displayName: 'Payroll' });
    await clock.advance(31_000);

    expect(before).toEqual([{ app: 'Payroll', kind: 'none' }]);
    expect(await app(id(2))).toMatchObject({ approvers: [group] });
    expect(applications.broken()).toEqual([]);
  });

  it('is bound anew when it is changed, and the others stay as they are', async () => {
    const salesforce = { id: id(1), displayName: 'Salesforce' };
    const tenant = [salesforce, { id: id(2), displayName: 'Payroll' }];
    const first = start([entry('Salesforce'), entry('Payroll')], tenant);
    await first.applications.list();
    salesforce.displayName = 'Sales';
    const second = start([entry('Sales', { approvers: [id(901)] }), entry('Payroll')], tenant, first.bindings);

    expect(await second.app(id(1))).toMatchObject({ approvers: [id(901)] });
    expect(await second.app(id(2))).toMatchObject({ approvers: [group] });
  });

  it('keeps the binding that another process has stored first', async () => {
    const memory = bindingsInMemory();
    const late: BindingStore = { read: async () => new Map(), bind: (key, appId) => memory.bind(key, appId) };
    await memory.bind('salesforce', id(2));
    const { app } = start(
      [entry('Salesforce')],
      [
        { id: id(1), displayName: 'Salesforce' },
        { id: id(2), displayName: 'Salesforce (first)' },
      ],
      late,
    );

    expect(await app(id(1))).toMatchObject({ approvers: [] });
    expect(await app(id(2))).toMatchObject({ approvers: [group] });
  });

  it('that only gives short names does not block decisions', async () => {
    const { app } = start(
      [entry('Payroll', { approvers: [], aliases: ['pay'] })],
      [
        { id: id(1), displayName: 'Payroll' },
        { id: id(2), displayName: 'Payroll' },
      ],
    );

    expect((await app(id(1))).unsettled).toBeUndefined();
  });
});
