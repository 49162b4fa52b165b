import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { oddTenant } from '../support/odd-tenant.ts';
import { type ShownCard, type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

// The lines are many, and the test sends each over HTTP.
jest.setTimeout(180_000);

let teams: TestUsher;
let odd: TestUsher;
const quick = { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' };

beforeAll(async () => {
  teams = await startTestUsher({ environment: quick });
  odd = await startTestUsher({ environment: quick, sandboxOptions: { tenant: oddTenant() } });
});
afterAll(() => Promise.all([teams.close(), odd.close()]));
beforeEach(() => {
  teams.sandbox.reset();
  odd.sandbox.reset();
});

let chats = 0;

/** Types a line in a chat of its own, and returns the card that answers it. */
async function answerTo(usher: TestUsher, who: Somebody, line: string): Promise<ShownCard> {
  chats += 1;
  const place = { conversationId: `offers-${chats}`, kind: 'personal' as const };
  await usher.say(who, line, place);
  await usher.settled();
  return usher.lastCard(place.conversationId);
}

const linesOn = (card: ShownCard) =>
  card.buttons.flatMap(({ data }) => {
    const { text } = { text: null, ...(data as { text?: string }) };
    return text === null || text === 'apps' ? [] : [text];
  });

/** A request shows as a further card, or as a call. */
const nothingDone = (usher: TestUsher) => expect(usher.sandbox.stats().arrivals).toEqual([]);

const yes = 'Yes, do it';

describe('Usher offers a line only as it works for its sender', () => {
  it.each<[Somebody, string, readonly string[]]>([
    ['alex', 'add isaiah to Salesforce and GitHub', ['provision user isaiah to Salesforce, "GitHub Enterprise"']],
    ['alex', 'give adele access to github', ['provision user adele to github']],
    ['megan', 'give adele access to github', ['request access for adele to github']],
    ['alex', 'provsion isiah to githbu', ['provision user isaiah@contoso.com to "GitHub Enterprise"']],
    ['alex', 'add new user isaiah to salesforce', ['provision user isaiah to salesforce']],
    ['megan', 'provision isaiah and adele to salesforce', ['request access for "isaiah, adele" to salesforce']],
    ['lynne', 'check adele salesforce', ['check adele in Salesforce']],
    ['lynne', 'salesforce adele', ['check adele in Salesforce']],
    ['lynne', 'history isiah', ['history isaiah@contoso.com']],
    ['alex', 'check isiah', ['check isaiah@contoso.com']],
  ])('%s: %s', async (who, line, lines) => {
    const card = await answerTo(teams, who, line);

    expect(linesOn(card)).toEqual(lines.map(asWritten));
    nothingDone(teams);
  });

  it.each<[Somebody, string, RegExp]>([
    ['lynne', 'give adele access to github', /permission to do this/],
    ['johanna', 'give adele access to github', /permission to do this/],
    ['johanna', 'provsion adele to github', /permission to do this/],
    ['johanna', 'provision adele github', /permission to do this/],
    ['lynne', 'provision adele', /permission to do this/],
    ['lynne', 'aprove R7K3MQ', /permission to do this/],
    ['megan', 'give grady access to github', /Not one of your reports/],
    ['megan', 'give me access to github', /Not for yourself/],
  ])('%s: %s is refused, on record, and nothing is offered', async (who, line, words) => {
    const before = (await teams.records()).filter(({ kind }) => kind === 'denied').length;

    const card = await answerTo(teams, who, line);

    expect(card.text).toMatch(words);
    expect(linesOn(card)).toEqual([]);
    expect((await teams.records()).filter(({ kind }) => kind === 'denied').length).toBe(before + 1);
  });

  it.each<[string, RegExp]>([
    ['add zaphod to Salesforce and GitHub', /nobody named “zaphod”/],
    ['add isaiah to Xyzzy', /no enterprise application named “Xyzzy”/],
    ['aprove R7K3MQ', /no access request “R7K3MQ”/],
    ['retyr R7K3MQ', /no request “R7K3MQ”/],
    ['provision the sales team to salesforce', /does not accept groups/],
    ['provision all to salesforce', /“all” names nobody in particular/],
  ])('%s: where nothing fits, the answer says what was not found', async (line, words) => {
    const card = await answerTo(teams, 'alex', line);

    expect(card.text).toMatch(words);
    expect(linesOn(card)).toEqual([]);
  });
});

describe('Usher offers the beginning of a text where the whole is no name', () => {
  const isaiah = 'provision user isaiah to Salesforce';
  const ticketText =
    'Usher keeps one ticket number, such as INC0012345, with a request to provision a person or for access.';
  const ticket = `Left out: INC0012345. ${ticketText}`;

  it.each<[Somebody, string, readonly string[], string]>([
    ['alex', 'INC0012345 isaiah needs salesforce', [`${isaiah} INC0012345`], ''],
    ['alex', 'provision isaiah to salesforce.com INC0012345', [`${isaiah} INC0012345`], ''],
    ['alex', 'provision salesforce for isaiah (ticket INC0012345)', [`${isaiah} INC0012345`], ''],
    ['alex', 'provision isaiah to salesforce ticket 4711', [isaiah], `Left out: ticket 4711. ${ticketText}`],
    ['alex', 'provision isaiah to salesforce INC-0012345', [isaiah], `Left out: INC-0012345. ${ticketText}`],
    ['alex', 'provision isaiah to salesforce now', [isaiah], ''],
    ['alex', 'provision isaiah to salesforce.com', [isaiah], ''],
    ['alex', 'provision isaiah to sales force', [isaiah], ''],
    ['alex', 'provision isaiah to service now', ['provision user isaiah to ServiceNow'], ''],
    ['alex', 'provision isaiah to salesforce asap, he starts today', [isaiah], 'Left out: he starts today.'],
    ['alex', 'provision isaiah to salesforce but not github', [isaiah], 'Left out: but not github.'],
    ['alex', 'provision the user isaiah to the salesforce app', [isaiah], ''],
    ['alex', 'provision servicenow to diego', ['provision user diego to ServiceNow'], ''],
    ['alex', 'provision salesforce for isaiah', [isaiah], ''],
    ['alex', 'provision "Sales Team" to GitHub', ['provision group "Sales Team" to GitHub'], ''],
    ['alex', 'provision the sales team to github', ['provision group "Sales Team" to github'], ''],
    ['alex', 'provision group isaiah to github', ['provision user isaiah to github'], ''],
    ['alex', 'provision isaiah on salesforce', [isaiah], ''],
    ['alex', 'provision an account for adele in salesforce', ['provision user adele to salesforce'], ''],
    ['alex', 'provision adele & isaiah to salesforce', ['provision users adele, isaiah to salesforce'], ''],
    [
      'alex',
      'Please provision the user below to Salesforce:\nadele@contoso.com',
      ['provision user adele@contoso.com to Salesforce'],
      '',
    ],
    ['alex', 'adele@contoso.com salesforce', ['provision user adele@contoso.com to Salesforce'], ''],
    ['alex', 'could someone provision adele to salesforce?', ['provision user adele to Salesforce'], ''],
    ['alex', 'who approved isaiah?', ['history isaiah'], ''],
    ['alex', 'did isaiah get salesforce', ['check isaiah in Salesforce'], ''],
    ['megan', 'isaiah needs access to salesforce', ['request access for isaiah to Salesforce'], ''],
    ['megan', 'pls give isaiah salesforce', ['request access for isaiah to Salesforce'], ''],
    ['megan', 'isaiah needs salesforce for 2 weeks', ['request access for isaiah to Salesforce for 2 weeks'], ''],
    ['alex', 'isaiah needs salesforce until 31 march please', [`${isaiah} until 31 march`], ''],
    ['megan', 'isaiah needs Concur for ticket INC0012345', ['request access for isaiah to Concur INC0012345'], ''],
    ['lynne', 'check servicenow for diego', ['check diego in ServiceNow'], ''],
    ['lynne', 'check adele in salesforce INC0012345', ['check adele in Salesforce'], ticket],
    ['lynne', 'status salesforce INC0012345', ['status Salesforce'], ticket],
    ['lynne', 'history salesforce INC0012345', ['history Salesforce'], ticket],
    ['lynne', 'watch salesforce INC0012345', ['watch Salesforce'], ticket],
    ['lynne', 'grady cant log in to salesforce', ['check grady in Salesforce'], ''],
    ['lynne', 'zscaler broken?', ['status Zscaler'], ''],
    ['lynne', 'tell me when salesforce breaks', ['watch Salesforce'], ''],
  ])('%s: %s', async (who, line, lines, leftOut) => {
    const card = await answerTo(teams, who, line);

    expect(linesOn(card)).toEqual(lines.map(asWritten));
    expect(card.text).toContain(leftOut);
    expect(card.text.includes('Left out')).toBe(leftOut !== '');
    nothingDone(teams);
  });

  it.each<[Somebody, string, readonly string[]]>([
    [
      'alex',
      'provision isaiah to salesforce and adele to github',
      ['isaiah to Salesforce', 'adele to "GitHub Enterprise"'],
    ],
    ['alex', 'provision isaiah to salesforce\nprovision adele to github', ['isaiah to salesforce', 'adele to github']],
    ['alex', 'provision isaiah or adele to salesforce', ['isaiah to salesforce', 'adele to salesforce']],
    ['alex', 'check adele and isaiah in salesforce', ['check adele in salesforce', 'check isaiah in salesforce']],
    ['lynne', 'watch salesforce and github', ['watch Salesforce', 'watch "GitHub Enterprise"']],
    ['lynne', 'history isaiah and adele', ['history isaiah', 'history adele']],
  ])('%s: %s has a button for each', async (who, line, ends) => {
    const card = await answerTo(teams, who, line);

    expect(linesOn(card)).toHaveLength(ends.length);
    for (const [index, end] of ends.entries()) expect(linesOn(card)[index]).toContain(asWritten(end));
    expect(card.buttons.map(({ title }) => title)).toEqual(linesOn(card));
    nothingDone(teams);
  });

  it('and says that there are more than the three that it shows', async () => {
    const line = 'watch salesforce, github, servicenow and concur';
    const card = await answerTo(teams, 'lynne', line);

    expect(linesOn(card)).toHaveLength(3);
    expect(card.text).toMatch(/names more than these 3/);
  });

  it('and each button of several works, and the card stays for the others', async () => {
    const card = await answerTo(teams, 'alex', 'provision isaiah to salesforce and adele to github');

    for (const line of linesOn(card)) await teams.press('alex', card, line);
    await teams.settled();

    const done = teams.cardsFor(card.conversationId);
    expect(done.map(({ text }) => text).join('\n')).toMatch(/one of these.*in Salesforce.*in GitHub Enterprise/s);
    expect(teams.sandbox.stats().calls).toBe(2);
  });

  it('and never reads an end as a start', async () => {
    const card = await answerTo(teams, 'megan', 'request access for isaiah to Concur until 31 march');

    expect(card.text).toContain('Waiting for approval');
    expect(card.text).toMatch(/Ends: +Wednesday, March 31/);
    expect(card.text).not.toMatch(/Starts: +Wednesday, March 31/);
  });
});

describe('a line about several people or apps', () => {
  const both = ['provision users isaiah, adele to GitHub Enterprise', 'provision user diego to Salesforce'];
  const [first] = both as [string, string];

  it.each<[Somebody, string, readonly string[], string]>([
    ['alex', 'provision users isaiah, adele to github, and diego to salesforce', both, ''],
    [
      'alex',
      'provision users isaiah, adele to github because diego moved to salesforce',
      [first],
      'Left out: because diego moved to salesforce.',
    ],
    [
      'alex',
      'provision users isaiah, adele to github, they go to salesforce',
      [first],
      'Left out: they go to salesforce.',
    ],
    ['alex', 'provision users isaiah, diego not to github but to salesforce', [], ''],
    [
      'alex',
      'provision isaiah to github, adele to salesforce',
      ['provision user isaiah to GitHub Enterprise', 'provision user adele to Salesforce'],
      '',
    ],
    [
      'alex',
      'provision adele@contoso.com to github, diego@contoso.com to salesforce',
      ['provision user adele@contoso.com to GitHub Enterprise', 'provision user diego@contoso.com to Salesforce'],
      '',
    ],
    [
      'alex',
      'provision adele to github not to salesforce',
      ['provision user adele to GitHub Enterprise'],
      'Left out: not to salesforce.',
    ],
    [
      'alex',
      'provision adele in github but not in salesforce',
      ['provision user adele to GitHub Enterprise'],
      'Left out: but not in salesforce.',
    ],
    ['alex', 'provision not isaiah to salesforce', [], ''],
    ['alex', 'provision everyone but isaiah to salesforce', [], ''],
    [
      'alex',
      'provision isaiah, but not adele, to github',
      ['provision user isaiah to github'],
      'Left out: but not adele.',
    ],
    [
      'alex',
      'provision isaiah instead of adele to github',
      ['provision user isaiah to github'],
      'Left out: instead of adele.',
    ],
    ['alex', 'provision isaiah to not github', [], ''],
    ['alex', 'provision isaiah only if adele has left github', [], ''],
    ['alex', 'provision not adele to githob', [], ''],
    ['alex', 'replace isaiah with adele in salesforce', [], ''],
    [
      'alex',
      'provision users adele, isaiah, but not diego and grady to github',
      ['provision users adele, isaiah to GitHub Enterprise'],
      'Left out: but not diego and grady.',
    ],
    [
      'alex',
      'provision group sales team with members adele but not isaiah and diego to github',
      ['provision group Sales Team with members adele to github'],
      'Left out: but not isaiah, diego.',
    ],
    [
      'megan',
      'request access for isaiah, not adele, to github',
      ['request access for isaiah to github'],
      'Left out: not adele.',
    ],
    [
      'alex',
      'provision isaiah (cc adele@contoso.com) to github',
      ['provision user isaiah to github'],
      'Left out: adele@contoso.com.',
    ],
    [
      'alex',
      'fwd from adele@contoso.com: isaiah needs github',
      ['provision user isaiah to GitHub Enterprise'],
      'Left out: from adele@contoso.com.',
    ],
    [
      'alex',
      'provision isaiah adele@contoso.com to github',
      ['provision user adele@contoso.com to github', 'provision user isaiah to github'],
      '',
    ],
    ['alex', 'for 2 weeks provision isaiah to Zscaler', ['provision user isaiah to Zscaler for 2 weeks'], ''],
    [
      'megan',
      'request temporary access for isaiah to Concur',
      ['request access for isaiah to Concur'],
      'Left out: temporary.',
    ],
    ['alex', 'provision isaiah, xyzzy to sales force', ['provision user isaiah to Salesforce'], 'Left out: xyzzy.'],
    [
      'alex',
      'provision either isaiah or adele to github',
      ['provision user isaiah to github', 'provision user adele to github'],
      '',
    ],
    ['alex', 'provision isaiah to salesforce, sales', ['provision user isaiah to "salesforce, the Sales kit"'], ''],
    [
      'alex',
      'provision group sales team to salesforce and github',
      ['provision group Sales Team to GitHub Enterprise'],
      'Left out: salesforce.',
    ],
    ['lynne', 'check isaiah, him in salesforce', ['check isaiah in salesforce'], 'Left out: him.'],
    ['alex', 'is it ok to provision isaiah to salesforce?', ['check isaiah in Salesforce'], ''],
    [
      'alex',
      'provision isaiah to githob because he joins on monday',
      ['provision user isaiah to GitHub Enterprise'],
      'Left out: because he joins on monday.',
    ],
    ['lynne', 'history isaiah until friday', ['history isaiah'], 'Left out: until friday.'],
    ['alex', 'provision everyone in sales to github', ['provision group Sales Team to github'], ''],
  ])('%s: %s is offered as it was meant, and the card names what it leaves out', async (who, line, lines, leftOut) => {
    const card = await answerTo(teams, who, line);

    expect(linesOn(card).filter((text) => /^(?:provision|request access|check|history) /.test(text))).toEqual(lines);
    expect(card.text).toContain(leftOut);
    expect(card.text.includes('Left out')).toBe(leftOut !== '');
    nothingDone(teams);
  });

  it.each<[Somebody, string]>([
    ['alex', 'provision everyone in xyzzy to github'],
    ['lynne', 'check sales team in github'],
  ])('%s: %s is answered by what Usher accepts', async (who, line) => {
    const card = await answerTo(teams, who, line);

    expect(card.text).toMatch(/is not one person/);
    expect(linesOn(card)).toEqual([]);
  });
});

describe('a line that is about a person, and names an act on a whole app', () => {
  it.each([
    ['pause adele in Salesforce', 'check adele in Salesforce'],
    ['pause adele’s Salesforce account', 'check adele in Salesforce'],
    ['halt Salesforce for adele', 'check adele in Salesforce'],
    ['test adele in Salesforce', 'check adele in Salesforce'],
    ['restart adele in Salesforce', 'check adele in Salesforce'],
    ['fix adele’s account in Salesforce', 'check adele in Salesforce'],
    ['suspend adele in Salesforce', 'remove adele from Salesforce'],
    ['cut off adele’s Salesforce access', 'remove adele from Salesforce'],
    ['adele no longer needs Salesforce', 'remove adele from Salesforce'],
  ])('is never answered with that act, nor with the opposite: %s', async (line, offered) => {
    const card = await answerTo(teams, 'alex', line);

    expect(linesOn(card)).toEqual([offered]);
    nothingDone(teams);
  });

  it.each([
    ['hold off provisioning to Salesforce for an hour', 'pause Salesforce for an hour'],
    ['freeze Salesforce', 'pause Salesforce'],
    ['reset Zscaler', 'repair Zscaler'],
    ['get Zscaler out of quarantine', 'status Zscaler'],
  ])('is answered with an act on the app where it is about the app: %s', async (line, offered) => {
    const card = await answerTo(teams, 'alex', line);

    expect(linesOn(card)).toEqual([offered]);
    nothingDone(teams);
  });
});

describe('a line that says not to do something', () => {
  it.each([
    'do not provision isaiah to salesforce',
    "please don't add isaiah to salesforce",
    'i already provisioned isaiah to salesforce',
    'deprovision isaiah from salesforce',
    "revoke isaiah's access to salesforce",
    'we all had salesforce for lunch with isaiah and some of the others',
  ])('%s: is neither done nor offered', async (line) => {
    const card = await answerTo(teams, 'alex', line);

    expect(linesOn(card).filter((text) => text.startsWith('provision') || text.startsWith('request '))).toEqual([]);
    nothingDone(teams);
  });
});

describe('an app whose name holds the words that separate a line', () => {
  it.each([
    ['provision adele to webex, cisco', 'Adele Vance in Webex, Cisco'],
    ['provision adele to data for good', 'Adele Vance in Data for Good'],
    ['provision adele to data for good INC0012345', 'Adele Vance in Data for Good'],
    ['provision adele to s/4hana', 'Adele Vance in S/4HANA'],
    ['provision adele to research and development', 'Adele Vance in Research and Development'],
    ['provision users adele, isaiah to webex, cisco', 'A list of people for Webex, Cisco'],
    ['provision group Sales, EMEA to Box', 'Sales, EMEA in Box'],
    ['provision salesforce admin to salesforce', 'Salesforce Admin in Salesforce'],
    ['provision isaiah to isaiah', 'Isaiah Langer in Isaiah'],
  ])('%s: is done', async (line, words) => {
    const card = await answerTo(odd, 'alex', line);

    expect(card.text).toContain(words);
    expect(odd.sandbox.stats().calls).toBeGreaterThan(0);
  });

  it.each<[string, readonly string[]]>([
    ['provision adele in data for good', ['provision user adele to "Data for Good"']],
    ['provision adele to move to cloud', ['provision user adele to "Move to Cloud"']],
    ['provision Isaiah Langer (Sales) to box', ['provision user "Isaiah Langer" to box']],
    ['provision group Team with members to Box', ['provision group "Team with members" to Box']],
    ['check status quo in box', ['check "status quo" in box']],
  ])('%s: is offered whole where the words separate it', async (line, lines) => {
    const card = await answerTo(odd, 'alex', line);

    expect(linesOn(card)).toEqual(lines.map(asWritten));
    nothingDone(odd);
  });
});

describe('any words in any order', () => {
  const verbs = [
    'provision',
    'provsion',
    'add',
    'give',
    'request access for',
    'check',
    'history',
    'status',
    'watch',
    'onboard',
    '',
  ];
  const names = [
    'isaiah',
    'adele',
    'isiah',
    'lee',
    'zaphod',
    'grady',
    'diego@contoso.com',
    'me',
    'all',
    'sales team',
    'isaiah and adele',
  ];
  const joints = ['to', 'in', 'for', 'and', 'access to', ',', ''];
  const targets = [
    'salesforce',
    'github',
    'sales force',
    'servicenow',
    'xyzzy',
    'salesforce and github',
    'github INC0012345',
    'zscaler now',
    'snow, concur',
  ];
  const tails = ['', 'please', 'asap', '(INC0012345)', 'but not github', 'because he joins', 'today'];

  it.each<Somebody>(['alex', 'megan', 'lynne'])('%s: what is offered works when it is clicked', async (who) => {
    const random = randomFrom(7);
    const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
    let offered = 0;

    for (let round = 0; round < 60; round += 1) {
      const [name, target] = random() < 0.2 ? [pick(targets), pick(names)] : [pick(names), pick(targets)];
      const line = [pick(verbs), name, pick(joints), target, pick(tails)].filter((part) => part !== '').join(' ');
      teams.sandbox.reset();
      const card = await answerTo(teams, who, line);
      if (!card.text.includes('Did you mean')) continue;
      const calls = teams.sandbox.stats().arrivals.length;
      const lines = linesOn(card);
      expect({ line, calls, open: card.text.includes('Waiting for approval') }).toEqual({
        line,
        calls: 0,
        open: false,
      });
      for (const text of lines) {
        offered += 1;
        const answer = await answerTo(teams, who, text);
        const wrong =
          /App not found|Person not found|permission to do this|Group not found|Did you mean|Not understood|Not one of your/.exec(
            answer.text,
          );
        expect({ line, text, wrong: wrong?.[0] ?? null }).toEqual({ line, text, wrong: null });
      }
    }
    expect(offered).toBeGreaterThan(10);
  });
});

it('a second look costs two questions about people at most', async () => {
  await answerTo(teams, 'alex', 'add isaiah to Salesforce and GitHub');

  const asked = teams.sandbox.requests.filter(({ path, query }) => path === '/users' && query.includes('$search'));
  expect(asked.length).toBeLessThanOrEqual(2);
});

it('clicking the only offer runs it in place of the card', async () => {
  const card = await answerTo(teams, 'alex', 'provision isaiah to salesforce.com');

  await teams.press('alex', card, yes);
  await teams.settled();

  expect(teams.lastCard(card.conversationId).text).toContain('Isaiah Langer in Salesforce');
});

/** Lines are written with quotes only where they have to be. */
function asWritten(line: string): string {
  return line.replace(/"(GitHub Enterprise|Sales Team|Isaiah Langer|Move to Cloud)"/g, (whole, name: string) =>
    name === 'Move to Cloud' ? whole : name,
  );
}

/** Repeatable. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
