import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;

beforeAll(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' } });
});
afterAll(() => teams.close());
beforeEach(() => teams.sandbox.reset());

let chats = 0;

/** Types a line in a chat of its own and returns the one card that answers it. */
async function answerTo(line: string, change: (activity: Record<string, unknown>) => void = () => {}) {
  chats += 1;
  const place = { conversationId: `bad-${chats}`, kind: 'personal' as const };
  const activity = teams.message('alex', line, place);
  change(activity);
  await teams.send(activity);
  await teams.settled();
  const cards = teams.cardsFor(place.conversationId);
  expect(cards).toHaveLength(1);
  return cards[0]?.text ?? '';
}

describe('an impossible line is answered with the next step', () => {
  it.each([
    ['an unknown user', 'provision zaphod@contoso.com to Salesforce', /zaphod@contoso\.com/],
    ['an unknown name', 'provision "Zaphod Beeblebrox" to Salesforce', /Zaphod Beeblebrox/],
    ['an unknown app', 'provision adele to Xyzzy', /Xyzzy/],
    ['an unknown command', 'make me a sandwich', /What Usher can do|did not understand/],
    ['an empty message', '', /Help lists what Usher can do/],
    ['a very long paste', 'x'.repeat(20_000), /long/i],
    [
      'a distinguished name where a user is expected',
      'provision "CN=Adele Vance,OU=Sales,DC=contoso,DC=com" to Salesforce',
      /Active Directory/,
    ],
    [
      'a user where a distinguished name is expected',
      'provision adele@contoso.com to "Contoso AD"',
      /distinguished name/,
    ],
    ['a missing app', 'provision adele', /app/i],
    ['a missing person', 'provision to Salesforce', /person|who/i],
    ['a disabled feature of the app', 'provision adele to Payroll', /not set up/i],
  ])('%s', async (_name, line, words) => {
    const text = await answerTo(line);

    expect(text).toMatch(words);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('an image without words', async () => {
    const text = await answerTo('', (activity) => {
      activity.attachments = [{ contentType: 'image/png', contentUrl: 'https://example.com/x.png' }];
    });

    expect(text).toMatch(/image|file|picture/i);
  });
});

describe('a text that is longer than users type', () => {
  const long = 'x'.repeat(200_000);
  const run = (text: string) => ({ type: 'message', text: undefined, value: { verb: 'run', text } });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['a text that fills a whole body', long, {}, /long/i],
    ['a name without end', 'provision adele to Salesforce', { from: { ...alex(), name: long } }, /Adele Vance/],
    ['a locale without end', 'provision adele to Salesforce', { locale: `en-${long}` }, /Adele Vance/],
    ['ten thousand mentions', 'whoami', { entities: Array(10_000).fill({ type: 'mention' }) }, /Alex Wilber/],
    ['a name of a person without end', `provision ${'x'.repeat(3_000)} to Salesforce`, {}, /long|found nobody/i],
    ['a name of an app without end', `provision adele to ${'x'.repeat(3_000)}`, {}, /app not found/i],
    ['a button with a text without end', '', run(long), /button/i],
  ])('%s is answered in a card of a usual size', async (_name, line, change, words) => {
    const text = await answerTo(line, (activity) => Object.assign(activity, change));

    expect(text).toMatch(words);
    expect(JSON.stringify(teams.lastCard().content).length).toBeLessThan(25_000);
  });
});

function alex() {
  return { id: '29:alex', aadObjectId: people.alex.id };
}

describe('a typo is met with an offer that one click runs', () => {
  it.each([
    ['the "to" left out', 'provision isaiah salesforce', 'provision user isaiah to Salesforce'],
    ['the person', 'provision isaiha to Salesforce', 'provision user isaiah@contoso.com to Salesforce'],
    ['the verb', 'add isaiah to Salesforce', 'provision user isaiah to Salesforce'],
    ['the app', 'provision isaiah to Salesfroce', 'provision user isaiah to Salesforce'],
  ])('%s', async (_name, line, offer) => {
    const text = await answerTo(line);
    expect(text).toContain('Did you mean');
    expect(text).toContain(offer);

    await teams.press('alex', teams.lastCard(), 'Yes, do it');
    await teams.settled();

    expect(teams.lastCard().text).toContain('Account created');
  });
});

describe('a button', () => {
  it.each([
    ['with data that Usher never made', { verb: 'grantAdmin', to: 'me' }],
    ['with no data at all', {}],
    ['with a list', [1, 2, 3]],
    ['with a verb that is no text', { verb: { $ne: null } }],
    ['with an id that is none', { verb: 'retry', requestId: "x' OR 1=1" }],
  ])('%s is answered and does nothing', async (_name, data) => {
    chats += 1;
    const place = { conversationId: `bad-${chats}`, kind: 'personal' as const };

    await teams.click('alex', 'card-0', data, place);
    await teams.settled();

    expect(teams.cardsFor(place.conversationId)).toHaveLength(1);
    expect(teams.lastCard(place.conversationId).text).toMatch(/button/i);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('of a request that is gone says so', async () => {
    const place = { conversationId: 'bad-stale', kind: 'personal' as const };

    await teams.click('alex', 'card-0', { verb: 'retry', requestId: 'ZZZZZZ' }, place);
    await teams.settled();

    expect(teams.lastCard('bad-stale').text).toMatch(/button|no longer|gone|old/i);
  });
});

describe('when Graph answers nonsense', () => {
  const faults = [
    ['HTML', { kind: 'html' }],
    ['truncated JSON', { kind: 'truncated' }],
    ['nothing', { kind: 'empty' }],
    ['a redirect', { kind: 'redirect', location: 'http://evil.example/' }],
  ] as const;

  it.each(faults)(
    '%s to the on-demand call: the result is unknown, never a success, and Retry finds out',
    async (_name, fault) => {
      teams.sandbox.failNext(/provisionOnDemand$/, fault);

      const text = await answerTo('provision isaiah to Salesforce');
      expect(text).toMatch(/unknown/i);
      expect(text).toContain('[Retry]');

      await teams.press('alex', teams.lastCard(), 'Retry');
      await teams.settled();
      // The answer alone may have been lost, and then the work is done already.
      expect(teams.lastCard().text).toMatch(/Account created|Already up to date/);
    },
  );

  it.each(faults)('%s to the search for a person: nothing is done, and the card says so', async (_name, fault) => {
    teams.sandbox.failNext(/^\/users$/, fault);

    const text = await answerTo('provision "Isaiah Langer" to Salesforce');

    expect(text).toMatch(/What to do next/);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('a 403 to the search for a person: the missing permission is named', async () => {
    teams.sandbox.failNext(/^\/users$/, { kind: 'status', status: 403 });

    const text = await answerTo('provision "Isaiah Langer" to Salesforce');

    expect(text).toMatch(/permission/i);
  });
});
