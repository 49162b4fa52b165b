import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { exchangeActivity, messageActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { people, seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { readSealed, type SealedEntry } from '../../src/streams/sealed-entries.ts';
import { kill, startProcess } from '../faults/support/processes.ts';
import { authorityFile, type EventReceiver, type Received, secretOf, startEventReceiver } from '../streams/support.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { gateEnvironment } from '../support/usher.ts';

// Each kill is followed by the start of a process, which takes seconds on a busy machine.
jest.setTimeout(400_000);

const kills = 4;
const longMs = 120_000;
const lookEveryMs = 50;
const gate = { limit: 1_000, windowMs: 100, guardMs: 20 };
const compiled = mkdtempSync(join(tmpdir(), 'usher-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** An event of OCSF with what an entry becomes in it. */
interface Line {
  readonly metadata: {
    readonly uid: string;
    readonly sequence: number;
    readonly event_code: string;
    readonly correlation_uid?: string;
  };
  readonly time: number;
  readonly actor: { readonly user?: { readonly uid: string } };
  readonly unmapped: { readonly details: SealedEntry['details'] };
}

const toEntry = ({ metadata, time, actor, unmapped }: Line): SealedEntry => ({
  id: Number(metadata.uid),
  seq: metadata.sequence,
  at: time,
  actorId: actor.user?.uid ?? '',
  kind: metadata.event_code,
  requestId: metadata.correlation_uid ?? null,
  details: unmapped.details,
});

/** The first of each id, in the order in which they came. */
const oncePerId = (entries: readonly SealedEntry[]) => [
  ...new Map(entries.toReversed().map((one) => [one.id, one])).values(),
];
const inTheirOrder = (entries: readonly SealedEntry[]) => {
  const seen = new Set<number>();
  return entries.filter(({ id }) => !seen.has(id) && seen.add(id));
};

describe.each(engines)('the streams of an Usher on $name that is killed again and again', (engine) => {
  const place = useTestDatabase(engine, 'bare');
  const children = new Set<ChildProcess>();
  let connector: Connector;
  let sandbox: SandboxGraph;
  let server: EventReceiver;
  let database: Database;
  let folder: string;
  let endpoints: Map<ChildProcess, string>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-streams-'));
    connector = await startConnector();
    server = await startEventReceiver();
    const tenant = createTenant({ seasonal: 500 });
    sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, limit: gate.limit, windowMs: gate.windowMs, tenant });
    endpoints = new Map();
  });
  afterEach(async () => {
    await Promise.all([...children].map(kill));
    await Promise.all([connector.close(), sandbox.close(), server.close(), database?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const path = () => join(folder, 'audit.jsonl');

  async function start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const { child, told } = await startProcess(
      {
        file: 'test/support/usher-process.ts',
        environment: {
          ...sandboxEnvironment(sandbox.url),
          ...gateEnvironment(gate),
          PORT: '0',
          COMMANDS_PER_MINUTE: '100000',
          LOG_LEVEL: 'info',
          DATABASE_URL: place.config.kind === 'postgres' ? place.config.url.reveal() : `file:${place.config.path}`,
          NODE_COMPILE_CACHE: compiled,
          NODE_EXTRA_CA_CERTS: authorityFile,
          LEASE_MS: '2000',
          AUDIT_STREAM: `file:${path()}`,
          EVENTS_URL: server.url,
          EVENTS_SECRET: secretOf('a'),
          EVENTS_ALLOW_PRIVATE: 'true',
          ...more,
        },
        ready: /"port":(\d+).*Usher is ready/,
      },
      children,
    );
    endpoints.set(child, `http://127.0.0.1:${told}/api/messages`);
  }

  /** Asks any process that lives, again until one has taken it, as Teams does. */
  async function ask(text: string, conversationId: string): Promise<void> {
    const { id, displayName: name } = people.alex;
    const activity = messageActivity({ id, name }, { serviceUrl: connector.serviceUrl, conversationId }, text);
    const isTaken = async () => {
      const [endpoint = ''] = [...endpoints].filter(([child]) => children.has(child)).map(([, address]) => address);
      const answer = endpoint === '' ? null : await exchangeActivity(endpoint, activity).catch(() => null);
      return answer !== null && answer.status < 300;
    };
    await eventually(isTaken, longMs, lookEveryMs);
  }

  /** Kills the process that has sent an event, before it can know that the event arrived. */
  async function killAtNextEvent(): Promise<void> {
    const before = server.received.length;
    const [lost, last] = [before + 1, before + 3 + Math.floor(Math.random() * 5)];
    server.answerBy(() => {
      const count = server.received.length;
      // One answer is lost on the way; the next one would be waited for too long.
      return count === lost ? 'reset' : count < last ? { status: 204 } : 'nothing';
    });
    await eventually(() => server.received.length >= last, longMs, 1);
    await Promise.all([...children].map(kill));
    server.answerBy(() => ({ status: 204 }));
  }

  const linesInFile = (): readonly Line[] =>
    existsSync(path())
      ? readFileSync(path(), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Line)
      : [];
  const dataOf = ({ event }: Received) => event.data as Line;

  it('bring every entry of the record at least once, in order, to the file and to the receiver', async () => {
    const crowd = seasonalPeople(200).map(({ userPrincipalName }) => userPrincipalName);
    const processes = engine.name === 'PostgreSQL' ? 2 : 1;
    const storm = (async () => {
      for (let killed = 0; killed < kills; killed += 1) {
        await Promise.all(Array.from({ length: processes }, () => start()));
        await killAtNextEvent();
      }
      await Promise.all(Array.from({ length: processes }, () => start()));
    })();
    let isOver = false;
    const asking = (async () => {
      for (const [at, name] of crowd.entries()) {
        if (isOver) return;
        await ask(`provision ${name} to Salesforce`, `storm-${at}`);
      }
    })();

    await storm;
    isOver = true;
    await asking;
    database = await place.open(systemClock);
    const { query } = database;
    const count = async (table: 'audit_log' | 'seals') =>
      (
        await query
          .selectFrom(table)
          .select((select) => select.fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
      ).count;
    const isWhole = async () =>
      (await query.selectFrom('tasks').select('id').where('state', '!=', 'done').limit(1).execute()).length === 0 &&
      (await count('audit_log')) === (await count('seals')) &&
      (await query.selectFrom('streams').select('position').execute()).every(({ position }) => position >= sealed);
    let sealed = 0;
    await eventually(
      async () => {
        sealed = await count('seals');
        return isWhole();
      },
      longMs,
      200,
    );

    const entries = await readSealed(query, 0, 10_000);
    const [fromFile, received] = [linesInFile().map(toEntry), server.received.map(dataOf).map(toEntry)];
    expect(entries.length).toBeGreaterThan(kills * 3);
    expect(inTheirOrder(fromFile)).toEqual(entries);
    expect(inTheirOrder(received)).toEqual(entries);
    expect(oncePerId(received)).toHaveLength(entries.length);
    // What was under way at a kill came again.
    expect(received.length).toBeGreaterThan(entries.length);
    const webhook = new Webhook(secretOf('a'));
    for (const { body, headers } of server.received) webhook.verify(body, headers);
  });
});
