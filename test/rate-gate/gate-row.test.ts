import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { type GateLimits, grantAt } from '../../src/rate-gate/gate.ts';
import { type GateParts, readGate, writeGate } from '../../src/rate-gate/gate-row.ts';
import { createTestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';

const limits: GateLimits = { limit: 5, windowMs: 10_000, guardMs: 500 };

describe.each(engines)('the stored gate on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let parts: GateParts;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    parts = { database, clock: systemClock, gate: { scope: 'tenant', limits } };
  });

  it('starts open', async () => {
    const { state, turns, lanes } = await database.transact((transaction) => readGate(parts, transaction));

    expect(state).toEqual({ grants: [], blockedUntil: 0 });
    expect([turns, lanes]).toEqual([[], []]);
  });

  it('comes back as it was written, to fractions of a millisecond', async () => {
    const written = {
      state: { grants: [1.25, 2.5], blockedUntil: 1_767_603_600_123.625 },
      turns: [7, 3],
      lanes: [1, 0, 1],
    };
    await database.transact(async (transaction) => {
      await readGate(parts, transaction);
      await writeGate(transaction, 'tenant', written);
    });

    const read = await database.transact((transaction) => readGate(parts, transaction));

    expect({ state: read.state, turns: read.turns, lanes: read.lanes }).toEqual(written);
  });

  it('is one gate for each scope', async () => {
    await database.transact(async (transaction) => {
      const { state, now, ...rest } = await readGate(parts, transaction);
      await writeGate(transaction, 'tenant', { ...rest, state: grantAt(state, limits, now) });
    });
    const elsewhere = { ...parts, gate: { ...parts.gate, scope: 'another tenant' } };

    const other = await database.transact((transaction) => readGate(elsewhere, transaction));

    expect(other.state.grants).toEqual([]);
  });

  it('loses no grant of twenty that are given at the same time, even on its first day', async () => {
    const wide = { ...parts, gate: { ...parts.gate, limits: { ...limits, limit: 100 } } };

    const times = await Promise.all(
      Array.from({ length: 20 }, () =>
        database.transact(async (transaction) => {
          const { state, now, ...rest } = await readGate(wide, transaction);
          await writeGate(transaction, 'tenant', { ...rest, state: grantAt(state, wide.gate.limits, now) });
          return now;
        }),
      ),
    );

    const { state } = await database.transact((transaction) => readGate(wide, transaction));
    expect(state.grants).toEqual(times.toSorted((one, other) => one - other));
  });

  it('keeps what it settled when its clock was set back', async () => {
    const ahead = systemClock.now() + 3_600_000;
    await database.transact(async (transaction) => {
      await readGate(parts, transaction);
      await writeGate(transaction, 'tenant', { state: { grants: [ahead], blockedUntil: 0 }, turns: [4], lanes: [1] });
    });

    const first = await database.transact((transaction) => readGate(parts, transaction));
    const second = await database.transact((transaction) => readGate(parts, transaction));

    expect(first.state.grants).toEqual([first.now]);
    expect(second.state.grants).toEqual([first.now]);
    expect([second.turns, second.lanes]).toEqual([[4], [1]]);
  });

  it('returns when it read the time, so that a caller knows how old a grant has become', async () => {
    const clock = createTestClock();
    const slow: Database = {
      ...database,
      dialect: {
        ...database.dialect,
        async gateNow() {
          await clock.advance(70);
          return clock.monotonic();
        },
      },
    };

    const { now, askedAt } = await database.transact((transaction) =>
      readGate({ ...parts, clock, database: slow }, transaction),
    );

    expect(now - askedAt).toBe(70);
  });
});
