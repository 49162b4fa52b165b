import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { cloudNames, clouds } from '../src/clouds.ts';
import { type Config, describeProblems, isLoopback, readConfig, secret } from '../src/config.ts';
import { configWarnings } from '../src/config-warnings.ts';

const tenant = '5eed0000-0000-4000-8000-00000000face';
const group = '5eed0000-0000-4000-8000-0000000001aa';

/** The least that a bot in production needs. */
const production = {
  MicrosoftAppId: '5eed0000-0000-4000-8000-00000000b07a',
  MicrosoftAppPassword: 'pass~word',
  MicrosoftAppTenantId: tenant,
};

/** Without a warning. */
const scraped = { ...production, METRICS_TOKEN: 'scrape~my.token+0' };

/** The least that a bot on one machine needs. */
const oneMachine = {
  BOT_AUTH: 'none',
  GRAPH_AUTH: 'none',
  GRAPH_BASE_URL: 'http://127.0.0.1:3979/v1.0',
  ALLOWED_TENANTS: tenant,
};

const eventSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

/** Every variable with a value that is not its default. */
const everything = {
  ...production,
  PORT: '80',
  HOST: '0.0.0.0',
  MicrosoftAppType: 'MultiTenant',
  ALLOWED_TENANTS: `${tenant},${group}`,
  CLOUD: 'usgov',
  GRAPH_BASE_URL: 'https://graph.proxy.example/v1.0/',
  DATABASE_URL: 'file:/var/lib/usher.db',
  PGSSLROOTCERT: fileURLToPath(import.meta.url),
  DATABASE_POOL_SIZE: '20',
  RETENTION_DAYS: '90',
  RECORD_DAYS: '3650',
  PROVISION_LIMIT: '4',
  PROVISION_WINDOW_MS: '12000',
  PROVISION_GUARD_MS: '0',
  VIEWERS: group,
  REQUESTERS: group,
  OPERATORS: group,
  APPROVERS: group,
  REQUEST_FOR: 'anyone',
  DETAILS_IN_CHANNELS: 'on',
  LANGUAGE: 'PT-br',
  REQUESTS_PER_DAY: '12',
  SHAREPOINT_HOST: 'Contoso.sharepoint.us, contosoeur.sharepoint.us',
  COMMANDS_PER_MINUTE: '12',
  REMOVAL_SECOND_PERSON: 'from 5',
  APPROVAL_REMIND_WORKING_DAYS: '3',
  APPROVAL_EXPIRE_DAYS: '30',
  ASSIGNMENT_WAIT_HOURS: '0',
  APPS_FILE: 'apps.json',
  TICKET_PATTERN: String.raw`SR\d{5}`,
  TICKETS: 'Required',
  SHOWN_ATTRIBUTES: 'employeeId, addresses[type eq "work"].locality',
  METRICS: 'off',
  METRICS_TOKEN: 'scrape~my.token+0',
  METRICS_PORT: '9464',
  AUDIT_STREAM: 'stdout',
  EVENTS_URL: 'https://siem.contoso.com/usher',
  EVENTS_SECRET: `${eventSecret}, ${eventSecret}`,
  EVENTS_ALLOW_PRIVATE: 'TRUE',
  LOG_LEVEL: 'debug',
};

type Environment = Readonly<Record<string, string | undefined>>;

function configOf(environment: Environment): Config {
  const read = readConfig(environment);
  if (!read.ok) throw new Error(describeProblems(read.problems));
  return read.config;
}

/** The variables that are wrong, in order. */
function wrong(environment: Environment): readonly string[] {
  const read = readConfig(environment);
  return read.ok ? [] : read.problems.map(({ variable }) => variable).sort();
}

