import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** A test moves Usher's clock and Graph's by hand, each separately: the tests are about the order of events. */
let clock: TestClock;
let graphClock: TestClock;
let teams: TestUsher;
beforeEach(async () => {
  clock = createTestClock();
  graphClock = createTestClock();
  teams = await startTestUsher({ sandboxOptions: { clock: graphClock }, usherOptions: { clock } });
});
afterEach(async () => {
  let isClosed = false;
  const closing = teams.close().then(() => {
    isClosed = true;
  });
  // The wait for a card's two seconds would last forever on a clock that stands still.
  await eventually(async () => {
    await clock.advance(1_000);
    return isClosed;
  });
  await closing;
});

const graphMs = 60_000;
const posts = () => teams.connector.deliveries.filter(({ kind }) => kind === 'post');
const kinds = () => teams.connector.deliveries.map(({ kind }) => kind);
const codes = () => teams.logLines.map(({ code }) => code);

/** Types it while Graph delays the first read of the directory, and waits until Usher is waiting. */
async function sayToSlowGraph(act: () => Promise<number>): Promise<{ readonly status: Promise<number> }> {
  const before = teams.sandbox.requests.length;
  teams.sandbox.failNext('/users', { kind: 'slow', ms: graphMs });
  const status = act();
  await eventually(() => graphClock.pending() > 0 && teams.sandbox.requests.length > before);
  return { status };
}

/** Resolves when there are so many deliveries. */
const delivered = (count: number) => eventually(() => teams.connector.deliveries.length >= count);

describe('an answer that takes no time', () => {
  it('is the only card', async () => {
    const status = await teams.say('alex', 'whoami');

    expect(status).toBe(200);
    expect(kinds()).toEqual(['post']);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });
});

