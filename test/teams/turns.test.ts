import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Incoming } from '../../src/chat/incoming.ts';
import { systemClock } from '../../src/clock.ts';
import { markAway } from '../../src/db/away.ts';
import type { Database } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { createTurns, type Turns } from '../../src/teams/turns.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, postgresEngine, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';

const noon = Date.UTC(2026, 0, 5, 12);
const minute = 60_000;

function incoming(id: string): Incoming {
  return {
    id,
    speaker: { id: '5eed0000-0000-4000-8000-000000000001', tenantId: '5eed0000-0000-4000-8000-00000000face' },
    conversation: '{"serviceUrl":"https://smba.example","conversation":{"id":"a:1"}}',
    place: { key: 'https://smba.example|a:1', kind: 'personal' },
    reader: { locale: 'en-US', timeZone: 'UTC' },
    what: { kind: 'text', text: 'provision Zoë “Ж” 🙂 to Salesforce', attachments: 0, files: [] },
    mentions: [],
  };
}

describe.each(engines)('turns on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let turns: Turns;
  let codes: unknown[];

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock(noon);
    codes = [];
    turns = process();
  });

  /** Another process with turns of its own, on the same clock. */
  function process(over = database): Turns {
    const log = createLog('warn', { write: (line) => void codes.push(JSON.parse(line).code) });
    return createTurns({ database: over, clock, log, leaseMs: minute / 2 });
  }

  /** The turns to resume once every lease has run out. */
  async function leftOver(since = 0) {
    await turns.stop();
    return process().takeUp(since);
  }

  it('are opened once, however often the activity comes', async () => {
    const first = await turns.open(incoming('a|1'), noon);
    const again = await turns.open(incoming('a|1'), noon + 15_000);
    const another = await turns.open(incoming('a|2'), noon);

    expect([first, again, another]).toEqual([true, false, true]);
  });

  it('are recognized once, and never resumed again', async () => {
    const first = await turns.meet('a|1', noon);
    const again = [await turns.meet('a|1', noon + 15_000), await turns.open(incoming('a|1'), noon)];

    expect([first, ...again]).toEqual([true, false, false]);
    expect(await leftOver()).toEqual([]);
  });

  it('are opened by one of ten deliveries at the same time', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => turns.open(incoming('a|1'), noon)));

    expect(opened.filter(Boolean)).toHaveLength(1);
  });

  it('stay known when they have their answer, and the words that came in are forgotten', async () => {
    await turns.open(incoming('a|1'), noon);

    await turns.close('a|1');

    const rows = await database.query.selectFrom('turns').selectAll().execute();
    expect(rows).toMatchObject([{ id: 'a|1', incoming: null, lease_owner: null }]);
    expect(await turns.open(incoming('a|1'), noon)).toBe(false);
    expect(await leftOver()).toEqual([]);
  });

  it('without an answer are resumed as they came, oldest first, with the card they have and how many messages may show their answer', async () => {
    await turns.open(incoming('a|2'), noon + minute);
    await turns.open(incoming('a|1'), noon);
    await turns.open(incoming('a|0'), noon - minute);
    await turns.showed('a|2', 'card-2');
    await turns.noteCopies('a|2', 2);
    await turns.noteCopies('a|2', 1);

    const open = await leftOver(noon);

    expect(open).toEqual([
      { incoming: incoming('a|1'), cardId: null, copies: 0 },
      { incoming: incoming('a|2'), cardId: 'card-2', copies: 1 },
    ]);
  });

  it('are not resumed by the process that is answering them', async () => {
    await turns.open(incoming('a|1'), noon);
    await clock.advance(10 * minute);

    expect(await turns.takeUp(0)).toEqual([]);
  });

  it('that were handed back are resumed by the next process that looks', async () => {
    await turns.open(incoming('a|1'), noon);

    await turns.handBack('a|1');

    expect(await turns.takeUp(0)).toMatchObject([{ incoming: { id: 'a|1' } }]);
  });

  it('count an attempt before it is begun, and keep the count when its process dies', async () => {
    await turns.open(incoming('a|1'), noon);
    const counts: (number | null)[] = [];

    for (let death = 0; death < 3; death += 1) {
      await database.query.updateTable('turns').set({ lease_until: 0 }).execute();
      const next = process();
      await next.takeUp(0);
      counts.push(await next.begin('a|1'));
    }

    expect(counts).toEqual([2, 3, 4]);
  });

  it('count no attempt of a process that lived to hand them back', async () => {
    await turns.open(incoming('a|1'), noon);
    await turns.open(incoming('a|2'), noon);
    await turns.handBack('a|2');
    await turns.stop();

    const next = process();
    await next.takeUp(0);

    expect([await next.begin('a|1'), await next.begin('a|2')]).toEqual([1, 1]);
  });

  it('count no attempt that was not begun when its process died', async () => {
    await turns.open(incoming('a|1'), noon);
    await database.query.updateTable('turns').set({ lease_until: 0 }).execute();
    await process().takeUp(0);
    await database.query.updateTable('turns').set({ lease_until: 0 }).execute();

    const next = process();
    await next.takeUp(0);

    expect(await next.begin('a|1')).toBe(2);
  });

  it('are begun by no other process than the one that resumed them', async () => {
    await turns.open(incoming('a|1'), noon);

    expect(await process().begin('a|1')).toBeNull();
  });

  it('that could not be closed while the database was away are closed later, and no other process has them until then', async () => {
    let isAway = false;
    const shaky = process({
      ...database,
      get query() {
        if (isAway) throw markAway(new Error('the database is away'));
        return database.query;
      },
    });
    await shaky.open(incoming('a|1'), noon);
    isAway = true;

    await shaky.close('a|1');
    isAway = false;
    await eventually(async () => {
      await clock.advance(minute / 6);
      const rows = await database.query.selectFrom('turns').select('incoming').execute();
      return rows[0]?.incoming === null;
    });

    expect(codes).toContain('turn_not_closed');
  });

  it('are forgotten when they are old, answered or not', async () => {
    await turns.open(incoming('a|1'), noon - minute);
    await turns.open(incoming('a|2'), noon);

    await turns.prune({ before: noon, unansweredBefore: noon });

    expect(await turns.open(incoming('a|1'), noon)).toBe(true);
    expect(await turns.open(incoming('a|2'), noon)).toBe(false);
  });

  it('are closed when nobody waits for their answer any more, unless a process works on them', async () => {
    await turns.open(incoming('a|1'), noon - minute);
    await turns.open(incoming('a|2'), noon - minute);
    await turns.handBack('a|1');

    await turns.prune({ before: noon - 2 * minute, unansweredBefore: noon });

    const rows = await database.query.selectFrom('turns').select(['id', 'incoming']).orderBy('id').execute();
    expect(rows.map((row) => [row.id, row.incoming === null])).toEqual([
      ['a|1', true],
      ['a|2', false],
    ]);
  });
});

