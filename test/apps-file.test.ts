import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAppsFile, roleAssignedBy } from '../src/apps-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-apps-'));
  path = join(folder, 'apps.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

function readText(text: string) {
  writeFileSync(path, text);
  return readAppsFile(path);
}

const read = (entries: unknown) => readText(JSON.stringify(entries));

describe('the apps file', () => {
  it('is nothing where none is named', () => {
    expect(readAppsFile(null)).toEqual({ ok: true, entries: [], kits: [] });
  });

  it('gives apps the names that people type', () => {
    expect(read([{ app: ' Salesforce ', aliases: [' sf', 'crm'] }, { app: 'Payroll' }])).toEqual({
      ok: true,
      entries: [
        { app: 'Salesforce', aliases: ['sf', 'crm'], approvers: [], assign: null },
        { app: 'Payroll', aliases: [], approvers: [], assign: null },
      ],
      kits: [],
    });
  });

  it('gives apps approvers of their own, by id in any case, and the role that an approval assigns', () => {
    const approvers = ['5EED0000-0000-4000-8000-0000000001AA', '5eed0000-0000-4000-8000-000000000003'];

    expect(read([{ app: 'Salesforce', approvers, assign: { appRole: ' Standard User ' } }])).toEqual({
      ok: true,
      entries: [
        {
          app: 'Salesforce',
          aliases: [],
          approvers: ['5eed0000-0000-4000-8000-0000000001aa', '5eed0000-0000-4000-8000-000000000003'],
          assign: { appRole: 'Standard User', by: ['approval'] },
        },
      ],
      kits: [],
    });
  });

  it('says of an app whether it needs tickets, where they are, and of which projects they may be', () => {
    const tickets = { ticket: 'required', ticketUrl: 'https://contoso.example/{ticket}', ticketProjects: ['DEV'] };

    expect(read([{ app: 'Salesforce', ...tickets }])).toMatchObject({ ok: true, entries: [tickets] });
  });

  it('says of an app how long access lasts at most, and where a request names no end', () => {
    expect(read([{ app: 'Salesforce', longest: '90d', usual: '2w' }])).toMatchObject({
      ok: true,
      entries: [{ longest: '90d', usual: '2w' }],
    });
  });

  it('that names a usual length of access above the longest is reported', () => {
    const entries = [
      { app: 'Salesforce', longest: '90d', usual: '1y' },
      { app: 'Box', usual: '1y' },
    ];

    expect(read(entries)).toEqual({
      ok: false,
      problems: [
        {
          variable: 'APPS_FILE',
          problem: 'has a “usual” above its “longest”: Salesforce',
          fix: 'make “usual” shorter',
        },
      ],
    });
  });

  it('may be empty', () => {
    expect(read([])).toEqual({ ok: true, entries: [], kits: [] });
  });

  it('that is not there is reported, with its variable', () => {
    expect(readAppsFile(join(folder, 'other.json'))).toEqual({
      ok: false,
      problems: [
        {
          variable: 'APPS_FILE',
          problem: expect.stringContaining('which cannot be read'),
          fix: expect.stringContaining('path'),
        },
      ],
    });
  });

  it('that is a folder is reported', () => {
    expect(readAppsFile(folder)).toMatchObject({ ok: false, problems: [{ problem: expect.stringContaining('read') }] });
  });

  it.each(['', '[', 'app: Salesforce'])('that is not JSON is reported with its position: %j', (text) => {
    expect(readText(text)).toMatchObject({
      ok: false,
      problems: [
        {
          variable: 'APPS_FILE',
          problem: expect.stringContaining('which does not hold JSON'),
          fix: expect.stringMatching(/^correct it: .+/),
        },
      ],
    });
  });

  it.each([
    ['the top', { app: 'Salesforce' }],
    ['the top', null],
    ['0.app', [{ aliases: ['sf'] }]],
    ['0.app', [{ app: '  ' }]],
    ['1.aliases', [{ app: 'A' }, { app: 'B', aliases: 'b' }]],
    ['0.aliases.1', [{ app: 'A', aliases: ['a', ''] }]],
    ['0', [{ app: 'A', alias: ['a'] }]],
    ['0', ['Salesforce']],
    ['0.approvers.0', [{ app: 'A', approvers: ['App Approvers'] }]],
    ['0.assign', [{ app: 'A', assign: true }]],
    ['0.ticket', [{ app: 'A', ticket: 'perhaps' }]],
    ['0.ticketUrl', [{ app: 'A', ticketUrl: 'http://contoso.example/{ticket}' }]],
    ['0.ticketUrl', [{ app: 'A', ticketUrl: 'https://{ticket}.contoso.example' }]],
    ['0.ticketUrl', [{ app: 'A', ticketUrl: 7 }]],
    ['0.ticketProjects.1', [{ app: 'A', ticketProjects: ['DEV', 'D.*'] }]],
    ['0.longest', [{ app: 'A', longest: '0d' }]],
    ['0.longest', [{ app: 'A', longest: 90 }]],
    ['0.usual', [{ app: 'A', usual: '3 months' }]],
    ['0.usual', [{ app: 'A', longest: '90d', usual: '3q' }]],
    ['0.assign.appRole', [{ app: 'A', assign: {} }]],
    ['0.assign.appRole', [{ app: 'A', assign: { appRole: ' ' } }]],
    ['0.assign', [{ app: 'A', assign: { appRole: 'User', group: 'Sales' } }]],
    ['0.assign.by', [{ app: 'A', assign: { appRole: 'User', by: [] } }]],
    ['0.assign.by', [{ app: 'A', assign: { appRole: 'User', by: 'operator' } }]],
    ['0.assign.by.1', [{ app: 'A', assign: { appRole: 'User', by: ['operator', 'viewer'] } }]],
  ])('with a mistake at %s is reported with that position: %j', (place, entries) => {
    expect(read(entries)).toMatchObject({
      ok: false,
      problems: [{ variable: 'APPS_FILE', problem: expect.stringContaining(`has a mistake at ${place}: `) }],
    });
  });

  it.each([
    { by: undefined, approval: 'User', operator: null },
    { by: ['approval', 'operator'], approval: 'User', operator: 'User' },
    { by: ['operator'], approval: null, operator: 'User' },
  ])(
    'has a role assigned on the word of those that it names, by default of an approval alone: $by',
    ({ by, ...roles }) => {
      const result = read([{ app: 'A', assign: { appRole: 'User', by } }]);

      const [entry] = result.ok ? result.entries : [];
      if (entry === undefined) throw new Error('the file has a mistake');
      expect({ approval: roleAssignedBy('approval', entry), operator: roleAssignedBy('operator', entry) }).toEqual(
        roles,
      );
    },
  );

  it('reports all its mistakes at once', () => {
    const result = read([{ app: '' }, { app: 'B', aliases: [7] }]);

    expect(result.ok ? [] : result.problems).toHaveLength(2);
  });

  it.each([
    [
      'two apps',
      [
        { app: 'A', aliases: ['crm', 'x'] },
        { app: 'B', aliases: ['CRM'] },
      ],
    ],
    ['one app twice', [{ app: 'A', aliases: ['crm', 'Crm'] }]],
  ])('that gives an alias to %s is reported, as no reader could tell which app is meant', (_what, entries) => {
    expect(read(entries)).toMatchObject({
      ok: false,
      problems: [{ problem: expect.stringMatching(/: crm$/), fix: 'let each alias stand once' }],
    });
  });
});

describe('the kits of the apps file', () => {
  const object = '5EED0000-0000-4000-8000-0000000000A1';
  const sales = { kit: 'Sales', apps: ['Salesforce'] };
  const problemsIn = (content: unknown) => {
    const result = read(content);
    return result.ok ? [] : result.problems;
  };

  it('stand beside the apps, each app by its name, its alias or its id', () => {
    const apps = [
      { app: 'Salesforce', aliases: ['sf'] },
      { app: `id:${object}`, aliases: ['snow'] },
    ];
    const kits = [
      {
        kit: ' Sales  Team ',
        aliases: [' sales   starter '],
        apps: [' SF ', 'Snow', 'GitHub Enterprise', 'R&D, and more'],
      },
      { kit: 'Finance', apps: [`id: ${object}`] },
    ];

    expect(read({ apps, kits })).toMatchObject({
      ok: true,
      entries: [{ app: 'Salesforce' }, { app: object }],
      kits: [
        {
          kit: 'Sales Team',
          aliases: ['sales starter'],
          apps: ['Salesforce', object, 'GitHub Enterprise', 'R&D, and more'],
        },
        { kit: 'Finance', aliases: [], apps: [object] },
      ],
    });
  });

  it.each([
    ['no kits', { apps: [{ app: 'Salesforce' }] }],
    ['no apps', { kits: [sales] }],
    ['neither', {}],
  ])('may be left out, and so may the apps: %s', (_what, content) => {
    expect(read(content)).toMatchObject({ ok: true });
  });

  it('may say who asks and who decides, by ids in any case, whether they assign, and what they need of tickets', () => {
    const tickets = { ticket: 'required', ticketUrl: 'https://contoso.example/{ticket}' };

    const full = read({ kits: [{ ...sales, ask: [object], approvers: [object], assign: false, ...tickets }] });
    const plain = read({ kits: [sales] });

    const id = object.toLowerCase();
    expect(full).toMatchObject({ kits: [{ ask: [id], approvers: [id], assign: false, ...tickets }] });
    expect(plain).toMatchObject({ kits: [{ ask: null, approvers: [], assign: null }] });
  });

  it('may say how long access lasts, the usual length below the longest', () => {
    expect(read({ kits: [{ ...sales, longest: '1y', usual: '3m' }] })).toMatchObject({
      kits: [{ longest: '1y', usual: '3m' }],
    });
    expect(problemsIn({ kits: [{ ...sales, longest: '1w', usual: '8d' }] })).toMatchObject([
      { problem: 'has a “usual” above its “longest”: the kit Sales' },
    ]);
  });

  it('may repeat their own name as an alias, with the words that make no difference', () => {
    expect(read({ kits: [{ ...sales, aliases: ['the sales kit', 'SALES'] }] })).toMatchObject({ ok: true });
  });

  it('have up to 20 apps', () => {
    const apps = Array.from({ length: 20 }, (_, n) => `App ${n}`);

    expect(read({ kits: [{ kit: 'All', apps }] })).toMatchObject({ ok: true });
    expect(problemsIn({ kits: [{ kit: 'All', apps: [...apps, 'One more'] }] })).toMatchObject([
      { problem: 'has a mistake at kits.0.apps: names more than 20 apps' },
    ]);
  });

  it.each([
    ['the top', { apps: [], kits: [], groups: [] }],
    ['kits', { kits: sales }],
    ['kits.0', { kits: ['Sales'] }],
    ['kits.0.kit', { kits: [{ apps: ['Salesforce'] }] }],
    ['kits.0.kit', { kits: [{ kit: '  ', apps: ['Salesforce'] }] }],
    ['kits.0.aliases', { kits: [{ ...sales, aliases: 'starter' }] }],
    ['kits.0.aliases.1', { kits: [{ ...sales, aliases: ['starter', ''] }] }],
    ['kits.1.apps', { kits: [sales, { kit: 'Finance' }] }],
    ['kits.0.apps', { kits: [{ kit: 'Sales', apps: [] }] }],
    ['kits.0.apps.0', { kits: [{ kit: 'Sales', apps: [''] }] }],
    ['kits.0.apps.0', { kits: [{ kit: 'Sales', apps: ['id:Salesforce'] }] }],
    ['kits.0', { kits: [{ ...sales, app: 'Salesforce' }] }],
    ['kits.0', { kits: [{ ...sales, ticketProjects: ['DEV'] }] }],
    ['kits.0.ask', { kits: [{ ...sales, ask: [] }] }],
    ['kits.0.ask', { kits: [{ ...sales, ask: object }] }],
    ['kits.0.ask.1', { kits: [{ ...sales, ask: [object, 'Managers'] }] }],
    ['kits.0.approvers.0', { kits: [{ ...sales, approvers: ['App Approvers'] }] }],
    ['kits.0.approvers', { kits: [{ ...sales, approvers: true }] }],
    ['kits.0.assign', { kits: [{ ...sales, assign: { appRole: 'User' } }] }],
    ['kits.0.assign', { kits: [{ ...sales, assign: 'true' }] }],
    ['kits.0.ticket', { kits: [{ ...sales, ticket: true }] }],
    ['kits.0.ticketUrl', { kits: [{ ...sales, ticketUrl: 'http://contoso.example/{ticket}' }] }],
    ['kits.0.ticketUrl', { kits: [{ ...sales, ticketUrl: 'https://contoso.example/' }] }],
    ['kits.0.longest', { kits: [{ ...sales, longest: '90' }] }],
    ['apps.1.app', { apps: [{ app: 'Salesforce' }, { app: '' }] }],
  ])('with a mistake at %s are reported with that position: %j', (place, content) => {
    expect(problemsIn(content)).toMatchObject([
      { variable: 'APPS_FILE', problem: expect.stringContaining(`has a mistake at ${place}: `) },
    ]);
  });

  it.each([
    ['by its name', ['Salesforce', 'ServiceNow', ' salesforce '], 'salesforce'],
    ['by an alias', ['Salesforce', 'CRM'], 'salesforce'],
    ['by its id', [object, `id:${object.toLowerCase()}`], object.toLowerCase()],
  ])('that name an app twice are reported, %s', (_how, apps, named) => {
    expect(problemsIn({ apps: [{ app: 'Salesforce', aliases: ['crm'] }], kits: [{ kit: 'Sales', apps }] })).toEqual([
      {
        variable: 'APPS_FILE',
        problem: `names an app of the kit Sales twice: ${named}`,
        fix: 'let each app of a kit stand once',
      },
    ]);
  });

  it.each([
    ['another kit', [sales, { kit: 'SALES', apps: ['Box'] }], 'sales'],
    ['another kit, apart from small words', [sales, { kit: 'The  Sales Kit', apps: ['Box'] }], 'sales'],
    [
      'another kit’s alias',
      [
        { ...sales, aliases: ['crew'] },
        { kit: 'Crew', apps: ['Box'] },
      ],
      'crew',
    ],
    ['an app', [{ kit: 'Payroll', apps: ['Box'] }], 'payroll'],
    ['an app’s alias', [{ ...sales, aliases: ['Pay kit'] }], 'pay'],
    ['an app of a kit', [{ kit: 'salesforce', apps: ['Salesforce'] }], 'salesforce'],
  ])('that have the name of %s are reported, as no reader could tell which is meant', (_what, kits, named) => {
    expect(problemsIn({ apps: [{ app: 'Payroll', aliases: ['pay'] }], kits })).toEqual([
      {
        variable: 'APPS_FILE',
        problem: `gives one name to two kits, or to a kit and an app: ${named}`,
        fix: expect.stringContaining('let each name stand once'),
      },
    ]);
  });

  it('report all that is wrong at once', () => {
    const apps = [{ app: 'A', aliases: ['x', 'X'] }];
    const kits = [
      { kit: 'One', apps: ['Box', 'box'] },
      { kit: 'one', apps: ['Slack'] },
    ];

    expect(problemsIn({ apps, kits })).toHaveLength(3);
  });
});
