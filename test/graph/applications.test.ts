import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppEntry } from '../../src/apps-file.ts';
import { type Applications, createApplications } from '../../src/graph/applications.ts';
import { apps, everyApplication } from '../../src/sandbox/tenant/applications.ts';
import { type Bench, startBench } from './support.ts';

const entries: readonly AppEntry[] = [
  { app: 'Salesforce', aliases: ['sf', 'crm'], approvers: [], assign: null },
  {
    app: apps.serviceNow.id,
    aliases: ['tickets'],
    approvers: ['a group', 'a person'],
    assign: { appRole: 'User', by: ['approval', 'operator'] },
  },
  { app: apps.gitHubEnterprise.appId, aliases: ['gh'], approvers: [], assign: null, longest: '90d' },
  { app: 'GitHub Enterprise', aliases: [], approvers: [], assign: null, longest: '1y', usual: '30d' },
  { app: 'Long gone', aliases: ['old'], approvers: [], assign: null },
];

let bench: Bench;
let applications: Applications;

beforeEach(async () => {
  bench = await startBench();
  applications = createApplications({ graph: bench.graph, clock: bench.clock, entries });
});

afterEach(() => bench.close());

/** The names of the apps that a text means; null for a Graph error. */
async function meant(text: string): Promise<readonly string[] | null> {
  const found = await applications.find(text);
  if (!found.ok) return null;
  switch (found.value.kind) {
    case 'one':
      return [found.value.app.displayName];
    case 'several':
      return found.value.apps.map(({ displayName }) => displayName);
    case 'none':
      return [];
  }
}

const page = (...names: readonly string[]) => ({
  kind: 'status' as const,
  status: 200,
  body: { value: names.map((displayName) => ({ id: `id of ${displayName}`, appId: 'a', displayName })) },
});

describe('finding an application', () => {
  it.each([
    ['its name', 'Salesforce', 'Salesforce'],
    ['its name in another case, with blanks around', '  salesforce ', 'Salesforce'],
    ['its name, though another begins the same', 'Salesforce', 'Salesforce'],
    ['the longer of two names', 'salesforce sandbox', 'Salesforce Sandbox'],
    ['an alias', 'CRM', 'Salesforce'],
    ['an alias of an object id', 'tickets', 'ServiceNow'],
    ['an alias of an application id', 'gh', 'GitHub Enterprise'],
    ['the object id of its service principal', apps.zscaler.id, 'Zscaler'],
    ['its application id', apps.zscaler.appId, 'Zscaler'],
    ['the beginning of its name', 'github', 'GitHub Enterprise'],
    ['the beginning of its name', 'Contoso', 'Contoso AD'],
  ])('finds it by %s: %s', async (_what, text, name) => {
    expect(await meant(text)).toEqual([name]);
  });

  it('brings ids and aliases along', async () => {
    const found = await applications.find('Salesforce');

    const { id, appId } = apps.salesforce;
    const app = {
      id,
      appId,
      displayName: 'Salesforce',
      enabled: true,
      aliases: ['sf', 'crm'],
      approvers: [],
      assign: null,
    };
    expect(found).toEqual({ ok: true, value: { kind: 'one', app } });
  });

  it('brings along who decides on access to it, and what an approval assigns', async () => {
    const found = await applications.find('ServiceNow');

    expect(found).toMatchObject({
      value: { app: { approvers: ['a group', 'a person'], assign: { appRole: 'User' } } },
    });
  });

  it('brings along how long access lasts, which the first entry says that says it', async () => {
    const found = await applications.find('GitHub Enterprise');

    expect(found).toMatchObject({ value: { app: { ends: { longest: '90d', usual: '30d' } } } });
  });

  it.each(['salesf', 'force', 'Sales force', 'hub', 'Enterprise'])(
    'treats %s, part of a name, as a near miss and lists the candidates',
    async (text) => {
      const found = await applications.find(text);

      expect(found).toMatchObject({ ok: true, value: { kind: 'none' } });
      const known = found.ok && found.value.kind === 'none' ? found.value.known : [];
      expect(known).toEqual(expect.arrayContaining(['Salesforce', 'sf', 'GitHub Enterprise', 'gh']));
    },
  );

  it.each(["x' or startswith(displayName,'S", "'", 'a)', '"', '\\'])(
    'treats %s as a name, and nothing else',
    async (text) => {
      expect(await meant(text)).toEqual([]);
    },
  );

  it('finds no app by the id of another object', async () => {
    const found = await applications.find('5eed0000-0000-4000-8000-00000000ffff');

    expect(found).toEqual({ ok: true, value: { kind: 'none', known: [] } });
  });

  it('finds no app by an alias whose app is gone', async () => {
    expect(await meant('old')).toEqual([]);
  });

  it('asks when several names begin so, and says when there are more than it shows', async () => {
    const names = ['Box One', 'Box Two', 'Box Three', 'Box Four', 'Box Five', 'Box Six', 'Box Seven'];
    bench.sandbox.failNext('/servicePrincipals', page(...names));

    const found = await applications.find('box');

    expect(found).toMatchObject({ ok: true, value: { kind: 'several', more: true } });
    expect(found.ok && found.value.kind === 'several' && found.value.apps).toHaveLength(6);
  });

  it('asks about the only app whose name begins so where others may be unread', async () => {
    const { body, ...answer } = page('Boxer', 'Box One');
    const nextLink = `${bench.sandbox.url}/v1.0/servicePrincipals?$skiptoken=2`;
    bench.sandbox.failNext('/servicePrincipals', page());
    bench.sandbox.failNext('/servicePrincipals', { ...answer, body: { ...body, '@odata.nextLink': nextLink } });

    const found = await applications.find('box');

    expect(found).toMatchObject({
      ok: true,
      value: { kind: 'several', apps: [{ displayName: 'Box One' }], more: true },
    });
  });

  it('asks when two apps have exactly that name', async () => {
    bench.sandbox.failNext('/servicePrincipals', page('Box', 'box', 'Box Sign'));

    expect(await meant('Box')).toEqual(['box', 'Box']);
  });

  it('finds an app that was created after the list was read', async () => {
    await applications.list();
    bench.sandbox.failNext('/servicePrincipals', page('Brand New'));

    expect(await meant('brand new')).toEqual(['Brand New']);
  });

  it('does not accept a longer name while an app of exactly that name may have just been created', async () => {
    await applications.list();
    bench.sandbox.failNext('/servicePrincipals', page('Contoso', 'Contoso AD'));

    expect(await meant('contoso')).toEqual(['Contoso']);
  });

  it('passes on Graph’s refusal', async () => {
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 403 });

    expect(await applications.find('Salesforce')).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});

