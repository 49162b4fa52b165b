import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { people } from '../../src/sandbox/tenant/people.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

let teams: TestUsher;
afterEach(() => teams.close());

async function start(options: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({ ...options, environment: { PROVISION_WINDOW_MS: '100', ...options.environment } });
}

async function answerTo(person: keyof typeof people, line: string): Promise<string> {
  await teams.say(person, line);
  await teams.settled();
  return teams.lastCard(`personal-${person}`).text;
}

describe('status', () => {
  it('lists all apps, the worst first, with when each last ran', async () => {
    await start();

    const text = await answerTo('lynne', 'status');

    expect(text.indexOf('Zscaler')).toBeGreaterThan(0);
    expect(text.indexOf('Zscaler')).toBeLessThan(text.indexOf('Concur'));
    expect(text.indexOf('Concur')).toBeLessThan(text.indexOf('Salesforce'));
    expect(text).toMatch(/never run/i);
    expect(text).not.toMatch(/0001|Jan 1, 1\b/);
  });

  it.each([
    ['Zscaler', /quarantine/i, /valid tenant URL and secret token/i],
    ['Concur', /never run/i, /./],
    ['Payroll', /no synchronization|not set up|no provisioning/i, /./],
    ['Salesforce', /healthy|running/i, /last ran|last run/i],
  ])('shows the state of %s in words', async (app, state, detail) => {
    await start();

    const text = await answerTo('lynne', `status ${app}`);

    expect(text).toContain(app);
    expect(text).toMatch(state);
    expect(text).toMatch(detail);
  });

  it.each([
    ['status', 'status Zscaler', /^✗ {2}Zscaler: In quarantine/],
    ['apps', 'status GitHub Enterprise', /^\S {2}GitHub Enterprise: /],
    ['check adele', 'check adele@contoso.com in Salesforce', /Adele Vance in Salesforce/],
  ])('and other lists open what a row names, below the list: %s', async (line, sends, opened) => {
    await start();
    await answerTo('lynne', line);
    const list = teams.lastCard('personal-lynne');

    await teams.press('lynne', list, `Sends: ${sends}`);
    await teams.settled();

    expect(teams.lastCard('personal-lynne').text).toMatch(opened);
    expect(teams.lastCard('personal-lynne').id).not.toBe(list.id);
  });
});

