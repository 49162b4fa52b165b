import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { SandboxStats } from '../../src/sandbox/graph/server.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { type PostgresServer, startPostgres } from '../support/postgres/server.ts';
import { shownCards } from '../support/usher.ts';
import { createAsking } from './support/asking.ts';
import { createFleet, type Fleet } from './support/fleet.ts';
import { kill, startProcess } from './support/processes.ts';
import { seededRandom } from './support/random.ts';
import { scale } from './support/scale.ts';
import { openStoreView, type StoreView } from './support/store.ts';
import { createStorm } from './support/storm.ts';
import {
  type Complaints,
  findCrowds,
  findMiscounted,
  findUnexplainedCards,
  findUnfinished,
  findUntrueCards,
} from './support/truth.ts';

jest.setTimeout(600_000);

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
const tenMinutes = 600_000;

let postgres: PostgresServer;
let connector: Connector;
let store: StoreView;
let folder: string;
let isWell = false;
let fleet: Fleet | null = null;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  isWell = false;
  folder = mkdtempSync(join(tmpdir(), 'usher-faults-'));
  [postgres, connector] = await Promise.all([startPostgres(), startConnector()]);
  store = await openStoreView(postgres.url('postgres'));
});
afterEach(async () => {
  fleet?.end();
  await Promise.all([...children].map(kill));
  await store.database.close();
  await Promise.all([connector.close(), postgres.stop()]);
  if (isWell) rmSync(folder, { recursive: true, force: true });
  else process.stderr.write(`The round with SEED=${seed} failed; its replicas' logs are in ${folder}\n`);
});

describe('three replicas on one PostgreSQL, while everything around them breaks', () => {
  it('lose nothing, do nothing twice, keep the limit, and show the truth in the end', async () => {
    const random = seededRandom(seed);
    const elapsed = stopwatch();
    const sandbox = await startProcess(
      { file: 'test/faults/support/sandbox-entry.ts', environment: environmentOfSandbox(), ready: /(http\S+)\n/ },
      children,
    );
    const databaseUrl = postgres.url('postgres');
    fleet = createFleet({ graphUrl: sandbox.told, databaseUrl, folder, random, children });
    // The first replica leaves its compiled modules to the others.
    await fleet.add(0);
    await Promise.all([fleet.add(tenMinutes), fleet.add(-tenMinutes)]);
    const asking = createAsking({ fleet, store, connector });
    await asking.say('personal-alex', 'alex', 'whoami', /Alex Wilber/);
    elapsed('started');
    const storm = createStorm({ fleet, postgres, store, connector, random });

    const asked = askForEverybody(asking);
    const all = Promise.all(asked);
    // Both of the following tests check them.
    all.catch(() => undefined);
    await storm.rage(
      scale.stormMs,
      async () => (await isAllDone(all)) && (await complaints(findUnfinished)).length === 0,
    );
    elapsed('storm');
    const ids = await all;
    elapsed('asked');
    await calm(async () => {
      await withdrawTheRest(asking, new Set(ids));
      return complaints(findUnfinished);
    });
    elapsed('finished');
    await calm(() =>
      complaints((database) => findUntrueCards(database, systemClock, shownCards(connector.deliveries))),
    );

    const { arrivals } = await stats(sandbox.told);
    const facts = await countFacts();
    const strays = await findUnexplainedCards(store.database, shownCards(connector.deliveries));
    process.stderr.write(
      `SEED=${seed}: ${facts.tasks} tasks in ${facts.requests} requests, ${arrivals.length} calls, ${fleet.killed} killed, ${asking.refusals.length} told to try again, ${connector.deliveries.filter(({ isOpen }) => isOpen).length} answers that left it open, ${connector.lost.length} messages lost; ${elapsed('true')}\n`,
    );
    expect(strays.map(({ conversationId, text }) => `${conversationId}: ${text}`)).toEqual([]);
    expect(new Set(ids).size).toBe(asked.length);
    expect(facts).toMatchObject({ people: scale.people, accessRequests: scale.accessRequests });
    // A line whose answer said to try again may be read once more where its process died right after.
    const requests = scale.listed / scale.listLength + scale.singles + scale.accessRequests;
    expect(facts.requests).toBeGreaterThanOrEqual(requests);
    expect(facts.requests).toBeLessThanOrEqual(requests + asking.refusals.length);
    expect(findCrowds(arrivals)).toEqual([]);
    expect(arrivals.length).toBeLessThanOrEqual(facts.sent);
    expect(await complaints(findMiscounted)).toEqual([]);
    for (const index of people(scale.accessRequests)) expect(toldIn(`access-${padded(index)}`)).toBe('told');
    isWell = true;
  });
});

