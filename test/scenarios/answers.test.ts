import { afterEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

const onDemand = /provisionOnDemand$/;
const jobsOfSalesforce = `/servicePrincipals/${apps.salesforce.id}/synchronization/jobs`;
const line = 'provision isaiah to Salesforce';
/** The pauses of an attempt last minutes; here a real second lasts two hundred. */
const speed = 200;

let test: TestUsher;
afterEach(() => test.close());

function hastyClock(): Clock {
  const [from, started] = [systemClock.now(), systemClock.monotonic()];
  const passed = () => (systemClock.monotonic() - started) * speed;
  return {
    now: () => Math.floor(from + passed()),
    monotonic: () => started + passed(),
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}

async function start(): Promise<TestUsher> {
  test = await startTestUsher({
    environment: { PROVISION_LIMIT: '100', PROVISION_WINDOW_MS: '60000', PROVISION_GUARD_MS: '30000' },
    usherOptions: { clock: hastyClock() },
  });
  return test;
}

async function said(text: string, where: RegExp | string, ...faults: readonly Fault[]): Promise<string> {
  const { say, settled, lastCard, sandbox } = await start();
  for (const fault of faults) sandbox.failNext(where, fault);
  await say('alex', text);
  await settled();
  return lastCard().text;
}

const status = (code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault => ({
  kind: 'status',
  status: code,
  ...more,
});
const permission = status(403, { code: 'Authorization_RequestDenied' });

describe('Usher, whatever Graph answers to its reads', () => {
  it.each([
    [
      '429',
      status(429, { headers: { 'Retry-After': '40' } }),
      ['Microsoft Graph is limiting calls', 'asked Usher to wait 40 seconds', 'TooManyRequests (HTTP 429)'],
    ],
    [
      '403',
      permission,
      ['lacks the permission Synchronization.ReadWrite.All', 'Authorization_RequestDenied (HTTP 403)'],
    ],
    [
      '404',
      status(404, { code: 'ResourceNotFound' }),
      ['cannot find something that this needs (HTTP 404)', 'ResourceNotFound'],
    ],
    ['400', status(400, { code: 'BadRequest' }), ['invalid (HTTP 400)', 'BadRequest (HTTP 400)']],
    ['409', status(409, { code: 'Conflict' }), ['a conflict', 'Conflict (HTTP 409)']],
  ] as const)('quotes the refusal: %s', async (_name, fault, words) => {
    // The survey of all apps that keeps `status` quick may come first.
    const text = await said(line, jobsOfSalesforce, fault, fault, fault);

    for (const word of words) expect(text).toContain(word);
    expect(text).toContain('Nothing was done.');
    expect(text).not.toContain('could not reach');
    expect(test.logLines.filter(({ msg }) => msg === 'Graph refused')).toContainEqual(
      expect.objectContaining({ status: fault.kind === 'status' ? fault.status : 0, code: expect.any(String) }),
    );
  });
});

describe('the state of a job that Graph does not return', () => {
  it.each(['status Salesforce', 'status'])('is shown with Graph’s own refusal: %s', async (typed) => {
    test = await startTestUsher();
    for (let call = 0; call < 300; call += 1) test.sandbox.failNext(/synchronization\/jobs/, permission);

    await test.say('alex', typed);

    const { text } = test.lastCard();
    expect(text).toContain('lacks the permission Synchronization.ReadWrite.All');
    expect(text).toContain('Authorization_RequestDenied (HTTP 403)');
  });
});

describe('Usher, after an attempt whose end is unknown', () => {
  it.each([
    ['a gateway that gave up', status(504, { workDone: true }), permission, 'lacks a permission'],
    ['an answer cut off', { kind: 'cutOff' } as Fault, status(409, { code: 'Conflict' }), 'code Conflict'],
    ['a server error', status(500), permission, 'lacks a permission'],
  ])('never says that nothing was done: %s', async (_name, first, then, reason) => {
    const text = await said(line, onDemand, first, then);

    expect(text).toContain('Result unknown');
    expect(text).toContain('It may have provisioned Isaiah Langer to Salesforce.');
    expect(text).toContain(reason);
    expect(text).not.toMatch(/was not|not provisioned|nothing was/i);
  });

  it('remembers it at a retry by a user, in the history and in the audit log', async () => {
    const { say, settled, lastCard, press, sandbox, records } = await start();
    sandbox.failNext(onDemand, { kind: 'empty' });
    await say('alex', line);
    await settled();
    sandbox.failNext(onDemand, status(409, { code: 'Conflict' }));
    const before = lastCard();

    await press('alex', before, 'Retry');
    await settled();
    const after = test.cardsFor().find(({ id }) => id === before.id)?.text ?? '';
    await say('alex', 'history isaiah');
    await settled();

    expect(before.text).toContain('may or may not have been provisioned');
    expect(after).toContain('It may have provisioned Isaiah Langer to Salesforce.');
    expect(after).not.toMatch(/was not|not provisioned|nothing was/i);
    expect(lastCard().text).toContain('Result unknown');
    expect((await records()).find(({ kind }) => kind === 'finished')?.details).toMatchObject({
      outcome: 'unknown',
      code: 'Conflict',
      status: 409,
    });
  });

  it('says that an earlier attempt may have done it, where all is well now', async () => {
    const text = await said(line, onDemand, status(504, { workDone: true }));

    expect(text).toContain('Already up to date');
    expect(text).toContain('An earlier attempt, whose answer was lost, may have done this.');
  });

  it('waits while another provisioning is under way', async () => {
    const busy = status(409, { code: 'Conflict', message: 'Another provisioning of this object is in progress.' });

    const text = await said(line, onDemand, busy, busy, busy);

    expect(text).toContain('Account created');
    expect(test.sandbox.stats().calls).toBe(4);
  });
});

describe('Usher, asked to wait', () => {
  it('does not ask sooner than Graph wants, however long that is', async () => {
    const { say, settled, sandbox, lastCard } = await start();
    sandbox.failNext(onDemand, status(503, { headers: { 'Retry-After': '1200' } }));

    await say('alex', line);
    await settled();

    const [first = 0, second = 0] = sandbox.stats().arrivals;
    expect((second - first) * speed).toBeGreaterThanOrEqual(1_200_000);
    expect(lastCard().text).toContain('Account created');
  });

  it('ends where that is more than a day, and says until when', async () => {
    const text = await said(line, onDemand, status(429, { headers: { 'Retry-After': '172800' } }));

    expect(text).toContain('Microsoft is busy');
    expect(text).toContain('Microsoft asks Usher to wait until');
    expect(test.sandbox.stats().throttled).toBe(1);
  });
});

describe('Usher, when Graph answers with a warning', () => {
  it('shows it, and is not green', async () => {
    const text = await said(line, onDemand, { kind: 'warned' });

    expect(text).toContain('!  Done, with a warning');
    expect(text).toContain('The manager could not be written.');
    expect(JSON.stringify(test.lastCard().content)).toContain('SchemaPropertyCanOnlyAcceptValue');
  });
});

describe('Usher, when the value of an answer breaks off', () => {
  it('reads the failure in the key', async () => {
    const { say, settled, sandbox, lastCard } = await start();
    sandbox.failNext(onDemand, { kind: 'damagedValue' });

    await say('alex', 'provision grady to Salesforce');
    await settled();

    expect(lastCard().text).toContain('Failed');
    expect(JSON.stringify(lastCard().content)).toContain('EntryConflict');
  });

  it('does not accept a success in the key', async () => {
    const text = await said(line, onDemand, { kind: 'damagedValue' });

    expect(text).toContain('Result unknown');
  });
});

it('Usher asks for a fresh token once, and then names the token as the cause', async () => {
  const token = status(401, { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed.' });

  const text = await said(line, onDemand, token, token);

  expect(text).toContain('does not accept Usher’s access token, and did not accept a new one either');
  expect(JSON.stringify(test.lastCard().content)).toContain('InvalidAuthenticationToken');
  expect(text).not.toContain('lacks the permission');
  expect(test.sandbox.stats().calls).toBe(2);
});

it('Usher goes on after one token that Graph did not accept', async () => {
  const text = await said(line, onDemand, status(401, { code: 'InvalidAuthenticationToken' }));

  expect(text).toContain('Account created');
});

describe('a caller', () => {
  it('whose directory roles Graph withholds does not read that they have no role', async () => {
    const { say, settled, sandbox, lastCard } = await start();
    const withheld = { '@odata.type': '#microsoft.graph.directoryRole', id: people.johanna.id, roleTemplateId: null };
    sandbox.failNext(/microsoft\.graph\.directoryRole$/, status(200, { body: { value: [withheld] } }));

    await say('johanna', line);
    await settled();

    expect(lastCard().text).toContain('RoleManagement.Read.Directory');
    expect(lastCard().text).not.toContain('you have no role');
  });

  it('whose account may be disabled for all that Usher can read does nothing', async () => {
    const { say, settled, sandbox, lastCard } = await start();
    const { id, displayName, userPrincipalName } = { ...people.alex, userPrincipalName: 'alex@contoso.com' };
    const body = { id, displayName, userPrincipalName, userType: 'Member', accountEnabled: null };
    sandbox.failNext(`/users/${id}`, status(200, { body }));

    await say('alex', line);
    await settled();

    expect(lastCard().text).toContain('could not read in Entra ID whether your account is enabled');
    expect(sandbox.stats().calls).toBe(0);
  });
});
