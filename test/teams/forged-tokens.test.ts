import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { countStored, readStored } from '../support/read-stored.ts';
import {
  botAppId,
  channelIssuer,
  goodClaims,
  startTokenService,
  type TokenService,
  unsignedToken,
} from '../support/tokens.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/**
 * Forged tokens over HTTP, against a whole Usher with botbuilder's own validation and a key server on this machine.
 * Each differs from the good one in one point; the test sends the good one in between, so that a refusal means
 * something.
 */
let connector: Connector;
let tokens: TokenService;
let otherKeys: TokenService;
let teams: TestUsher;

const ownTenant = '5eed0000-0000-4000-8000-00000000face';
/** The audit log gets one rejected activity of a tenant in a minute, so each case has a tenant of its own. */
const otherTenant = (number: number) => `5eed0000-0000-4000-8000-0000000dead${number}`;
const otherBot = '5eed0000-0000-4000-8000-00000000b0b0';

beforeAll(async () => {
  // botbuilder prints its opinion of a bad signature.
  jest.spyOn(console, 'error').mockReturnValue();
  connector = await startConnector();
  [tokens, otherKeys] = [await startTokenService(connector.serviceUrl), await startTokenService(connector.serviceUrl)];
  teams = await startTestUsher({
    connector,
    environment: {
      BOT_AUTH: 'token',
      MicrosoftAppId: botAppId,
      MicrosoftAppPassword: 'the bot secret',
      MicrosoftAppTenantId: ownTenant,
    },
    usherOptions: { adapter: tokens.overrides },
  });
  await teams.settled();
});
afterAll(async () => {
  await teams.close();
  await connector.close();
  await tokens.close();
  await otherKeys.close();
  jest.restoreAllMocks();
});

