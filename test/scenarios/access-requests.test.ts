import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

let teams: TestUsher;
afterEach(() => teams.close());

async function start(options: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({ ...options, environment: { PROVISION_WINDOW_MS: '100', ...options.environment } });
  await says('alex', 'whoami');
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const readBy = (person: string) =>
  teams
    .cardsFor(`personal-${person}`)
    .map(({ text }) => text)
    .join('\n');
/** The id at the foot of the latest card in the chat. */
const idOf = (text: string) => /approve ([0-9A-Z]{6})/.exec(text)?.[1] ?? '';

describe('a manager who asks for a new hire', () => {
  it('gets access for the new hire once an approver agrees, and both see it', async () => {
    await start();
    await says('megan', 'request access for isaiah to Salesforce because he joins (team "Alpha")');
    const shown = last('alex');
    for (const word of ['Megan Bowen', 'Isaiah Langer', 'Salesforce', 'he joins (team "Alpha")'])
      expect(shown.text).toContain(word);
    expect(teams.sandbox.stats().arrivals).toEqual([]);

    await teams.execute('alex', shown, 'Approve');
    await teams.settled();

    for (const person of ['megan', 'alex']) {
      expect(readBy(person)).toContain('Alex Wilber');
      expect(readBy(person)).toContain('Account created');
    }
    expect(teams.sandbox.stats().calls).toBe(1);
    const kinds = (await teams.records()).map(({ kind }) => kind);
    for (const kind of ['accessAsked', 'accessShown', 'accessApproved', 'accessStarted', 'accessFinished'] as const)
      expect(kinds).toContain(kind);
  });

  it('reads who refused and why', async () => {
    await start();
    await says('megan', 'request access for isaiah to Salesforce');

    await teams.execute('alex', last('alex'), 'Deny this request', { reason: 'No licence is left' });
    await teams.settled();

    expect(readBy('megan')).toContain('No licence is left');
    expect(readBy('megan')).toContain('Alex Wilber');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('is refused for a person who does not report to her, with the reason, unless requesters may ask for every person', async () => {
    await start();
    await says('megan', 'request access for johanna to Salesforce');
    expect(last('megan').text).toContain('Johanna Lorenz');
    expect(last('megan').text).toMatch(/report/);
    expect(await teams.records()).toContainEqual(expect.objectContaining({ kind: 'denied' }));
    await teams.close();

    await start({ environment: { REQUEST_FOR: 'anyone' } });
    await says('megan', 'request access for johanna to Salesforce');

    expect(idOf(last('alex').text)).not.toBe('');
  });

  it('asks by typing provision, and reads that the line became a request', async () => {
    await start();

    await says('megan', 'provision isaiah to Salesforce');

    expect(last('megan').text).toMatch(/permission to provision/i);
    expect(idOf(last('alex').text)).not.toBe('');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('may type the date behind the app in any form, and reads that a date is past', async () => {
    await start();
    await says('megan', 'request access for isaiah to Salesforce yesterday');
    expect(last('megan').text).toMatch(/has passed/);
    await says('megan', 'provision isaiah to Salesforce on 1 December');

    expect(readBy('megan')).toMatch(/December 1/);
    expect(idOf(last('alex').text)).not.toBe('');
  });

  it('fills in the form of "request" and is asked again for what is missing', async () => {
    await start();
    await says('megan', 'request');
    const form = last('megan');

    await teams.press('megan', form, 'Request access', { subject: '', app: '', start: '', reason: '' });
    await teams.settled();
    await teams.press('megan', last('megan'), 'Request access', {
      subject: 'isaiah',
      app: 'Salesforce',
      start: '',
      reason: 'joins Sales',
    });
    await teams.settled();

    expect(last('alex').text).toContain('joins Sales');
  });

  it('may have ten requests open, asks once for each person and app, and may withdraw one', async () => {
    // No approver gets a card, and each request has a chat of its own: Teams' rate limit in one is not tested here.
    teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', REQUEST_FOR: 'anyone' } });
    const asks = async (name: string, app: string) => {
      const chat = { conversationId: `${name}-${app}`, kind: 'personal' as const };
      await teams.say('megan', `request access for ${name} to ${app}`, chat);
      await teams.settled();
      return teams.cardsFor(chat.conversationId);
    };
    const others = ['adele', 'patti', 'lynne', 'diego', 'nestor', 'grady', 'johanna', 'miriam', 'alex'];
    const [taken] = await asks('isaiah', 'Salesforce');
    for (const name of others) await asks(name, 'Salesforce');
    if (taken === undefined) throw new Error('no card of hers can be cancelled');

    expect((await asks('isaiah', 'salesforce')).at(-1)?.text).toMatch(/already/i);
    expect((await asks('adele', 'ServiceNow')).at(-1)?.text).toContain('10 requests of yours are still open');
    await teams.press('megan', taken, 'Cancel');
    await teams.settled();

    const [asked] = await asks('isaiah', 'ServiceNow');
    expect(asked?.text).toContain('ServiceNow');
    expect(asked?.text).toContain('Waiting for approval');
  });
});

describe('a decision', () => {
  it('is denied to an approver on what they asked for, and to the person concerned', async () => {
    await start();
    await says('patti', 'whoami');
    await says('alex', 'request access for isaiah to Salesforce');
    const asked = idOf(last('patti').text);
    await says('alex', `approve ${asked}`);
    expect(last('alex').text).toMatch(/for this yourself/i);
    await teams.close();

    await start({ environment: { REQUEST_FOR: 'anyone' } });
    await says('patti', 'whoami');
    await says('megan', 'request access for alex to Salesforce');
    const aboutAlex = idOf(last('patti').text);
    await says('alex', `approve ${aboutAlex}`);

    expect(last('alex').text).toMatch(/about you|concerns you|for you/i);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
    expect(await teams.records()).toContainEqual(
      expect.objectContaining({ kind: 'accessRefused', requestId: aboutAlex }),
    );
  });

  it('is denied to a viewer with a forged click and to an approver who has lost the role since', async () => {
    await start();
    await says('patti', 'whoami');
    await says('megan', 'request access for isaiah to Salesforce');
    const shown = last('patti');
    const requestId = idOf(shown.text);

    await teams.click('lynne', shown.id, { verb: 'approve', requestId });
    await teams.settled();
    expect(last('patti').text).toMatch(/don’t have permission/);
    teams.sandbox.tenant.changePerson(people.patti.id, { accountEnabled: false });
    await teams.execute('patti', shown, 'Approve');
    await teams.settled();

    expect(teams.sandbox.stats().arrivals).toEqual([]);
    await teams.execute('alex', last('alex'), 'Approve');
    await teams.settled();
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('happens once, with one run, after fifty clicks at the same time', async () => {
    await start();
    await says('patti', 'whoami');
    await says('megan', 'request access for isaiah to Salesforce');
    const cards = { alex: last('alex'), patti: last('patti') };

    await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const person = index % 2 === 0 ? 'alex' : 'patti';
        return teams.execute(person, cards[person], index % 3 === 0 ? 'Deny this request' : 'Approve');
      }),
    );
    await teams.settled();

    const decided = (await teams.records()).filter(({ kind }) => kind === 'accessApproved' || kind === 'accessDenied');
    expect(decided).toHaveLength(1);
    expect(teams.sandbox.stats().arrivals).toHaveLength(decided[0]?.kind === 'accessApproved' ? 1 : 0);
  });
});

describe('a request for access is shown', () => {
  it('in the group chat that an approver chose, until the approver stops it', async () => {
    await start();
    const room = { conversationId: 'group-approvals', kind: 'groupChat' as const };
    await teams.say('alex', 'send approvals here', room);
    await teams.settled();

    await says('megan', 'request access for isaiah to Salesforce');
    const posted = teams.lastCard('group-approvals');
    expect(posted.text).toContain('Isaiah Langer');
    expect(posted.text).toContain('reports to Megan Bowen');
    expect(posted.content).toMatchObject({ msteams: { entities: [{ mentioned: { id: people.alex.id } }, {}] } });
    expect(readBy('alex')).not.toContain('Isaiah Langer');
    await teams.execute('patti', teams.lastCard('group-approvals'), 'Deny this request');
    await teams.settled();
    expect(teams.lastCard('group-approvals').content).not.toHaveProperty('msteams');
    await teams.say('alex', 'stop sending approvals', room);
    await teams.settled();
    await says('megan', 'request access for isaiah to ServiceNow');

    expect(last('alex').text).toContain('ServiceNow');
  });

  it('in the list of "pending", oldest first, from which each opens', async () => {
    await start();
    await says('megan', 'request access for isaiah to Salesforce');
    await says('megan', 'request access for adele to ServiceNow');

    await says('alex', 'pending');
    const list = last('alex');
    expect(list.text.indexOf('Isaiah')).toBeLessThan(list.text.indexOf('Adele'));
    await teams.press('alex', list, 'Open');
    await teams.settled();

    expect(idOf(last('alex').text)).not.toBe('');
  });
});

describe('a person who is not assigned to the app', () => {
  it('is announced as such to the approver before the decision, and not provisioned, where an approval assigns nothing', async () => {
    await start();
    await says('megan', 'request access for diego to Salesforce');
    expect(last('alex').text).toMatch(/not assigned/i);
    expect(last('alex').text).not.toMatch(/also assigns/i);

    await teams.execute('alex', last('alex'), 'Approve');
    await teams.settled();

    expect(readBy('megan')).toMatch(/not assigned|not in scope/i);
  });

  it('is assigned on approval, waited for, and created, where the app says so', async () => {
    await start({
      sandboxOptions: { replicationMs: 700 },
      usherOptions: { assignmentDelaysMs: [200, 400, 800, 1_600] },
    });
    await says('megan', 'request access for diego to ServiceNow');
    expect(last('alex').text).toMatch(/also assigns/i);

    await teams.execute('alex', last('alex'), 'Approve');
    await teams.settled();

    expect(readBy('megan')).toContain('Account created');
    expect(teams.sandbox.stats().calls).toBeGreaterThan(1);
    expect(await teams.records()).toContainEqual(expect.objectContaining({ kind: 'assigned' }));
  });
});
