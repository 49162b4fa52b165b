import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { storedBindings } from '../../src/db/stored-bindings.ts';

let database: Database;
beforeEach(async () => {
  database = await openDatabase({ kind: 'sqlite', path: ':memory:' }, systemClock);
});
afterEach(() => database.close());

describe('the binding of an entry of APPS_FILE', () => {
  it('is the one that was stored first, whichever process comes later', async () => {
    const [one, other] = [storedBindings(database, systemClock), storedBindings(database, systemClock)];

    const bound = await Promise.all([one.bind('salesforce', 'first'), other.bind('salesforce', 'second')]);
    const later = await other.bind('salesforce', 'third');

    expect(new Set([...bound, later]).size).toBe(1);
    expect([...(await one.read())]).toEqual([['salesforce', later]]);
  });
});