describe('the configuration', () => {
  it('has a default for everything but the identity of the bot', () => {
    const { bot, settings, ...rest } = configOf(production);

    expect(bot).toMatchObject({
      auth: 'token',
      appId: production.MicrosoftAppId,
      identity: { kind: 'secret', tenantId: tenant, clientId: production.MicrosoftAppId },
    });
    expect(bot.identity.kind === 'secret' && bot.identity.secret.reveal()).toBe('pass~word');
    // What the record may know of the configuration: never the password.
    expect(settings).toMatchObject({ PORT: '3978', MicrosoftAppPassword: 'set' });
    expect(rest).toEqual({
      port: 3978,
      host: '127.0.0.1',
      allowedTenants: [tenant],
      graph: {
        auth: 'azure',
        baseUrl: 'https://graph.microsoft.com/v1.0',
        identity: { kind: 'ambient', clientId: '' },
      },
      signInConnection: '',
      cloud: 'public',
      database: { kind: 'sqlite', path: 'data/usher.db' },
      gate: { limit: 5, windowMs: 10_000, guardMs: 500 },
      roles: { viewers: [], requesters: [], operators: [], approvers: [] },
      requestFor: 'reports',
      detailsInChannels: false,
      language: null,
      commandsPerMinute: 30,
      removalSecondPerson: 'offboard',
      approvals: { remindAfterWorkingDays: 1, expireAfterDays: 7, assignmentWaitHours: 24, requestsPerDay: 30 },
      retention: { requestDays: 400, recordDays: 2_555 },
      appsFile: null,
      tickets: { pattern: String.raw`(?:INC|RITM|REQ|CHG|TASK)\d+`, required: false },
      sharePointHosts: [],
      shownAttributes: [],
      metrics: { on: true, token: null, port: null },
      auditStream: null,
      events: null,
      logLevel: 'info',
    });
  });

  it('takes every variable', () => {
    const config = configOf(everything);

    expect(config).toMatchObject({
      port: 80,
      host: '0.0.0.0',
      allowedTenants: [tenant, group],
      graph: { auth: 'azure', baseUrl: 'https://graph.proxy.example/v1.0' },
      cloud: 'usgov',
      database: { kind: 'sqlite', path: '/var/lib/usher.db' },
      gate: { limit: 4, windowMs: 12_000, guardMs: 0 },
      roles: { viewers: [group], requesters: [group], operators: [group], approvers: [group] },
      requestFor: 'anyone',
      detailsInChannels: true,
      language: 'pt-BR',
      commandsPerMinute: 12,
      retention: { requestDays: 90, recordDays: 3_650 },
      removalSecondPerson: { from: 5 },
      approvals: { remindAfterWorkingDays: 3, expireAfterDays: 30, assignmentWaitHours: 0 },
      appsFile: 'apps.json',
      tickets: { pattern: String.raw`SR\d{5}`, required: true },
      shownAttributes: ['employeeId', 'addresses[type eq "work"].locality'],
      metrics: { on: false },
      auditStream: { kind: 'stdout' },
      events: { allowPrivate: true },
      logLevel: 'debug',
    });
    expect(config.events?.url.reveal()).toBe('https://siem.contoso.com/usher');
    expect(config.events?.secrets.map((one) => one.reveal())).toEqual([eventSecret, eventSecret]);
    expect(config.metrics.token?.reveal()).toBe('scrape~my.token+0');
  });

  it('treats empty variables and blanks as absent, as a copied .env has many of them', () => {
    expect(configOf({ ...production, PORT: '', CLOUD: '  ', VIEWERS: '', HOST: undefined })).toEqual(
      expect.objectContaining({ port: 3978, cloud: 'public', host: '127.0.0.1' }),
    );
  });

  it('trims the blanks around a value', () => {
    expect(configOf({ ...production, PORT: ' 80 ', CLOUD: ' usgov' })).toMatchObject({ port: 80, cloud: 'usgov' });
  });

  it('ignores the case of choices and ids', () => {
    const config = configOf({ ...production, CLOUD: 'USGov', LOG_LEVEL: 'WARN', OPERATORS: group.toUpperCase() });

    expect(config).toMatchObject({ cloud: 'usgov', logLevel: 'warn', roles: { operators: [group] } });
  });

  it('reads a list with blanks, empty entries and repetitions', () => {
    const { roles } = configOf({ ...production, APPROVERS: ` ${group} ,, ${group.toUpperCase()}, ${tenant},` });

    expect(roles.approvers).toEqual([group, tenant]);
  });

  it.each(cloudNames)('knows where Graph is in the %s cloud', (cloud) => {
    expect(configOf({ ...production, CLOUD: cloud }).graph.baseUrl).toBe(`${clouds[cloud].graphRoot}/v1.0`);
  });

  it.each(['postgres://usher:pw@db.example/usher', 'postgresql://db.example/usher'])(
    'knows a PostgreSQL address: %s',
    (url) => {
      const { database } = configOf({ ...production, DATABASE_URL: url });

      expect(database.kind === 'postgres' && database.url.reveal()).toBe(url);
    },
  );

  it('passes on how to reach a PostgreSQL', () => {
    const certificates = fileURLToPath(import.meta.url);
    const { database } = configOf({
      ...production,
      DATABASE_URL: 'postgres://db.example/usher?sslmode=verify-full',
      PGSSLROOTCERT: certificates,
      DATABASE_POOL_SIZE: '4',
    });

    expect(database).toMatchObject({ kind: 'postgres', rootCertificateFile: certificates, poolSize: 4 });
  });

  it.each(['a#b', '1#2', 'a/b', '1/2', 'a?b', '1?2', 'a%b', '50%'])(
    'refuses an address whose password would be taken for something else, and does not repeat it: %s',
    (password) => {
      const read = readConfig({ ...production, DATABASE_URL: `postgres://usher:${password}@db.example/usher` });

      expect(read.ok ? [] : read.problems).toEqual([
        { variable: 'DATABASE_URL', problem: expect.any(String), fix: expect.stringContaining('# as %23') },
      ]);
      expect(JSON.stringify(read)).not.toContain(password);
    },
  );

  it.each(['a%23b', 'a%2Fb', 'a%3Fb', 'a%25b', 'a@b', 'a%40b', 'a:b'])(
    'takes an address whose password can be told apart: %s',
    (password) => {
      expect(wrong({ ...production, DATABASE_URL: `postgres://usher:${password}@db.example/usher` })).toEqual([]);
    },
  );

  it.each(['sslmode=prefer', 'sslmode=allow', 'sslmode=on', 'ssl=true', 'sslmode=require&sslrootcert=ca.pem'])(
    'refuses an address that encrypts without checking the certificate: %s',
    (setting) => {
      expect(wrong({ ...production, DATABASE_URL: `postgres://db.example/usher?${setting}` })).toEqual([
        'DATABASE_URL',
      ]);
    },
  );

  it('keeps the audit log for at least as long as the requests that it is about', () => {
    expect(wrong({ ...production, RETENTION_DAYS: '91', RECORD_DAYS: '90' })).toEqual(['RECORD_DAYS']);
    expect(wrong({ ...production, RETENTION_DAYS: '90', RECORD_DAYS: '90' })).toEqual([]);
  });

  it('refuses certificate files that do not exist', () => {
    expect(wrong({ ...production, PGSSLROOTCERT: '/nowhere/ca.pem' })).toEqual(['PGSSLROOTCERT']);
  });

  it.each([
    ['postgres://db.example/usher', 1],
    ['postgres://db.example/usher?sslmode=disable', 0],
    ['postgres://db.example/usher?sslmode=require', 0],
    ['postgres://localhost/usher', 0],
    ['file:data/usher.db', 0],
  ])('warns of an unencrypted way to the database where the address does not ask for it: %s', (url, count) => {
    expect(configWarnings(configOf({ ...scraped, DATABASE_URL: url }))).toHaveLength(count);
  });

  it('needs no password where the bot is a managed identity, and no tenant where it is multi-tenant', () => {
    const { MicrosoftAppId } = production;

    expect(wrong({ MicrosoftAppId, MicrosoftAppType: 'UserAssignedMSI', MicrosoftAppTenantId: tenant })).toEqual([]);
    expect(
      wrong({ MicrosoftAppId, MicrosoftAppPassword: 'x', MicrosoftAppType: 'MultiTenant', ALLOWED_TENANTS: tenant }),
    ).toEqual([]);
  });

  it('lets a bot on one machine do without tokens', () => {
    expect(configOf(oneMachine)).toMatchObject({
      bot: { auth: 'none', appId: '' },
      graph: { auth: 'none', baseUrl: 'http://127.0.0.1:3979/v1.0' },
    });
  });
});

