import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createLeapingClock } from '../support/clock.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(60_000);

const clock = createLeapingClock();
const hour = 60 * 60_000;

let teams: TestUsher;
afterEach(() => teams.close());

async function start({ environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
    usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
    ...more,
  });
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

async function passes(hours: number): Promise<void> {
  clock.leap(hours * hour);
  await teams.settled();
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const readBy = (person: string) =>
  teams
    .cardsFor(`personal-${person}`)
    .map(({ text }) => text)
    .join('\n');
const isAssigned = () => teams.sandbox.tenant.isAssigned(apps.serviceNow.id, people.diego.id);
const account = () => teams.sandbox.tenant.account(apps.serviceNow.id, people.diego.id);
const idIn = (text: string) => /Request ([0-9A-Z]{6})/.exec(text)?.[1] ?? '';

/** Megan asks for Diego, whom an approval assigns to ServiceNow; Patti approves. */
async function given(end: string): Promise<string> {
  await says('megan', `request access for diego to ServiceNow ${end}`);
  const id = idIn(readBy('megan'));
  await says('patti', `approve ${id}`);
  return id;
}

describe('access that ends', () => {
  it('is given, taken away at its end, and proven to be', async () => {
    await start();
    await says('patti', 'whoami');

    await given('for 8 hours');
    const before = [isAssigned(), account()?.active];
    await passes(9);

    expect(before).toEqual([true, true]);
    expect([isAssigned(), account()?.active]).toEqual([false, false]);
    expect(readBy('megan')).toContain('Access has ended');
    const steps = (await teams.records()).filter(({ kind }) => kind === 'accessEnd').map(({ details }) => details.step);
    expect(steps.toReversed()).toEqual(['begun', 'verified']);
  });

  it('is told on both cards of the request once it is given, and afterwards how it went', async () => {
    await start();
    await says('patti', 'whoami');
    const id = await given('for 8 hours');
    const approvers = () => teams.cardsFor('personal-patti').find(({ text }) => text.includes(id))?.text;

    const cards = [readBy('megan'), approvers()];
    await passes(9);
    await says('megan', `show ${id}`);

    for (const text of cards) expect(text).toContain('Account created');
    for (const text of cards)
      expect(text).toMatch(/This access ends .*\. Usher will then remove the assignment it made\./);
    expect(last('megan').text).toContain('Microsoft’s provisioning service has confirmed it');
    expect(last('megan').text).not.toContain('This access ends');
  });

  it('is announced before, to the person who asked, with what they can do', async () => {
    await start();
    await given('for 20 hours');

    await passes(18.5);

    expect(last('megan').text).toContain('Access ends soon');
    expect(last('megan').buttons.map(({ title }) => title)).toEqual(['Extend', 'End now']);
    expect(isAssigned()).toBe(true);
  });

  it('is overdue, and told, while the app is in quarantine, and ends when that is lifted', async () => {
    await start();
    await given('for 8 hours');
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'quarantined' });

    await passes(9);
    const overdue = readBy('megan');
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'active' });
    await passes(0.3);

    expect(overdue).toContain('Access should have ended');
    expect(overdue).toContain('the app is in quarantine');
    expect(readBy('patti')).toContain('Access should have ended');
    expect(readBy('megan')).toContain('Access has ended');
    expect(account()?.active).toBe(false);
  });

  it('is told to asker, approver, and the conversations that watch the app once, and not at each retry, until it is proven', async () => {
    await start();
    await says('lynne', 'watch ServiceNow');
    await given('for 8 hours');
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'quarantined' });
    const told = (said: string) =>
      ['megan', 'patti', 'lynne'].map(
        (who) => teams.cardsFor(`personal-${who}`).filter(({ text }) => text.includes(said)).length,
      );

    const overdue: number[][] = [];
    for (const hours of [9, 0.3, 1.1, 4.1, 24.1]) {
      await passes(hours);
      overdue.push(told('Access should have ended'));
    }
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'active' });
    await passes(24.1);

    expect(overdue).toEqual([...[1, 1, 1, 1].map((times) => [times, times, times]), [2, 2, 2]]);
    expect(told('Access has ended')).toEqual([1, 1, 1]);
  });

  it('is told to the others when a person says that it was done by hand, and by whom', async () => {
    await start();
    const id = await given('for 8 hours');
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'quarantined' });
    await passes(9);

    await says('patti', `done by hand ${id}`);

    expect(last('megan').text).toContain(
      'Patti Fernandez says that Diego Siciliani’s access to ServiceNow was removed by hand',
    );
    expect(readBy('patti')).not.toContain('Patti Fernandez says');
  });

  it('is not told where the person who added the watch may not watch any more', async () => {
    await start();
    await says('lynne', 'watch ServiceNow');
    await given('for 8 hours');
    teams.sandbox.tenant.changeJob(apps.serviceNow.id, { health: 'quarantined' });
    teams.sandbox.tenant.changePerson(people.lynne.id, { accountEnabled: false });

    await passes(9);

    expect(readBy('megan')).toContain('Access should have ended');
    expect(readBy('lynne')).not.toContain('Access should have ended');
  });

  it('ends now where the person who asked says so', async () => {
    await start();
    const id = await given('for 8 hours');

    await says('megan', `end ${id} now`);

    expect(readBy('megan')).toContain('Access has ended');
    expect(isAssigned()).toBe(false);
  });

  it('ends earlier where the approver says so, and never later than what was asked for', async () => {
    await start();
    await says('megan', 'request access for diego to ServiceNow for 30 hours');
    const id = idIn(readBy('megan'));

    await says('patti', `approve ${id} for 3 days`);
    const refused = [last('patti').text, isAssigned()];
    await says('patti', `approve ${id} for 8 hours`);
    const given = isAssigned();
    await passes(9);

    expect(refused).toEqual([expect.stringContaining('Later than the end asked for'), false]);
    expect([given, isAssigned()]).toEqual([true, false]);
  });

  it.each<[keyof typeof people, string]>([
    ['lynne', 'end'],
    ['johanna', 'end'],
    ['megan', 'done by hand'],
  ])('is not ended or settled on the word of a person whom it does not concern: %s, %s', async (who, verb) => {
    await start();
    const id = await given('for 8 hours');

    await says(who, verb === 'end' ? `end ${id} now` : `done by hand ${id}`);

    expect(isAssigned()).toBe(true);
    expect(readBy(who)).not.toMatch(/Ending now|Noted as done by hand/);
  });

  it('is listed for the people whom it concerns', async () => {
    await start();
    await given('for 8 hours');

    await says('megan', 'ends');
    await says('alex', 'ends');
    await says('johanna', 'ends');

    for (const who of ['megan', 'alex']) expect(last(who).text).toContain('Diego Siciliani · ServiceNow');
    expect(readBy('johanna')).not.toContain('Diego');
  });

  it('lasts longer where it is extended, with what Usher assigned for the first time', async () => {
    await start();
    const id = await given('for 8 hours');

    await says('alex', `extend ${id} for 20 hours`);
    await passes(9);
    const atTheFirstEnd = isAssigned();
    await passes(12);

    expect(atTheFirstEnd).toBe(true);
    expect(isAssigned()).toBe(false);
  });

  it('is extended by approvers, who read until when it is now, and why it has to be longer', async () => {
    await start();
    await says('patti', 'whoami');
    const id = await given('for 8 hours');

    await says('megan', `extend ${id} for 20 hours because the audit takes longer`);

    expect(last('patti').text).toMatch(/the audit takes longer.*Access until now: /s);
    expect(last('patti').text).toContain('Usher then removes the assignment.');
  });

  it('only reminds where Usher has assigned nothing', async () => {
    await start();
    await says('alex', 'provision isaiah to Salesforce for 8 hours');
    const card = last('alex').text;

    await passes(9);

    expect(card).toContain('so it only reminds you then');
    expect(last('alex').text).toContain('Usher did not make the assignment');
    expect(teams.sandbox.tenant.isAssigned(apps.salesforce.id, people.isaiah.id)).toBe(true);
    expect(teams.sandbox.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });
});
