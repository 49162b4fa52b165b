import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import {
  type ConnectorFault,
  type Delivery,
  type Exchange,
  startConnector,
} from '../../src/sandbox/teams/connector.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { kill, startProcess } from '../faults/support/processes.ts';
import { eventually } from '../support/eventually.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { countStored } from '../support/read-stored.ts';
import {
  type Asked,
  ask,
  askFor,
  complaintsOf,
  type Faults,
  isAbout,
  isTold,
  messagesOf,
  openFaults,
  openRoom,
  perform,
  planOf,
  pool,
  repeatableFaults,
  type Stage,
  stageEnvironment,
  strikeByPlan,
  swiftClock,
  swiftClockSetting,
  swiftGate,
  type,
  type Want,
  wants,
} from './told-stage.ts';

// Each of these starts two processes, which takes seconds on a busy machine.
jest.setTimeout(600_000);

let stage: Stage;
let sandbox: SandboxGraph;
let folder: string;
let endpoint: string;
let bot: ChildProcess;
const children = new Set<ChildProcess>();
const compiled = mkdtempSync(join(tmpdir(), 'usher-compiled-'));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

beforeEach(startAll);
afterEach(stopAll);

async function startAll(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'usher-told-'));
  const tenant = createTenant({ seasonal: pool, clock: swiftClock });
  sandbox = await startSandboxGraph({
    port: 0,
    latencyMs: 0,
    limit: swiftGate.limit,
    windowMs: swiftGate.windowMs,
    tenant,
  });
  stage = { connector: await startConnector(), endpoint: () => endpoint, databasePath: join(folder, 'usher.db') };
  await startBot();
  await openRoom(stage);
}

async function stopAll(): Promise<void> {
  await Promise.all([...children].map(kill));
  await Promise.all([stage.connector.close(), sandbox.close()]);
  rmSync(folder, { recursive: true, force: true });
}

async function startBot(): Promise<void> {
  const { child, told } = await startProcess(
    {
      file: 'test/support/usher-process.ts',
      environment: {
        ...sandboxEnvironment(sandbox.url),
        ...stageEnvironment,
        PORT: '0',
        DATABASE_URL: `file:${stage.databasePath}`,
        NODE_COMPILE_CACHE: compiled,
        REPEAT_PAUSE_MS: '500',
        CLOCK: swiftClockSetting,
      },
      ready: /"port":(\d+).*Usher is ready/,
    },
    children,
  );
  bot = child;
  endpoint = `http://127.0.0.1:${told}/api/messages`;
}

/** Kills Usher when a person sees this, before the connector has answered; resolves when the next one is ready. */
function killAt(isIt: (delivery: Delivery) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = stage.connector.listen((delivery) => {
      if (!isIt(delivery)) return;
      stop();
      kill(bot).then(startBot).then(resolve, reject);
    });
  });
}

describe('a process that is killed between a delivery and its answer', () => {
  it.each<[string, Want, RegExp]>([
    ['a plain answer', 'plain', /Roles in Usher/],
    ['the first card', 'one', /in line|One moment/],
    ['the edit with the outcome', 'one', /Account created/],
    ['a list that waits for a yes', 'held', /"verb":"confirm"/],
    ['a requester’s first card', 'access', /Waiting for approval/],
    ['the approvers’ card', 'access', /"verb":"approve"/],
    ['a notice', 'access', /\(request [0-9A-Z]{6}\): Account created/],
  ])(
    'of %s is followed by one that tells the outcome, and says where an earlier card may stand',
    async (_name, want, shown) => {
      const asked = askFor(stage, want);
      const killed = killAt((one) => isAbout(one, asked) && shown.test(JSON.stringify(one.activity)));

      await Promise.all([killed, perform(stage, asked, 'later')]);

      expect(await complaintsOf(stage, [asked], 1)).toEqual([]);
      if (want === 'plain') expect(messagesOf(stage, asked).length).toBeLessThanOrEqual(2);
    },
  );
});

describe('a process that is killed as it repeats a question whose first post was left open', () => {
  it('is followed by one that tells the outcome there as well, and says what an earlier card may say', async () => {
    const asked = askFor(stage, 'access');
    let posts = 0;
    const isInRoom = ({ kind, conversationId }: Exchange) => kind === 'post' && conversationId === 'approvals';
    stage.connector.failBy((exchange) =>
      isInRoom(exchange) && isAbout(exchange, asked) && posts === 0 ? openFaults['a 504 though it delivers'] : null,
    );
    let id = '';
    const killed = killAt((delivery) => {
      if (isInRoom(delivery) && isAbout(delivery, asked)) posts += 1;
      id = /"verb":"approve","requestId":"(\w+)"/.exec(JSON.stringify(delivery.activity))?.[1] ?? id;
      return posts === 2;
    });

    await ask(stage, asked);
    await killed;
    // A click would name the card.
    await type(stage, `approve ${id}`);

    expect(await complaintsOf(stage, [asked], 1)).toEqual([]);
    const inRoom = messagesOf(stage, asked).filter(({ conversationId }) => conversationId === 'approvals');
    expect(inRoom.some(({ text }) => asked.outcome.test(text))).toBe(true);
  });
});

