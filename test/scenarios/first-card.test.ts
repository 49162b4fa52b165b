import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { DatabaseConfig } from '../../src/config.ts';
import { type Engine, engines, useTestDatabase } from '../support/databases.ts';
import { countStatements, repeated, type Statement } from '../support/statements.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

/** Those of the transaction and of the turn included, and one more for the message that the outbox owes. */
const most: Readonly<Record<Engine['name'], number>> = { SQLite: 14, PostgreSQL: 24 };

let counting: PromiseWithResolvers<void> | null = null;
/**
 * The pauses of background work never end, so that nothing looks around by itself. While the test counts, no shorter
 * one runs out on a busy machine, and what Usher puts off until after its answers, by a sleep that nothing can abort,
 * waits for the end of the count, even where it was put off before.
 */
const calmClock = {
  ...systemClock,
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slowness = counting === null || signal === undefined ? 1 : 50;
    await systemClock.sleep(ms >= 1_000 ? 2 ** 31 - 1 : ms * slowness, signal);
    if (signal === undefined) await counting?.promise;
  },
};

describe.each(engines)('the first card of a request on $name', (engine) => {
  const place = useTestDatabase(engine, 'bare');
  let teams: TestUsher;

  beforeEach(async () => {
    teams = await startTestUsher({
      environment: { DATABASE_URL: addressOf(place.config) },
      usherOptions: { clock: calmClock },
    });
    await teams.say('alex', 'provision adele@contoso.com to Salesforce');
    await teams.settled();
  });
  afterEach(() => teams.close());

  it('takes few database statements, and none of them twice', async () => {
    const statements = await statementsUntilCard('provision isaiah@contoso.com to Salesforce');

    expect(statements.length).toBeGreaterThan(4);
    expect(repeated(statements)).toEqual([]);
    expect(statements.map(({ text }) => text).slice(most[engine.name])).toEqual([]);
  });

  it('writes again where a person can be written to only when that has changed', async () => {
    const known = await statementsUntilCard('provision isaiah@contoso.com to Salesforce');
    const moved = await statementsUntilCard('provision diego@contoso.com to Salesforce', 'another chat');

    const isWritten = (all: readonly Statement[]) => all.some(({ text }) => text.includes('"known_people"'));
    expect([known, moved].map(isWritten)).toEqual([false, true]);
  });

  /** From the arrival of the line until Teams has the first card that it causes. */
  async function statementsUntilCard(line: string, chat = 'personal-alex'): Promise<readonly Statement[]> {
    counting = Promise.withResolvers();
    // Nothing wakes the sealer from here on, and its look at what the line before left behind ends.
    await teams.settled();
    const before = teams.connector.deliveries.length;
    const { statements, stop: stopNoting } = countStatements();
    const stop = () => {
      stopNoting();
      counting?.resolve();
      counting = null;
    };
    const forget = teams.connector.listen(stop);
    try {
      await teams.say('alex', line, { conversationId: chat, kind: 'personal' });
      await teams.settled();
      expect(teams.connector.deliveries[before]).toMatchObject({ kind: 'post' });
      return statements;
    } finally {
      forget();
      stop();
    }
  }
});

function addressOf(config: DatabaseConfig): string {
  return config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
}
