import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

const limit = 3;
let teams: TestUsher;
let aheadMs = 0;
beforeEach(async () => {
  aheadMs = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs };
  teams = await startTestUsher({ environment: { COMMANDS_PER_MINUTE: String(limit) }, usherOptions: { clock } });
});
afterEach(() => teams.close());

const elsewhere = { conversationId: 'a group chat', kind: 'groupChat' } as const;

/** As many as authentication admits. */
async function askAsManyAsAllowed(): Promise<void> {
  for (let count = 0; count < limit; count += 1) await teams.say('alex', 'whoami');
  await teams.settled();
}

describe('a person who sends more than they may', () => {
  it('is told so once, and what they send meanwhile is neither run nor stored', async () => {
    await askAsManyAsAllowed();
    const [cards, records] = [teams.cardsFor().length, (await teams.records()).length];

    const statuses = [
      await teams.say('alex', 'provision isaiah to Salesforce'),
      await teams.say('alex', 'provision adele to Salesforce'),
      await teams.say('alex', 'provision adele to Salesforce', elsewhere),
    ];
    await teams.settled();

    expect(statuses).toEqual([200, 200, 200]);
    expect(teams.cardsFor()).toHaveLength(cards + 1);
    expect(teams.lastCard().content).toBeNull();
    expect(teams.lastCard().text).toMatch(/more than 3 commands within a minute.* Send it again in \d+ seconds?\./);
    expect(teams.sandbox.stats().calls).toBe(0);
    expect(await teams.records()).toHaveLength(records);
    expect(teams.logLines.filter(({ code }) => code === 'too_many_commands')).toHaveLength(1);
  });

  it('delays no other person, and may ask again after the minute', async () => {
    await askAsManyAsAllowed();
    await teams.say('alex', 'whoami');

    await teams.say('megan', 'whoami');
    aheadMs = 60_000;
    await teams.say('alex', 'provision isaiah to Salesforce');
    await teams.settled();

    expect(teams.lastCard('personal-megan').text).toContain('Megan Bowen');
    expect(teams.lastCard('personal-alex').text).toContain('Account created');
  });

  it('reads it below the card that they clicked, each time, and the click does nothing', async () => {
    await askAsManyAsAllowed();
    await teams.say('megan', 'request access for isaiah to Salesforce because of the season');
    await teams.settled();
    const decision = teams.cardsFor('personal-alex').find(({ buttons }) => buttons.some(isApprove));
    if (decision === undefined) throw new Error('no approver was asked to decide');
    const cards = teams.cardsFor().length;

    const clicks = [await teams.execute('alex', decision, 'Approve'), await teams.execute('alex', decision, 'Approve')];
    await teams.settled();

    for (const { status, body, text } of clicks) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.activity.message' });
      expect(text).toMatch(/more than 3 commands within a minute/);
    }
    expect(teams.cardsFor()).toHaveLength(cards);
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('has clicks counted as well', async () => {
    await teams.say('alex', 'help');
    await teams.settled();
    const help = teams.lastCard();
    await teams.click('alex', help.id, { verb: 'run', text: 'whoami' });
    await teams.click('alex', help.id, { verb: 'run', text: 'whoami' });
    await teams.settled();

    await teams.say('alex', 'whoami');
    await teams.settled();

    expect(teams.lastCard().text).toContain('more than 3 commands');
  });

  it('is not counted for activities that need no answer', async () => {
    const reaction = { ...teams.message('alex', ''), type: 'messageReaction' };
    for (let count = 0; count < 2 * limit; count += 1) await teams.send(reaction);

    await teams.say('alex', 'whoami');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Alex Wilber');
  });
});

const isApprove = ({ title }: { readonly title: string }) => title === 'Approve';
