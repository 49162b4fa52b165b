import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import type { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(30_000);

let teams: TestUsher;
afterEach(() => teams.close());

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', ...environment } });
}

async function answerTo(person: keyof typeof people, line: string): Promise<string> {
  await teams.say(person, line);
  await teams.settled();
  return teams.lastCard(`personal-${person}`).text;
}

async function idOf(person: keyof typeof people, line: string): Promise<string> {
  const text = await answerTo(person, line);
  return /Request ([A-Z0-9]{6})/i.exec(text)?.[1] ?? '';
}

const refusals = async () => (await teams.records()).filter(({ kind }) => kind === 'denied');

describe('a requester', () => {
  it('sees in the history what concerns their reports and what they asked for, and nothing else', async () => {
    await start();
    await answerTo('alex', 'provision isaiah to Salesforce');
    await answerTo('alex', 'provision grady to Salesforce');
    await answerTo('megan', 'request access for diego to GitHub Enterprise because he reviews contracts');

    const all = await answerTo('megan', 'history');

    expect(all).toContain('Isaiah Langer');
    expect(all).toContain('Diego Siciliani');
    expect(all).not.toContain('Grady');
    expect(await answerTo('megan', 'history grady')).not.toContain('Grady Archie → Salesforce');
    expect(await answerTo('megan', 'history alex')).toContain('Isaiah Langer');
    expect(await answerTo('megan', 'history Salesforce')).not.toContain('Grady');
    expect(await answerTo('lynne', 'history')).toContain('Grady');
  });

  it('sees of other people’s lists only the people who report to them', async () => {
    await start();
    const id = await idOf('alex', 'provision users grady, isaiah, patti to Salesforce');

    const line = await answerTo('megan', 'history');
    const shown = await answerTo('megan', `show ${id}`);

    expect(line).toContain('Isaiah Langer');
    expect(line).not.toContain('3 people');
    expect(shown).toContain('Isaiah Langer');
    expect(shown).not.toMatch(/Grady|Patti/);
  });

  it('opens no request of others, and gets the same answer as for one that does not exist', async () => {
    await start();
    const id = await idOf('alex', 'provision grady to Salesforce');

    const hidden = await answerTo('megan', `show ${id}`);
    const unknown = await answerTo('megan', 'show ZZZZZ9');

    expect(hidden.replaceAll(id, '…')).toBe(unknown.replaceAll('ZZZZZ9', '…'));
    expect(hidden).not.toContain('Grady');
    expect(await answerTo('megan', `history ${id}`)).not.toContain('Grady');
    expect(await refusals()).toMatchObject([{ details: { permission: 'others.show', reason: 'notTheirs' } }]);
    expect(await answerTo('lynne', `show ${id}`)).toContain('Grady Archie');
  });

  it('who only views sees no button that changes a request, and an operator sees it', async () => {
    await start();
    const id = await idOf('alex', 'provision grady to Salesforce');
    const list = await idOf('alex', 'provision users grady, diego to Salesforce');
    const titles = async (person: 'alex' | 'lynne', request: string) => {
      await answerTo(person, `show ${request}`);
      return teams.lastCard(`personal-${person}`).buttons.map(({ title }) => title);
    };

    expect(await titles('alex', id)).toContain('Retry');
    expect(await titles('lynne', id)).not.toContain('Retry');
    expect(await titles('alex', list)).toEqual(expect.arrayContaining(['Retry failed', 'Show all']));
    expect((await titles('lynne', list)).filter((title) => /Retry|Show all|Cancel/.test(title))).toEqual([]);
  });

  it('opens no access request of another requester, whose reason is not theirs to read', async () => {
    await start({ REQUEST_FOR: 'anyone', REQUESTERS: `${groups.peopleManagers.id},${groups.onCall.id}`, VIEWERS: '' });
    const text = await answerTo('lynne', 'request access for grady to Salesforce because of a garden leave');
    const id = /Request ([A-Z0-9]{6})/i.exec(text)?.[1] ?? '';

    const shown = await answerTo('megan', `show ${id}`);

    expect(id).not.toBe('');
    expect(shown).not.toMatch(/Grady|garden/);
    expect(await answerTo('lynne', `show ${id}`)).toContain('garden leave');
  });

  it('checks on their reports and on no other person, unless they may ask for every person', async () => {
    await start();

    const report = await answerTo('megan', 'check isaiah in Salesforce');
    const another = await answerTo('megan', 'check grady in Salesforce');
    const everywhere = await answerTo('megan', 'check grady');
    const misspelt = await answerTo('megan', 'chekc grady in Salesforce');

    expect(report).toContain('Isaiah Langer in Salesforce');
    for (const text of [another, everywhere, misspelt]) expect(text).toContain('You can check on people who report');
    expect(await refusals()).toHaveLength(3);
    await teams.close();
    await start({ REQUEST_FOR: 'anyone' });
    await answerTo('alex', 'provision grady to Salesforce');
    const anybody = await answerTo('megan', 'check grady in Salesforce');
    expect(anybody).toContain('Grady Archie in Salesforce');
    // The details as well, which are hidden at first.
    const { content } = teams.lastCard();
    expect(JSON.stringify(content)).toContain('Assignment');
    // Alex is named as the helpdesk, and not as who asked.
    expect(JSON.stringify(content)).not.toMatch(/by Alex/);
  });

  it('reads how many wait in the queue, and the names of their reports alone', async () => {
    await start({ PROVISION_WINDOW_MS: '600000', PROVISION_LIMIT: '1' });
    await teams.say('alex', 'provision patti to Salesforce');
    await teams.settled();
    await teams.say('alex', 'provision grady to Salesforce');
    await teams.say('alex', 'provision isaiah to Salesforce');

    await teams.say('megan', 'queue');
    await teams.say('lynne', 'queue');

    const text = teams.lastCard('personal-megan').text;
    expect(text).toContain('Isaiah');
    expect(text).not.toContain('Grady');
    expect(text).toMatch(/1 more/);
    expect(teams.lastCard('personal-lynne').text).toContain('Grady');
  });
});

