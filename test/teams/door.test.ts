import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { botAppId, channelIssuer, startTokenService, type TokenService, unsignedToken } from '../support/tokens.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let connector: Connector;
let tokens: TokenService;
let teams: TestUsher;

beforeAll(async () => {
  // botbuilder prints what it thinks of a bad signature.
  jest.spyOn(console, 'error').mockReturnValue();
  connector = await startConnector();
  tokens = await startTokenService(connector.serviceUrl);
  teams = await startTestUsher({
    connector,
    environment: {
      BOT_AUTH: 'token',
      MicrosoftAppId: botAppId,
      MicrosoftAppPassword: 'the bot secret',
      MicrosoftAppTenantId: '5eed0000-0000-4000-8000-00000000face',
    },
    usherOptions: { adapter: tokens.overrides },
  });
});
afterAll(async () => {
  await teams.close();
  await connector.close();
  await tokens.close();
  jest.restoreAllMocks();
});

let seen = { deliveries: 0, graphCalls: 0 };
beforeEach(() => {
  seen = { deliveries: connector.deliveries.length, graphCalls: teams.sandbox.requests.length };
});

async function post(activity: unknown, authorization: string | null): Promise<{ status: number; body: string }> {
  const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
  const response = await fetch(teams.endpoint, { method: 'POST', headers, body: JSON.stringify(activity) });
  return { status: response.status, body: await response.text() };
}

const hour = 3600;
const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({
  iss: channelIssuer,
  aud: botAppId,
  serviceurl: connector.serviceUrl,
  nbf: now() - 60,
  exp: now() + hour,
});

