import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import type { GateLimits } from '../../src/rate-gate/gate.ts';
import { recoverTasks } from '../../src/requests/crashed.ts';
import { forecastQueue, requeueTasks } from '../../src/requests/queue.ts';
import { finishTask, postponeTask, renewLease } from '../../src/requests/running.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { engineStartMs, postgresEngine, type TestDatabase } from '../support/databases.ts';
import { ask, claim, claimed, done, named, noLimits, storeParts } from './support.ts';

/** Several processes on one PostgreSQL: each opens it for itself, with a pool of its own. */
describe('replicas on one PostgreSQL', () => {
  let place: TestDatabase;
  let replicas: Database[];

  beforeAll(async () => {
    place = await postgresEngine.createTestDatabase();
    // All at once on an empty database, as a first rollout does.
    replicas = await Promise.all([1, 2, 3].map(() => place.open(systemClock)));
  }, engineStartMs);
  afterAll(() => place.drop());
  beforeEach(() => place.empty());

  /** The store as one of the replicas has it. */
  function replica(index: number, limits: GateLimits = noLimits): StoreParts {
    const database = replicas[index % replicas.length];
    if (database === undefined) throw new Error('there are no replicas');
    return storeParts(database, systemClock, limits);
  }

  /** The grants that the gate gave, by the database's own clock, gathered by looking after each claim. */
  async function claimEverything(store: StoreParts, count: { left: number }, claims: string[]): Promise<void> {
    while (count.left > 0) {
      const made = await claim(store);
      if (made.kind === 'claimed') {
        count.left -= 1;
        claims.push(made.claimed.task.id);
        await finishTask(store, made.claimed, done);
      } else {
        await systemClock.sleep(made.kind === 'later' ? made.inMs : 1);
      }
    }
  }

  it('claim every task once, and never more than the limit in any window', async () => {
    const limits: GateLimits = { limit: 5, windowMs: 150, guardMs: 10 };
    const { id } = await ask(replica(0), named('person', 40));
    await watchGrants();
    const claims: string[] = [];
    const count = { left: 40 };

    await Promise.all([0, 1, 2, 3, 4, 5].map((index) => claimEverything(replica(index, limits), count, claims)));

    expect(new Set(claims).size).toBe(40);
    expect(claims).toHaveLength(40);
    const tasks = (await findRequest(replica(0).database, id))?.tasks ?? [];
    expect(tasks.every((task) => task.state.kind === 'done' && task.attempts === 1)).toBe(true);
    const grants = await watchedGrants();
    expect(grants).toHaveLength(40);
    const gaps = grants.slice(5).map((grant, index) => grant - (grants[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(160);
  });

  it('run two hundred claims, ends, retries, blocks and forecasts at the same time without a deadlock', async () => {
    const requests = await Promise.all(named('request', 10).map((name, index) => ask(replica(index), named(name, 10))));

    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, async (_, index) => {
        const store = replica(index);
        const request = requests[index % requests.length];
        const made = await claim(store, `replica ${index % 3}`, index % 5 === 0 ? -1 : 30_000);
        if (made.kind === 'claimed' && index % 4 === 0) {
          const closesGate = { retryAfterMs: 1 };
          await postponeTask(store, made.claimed, { reason: 'throttled', delayMs: 0, closesGate });
        } else if (made.kind === 'claimed') {
          await finishTask(store, made.claimed, done);
        }
        if (index % 7 === 0) await recoverTasks(store, `replica ${index % 3}`);
        if (index % 9 === 0) await forecastQueue(store);
        const taskIds = request?.tasks.map((task) => task.id) ?? [];
        if (index % 11 === 0) await requeueTasks(store, request?.id ?? '', taskIds, 'megan');
        if (index % 13 === 0) await ask(store, named(`late ${index}`, 3));
      }),
    );

    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('share one gate: a 429 at one closes it for all', async () => {
    const [one, other] = [replica(0), replica(1)];
    await ask(one, ['isaiah', 'adele']);
    const made = await claim(one);
    if (made.kind !== 'claimed') throw new Error('nothing was claimed');

    await postponeTask(one, made.claimed, { reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs: 60_000 } });

    const shut = await claim(other);
    expect(shut.kind === 'later' && shut.inMs).toBeGreaterThan(50_000);
  });

  it('see a task that one of them stored a moment ago', async () => {
    const [one, other] = [replica(0), replica(1)];

    const { id } = await ask(one, ['isaiah']);
    const made = await claim(other);

    expect(made.kind === 'claimed' && made.claimed.task.requestId).toBe(id);
  });

  it('share one clock, so that one whose machine is ten minutes fast takes no running task of the others', async () => {
    const machine = { ...systemClock, now: () => systemClock.now() + 600_000 };
    const opened = await place.open(machine);
    const fast = storeParts(opened, opened.dialect.clock, noLimits);
    const one = replica(0);
    await ask(fast, ['isaiah']);

    const early = await claim({ ...one, clock: one.database.dialect.clock });
    const recovered = await recoverTasks(fast, 'the fast one');

    expect(early.kind).toBe('claimed');
    expect(recovered).toEqual([]);
  });

  it('do not write an outcome that comes after the lease was lost, and keep the other replica’s', async () => {
    const [one, other] = [replica(0), replica(1)];
    const { id } = await ask(one, ['isaiah']);
    const paused = await claimed(one, 'paused', -1);
    await recoverTasks(other, 'other');
    const taken = await claimed(other, 'other');

    const late = await finishTask(one, paused, { ...done, graphRequestId: 'late' });
    const postponed = await postponeTask(one, paused, { reason: 'noAnswer', delayMs: 0 });
    const renewed = await renewLease(one, paused, systemClock.now() + 60_000);
    const kept = await finishTask(other, taken, { ...done, graphRequestId: 'kept' });

    expect([late, postponed, renewed, kept]).toEqual([false, false, false, true]);
    const [task] = (await findRequest(one.database, id))?.tasks ?? [];
    expect(task).toMatchObject({ attempts: 2, state: { kind: 'done', graphRequestId: 'kept' } });
  });

  it('pass over a task that another transaction is writing at this moment, and take the next one', async () => {
    const [one, other] = [replica(0), replica(1)];
    const { tasks } = await ask(one, ['isaiah', 'adele']);
    const first = tasks[0]?.id ?? '';

    const made = await one.database.transact(async (transaction) => {
      await transaction.selectFrom('tasks').select('id').where('id', '=', first).forUpdate().execute();
      return claimed(other);
    });

    expect(made.task.subject.id).toBe('adele');
  });

  it('keep the limit where the server has another default isolation', async () => {
    const name = new URL(place.config.kind === 'postgres' ? place.config.url.reveal() : '').pathname.slice(1);
    const strict = `alter database ${name} set default_transaction_isolation = 'serializable'`;
    await run(strict);
    const late = storeParts(await place.open(systemClock), systemClock, noLimits);
    await ask(late, named('person', 20));

    const claims = await Promise.all(Array.from({ length: 20 }, () => claim(late)));

    const ids = claims.map((made) => (made.kind === 'claimed' ? made.claimed.task.id : made.kind));
    expect(new Set(ids).size).toBe(20);
  });

  /** Keeps every grant that is ever written, which the row itself does not. */
  async function watchGrants(): Promise<void> {
    await run('create table if not exists grants_seen (at double precision)');
    await run('delete from grants_seen');
    await run(`create or replace function see_grant() returns trigger language plpgsql as $$
      begin
        insert into grants_seen select (new.grants::json ->> -1)::float8 where new.grants <> old.grants;
        return new;
      end $$`);
    await run('create or replace trigger see_grant before update on gates for each row execute function see_grant()');
  }

  async function watchedGrants(): Promise<number[]> {
    const rows = await run('select at from grants_seen order by at');
    return rows.map((row) => Number((row as { at: unknown }).at));
  }

  async function run(statement: string): Promise<readonly unknown[]> {
    return (await sql.raw(statement).execute(replica(0).database.query)).rows;
  }
});
