import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;

beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' } });
});
afterEach(() => teams.close());

async function say(who: 'alex' | 'megan', line: string): Promise<void> {
  await teams.say(who, line);
  await teams.settled();
}

async function pressTell(): Promise<string> {
  const result = teams
    .cardsFor('personal-alex')
    .findLast(({ buttons }) => buttons.some(({ title }) => title === 'Tell the manager'));
  if (result === undefined) throw new Error('no card has the button');
  await teams.press('alex', result, 'Tell the manager');
  await teams.settled();
  return teams.lastCard('personal-alex').text;
}

describe('“Tell the manager” on a result', () => {
  it('sends the result to the manager once, in the words of a person who cannot act in Entra', async () => {
    await say('megan', 'help');
    await say('alex', 'provision isaiah@contoso.com to Salesforce');

    const first = await pressTell();
    const told = teams.lastCard('personal-megan').text;
    const again = await pressTell();

    expect(first).toContain('Megan Bowen is being told');
    expect(told).toContain('Isaiah Langer now has an account in Salesforce');
    expect(told).toContain('Isaiah Langer reports to you');
    expect(again).toContain('Megan Bowen has been told');
    expect(teams.cardsFor('personal-megan').filter(({ text }) => text.includes('reports to you'))).toHaveLength(1);
  });

  it('records who told whom', async () => {
    await say('megan', 'help');
    await say('alex', 'provision isaiah@contoso.com to Salesforce');
    await pressTell();

    const entries = (await teams.records()).filter(({ kind }) => kind === 'managerTold');
    expect(entries).toMatchObject([{ actorId: people.alex.id, details: { manager: people.megan.id } }]);
  });

  it('gives the text to the operator where the manager has never written to Usher', async () => {
    await say('alex', 'provision isaiah@contoso.com to Salesforce');

    const answer = await pressTell();

    expect(answer).toContain('Usher cannot write to Megan Bowen');
    expect(answer).toMatch(/Send Megan Bowen this yourself: “Isaiah Langer in Salesforce: Account created/);
    expect(teams.cardsFor('personal-megan')).toEqual([]);
  });

  it('says so where Entra names no manager', async () => {
    await say('alex', 'provision patti@contoso.com to GitHub');

    expect(await pressTell()).toContain('No manager in Entra ID');
  });
});
