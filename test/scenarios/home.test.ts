import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;

beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', REQUEST_FOR: 'anyone' } });
});
afterEach(() => teams.close());

async function says(who: Somebody, line: string) {
  await teams.say(who, line);
  await teams.settled();
  return teams.lastCard();
}

/** The lines below a heading, to the next gap. */
const partOf = (text: string, heading: string) => text.split(`${heading}\n`)[1]?.split('\n\n')[0] ?? null;

describe('home', () => {
  it('says in a sentence each that nothing is open, by role', async () => {
    const alex = await says('alex', 'home');
    const megan = await says('megan', 'home');
    const lynne = await says('lynne', 'home');

    expect(alex.text).toMatch(/^Hello Alex\n/);
    expect(alex.text).toContain('Nothing is waiting for your decision.');
    expect(alex.text).toContain('You have no open requests.');
    expect(alex.text).toContain('✗ Zscaler: In quarantine');
    expect(megan.text).toContain('You have no open requests.');
    expect(megan.text).not.toMatch(/decision|broken|quarantine/);
    expect(lynne.text).toContain('What is broken');
    expect(lynne.text).not.toContain('decision');
    expect(alex.buttons.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Open', 'Provision a person', 'Check a person', 'Help']),
    );
    expect(megan.buttons.map(({ title }) => title)).toEqual(['Request access', 'Check a person', 'Help']);
  });

  it('lists three of what waits and what was asked for, each with a button that opens it, and a button to the rest', async () => {
    for (const app of ['Salesforce', 'ServiceNow', 'Concur', '"GitHub Enterprise"'])
      await says('megan', `request access for isaiah to ${app}`);

    const own = await says('megan', 'home');
    const decides = await says('patti', 'home');

    expect(partOf(own.text, 'Your open requests')).toMatch(/GitHub Enterprise[\s\S]*Waiting for approval/);
    expect(own.text.match(/Isaiah Langer →/g)).toHaveLength(3);
    expect(decides.text.match(/Isaiah Langer →/g)).toHaveLength(3);
    await teams.press('patti', decides, 'And 1 more');
    await teams.settled();
    expect(teams.lastCard().text.match(/Isaiah Langer →/g)).toHaveLength(4);
    await teams.press('megan', own, 'Open');
    await teams.settled();
    expect(teams.lastCard().text).toContain('Isaiah Langer in GitHub Enterprise');
  });

  it('shows a list that waits for its confirmation, and an approved request once', async () => {
    const people = [
      'isaiah',
      'adele',
      'grady',
      'diego',
      'megan',
      'patti',
      'lynne',
      'johanna',
      'miriam',
      'nestor',
      'alex',
    ];
    await says('alex', `provision users ${people.join(', ')} to Salesforce`);
    await says('alex', 'request access for isaiah to ServiceNow on 1 December');
    const [asked] = (await teams.records()).filter(({ kind }) => kind === 'accessAsked');
    await says('patti', `approve ${asked?.requestId}`);

    const { text } = await says('alex', 'home');

    expect(text).toMatch(/11 people → Salesforce/);
    expect(text.match(/Isaiah Langer → ServiceNow/g)).toHaveLength(1);
    expect(text).toMatch(/Approved, starts on/);
  });

  it('opens the status of what is broken', async () => {
    const card = await says('lynne', 'home');

    await teams.press('lynne', card, 'Open');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Zscaler: In quarantine');
  });

  it('leaves out a request that has ended', async () => {
    await says('alex', 'provision isaiah to Salesforce');

    expect((await says('alex', 'home')).text).toContain('You have no open requests.');
  });

  it.each(['start', 'menu', 'dashboard', 'my page', 'Home!'])('opens for "%s" as well', async (line) => {
    expect((await says('lynne', line)).text).toContain('What is broken');
  });

  it('says which part could not be read, and shows the others', async () => {
    await says('lynne', 'whoami');
    teams.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 403 });

    const { text } = await says('lynne', 'home');

    expect(text).toContain('Usher could not read this just now.');
    expect(text).toContain('You have no open requests.');
  });
});