/** Prints how long each part took, in seconds. */
function stopwatch(): (part: string) => string {
  const parts: string[] = [];
  let last = performance.now();
  return (part) => {
    const now = performance.now();
    parts.push(`${part} ${((now - last) / 1_000).toFixed(1)}`);
    last = now;
    return parts.join(', ');
  };
}

const padded = (index: number) => String(index).padStart(3, '0');
const people = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Lists, single people and access requests, each in a conversation of its own, all at once. */
function askForEverybody(asking: ReturnType<typeof createAsking>): Promise<string>[] {
  const names = seasonalPeople(scale.people).map((person) => person.userPrincipalName);
  const listed = people(scale.listed / scale.listLength).map(() => names.splice(0, scale.listLength));
  const singles = names.splice(0, scale.singles);
  return [
    ...listed.map((list, index) => asking.provision(`list-${padded(index)}`, list)),
    ...singles.map((name, index) => asking.provision(`single-${padded(index)}`, [name])),
    ...names.map((name, index) => asking.requestAccess(`access-${padded(index)}`, name)),
  ];
}

function environmentOfSandbox(): Readonly<Record<string, string>> {
  return { SEED: String(seed), FAULTS: process.env.FAULTS ?? '' };
}

/** Lists and access requests that were asked for once more, since the answer to the first line said to try again. */
async function withdrawTheRest(asking: ReturnType<typeof createAsking>, ids: ReadonlySet<string>): Promise<void> {
  const [lists, access] = await store.read(async ({ query }) => [
    await query.selectFrom('tasks').select('request_id as id').distinct().where('state', '=', 'held').execute(),
    await query.selectFrom('access_requests').select('id').where('state', '=', 'pending').execute(),
  ]);
  const rest = [
    ...(lists ?? []).map(({ id }) => [id, 'alex'] as const),
    ...(access ?? []).map(({ id }) => [id, 'megan'] as const),
  ];
  for (const [id, who] of rest.filter(([id]) => !ids.has(id) && !withdrawn.has(id))) {
    withdrawn.add(id);
    await asking.withdraw(id, who);
  }
}

const withdrawn = new Set<string>();

const complaints = (find: (database: StoreView['database']) => Promise<Complaints>) => store.read(find);

async function isAllDone(all: Promise<unknown>): Promise<boolean> {
  return Promise.race([all.then(() => true), sleep(0).then(() => false)]);
}

/** Waits until the checks complain of nothing any more. */
async function calm(find: () => Promise<Complaints>): Promise<void> {
  const deadline = Date.now() + scale.calmMs;
  for (let found = await find(); found.length > 0; found = await find()) {
    if (Date.now() > deadline) throw new Error(`SEED=${seed}: ${found.join('\n')}`);
    await sleep(500);
  }
}

async function stats(graphUrl: string): Promise<SandboxStats> {
  const answer = await fetch(new URL('/_sandbox/stats', graphUrl));
  return (await answer.json()) as SandboxStats;
}

async function countFacts() {
  const { query } = store.database;
  const done = query.selectFrom('tasks').select(['request_id', 'subject_id']).where('state', '!=', 'cancelled');
  const tasks = await done.execute();
  const accessRequests = query.selectFrom('access_requests').select('id').where('state', '!=', 'cancelled');
  const sent = await query.selectFrom('audit_log').select('id').where('kind', '=', 'sent').execute();
  return {
    tasks: tasks.length,
    people: new Set(tasks.map(({ subject_id }) => subject_id)).size,
    requests: new Set(tasks.map(({ request_id }) => request_id)).size,
    accessRequests: (await accessRequests.execute()).length,
    sent: sent.length,
  };
}

/**
 * How the requester heard of the end of an access request. One of the dead replicas may have posted it and not noted
 * that it had.
 */
function toldIn(conversationId: string): string {
  const texts = connector.deliveries.filter(
    ({ conversationId: where, kind, activity }) =>
      where === conversationId && kind === 'post' && activity.attachments === undefined,
  );
  return texts.length === 0 ? 'not told' : 'told';
}
