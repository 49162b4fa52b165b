import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** No story here is about the limit, and none should wait for the calls of those before it. */
const quick = { PROVISION_LIMIT: '1000', PROVISION_WINDOW_MS: '200', PROVISION_GUARD_MS: '20' };
let teams: TestUsher;
let asked = 0;

beforeAll(async () => {
  teams = await startTestUsher({ environment: quick });
});
afterAll(() => teams.close());
beforeEach(() => teams.sandbox.reset());

/**
 * Types a line and returns the card that it ends as, with how many cards there are more than before. The test types
 * each line in a conversation of its own, since Usher keeps to the pace that Teams allows in one.
 */
async function ask(line: string, person: Parameters<TestUsher['say']>[0] = 'alex') {
  const before = teams.cardsFor().length;
  asked += 1;
  await teams.say(person, line, { conversationId: `story-${asked}`, kind: 'personal' });
  await teams.settled();
  return { card: teams.lastCard(), posted: teams.cardsFor().length - before };
}

describe('as Alex of the helpdesk', () => {
  it('creates Isaiah in Salesforce on one card that goes from waiting to the outcome, with every step', async () => {
    const { card, posted } = await ask('provision user isaiah@contoso.com to Salesforce');

    expect(posted).toBe(1);
    expect(card.edits).toBeGreaterThanOrEqual(1);
    expect(card.text).toContain('Account created');
    expect(card.text).toContain('Isaiah Langer in Salesforce');
    for (const step of ['Find the account', 'in scope', 'Look for a match', 'Write to Salesforce'])
      expect(card.text).toContain(step);
    expect(card.summary).toContain('Isaiah Langer');
    expect(teams.sandbox.stats()).toMatchObject({ calls: 1, throttled: 0 });
  });

  it('finds Isaiah in sync the second time', async () => {
    await ask('provision isaiah to Salesforce');

    const { card } = await ask('provision isaiah to Salesforce');

    expect(card.text).toContain('Already up to date');
    expect(card.text).not.toContain('[Retry]');
  });

  it('finds Adele in sync', async () => {
    const { card } = await ask('provision adele to Salesforce');

    expect(card.text).toContain('Already up to date');
    expect(card.text).toContain('Adele Vance is already up to date in Salesforce');
  });

  it('says that Diego is not assigned to Salesforce, and what to do', async () => {
    const { card } = await ask('provision diego to Salesforce');

    expect(card.text).toContain('Not provisioned');
    expect(card.text).toContain('Diego Siciliani is not assigned to Salesforce');
    expect(card.text).toContain('Usher can assign Diego Siciliani the app role “Standard User” of Salesforce');
    expect(card.text).toContain('[Retry]');
  });

  it("names Nestor's disabled account", async () => {
    const { card } = await ask('provision nestor to Salesforce');

    expect(card.text).toContain('The account of Nestor Wilke is disabled in Entra ID');
  });

  it("explains Grady's conflicting account", async () => {
    const { card } = await ask('provision grady to Salesforce');

    expect(card.text).toContain('Failed');
    expect(card.text).toContain('An account with the same name already exists in Salesforce');
    expect(card.text).toContain('It stopped at step 4 of 4: Write to Salesforce');
    expect(JSON.stringify(card.content)).toContain('EntryConflict');
    expect(JSON.stringify(card.content)).toContain('a user or a group already exists with the same name');
  });

  it("says that Miriam's surname is missing", async () => {
    const { card } = await ask('provision miriam to Salesforce');

    expect(card.text).toContain('Skipped');
    expect(card.text).toMatch(/last name/i);
    expect(JSON.stringify(card.content)).toContain('AttributeValidationFailed');
  });

  it("explains Zscaler's quarantine and spends no on-demand call on it", async () => {
    const { card } = await ask('provision adele to Zscaler');

    expect(card.text).toContain('Zscaler is in quarantine');
    expect(card.text).toContain('[Open in Entra]');
    expect(card.text).toContain('What to do next');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('says that Payroll is not set up for provisioning', async () => {
    const { card } = await ask('provision adele to Payroll');

    expect(card.text).toMatch(/Payroll.*not set up/i);
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('asks which Lee is meant, and goes on with the chosen one, on the same card', async () => {
    const { card: picker } = await ask('provision lee to Salesforce');
    expect(picker.text).toContain('lee.gu@contoso.com');
    expect(picker.text).toContain('lee.parker@contoso.com');

    await teams.press('alex', picker, 'Choose');
    await teams.settled();

    const chosen = teams.lastCard();
    expect(chosen.id).toBe(picker.id);
    expect(chosen.text).toContain('Lee Gu in Salesforce');
    expect(chosen.text).toContain('Account created');
  });

  it('asks once although a choice is clicked twice', async () => {
    const { card: picker } = await ask('provision lee to Salesforce');

    await Promise.all([teams.press('alex', picker, 'Choose'), teams.press('alex', picker, 'Choose')]);
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(1);
    expect(teams.lastCard().id).toBe(picker.id);
  });

  it('offers "provision user adele to Salesforce" for a mistyped verb and app, and one click runs it', async () => {
    const { card: offer } = await ask('provison user adele to salesfroce');
    expect(offer.text).toContain('Did you mean');
    expect(offer.text).toContain('provision user adele to Salesforce');
    expect(teams.sandbox.stats().arrivals).toEqual([]);

    await teams.press('alex', offer, 'Yes, do it');
    await teams.settled();

    expect(teams.lastCard().id).toBe(offer.id);
    expect(teams.lastCard().text).toContain('Adele Vance in Salesforce');
  });

  it.each([
    ['isaiah', 'Account created'],
    ['adele', 'Already up to date'],
    ['nestor', 'is disabled in Entra ID'],
    ['miriam', 'last name'],
    ['grady', 'Account created'],
  ])('explains %s in ServiceNow as well, whose answers have the other shape', async (person, words) => {
    const { card } = await ask(`provision ${person} to ServiceNow`);

    expect(card.text).toContain(words);
    expect(JSON.stringify(card.content)).toContain('Find the account in Entra ID');
    expect(card.text).not.toContain('Result unknown');
  });

  it('runs a retry on the same card and finds what has changed since', async () => {
    const { card: first } = await ask('provision diego to Salesforce');

    await teams.press('alex', first, 'Retry');
    await teams.settled();

    expect(teams.lastCard().id).toBe(first.id);
    expect(teams.sandbox.stats().calls).toBe(2);
    expect(teams.lastCard().text).toContain('is not assigned to Salesforce');
  });

  it('provisions from Active Directory by distinguished name', async () => {
    const { card } = await ask('provision "CN=Adele Vance,OU=Sales,DC=contoso,DC=com" to "Contoso AD"');

    expect(card.text).toContain('Adele Vance · Contoso AD');
    expect(card.text).toContain('Write to Entra ID');
    expect(card.text).not.toContain('Result unknown');
  });
});

describe('Usher', () => {
  it('denies Johanna in plain words, calls nothing, names the contacts, and records it', async () => {
    const { card, posted } = await ask('provision adele to Salesforce', 'johanna');

    expect(posted).toBe(1);
    expect(card.text).toContain('Helpdesk');
    expect(card.text).toContain('Alex Wilber');
    expect(card.text).not.toContain('[Retry]');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
    expect(await recordsOf(teams, 'denied')).toContainEqual(
      expect.objectContaining({ actorId: '5eed0000-0000-4000-8000-00000000000c' }),
    );
  });

  it('names the groups to a caller without a role, the weakest role first, each once', async () => {
    const { card } = await ask('apps', 'johanna');

    const groups = [...card.text.matchAll(/^(.+) \((can view|can provision)\)/gm)].map(([, name]) => name);
    expect(groups[0]).toBe('On Call');
    expect(groups.at(-1)).toBe('Helpdesk');
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('names to a viewer the one role that would be enough', async () => {
    const { card } = await ask('provision adele to Salesforce', 'lynne');

    expect(card.text).toContain('You need the role operator.');
    expect(card.text).toContain('Helpdesk: ');
  });

  it('denies a viewer what needs an operator, and a forged retry as well', async () => {
    const { card: alex } = await ask('provision diego to Salesforce');

    await teams.click('lynne', alex.id, { verb: 'retry', requestId: requestIdOn(alex.text) });
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(1);
    expect(teams.lastCard().text).toContain('Helpdesk');
  });

  it("denies a caller who may only provision from Active Directory a retry of another person's Salesforce request", async () => {
    const { card: alex } = await ask('provision diego to Salesforce');
    teams.sandbox.tenant.grantDirectoryRole(people.grady.id, '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2');

    await teams.press('grady', alex, 'Retry');
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(1);
    expect(await recordsOf(teams, 'denied')).toContainEqual(expect.objectContaining({ actorId: people.grady.id }));
  });

  it('lets a Hybrid Identity Administrator provision from Active Directory, and to nothing else', async () => {
    const hybrid = { id: people.megan.id, displayName: people.megan.displayName };
    teams.sandbox.tenant.grantDirectoryRole(hybrid.id, '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2');

    const { card: fed } = await ask('provision "CN=Adele Vance,OU=Sales,DC=contoso,DC=com" to "Contoso AD"', hybrid);
    const { card: other } = await ask('provision adele to Salesforce', hybrid);

    expect(fed.text).toContain('in Entra ID');
    expect(other.text).toContain('You don’t have permission to do this');
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('shows in help only what the caller may do', async () => {
    const { card: viewer } = await ask('help', 'lynne');
    const { card: operator } = await ask('help', 'alex');
    const { card: nobody } = await ask('help', 'johanna');

    expect(operator.text).toContain('provision adele@contoso.com to Salesforce');
    expect(viewer.text).not.toMatch(/provision \S/);
    expect(viewer.text).toContain('apps');
    expect(nobody.text).not.toContain('apps sales');
    expect(nobody.text).toContain('whoami');
  });
});

function requestIdOn(text: string): string {
  return /request ([0-9A-Z]{6})/.exec(text)?.[1] ?? 'NONE00';
}

async function recordsOf({ databasePath }: TestUsher, kind: string) {
  const { openDatabase } = await import('../../src/db/database.ts');
  const { readAudit: readRecords } = await import('../support/read-audit.ts');
  const { systemClock } = await import('../../src/clock.ts');
  const database = await openDatabase({ kind: 'sqlite', path: databasePath }, systemClock);
  const entries = await readRecords(database.query, 500);
  await database.close();
  return entries.filter((entry) => entry.kind === kind);
}
