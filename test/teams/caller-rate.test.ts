import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCallerRate } from '../../src/teams/caller-rate.ts';
import { createTestClock } from '../support/clock.ts';

const tenantId = '5eed0000-0000-4000-8000-00000000face';
const alex = { tenantId, id: '5eed0000-0000-4000-8000-000000000001' };
const megan = { tenantId, id: '5eed0000-0000-4000-8000-000000000002' };
const minute = 60_000;

describe('the rate limit of one caller', () => {
  it('allows so many commands in a minute, and the next one as soon as the first is a minute old', async () => {
    const clock = createTestClock();
    const rate = createCallerRate(2, clock);

    const first = rate.take(alex);
    await clock.advance(20_000);
    const second = rate.take(alex);
    const third = rate.take(alex);
    await clock.advance(39_999);
    const early = rate.take(alex);
    await clock.advance(1);
    const inTime = rate.take(alex);

    expect([first, second, inTime]).toEqual([{ kind: 'within' }, { kind: 'within' }, { kind: 'within' }]);
    expect(third).toEqual({ kind: 'over', isNews: true, waitMs: 40_000 });
    expect(early).toEqual({ kind: 'over', isNews: false, waitMs: 1 });
  });

  it('is reported once a minute, however long the caller goes on', async () => {
    const clock = createTestClock();
    const rate = createCallerRate(1, clock);
    const news: number[] = [];

    for (let second = 0; second < 180; second += 1) {
      const admittance = rate.take(alex);
      if (admittance.kind === 'over' && admittance.isNews) news.push(second);
      await clock.advance(1_000);
    }

    expect(news).toEqual([1, 61, 121]);
  });

  it('takes nothing from any other caller, nor from the same id in another tenant', () => {
    const rate = createCallerRate(1, createTestClock());

    const first = [alex, megan, { ...alex, tenantId: 'another' }].map((who) => rate.take(who).kind);
    const second = rate.take(alex).kind;

    expect(first).toEqual(['within', 'within', 'within']);
    expect(second).toBe('over');
  });

  it('does not depend on the wall clock', () => {
    const clock = createTestClock();
    const rate = createCallerRate(1, clock);
    rate.take(alex);

    clock.stepWallClock(2 * minute);

    expect(rate.take(alex).kind).toBe('over');
  });

  it('forgets callers who have been quiet for a minute', async () => {
    const clock = createTestClock();
    const rate = createCallerRate(30, clock);
    for (let person = 0; person < 1_000; person += 1) rate.take({ tenantId, id: String(person) });
    const crowded = rate.size();

    await clock.advance(minute);
    rate.take(alex);

    expect(crowded).toBe(1_000);
    expect(rate.size()).toBe(1);
  });

  it('admits whatever leaves no minute with more than the limit, and nothing else', async () => {
    const steps = fc.array(fc.record({ pauseMs: fc.nat(40_000), isAlex: fc.boolean() }), { maxLength: 60 });

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (limit, arrivals) => {
        let time = 0;
        const rate = createCallerRate(limit, { monotonic: () => time });
        const letIn = { alex: [] as number[], megan: [] as number[] };
        for (const { pauseMs, isAlex } of arrivals) {
          time += pauseMs;
          const own = letIn[isAlex ? 'alex' : 'megan'];
          const withinMinute = own.filter((at) => time - at < minute);

          const admittance = rate.take(isAlex ? alex : megan);

          expect(admittance.kind).toBe(withinMinute.length < limit ? 'within' : 'over');
          if (admittance.kind === 'over') expect(admittance.waitMs).toBe((withinMinute[0] ?? 0) + minute - time);
          else own.push(time);
        }
      }),
    );
  });
});