describe('a process that is killed as it answers', () => {
  /** Graph then keeps the next process waiting for `graphMs`. */
  const killedAtDelivery = (count: number, graphMs: number) => {
    const asked = askFor(stage, 'plain');
    let posts = 0;
    const killed = killAt((delivery) => {
      if (isAbout(delivery, asked)) posts += 1;
      if (posts === count) sandbox.failNext(new RegExp(people.alex.id), { kind: 'slow', ms: graphMs });
      return posts === count;
    });
    return { asked, killed };
  };
  /** The second one is longer than Usher waits before it says that it is working. */
  const pauses = [0, 1_000];

  it.each(pauses)('is followed by one that says nothing more where the answer was repeated, %s ms', async (graphMs) => {
    const { asked, killed } = killedAtDelivery(2, graphMs);
    strikeByPlan(stage, new Map([[asked, { posts: [openFaults['a 504 though it delivers']], edits: [] }]]));

    await ask(stage, asked);
    await killed;

    expect(await complaintsOf(stage, [asked], 1)).toEqual([]);
    expect(messagesOf(stage, asked)).toHaveLength(2);
  });

  it.each(pauses)('is followed by one that answers once more, and does not repeat that, %s ms', async (graphMs) => {
    const { asked, killed } = killedAtDelivery(1, graphMs);
    const posts = [{ kind: 'slow', ms: 0 }, openFaults['a 504 though it delivers']] as const;
    strikeByPlan(stage, new Map([[asked, { posts, edits: [] }]]));

    await ask(stage, asked);
    await killed;

    expect(await complaintsOf(stage, [asked], 1)).toEqual([]);
    expect(messagesOf(stage, asked)).toHaveLength(2);
  });
});

describe('a process that is killed in the pause after a 429', () => {
  const busy: ConnectorFault = { kind: 'status', status: 429, headers: { 'retry-after': '4' } };

  it.each<[Want, string]>([
    ['plain', 'turns where copies = 2'],
    ['one', 'messages where posting = 1'],
  ])('of the repetition of a lost outcome (%s) is followed by one that tells it', async (want, sending) => {
    const asked = askFor(stage, want);
    const left: ConnectorFault[] = [openFaults['a 502 and delivers nothing'], busy];
    stage.connector.failBy((exchange) => {
      if (!isAbout(exchange, asked)) return null;
      // A card that can be edited would show the outcome.
      if (!asked.outcome.test(JSON.stringify(exchange.activity))) return openFaults['a 202 without an id'];
      return left.shift() ?? null;
    });

    const asking = ask(stage, asked);
    const isPause = () => countStored(stage.databasePath, sending) === 0 && !isTold(stage, asked);
    await eventually(() => left.length === 0 && isPause(), 30_000, 5);
    await kill(bot);
    await startBot();
    await asking;

    expect(await complaintsOf(stage, [asked], 1)).toEqual([]);
  });
});

describe('a connector that fails while Usher is killed', () => {
  const faults: Faults = {
    nothing: { kind: 'slow', ms: 0 },
    'the truth, late': { kind: 'slow', ms: 300 },
    ...openFaults,
    ...repeatableFaults,
  };
  const some = fc.array(fc.constantFrom(...Object.keys(faults)), { maxLength: 4 });
  const request = fc.record({ want: fc.constantFrom<Want>(...wants), posts: some, edits: some });
  const round = fc.record({
    requests: fc.array(request, { minLength: 1, maxLength: 4 }),
    killedAt: fc.integer({ min: 1, max: 12 }),
  });

  /**
   * Whether a kill may lose the one repetition of what was lost already, on its way to the connector. As with a second
   * loss of the plan, Usher could not know that.
   */
  function isSecondLoss(asked: Asked): boolean {
    const isLost = stage.connector.lost.some((lost) => isAbout(lost, asked));
    const repeating = [
      'turns where copies = 2 and incoming is not null',
      'messages where posting = 1 and repeated > 0',
    ];
    return isLost && !isTold(stage, asked) && repeating.some((rows) => countStored(stage.databasePath, rows) > 0);
  }

  it('is told of each outcome by the next process, at most twice, with a word about what may stand there', async () => {
    const property = fc.asyncProperty(round, async ({ requests, killedAt }) => {
      const all = requests.map(({ want, ...planned }) => ({ ...planned, asked: askFor(stage, want) }));
      strikeByPlan(stage, new Map(all.map(({ asked, ...planned }) => [asked, planOf(faults, planned)])));
      let seen = 0;
      let isKilled = false;
      const killed = killAt((delivery) => {
        if (all.some(({ asked }) => isAbout(delivery, asked))) seen += 1;
        isKilled = seen >= killedAt && !all.some(({ asked }) => isSecondLoss(asked));
        return isKilled;
      });

      await Promise.all(all.map(({ asked }) => perform(stage, asked, 'later')));
      // Few deliveries may have been enough.
      if (isKilled) await killed;
      const complaints = await complaintsOf(
        stage,
        all.map(({ asked }) => asked),
        isKilled ? 1 : 0,
      );
      // It may have been killed since, and the next round starts a process of its own.
      if (isKilled) await killed;

      expect(complaints).toEqual([]);
    });
    const afresh = property.beforeEach(async () => {
      await stopAll();
      await startAll();
    });

    await fc.assert(afresh, { numRuns: propertyRuns(3), endOnFailure: true });
  }, 600_000);
});
