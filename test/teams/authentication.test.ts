import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { botAppId, startTokenService, type TokenService } from '../support/tokens.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** The audit log gets one rejected activity of a tenant in a minute, so each case has a tenant of its own. */
const tenant = (end: string) => `5eed0000-0000-4000-8000-${end.padStart(12, '0')}`;
const from = (end: string) => ({ channelData: { tenant: { id: tenant(end) } } });

let connector: Connector;
let tokens: TokenService;
let teams: TestUsher;

beforeAll(async () => {
  connector = await startConnector();
  tokens = await startTokenService(connector.serviceUrl);
  teams = await startTestUsher({
    connector,
    environment: {
      BOT_AUTH: 'token',
      MicrosoftAppId: botAppId,
      MicrosoftAppPassword: 'the bot secret',
      MicrosoftAppTenantId: '5eed0000-0000-4000-8000-00000000face',
      ALLOWED_TENANTS: ['face', ...'12345'].map(tenant).join(','),
    },
    usherOptions: { adapter: tokens.overrides },
  });
});
afterAll(async () => {
  await teams.close();
  await connector.close();
  await tokens.close();
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

const now = () => Math.floor(Date.now() / 1000);

describe('a good token', () => {
  it('admits the message, and the answer reaches the conversation', async () => {
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

  it('may be signed by a key that is published without channels', async () => {
    const { status } = await post(
      teams.message('alex', 'whoami'),
      `Bearer ${await tokens.sign({ key: 'unendorsed' })}`,
    );
    await teams.settled();

    expect(status).toBe(200);
    expect(connector.deliveries.length).toBeGreaterThan(seen.deliveries);
  });

  it('costs one read of the signing keys, however many come', async () => {
    const before = tokens.keyReads();

    await post(teams.message('alex', 'whoami'), `Bearer ${await tokens.sign()}`);
    await teams.settled();

    expect(before).toBe(1);
    expect(tokens.keyReads()).toBe(1);
  });
});

describe('an admitted token', () => {
  const refusals: readonly [string, Record<string, unknown>, RegExp, string][] = [
    ['another tenant', from('dead'), /organization/, 'tenant'],
    [
      'an activity without a person',
      { ...from('1'), from: { id: '29:alex', name: 'Alex Wilber' } },
      /Entra account/,
      'noPerson',
    ],
    [
      'an id that is no GUID',
      { ...from('2'), from: { id: '29:alex', aadObjectId: 'alex@contoso.com' } },
      /Entra account/,
      'noPerson',
    ],
    [
      'an id in a list',
      { ...from('3'), from: { id: '29:alex', aadObjectId: ['5eed0000-0000-4000-8000-000000000001'] } },
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
      expect.objectContaining({ kind: 'turnedAway', details: expect.objectContaining({ reason: why, count: 1 }) }),
    );
  });

  it('for another channel is refused there, with a key that is endorsed for it', async () => {
    const message = teams.message('alex', 'provision isaiah to Salesforce');
    const activity = { ...message, ...from('4'), channelId: 'directline' };

    const { status } = await post(activity, `Bearer ${await tokens.sign({ key: 'directLine' })}`);
    await teams.settled();

    expect(status).toBe(200);
    expect(teams.lastCard().text).toContain('only in Microsoft Teams');
    expect(teams.sandbox.requests.length).toBe(seen.graphCalls);
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({
        kind: 'turnedAway',
        details: expect.objectContaining({ reason: 'channel', tenant: tenant('4'), count: 1 }),
      }),
    );
  });

  it('for a service that is not the Teams of this cloud gets no answer anywhere', async () => {
    const serviceUrl = 'https://smba.infra.gov.teams.microsoft.us/';
    const activity = { ...teams.message('alex', 'provision isaiah to Salesforce'), ...from('5'), serviceUrl };

    const { status } = await post(activity, `Bearer ${await tokens.sign({ claims: { serviceurl: serviceUrl } })}`);
    await teams.settled();

    expect(status).toBe(200);
    expect(connector.deliveries.length).toBe(seen.deliveries);
    expect(teams.sandbox.requests.length).toBe(seen.graphCalls);
    expect(teams.logLines).not.toContainEqual(expect.objectContaining({ code: 'refusal_not_taken' }));
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({
        kind: 'turnedAway',
        details: expect.objectContaining({ reason: 'service', tenant: tenant('5'), count: 1 }),
      }),
    );
  });

  it('is of no use for an invoke that Usher does not know', async () => {
    const activity = { ...teams.message('alex', ''), type: 'invoke', name: 'composeExtension/query' };

    const { status, body } = await post(activity, `Bearer ${await tokens.sign()}`);

    expect({ status, body: JSON.parse(body) }).toEqual({ status: 501, body: { code: 'not_implemented' } });
    expect(connector.deliveries.length).toBe(seen.deliveries);
  });
});

describe('signing keys that are unavailable', () => {
  it('admit no caller, and keep none waiting', async () => {
    const other = await startTokenService(connector.serviceUrl);
    const token = await other.sign();
    const bot = await startTestUsher({
      connector,
      environment: {
        BOT_AUTH: 'token',
        MicrosoftAppId: botAppId,
        MicrosoftAppPassword: 'the bot secret',
        MicrosoftAppTenantId: '5eed0000-0000-4000-8000-00000000face',
        ALLOWED_TENANTS: ['face', ...'12345'].map(tenant).join(','),
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
