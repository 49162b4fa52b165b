import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { generatedPeople } from '../../src/sandbox/tenant/people.ts';
import { startSandboxThread } from '../support/sandbox-thread.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;

/** Most stories here are not about the limit; the one that is brings its own. */
const wideGate = { limit: 50, windowMs: 100, guardMs: 150 };

beforeEach(async () => {
  teams = await startTestUsher({ environment: gateEnvironment(wideGate) });
});
afterEach(() => teams.close());

const addresses = (count: number) => generatedPeople.slice(0, count).map((person) => person.userPrincipalName);

describe('a list of a few', () => {
  it('runs at once on one card, which counts them', async () => {
    await teams.say('alex', `provision users ${addresses(4).join(', ')} to Salesforce`);
    await teams.settled();

    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().text).toMatch(/4/);
    expect(teams.lastCard().text).toContain('Salesforce');
    expect(teams.sandbox.stats()).toMatchObject({ calls: 4, throttled: 0 });
  });

  it('accepts lines, names and addresses mixed, merges people who are named twice, and names the unknown ones', async () => {
    await teams.say(
      'alex',
      'provision users to Salesforce\nisaiah@contoso.com\nAdele Vance\nISAIAH@contoso.com\nlee\nzaphod@contoso.com',
    );
    await teams.settled();

    const { text } = teams.lastCard();
    expect(teams.sandbox.stats().calls).toBe(2);
    expect(text).toContain('zaphod@contoso.com');
    expect(text).toContain('lee.gu@contoso.com');
  });

  it('shows its failures first, with the reason, and Retry failed runs only those', async () => {
    await teams.say('alex', 'provision users isaiah, adele, grady, diego to Salesforce');
    await teams.settled();
    const { text } = teams.lastCard();
    expect(text).toContain('Grady Archie');
    expect(text).toContain('Diego Siciliani');

    await teams.press('alex', teams.lastCard(), 'Retry failed');
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(6);
    expect(teams.cardsFor()).toHaveLength(1);
  });
});

describe('a list of more than ten', () => {
  it('asks first, with how many and how long, and does nothing until it is confirmed', async () => {
    await teams.close();
    const gate = { limit: 5, windowMs: 200, guardMs: 1_200 };
    const sandbox = await startSandboxThread(gate);
    teams = await startTestUsher({ graphUrl: sandbox.url, environment: gateEnvironment(gate) });

    await teams.say('alex', `provision users ${addresses(12).join('; ')} to Salesforce`);
    await teams.settled();
    const asking = teams.lastCard();
    expect(asking.text).toContain('12');
    expect((await sandbox.stats()).arrivals).toEqual([]);

    await teams.press('alex', asking, 'Provision 12 people');
    await teams.settled();

    expect(teams.lastCard().id).toBe(asking.id);
    expect(await sandbox.stats()).toMatchObject({ calls: 12, throttled: 0 });
    await sandbox.close();
  });

  it('runs once although its confirmation is clicked twice', async () => {
    await teams.say('alex', `provision users ${addresses(12).join(', ')} to Salesforce`);
    await teams.settled();
    const asking = teams.lastCard();

    await Promise.all([1, 2].map(() => teams.press('alex', asking, 'Provision 12 people')));
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(12);
    expect(teams.cardsFor()).toHaveLength(1);
  });

  it('can be cancelled before it runs, by its button', async () => {
    await teams.say('alex', `provision users ${addresses(12).join(', ')} to Salesforce`);
    await teams.settled();

    await teams.press('alex', teams.lastCard(), 'Cancel');
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(0);
    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().text).toMatch(/cancel/i);
  });

  it('shows every person page by page, on a card of its own', async () => {
    await teams.say('alex', `provision users ${addresses(30).join(', ')} to Salesforce`);
    await teams.settled();
    const list = teams.lastCard();
    await teams.press('alex', list, 'Provision 30 people');
    await teams.settled();

    await teams.press('alex', teams.lastCard(), 'Show all');
    await teams.settled();
    const first = teams.lastCard();
    expect(first.id).not.toBe(list.id);
    await teams.press('alex', first, 'Next');
    await teams.settled();

    expect(teams.lastCard().id).toBe(first.id);
    expect(teams.lastCard().text).toContain(generatedPeople[29]?.displayName ?? '');
  });
});

