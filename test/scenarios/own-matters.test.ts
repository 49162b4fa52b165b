import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ShownCard, startTestUsher, type TestUsher } from '../support/usher.ts';

/** Lines about a request that they do not name by its id. */
let teams: TestUsher;

beforeAll(async () => {
  teams = await startTestUsher();
});
afterAll(() => teams.close());
beforeEach(() => teams.sandbox.reset());

const titleOf = ({ text }: ShownCard) => text.split('\n')[0];
const buttonsOf = ({ buttons }: ShownCard) => buttons.map(({ title }) => title);
let asked = 0;
async function ask(who: 'alex' | 'megan' | 'lynne', text: string): Promise<ShownCard> {
  asked += 1;
  const conversationId = `own-${asked}`;
  await teams.say(who, text, { conversationId, kind: 'personal' });
  await teams.settled();
  return teams.lastCard(conversationId);
}

describe('a requester', () => {
  it('is told that nothing is open', async () => {
    const card = await ask('megan', 'cancel my request');

    expect(card.text).toContain('You have no open requests.');
  });

  it('sees the only open request, and cancels it by the button of the list', async () => {
    await ask('megan', 'request access to Concur for isaiah');

    const shown = await ask('megan', 'what happened to my request');
    const list = await ask('megan', 'cancel');
    await teams.press('megan', list, 'Cancel');
    await teams.settled();
    const after = await ask('megan', 'my open requests');

    expect(titleOf(shown)).toContain('Waiting for approval');
    expect(titleOf(list)).toBe('Your open requests');
    expect(buttonsOf(list)).toContain('Cancel');
    expect(after.text).toContain('You have no open requests.');
  });

  it('chooses among several by the words of the line', async () => {
    await ask('megan', 'request access to Concur for isaiah');
    await ask('megan', 'request access to Zscaler for adele');

    const all = await ask('megan', 'withdraw my request');
    const named = await ask('megan', "cancel my request for adele's Zscaler");
    const none = await ask('megan', 'cancel lee');
    const history = await ask('megan', 'what happened to my request');
    for (const card of [all]) for (const button of card.buttons) await teams.click('megan', card.id, button.data);
    await teams.settled();

    expect(all.text).toMatch(/Adele Vance → Zscaler[\s\S]*Isaiah Langer → Concur/);
    expect(named.text).toContain('Adele Vance → Zscaler');
    expect(named.text).not.toContain('Concur');
    expect(none.text).toContain('None of your open requests is about “lee”.');
    expect(titleOf(history)).toBe('Your requests');
  });
});

describe('an approver', () => {
  it('opens the only request that waits, by its person, and several as a list', async () => {
    await ask('megan', 'request access to Concur for isaiah');
    const one = await ask('alex', 'approve');
    await ask('megan', 'request access to Zscaler for adele');

    const several = await ask('alex', 'approve');
    const named = await ask('alex', 'APPROVE ADELE');
    const denial = await ask('alex', 'deny adele because she left');
    const none = await ask('alex', 'approve grady');

    expect(titleOf(one)).toContain('Approve or deny?');
    expect(titleOf(several)).toBe('Waiting for your decision');
    expect(named.text).toContain('Adele Vance in Zscaler');
    expect(denial.text).toMatch(/deny [0-9A-Z]{6} she left/);
    expect(denial.text).not.toContain('Left out');
    expect(none.text).toContain('No request about “grady” is waiting for your decision.');
  });

  it('approves nothing by a line without an id', async () => {
    const before = await teams.records();

    await ask('alex', 'approve all');
    await ask('alex', 'approve adele for Zscaler');

    const kinds = (await teams.records()).slice(0, -before.length || undefined).map(({ kind }) => kind);
    expect(kinds).not.toContain('accessApproved');
  });

  it('is refused without the role, whatever waits', async () => {
    const card = await ask('lynne', 'approve adele');

    expect(titleOf(card)).toContain('You don’t have permission to do this');
  });
});

describe('an operator', () => {
  it('retries the failed request by the button of the list', async () => {
    const failed = await ask('alex', 'provision grady to Salesforce');

    const mine = await ask('alex', 'retry');
    const history = await ask('alex', 'what failed today');
    const ofApp = await ask('alex', 'history failed Concur');
    const calls = () => teams.sandbox.requests.filter(({ path }) => path.endsWith('provisionOnDemand')).length;
    const before = calls();
    await teams.press('alex', mine, 'Retry');
    await teams.settled();

    expect(titleOf(failed)).toMatch(/Failed/);
    expect(titleOf(mine)).toBe('Your failed requests');
    expect(mine.text).toContain('Grady Archie → Salesforce');
    expect(titleOf(history)).toBe('What failed');
    expect(history.text).toContain('Grady Archie → Salesforce');
    expect(ofApp.text).toContain('Nothing failed.');
    expect(calls()).toBe(before + 1);
  });

  it('is told that nothing of that name failed', async () => {
    const card = await ask('alex', 'retry isaiah');

    expect(card.text).toContain('None of your latest failed requests is about “isaiah”.');
    expect(buttonsOf(card)).toEqual(['my failed requests']);
  });

  it('lists no request that ended well among the failures', async () => {
    await ask('alex', 'provision adele to Salesforce');

    const card = await ask('alex', 'history failed');

    expect(card.text).not.toContain('Adele Vance');
  });
});

describe('a viewer', () => {
  it.each(['anything broken?', 'is anything in quarantine', "what's broken", 'quarantined apps'])(
    'sees all apps for %s',
    async (line) => {
      const card = await ask('lynne', line);

      expect(card.text).toMatch(/^App status[\s\S]*Zscaler/);
    },
  );

  it('sees the queue for a question about its length', async () => {
    const card = await ask('lynne', 'how long is the queue?');

    expect(titleOf(card)).toBe('Queue');
  });

  it.each(['history since 02:00', 'since 2 hours', 'history last 30 minutes', 'history since yesterday 6 pm'])(
    'sees the history from a time of day on: %s',
    async (line) => {
      const card = await ask('lynne', line);

      expect(card.text).toMatch(/^History[\s\S]*Since .*\d{2}:\d{2}/);
    },
  );
});

describe('watching everything', () => {
  it('offers one app at a time, and lists what is watched for the opposite', async () => {
    const offered = await ask('lynne', 'watch all');
    const watched = await ask('alex', 'unwatch everything');

    expect(titleOf(offered)).toBe('Which app should Usher watch here?');
    expect(offered.buttons.length).toBeGreaterThan(1);
    expect(titleOf(watched)).toBe('Watched apps');
  });
});
