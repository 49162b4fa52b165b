import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { findUnshown } from '../../src/outbox/message-store.ts';
import { findKnown } from '../../src/requests/known-names.ts';
import { findRequest } from '../../src/requests/store.ts';
import { engineStartMs, engines, type TestDatabase } from '../support/databases.ts';
import { accessRequest, asOf, firstDay, told } from './earlier.ts';

const channel = {
  ...{ key: 'channel', conversation: 'channel', locale: 'en', time_zone: 'UTC' },
  ...{ general: 1, added_by: 'patti', added_at: 0 },
};

describe.each(engines)('a database from before the audit log had its name on $name', ({ createTestDatabase }) => {
  let place: TestDatabase;

  beforeEach(async () => {
    place = await createTestDatabase();
  }, engineStartMs);
  afterEach(() => place.drop());

  it('keeps its rows, its search and its triggers', async () => {
    const entry = { at: 1, request_id: 'R7K3MX', details: '{}' };
    await asOf(place, '022-seen-jobs', async (earlier) => {
      await earlier
        .insertInto('requests')
        .values({ id: 'R7K3MX', ...firstDay, card_id: 'card' })
        .execute();
      await earlier
        .insertInto('access_requests')
        .values({ ...accessRequest, asker_id: 'megan', asker_name: 'Megan Bowen' })
        .execute();
      const card = { ...told, access_request_id: 'A7K3MQ', card_id: 'card', drawn_revision: 5 };
      await earlier
        .insertInto('access_cards')
        .values([
          { ...card, id: 'copy-1', source: '1', audience: 'asker' },
          { ...card, id: 'copy-2', source: '2', audience: 'approvers' },
        ])
        .execute();
      await earlier
        .insertInto('records')
        .values([
          { ...entry, actor_id: 'alex', kind: 'asked' },
          { ...entry, actor_id: 'gone', kind: 'exported' },
        ])
        .execute();
      await earlier.deleteFrom('records').where('actor_id', '=', 'gone').execute();
      await earlier
        .insertInto('approval_places')
        .values({ ...channel, apps: '[]', grants: '[]' })
        .execute();
    });

    const database = await place.open(systemClock);

    const { query } = database;
    const known = async (text: string) => (await findKnown(database, text)).map(({ kind, id }) => `${kind} ${id}`);
    const unshown = async () => (await findUnshown(database, 10)).toSorted();
    expect((await findRequest(database, 'R7K3MX'))?.requestedBy).toEqual({ id: 'alex', name: 'Alex Wilber' });
    expect(await query.selectFrom('access_requests').selectAll().execute()).toMatchObject([
      { ...accessRequest, requested_by_id: 'megan', requested_by_name: 'Megan Bowen' },
    ]);
    expect(await query.selectFrom('messages').select(['id', 'audience']).orderBy('id').execute()).toEqual([
      { id: 'copy-1', audience: 'requester' },
      { id: 'copy-2', audience: 'approvers' },
    ]);
    expect(await query.selectFrom('audit_log').selectAll().execute()).toEqual([
      { id: 1, ...entry, actor_id: 'alex', kind: 'asked' },
    ]);
    expect(await query.selectFrom('approval_channels').selectAll().execute()).toMatchObject([channel]);
    expect([await known('megan bowen'), await known('alex wilber'), await unshown()]).toEqual([
      ['person megan'],
      ['person alex'],
      [],
    ]);

    // What is stored from now on is found as well.
    const lee = { requested_by_id: 'lee', requested_by_name: 'Lee Gu' };
    const diego = { requested_by_id: 'diego', requested_by_name: 'Diego Siciliani' };
    const { asker_id: _id, asker_name: _name, drawn_revision: _drawn, ...request } = firstDay;
    await query
      .insertInto('requests')
      .values({ id: 'R7K3MY', ...request, ...lee, source: 'other' })
      .execute();
    await query
      .insertInto('access_requests')
      .values({ ...accessRequest, ...diego, id: 'A7K3MX', source: 'other', request_id: null })
      .execute();
    await query
      .insertInto('audit_log')
      .values({ ...entry, actor_id: 'nestor', kind: 'exported' })
      .execute();
    await query.updateTable('access_requests').set({ revision: 3 }).where('id', '=', 'A7K3MQ').execute();
    await query
      .updateTable('access_requests')
      .set({ decided_by_id: 'patti', decided_by_name: 'Patti Fernandez' })
      .where('id', '=', 'A7K3MQ')
      .execute();
    expect([await known('lee gu'), await known('diego siciliani'), await known('patti fernandez')]).toEqual([
      ['person lee'],
      ['person diego'],
      ['person patti'],
    ]);
    const names = await query.selectFrom('known_names').select('kind').where('folded', '=', 'nestor').execute();
    expect(names).toEqual([{ kind: 'actor' }]);
    // No id of a deleted entry is given again.
    expect((await query.selectFrom('audit_log').select('id').orderBy('id').execute()).at(-1)).toEqual({ id: 3 });
    expect(await unshown()).toEqual(['copy-1', 'copy-2']);
  });
});
