import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DatabaseConfig } from '../../src/config.ts';
import { generatedPeople } from '../../src/sandbox/tenant/people.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(120_000);

const lines = generatedPeople.slice(0, 12).map((person) => `provision ${person.userPrincipalName} to Salesforce`);
/** Every call may start at once. */
const wideGate = { PROVISION_LIMIT: '1000', PROVISION_WINDOW_MS: '2000', PROVISION_GUARD_MS: '0' };

describe.each(engines)('background work on $name', (engine) => {
  const place = useTestDatabase(engine, 'bare');
  let teams: TestUsher;

  beforeEach(async () => {
    teams = await startTestUsher({ environment: { DATABASE_URL: addressOf(place.config), ...wideGate } });
  }, engineStartMs);
  afterEach(() => teams.close());

  it('goes on while messages are answered without end', async () => {
    const asking = new AbortController();
    const ask = async () => {
      while (!asking.signal.aborted) await teams.say('alex', 'whoami');
    };
    const people = Promise.all([ask(), ask(), ask(), ask()]);

    for (const line of lines) await teams.say('alex', line, { conversationId: line, kind: 'personal' });
    await eventually(() => calls() === lines.length && shown() === lines.length, 90_000, 20).finally(() =>
      asking.abort(),
    );
    await people;

    expect([calls(), shown()]).toEqual([lines.length, lines.length]);
  });

  const calls = () => teams.sandbox.stats().calls;
  /** The cards that show their outcome; each is in a chat of its own. */
  const shown = () =>
    lines.filter((line) => teams.cardsFor(line).some(({ summary }) => !/waiting|provisioning|calling/i.test(summary)))
      .length;
});

function addressOf(config: DatabaseConfig): string {
  return config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
}
