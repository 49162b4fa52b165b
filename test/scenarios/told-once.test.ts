import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Absence, ConnectorFault } from '../../src/sandbox/teams/connector.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';
import {
  askFor,
  complaintsOf,
  finalFaults,
  findUnfinished,
  type Handover,
  messagesOf,
  openFaults,
  openRoom,
  perform,
  pool,
  quiet,
  repeatableFaults,
  type Stage,
  stageEnvironment,
  strikeFirst,
  wants,
} from './told-stage.ts';

jest.setTimeout(300_000);

const repeatPauseMs = 200;
/** Longer than four tries of an answer took, each with what botbuilder repeated by itself. */
const awayMs = 75_000;

let usher: TestUsher;
let stage: Stage;

async function start(): Promise<{ readonly usher: TestUsher; readonly stage: Stage }> {
  const started = await startTestUsher({
    environment: stageEnvironment,
    sandboxOptions: { tenant: createTenant({ seasonal: pool }) },
    usherOptions: { repeatPauseMs },
  });
  const { connector, endpoint, databasePath } = started;
  return { usher: started, stage: { connector, endpoint: () => endpoint, databasePath } };
}

beforeAll(async () => {
  ({ usher, stage } = await start());
  await openRoom(stage);
});
afterEach(() => stage.connector.failBy(() => null));
afterAll(() => usher.close());

/** One request of each kind, all at once, and what is wrong with what they show in the end. */
async function askAll(handover: Handover = 'once') {
  const all = wants.map((want) => askFor(stage, want));
  await Promise.all(all.map((asked) => perform(stage, asked, handover)));
  return { all, complaints: await complaintsOf(stage, all) };
}

const status = (code: number, more: object = {}): ConnectorFault => ({ kind: 'status', status: code, ...more });
const open = Object.entries<ConnectorFault>(openFaults);
const repeatable = Object.entries<ConnectorFault>({
  ...repeatableFaults,
  'the truth, seven seconds late': { kind: 'slow', ms: 7_000 },
});
const final = Object.entries<ConnectorFault>(finalFaults);
const always = {
  unknown: ['a 504 though it delivers', 'a 502 though it delivers', 'a broken connection though it delivers'],
  nameless: ['a 202 without a body', 'a 202 without an id'],
} as const;

describe('a connector that does nothing wrong', () => {
  it.each<Handover>(['once', 'twice', 'later'])(
    'shows each outcome once, where the message is delivered: %s',
    async (handover) => {
      const { all, complaints } = await askAll(handover);

      expect(complaints).toEqual([]);
      for (const asked of all.filter(({ want }) => want !== 'access')) expect(messagesOf(stage, asked)).toHaveLength(1);
    },
  );
});

describe('a message that the connector answers once by', () => {
  it.each([...open, ...repeatable])('%s is told at most twice, and contradicted by nothing', async (_name, fault) => {
    strikeFirst(stage, 'post', fault);

    const { complaints } = await askAll();

    expect(complaints).toEqual([]);
  });
});

describe('an outcome whose edit the connector answers once by', () => {
  it.each([...open, ...repeatable, ...final])('%s is told, and contradicted by nothing', async (_name, fault) => {
    strikeFirst(stage, 'edit', fault);

    const { complaints } = await askAll();

    expect(complaints).toEqual([]);
  });

  it('a 403, and whose card is refused as well, is told as text', async () => {
    const asked = askFor(stage, 'one');
    const refused = status(403, { code: 'MessageWritesBlocked' });
    stage.connector.failBy(({ kind, conversationId, activity }) => {
      const isCard = activity.attachments !== undefined;
      const isOutcome = /Account created/.test(JSON.stringify(activity));
      return conversationId === asked.conversationId && isCard && (kind === 'edit' || isOutcome) ? refused : null;
    });

    await perform(stage, asked);

    expect(await complaintsOf(stage, [asked])).toEqual([]);
    expect(messagesOf(stage, asked).at(-1)).toMatchObject({
      content: null,
      text: expect.stringMatching(/Account created/),
    });
  });
});