describe('in a channel', () => {
  const room = { conversationId: 'desk', kind: 'channel' as const };
  const inRoom = async (person: keyof typeof people, line: string) => {
    await teams.say(person, line, room);
    await teams.settled();
    return teams.lastCard('desk');
  };

  it('a result keeps outcome and steps, leaves the values out, and brings them to the personal chat', async () => {
    await start();
    await answerTo('alex', 'whoami');
    const here = await inRoom('alex', 'provision isaiah to Salesforce');

    await teams.press('alex', here, 'Show in personal chat');
    await teams.settled();

    const there = teams.lastCard('personal-alex');
    const all = JSON.stringify(there.content);
    expect(here.text).toMatch(/created|Created/);
    expect(here.text).toContain('Write to Salesforce');
    expect(JSON.stringify(here.content)).not.toContain('Sales Representative');
    expect(all).toContain('Sales Representative');
    expect(teams.lastCard('desk').text).toContain('It is in your personal chat');
  });

  it('a result shows values to all where a helpdesk has its own channel', async () => {
    await start({ DETAILS_IN_CHANNELS: 'on' });

    const here = await inRoom('alex', 'provision isaiah to Salesforce');

    expect(JSON.stringify(here.content)).toContain('Sales Representative');
    expect(here.buttons.map(({ title }) => title)).not.toContain('Show in personal chat');
    expect((await inRoom('lynne', 'history')).text).toContain('Isaiah');
  });

  it("history, show and check leave other people's requests and typed reasons out", async () => {
    await start();
    const id = await idOf('alex', 'provision isaiah to Salesforce');
    await answerTo('lynne', 'whoami');
    const asked = await answerTo('megan', 'request access for diego to GitHub Enterprise because of a garden leave');
    const access = /Request ([A-Z0-9]{6})/i.exec(asked)?.[1] ?? '';

    const history = await inRoom('lynne', 'history');
    const show = await inRoom('lynne', `show ${id}`);
    const check = await inRoom('lynne', 'check isaiah in Salesforce');
    const own = await inRoom('megan', `show ${access}`);

    expect(history.text).not.toMatch(/Isaiah|Diego/);
    expect(show.text).not.toContain('Isaiah');
    expect(JSON.stringify(check.content)).toContain('Assignment');
    expect(JSON.stringify(check.content)).not.toMatch(/by Alex/);
    expect(own.text).toContain('Diego');
    expect(JSON.stringify(own.content)).not.toContain('garden');
    for (const [person, card, whole] of [
      ['lynne', history, /Isaiah[\s\S]*Alex/],
      ['lynne', show, /Isaiah/],
      ['lynne', check, /Alex/],
      ['megan', own, /garden leave/],
    ] as const) {
      await teams.press(person, card, 'Show in personal chat');
      await teams.settled();
      expect(JSON.stringify(teams.lastCard(`personal-${person}`).content)).toMatch(whole);
    }
  });

  it('the card that asks approvers for a decision shows its reason, as they decide by it', async () => {
    await start();
    await inRoom('alex', 'send approvals here');

    await answerTo('megan', 'request access for diego to GitHub Enterprise because of a garden leave');

    expect(teams.lastCard('desk').text).toContain('garden leave');
    expect(teams.lastCard('desk').text).toContain('Diego');
  });

  it('Usher asks a person without a personal chat to open one, and carries out nothing but a read', async () => {
    await start();
    const card = await inRoom('lynne', 'history');

    await teams.press('lynne', card, 'Show in personal chat');
    await teams.settled();
    expect(teams.lastCard('desk').text).toContain('You have no personal chat with Usher yet');
    await answerTo('alex', 'whoami');
    await teams.click('alex', card.id, { verb: 'personal', text: 'provision isaiah to Salesforce' }, room);
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(0);
    expect(teams.cardsFor('personal-alex')).toHaveLength(1);
  });
});
