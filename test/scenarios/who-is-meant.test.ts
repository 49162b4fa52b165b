import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { oddlyNamed, people } from '../../src/sandbox/tenant/people.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(120_000);

let teams: TestUsher;

beforeAll(async () => {
  teams = await startTestUsher({ environment: gateEnvironment({ limit: 50, windowMs: 100, guardMs: 150 }) });
});
afterAll(() => teams.close());

/** The text of the card, and for how many people Usher called Graph. */
async function answer(person: Parameters<TestUsher['say']>[0], line: string) {
  const before = teams.sandbox.stats().calls;
  await teams.say(person, line);
  await teams.settled();
  const card = teams.lastCard();
  return { card, text: card.text, calls: teams.sandbox.stats().calls - before };
}

const linesOf = (card: { readonly buttons: readonly { readonly data: unknown }[] }) =>
  card.buttons.map(({ data }) =>
    typeof data === 'object' && data !== null && 'text' in data ? String(data.text) : '',
  );

describe('words that are no names', () => {
  it.each(['all', 'them', 'it', 'some', 'you', 'her', 'everyone', 'both of them', 'the new one', '所有人', 'todos'])(
    'provision %s: no person is provisioned, and no account is named',
    async (word) => {
      const { text, calls } = await answer('alex', `provision ${word} to github`);

      expect(calls).toBe(0);
      expect(text).toMatch(/nobody/i);
      expect(text).not.toMatch(/allan|themba|itai|somer|herta|bothina/i);
    },
  );

  it.each([
    ['check all in Salesforce', /nobody|who/i],
    ['check everyone', /nobody|who/i],
    ['history them', /nobody|who|understand/i],
    ['provision users all, her, it to GitHub', /nobody|no one|not name anyone/i],
  ])('%s is no question about a person', async (line, expected) => {
    const { text, calls } = await answer('alex', line);

    expect(calls).toBe(0);
    expect(text).toMatch(expected);
    expect(text).not.toMatch(/allan|herta|itai|themba/i);
  });

  it('are refused to a requester as well', async () => {
    const { text, calls } = await answer('megan', 'request access for them to Salesforce');

    expect(calls).toBe(0);
    expect(text).toMatch(/nobody/i);
  });
});

describe('a name that is also such a word', () => {
  const elke = { displayName: 'Elke Boss', givenName: 'Elke', surname: 'Boss', mailNickname: 'elke' };

  it.each<[string, string, number]>([
    ['elke', 'en-US', 1],
    ['elke', 'nl-NL', 0],
    ['boss', 'en-US', 0],
  ])(
    'is looked up whole, and done only in another language than the reader’s: %s (%s)',
    async (typed, locale, done) => {
      teams.sandbox.tenant.changePerson(people.johanna.id, elke);
      const before = teams.sandbox.stats().calls;

      await teams.send({ ...teams.message('alex', `provision ${typed} to github`), locale });
      await teams.settled();
      teams.sandbox.tenant.changePerson(people.johanna.id, people.johanna);

      expect(teams.sandbox.stats().calls - before).toBe(done);
      expect(teams.lastCard().text).toContain('Elke Boss');
    },
  );
});

describe('a beginning of a name', () => {
  it.each([
    ['provision ad to github', 'Adele Vance'],
    ['provision adel to github', 'Adele Vance'],
    ['provision lang isa to github', 'Isaiah Langer'],
  ])('%s is offered', async (line, name) => {
    const { card, text, calls } = await answer('alex', line);

    expect(calls).toBe(0);
    expect(text).toContain(name);
    await teams.press('alex', card, 'Yes, do it');
    await teams.settled();
    expect(teams.lastCard().text).toContain(`${name} in GitHub Enterprise`);
  });

  it('of two people leads to a choice, and a guest among them is called one', async () => {
    const { text, card, calls } = await answer('alex', 'provision isa to github');

    expect(calls).toBe(0);
    expect(text).toContain('Isaiah Langer');
    expect(text).toContain('Newton Isaac');
    expect(text).toMatch(/guest/i);
    expect(linesOf(card)[0]).toContain(people.isaiah.id);
  });
});

