import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { quickClock } from '../requests/scene.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts';
import { noteStatements } from '../support/statements.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

const windowMs = 10_000;
/** A timer may be early by a millisecond, which is twenty here. */
const earlyMs = 100;
/** Whether the outbox sender and the recovery count too. Until they have one table, what they ask is left out. */
const isAllCounted = false;
const mostStatements = isAllCounted ? 10 : 6;
const ofTeams =
  /from "?(?:access_cards|notices|announcements)"? where due_at|update "turns"|from "access_cards"|from "requests" where|delete from "(?:card_edits|card_owners|attempts)"/;

describe.each(engines)('an idle Usher on $name', (engine) => {
  const place = useTestDatabase(engine);
  let sandbox: SandboxGraph;
  let proxy: RecordingProxy;
  let teams: TestUsher;

  beforeEach(async () => {
    sandbox = await startSandboxGraph({ host: '127.0.0.1', port: 0, latencyMs: 0, limit: 5, windowMs });
    proxy = await startRecordingProxy(sandbox.url, { guard: false });
  }, engineStartMs);
  afterEach(async () => {
    jest.restoreAllMocks();
    await teams.close();
    await proxy.close();
    await sandbox.close();
  });

  async function start(clock: Clock): Promise<void> {
    const { config } = place;
    teams = await startTestUsher({
      environment: { DATABASE_URL: config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal() },
      graphUrl: proxy.url,
      usherOptions: { clock },
    });
    await teams.settled();
  }

  it('asks the database little in any ten seconds', async () => {
    const clock = quickClock(20);
    await start(clock);
    // By then it has read all jobs, as it does every half hour.
    await clock.sleep(60_000);
    const units = noteStatements(clock);

    await clock.sleep(90_000);

    const counted = units.filter(
      ({ statements }) => isAllCounted || !statements.some(({ text }) => ofTeams.test(text)),
    );
    const found = counted.flatMap(({ statements }) => statements);
    const mostInWindow = Math.max(
      ...found.map(({ at: from }) => found.filter(({ at }) => at >= from && at < from + windowMs - earlyMs).length),
    );
    // Each loop has looked.
    expect(found.map(({ text }) => text)).toEqual(
      expect.arrayContaining(
        ['"tasks"', '"access_requests"', '"rounds"'].map((table) => expect.stringContaining(table)),
      ),
    );
    expect(mostInWindow).toBeLessThanOrEqual(mostStatements);
  }, 30_000);

  it('asks Graph once for many looks at its readiness within a few seconds', async () => {
    await start(systemClock);
    const before = proxy.calls.length;
    const statuses: number[] = [];

    for (let asked = 0; asked < 50; asked += 1) statuses.push((await fetch(new URL('/readyz', teams.endpoint))).status);

    expect(statuses).toEqual(Array(50).fill(200));
    expect(proxy.calls.slice(before).map(({ path }) => path)).toEqual(['/servicePrincipals']);
  });
});
