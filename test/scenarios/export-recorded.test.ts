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