describe('check', () => {
  it.each([
    ['diego', /not assigned/i],
    ['nestor', /disabled/i],
    ['grady', /already exists/i],
  ])('says of %s in Salesforce why nothing happens', async (person, why) => {
    await start();

    expect(await answerTo('lynne', `check ${person} in Salesforce`)).toMatch(why);
  });

  it('says of Isaiah that nothing has happened yet, and after provisioning him that all is in order', async () => {
    await start();
    const before = await answerTo('alex', 'check isaiah in Salesforce');
    expect(before).toContain('Isaiah Langer');
    expect(before).not.toMatch(/no problem found/i);

    await teams.press('alex', teams.lastCard('personal-alex'), 'Provision now');
    await teams.settled();
    const after = await answerTo('alex', 'check isaiah in Salesforce');

    expect(after).toMatch(/no problem found/i);
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('says of Zscaler that it is the sync, and of a person in all apps one line each', async () => {
    await start();
    expect(await answerTo('lynne', 'check adele in Zscaler')).toMatch(/quarantine/i);

    const text = await answerTo('lynne', 'check adele');

    for (const app of ['Salesforce', 'ServiceNow', 'GitHub Enterprise', 'Zscaler', 'Concur', 'Payroll'])
      expect(text).toContain(app);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it.each([
    ['fails', { kind: 'status', status: 500 }],
    ['is refused', { kind: 'status', status: 403 }],
    ['does not answer', { kind: 'silence' }],
  ] as const)('answers with what it has where the provisioning log %s', async (_what, fault) => {
    await start();
    for (let times = 0; times < 3; times += 1) teams.sandbox.failNext('/auditLogs/provisioning', fault);
    const asked = performance.now();

    const text = await answerTo('lynne', 'check diego in Salesforce');

    expect(text).toMatch(/not assigned/i);
    expect(text).toMatch(/could not be read|permission/i);
    expect(performance.now() - asked).toBeLessThan(6_000);
  });

  it('says that Microsoft does not answer before Graph’s time limit, where not even the person can be found', async () => {
    await start();
    await answerTo('lynne', 'whoami');
    for (let times = 0; times < 4; times += 1) teams.sandbox.failNext(/^\/users\/?$/, { kind: 'silence' });
    const asked = performance.now();

    const text = await answerTo('lynne', 'check adele in Salesforce');

    expect(text).toMatch(/not answering|did not answer/i);
    expect(performance.now() - asked).toBeLessThan(8_000);
  });

  it('blames no missing assignment where the rule could not be read', async () => {
    await start();
    for (let times = 0; times < 5; times += 1) teams.sandbox.failNext(/\/schema$/, { kind: 'status', status: 403 });

    const text = await answerTo('lynne', 'check diego in Salesforce');

    expect(text).not.toMatch(/not assigned/i);
    expect(text).toMatch(/could not be read: [^.]*the assignment/i);
  });

  it('lets a viewer look and not act', async () => {
    await start();

    await answerTo('lynne', 'check isaiah in Salesforce');

    expect(teams.lastCard('personal-lynne').buttons.map(({ title }) => title)).not.toContain('Provision now');
    expect(await answerTo('lynne', 'provision isaiah to Salesforce')).toMatch(/don’t have permission/);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });
});

describe('queue, history and requests', () => {
  it('show what was done, newest first, about all subjects, a person, an app, or oneself', async () => {
    await start();
    await answerTo('alex', 'provision isaiah to Salesforce');
    await answerTo('alex', 'provision adele to ServiceNow');

    const all = await answerTo('lynne', 'history');
    expect(all.indexOf('Adele')).toBeLessThan(all.indexOf('Isaiah'));
    await teams.press('lynne', teams.lastCard('personal-lynne'), 'Details');
    await teams.settled();
    expect(teams.lastCard('personal-lynne').text).toContain('Adele Vance');
    expect(await answerTo('lynne', 'history isaiah')).not.toContain('Adele');
    expect(await answerTo('lynne', 'history ServiceNow since yesterday')).not.toContain('Isaiah');
    expect(await answerTo('alex', 'requests')).toContain('Isaiah');
    expect(await answerTo('lynne', 'requests')).not.toContain('Isaiah');
    expect(await answerTo('lynne', 'queue')).toMatch(/nothing/i);
  });

  it('offer a running list, from which an operator cancels', async () => {
    await start({ environment: { PROVISION_WINDOW_MS: '600000' } });
    const names = ['isaiah', 'adele', 'grady', 'diego', 'megan', 'patti', 'alex'];
    await teams.say('alex', `provision users ${names.join(', ')} to Salesforce`);
    await eventually(() => teams.sandbox.stats().calls === 5);

    await teams.say('alex', 'queue', { conversationId: 'queue-alex', kind: 'personal' });
    await eventually(() => teams.cardsFor('queue-alex').some(({ buttons }) => buttons.length > 0));
    const card = teams.lastCard('queue-alex');
    expect(card.text).toMatch(/Salesforce/);
    await teams.press('alex', card, 'Cancel');
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(5);
  });

  it('show nothing to a caller without a role', async () => {
    await start();
    await answerTo('alex', 'provision isaiah to Salesforce');

    for (const line of ['status', 'check isaiah in Salesforce', 'queue', 'history', 'requests', 'export history'])
      expect(await answerTo('johanna', line)).not.toContain('Isaiah');
  });
});

describe('export history', () => {
  it('offers a file to an approver in a personal chat, and none to a viewer or in a channel', async () => {
    await start();
    await answerTo('alex', 'provision isaiah to Salesforce');

    await teams.say('patti', 'export history since yesterday');
    await teams.settled();
    const offer = teams.connector.deliveries.at(-1)?.activity;
    expect(JSON.stringify(offer)).toContain('application/vnd.microsoft.teams.card.file.consent');

    expect(await answerTo('lynne', 'export history')).toMatch(/don’t have permission/);
    await teams.say('patti', 'export history', { conversationId: 'room', kind: 'groupChat' });
    await teams.settled();
    expect(teams.lastCard('room').text).toMatch(/personal chat/i);
  });
});

describe('watch', () => {
  it('announces a quarantine once, also over two restarts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usher-watch-'));
    const first = await startTestUsher({ databasePath: join(folder, 'usher.db') });
    const room = { conversationId: 'on-call', kind: 'groupChat' as const };
    await first.say('lynne', 'watch Zscaler', room);
    await first.settled();
    const told = () => first.cardsFor('on-call').filter(({ text }) => /quarantine/i.test(text)).length;
    const before = told();
    await first.usher.stop();
    const { connector, sandbox } = first;

    for (let times = 0; times < 2; times += 1) {
      teams = await startTestUsher({ databasePath: join(folder, 'usher.db'), connector, sandbox });
      await teams.settled();
      if (times === 0) await teams.close();
    }

    expect(before).toBeGreaterThanOrEqual(1);
    expect(told()).toBe(before);
    await first.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
