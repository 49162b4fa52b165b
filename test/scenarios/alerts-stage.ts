import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { createLeapingClock } from '../../src/sandbox/leaping-clock.ts';
import { startConnector } from '../../src/sandbox/teams/connector.ts';
import { readExposition, type Sample } from '../support/exposition.ts';
import { fires, type Rule, type Scrape } from '../support/promql.ts';
import { type RecordingOptions, startRecordingProxy } from '../support/recording-proxy.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** An Usher whose `/metrics` is scraped once a minute, by a clock that leaps there. */
export interface Stage {
  readonly teams: TestUsher;
  readonly sandbox: SandboxGraph;
  /** Graph's answers from now on. */
  graph(instead: NonNullable<RecordingOptions['instead']>): void;
  /** The next scrapes, each after the work of its minute. */
  minutes(count: number, each?: (minute: number) => Promise<unknown>): Promise<void>;
  /** Whether the rule fires after the last scrape. */
  fires(rule: Rule): boolean;
  /** Changes the database behind Usher's back. */
  write(sql: string): void;
  stop(): Promise<void>;
  /** The same database once more, with these settings. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

const minuteMs = 60_000;

export async function startStage(environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-alerts-'));
  const databasePath = join(folder, 'usher.db');
  const clock = createLeapingClock();
  const sandbox = await startSandboxGraph({
    ...{ host: '127.0.0.1', port: 0, latencyMs: 0, clock },
    limit: Number(environment.PROVISION_LIMIT ?? 5),
    windowMs: Number(environment.PROVISION_WINDOW_MS ?? 10_000),
  });
  let instead: NonNullable<RecordingOptions['instead']> = () => null;
  const proxy = await startRecordingProxy(sandbox.url, { guard: false, instead: (path) => instead(path) });
  const scrapes: Scrape[] = [];
  const connector = await startConnector();
  let teams: TestUsher | null = null;

  async function start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    teams = await startTestUsher({
      environment: { ...environment, ...more },
      graphUrl: proxy.url,
      databasePath,
      usherOptions: { clock },
      connector,
    });
  }

  async function scrape(): Promise<readonly Sample[]> {
    const labels = { job: 'usher', instance: 'usher.contoso.com:3978' };
    const response = await fetch(new URL('/metrics', teams?.endpoint)).catch(() => null);
    const up = { name: 'up', labels, value: response?.status === 200 ? 1 : 0 };
    if (response === null) return [up];
    const samples = readExposition(await response.text()).flatMap((family) => family.samples);
    return [up, ...samples.map((sample) => ({ ...sample, labels: { ...sample.labels, ...labels } }))];
  }

  await start();
  return {
    get teams() {
      if (teams === null) throw new Error('no Usher was started');
      return teams;
    },
    sandbox,
    graph(next) {
      instead = next;
    },
    async minutes(count, each = async () => undefined) {
      for (let minute = 0; minute < count; minute += 1) {
        await each(minute);
        clock.leap(minuteMs);
        // Woken sleepers have their turn before the scrape.
        await new Promise((resolve) => setTimeout(resolve, 5));
        scrapes.push({ at: clock.monotonic(), samples: await scrape() });
      }
    },
    fires: (rule) => fires(rule, scrapes),
    write(sql) {
      const database = new DatabaseSync(databasePath);
      database.exec(sql);
      database.close();
    },
    async stop() {
      await teams?.close();
      // An error of Node's own has another `Error` here than the code under test, which therefore does not recognize a
      // missing file.
      rmSync(`${databasePath}.lock`, { force: true });
    },
    start,
    async close() {
      await teams?.close();
      await connector.close();
      await proxy.close();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