describe('a connector that always answers', () => {
  // Seen once: 20 copies of one card.
  it.each(always.unknown)('by %s shows “Waiting” once and each outcome twice at most', async (name) => {
    const all = (['plain', 'one', 'list'] as const).map((want) => askFor(stage, want));
    const isOurs = (place: string) => all.some(({ conversationId }) => conversationId === place);
    stage.connector.failBy(({ kind, conversationId }) =>
      kind === 'post' && isOurs(conversationId) ? openFaults[name] : null,
    );

    for (const asked of all) await perform(stage, asked);
    const complaints = await complaintsOf(stage, all);

    expect(complaints).toEqual([]);
    for (const asked of all) {
      const waiting = messagesOf(stage, asked).filter(({ text }) => !asked.outcome.test(text));
      expect(waiting.length).toBeLessThanOrEqual(1);
    }
  });

  // Seen once: four to five copies, of which the first said “Waiting: next in line” for ever, and three more after a restart.
  it.each(always.nameless)('by %s shows “Waiting” once, and each outcome once', async (name) => {
    const all = (['plain', 'one', 'list'] as const).map((want) => askFor(stage, want));
    const isOurs = (place: string) => all.some(({ conversationId }) => conversationId === place);
    stage.connector.failBy(({ kind, conversationId }) =>
      kind === 'post' && isOurs(conversationId) ? openFaults[name] : null,
    );

    for (const asked of all) await perform(stage, asked);
    const complaints = await complaintsOf(stage, all);

    expect(complaints).toEqual([]);
    for (const asked of all) {
      const [outcomes, waiting] = [true, false].map((isTold) =>
        messagesOf(stage, asked).filter(({ text }) => asked.outcome.test(text) === isTold),
      );
      expect(outcomes).toHaveLength(1);
      expect(waiting?.length).toBeLessThanOrEqual(1);
    }
  });

  it.each(['BotNotInConversationRoster', 'MessageWritesBlocked', 'BotDisabledByAdmin'])(
    'by a 403 (%s) is left in peace, and every turn ends',
    async (code) => {
      const all = (['plain', 'one', 'list'] as const).map((want) => askFor(stage, want));
      let tried = 0;
      stage.connector.failBy(({ conversationId }) => {
        if (!all.some((asked) => asked.conversationId === conversationId)) return null;
        tried += 1;
        return status(403, { code });
      });

      await Promise.all(all.map((asked) => perform(stage, asked)));
      await eventually(() => findUnfinished(stage).length === 0, 30_000, 50);
      await quiet(stage);

      // Each a first card, its outcome as a card of its own, and the outcome's sentence.
      expect(tried).toBeLessThanOrEqual(3 * all.length);
      expect(all.flatMap((asked) => messagesOf(stage, asked))).toEqual([]);
    },
  );
});

describe('a connector that is away', () => {
  it.each<Absence>(['refused', 'reset', 'unavailable'])(
    'for three seconds (%s) as people ask is told of each request when it is back',
    async (how) => {
      const all = wants.map((want) => askFor(stage, want));

      const away = stage.connector.away(3_000, how);
      await Promise.all(all.map((asked) => perform(stage, asked)));
      await away;

      expect(await complaintsOf(stage, all)).toEqual([]);
    },
  );

  it.each<Absence>(['refused', 'reset', 'unavailable'])(
    'for three seconds (%s) as requests run is told of each outcome when it is back',
    async (how) => {
      const all = (['one', 'list', 'access'] as const).map((want) => askFor(stage, want));
      // So that the outcomes of all five people come while it is away.
      for (let calls = 0; calls < 5; calls += 1)
        usher.sandbox.failNext(/provisionOnDemand$/, { kind: 'slow', ms: 1_500 });

      const performed = all.map((asked) => perform(stage, asked));
      await Promise.all(performed);
      await eventually(() => all.every((asked) => messagesOf(stage, asked).length > 0), 20_000, 20);
      await stage.connector.away(3_000, how);

      expect(await complaintsOf(stage, all)).toEqual([]);
    },
  );

  // Seen once: one request got two cards, and one turn never closed.
  it('for over a minute loses nothing, shows no second card, and leaves no turn open', async () => {
    const others = await Promise.all(
      (['refused', 'reset', 'unavailable'] as const).map(async (how) => ({ how, ...(await start()) })),
    );

    const complaints = await Promise.all(
      others.map(async ({ how, ...other }) => {
        const all = (['plain', 'one', 'list'] as const).map((want) => askFor(other.stage, want));
        const away = other.stage.connector.away(awayMs, how);
        await Promise.all(all.map((asked) => perform(other.stage, asked)));
        await away;
        const found = await complaintsOf(other.stage, all, 0, 150_000);
        const copies = all.map((asked) => messagesOf(other.stage, asked).length);
        return [...found, ...copies.filter((count) => count !== 1).map((count) => `${count} messages (${how})`)];
      }),
    );
    for (const other of others) await other.usher.close();

    expect(complaints.flat()).toEqual([]);
  }, 300_000);
});
