import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Place, startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100' } });
});
afterEach(() => teams.close());

const group: Place = { conversationId: '19:group@thread.v2', kind: 'groupChat' };

describe('a click that names another card', () => {
  it('by a forged choice leaves another person’s picker unchanged, and is answered beside it', async () => {
    await teams.say('alex', 'provision lee to Salesforce', group);
    await teams.settled();
    const picker = teams.lastCard(group.conversationId);

    await teams.click('lynne', picker.id, { verb: 'choose', text: 'status Salesforce' }, group);
    await teams.settled();
    const [before, beside] = teams.cardsFor(group.conversationId);
    await teams.click('alex', picker.id, picker.buttons[0]?.data, group);
    await teams.settled();

    expect(before).toMatchObject({ id: picker.id, text: picker.text, edits: picker.edits });
    expect(beside?.text).toContain('Salesforce');
    expect(teams.cardsFor(group.conversationId)).toHaveLength(2);
    expect(teams.cardsFor(group.conversationId)[0]?.text).toMatch(/Lee (Gu|Parker)/);
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('by cancelling one’s own request does not show the card of its approvers', async () => {
    await teams.say('alex', 'whoami');
    await teams.settled();
    await teams.say('megan', 'request access for isaiah to Salesforce');
    await teams.settled();
    const own = teams.lastCard('personal-megan');
    const theirs = teams.lastCard('personal-alex');
    const data = own.buttons.find(({ title }) => title === 'Cancel')?.data;
    const [place] = [{ conversationId: 'personal-megan', kind: 'personal' as const }];

    await teams.click('megan', theirs.id, data, place);
    await teams.settled();

    expect(teams.cardsFor('personal-megan').length).toBe(2);
    expect(teams.lastCard('personal-megan').text).toMatch(/Withdrawn/);
  });
});

describe('show', () => {
  it('keeps one card of an access request up to date in a conversation, however often a user asks for it', async () => {
    await teams.say('megan', 'request access for isaiah to Salesforce');
    await teams.settled();
    const database = new DatabaseSync(teams.databasePath);
    const id = database.prepare('SELECT id FROM access_requests').get()?.id;

    for (let time = 0; time < 4; time += 1) {
      await teams.say('alex', `show ${id}`);
      await teams.settled();
    }
    const rows = database.prepare("SELECT source FROM messages WHERE source LIKE 'show%'").all();
    database.close();

    expect(teams.cardsFor('personal-alex').length).toBeGreaterThanOrEqual(4);
    expect(rows).toHaveLength(1);
  });
});
