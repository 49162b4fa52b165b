import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { DatabaseConfig } from '../../src/config.ts';
import { generatedPeople } from '../../src/sandbox/tenant/people.ts';
import { engineStartMs, engines, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { countStatements } from '../support/statements.ts';
import { startTestUsher, type TestUsher, unlimited } from '../support/usher.ts';

jest.setTimeout(120_000);

const cards = 12;
/** Between two edits of a card, in these tests. */
const editEveryMs = 1_234;
/** All other pauses of an answer and of a drawing are shorter. */
const leastEditMs = 600;
/** For so long background work gives way to an answer. */
const longestMs = 250;
/** Every call may start at once. */
const wideGate = { PROVISION_LIMIT: '1000', PROVISION_WINDOW_MS: '2000', PROVISION_GUARD_MS: '0' };

/** Cards wait for their next edit until `release`; where it `isPatient`, background work gives way for as long as it takes. */
function createHeldClock(isPatient: boolean) {
  const released = new AbortController();
  const clock: Clock = {
    ...systemClock,
    async sleep(ms, signal) {
      const isEdit = ms > leastEditMs && ms <= editEveryMs;
      if (isEdit) return systemClock.sleep(2 ** 31 - 1, anyOf(released.signal, signal));
      const isBound = isPatient && signal !== undefined && ms > longestMs / 2 && ms <= longestMs;
      return systemClock.sleep(isBound ? 2 ** 31 - 1 : ms, signal);
    },
  };
  return { clock, release: () => released.abort() };
}

const anyOf = (one: AbortSignal, other: AbortSignal | undefined) =>
  other === undefined ? one : AbortSignal.any([one, other]);

describe.each(engines)('background work beside answers on $name', (engine) => {
  const place = useTestDatabase(engine, 'bare');
  let teams: TestUsher;
  let held: ReturnType<typeof createHeldClock>;

  async function start(isPatient: boolean): Promise<void> {
    held = createHeldClock(isPatient);
    teams = await startTestUsher({
      environment: { DATABASE_URL: addressOf(place.config), ...wideGate, COMMANDS_PER_MINUTE: unlimited },
      usherOptions: { clock: held.clock, editEveryMs },
    });
  }
  beforeEach(() => undefined, engineStartMs);
  afterEach(async () => {
    held.release();
    await teams.close();
  });

  const linesOf = (count: number) =>
    generatedPeople.slice(0, count).map(({ userPrincipalName }) => `provision ${userPrincipalName} to Salesforce`);
  const edits = () => teams.connector.deliveries.filter(({ kind }) => kind === 'edit');
  const outcomes = () =>
    new Set(
      edits()
        .filter(hasOutcome)
        .map(({ activityId }) => activityId),
    ).size;

  /** Stored and called; each card has been edited once and is held before its next edit. */
  async function bringCardsIn(): Promise<void> {
    await askForAll();
    const settled = () => teams.logLines.filter(({ msg }) => msg === 'on-demand call settled').length;
    await eventually(() => settled() === cards, 60_000, 20);
  }

  /** Each in a chat of its own: Teams takes only so many edits in one. */
  async function askForAll(): Promise<void> {
    for (const line of linesOf(cards)) await teams.say('alex', line, { conversationId: line, kind: 'personal' });
  }

  it('draws no card while a message is being answered', async () => {
    await start(true);
    await bringCardsIn();
    const before = teams.connector.deliveries.length;
    const asked = teams.sandbox.requests.length;
    teams.sandbox.failNext('/users', { kind: 'slow', ms: 300 });

    const { statements, stop } = countStatements();
    const forget = teams.connector.listen(({ kind }) => {
      if (kind === 'post') stop();
    });
    const saying = teams.say('alex', 'provision isaiah@contoso.com to Salesforce');
    await eventually(() => teams.sandbox.requests.length > asked);
    held.release();
    await saying;
    forget();
    await eventually(() => outcomes() >= cards, 30_000, 20);

    const [first, ...others] = teams.connector.deliveries.slice(before).map(({ kind }) => kind);
    expect([first, others.includes('edit')]).toEqual(['post', true]);
    expect(statements.filter(({ text }) => isDrawing(text))).toEqual([]);
  });

  it('goes on under endless messages', async () => {
    await start(false);
    const asking = new AbortController();
    let answered = 0;
    const ask = async () => {
      while (!asking.signal.aborted) {
        await teams.say('alex', 'whoami');
        answered += 1;
      }
    };
    const people = Promise.all([ask(), ask(), ask(), ask()]);
    held.release();

    await askForAll();
    await eventually(() => outcomes() === cards, 60_000, 20).finally(() => asking.abort());
    await people;

    expect(outcomes()).toBe(cards);
    expect(answered).toBeGreaterThan(cards);
  });
});

/** The drawing of a card is counted before it begins, so that one that kills its process is not tried for ever. */
const isDrawing = (text: string) => text.includes('into "attempts"');

function hasOutcome({ activity }: { readonly activity: Readonly<Record<string, unknown>> }): boolean {
  return !/[Ww]aiting|[Cc]alling|[Rr]unning|[Ii]n progress/.test(String(activity.summary));
}

function addressOf(config: DatabaseConfig): string {
  return config.kind === 'sqlite' ? `file:${config.path}` : config.url.reveal();
}
