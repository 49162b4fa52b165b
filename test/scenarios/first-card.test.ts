import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { DatabaseConfig } from '../../src/config.ts';
import { type Engine, engines, useTestDatabase } from '../support/databases.ts';
import { countStatements, repeated, type Statement } from '../support/statements.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

/** Those of the transaction and of the turn included, and one more for the message that the outbox owes. */
const most: Readonly<Record<Engine['name'], number>> = { SQLite: 14, PostgreSQL: 24 };

let isCounting = false;
/**
 * The pauses of background work never end, so that nothing looks around by itself. While the test counts, the shorter
 * ones are so long that no busy machine lets the work after an answer begin before it.
 */
const calmClock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms >= 1_000 ? 2 ** 31 - 1 : isCounting ? ms * 50 : ms, signal),
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
    // The entries of the line before may be sealed meanwhile.
    expect(repeated(statements.filter(({ text }) => !/"(?:seals|seal_anchors|rounds|streams)"/.test(text)))).toEqual(
      [],
    );
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
    const before = teams.connector.deliveries.length;
    const counting = countStatements();
    isCounting = true;
    const stop = () => {
      isCounting = false;
      counting.stop();
    };
    const forget = teams.connector.listen(stop);
    try {
      await teams.say('alex', line, { conversationId: chat, kind: 'personal' });
      await teams.settled();
      expect(teams.connector.deliveries[before]).toMatchObject({ kind: 'post' });
      return counting.statements;
    } finally {
      forget();
      stop();
    }
  }
});

function addressOf(config: DatabaseConfig): string {
  return config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
}
