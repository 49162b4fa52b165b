import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100' } });
});
afterEach(() => teams.close());

async function answerTo(line: string, person: 'johanna' | 'lynne' | 'megan' = 'johanna'): Promise<string> {
  await teams.say(person, line);
  await teams.settled();
  return teams.lastCard(`personal-${person}`).text;
}

const refusals = async () => (await teams.records()).filter(({ kind }) => kind === 'denied');

/** Each names a person or an app, existing or not, and none is a whole command. */
const lines = [
  ['a misspelled command with a near app', 'provison x to zsc'],
  ['a misspelled command with an app', 'provison isaiah to Zscaler'],
  ['a misspelled command with unknown names', 'provison qqqq to qqqq'],
  ['a misspelled check', 'chekc isaiah in Zscaler'],
  ['a misspelled look at an app', 'staus zscalr'],
  ['half a command', 'provision isaiah'],
  ['half a command about a group', 'provision group Sales Team'],
  ['half a check', 'check'],
  ['half a watch', 'watch'],
  ['half a decision', 'approve'],
  ['half a request', 'request access for isaiah'],
  ['an unclear line with a person and an app', 'can isaiah please have salesforce'],
  ['an unclear line', 'what is for lunch'],
  ['a line with an end', 'provison isaiah to Salesforce until friday'],
  ['several lines', 'provision isaiah to Salesforce\nprovision adele to Zscaler'],
  ['a list', 'provision users isaiah, adele to zsc'],
  ['nothing', ' '],
  ['too much', 'x '.repeat(20_000)],
] as const;

describe('a person without a role', () => {
  it('is refused in the same words whatever they type, and each refusal is recorded', async () => {
    const whole = await answerTo('apps');

    const said: string[] = [];
    for (const [what, line] of lines) if ((await answerTo(line)) !== whole) said.push(what);

    expect(whole).toContain('You don’t have permission to do this');
    expect(whole).not.toMatch(/Zscaler|Isaiah|Salesforce/);
    expect(said).toEqual([]);
    expect(await refusals()).toHaveLength(lines.length + 1);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('makes Usher ask Graph for their own roles and for those who could help, and for nothing else', async () => {
    const before = teams.sandbox.requests.length;

    for (const [, line] of lines) await answerTo(line);

    const own = new RegExp(`/users/${people.johanna.id}(/|\\?|$)`);
    const helpers = Object.values(groups).map(({ id }) => id);
    const others = teams.sandbox.requests
      .slice(before)
      .map(({ path }) => path)
      .filter((path) => !own.test(path) && !helpers.some((id) => path.includes(`/groups/${id}`)));
    expect(others).toEqual([]);
  });

  it('is refused a file, a picture and an unknown button', async () => {
    const message = teams.message('johanna', '');
    await teams.send({
      ...message,
      attachments: [{ contentType: 'image/png', contentUrl: 'https://x.example/a.png' }],
    });
    await teams.click('johanna', 'a-card', { verb: 'unheard-of' });
    await teams.settled();

    const texts = teams.cardsFor('personal-johanna').map(({ text }) => text);

    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text).toContain('You don’t have permission to do this');
    expect(await refusals()).toHaveLength(2);
  });

  it('still gets help and whoami, unrecorded', async () => {
    const help = await answerTo('help');
    const whoami = await answerTo('whoami');

    expect(help).toContain('whoami');
    expect(whoami).toContain('Johanna Lorenz');
    expect(await refusals()).toEqual([]);
  });
});

describe('a person with a role', () => {
  it.each([
    ['lynne', 'provison isaiah to Salesforce'],
    ['lynne', 'provison qqqq to zsc'],
    ['lynne', 'aprove R7K3MQ'],
    ['megan', 'wacth Salesforce'],
    ['megan', 'exprt history of isaiah'],
  ] as const)('%s is refused "%s", and not offered what was meant', async (person, line) => {
    const text = await answerTo(line, person);

    expect(text).toContain('You don’t have permission to do this');
    expect(teams.lastCard(`personal-${person}`).buttons).toEqual([]);
    expect(await refusals()).toHaveLength(1);
  });
});