describe('SHOWN_ATTRIBUTES', () => {
  it.each(['unicodePwd', 'password', 'employeeId,clientSecret', 'urn:x:2.0:User:accessToken', 'user.pin', 'api_key'])(
    'never takes a secret such as %s',
    (names) => {
      const read = readConfig({ ...production, SHOWN_ATTRIBUTES: names });

      expect(read).toMatchObject({
        ok: false,
        problems: [{ variable: 'SHOWN_ATTRIBUTES', problem: expect.stringContaining('secrets are never shown') }],
      });
    },
  );

  it.each(['*', 'employee id', 'a[b', 'x=y'])('takes no %s for the name of an attribute', (names) => {
    expect(wrong({ ...production, SHOWN_ATTRIBUTES: names })).toEqual(['SHOWN_ATTRIBUTES']);
  });
});

describe('.env.sample', () => {
  const sample = readFileSync(new URL('../.env.sample', import.meta.url), 'utf8');
  const settings = [...sample.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);

  it('names every variable, once', () => {
    const names = settings.map(([name]) => name);
    const others = [
      'BOT_AUTH',
      'GRAPH_AUTH',
      'SIGN_IN_CONNECTION',
      'MicrosoftAppCertificatePath',
      'MicrosoftAppFederatedTokenFile',
      'MicrosoftAppManagedIdentityId',
      'AZURE_TENANT_ID',
      'AZURE_CLIENT_ID',
      'AZURE_CLIENT_SECRET',
      'AZURE_CLIENT_CERTIFICATE_PATH',
      'AZURE_FEDERATED_TOKEN_FILE',
    ];

    expect([...names].sort()).toEqual([...Object.keys(everything), ...others].sort());
  });

  it('shows the defaults, so that a copy changes nothing', () => {
    const copied = configOf({ ...Object.fromEntries(settings), ...production });

    expect(JSON.stringify(copied)).toBe(JSON.stringify(configOf(production)));
  });
});