describe('a whole name', () => {
  it.each([
    ['provision langer isaiah to github', 'Isaiah Langer in GitHub Enterprise'],
    ['provision Langer, Isaiah to github', 'Isaiah Langer in GitHub Enterprise'],
    ["provision ann.o'neil@contoso.com to github", "Ann O'Neil in GitHub Enterprise"],
    ['provision o’neil to github', "Ann O'Neil in GitHub Enterprise"],
    ['provision neil to github', 'Neil Sheppard in GitHub Enterprise'],
    ['provision me to github', 'Alex Wilber in GitHub Enterprise'],
  ])('%s is done', async (line, expected) => {
    const { text, calls } = await answer('alex', line);

    expect(calls).toBe(1);
    expect(text).toContain(expected);
  });

  it.each([
    ['check me in GitHub', 'Alex Wilber'],
    ['history myself', 'Alex Wilber'],
  ])('%s is about the speaker', async (line, expected) => {
    expect((await answer('alex', line)).text).toContain(expected);
  });

  it('that is such a word is reached in quotes', async () => {
    teams.sandbox.tenant.changePerson(people.johanna.id, { displayName: 'All', mailNickname: 'all' });

    expect((await answer('alex', 'provision all to github')).calls).toBe(0);
    expect((await answer('alex', 'provision "all" to github')).text).toContain('All in GitHub Enterprise');
  });

  it.each(['$svc@contoso.com', "!#$%&'*+-/=?^_`{|}~.x@contoso.com", "{o'svc}@contoso.com"])(
    'may be an address with any mark: %s',
    async (userPrincipalName) => {
      teams.sandbox.tenant.changePerson(people.lynne.id, { userPrincipalName, mail: userPrincipalName });

      expect((await answer('alex', `provision ${userPrincipalName} to github`)).text).toContain(
        'Lynne Robbins in GitHub',
      );
      teams.sandbox.tenant.changePerson(people.lynne.id, people.lynne);
    },
  );

  it('of two people with one name before the at sign leads to a choice', async () => {
    teams.sandbox.tenant.changePerson(people.johanna.id, {
      displayName: 'Isaiah Fourth',
      givenName: 'Isaiah',
      mailNickname: 'isaiah',
      userPrincipalName: 'isaiah@fabrikam.com',
    });

    const { text, calls } = await answer('alex', 'provision isaiah to github');
    teams.sandbox.tenant.changePerson(people.johanna.id, people.johanna);

    expect(calls).toBe(0);
    expect(text).toContain('isaiah@contoso.com');
    expect(text).toContain('isaiah@fabrikam.com');
  });
});

describe('a list', () => {
  it.each([
    "provision users bob.o'neil@contoso.com, adele@contoso.com to GitHub",
    "provision users to GitHub\nbob.o'neil@contoso.com\nadele@contoso.com",
    'provision users to GitHub\nbob.o’neil@contoso.com\nadele@contoso.com',
    `provision users "O'Neil, Bob" <bob.o'neil@contoso.com>; "Vance, Adele" <adele@contoso.com> to GitHub`,
  ])('finds no person by a part of an address: %s', async (line) => {
    const { text, calls } = await answer('alex', line);

    expect(calls).toBe(1);
    expect(text).toContain('Adele Vance');
    expect(text).toContain("bob.o'neil@contoso.com");
    expect(text).not.toContain('Neil Sheppard');
  });

  it('names every person for whom Usher made a call, on its finished card', async () => {
    const names = [
      'Adele Vance',
      'Isaiah Langer',
      'Grady Archie',
      'Diego Siciliani',
      'Lee Gu',
      'Lee Parker',
      "Ann O'Neil",
    ];

    const { text, calls } = await answer('alex', `provision users ${names.join(', ')} to Salesforce`);

    expect(calls).toBe(7);
    for (const name of names) expect(text).toContain(name);
  });
});

describe('a guest', () => {
  const { userPrincipalName, mail } = oddlyNamed.guestIsaiah;

  it('does not take a member’s name', async () => {
    const { text, calls } = await answer('alex', 'provision isaiah to github');

    expect(calls).toBe(1);
    expect(text).toContain('Isaiah Langer in GitHub Enterprise');
    expect(text).not.toMatch(/guest/i);
  });

  it.each([userPrincipalName, mail])('is provisioned by address, and called a guest: %s', async (address) => {
    const { text, calls } = await answer('alex', `provision ${address} to github`);

    expect(calls).toBe(1);
    expect(text).toMatch(/guest/i);
  });

  it('is called one in a list and in a check', async () => {
    expect((await answer('alex', `provision users adele, ${mail} to github`)).text).toMatch(/Isaiah \(guest\)/);
    expect((await answer('alex', `check ${mail} in github`)).text).toMatch(/guest/i);
  });

  it('is called one on the card of a request for access, and among those that wait', async () => {
    const other = await startTestUsher({ environment: { REQUEST_FOR: 'anyone' } });
    await other.say('megan', `request access for ${mail} to github`);
    await other.settled();
    await other.say('patti', 'pending');
    await other.settled();
    const cards = other.cardsFor().map(({ text }) => text);
    await other.close();

    expect(cards.some((text) => text.includes(`Guest · ${userPrincipalName}`))).toBe(true);
    expect(cards.at(-1)).toContain('Isaiah (guest)');
  });
});
