import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(60_000);

const kits = [{ kit: 'Sales', apps: ['Salesforce', 'ServiceNow', 'GitHub Enterprise'] }];
const assigned = [
  { app: 'Salesforce', assign: { appRole: 'Standard User' } },
  { app: 'ServiceNow', assign: { appRole: 'User' } },
];
const ofPatti = { app: 'Salesforce', approvers: [people.patti.id], assign: { appRole: 'Standard User' } };

let folder: string;
let teams: TestUsher;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-joint-'));
});
afterEach(async () => {
  await teams.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  apps: readonly unknown[] = assigned,
  options: TestUsherOptions = {},
  ofKit: object = {},
): Promise<void> {
  const path = join(folder, 'apps.json');
  writeFileSync(path, JSON.stringify({ apps, kits: kits.map((kit) => ({ ...kit, ...ofKit })) }));
  const environment = { PROVISION_WINDOW_MS: '100', APPS_FILE: path, ...options.environment };
  teams = await startTestUsher({ ...options, environment });
  for (const person of ['alex', 'patti'] as const) await says(person, 'whoami');
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const cards = (person: string) => teams.cardsFor(`personal-${person}`).filter(({ text }) => text.includes('→'));
const theCard = (person: string) => {
  const [first] = cards(person);
  if (first === undefined) throw new Error(`${person} has no card of the request`);
  return first;
};
async function decides(person: 'alex' | 'patti', button: string, inputs: Record<string, string> = {}): Promise<void> {
  await teams.execute(person, theCard(person), button, inputs);
  await teams.settled();
}

/** The ids of the lines, in the order in which people and apps were named. */
async function lineIds(): Promise<readonly string[]> {
  const asked = (await teams.records()).filter(({ kind }) => kind === 'accessAsked');
  return asked.map(({ requestId }) => requestId ?? '').toReversed();
}
const kinds = async () => (await teams.records()).map(({ kind }) => kind);
const count = (all: readonly string[], kind: string) => all.filter((one) => one === kind).length;
const theKit = 'request access for isaiah and diego to the Sales kit because they join Sales, INC0012345';

describe('a manager who asks for two people and a kit', () => {
  it('makes one request, which one click approves, and six results stand on one card', async () => {
    await start(assigned, {
      sandboxOptions: { replicationMs: 300 },
      usherOptions: { assignmentDelaysMs: [400, 400, 400] },
    });
    await says('megan', theKit);
    expect(cards('megan')).toHaveLength(1);
    expect(cards('alex')).toHaveLength(1);
    for (const word of [
      'Megan Bowen',
      'Isaiah Langer and Diego Siciliani',
      'GitHub Enterprise',
      'they join Sales',
      'INC0012345',
    ])
      expect(theCard('alex').text).toContain(word);
    expect(theCard('alex').text).toContain('assigns the role Standard User in Salesforce');

    await decides('alex', 'Approve all 6');

    for (const person of ['megan', 'alex'] as const) {
      expect(theCard(person).text).toContain('6 of 6 done');
      expect(theCard(person).text).toContain('Alex Wilber approved 6 of 6.');
    }
    expect(count(await kinds(), 'accessApproved')).toBe(6);
    expect(count(await kinds(), 'accessFinished')).toBe(6);
    const texts = teams.cardsFor('personal-megan').filter(({ content }) => content === null);
    expect(texts.filter(({ text }) => text.includes('approved 6 of 6')).length).toBeLessThanOrEqual(2);
    expect(teams.sandbox.stats().throttled).toBe(0);
  });

  it('finds it in the list of the approver as one, with its people and apps', async () => {
    await start();
    await says('megan', theKit);

    await says('alex', 'pending');

    expect(last('alex').text.match(/Isaiah Langer and Diego Siciliani/g)).toHaveLength(1);
    expect(last('alex').buttons.filter(({ title }) => title === 'Open')).toHaveLength(1);
  });

  it('asks for each of the same by typing provision, as she may only ask', async () => {
    await start();

    await says('megan', 'provision users isaiah, diego to Salesforce, ServiceNow');

    expect(theCard('megan').text).toContain('asks for 4 accounts');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('reads what could not be asked for, each with its reason', async () => {
    await start();
    await says('megan', 'request access for isaiah to Salesforce');

    await says(
      'megan',
      'request access for isaiah, Isaiah Langer, blorb, lee, johanna, megan and diego to Salesforce, salesforce, Payroll and ServiceNow',
    );

    const { text } =
      teams.cardsFor('personal-megan').findLast((card) => card.text.includes('Left out')) ?? last('megan');
    expect(text).toContain('asks for 3 accounts');
    for (const [name, why] of [
      ['Isaiah Langer · Salesforce', 'An open request for this exists already'],
      ['blorb', 'No one by that name'],
      ['lee', 'Several people match'],
      ['Johanna Lorenz', 'Not one of your direct reports'],
      ['Megan Bowen', 'cannot ask for yourself'],
      ['Payroll', 'not set up'],
    ] as const)
      expect(text).toMatch(new RegExp(`${name}\\s+[^\\n]*${why}`));
    expect(text).toMatch(/counted once/);
  });

  it.each([
    ['request access for blorb and blarb to Salesforce', /None of these people/],
    ['request access for johanna and lynne to Salesforce', /report/],
    ['request access for isaiah and diego to the Salse kit', /Did you mean|no kit/i],
    ['request access for isaiah and diego to Payroll', /not set up/],
    [
      `request access for ${Array.from({ length: 51 }, (_, n) => `p${n}@contoso.com`).join(', ')} to Salesforce`,
      /51 accounts/,
    ],
    ['request access for isaiah and diego to Salesforce until further notice', /names no end/],
  ])('is answered, and nothing is asked for: %s', async (line, answer) => {
    await start();

    await says('megan', line);

    expect(last('megan').text).toMatch(answer);
    expect(await kinds()).not.toContain('accessAsked');
  });

  it('fills in the form for several people and a kit, picked and typed', async () => {
    await start();
    await says('megan', 'request');
    const filled = {
      picked: people.isaiah.id,
      subject: 'diego, "Vance, Adele"',
      app: 'the Sales kit',
      reason: 'They join',
    };

    await teams.press('megan', last('megan'), 'Request access', { start: '', ticket: 'INC0012345', ...filled });
    await teams.settled();

    const { text } = cards('megan').at(-1) ?? last('megan');
    for (const word of ['asks for 9 accounts', 'Adele Vance', 'They join', 'INC0012345']) expect(text).toContain(word);
  });

  it('is told of those that are open already, and nothing is made twice', async () => {
    await start();
    await says('megan', theKit);

    await says('megan', 'request access for diego and isaiah to Salesforce, ServiceNow');

    expect(last('megan').text).toContain('Already requested');
    expect(count(await kinds(), 'accessAsked')).toBe(6);
  });

  it('withdraws all of it at once, and the approver reads that', async () => {
    await start();
    await says('megan', theKit);

    await teams.press('megan', theCard('megan'), 'Cancel');
    await teams.settled();

    expect(theCard('megan').text).toContain('Withdrawn');
    expect(theCard('alex').text).toContain('Withdrawn');
    expect(theCard('alex').buttons.map(({ title }) => title)).not.toContain('Approve all 6');
    expect(count(await kinds(), 'accessCancelled')).toBe(6);
  });
});

describe('two groups of approvers', () => {
  it('each decide on their own lines, and see the others as theirs', async () => {
    await start([ofPatti, assigned[1]]);
    await says('megan', theKit);
    expect(theCard('patti').buttons.map(({ title }) => title)).toContain('Approve all 2');
    expect(theCard('alex').buttons.map(({ title }) => title)).toContain('Approve all 4');
    expect(theCard('alex').text).toContain('Decided by other approvers');

    await decides('patti', 'Deny all 2', { reason: 'No license is left' });
    expect(theCard('megan').text).toContain('4 waiting for approval and 2 denied');
    await decides('alex', 'Approve all 4');

    const text = theCard('megan').text;
    expect(text).toContain('Patti Fernandez denied 2 of 6.');
    expect(text).toContain('Alex Wilber approved 4 of 6.');
    expect(text).toContain('No license is left');
    expect(text).toMatch(/4 of 6 done and 2 denied|3 of 6 done, 1 in progress, and 2 denied/);
    const calls = teams.sandbox.stats().calls;
    expect(calls).toBeGreaterThanOrEqual(4);
  });

  it('start what one of them approves without waiting for the other', async () => {
    await start([ofPatti]);
    await says('megan', 'request access for isaiah to the Sales kit');

    await decides('alex', 'Approve all 2');

    expect(theCard('megan').text).toContain('2 of 3 done and 1 waiting for approval');
  });

  it('may not decide on the lines of the others, whatever the click claims', async () => {
    await start([ofPatti]);
    await says('megan', theKit);
    const ids = await lineIds();
    const [id = ''] = /Request (\w{6})/.exec(theCard('alex').text)?.slice(1) ?? [];

    await teams.click('alex', theCard('alex').id, { verb: 'approve', requestId: id, among: ids[0] });
    await teams.settled();
    await says('alex', `approve ${ids[0]}`);

    expect(await kinds()).not.toContain('accessApproved');
    expect(count(await kinds(), 'accessRefused')).toBe(2);
  });

  it('tick some, which leaves the rest to be decided', async () => {
    await start([ofPatti]);
    await says('megan', theKit);
    const ids = await lineIds();

    await decides('alex', 'Approve those ticked', { lines: `${ids[1]},${ids[2]},${ids[0]}` });
    expect(theCard('alex').buttons.map(({ title }) => title)).toContain('Approve all 2');
    expect(count(await kinds(), 'accessApproved')).toBe(2);
    await decides('alex', 'Deny those ticked', { lines: ids[4] ?? '', reason: 'not he' });

    expect(theCard('megan').text).toContain('Alex Wilber denied 1 of 6.');
    expect(theCard('alex').buttons.map(({ title }) => title)).toContain('Approve');
  });

  it('keep a card that still asks as it is while what was approved goes on', async () => {
    await start();
    await says('megan', 'request access for isaiah and diego to GitHub Enterprise, ServiceNow');
    const ids = await lineIds();
    await decides('alex', 'Approve those ticked', { lines: ids[0] ?? '' });
    const { edits, text } = theCard('alex');

    await teams.settled();

    expect(theCard('megan').text).toContain('1 of 4 done and 3 waiting for approval');
    expect(text).toMatch(/Approved: GitHub Enterprise|Approved: Isaiah Langer/);
    expect(text).not.toContain('Account created');
    const toAlex = teams.connector.deliveries.filter(
      ({ kind, activityId }) => kind === 'edit' && activityId === theCard('alex').id,
    );
    expect([edits, toAlex.length]).toEqual([1, 1]);
  });

  it('are told where nothing was ticked, and nothing is decided', async () => {
    await start();
    await says('megan', theKit);

    const answer = await teams.execute('alex', theCard('alex'), 'Approve those ticked');
    await teams.settled();

    expect(answer.text).toContain('Tick what you want');
    expect(await kinds()).not.toContain('accessApproved');
  });

  it('decide once, however often they click', async () => {
    await start();
    await says('megan', theKit);
    const card = theCard('alex');

    await Promise.all([
      teams.execute('alex', card, 'Approve all 6'),
      teams.execute('alex', card, 'Approve all 6'),
      teams.execute('alex', card, 'Deny all 6'),
      teams.execute('patti', theCard('patti'), 'Approve all 6'),
    ]);
    await teams.settled();

    const decided = (await kinds()).filter((kind) => kind === 'accessApproved' || kind === 'accessDenied');
    expect(decided).toHaveLength(6);
    expect(new Set(decided).size).toBe(1);
  });
});

describe('all or none', () => {
  const line = 'request access for isaiah to the Sales kit all or none because he joins Sales';

  it('starts nothing until all is approved, and then all of it', async () => {
    await start([ofPatti]);
    await says('megan', line);
    expect(theCard('alex').text).toContain('All or none');
    await decides('alex', 'Approve all 2');
    expect(teams.sandbox.stats().arrivals).toEqual([]);

    await decides('patti', 'Approve');

    expect(theCard('megan').text).toContain('3 of 3 done');
  });

  it('starts nothing where one is denied, whichever comes first', async () => {
    await start([ofPatti]);
    await says('megan', line);
    await decides('alex', 'Approve all 2');

    await decides('patti', 'Deny this request', { reason: 'No' });

    expect(theCard('megan').text).toContain('Patti Fernandez denied 1 of 3.');
    expect(await kinds()).toContain('accessLapsed');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
    expect(theCard('alex').text).toMatch(/need attention/);
  });
});

it('an operator retries what did not go well, and only that', async () => {
  await start([]);
  await says('megan', 'request access for isaiah and diego to Salesforce, GitHub Enterprise');
  await decides('alex', 'Approve all 4');
  expect(theCard('alex').text).toContain('3 of 4 done and 1 needs attention');
  const before = teams.sandbox.stats().calls;

  await teams.press('alex', theCard('alex'), 'Retry');
  await teams.settled();

  expect(teams.sandbox.stats().calls).toBeLessThanOrEqual(before + 1);
  expect(theCard('alex').text).toContain('3 of 4 done');
});

describe('a kit with terms of its own', () => {
  it('is decided by its own approvers, and not by those of its apps', async () => {
    await start([], {}, { approvers: [people.patti.id] });
    await says('megan', theKit);

    expect(cards('alex')).toEqual([]);
    const [id = ''] = /Request (\w{6})/.exec(theCard('patti').text)?.slice(1) ?? [];
    await says('alex', `approve ${id}`);
    expect(await kinds()).not.toContain('accessApproved');
    await decides('patti', 'Approve all 6');

    expect(theCard('megan').text).toContain('Patti Fernandez approved 6 of 6.');
    const asked = (await teams.records()).find(({ kind }) => kind === 'accessAsked');
    expect(asked?.details).toMatchObject({ kit: 'Sales' });
  });

  it('is asked for only by those whom it names', async () => {
    await start([], {}, { ask: [people.lynne.id] });

    await says('megan', theKit);

    expect(last('megan').text).toContain('You cannot ask for this kit');
    expect(await kinds()).not.toContain('accessAsked');
  });

  it('assigns nothing where it says so, whatever the app says', async () => {
    await start(assigned, {}, { assign: false });
    await says('megan', theKit);

    expect(theCard('alex').text).not.toContain('also assigns');
    await decides('alex', 'Approve all 6');

    expect(await kinds()).not.toContain('assigned');
  });

  it('asks for the ticket that it needs, and loses nothing of the line', async () => {
    await start([], {}, { ticket: 'required', ticketUrl: 'https://desk.contoso.com/{ticket}' });
    await says('megan', 'request access for isaiah and diego to the Sales kit because they join Sales');
    expect(await kinds()).not.toContain('accessAsked');

    const form = last('megan');
    await teams.press('megan', form, form.buttons.at(0)?.title ?? '', { ticket: 'INC0012345' });
    await teams.settled();

    const { text } = cards('megan').at(-1) ?? last('megan');
    for (const word of ['INC0012345', 'they join Sales', 'asks for 6 accounts']) expect(text).toContain(word);
  });
});