describe('cancel and retry by typing', () => {
  it('accept an id, and say when all has been sent', async () => {
    await teams.say('alex', 'provision diego to Salesforce');
    await teams.settled();
    const id = /request ([0-9A-Z]{6})/i.exec(teams.lastCard().text)?.[1] ?? '';

    await teams.say('alex', `cancel ${id.toLowerCase()}`);
    await teams.settled();
    expect(teams.lastCard().text).toMatch(/sent|finished/i);
    await teams.say('alex', `retry ${id}`);
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(2);
  });

  it('are for the requester and operators', async () => {
    await teams.say('alex', 'provision diego to Salesforce');
    await teams.settled();
    const id = /request ([0-9A-Z]{6})/i.exec(teams.lastCard().text)?.[1] ?? '';

    await teams.say('lynne', `retry ${id}`);
    await teams.settled();

    expect(teams.lastCard().text).toMatch(/don’t have permission/);
    expect(teams.sandbox.stats().calls).toBe(1);
  });
});

describe('bad lists', () => {
  it.each([
    ['an empty one', 'provision users to Salesforce', /who|person|people|list/i],
    [
      'five hundred and one people',
      `provision users ${Array.from({ length: 501 }, (_, index) => `p${index}@contoso.com`).join(', ')} to Salesforce`,
      /500/,
    ],
    [
      'one with unknown people alone',
      'provision users x1@contoso.com, x2@contoso.com to Salesforce',
      /x1@contoso\.com/,
    ],
    ['an unknown request', 'cancel ZZZZ22', /ZZZZ22|no request|unknown/i],
  ])('%s gets a clear answer, and nothing runs', async (_name, line, words) => {
    await teams.say('alex', line);
    await teams.settled();

    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().text).toMatch(words);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });
});

describe('a card in a channel, where any member can click', () => {
  it('is not replaced by the refusal of a member who may not click', async () => {
    await teams.say('alex', 'provision lee to Salesforce');
    await teams.settled();
    const picker = teams.lastCard();

    await teams.press('johanna', picker, 'Choose');
    await teams.settled();

    const [first, second] = teams.cardsFor();
    expect(first?.text).toContain('lee.parker@contoso.com');
    expect(second?.text).toContain('You don’t have permission to do this');
  });

  it.each([
    [{ verb: 'choose', text: 'help' }],
    [{ verb: 'choose', text: 'provision lee to Salesforce' }],
    [{ verb: 'page', requestId: 'ZZZZZZ', page: 0, on: 'page' }],
  ])('that asks for a confirmation stays, whatever forged click names it: %j', async (data) => {
    await teams.say('alex', `provision users ${addresses(12).join(', ')} to Salesforce`);
    await teams.settled();
    const asking = teams.lastCard();

    await teams.click('alex', asking.id, data);
    await teams.settled();

    expect(teams.cardsFor()[0]?.buttons.map(({ title }) => title)).toContain('Provision 12 people');
    expect(teams.cardsFor()).toHaveLength(2);
  });
});

describe('a pasted table', () => {
  it('is one person a row, and no people from the other columns', async () => {
    await teams.say(
      'alex',
      'provision users to Salesforce\nIsaiah Langer\tMegan Bowen\nAdele\tadele@contoso.com\tMegan Bowen',
    );
    await teams.settled();

    const named = teams.sandbox.requests
      .filter(({ path }) => path.endsWith('/provisionOnDemand'))
      .map(({ body }) => JSON.stringify(body));
    expect(named).toHaveLength(2);
    expect(named.join()).not.toContain('5eed0000-0000-4000-8000-000000000002');
  });

  it('has the address read out of "Name <address>", however it arrives', async () => {
    await teams.say(
      'alex',
      'provision users Adele Vance <adele@contoso.com>, Isaiah Langer &lt;isaiah@contoso.com&gt; to Salesforce',
    );
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(2);
    expect(teams.lastCard().text).not.toContain('Left out');
  });
});

describe('retry by typing always says something', () => {
  it.each([
    ['isaiah', /succeeded/],
    ['diego', /sent again/],
  ])('for %s', async (person, words) => {
    await teams.say('alex', `provision ${person} to Salesforce`);
    await teams.settled();
    const id = /request ([0-9A-Z]{6})/i.exec(teams.lastCard().text)?.[1] ?? '';

    await teams.say('alex', `retry ${id}`);
    await teams.settled();

    expect(teams.cardsFor()).toHaveLength(2);
    expect(teams.lastCard().text).toMatch(words);
  });
});