describe('turns of several processes on PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);
  let database: Database;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(() => place.empty());

  it('are resumed when the lease of their process has run out, and not before', async () => {
    const clock = createTestClock(noon);
    const parts = { database, clock, log: createLog('silent') };
    const dead = createTurns({ ...parts, clock: { ...clock, sleep: () => new Promise(() => undefined) } });
    const [living, other] = [createTurns(parts), createTurns(parts)];
    await dead.open(incoming('dead|1'), noon);
    await living.open(incoming('living|1'), noon);

    const early = await other.takeUp(0);
    await eventually(async () => {
      await clock.advance(10_000);
      const rows = await database.query
        .selectFrom('turns')
        .select('lease_until')
        .where('id', '=', 'living|1')
        .execute();
      return (rows[0]?.lease_until ?? 0) > noon + 31_000 && clock.now() > noon + 31_000;
    });
    const late = await other.takeUp(0);

    expect(early).toEqual([]);
    expect(late).toMatchObject([{ incoming: { id: 'dead|1' } }]);
  });

  it('are left to a living process when the clock jumps ahead, and a dead one loses its own when it jumps back', async () => {
    const clock = createTestClock(noon);
    const parts = { database, clock, log: createLog('silent') };
    const dead = createTurns({ ...parts, clock: { ...clock, sleep: () => new Promise(() => undefined) } });
    const [living, other] = [createTurns(parts), createTurns(parts)];
    await living.open(incoming('living|1'), noon);
    await dead.open(incoming('dead|1'), noon);

    clock.stepWallClock(24 * 60 * minute);
    const ahead = await other.takeUp(0);
    clock.stepWallClock(-25 * 60 * minute);
    const back = await other.takeUp(0);
    await eventually(async () => {
      await clock.advance(5_000);
      const rows = await database.query
        .selectFrom('turns')
        .select('lease_until')
        .where('id', '=', 'living|1')
        .execute();
      return Math.abs((rows[0]?.lease_until ?? 0) - clock.now()) <= minute;
    });
    await clock.advance(minute / 2);
    const late = await other.takeUp(0);

    expect([ahead, back]).toEqual([[], []]);
    expect(late).toMatchObject([{ incoming: { id: 'dead|1' } }]);
    await living.stop();
  });

  it('are resumed by one of five processes that look at the same time', async () => {
    const one = () => createTurns({ database, clock: createTestClock(noon), log: createLog('silent') });
    const turns = one();
    for (let index = 0; index < 8; index += 1) await turns.open(incoming(`a|${index}`), noon);
    await turns.stop();

    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => one().takeUp(0)));

    const ids = taken.flat().map((turn) => turn.incoming.id);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
    expect(ids).toHaveLength(8);
  });
});
