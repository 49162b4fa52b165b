import { type Clock, systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { createGraphClient } from '../../src/graph/client.ts';
import { createSynchronization } from '../../src/graph/synchronization.ts';
import { createLog } from '../../src/log.ts';
import type { GateLimits } from '../../src/rate-gate/gate.ts';
import type { ProvisioningService } from '../../src/requests/attempt.ts';
import { type Dispatcher, type DispatcherParts, startDispatcher } from '../../src/requests/dispatcher.ts';
import { provisioningService } from '../../src/requests/provisioning-service.ts';
import { hasWork } from '../../src/requests/queue.ts';
import type { Request, Task } from '../../src/requests/request.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { type SandboxGraph, type SandboxGraphOptions, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { type Application, apps } from '../../src/sandbox/tenant/applications.ts';
import { generatedPeople } from '../../src/sandbox/tenant/people.ts';
import type { TestClock } from '../support/clock.ts';
import type { TestDatabase } from '../support/databases.ts';
import type { Relay } from '../support/relay.ts';
import { ask, storeParts, type Wish } from './support.ts';

/** A dispatcher, or more, between a database and the sandbox Graph, without authentication and cards. */
export interface Scene {
  readonly store: StoreParts;
  readonly sandbox: SandboxGraph;
  /** The sandbox as Graph, to be wrapped where a test needs another. */
  readonly graph: ProvisioningService;
  /** The codes of what was logged as a warning or an error. */
  readonly logged: readonly string[];
  /** Stores a request for these people, the generated ones if the argument is a number. */
  ask(people: number | readonly string[], app?: Application, more?: Wish): Promise<Request>;
  start(more?: Partial<DispatcherParts>): Dispatcher;
  /** Resolves when no task waits or runs, as the dispatchers of this scene announce. */
  settled(): Promise<void>;
  tasksOf(request: Request): Promise<readonly Task[]>;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly place: TestDatabase;
  readonly clock?: Clock;
  readonly limits: GateLimits;
  readonly sandbox?: Partial<SandboxGraphOptions>;
  /** Real milliseconds, whatever the clock. */
  readonly onDemandTimeoutMs?: number;
  /** Stands between the dispatchers and the sandbox. */
  readonly relay?: Relay;
  /** Usher's own token for Graph; without it none is wanted. */
  readonly token?: () => Promise<string | null>;
  /** Comes between the store and its database. */
  readonly wrap?: (database: Database) => Database;
}

export async function openScene(options: SceneOptions): Promise<Scene> {
  const { place, clock = systemClock, limits, wrap = (database) => database } = options;
  await place.empty();
  const opened = await place.open(clock);
  const store = storeParts(wrap(clock === systemClock ? opened : onClock(opened, clock)), clock, limits);
  const { limit, windowMs } = limits;
  const sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, limit, windowMs, clock, ...options.sandbox });
  const logged: string[] = [];
  const log = createLog('warn', {
    write: (line) => void logged.push(String((JSON.parse(line) as { code?: unknown }).code ?? line)),
  });
  const { relay, token = async () => null } = options;
  const client = createGraphClient({ baseUrl: relay?.through(sandbox.url) ?? sandbox.url, token, clock, log });
  const { onDemandTimeoutMs } = options;
  const synchronization = createSynchronization({
    graph: client,
    clock,
    ...(onDemandTimeoutMs === undefined ? {} : { onDemandTimeoutMs }),
  });
  const graph = provisioningService(synchronization);
  // A running bot has done this long ago: the first call of all takes longer than the others.
  await graph.freshRule(apps.salesforce.id, apps.salesforce.job?.id ?? '', 'User');

  const dispatchers: Dispatcher[] = [];
  const waiting = new Set<() => void>();
  const look = async (): Promise<void> => {
    if (waiting.size === 0 || (await hasWork(store))) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  return {
    store,
    sandbox,
    graph,
    logged,
    ask(people, app = apps.salesforce, more = {}) {
      const ids = typeof people === 'number' ? generatedPeople.slice(0, people).map(({ id }) => id) : people;
      const jobId = app.job?.id ?? '';
      const ruleId = app.job?.rules.find((rule) => rule.supportsProvisionOnDemand)?.id ?? '';
      return ask(store, ids, { app: { id: app.id, name: app.displayName }, jobId, ruleId, ...more });
    },
    start(more = {}) {
      const dispatcher = startDispatcher({
        store,
        graph,
        log,
        ...more,
        changed(...change) {
          void look();
          more.changed?.(...change);
        },
      });
      dispatchers.push(dispatcher);
      return dispatcher;
    },
    async settled() {
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        void look();
      });
    },
    async tasksOf({ id }) {
      return (await findRequest(opened, id))?.tasks ?? [];
    },
    async close() {
      await sandbox.close();
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop(0)));
      await client.close();
      await opened.close();
    },
  };
}

/** The only task of a request, done. */
export async function doneTask(
  scene: Scene,
  request: Request,
): Promise<Task & { state: Extract<Task['state'], { kind: 'done' }> }> {
  const [task] = await scene.tasksOf(request);
  if (task?.state.kind !== 'done') throw new Error(`the task is not done: ${JSON.stringify(task?.state)}`);
  return { ...task, state: task.state };
}

export const stepMs = 100;

/** Lets time pass in small steps, none while a call is under way, until no task waits or runs. */
export async function drive({ store }: Scene, clock: TestClock, step = stepMs): Promise<void> {
  const running = store.database.query.selectFrom('tasks').select('id').where('state', '=', 'running').limit(1);
  while (await hasWork(store)) {
    const isBusy = (await running.executeTakeFirst()) !== undefined || clock.pending() === 0;
    if (isBusy) await new Promise<void>((resolve) => setImmediate(resolve));
    else await stepOn(clock, step);
  }
}

/** The loops that the step wakes go to sleep again before the next one: a database takes time that no clock here tells. */
async function stepOn(clock: TestClock, step: number): Promise<void> {
  const asleep = clock.pending();
  await clock.advance(step);
  const enough = systemClock.monotonic() + longestTurnMs;
  while (clock.pending() < asleep && systemClock.monotonic() < enough)
    await new Promise<void>((resolve) => setImmediate(resolve));
}

const longestTurnMs = 50;

/** Lets so much time pass in small steps, none while a call is under way. */
export async function driveFor({ store }: Scene, clock: TestClock, ms: number, step = stepMs): Promise<void> {
  const running = store.database.query.selectFrom('tasks').select('id').where('state', '=', 'running').limit(1);
  const until = clock.monotonic() + ms;
  while (clock.monotonic() < until) {
    const isBusy = (await running.executeTakeFirst()) !== undefined || clock.pending() === 0;
    if (isBusy) await new Promise<void>((resolve) => setImmediate(resolve));
    else await stepOn(clock, step);
  }
}

/** Resolves once a call like this has arrived at the sandbox. */
export async function arrived({ sandbox }: Scene, path: RegExp): Promise<void> {
  while (!sandbox.requests.some((request) => path.test(request.path))) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** A clock on which a real second lasts `speed` seconds, so that pauses of seconds pass in a test. */
export function quickClock(speed: number): Clock {
  const from = systemClock.monotonic();
  const monotonic = () => from + (systemClock.monotonic() - from) * speed;
  return {
    now: () => Math.floor(monotonic()),
    monotonic,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}

/** A database whose gate counts by this clock, which PostgreSQL's own does not keep up with. */
export function onClock(database: Database, clock: Clock): Database {
  return { ...database, dialect: { ...database.dialect, gateNow: async () => clock.monotonic() } };
}