/** The authentication of a request, besides its activity. */
interface Forgery {
  /** More than one value makes more than one header. */
  readonly authorization?: string | readonly string[];
  readonly activity?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

async function post({ authorization, activity, headers, query = '' }: Forgery, text: string) {
  const outgoing = httpRequest(`${teams.endpoint}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  });
  if (authorization !== undefined) outgoing.setHeader('authorization', authorization);
  outgoing.end(JSON.stringify({ ...teams.message('alex', text), ...activity }));
  const [response] = await once(outgoing, 'response');
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  await teams.settled();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString('utf8') };
}

/** How many rows each table of the database has. */
function stored(): Readonly<Record<string, number>> {
  const path = teams.databasePath;
  const tables = readStored(path, (database) =>
    database.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%'").all(),
  );
  return Object.fromEntries(tables.map(({ name }) => [String(name), countStored(path, `"${name}"`)]));
}

const seen = () => ({
  stored: stored(),
  deliveries: connector.deliveries.length,
  graph: teams.sandbox.requests.length,
});

const now = () => Math.floor(Date.now() / 1000);
const good = async () => `Bearer ${await tokens.sign()}`;
const claiming = async (claims: Record<string, unknown>): Promise<Forgery> => ({
  authorization: `Bearer ${await tokens.sign({ claims })}`,
});
const bearer = async (token: Promise<string>): Promise<Forgery> => ({ authorization: `Bearer ${await token}` });

/** With one bit of the signature turned. */
function damaged(token: string): string {
  const [head, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  return `${head}.${payload}.${bytes.toString('base64url')}`;
}

/** The same signature under other claims. */
function reworded(token: string): string {
  const [head, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
  const words = Buffer.from(JSON.stringify({ ...claims, exp: now() + 9_000 })).toString('base64url');
  return `${head}.${words}.${signature}`;
}

const sts = (tenant: string) => `https://sts.windows.net/${tenant}/`;
const login = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`;
const emulatorTenants = ['d6d49420-f39b-4df7-a1dc-d59a935871db', 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'] as const;
const serviceUrlOf = (url: string) => ({ activity: { serviceUrl: url } });

const forgeries: readonly (readonly [string, () => Promise<Forgery>])[] = [
  // The signature
  ['has one bit of its signature turned', async () => bearer(tokens.sign().then(damaged))],
  ['has other words above its signature', async () => bearer(tokens.sign().then(reworded))],
  ['is signed by another key of the same id', async () => bearer(tokens.sign({ key: 'stranger' }))],
  ['is signed by a key of another key set', async () => bearer(otherKeys.sign())],
  ['names a key that was never published', async () => bearer(tokens.sign({ key: 'unknown' }))],
  ['names no key', async () => bearer(tokens.sign({ header: { kid: undefined } }))],
  ['brings its key along', async () => bearer(tokens.sign({ key: 'stranger', header: 'ownKey' }))],
  [
    'tells where its key is to be had',
    async () => bearer(tokens.sign({ key: 'unknown', header: { jku: 'https://evil.example/keys' } })),
  ],
  ['is signed by a key that is not endorsed for Teams', async () => bearer(tokens.sign({ key: 'directLine' }))],
  ['has lost its signature', async () => bearer(tokens.sign().then((token) => token.replace(/[^.]*$/, '')))],
  [
    'says that it needs no signature',
    async () => ({ authorization: `Bearer ${unsignedToken(goodClaims(connector.serviceUrl))}` }),
  ],
  ['has the public key for a secret (HS256)', async () => bearer(tokens.signWithPublicKey())],
  // The claims
  ['is meant for another bot', async () => claiming({ aud: otherBot })],
  ['has no audience', async () => claiming({ aud: undefined })],
  ['is meant for several', async () => claiming({ aud: [botAppId, otherBot] })],
  ['has another issuer', async () => claiming({ iss: 'https://issuer.example' })],
  ['has an issuer that starts alike', async () => claiming({ iss: `${channelIssuer}.example` })],
  ['has the issuer of another cloud', async () => claiming({ iss: 'https://api.botframework.us' })],
  ['has no issuer', async () => claiming({ iss: undefined })],
  ['has the right issuer among others', async () => claiming({ iss: [channelIssuer, 'x'] })],
  ['expired more than five minutes ago', async () => claiming({ exp: now() - 310 })],
  ['never expires', async () => claiming({ exp: undefined })],
  ['is valid from more than five minutes ahead', async () => claiming({ nbf: now() + 330 })],
  ['names another service address', async () => claiming({ serviceurl: 'https://evil.example/' })],
  ['names no service address', async () => claiming({ serviceurl: undefined })],
  [
    'is good, with an activity that is to be answered elsewhere',
    async () => ({ authorization: await good(), ...serviceUrlOf('https://evil.example/') }),
  ],
  [
    'is good, with an activity that is to be answered on another path',
    async () => ({ authorization: await good(), ...serviceUrlOf(`${connector.serviceUrl}x`) }),
  ],
  // The other ways in of botbuilder
  ...emulatorTenants.flatMap((tenant): (readonly [string, () => Promise<Forgery>])[] => [
    [
      `is of the emulator (${tenant}), first version`,
      async () => claiming({ iss: sts(tenant), ver: '1.0', appid: botAppId }),
    ],
    [
      `is of the emulator (${tenant}), second version`,
      async () => claiming({ iss: login(tenant), ver: '2.0', azp: botAppId }),
    ],
  ]),
  [
    'is the bot’s own, of its own tenant',
    async () => claiming({ iss: sts(ownTenant), tid: ownTenant, ver: '1.0', appid: botAppId }),
  ],
  [
    'is the bot’s own, second version',
    async () => claiming({ iss: login(ownTenant), tid: ownTenant, ver: '2.0', azp: botAppId }),
  ],
  ...[sts, login].map((issuer): readonly [string, () => Promise<Forgery>] => [
    `is the bot’s own, on AseChannel (${issuer('…')})`,
    async () => ({
      ...(await claiming({ iss: issuer(ownTenant), ver: '1.0', appid: botAppId })),
      activity: { channelId: 'AseChannel' },
    }),
  ]),
  [
    'is good, with an activity of AseChannel',
    async () => ({ authorization: await good(), activity: { channelId: 'AseChannel' } }),
  ],
  ['is a skill’s', async () => claiming({ iss: sts(emulatorTenants[0]), ver: '1.0', appid: otherBot })],
  ['is a skill’s, in the name of the channel service', async () => claiming({ ver: '1.0', appid: otherBot })],
  [
    'is good, with an activity of a channel that it is not endorsed for',
    async () => ({ authorization: await good(), activity: { channelId: 'directline' } }),
  ],
  // The header
  ['is missing', async () => ({})],
  ['is empty', async () => ({ authorization: '' })],
  ['is the bare scheme', async () => ({ authorization: 'Bearer' })],
  ['is junk', async () => ({ authorization: 'Bearer junk' })],
  ['is junk in three parts', async () => ({ authorization: 'Bearer a.b.c' })],
  ['is JSON that is no object', async () => ({ authorization: 'Bearer e30.bnVsbA.x' })],
  ['is of another scheme', async () => ({ authorization: `Basic ${await tokens.sign()}` })],
  ['has no scheme', async () => ({ authorization: await tokens.sign() })],
  ['is one of two in a header', async () => ({ authorization: `${await good()}, ${await good()}` })],
  ['stands behind a junk one in a header', async () => ({ authorization: `Bearer a.b.c ${await good()}` })],
  ['comes in a second header', async () => ({ authorization: ['Bearer a.b.c', await good()] })],
  ['comes in the address', async () => ({ query: `?access_token=${await tokens.sign()}` })],
  ['comes in a cookie', async () => ({ headers: { cookie: `authorization=${await tokens.sign()}` } })],
  ['comes in a header of a proxy', async () => ({ headers: { 'proxy-authorization': await good() } })],
  ['comes in the body', async () => ({ activity: { authorization: await good() } })],
];

describe('a token that proves nothing', () => {
  it.each(forgeries)(
    'because it %s is refused: Usher runs, stores, answers and reveals nothing',
    async (_name, forge) => {
      const before = seen();

      const { status, headers, body } = await post(await forge(), 'provision isaiah to Salesforce');

      expect(status).toBe(401);
      expect(JSON.parse(body)).toEqual({ code: 'unauthorized' });
      expect(JSON.stringify(headers)).not.toMatch(/botbuilder|restify|jwt|issuer|endorse/i);
      expect(seen()).toEqual(before);
    },
  );

  it('differs in its effect from a good one', async () => {
    const before = seen();

    const { status, body } = await post({ authorization: await good() }, 'whoami');

    expect({ status, body }).toEqual({ status: 200, body: '' });
    expect(teams.lastCard('personal-alex').text).toContain('You are Alex Wilber');
    expect(seen().stored).not.toEqual(before.stored);
  });

  it('does not admit a click either', async () => {
    const before = seen();
    const click = {
      type: 'invoke',
      name: 'adaptiveCard/action',
      value: { action: { type: 'Action.Execute', data: { verb: 'run', text: 'provision isaiah to Salesforce' } } },
    };

    const { status, body } = await post(
      { ...(await bearer(tokens.sign({ key: 'stranger' }))), activity: click },
      'clicked',
    );

    expect({ status, body }).toEqual({ status: 401, body: '{"code":"unauthorized"}' });
    expect(seen()).toEqual(before);
  });

  it('leaves a line in the log, and never the token itself', async () => {
    const token = await tokens.sign({ key: 'stranger' });
    const before = teams.logLines.length;

    await post({ authorization: `Bearer ${token}` }, 'whoami');

    const lines = teams.logLines.slice(before);
    expect(lines).toMatchObject([{ code: 'token_refused' }]);
    expect(JSON.stringify(lines)).not.toContain(token.slice(-40));
    expect(JSON.stringify(lines)).not.toContain(token.slice(0, 40));
  });
});

describe('the database', () => {
  it('holds neither the bot’s secret nor a token, good or bad', async () => {
    const tokensSent = [await tokens.sign(), await tokens.sign({ key: 'stranger' })];
    for (const token of tokensSent) await post({ authorization: `Bearer ${token}` }, 'whoami');

    const kept = ['', '-wal'].map((end) => readFileSync(`${teams.databasePath}${end}`, 'latin1')).join('');

    expect(kept).toContain('5eed0000');
    for (const secret of ['the bot secret', 'eyJ', ...tokensSent.map((token) => token.slice(-40))])
      expect(kept.includes(secret)).toBe(false);
  });
});

/**
 * The token is the channel service's, so Usher answers the sender; authentication.test.ts tests in full what is a row
 * here.
 */
describe('a good token with an activity that is not for this Usher', () => {
  it.each<[string, string, number, Record<string, unknown>]>([
    ['of another tenant', 'tenant', 1, from(1)],
    ['of another tenant, by its conversation alone', 'tenant', 1, { channelData: {}, conversation: elsewhere() }],
    ['that names no tenant', 'tenant', 1, { channelData: {}, conversation: { id: 'a', conversationType: 'personal' } }],
    ['of a person without an Entra id', 'noPerson', 1, { from: { id: '29:alex', name: 'Alex Wilber' } }],
    [
      'to be answered at an address that is no Teams',
      'service',
      0,
      { ...from(3), ...serviceUrlOf('https://evil.example/').activity },
    ],
    [
      'to be answered at a host that ends alike',
      'service',
      0,
      { ...from(4), serviceUrl: 'https://xsmba.trafficmanager.net/' },
    ],
  ])('%s runs nothing, and stores no more than that Usher turned it away', async (_name, reason, told, activity) => {
    const before = seen();
    const serviceurl = activity.serviceUrl ?? connector.serviceUrl;

    const { status } = await post({ ...(await claiming({ serviceurl })), activity }, 'provision isaiah to Salesforce');

    const after = seen();
    expect(status).toBe(200);
    expect(after.deliveries - before.deliveries).toBe(told);
    expect(after.graph).toBe(before.graph);
    const { seals } = after.stored;
    expect(after.stored).toEqual({ ...before.stored, audit_log: (before.stored.audit_log ?? 0) + 1, seals });
    expect((await teams.records())[0]).toMatchObject({ kind: 'turnedAway', details: { reason } });
  });
});

function from(number: number): Record<string, unknown> {
  return { channelData: { tenant: { id: otherTenant(number) } } };
}

function elsewhere(): Record<string, unknown> {
  return { id: 'a', conversationType: 'personal', tenantId: otherTenant(2) };
}
