import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { compiledOnce } from '../../src/db/compiled-once.ts';
import type { Database } from '../../src/db/database.ts';
import type { AuditLogRow } from '../../src/db/schema.ts';
import { engines, useTestDatabase } from '../support/databases.ts';

describe.each(engines)('a query that is compiled once on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let builds = 0;

  const insert = compiledOnce((db, { at, kind, request_id }: Pick<AuditLogRow, 'at' | 'kind' | 'request_id'>) => {
    builds += 1;
    return db.insertInto('audit_log').values({ at, kind, request_id, actor_id: 'alex', details: '{}' });
  });
  const findSince = compiledOnce((db, { since, most }: { readonly since: number; readonly most: number }) =>
    db
      .selectFrom('audit_log')
      .select(['at', 'kind', 'request_id', 'actor_id'])
      .where('at', '>=', since)
      .orderBy('at')
      .limit(most),
  );

  beforeAll(async () => {
    database = await place.open(systemClock);
  });

  it('takes other values each time, in a transaction as well, and keeps what is no value', async () => {
    await insert(database.query, { at: 1, kind: 'asked', request_id: null });
    await database.transact((transaction) => insert(transaction, { at: 2, kind: 'sent', request_id: 'R7K3MQ' }));

    const all = await findSince(database.query, { since: 0, most: 10 });
    const last = await findSince(database.query, { since: 2, most: 10 });
    const first = await findSince(database.query, { since: 0, most: 1 });

    const entries = [
      { at: 1, kind: 'asked', request_id: null, actor_id: 'alex' },
      { at: 2, kind: 'sent', request_id: 'R7K3MQ', actor_id: 'alex' },
    ];
    expect([all, last, first]).toEqual([entries, entries.slice(1), entries.slice(0, 1)]);
    expect(builds).toBe(1);
  });

  it('is compiled once more for other columns', async () => {
    let made = 0;
    const change = compiledOnce((db, { key, ...columns }: Partial<AuditLogRow> & { readonly key: string }) => {
      made += 1;
      return db
        .updateTable('audit_log')
        .set(columns as object)
        .where('request_id', '=', key)
        .returning(['at', 'kind']);
    });
    await insert(database.query, { at: 7, kind: 'asked', request_id: 'K7Q2MB' });

    const kind = await change(database.query, { key: 'K7Q2MB', kind: 'sent' });
    const time = await change(database.query, { key: 'K7Q2MB', at: 8 });
    const again = await change(database.query, { key: 'K7Q2MB', at: 9 });

    expect([kind, time, again]).toEqual([
      [{ at: 7, kind: 'sent' }],
      [{ at: 8, kind: 'sent' }],
      [{ at: 9, kind: 'sent' }],
    ]);
    expect(made).toBe(2);
  });
});
