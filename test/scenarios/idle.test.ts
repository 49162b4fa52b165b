import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { quickClock } from '../requests/scene.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts';
import { countStatements } from '../support/statements.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

const windowMs = 10_000;
const mostStatements = 10;
/** Many windows, as a busy machine moves a look from one into the next. */
const watchedMs = 9 * windowMs;

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

  it('asks the database at most ten statements in ten seconds', async () => {
    const clock = quickClock(20);
    await start(clock);
    // It reads all jobs first, as it does every half hour.
    for (let seen = -1; seen !== proxy.calls.length; await clock.sleep(60_000)) seen = proxy.calls.length;
    const { statements: found, stop } = countStatements(clock);

    await clock.sleep(watchedMs);
    stop();

    // Each loop has looked.
    expect(found.map(({ text }) => text)).toEqual(
      expect.arrayContaining(
        ['"tasks"', '"access_requests"', '"rounds"', 'messages', '"turns"'].map((table) =>
          expect.stringContaining(table),
        ),
      ),
    );
    expect(found.length).toBeLessThanOrEqual((mostStatements * watchedMs) / windowMs);
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
