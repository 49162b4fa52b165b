import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher();
});
afterEach(() => teams.close());

/** The answer to a line of a person whose Teams is in French. */
async function say(line: string, person: 'alex' | 'megan' = 'alex', locale = 'fr-FR') {
  await teams.send({ ...teams.message(person, line), locale });
  await teams.settled();
  return teams.lastCard(`personal-${person}`);
}

const calls = () => teams.sandbox.stats().calls;

describe('what a French-speaking person types', () => {
  it('provisions', async () => {
    const card = await say('peux-tu approvisionner isaiah dans Salesforce, stp ?');

    expect(card.text).toContain('Isaiah Langer');
    expect(calls()).toBe(1);
  });

  it('asks for access, with its days and its reason, and an approver decides', async () => {
    await say('demander l’accès à Salesforce pour isaiah jusqu’au 31 mars car il rejoint les Ventes', 'megan');
    const asked = await say('demandes en attente');

    expect(asked.text).toContain('Isaiah Langer');
    expect(calls()).toBe(0);
  });

  it('is checked', async () => {
    const card = await say('vérifier adele dans Salesforce');

    expect(card.text).toContain('Adele Vance');
    expect(calls()).toBe(0);
  });

  it('is offered where it is loose, in the words of the reader', async () => {
    const card = await say('créer un compte Salesforce pour isaiah');

    expect(card.text).toMatch(/approvisionner \S+ dans Salesforce/);
    expect(calls()).toBe(0);
  });

  it('does nothing with a negation, a condition or a report', async () => {
    for (const line of [
      'ne pas approvisionner isaiah dans Salesforce',
      'approvisionner isaiah dans Salesforce si Megan est d’accord',
      'isaiah a été approvisionné dans Salesforce',
      'approvisionner isaiah, pas adele, dans Salesforce',
    ])
      await say(line);

    expect(calls()).toBe(0);
  });

  it('may be English as well', async () => {
    await say('provision isaiah to Salesforce');

    expect(calls()).toBe(1);
  });

  it('is only offered to a reader of English', async () => {
    const card = await say('approvisionner isaiah dans Salesforce', 'alex', 'en-US');

    expect(card.text).toMatch(/provision user \S+ to Salesforce/);
    expect(calls()).toBe(0);
  });

  it('shows the help with lines that it reads', async () => {
    const card = await say('aide tout');

    expect(card.text).toContain('approvisionner adele@contoso.com dans Salesforce');
    expect(card.text).not.toContain('provision adele@contoso.com to');
  });
});
