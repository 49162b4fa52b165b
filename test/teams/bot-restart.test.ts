import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Incoming } from '../../src/chat/incoming.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import type { UsherOptions } from '../../src/main.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { toIncoming } from '../../src/teams/to-incoming.ts';
import { createTurns } from '../../src/teams/turns.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher();
});
afterEach(() => teams.close());

/** Another process on the same database, with the same Teams and Graph. */
const restart = (usherOptions: UsherOptions = {}) =>
  startTestUsher({
    ...{ sandbox: teams.sandbox, connector: teams.connector, databasePath: teams.databasePath },
    usherOptions,
  });

const posts = () => teams.connector.deliveries.filter(({ kind }) => kind === 'post');

describe('a turn that was cut off', () => {
  async function leaveOpen(text: string, cardId: string | null, agoMs: number): Promise<Incoming> {
    const incoming = toIncoming(teams.message('alex', text), { id: people.alex.id, tenantId });
    if (incoming === null) throw new Error('a message is always something');
    const database = await openDatabase({ kind: 'sqlite', path: teams.databasePath }, systemClock);
    // A dead process renews no lease.
    const deadClock = { ...systemClock, sleep: () => new Promise<void>(() => undefined) };
    const turns = createTurns({ database, clock: deadClock, log: createLog('silent') });
    await turns.open(incoming, Date.now() - agoMs);
    if (cardId !== null) await turns.showed(incoming.id, cardId);
    await database.close();
    return incoming;
  }

  it('is resumed at the next start, on the card that it had', async () => {
    await teams.say('alex', 'apps');
    await teams.settled();
    const card = teams.lastCard();
    await leaveOpen('provision isaiah to Salesforce', card.id, 60_000);

    const next = await restart();
    await next.settled();
    await next.close();

    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard()).toMatchObject({ id: card.id });
    expect(teams.lastCard().text).toContain('Isaiah Langer');
    expect(teams.lastCard().text).toContain('Account created');
  });

  it('is resumed once, and recognized when Teams delivers it again', async () => {
    const incoming = await leaveOpen('whoami', null, 60_000);

    const next = await restart();
    await next.settled();
    await next.close();
    const afterwards = await restart();
    await afterwards.send({ ...afterwards.message('alex', 'whoami'), id: incoming.id.split('|')[1] });
    await afterwards.settled();
    await afterwards.close();

    expect(posts()).toHaveLength(1);
  });

  it('is not tried once more after it killed two processes: it ends with a reference that the log has', async () => {
    const incoming = await leaveOpen('provision isaiah to Salesforce', null, 60_000);
    await leaveOpen('whoami', null, 30_000);
    const database = new DatabaseSync(teams.databasePath);
    database.prepare('UPDATE turns SET attempts = 2 WHERE id = ?').run(incoming.id);
    database.close();

    const next = await restart();
    await next.settled();
    await next.close();

    const [apology, other] = teams.cardsFor();
    const reference = next.logLines.find(({ code }) => code === 'turn_given_up')?.reference;
    expect(apology?.text).toContain('will not try again');
    expect(apology?.text).toContain(String(reference));
    expect(other?.text).toContain('Alex Wilber');
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('is closed without a message where even the apology killed its process', async () => {
    const incoming = await leaveOpen('whoami', null, 60_000);
    const database = new DatabaseSync(teams.databasePath);
    database.prepare('UPDATE turns SET attempts = 3 WHERE id = ?').run(incoming.id);
    database.close();

    const next = await restart();
    await next.settled();
    await next.close();

    expect(posts()).toEqual([]);
    expect(next.logLines).toContainEqual(expect.objectContaining({ code: 'turn_given_up' }));
  });

  it('is left alone when it is too long ago', async () => {
    await leaveOpen('provision isaiah to Salesforce', null, 11 * 60_000);

    const next = await restart();
    await next.settled();
    await next.close();

    expect(posts()).toEqual([]);
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('does not keep Usher from starting when Teams does not accept the answer', async () => {
    await leaveOpen('whoami', null, 60_000);
    teams.connector.refuseNext('post', 403);
    // On a busy machine the card that says that Usher is working on it would be the one that is refused.
    const sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms < 500 ? ms : ms * 50, signal);

    const next = await restart({ clock: { ...systemClock, sleep } });
    await next.settled();
    const status = await next.say('alex', 'whoami');
    await next.settled();
    await next.close();

    expect(status).toBe(200);
    expect(posts()).toHaveLength(1);
    expect(next.logLines).toContainEqual(expect.objectContaining({ code: 'answer_not_taken', status: 403 }));
  });
});

describe('a card that is behind its request', () => {
  /** Resets what the card is known to show and tell, as a crash between the outcome and its edit leaves it. */
  const leaveUnshown = () => {
    const database = new DatabaseSync(teams.databasePath);
    database.exec('UPDATE messages SET shown_revision = 0, told = NULL');
    database.close();
  };
  const editsOf = (cardId: string) =>
    teams.connector.deliveries.filter(({ kind, activityId }) => kind === 'edit' && activityId === cardId);

  beforeEach(async () => {
    await teams.say('alex', 'provision isaiah to Salesforce');
    await teams.settled();
  });

  it('is drawn at the next start', async () => {
    const card = teams.lastCard();
    const before = editsOf(card.id).length;
    leaveUnshown();

    const next = await restart();
    await next.settled();
    await next.close();

    expect(editsOf(card.id)).toHaveLength(before + 1);
    expect(teams.lastCard()).toMatchObject({ id: card.id, text: card.text });
  });

  it('is posted anew where it was deleted meanwhile, and not again after that', async () => {
    const card = teams.lastCard();
    leaveUnshown();
    teams.connector.refuseNext('edit', 404);

    const next = await restart();
    await next.settled();
    await next.close();
    const afterwards = await restart();
    await afterwards.settled();
    await afterwards.close();

    expect(teams.cardsFor()).toHaveLength(2);
    expect(teams.lastCard().text).toContain('Account created');
    expect(teams.lastCard().text).toContain('An earlier card of this request may still say that it waits.');
    expect(teams.lastCard().id).not.toBe(card.id);
  });

  it('is left alone when it shows the latest', async () => {
    const before = teams.connector.deliveries.length;

    const next = await restart();
    await next.settled();
    await next.close();

    expect(teams.connector.deliveries).toHaveLength(before);
  });
});
