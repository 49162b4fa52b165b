import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { engineStartMs } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

/** The guard outlasts what a busy machine does to a call; a smaller one would send it back forever. */
const gate = { PROVISION_WINDOW_MS: '300', PROVISION_GUARD_MS: '1200' };

/** A PostgreSQL of its own, as it is ended and started in the middle. */
describe('while PostgreSQL is away', () => {
  let server: PostgresServer;
  let teams: TestUsher;
  let isThere: boolean;

  beforeAll(async () => {
    server = await startPostgres();
    isThere = true;
  }, engineStartMs);
  afterAll(() => server.stop());
  beforeEach(async () => {
    if (!isThere) await resume();
    teams = await startTestUsher({ environment: { DATABASE_URL: server.url('postgres'), ...gate } });
  });
  afterEach(() => teams.close());

  async function halt(): Promise<void> {
    await server.halt();
    isThere = false;
  }

  async function resume(): Promise<void> {
    await server.resume();
    isThere = true;
  }

  async function ready(): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(teams.endpoint.replace('/api/messages', '/readyz'));
    return { status: response.status, body: await response.json() };
  }

  const texts = () => teams.cardsFor().map(({ text }) => text);

  it('Usher is not ready, answers that nothing was done, and goes on by itself when it is back', async () => {
    await halt();

    const away = await ready();
    const status = await teams.say('alex', 'provision isaiah to Salesforce');
    const [card] = teams.cardsFor();
    await resume();
    await eventually(async () => (await ready()).status === 200);
    await teams.say('alex', 'provision isaiah to Salesforce');
    await eventually(() => texts().some((text) => text.includes('Account created')));

    expect(away).toMatchObject({ status: 503, body: { database: 'failed' } });
    expect(status).toBe(200);
    expect(card?.text).toContain('Usher cannot reach or write to its database, so nothing was done.');
    expect(card?.text).toContain('Try again in a minute.');
    expect(teams.cardsFor()).toHaveLength(2);
    expect(teams.sandbox.stats().arrivals).toHaveLength(1);
  });

  it('a click gets the same answer, and does nothing', async () => {
    await teams.say('alex', 'provison isaiah to Salesforce');
    await teams.settled();
    const card = teams.cardsFor().find(({ buttons }) => buttons.length > 0);
    if (card === undefined) throw new Error('there is nothing to click');
    await halt();

    const heard = await teams.execute('alex', card, card.buttons[0]?.title ?? '');

    expect(heard.status).toBe(200);
    expect(heard.text).toContain('Usher cannot reach or write to its database, so nothing was done.');
    expect(teams.sandbox.stats().arrivals).toEqual([]);
  });

  it('a list goes on where it was, each call once, and its card shows the end', async () => {
    const people = ['isaiah', 'adele', 'megan', 'lynne', 'patti', 'alex', 'nestor', 'johanna', 'miriam', 'lee.gu'];
    await teams.say('alex', `provision ${people.map((name) => `${name}@contoso.com`).join(', ')} to Salesforce`);
    await eventually(() => teams.sandbox.stats().arrivals.length >= 3);

    await halt();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await resume();
    await eventually(async () => (await ready()).status === 200);
    await teams.settled();

    const { calls, throttled } = teams.sandbox.stats();
    expect([calls, throttled]).toEqual([people.length, 0]);
    expect(teams.lastCard().text).not.toMatch(/waiting|running/i);
    expect(teams.lastCard().summary).toContain('10');
  });
});
