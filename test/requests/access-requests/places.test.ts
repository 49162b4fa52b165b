import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../src/db/database.ts';
import {
  addPlace,
  findKnownPeople,
  listPlaces,
  type Place,
  rememberPerson,
  removePlace,
} from '../../../src/requests/access-requests/places.ts';
import { readRecords } from '../../../src/requests/record.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { engineStartMs, engines, type TestDatabase } from '../../support/databases.ts';
import { reader } from './support.ts';

describe.each(engines)('places for approvals on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;
  let database: Database;
  let clock: TestClock;

  beforeAll(async () => {
    place = await createTestDatabase();
    clock = createTestClock();
    database = await place.open(clock);
  }, engineStartMs);
  afterAll(() => place.drop());
  beforeEach(() => place.empty());

  const desk: Place = { key: 'desk', conversation: 'desk#1', reader, general: true, apps: [], addedBy: 'alex' };
  const board: Place = { ...desk, key: 'board', general: false, apps: ['salesforce', 'github'] };

  it('are kept in the order in which they came, and are for what they were last added for', async () => {
    const parts = { database, clock };
    await addPlace(parts, desk);
    await clock.advance(1);
    await addPlace(parts, board);
    await clock.advance(1);
    await addPlace(parts, { ...desk, conversation: 'desk#2', general: false, addedBy: 'patti' });

    expect(await listPlaces(database)).toEqual([
      board,
      { ...desk, conversation: 'desk#2', general: false, addedBy: 'patti' },
    ]);
  });

  it('are left once, and the record tells by whom', async () => {
    const parts = { database, clock };
    await addPlace(parts, board);

    const left = [await removePlace(parts, 'board', 'patti'), await removePlace(parts, 'board', 'patti')];

    expect(left).toEqual([true, false]);
    expect(await listPlaces(database)).toEqual([]);
    expect((await readRecords(database.query, 9)).toReversed()).toMatchObject([
      {
        kind: 'placeAdded',
        actorId: 'alex',
        details: { place: 'board', general: false, apps: ['salesforce', 'github'] },
      },
      { kind: 'placeRemoved', actorId: 'patti', details: { place: 'board' } },
    ]);
  });

  it('include the personal chats of those who have talked there, where they talked last', async () => {
    const alex = { personId: 'alex', conversation: 'alex chat', reader };
    await rememberPerson(database, { ...alex, conversation: 'an older chat', seenAt: 1 });
    await rememberPerson(database, { ...alex, seenAt: 2 });
    await rememberPerson(database, { ...alex, personId: 'megan', seenAt: 3 });

    expect(await findKnownPeople(database, ['alex', 'patti'])).toEqual([alex]);
    expect(await findKnownPeople(database, [])).toEqual([]);
  });
});
