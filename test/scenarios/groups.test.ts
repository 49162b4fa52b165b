import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(30_000);

let teams: TestUsher;

beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '200', PROVISION_GUARD_MS: '150' } });
});
afterEach(() => teams.close());

async function ask(line: string) {
  await teams.say('alex', line);
  await teams.settled();
  return teams.lastCard();
}

/** The members that each on-demand call carried. */
function membersOfCalls(): number[] {
  return teams.sandbox.requests
    .filter(({ path }) => path.endsWith('/provisionOnDemand'))
    .map(({ body }) => {
      const [parameter] = (body as { parameters: { subjects: { links: { members: unknown[] } }[] }[] }).parameters;
      return parameter?.subjects[0]?.links.members.length ?? 0;
    });
}

describe('a group', () => {
  it('of twelve goes to GitHub in three calls on one card, and the limit is kept', async () => {
    const card = await ask('provision group "Sales Team" to GitHub');

    // Calls that leave together arrive in any order.
    expect(membersOfCalls().toSorted()).toEqual([2, 5, 5]);
    expect(teams.cardsFor()).toHaveLength(1);
    expect(card.text).toContain('Sales Team');
    expect(teams.sandbox.stats()).toMatchObject({ calls: 3, throttled: 0 });
  });

  it('is provisioned without a nested group, which the card names', async () => {
    const card = await ask('provision group Engineering to GitHub');

    expect(card.text).toContain(groups.platformEngineering.displayName);
    expect(membersOfCalls()).toEqual([3]);
  });

  it('accepts the members that the line names, and names those who are not members', async () => {
    const card = await ask('provision group "Sales Team" to GitHub with members isaiah, adele');

    expect(card.text).toMatch(/Isaiah|Adele/);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('is only offered when the line has no more than a part of its name', async () => {
    const card = await ask('provision group Sales to GitHub');

    expect(card.text).toContain('Did you mean');
    expect(card.text).toContain('Sales Team');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('is refused by an app whose rules take no groups', async () => {
    const card = await ask('provision group "Sales Team" to Salesforce');

    expect(card.text).toMatch(/group/i);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('of zero users gets a clear answer, and nothing runs', async () => {
    teams.sandbox.failNext(/\/members$/, { kind: 'status', status: 200, body: { value: [] } });

    const card = await ask('provision group "Sales Team" to GitHub');

    expect(card.text).toMatch(/no one|no people/i);
    expect(card.text).toContain('Sales Team');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('that is unknown gets a clear answer', async () => {
    const card = await ask('provision group "Nobody Knows" to GitHub');

    expect(card.text).toContain('Nobody Knows');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });
});

describe('a mention', () => {
  it('means the person who was mentioned, by the Entra id of the roster', async () => {
    const activity = teams.message('alex', 'provision <at>Lee Parker</at> to Salesforce');
    const mention = {
      type: 'mention',
      text: '<at>Lee Parker</at>',
      mentioned: { id: '29:5eed0000-0000-4000-8000-00000000000b', name: 'Lee Parker' },
    };

    await teams.send({ ...activity, entities: [mention] });
    await teams.settled();

    expect(teams.lastCard().text).toContain('Lee Parker in Salesforce');
    expect(teams.sandbox.requests.map(({ path }) => path)).toContain('/users/5eed0000-0000-4000-8000-00000000000b');
  });
});