describe('the list of applications', () => {
  it('is sorted by name, with aliases', async () => {
    const list = await applications.list();

    const names = list.ok ? list.value.items.map(({ displayName }) => displayName) : [];
    expect(names).toEqual(everyApplication.map(({ displayName }) => displayName).toSorted());
    expect(names).toEqual(expect.arrayContaining(['Concur', 'Payroll', 'Zscaler']));
    expect(list.ok && list.value.items.find(({ displayName }) => displayName === 'GitHub Enterprise')?.aliases).toEqual(
      ['gh'],
    );
  });

  it('shows what has changed once it is read again', async () => {
    await applications.list();
    await bench.clock.advance(10 * 60_000);
    bench.sandbox.failNext('/servicePrincipals', page('Salesforce', 'Notion'));

    const list = await applications.list();

    expect(list.ok && list.value.items.map(({ displayName }) => displayName)).toEqual(['Notion', 'Salesforce']);
  });

  it('is read once in ten minutes', async () => {
    await applications.list();
    await applications.find('Salesforce');
    await bench.clock.advance(10 * 60_000 - 1);
    await applications.list();
    const within = bench.sandbox.requests.length;
    await bench.clock.advance(1);
    await applications.list();

    expect(within).toBe(1);
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it('follows the pages', async () => {
    const { value } = page('Zeta').body;
    const link = `${bench.sandbox.url}/servicePrincipals?$filter=displayName eq 'Concur'`;
    const body = { value, '@odata.nextLink': link };
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 200, body });

    const list = await applications.list();

    expect(list.ok && list.value.items.map(({ displayName }) => displayName)).toEqual(['Concur', 'Zeta']);
  });
});

describe('the other data of an app', () => {
  it('include whether it is enabled in Entra, read anew each time', async () => {
    const disabled = await applications.isEnabled(apps.miro.id);
    bench.sandbox.failNext('/servicePrincipals/', { kind: 'status', status: 200, body: { accountEnabled: true } });
    const enabled = await applications.isEnabled(apps.miro.id);
    const gone = await applications.isEnabled('5eed0000-0000-4000-8000-00000000ffff');

    expect([disabled, enabled, gone]).toEqual([false, true, null].map((value) => ({ ok: true, value })));
    expect(bench.sandbox.requests).toHaveLength(3);
  });

  it('distinguish it from others of its name', async () => {
    expect(await applications.describe(apps.docuSign.id)).toEqual({
      ok: true,
      value: { createdAt: '2024-02-05T09:00:00Z', publisher: 'DocuSign, Inc.', description: null },
    });
  });
});

describe('an incomplete list', () => {
  it('does not hide an app of a name that it already has', async () => {
    const link = `${bench.sandbox.url}/servicePrincipals?$skiptoken=x`;
    for (let n = 0; n < 20; n += 1)
      bench.sandbox.failNext(/^\/servicePrincipals$/, {
        kind: 'status',
        status: 200,
        body: { value: page('Box').body.value, '@odata.nextLink': link },
      });
    const list = await applications.list();
    bench.sandbox.failNext(/^\/servicePrincipals$/, {
      kind: 'status',
      status: 200,
      body: { value: [{ id: 'another', appId: 'b', displayName: 'Box' }] },
    });

    expect(list).toMatchObject({ ok: true, value: { complete: false } });
    expect((await meant('Box'))?.length).toBeGreaterThan(1);
  });
});

describe('an app that is not found', () => {
  it('is searched again after a quarter of a minute, unlike one that is found', async () => {
    bench.sandbox.failNext('/servicePrincipals/', { kind: 'status', status: 404 });
    const missing = await meant(apps.zscaler.id);
    await bench.clock.advance(15_000);
    const there = await meant(apps.zscaler.id);
    const asked = bench.sandbox.requests.length;
    await bench.clock.advance(60_000);
    const kept = await meant(apps.zscaler.id);

    expect([missing, there, kept]).toEqual([[], ['Zscaler'], ['Zscaler']]);
    expect(bench.sandbox.requests).toHaveLength(asked);
  });
});