describe('a value that cannot be right', () => {
  it.each([
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['RETENTION_DAYS', '0'],
    ['RETENTION_DAYS', '-1'],
    ['RETENTION_DAYS', '1.5'],
    ['RETENTION_DAYS', 'a year'],
    ['RECORD_DAYS', '0'],
    ['RECORD_DAYS', 'forever'],
    ['PORT', '-1'],
    ['PORT', '1.5'],
    ['PORT', '0x50'],
    ['BOT_AUTH', 'off'],
    ['MicrosoftAppId', 'my-bot'],
    ['MicrosoftAppType', 'Tenant'],
    ['MicrosoftAppTenantId', 'contoso.com'],
    ['ALLOWED_TENANTS', 'contoso.com'],
    ['ALLOWED_TENANTS', `${tenant} ${tenant}`],
    ['CLOUD', 'mars'],
    ['GRAPH_AUTH', 'off'],
    ['GRAPH_BASE_URL', 'graph.microsoft.com/v1.0'],
    ['GRAPH_BASE_URL', 'ftp://graph.microsoft.com/v1.0'],
    ['GRAPH_BASE_URL', 'https://graph.microsoft.com'],
    ['GRAPH_BASE_URL', 'https://graph.microsoft.com/beta'],
    ['GRAPH_BASE_URL', 'http://graph.microsoft.com/v1.0'],
    ['GRAPH_BASE_URL', 'http://127.0.0.1.evil.example/v1.0'],
    ['GRAPH_BASE_URL', 'https://graph.microsoft.com/v1.0?x=1'],
    ['DATABASE_URL', 'data/usher.db'],
    ['DATABASE_URL', 'file:'],
    ['DATABASE_URL', 'mysql://db.example/usher'],
    ['PROVISION_LIMIT', '0'],
    ['PROVISION_LIMIT', 'five'],
    ['PROVISION_WINDOW_MS', '9'],
    ['PROVISION_WINDOW_MS', '10s'],
    ['PROVISION_GUARD_MS', '-500'],
    ['PROVISION_GUARD_MS', '60001'],
    ['VIEWERS', 'Everybody'],
    ['REQUESTERS', `${group};${tenant}`],
    ['OPERATORS', 'Helpdesk'],
    ['APPROVERS', `${group}, App Approvers`],
    ['REQUESTS_PER_DAY', '0'],
    ['SHAREPOINT_HOST', 'https://contoso.sharepoint.com'],
    ['SHAREPOINT_HOST', 'contoso-my.sharepoint.com'],
    ['SHAREPOINT_HOST', 'contoso'],
    ['REQUEST_FOR', 'everyone'],
    ['REMOVAL_SECOND_PERSON', 'never'],
    ['REMOVAL_SECOND_PERSON', 'from 0'],
    ['COMMANDS_PER_MINUTE', '0'],
    ['COMMANDS_PER_MINUTE', '1000001'],
    ['APPROVAL_REMIND_WORKING_DAYS', '0'],
    ['APPROVAL_REMIND_WORKING_DAYS', '31'],
    ['APPROVAL_EXPIRE_DAYS', '0'],
    ['APPROVAL_EXPIRE_DAYS', 'a week'],
    ['ASSIGNMENT_WAIT_HOURS', '-1'],
    ['ASSIGNMENT_WAIT_HOURS', '721'],
    ['METRICS', 'prometheus'],
    ['METRICS_PORT', '65536'],
    ['METRICS_PORT', 'any'],
    ['METRICS_TOKEN', 'too-short'],
    ['METRICS_TOKEN', 'long enough, but with blanks in it'],
    ['LOG_LEVEL', 'verbose'],
    ['AUDIT_STREAM', 'data/audit.jsonl'],
    ['AUDIT_STREAM', 'file:'],
    ['AUDIT_STREAM', 'file:./data/usher.db'],
    ['AUDIT_STREAM', 'file:/no/such/folder/audit.jsonl'],
    ['AUDIT_STREAM', 'file:.'],
    ['EVENTS_URL', 'http://siem.contoso.com/usher'],
    ['EVENTS_URL', 'siem.contoso.com/usher'],
    ['EVENTS_URL', 'https://usher:pass@siem.contoso.com'],
    ['EVENTS_URL', 'https://127.0.0.1:8443/usher'],
    ['EVENTS_URL', 'https://[::1]/usher'],
    ['EVENTS_URL', 'https://[::ffff:10.0.0.1]/usher'],
    ['EVENTS_URL', 'https://localhost/usher'],
    ['EVENTS_URL', 'https://169.254.169.254/metadata'],
    ['EVENTS_SECRET', 'a password'],
    ['EVENTS_SECRET', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['EVENTS_SECRET', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['EVENTS_SECRET', `${eventSecret},${eventSecret},${eventSecret}`],
    ['EVENTS_ALLOW_PRIVATE', 'perhaps'],
    ['TICKETS', 'sometimes'],
    ['TICKET_PATTERN', '(INC'],
    ['TICKET_PATTERN', '(a+)+'],
    ['TICKET_PATTERN', '.+'],
  ])('%s=%s is reported, once, with its fix', (variable, value) => {
    const read = readConfig({ ...production, [variable]: value });

    expect(read.ok ? [] : read.problems).toEqual([
      { variable, problem: expect.stringMatching(/^(is|has|does) /), fix: expect.stringMatching(/^\w.{10,}/) },
    ]);
  });

  it.each([
    ['MicrosoftAppId', { ...production, MicrosoftAppId: '' }],
    ['MicrosoftAppPassword', { ...production, MicrosoftAppPassword: '' }],
    ['MicrosoftAppPassword', { ...production, MicrosoftAppType: 'UserAssignedMSI' }],
    ['MicrosoftAppTenantId', { ...production, MicrosoftAppTenantId: '', ALLOWED_TENANTS: tenant }],
    ['ALLOWED_TENANTS', { ...production, MicrosoftAppType: 'MultiTenant', MicrosoftAppTenantId: '' }],
    ['ALLOWED_TENANTS', { ...oneMachine, ALLOWED_TENANTS: '' }],
    ['AZURE_TENANT_ID', { ...production, AZURE_TENANT_ID: 'nonsense' }],
    ['AZURE_TENANT_ID', { ...production, AZURE_CLIENT_ID: tenant, AZURE_CLIENT_SECRET: 'x' }],
    ['AZURE_CLIENT_ID', { ...production, AZURE_TENANT_ID: tenant, AZURE_CLIENT_SECRET: 'x' }],
    ['BOT_AUTH', { ...oneMachine, HOST: '0.0.0.0' }],
    ['BOT_AUTH', { ...oneMachine, HOST: '::' }],
    ['BOT_AUTH', { ...oneMachine, HOST: 'usher.contoso.com' }],
    ['BOT_AUTH', { ...oneMachine, GRAPH_AUTH: 'azure', GRAPH_BASE_URL: '' }],
    ['BOT_AUTH', { ...oneMachine, GRAPH_AUTH: '', GRAPH_BASE_URL: 'https://graph.microsoft.com/v1.0' }],
    ['BOT_AUTH', { ...oneMachine, GRAPH_AUTH: 'azure', GRAPH_BASE_URL: 'https://graph.127.0.0.1.example/v1.0' }],
    ['GRAPH_AUTH', { ...oneMachine, GRAPH_BASE_URL: '' }],
    ['GRAPH_AUTH', { ...oneMachine, GRAPH_BASE_URL: 'https://graph.microsoft.com/v1.0' }],
    ['GRAPH_BASE_URL', { ...oneMachine, GRAPH_BASE_URL: 'nowhere' }],
    ['EVENTS_SECRET', { ...production, EVENTS_URL: 'https://siem.contoso.com/usher' }],
    ['EVENTS_URL', { ...production, EVENTS_SECRET: eventSecret }],
  ] satisfies [string, Environment][])('%s is reported alone in %j', (variable, environment) => {
    expect(wrong(environment)).toEqual([variable]);
  });
});

describe('the report', () => {
  it('holds all problems at once: bad values, missing ones, and what does not go together', () => {
    const environment = {
      PORT: 'eighty',
      HOST: '0.0.0.0',
      BOT_AUTH: 'none',
      CLOUD: 'mars',
      GRAPH_AUTH: 'none',
      VIEWERS: 'Everybody',
    };

    expect(wrong(environment)).toEqual(['ALLOWED_TENANTS', 'BOT_AUTH', 'CLOUD', 'GRAPH_AUTH', 'PORT', 'VIEWERS']);
  });

  it('names the apps file all the same, so that the report can list its mistakes too', () => {
    expect(readConfig({ PORT: 'eighty', APPS_FILE: 'apps.json' })).toMatchObject({ ok: false, appsFile: 'apps.json' });
    expect(readConfig({ PORT: 'eighty' })).toMatchObject({ ok: false, appsFile: null });
  });

  it('gives each problem with its fix, and counts them', () => {
    const one = [{ variable: 'PORT', problem: 'is taken', fix: 'choose another' }];
    const two = [...one, { variable: 'HOST', problem: 'is odd', fix: 'set it to 127.0.0.1' }];

    expect(describeProblems(one)).toBe(
      'Usher cannot start: 1 problem in the configuration.\n  PORT is taken.\n    To fix: choose another.\n',
    );
    expect(describeProblems(two)).toContain('2 problems');
    expect(describeProblems(two)).toContain('  HOST is odd.\n    To fix: set it to 127.0.0.1.\n');
  });

  it('never repeats a value, which may be a secret in the wrong variable', () => {
    const read = readConfig({
      ...production,
      MicrosoftAppId: 'SECRET-1',
      DATABASE_URL: 'mysql://usher:SECRET-2@db.example/usher',
      GRAPH_BASE_URL: 'SECRET-3',
      OPERATORS: 'SECRET-4',
    });

    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).not.toContain('SECRET');
  });
});

describe('a secret', () => {
  const config = configOf({ ...production, DATABASE_URL: 'postgres://usher:pass~word@db.example/usher' });
  const password = config.bot.identity.kind === 'secret' ? config.bot.identity.secret : secret('');

  it.each([
    ['JSON', JSON.stringify(config)],
    ['inspection', inspect(config, { depth: 9, showHidden: true, getters: true })],
    ['a template', `${password}`],
    ['a join', [password].join()],
    ['inspection on its own', inspect(password)],
  ])('shows only that it is set, in %s', (_where, text) => {
    expect(text).not.toContain('pass~word');
    expect(text).toContain('[redacted]');
  });

  it('is revealed to code that calls `reveal`', () => {
    expect(password.reveal()).toBe('pass~word');
  });

  it('that is empty shows that it is empty', () => {
    expect(`${secret('')}`).toBe('');
  });
});

describe('loopback', () => {
  it.each(['localhost', '127.0.0.1', '127.8.8.8', '::1', '[::1]'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '1127.0.0.1',
  ])('is not %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('a doubtful setting', () => {
  it('is a limit or a window that allows more than Graph does', () => {
    expect(configWarnings(configOf({ ...scraped, PROVISION_LIMIT: '50' }))).toHaveLength(1);
    expect(configWarnings(configOf({ ...scraped, PROVISION_WINDOW_MS: '9999' }))).toHaveLength(1);
    expect(configWarnings(configOf(scraped))).toEqual([]);
  });

  it('is a bot without tokens, each time', () => {
    expect(configWarnings(configOf(oneMachine))).toEqual([expect.stringMatching(/^BOT_AUTH is none/)]);
  });

  it('are metrics that nothing can read', () => {
    expect(configWarnings(configOf(production))).toEqual([expect.stringMatching(/METRICS_TOKEN nor METRICS_PORT/)]);
    for (const variables of [{ METRICS: 'off' }, { METRICS_PORT: '9464' }, { METRICS_TOKEN: 'scrape~my.token+0' }])
      expect(configWarnings(configOf({ ...production, ...variables }))).toEqual([]);
  });

  it('is a registration for Graph whose proof is missing, and not a managed identity', () => {
    const id = '00000000-0000-4000-8000-00000000beef';

    expect(configWarnings(configOf({ ...scraped, AZURE_TENANT_ID: id, AZURE_CLIENT_ID: id }))).toHaveLength(1);
    expect(configWarnings(configOf({ ...scraped, AZURE_CLIENT_ID: id }))).toEqual([]);
  });
});

describe('the process', () => {
  it('does not start with a bad configuration: it prints every problem with its fix, and exits with 1', () => {
    const env = {
      PORT: 'eighty',
      VIEWERS: 'Everybody',
      APPS_FILE: '/nowhere/apps.json',
      MicrosoftAppPassword: 'pass~word',
    };
    const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

    const { status, stdout, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8' });

    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Usher cannot start: 5 problems in the configuration\.$/m);
    for (const variable of ['PORT', 'VIEWERS', 'APPS_FILE', 'MicrosoftAppId', 'MicrosoftAppTenantId'])
      expect(stderr).toMatch(new RegExp(`^  ${variable} .+\\.\n    To fix: .+\\.$`, 'm'));
    expect(stderr).not.toMatch(/pass~word|\bat .*\.ts/);
  }, 20_000);
});
