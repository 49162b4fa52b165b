import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { beginEdit, type EditingParts, pruneEdits } from '../../src/requests/editing.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { postgresEngine, sqliteEngine, useTestDatabase } from '../support/databases.ts';

const stillMs = 2_000;
const leaseMs = 30_000;

describe('an edit of a card on PostgreSQL', () => {
  const place = useTestDatabase(postgresEngine);
  let database: Database;
  let clock: TestClock;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await database.query.deleteFrom('card_edits').execute();
    clock = createTestClock();
  });

  const by = (owner: string): EditingParts => ({ database, clock, owner, stillMs, leaseMs });

  it('belongs to one process at a time', async () => {
    const begun = await Promise.all(['one', 'two', 'three', 'four'].map((owner) => beginEdit(by(owner), 'R7K3MQ')));

    expect(begun.filter((edit) => edit !== null)).toHaveLength(1);
  });

  it('does not block other cards', async () => {
    await beginEdit(by('one'), 'R7K3MQ');

    expect(await beginEdit(by('other'), 'ANOTHER')).not.toBeNull();
  });

  it('keeps the card from further edits for a moment, but not those of the process that edited it', async () => {
    const edit = await beginEdit(by('one'), 'R7K3MQ');
    await edit?.end();

    const soon = await beginEdit(by('other'), 'R7K3MQ');
    const again = await beginEdit(by('one'), 'R7K3MQ');
    await again?.end();
    await clock.advance(stillMs);
    const later = await beginEdit(by('other'), 'R7K3MQ');

    expect([soon, again === null, later === null]).toEqual([null, false, false]);
  });

  it('of a process that died is over when its lease has run out', async () => {
    await beginEdit(by('dead'), 'R7K3MQ');
    await clock.advance(leaseMs);

    expect(await beginEdit(by('other'), 'R7K3MQ')).not.toBeNull();
  });

  it('reports to a process that stood still meanwhile that another one may have edited the card', async () => {
    const late = await beginEdit(by('paused'), 'R7K3MQ');
    await clock.advance(leaseMs);
    const edit = await beginEdit(by('other'), 'R7K3MQ');

    expect([await late?.end(), await edit?.end()]).toEqual([false, true]);
  });

  it('is forgotten after a while', async () => {
    await beginEdit(by('one'), 'R7K3MQ');
    await pruneEdits(database, clock.now());
    const soon = await database.query.selectFrom('card_edits').select('id').execute();

    await clock.advance(2 * 3_600_000);
    await pruneEdits(database, clock.now());

    expect(soon).toHaveLength(1);
    expect(await database.query.selectFrom('card_edits').select('id').execute()).toEqual([]);
  });
});

describe('an edit of a card on SQLite', () => {
  it('takes no lock, as there is no other process', async () => {
    const place = await sqliteEngine.createTestDatabase();
    const database = await place.open(systemClock);
    const parts = { database, clock: createTestClock(), stillMs, leaseMs };

    const [one, other] = [
      await beginEdit({ ...parts, owner: 'one' }, 'R7K3MQ'),
      await beginEdit({ ...parts, owner: 'other' }, 'R7K3MQ'),
    ];

    expect([await one?.end(), await other?.end()]).toEqual([true, true]);
    await place.drop();
  });
});
