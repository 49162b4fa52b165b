import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Incoming } from '../../src/chat/incoming.ts';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { createTurns, type Turns } from '../../src/teams/turns.ts';
import { engineStartMs, engines, type TestDatabase } from '../support/databases.ts';

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

describe.each(engines)('turns on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;
  let database: Database;
  let turns: Turns;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await place.open(systemClock);
    turns = createTurns(database);
  }, engineStartMs);
  afterAll(() => place.drop());
  beforeEach(() => place.empty());

  it('are opened once, however often the activity comes', async () => {
    const first = await turns.open(incoming('a|1'), noon);
    const again = await turns.open(incoming('a|1'), noon + 15_000);
    const another = await turns.open(incoming('a|2'), noon);

    expect([first, again, another]).toEqual([true, false, true]);
  });

  it('are met once, and never taken up again', async () => {
    const first = await turns.meet('a|1', noon);
    const again = [await turns.meet('a|1', noon + 15_000), await turns.open(incoming('a|1'), noon)];

    expect([first, ...again]).toEqual([true, false, false]);
    expect(await turns.findOpen(0)).toEqual([]);
  });

  it('are opened by one of ten deliveries at the same time', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => turns.open(incoming('a|1'), noon)));

    expect(opened.filter(Boolean)).toHaveLength(1);
  });

  it('stay known when they have their answer, and the words that came in are forgotten', async () => {
    await turns.open(incoming('a|1'), noon);

    await turns.close('a|1');

    const rows = await database.query.selectFrom('turns').selectAll().execute();
    expect(rows).toMatchObject([{ id: 'a|1', incoming: null }]);
    expect(await turns.open(incoming('a|1'), noon)).toBe(false);
    expect(await turns.findOpen(0)).toEqual([]);
  });

  it('without an answer are found again as they came, oldest first, with the card they have', async () => {
    await turns.open(incoming('a|2'), noon + minute);
    await turns.open(incoming('a|1'), noon);
    await turns.open(incoming('a|0'), noon - minute);
    await turns.showed('a|2', 'card-2');

    const open = await turns.findOpen(noon);

    expect(open).toEqual([
      { incoming: incoming('a|1'), cardId: null },
      { incoming: incoming('a|2'), cardId: 'card-2' },
    ]);
  });

  it('are forgotten when they are old, answered or not', async () => {
    await turns.open(incoming('a|1'), noon - minute);
    await turns.open(incoming('a|2'), noon);

    await turns.prune(noon);

    expect(await turns.findOpen(0)).toMatchObject([{ incoming: { id: 'a|2' } }]);
    expect(await turns.open(incoming('a|1'), noon)).toBe(true);
  });
});
