import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeProblems, readConfig } from '../src/config.ts';
import { certificateProblem } from '../src/identity.ts';

const tenant = '5eed0000-0000-4000-8000-00000000face';
const app = '5eed0000-0000-4000-8000-00000000b07a';
const other = '5eed0000-0000-4000-8000-0000000000c1';
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}`, import.meta.url));
const certificate = fixture('registration.pem');
const tokenFile = fixture('authority.pem');

const bot = { MicrosoftAppId: app, MicrosoftAppTenantId: tenant };
const botWithSecret = { ...bot, MicrosoftAppPassword: 'pass~word' };
const graph = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: other };

type Environment = Readonly<Record<string, string>>;

function identities(environment: Environment) {
  const read = readConfig(environment);
  if (!read.ok) throw new Error(describeProblems(read.problems));
  return { bot: read.config.bot.identity, graph: read.config.graph.identity };
}

function wrong(environment: Environment): readonly string[] {
  const read = readConfig(environment);
  return read.ok ? [] : read.problems.map(({ variable }) => variable).sort();
}

describe('the bot is', () => {
  it.each<[string, Environment, object]>([
    [
      'a registration with a secret',
      { MicrosoftAppPassword: 'x' },
      { kind: 'secret', tenantId: tenant, clientId: app },
    ],
    [
      'a registration with a certificate',
      { MicrosoftAppCertificatePath: certificate },
      { kind: 'certificate', tenantId: tenant, clientId: app, path: certificate },
    ],
    [
      'a registration that trusts a token in a file',
      { MicrosoftAppFederatedTokenFile: tokenFile },
      { kind: 'tokenFile', tenantId: tenant, clientId: app, path: tokenFile },
    ],
    [
      'a registration that trusts a managed identity',
      { MicrosoftAppManagedIdentityId: other },
      { kind: 'federatedIdentity', tenantId: tenant, clientId: app, identityId: other },
    ],
    ['a managed identity', { MicrosoftAppType: 'UserAssignedMSI' }, { kind: 'managedIdentity', clientId: app }],
    [
      'a registration for many tenants',
      { MicrosoftAppType: 'multitenant', MicrosoftAppPassword: 'x' },
      { kind: 'secret', tenantId: '', clientId: app },
    ],
  ])('%s', (_name, variables, identity) => {
    expect(identities({ ...bot, ...variables }).bot).toMatchObject(identity);
  });
});

describe('Graph is called by', () => {
  it.each<[string, Environment, object]>([
    ['whatever the machine is', {}, { kind: 'ambient', clientId: '' }],
    [
      'a managed identity, or a registration whose proof is missing',
      { AZURE_CLIENT_ID: other, AZURE_TENANT_ID: other },
      { kind: 'ambient', clientId: other, tenantId: other },
    ],
    ['a managed identity of this id', { AZURE_CLIENT_ID: other }, { kind: 'ambient', clientId: other }],
    ['a secret', { ...graph, AZURE_CLIENT_SECRET: 'x' }, { kind: 'secret', tenantId: tenant, clientId: other }],
    [
      'a certificate',
      { ...graph, AZURE_CLIENT_CERTIFICATE_PATH: certificate },
      { kind: 'certificate', clientId: other, path: certificate },
    ],
    [
      'workload identity',
      { ...graph, AZURE_FEDERATED_TOKEN_FILE: tokenFile },
      { kind: 'tokenFile', clientId: other, path: tokenFile },
    ],
  ])('%s, beside another identity of the bot', (_name, variables, identity) => {
    const found = identities({ ...botWithSecret, ...variables });

    expect(found.graph).toMatchObject(identity);
    expect(found.bot).toMatchObject({ kind: 'secret', clientId: app });
  });
});

describe('an identity that cannot be right', () => {
  it.each<[Environment, readonly string[]]>([
    [bot, ['MicrosoftAppPassword']],
    [{ MicrosoftAppType: 'UserAssignedMSI' }, ['MicrosoftAppId', 'MicrosoftAppTenantId']],
    [
      { ...botWithSecret, MicrosoftAppCertificatePath: certificate, MicrosoftAppManagedIdentityId: other },
      ['MicrosoftAppCertificatePath', 'MicrosoftAppManagedIdentityId'],
    ],
    [
      { ...botWithSecret, MicrosoftAppManagedIdentityId: other, MicrosoftAppType: 'UserAssignedMSI' },
      ['MicrosoftAppManagedIdentityId', 'MicrosoftAppPassword'],
    ],
    [{ ...bot, MicrosoftAppCertificatePath: '/nowhere.pem' }, ['MicrosoftAppCertificatePath']],
    [
      { ...botWithSecret, MicrosoftAppCertificatePath: '/nowhere.pem' },
      ['MicrosoftAppCertificatePath', 'MicrosoftAppCertificatePath'],
    ],
    [{ ...bot, MicrosoftAppFederatedTokenFile: '/nowhere' }, ['MicrosoftAppFederatedTokenFile']],
    [{ ...bot, MicrosoftAppManagedIdentityId: 'usher-identity' }, ['MicrosoftAppManagedIdentityId']],
    [
      { ...botWithSecret, AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere.pem' },
      ['AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID'],
    ],
    [
      { ...botWithSecret, AZURE_CLIENT_CERTIFICATE_PATH: certificate, AZURE_FEDERATED_TOKEN_FILE: tokenFile },
      ['AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_TENANT_ID'],
    ],
    [
      { MicrosoftAppCertificatePath: '/nowhere.pem', AZURE_FEDERATED_TOKEN_FILE: '/nowhere' },
      [
        'AZURE_CLIENT_ID',
        'AZURE_FEDERATED_TOKEN_FILE',
        'AZURE_TENANT_ID',
        'MicrosoftAppCertificatePath',
        'MicrosoftAppId',
        'MicrosoftAppTenantId',
      ],
    ],
  ])('%j is reported with all its problems at once', (environment, variables) => {
    expect(wrong(environment)).toEqual(variables);
  });

  it.each(['SingelTenant', 'UserAssignedMSl', 'Multi Tenant', 'Managed', 'SingleTenant,MultiTenant'])(
    'MicrosoftAppType=%s is an error, and never a multi-tenant bot',
    (type) => {
      const environment = { ...botWithSecret, MicrosoftAppType: type };

      expect(readConfig(environment).ok).toBe(false);
      expect(wrong(environment)).toEqual(['MicrosoftAppType']);
    },
  );
});

describe('a certificate file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usher-identity-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const pem = readFileSync(certificate, 'utf8');
  const keyStart = pem.indexOf('-----BEGIN PRIVATE KEY');
  const read = (name: string) => readFileSync(fixture(name), 'utf8');

  it('with its private key is accepted', () => {
    expect(certificateProblem(certificate)).toBeNull();
  });

  it.each<[string, string, RegExp]>([
    ['empty', '', /without a certificate/],
    ['a key alone', pem.slice(keyStart), /without a certificate/],
    ['a certificate alone', pem.slice(0, keyStart), /without a private key/],
    ["another's key", read('server.pem') + pem.slice(keyStart), /do not belong together/],
    ['with a key on a curve', read('server.pem') + read('server.key'), /not RSA/],
  ])('that is %s has its own error', (_name, content, problem) => {
    const path = join(folder, 'certificate.pem');
    writeFileSync(path, content);

    expect(certificateProblem(path)?.problem).toMatch(problem);
  });
});

describe('people sign in themselves', () => {
  const delegated = { ...botWithSecret, GRAPH_AUTH: 'delegated', SIGN_IN_CONNECTION: 'usher' };

  it('by the bot’s own registration, whatever else is set for Graph', () => {
    const read = readConfig({ ...delegated, ...graph, AZURE_CLIENT_SECRET: 'x' });

    expect(read.ok && read.config).toMatchObject({
      graph: { auth: 'delegated', identity: { kind: 'secret', clientId: app, tenantId: tenant } },
      signInConnection: 'usher',
      allowedTenants: [tenant],
    });
  });

  it.each<[string, Environment, readonly string[]]>([
    ['without the name of the connection', { SIGN_IN_CONNECTION: '' }, ['SIGN_IN_CONNECTION']],
    ['at an unregistered bot', { BOT_AUTH: 'none' }, ['BOT_AUTH', 'GRAPH_AUTH']],
    ['at a managed identity', { MicrosoftAppType: 'UserAssignedMSI', MicrosoftAppPassword: '' }, ['MicrosoftAppType']],
    ['at a bot of many tenants', { MicrosoftAppType: 'MultiTenant' }, ['MicrosoftAppType']],
    ['from another tenant', { ALLOWED_TENANTS: `${tenant},${other}` }, ['ALLOWED_TENANTS']],
    ['with several processes', { DATABASE_URL: 'postgres://usher@db/usher' }, ['DATABASE_URL']],
  ])('but not %s', (_name, variables, problems) => {
    expect(wrong({ ...delegated, ...variables })).toEqual(problems);
  });

  it('and no connection is read where they do not', () => {
    const read = readConfig({ ...botWithSecret, SIGN_IN_CONNECTION: 'usher' });

    expect(read.ok && read.config.signInConnection).toBe('');
  });
});