describe('an answer for which Graph takes its time', () => {
  it('is announced by a card after half a second, and replaces it', async () => {
    const { status } = await sayToSlowGraph(() => teams.say('alex', 'whoami'));
    await clock.advance(499);
    const early = posts().length;
    await clock.advance(1);
    await delivered(1);
    const first = teams.lastCard();
    const turnStatus = await status;
    await graphClock.advance(graphMs);
    await delivered(2);

    expect(early).toBe(0);
    expect(first.text).toContain('One moment');
    expect(turnStatus).toBe(200);
    expect(kinds()).toEqual(['post', 'edit']);
    expect(teams.lastCard()).toMatchObject({ id: first.id, edits: 1 });
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it('ends on the card of the request when one was made', async () => {
    await sayToSlowGraph(() => teams.say('alex', 'provision isaiah to Salesforce'));
    await clock.advance(500);
    await delivered(1);
    await graphClock.advance(graphMs);
    await eventually(async () => {
      await clock.advance(20);
      return teams.lastCard().text.includes('Account created');
    });

    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('comes on a card of its own when the first one is gone by then', async () => {
    await sayToSlowGraph(() => teams.say('alex', 'whoami'));
    await clock.advance(500);
    await delivered(1);
    teams.connector.refuseNext('edit', 404);
    await graphClock.advance(graphMs);
    await delivered(2);

    expect(kinds()).toEqual(['post', 'post']);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it('comes all the same when Teams does not accept the first card', async () => {
    teams.connector.refuseNext('post', 403);
    const { status } = await sayToSlowGraph(() => teams.say('alex', 'whoami'));
    await clock.advance(500);
    await eventually(() => codes().includes('checking_failed'));
    const turnStatus = await status;
    await graphClock.advance(graphMs);
    await delivered(1);

    expect(turnStatus).toBe(200);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it('leaves no card that waits forever when the request has its card elsewhere', async () => {
    await teams.say('alex', 'provision grady to Salesforce');
    await eventually(async () => {
      await clock.advance(20);
      return teams.lastCard().text.includes('already exists in Salesforce');
    });
    const card = teams.lastCard();
    // After the minute for which roles are cached, so that the click asks Graph.
    await clock.advance(61_000);

    await sayToSlowGraph(() => teams.press('alex', card, 'Retry'));
    await clock.advance(500);
    await eventually(() => teams.cardsFor().length === 2);
    await graphClock.advance(graphMs);
    await eventually(() => teams.cardsFor().length === 1);

    expect(teams.lastCard().id).toBe(card.id);
    expect(kinds()).toContain('delete');
  });

  it('removes its "one moment" message again where a second click finds the request on its card', async () => {
    await teams.say('alex', 'provision lee to Salesforce');
    const picker = teams.lastCard();
    const data = picker.buttons[0]?.data;
    await teams.click('alex', picker.id, data);
    await eventually(async () => {
      await clock.advance(20);
      return teams.lastCard().text.includes('Account created');
    });
    await clock.advance(61_000);
    const before = teams.connector.deliveries.length;

    await sayToSlowGraph(() => teams.click('alex', picker.id, data));
    await clock.advance(500);
    await delivered(before + 1);
    const meanwhile = teams.lastCard().text;
    await graphClock.advance(graphMs);
    await delivered(before + 2);

    expect(meanwhile).toContain('One moment');
    await eventually(() => kinds().includes('delete'));
    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard()).toMatchObject({ id: picker.id });
    expect(teams.lastCard().text).toContain('Account created');
    expect(teams.sandbox.stats().calls).toBe(1);
  });
});

describe('the card of a request', () => {
  it('is posted after a minute, where its post got lost after the request was stored', async () => {
    await teams.say('alex', 'provision isaiah to Salesforce');
    await eventually(async () => {
      await clock.advance(20);
      return teams.lastCard().text.includes('Account created');
    });
    const lost = teams.lastCard();
    const database = new DatabaseSync(teams.databasePath);
    // As the process left it that died before the post.
    database.exec(
      'UPDATE messages SET activity_id = NULL, told = NULL, shown_revision = 0, due_at = created_at + 60000',
    );
    database.close();

    await eventually(async () => {
      await clock.advance(5_000);
      return teams.lastCard().id !== lost.id;
    });

    expect(teams.lastCard().text).toBe(lost.text);
    expect(posts()).toHaveLength(2);
  });
});

describe('an answer that Teams does not accept', () => {
  it('is tried again after a while, and the turn does not wait for that', async () => {
    teams.connector.refuseNext('post', 409);

    const status = teams.say('alex', 'whoami');
    await eventually(() => codes().includes('answer_not_taken'));
    await clock.advance(1_999);
    const early = posts().length;
    await clock.advance(1);
    await delivered(1);

    expect(early).toBe(0);
    expect(await status).toBe(200);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it('is tried four times, and then hands its turn back', async () => {
    for (let refusal = 0; refusal < 4; refusal += 1) teams.connector.refuseNext('post', 409);

    const status = teams.say('alex', 'whoami');
    const refusals = () => codes().filter((code) => code === 'answer_not_taken').length;
    for (const [index, pauseMs] of [2_000, 8_000].entries()) {
      await eventually(() => refusals() === index + 1);
      await clock.advance(pauseMs);
    }
    await eventually(() => refusals() === 3);
    const turnStatus = await status;
    await clock.advance(30_000);
    await eventually(() => codes().includes('answer_lost'));

    await eventually(async () => {
      await clock.advance(1_000);
      return posts().length > 0;
    });

    expect(turnStatus).toBe(200);
    expect(refusals()).toBe(4);
    expect(posts()).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it('is not tried again where the conversation is gone', async () => {
    teams.connector.refuseNext('post', 403);

    const status = await teams.say('alex', 'whoami');
    await clock.advance(120_000);

    expect(status).toBe(200);
    expect(posts()).toEqual([]);
    expect(codes()).not.toContain('answer_lost');
  });

  it('is tried again at once after a conflict in Teams', async () => {
    teams.connector.refuseNext('post', 412);

    const status = teams.say('alex', 'whoami');
    await eventually(async () => {
      await clock.advance(100);
      return posts().length > 0;
    });

    expect(await status).toBe(200);
    expect(codes()).not.toContain('answer_not_taken');
  });

  it('leaves nothing of its text in the log', async () => {
    teams.connector.refuseNext('post', 409);

    const status = teams.say('alex', 'whoami');
    await eventually(() => codes().includes('answer_not_taken'));
    await clock.advance(2_000);
    await status;
    await delivered(1);

    expect(teams.logLines).toContainEqual(
      expect.objectContaining({
        code: 'answer_not_taken',
        error: expect.objectContaining({ message: 'Teams answered 409', code: 'Refused', status: 409 }),
      }),
    );
    expect(JSON.stringify(teams.logLines)).not.toMatch(/Alex|Wilber|AdaptiveCard|whoami/);
  });
});

describe('a greeting', () => {
  it('does not wait for Graph to return the name', async () => {
    const installation = { ...teams.message('alex', ''), type: 'installationUpdate', action: 'add' };

    const { status } = await sayToSlowGraph(() => teams.send(installation));
    await clock.advance(2_000);
    await delivered(1);

    expect(await status).toBe(200);
    expect(teams.lastCard().text).toContain('Hello, this is Usher');
  });
});

describe('deliveries of the day before', () => {
  it('are forgotten when the next message comes', async () => {
    const stored = () => {
      const database = new DatabaseSync(teams.databasePath);
      const { count } = { count: 0, ...database.prepare('SELECT count(*) AS count FROM turns').get() };
      database.close();
      return Number(count);
    };
    await teams.say('alex', 'whoami');
    await teams.say('alex', 'help');
    const before = stored();

    clock.stepWallClock(25 * 3_600_000);
    await teams.say('alex', 'whoami');
    await eventually(() => stored() === 1);

    expect(before).toBe(2);
  });
});
