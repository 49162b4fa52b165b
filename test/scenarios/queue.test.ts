import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generatedPeople } from '../../src/sandbox/tenant/people.ts';
import { type SandboxThread, startSandboxThread } from '../support/sandbox-thread.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

/** A tenth of Graph's own window: the same arithmetic, and a test that ends soon. The guard outlasts a busy machine. */
const gate = { limit: 5, windowMs: 1_000, guardMs: 1_500 };
const twelve = generatedPeople.slice(0, 12);

describe('twelve provision messages at once', () => {
  let teams: TestUsher;
  let sandbox: SandboxThread;
  let standstills: readonly Standstill[];

  beforeAll(async () => {
    // A call that takes no time may be over before its card has shown it as running.
    sandbox = await startSandboxThread({ ...gate, latencyMs: 200 });
    teams = await startTestUsher({ graphUrl: sandbox.url, environment: gateEnvironment(gate) });
    const watching = watchStandstills();
    await Promise.all(
      twelve.map((person) =>
        teams.say('alex', `provision ${person.userPrincipalName} to Salesforce`, chat(person.userPrincipalName)),
      ),
    );
    await teams.settled();
    standstills = watching.end();
  });
  afterAll(async () => {
    await teams.close();
    await sandbox.close();
  });

  it('get one card each, all finish, and the limit of the sandbox is never exceeded', async () => {
    const cards = teams.cardsFor();
    expect(cards).toHaveLength(12);
    expect(new Set(cards.map(({ conversationId }) => conversationId)).size).toBe(12);
    for (const card of cards) expect(card.text).toContain('Account created');
    expect(await sandbox.stats()).toMatchObject({ calls: 12, throttled: 0 });
    // On a busy machine the first card may have said "one moment"; the position is shown all the same.
    const told = teams.connector.deliveries.filter((delivery) => /in line/.test(textOf(delivery)));
    expect(new Set(told.map(({ conversationId }) => conversationId)).size).toBeGreaterThanOrEqual(6);
  });

  it('show a start time that comes true within a second, and a position that only ever gets better', () => {
    const waited = twelve.flatMap((person) => storyOf(teams, person.userPrincipalName));
    expect(waited.length).toBeGreaterThanOrEqual(5);
    for (const { toldAt, seenAt, promisedAt, ranAt, places } of waited) {
      // A process that was blocked for a while in between cannot keep its forecast by more than that.
      const within = standstills.filter(({ at }) => at >= toldAt - 1_000 && at <= seenAt + 1_000);
      const stoodStillMs = within.reduce((sum, { ms }) => sum + ms, 0);
      // The card shows whole seconds.
      expect(Math.abs(ranAt - promisedAt)).toBeLessThanOrEqual(1_500 + stoodStillMs);
      expect(places).toEqual([...places].sort((one, other) => other - one));
    }
  });
});

function chat(name: string) {
  return { conversationId: `personal-${name}`, kind: 'personal' as const };
}

/** The first forecast on the card of one conversation, and when its call was seen to run. */
function storyOf({ connector }: TestUsher, name: string) {
  const deliveries = connector.deliveries.filter(({ conversationId }) => conversationId === `personal-${name}`);
  const texts = deliveries.map((delivery) => ({ at: delivery.at, text: textOf(delivery) }));
  const find = (pattern: RegExp) =>
    texts.map(({ at, text }) => ({ at, match: pattern.exec(text) })).find(({ match }) => match !== null);
  const promise = find(/Starts at (\d\d):(\d\d):(\d\d)/);
  const ran = find(/since (\d\d):(\d\d):(\d\d)/);
  if (promise?.match == null || ran?.match == null) return [];
  const places = texts.flatMap(({ text }) =>
    [...text.matchAll(/number (\d+) in line/g)].map((match) => Number(match[1])),
  );
  const [promisedAt, ranAt] = [clockTime(promise.match), clockTime(ran.match)];
  return [{ toldAt: promise.at, seenAt: ran.at, promisedAt, ranAt, places }];
}

/** A stretch in which this process, Usher and all, was blocked; `at` its end, as deliveries are dated. */
interface Standstill {
  readonly at: number;
  readonly ms: number;
}

function watchStandstills() {
  const [everyMs, leastMs] = [20, 100];
  const found: Standstill[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const at = Date.now();
    if (at - last > everyMs + leastMs) found.push({ at, ms: at - last - everyMs });
    last = at;
  }, everyMs);
  return {
    end() {
      clearInterval(timer);
      return found;
    },
  };
}

function clockTime(match: RegExpExecArray): number {
  const [, hours, minutes, seconds] = match.map(Number);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}

function textOf({ activity }: { activity: Readonly<Record<string, unknown>> }): string {
  return JSON.stringify(activity);
}
