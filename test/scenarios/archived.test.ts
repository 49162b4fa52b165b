import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { archiveAll, packAll } from '../requests/archive/support.ts';
import { storeParts } from '../requests/support.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

describe.each(engines)('a request of long ago on $name', (engine) => {
  const place = useTestDatabase(engine);
  let teams: TestUsher;
  afterEach(async () => {
    await teams.close();
    await place.empty();
  }, engineStartMs);

  async function start(): Promise<void> {
    const address = place.config.kind === 'sqlite' ? `file:${place.config.path}` : place.config.url.reveal();
    teams = await startTestUsher({ environment: { PROVISION_WINDOW_MS: '100', DATABASE_URL: address } });
  }
  async function says(line: string): Promise<string> {
    await teams.say('alex', line);
    await teams.settled();
    return teams.lastCard('personal-alex').text;
  }
  /** As a month later, while Usher is not there. */
  async function aMonthGoesBy(): Promise<void> {
    await teams.close();
    const database = await place.open(systemClock);
    const later = Date.now() + 3_600_000;
    await archiveAll(storeParts(database, systemClock), later);
    await packAll(database, later);
    expect(await database.query.selectFrom('requests').selectAll().execute()).toEqual([]);
    await database.close();
    await start();
  }

  it('is in the history, is shown and retried by its id, and the button of its old card still works', async () => {
    await start();
    const made = await says('provision user grady to Salesforce');
    const id = /[Rr]equest ([0-9A-Z]{6})/.exec(made)?.[1] ?? '';
    await aMonthGoesBy();

    const failed = await says('history failed');
    const shown = await says(`show ${id}`);
    await aMonthGoesBy();
    const again = await says(`show ${id.toLowerCase()}`);
    const card = teams.lastCard('personal-alex');
    await aMonthGoesBy();
    // Its edits go to a Teams that does not have the card any more, so nothing settles.
    await teams.press('alex', card, 'Retry');

    expect([failed, shown, again].map((text) => text.includes('Grady Archie'))).toEqual([true, true, true]);
    expect(
      (await teams.records()).filter(({ kind, requestId }) => kind === 'retried' && requestId === id),
    ).toHaveLength(1);
  });
});
