import { expect, it, jest } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher } from '../support/usher.ts';

jest.setTimeout(30_000);

it('an export is recorded when Usher returns it, under the name of the person who accepted it', async () => {
  const teams = await startTestUsher();
  await teams.say('alex', 'export history');
  await teams.settled();
  const exported = async () => (await teams.records()).filter(({ kind }) => kind === 'exported');
  const offered = await exported();

  await teams.consent('alex', teams.lastCard('personal-alex'), 'accept');
  await teams.settled();
  const taken = await exported();
  await teams.close();

  expect(offered).toEqual([]);
  expect(taken).toMatchObject([{ actorId: people.alex.id }]);
});

it('the headings of an export are in the language of the person who asked, while its offer and its file have one size', async () => {
  const teams = await startTestUsher();
  const line = { ...teams.message('alex', 'exporter l’historique'), locale: 'fr-FR' };
  await teams.send(line);
  await teams.settled();

  await teams.send({ ...teams.message('alex', 'language french') });
  await teams.settled();
  await teams.say('alex', 'exporter l’historique');
  await teams.settled();
  await teams.consent('alex', teams.lastCard('personal-alex'), 'accept');
  await teams.settled();
  const stored = teams.storage.puts.map(({ body }) => body.toString()).join('');
  await teams.close();

  expect(stored).toContain('date et heure (UTC),type,ID de l’auteur,auteur,demande');
});