describe('a good token', () => {
  it('lets the message in, and the answer reaches the conversation', async () => {
    const { status, body } = await post(teams.message('alex', 'whoami'), `Bearer ${await tokens.sign()}`);
    await teams.settled();

    expect({ status, body }).toEqual({ status: 200, body: '' });
    expect(teams.lastCard('personal-alex').text).toContain('You are Alex Wilber');
  });

  it('may be a little ahead of the clock, or behind it', async () => {
    const early = await tokens.sign({ claims: { nbf: now() + 60 } });
    const late = await tokens.sign({ claims: { exp: now() - 60 } });

    const answers = [
      await post(teams.message('alex', 'whoami'), `Bearer ${early}`),
      await post(teams.message('alex', 'whoami'), `Bearer ${late}`),
    ];
    await teams.settled();

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('costs one look at the signing keys, however many come', async () => {
    const before = tokens.keyReads();

    await post(teams.message('alex', 'whoami'), `Bearer ${await tokens.sign()}`);
    await teams.settled();

    expect(before).toBe(1);
    expect(tokens.keyReads()).toBe(1);
  });
});

describe('a token that proves nothing', () => {
  const cases: readonly [string, () => Promise<string | null>][] = [
    ['is missing', async () => null],
    ['is empty', async () => ''],
    ['is the bare scheme', async () => 'Bearer'],
    ['is junk', async () => 'Bearer junk'],
    ['is junk in three parts', async () => 'Bearer a.b.c'],
    ['is JSON that is no object', async () => `Bearer e30.${Buffer.from('null').toString('base64url')}.x`],
    ['is of another scheme', async () => `Basic ${await tokens.sign()}`],
    ['has no scheme', async () => tokens.sign()],
    ['is signed with another key', async () => `Bearer ${await tokens.sign({ key: 'stranger' })}`],
    ['is signed with a key that nobody published', async () => `Bearer ${await tokens.sign({ key: 'unknown' })}`],
    [
      'is signed with a key that is not endorsed for Teams',
      async () => `Bearer ${await tokens.sign({ key: 'directLine' })}`,
    ],
    ['is unsigned', async () => `Bearer ${unsignedToken(claims())}`],
    ['has lost its signature', async () => `Bearer ${(await tokens.sign()).replace(/[^.]*$/, '')}`],
    ['is meant for another bot', async () => bearer({ aud: '5eed0000-0000-4000-8000-00000000dead' })],
    ['is meant for nobody', async () => bearer({ aud: undefined })],
    ['has another issuer', async () => bearer({ iss: 'https://issuer.example' })],
    ['has no issuer', async () => bearer({ iss: undefined })],
    ['has the right issuer among others', async () => bearer({ iss: [channelIssuer, 'x'] })],
    ['has expired', async () => bearer({ exp: now() - hour })],
    ['is not valid yet', async () => bearer({ nbf: now() + hour })],
    ['names another service address', async () => bearer({ serviceurl: 'https://evil.example/' })],
    ['names no service address', async () => bearer({ serviceurl: undefined })],
    ['is of the emulator', async () => bearer({ iss: emulatorIssuer, ver: '1.0', appid: botAppId })],
    ['is of the emulator, second version', async () => bearer({ iss: emulatorIssuer2, ver: '2.0', azp: botAppId })],
    [
      'is of the bot itself, in its own tenant',
      async () => bearer({ iss: ownIssuer, tid: ownTenant, ver: '1.0', appid: botAppId }),
    ],
    [
      'is of another bot, as a skill has it',
      async () => bearer({ iss: emulatorIssuer, ver: '1.0', appid: 'another-bot' }),
    ],
  ];
  const ownTenant = '5eed0000-0000-4000-8000-00000000face';
  const ownIssuer = `https://sts.windows.net/${ownTenant}/`;
  const emulatorIssuer = 'https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/';
  const emulatorIssuer2 = 'https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0';
  const bearer = async (change: Record<string, unknown>) => `Bearer ${await tokens.sign({ claims: change })}`;

  it.each(cases)('because it %s runs nothing and tells nothing', async (_name, authorization) => {
    const { status, body } = await post(teams.message('alex', 'provision isaiah to Salesforce'), await authorization());
    await teams.settled();

    expect(status).toBe(401);
    expect(JSON.parse(body)).toEqual({ code: 'unauthorized' });
    expect(connector.deliveries.length).toBe(seen.deliveries);
    expect(teams.sandbox.requests.length).toBe(seen.graphCalls);
  });

  it('does not get in by another channel of botbuilder, signed as it may be', async () => {
    const activity = { ...teams.message('alex', 'whoami'), channelId: 'AseChannel' };
    const token = await tokens.sign({ claims: { iss: ownIssuer, tid: ownTenant, ver: '1.0', appid: botAppId } });

    const channelToken = await post(activity, `Bearer ${await tokens.sign()}`);
    const ownToken = await post(activity, `Bearer ${token}`);

    expect([channelToken.status, ownToken.status]).toEqual([401, 401]);
    expect(connector.deliveries.length).toBe(seen.deliveries);
  });

  it('leaves a line in the log, and never the token itself', async () => {
    const token = await tokens.sign({ key: 'stranger' });
    const before = teams.logLines.length;

    await post(teams.message('alex', 'whoami'), `Bearer ${token}`);

    const lines = teams.logLines.slice(before);
    expect(lines).toMatchObject([{ code: 'token_refused' }]);
    expect(JSON.stringify(lines)).not.toContain(token.slice(-40));
    expect(JSON.stringify(lines)).not.toContain(token.slice(0, 40));
  });
});

describe('an admitted token', () => {
  const refusals: readonly [string, Record<string, unknown>, RegExp, string][] = [
    [
      'another tenant',
      { channelData: { tenant: { id: '5eed0000-0000-4000-8000-00000000dead' } } },
      /organization/,
      'tenant',
    ],
    ['nobody', { from: { id: '29:alex', name: 'Alex Wilber' } }, /Entra account/, 'noPerson'],
    [
      'an id that is no GUID',
      { from: { id: '29:alex', aadObjectId: 'alex@contoso.com' } },
      /Entra account/,
      'noPerson',
    ],
    [
      'an id in a list',
      { from: { id: '29:alex', aadObjectId: ['5eed0000-0000-4000-8000-000000000001'] } },
      /Entra account/,
      'noPerson',
    ],
  ];

  it.each(refusals)('for %s is refused in plain words, without asking Graph', async (_name, change, words, why) => {
    const activity = { ...teams.message('alex', 'provision isaiah to Salesforce'), ...change };
    const linesBefore = teams.logLines.length;

    const { status } = await post(activity, `Bearer ${await tokens.sign()}`);
    await teams.settled();

    expect(status).toBe(200);
    expect(connector.deliveries.slice(seen.deliveries)).toMatchObject([{ kind: 'post' }]);
    expect(teams.lastCard().content).toBeNull();
    expect(teams.lastCard().text).toMatch(words);
    expect(teams.sandbox.requests.length).toBe(seen.graphCalls);
    expect(teams.logLines.slice(linesBefore)).toContainEqual(expect.objectContaining({ code: 'turned_away', why }));
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({ kind: 'turnedAway', details: { reason: why } }),
    );
  });

  it('for another channel is refused there, with a key that is endorsed for it', async () => {
    const activity = { ...teams.message('alex', 'provision isaiah to Salesforce'), channelId: 'directline' };

    const { status } = await post(activity, `Bearer ${await tokens.sign({ key: 'directLine' })}`);
    await teams.settled();

    expect(status).toBe(200);
    expect(teams.lastCard().text).toContain('Microsoft Teams only');
    expect(teams.sandbox.requests.length).toBe(seen.graphCalls);
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({ kind: 'turnedAway', details: { reason: 'channel' } }),
    );
  });

  it('for a service that is not the Teams of this cloud is answered nowhere', async () => {
    const serviceUrl = 'https://smba.infra.gov.teams.microsoft.us/';
    const activity = { ...teams.message('alex', 'provision isaiah to Salesforce'), serviceUrl };

    const { status } = await post(activity, `Bearer ${await tokens.sign({ claims: { serviceurl: serviceUrl } })}`);
    await teams.settled();

    expect(status).toBe(200);
    expect(connector.deliveries.length).toBe(seen.deliveries);
    expect(teams.sandbox.requests.length).toBe(seen.graphCalls);
    expect(teams.logLines).not.toContainEqual(expect.objectContaining({ code: 'refusal_not_taken' }));
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({ kind: 'turnedAway', details: { reason: 'service' } }),
    );
  });

  it('is of no use for an invoke that Usher does not know', async () => {
    const activity = { ...teams.message('alex', ''), type: 'invoke', name: 'composeExtension/query' };

    const { status, body } = await post(activity, `Bearer ${await tokens.sign()}`);

    expect({ status, body: JSON.parse(body) }).toEqual({ status: 501, body: { code: 'not_implemented' } });
    expect(connector.deliveries.length).toBe(seen.deliveries);
  });
});

describe('signing keys that cannot be had', () => {
  it('are no reason to let anybody in, or to keep them waiting', async () => {
    const other = await startTokenService(connector.serviceUrl);
    const token = await other.sign();
    const bot = await startTestUsher({
      connector,
      environment: {
        BOT_AUTH: 'token',
        MicrosoftAppId: botAppId,
        MicrosoftAppPassword: 'the bot secret',
        MicrosoftAppTenantId: '5eed0000-0000-4000-8000-00000000face',
      },
      usherOptions: { adapter: other.overrides },
    });
    await other.close();

    const status = await bot.send(bot.message('alex', 'whoami'), { authorization: `Bearer ${token}` });
    await bot.close();

    expect(status).toBe(503);
    expect(bot.logLines).toContainEqual(expect.objectContaining({ code: 'no_signing_keys' }));
    expect(connector.deliveries.length).toBe(seen.deliveries);
  });
});
