import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';
import { type Deletion, watchedTenant } from './deletions.ts';

jest.setTimeout(120_000);

let teams: TestUsher;
let deleted: readonly Deletion[];

beforeAll(async () => {
  const ids = { id: '5eed0000-0000-4000-8000-000000007990', appId: '5eed0000-0000-4000-8000-000000008990' };
  const named = { ...apps.gitHubEnterprise, ...ids, displayName: 'Retirer' };
  const watched = watchedTenant({ further: { applications: [named] } });
  deleted = watched.deleted;
  teams = await startTestUsher({ sandboxOptions: { tenant: watched.tenant } });
});
afterAll(() => teams.close());
beforeEach(() => {
  chats += 1;
});

let chats = 0;

/** The one answer to a line of a person whose Teams has this locale, in a chat of its own. */
async function answerTo(person: 'alex' | 'megan', line: string, locale: string | undefined) {
  const place = { conversationId: `mixed-${chats}`, kind: 'personal' as const };
  await teams.send({ ...teams.message(person, line, place), locale });
  await teams.settled();
  const cards = teams.cardsFor(place.conversationId);
  expect(cards).toHaveLength(1);
  return cards[0]?.text ?? '';
}

/** What a line may have done: a call of Microsoft's, an assignment deleted, a request stored. */
async function done() {
  return { calls: teams.sandbox.stats().calls, deleted: deleted.length, records: (await teams.records()).length };
}

describe('a locale that is none of ours', () => {
  it.each([
    ['xx', 'Usher writes to you in English'],
    ['zh', '简体中文'],
    ['fr-u-ca-buddhist', 'français'],
    ['FR_fr', 'Usher writes to you in English'],
    ['x'.repeat(300), 'Usher writes to you in English'],
    [undefined, 'Usher writes to you in English'],
  ])('leads to a language: %s', async (locale, said) => {
    const text = await answerTo('alex', 'language', locale);

    expect(text).toContain(said);
  });

  it('has dates of the usual calendar', async () => {
    const text = await answerTo('alex', 'historique de Salesforce depuis le premier novembre', 'fr-u-ca-buddhist');

    expect(text).not.toContain('256');
    expect(text).toMatch(/novembre|nov\./);
  });
});

describe('a line in two languages does nothing by a guess', () => {
  it.each<['alex' | 'megan', string, string, RegExp]>([
    ['alex', 'fr-FR', 'provisionner adele to Salesforce', /approvisionner \S+ dans Salesforce/],
    ['alex', 'fr-FR', 'provision adele dans Salesforce', /approvisionner \S+ dans Salesforce/],
    ['megan', 'fr-FR', 'request access pour isaiah à ServiceNow', /ServiceNow/],
    ['megan', 'en-US', 'demander l’accès pour isaiah à ServiceNow', /request access for \S+ to ServiceNow/],
    [
      'megan',
      'en-US',
      'request access for isaiah to Salesforce starting lundi prochain',
      /Did you mean this.*on 20\d\d-\d\d-\d\d/s,
    ],
    ['alex', 'fr-FR', 'retirer isaiah de Salesforce from 1 December', /Salesforce/],
    ['alex', 'en-US', 'remover o acesso do isaiah ao Salesforce', /found nobody|remove/i],
    ['alex', 'en-US', 'retirer isaiah de Salesforce', /remove user \S+ from Salesforce|remove \S+ from Salesforce/],
    ['alex', 'fr-FR', '将 isaiah 从 Salesforce 移除', /français|retirer/],
    ['alex', 'fr-FR', '给 isaiah 开通 Salesforce', /français|approvisionner/],
    ['alex', 'fr-FR', 'retire Retirer de Annuler', /Annuler|Retirer/],
    ['alex', 'fr-FR', 'provisionner Test dans Retirer', /Retirer|Test/],
    ['alex', 'en-US', 'provision Approuver to Supprimer', /Supprimer|Approuver/],
    ['alex', 'zh-CN', 'não aprovar R7K3MQ', /R7K3MQ|中文/],
    ['alex', 'fr-FR', 'ne pas provision adele to Salesforce', /Salesforce|français/],
  ])('of %s in %s: %s', async (person, locale, line, answer) => {
    const before = await done();

    const text = await answerTo(person, line, locale);

    expect(text).toMatch(answer);
    expect(await done()).toEqual(before);
  });
});
