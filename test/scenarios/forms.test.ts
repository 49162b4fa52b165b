import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { oddlyNamed, people } from '../../src/sandbox/tenant/people.ts';
import { elementsOf } from '../chat/views/drawings.ts';
import { type CardInputs, type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;

beforeEach(async () => {
  teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100' } });
});
afterEach(() => teams.close());

async function says(who: Somebody, line: string) {
  await teams.say(who, line);
  await teams.settled();
  return teams.lastCard();
}

/** Fills in the form that was opened last, and presses its button. */
async function fillIn(who: Somebody, button: string, inputs: CardInputs) {
  const empty = { picked: '', subject: '', app: '', start: '', end: '', reason: '' };
  await teams.press(who, teams.lastCard(), button, { ...empty, ...inputs });
  await teams.settled();
  return teams.lastCard();
}

const refusals = async () => (await teams.records()).filter(({ kind }) => kind === 'denied');

describe('a form', () => {
  it.each([
    ['megan', 'request', 'Request access', { end: '3 months' }, '3 months after it starts'],
    ['megan', 'request', 'Request access', { end: 'until 31 March' }, 'March 31, 2027'],
    ['alex', 'provision', 'Provision', { end: 'for 8 hours' }, 'This access is due to end '],
    ['alex', 'provision', 'Provision', { end: 'for ever' }, '“for ever”, which names no end'],
  ] as const)('of %s takes an end as a line does: %s', async (who, line, button, inputs, understood) => {
    await says(who, line);

    await fillIn(who, button, { subject: 'isaiah', app: 'Salesforce', ...inputs });

    const read = teams.cardsFor(`personal-${who}`).map(({ text }) => text);
    expect(read.join('\n')).toContain(understood);
  });

  it.each([
    ['alex', 'provision', 'Provision a person'],
    ['alex', 'provision users', 'Provision a person'],
    ['alex', 'check', 'Check a person'],
    ['alex', 'preview', 'Preview what provisioning would do'],
    ['alex', 'watch', 'Watch an app'],
    ['alex', 'request', 'Request access'],
    ['megan', 'provision', 'Request access'],
  ] as const)('opens for %s, who types "%s"', async (who, line, said) => {
    const card = await says(who, line);

    expect(card.text).toContain(said);
    expect(await refusals()).toEqual([]);
  });

  it('keeps the person whom half a line names', async () => {
    const { text } = await says('alex', 'provision zaphod');

    expect(text).toContain('Or type names or user names [zaphod]');
    expect(text).toContain('Which app? Choose at least one.');
  });

  it.each([
    ['alex', 'provision isaiah, adele', 'Or type names or user names [isaiah, adele]'],
    ['alex', 'provision to the Sales kit and Zscaler', 'Apps or a kit* [the Sales kit,Zscaler]'],
    ['megan', 'request access for isaiah for 2 weeks', 'how long? (optional) [2 weeks]'],
    ['alex', 'provision isaiah until friday', 'how long? (optional) [friday]'],
    ['megan', 'request access to Salesforce, GitHub', 'Apps or a kit* [Salesforce,GitHub Enterprise]'],
  ] as const)('keeps all that half a line of %s names: "%s"', async (who, line, kept) => {
    const { text } = await says(who, line);

    expect(text).toContain(kept);
  });

  it('is refused to a caller who may not run its command, when it opens and when it is sent', async () => {
    await says('alex', 'provision');
    const form = teams.lastCard();

    const from = teams.sandbox.requests.length;
    const opened = await says('lynne', 'provision');
    await teams.press('lynne', form, 'Provision', { picked: people.isaiah.id, subject: '', app: 'Salesforce' });
    await teams.settled();

    expect(opened.text).toContain('You don’t have permission to do this');
    expect(teams.lastCard().text).toContain('You don’t have permission to do this');
    expect(await refusals()).toHaveLength(2);
    const lookedUp = teams.sandbox.requests.slice(from).filter(({ path }) => path.includes(people.isaiah.id));
    expect(lookedUp).toEqual([]);
    expect(teams.sandbox.stats().calls).toBe(0);
  });
});

describe('the filled-in form', () => {
  it('provisions the picked person on the card of the form, once', async () => {
    const form = await says('alex', 'provision');
    const filled = { picked: people.isaiah.id, subject: '', app: 'Salesforce' };

    const card = await fillIn('alex', 'Provision', filled);
    await teams.click('alex', form.id, { verb: 'submit', form: 'provision', on: 'form', ...filled });
    await teams.settled();

    expect(card.id).toBe(form.id);
    expect(card.text).toContain('Isaiah Langer in Salesforce');
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('provisions the next person from a form that a client left open', async () => {
    const form = await says('alex', 'provision');
    await fillIn('alex', 'Provision', { picked: people.isaiah.id, app: 'Salesforce' });

    const next = { picked: people.adele.id, subject: '', app: 'Salesforce' };
    await teams.click('alex', form.id, { verb: 'submit', form: 'provision', on: 'form', ...next });
    await teams.settled();

    expect(teams.lastCard().text).toContain('Adele Vance in Salesforce');
    expect(teams.sandbox.stats().calls).toBe(2);
  });

  it('provisions the typed person where the client has no picker', async () => {
    await says('alex', 'provision');

    const card = await fillIn('alex', 'Provision', { subject: ' isaiah@contoso.com ', app: 'Salesforce' });

    expect(card.text).toContain('Isaiah Langer in Salesforce');
  });

  it('asks which person is meant, as for a typed line', async () => {
    await says('alex', 'provision');

    const card = await fillIn('alex', 'Provision', { subject: 'lee', app: 'Salesforce' });

    expect(card.text).toContain('Which “lee”?');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('takes the picked person where the typed name means the same one, or nobody', async () => {
    await says('alex', 'check');
    const same = await fillIn('alex', 'Check', { picked: people.isaiah.id, subject: 'isaiah', app: 'Salesforce' });
    await says('alex', 'check');
    const nobody = await fillIn('alex', 'Check', { picked: people.isaiah.id, subject: 'zaphod', app: 'Salesforce' });

    for (const { text } of [same, nobody]) expect(text).toContain('Isaiah Langer in Salesforce');
  });

  it.each([
    ['nobody', { app: 'Salesforce' }, 'Pick the people, or type their names.'],
    ['no app', { subject: 'isaiah' }, 'Which app? Choose at least one.'],
    [
      'an unknown person among several',
      { picked: people.isaiah.id, subject: 'zaphod', app: 'Salesforce' },
      'Usher found no person named “zaphod”.',
    ],
    [
      'a name that several people have',
      { picked: people.isaiah.id, subject: 'lee', app: 'Salesforce' },
      'Type the user name instead: lee.gu@contoso.com or lee.parker@contoso.com.',
    ],
    [
      'an unknown app among several',
      { subject: 'isaiah, adele', app: 'Salesforce, Salesforxe' },
      'Usher found no app named “Salesforxe”. Did you mean Salesforce?',
    ],
    [
      'more people than a form takes',
      { subject: Array.from({ length: 101 }, (_, n) => `p${n}`).join(', '), app: 'Salesforce' },
      'You named 101 people. A form takes up to 100.',
    ],
    [
      'a person of another tenant',
      { picked: '5eed0000-0000-4000-8000-00000000dead', app: 'Salesforce' },
      'did not find one of the people you picked',
    ],
  ])('asks again for %s, and keeps the rest', async (_, filled, said) => {
    await says('alex', 'provision');

    const card = await fillIn('alex', 'Provision', filled);

    expect(card.text).toContain(said);
    for (const [id, value] of Object.entries(filled)) {
      const kept = inputsIn(card.content).find((input) => input.id === id)?.value;
      expect([id === 'picked' && said.includes('did not find') ? '' : value, `${value}`]).toContain(kept);
    }
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('provisions the picked and the typed people, each once, to the apps of a kit and another', async () => {
    await says('alex', 'provision');

    const card = await fillIn('alex', 'Provision', {
      picked: `${people.isaiah.id},${people.adele.id}`,
      subject: 'isaiah\ngrady',
      app: 'the Sales kit,Concur,Salesforce',
    });

    expect(card.text).toContain('Provision 3 people to 4 apps?');
  });

  it('provisions one person who was picked and typed as a single one', async () => {
    await says('alex', 'provision');

    const card = await fillIn('alex', 'Provision', {
      picked: people.isaiah.id,
      subject: 'isaiah',
      app: 'Salesforce',
    });

    expect(card.text).toContain('Isaiah Langer in Salesforce');
  });

  it('says of two people on a check that they are two', async () => {
    await says('alex', 'check');

    const card = await fillIn('alex', 'Check', { picked: people.isaiah.id, subject: 'adele', app: 'Salesforce' });

    expect(card.text).toContain('You picked Isaiah Langer and typed “adele”');
  });

  it('says of a picked guest that it is one, as for a typed line', async () => {
    const { id, userPrincipalName } = oddlyNamed.guestIsaiah;
    await says('alex', 'check');
    const picked = await fillIn('alex', 'Check', { picked: id, app: 'Salesforce' });
    const typed = await says('alex', `check ${userPrincipalName} in Salesforce`);

    expect(picked.text).toContain('Guest');
    expect(picked.text.split('\n').slice(0, 3)).toEqual(typed.text.split('\n').slice(0, 3));
  });

  it('checks in all apps where none is chosen', async () => {
    await says('lynne', 'check');

    const card = await fillIn('lynne', 'Check', { subject: 'adele' });

    expect(card.text).toContain('Adele Vance in all apps');
  });

  it('watches the chosen app on the card of the form', async () => {
    const form = await says('lynne', 'watch');

    const card = await fillIn('lynne', 'Watch', { app: 'Salesforce' });

    expect(card.id).toBe(form.id);
    expect(card.text).toContain('Salesforce');
    expect((await says('lynne', 'watches')).text).toContain('Salesforce');
  });

  it('shows the status of one app beside the list of all, which stays', async () => {
    const list = await says('lynne', 'status');

    const card = await fillIn('lynne', 'Show status', { app: 'Zscaler' });

    expect(card.id).not.toBe(list.id);
    expect(card.text).toContain('Zscaler: In quarantine');
  });

  it('asks for the app in a form of its own where none was chosen below the list', async () => {
    const list = await says('lynne', 'status');

    const card = await fillIn('lynne', 'Show status', {});

    expect(card.id).not.toBe(list.id);
    expect(card.text).toContain('Choose the app.');
  });

  it('asks which of two apps of one name is meant', async () => {
    await says('alex', 'check');

    const card = await fillIn('alex', 'Check', { subject: 'adele', app: 'DocuSign' });

    expect(card.text).toContain('Which app is “DocuSign”?');
  });

  it('reads the roles anew before it starts work', async () => {
    await says('grady', 'whoami');
    teams.sandbox.tenant.grantDirectoryRole(people.grady.id, '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3');
    await teams.click('grady', 'card-1', {
      verb: 'submit',
      form: 'provision',
      on: 'form',
      subject: 'isaiah',
      app: 'Salesforce',
    });
    await teams.settled();

    expect(teams.lastCard().text).toContain('Isaiah Langer in Salesforce');
  });

  it.each(['help', 'toString', '__proto__', 'accessForm', ''])('is unknown for the verb "%s"', async (form) => {
    await teams.click('alex', 'card-1', { verb: 'submit', form, on: 'form', subject: 'isaiah', app: 'Salesforce' });
    await teams.settled();

    expect(teams.lastCard().text).toContain('Unknown button');
  });
});

const inputsIn = (card: unknown) => elementsOf(card).filter(({ type }) => String(type).startsWith('Input.'));
