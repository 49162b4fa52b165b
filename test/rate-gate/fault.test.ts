import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Evidence, type Health, hear, probing, settleHealth, wellHealth } from '../../src/rate-gate/fault.ts';

const answered: Evidence = { kind: 'answered' };
const nothing: Evidence = { kind: 'nothing' };
const away: Evidence = { kind: 'fault', cause: 'unreachable', code: 'ECONNREFUSED' };
const noToken: Evidence = { kind: 'fault', cause: 'noToken', code: 'AADSTS7000222' };
const trouble: Evidence = { kind: 'trouble', code: 'HTTP_503', retryAfterMs: null };

interface Told {
  readonly evidence: Evidence;
  readonly taskId?: string;
  readonly isProbe?: boolean;
  readonly now?: number;
}

/** The state of a gate after all these events, one after the other. */
function hearing(told: readonly Told[], before: Health = wellHealth): Health {
  return told.reduce<Health>((health, { evidence, taskId = 'task', isProbe = false, now = 0 }) => {
    return hear(health, evidence, { taskId, isProbe, now, at: 1_000_000 + now, jitter: 0 });
  }, before);
}

const probe = (evidence: Evidence, now = 0): Told => ({ evidence, isProbe: true, now });

describe('a fault common to all tasks', () => {
  it.each([away, noToken])('closes the gate at once where nothing could leave: %j', (evidence) => {
    const { fault } = hearing([{ evidence, now: 5 }]);

    expect(fault).toMatchObject({ since: 1_000_005, closedAt: 1_000_005, failures: 1, retryAt: 1_005 });
  });

  it('closes the gate at the third task in a row that meets it', () => {
    const two = hearing([
      { evidence: trouble, taskId: 'one' },
      { evidence: trouble, taskId: 'two' },
    ]);
    const three = hearing([{ evidence: trouble, taskId: 'three' }], two);

    expect(two.fault).toBeNull();
    expect(three.fault).toMatchObject({ cause: 'serviceUnavailable', code: 'HTTP_503' });
  });

  it('is not concluded from one task’s own trouble, however often that comes, nor where others are answered in between', () => {
    const own = hearing(Array.from({ length: 9 }, () => ({ evidence: trouble })));
    const mixed = hearing(
      ['one', 'two', 'three', 'four'].flatMap((taskId) => [
        { evidence: trouble, taskId },
        { evidence: trouble, taskId: 'zero' },
        { evidence: answered },
      ]),
    );

    expect([own.fault, mixed]).toEqual([null, wellHealth]);
  });

  it('is probed after pauses that double up to a minute, and keeps when it began', () => {
    const pauses: number[] = [];
    let health = hearing([{ evidence: away }]);
    for (let count = 0; count < 9; count += 1) {
      const now = health.fault?.retryAt ?? 0;
      health = hearing([probe(away, now)], health);
      pauses.push((health.fault?.retryAt ?? 0) - now);
    }

    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    expect(health.fault).toMatchObject({ since: 1_000_000, closedAt: 1_000_000, failures: 10 });
  });

  it('keeps since when it has its present cause', () => {
    const { fault } = hearing([{ evidence: away }, probe(noToken, 1_000)]);

    expect(fault).toMatchObject({ cause: 'noToken', since: 1_001_000, closedAt: 1_000_000 });
  });

  it('makes the gate wait as long as the service asks, up to ten minutes', () => {
    const asked = (retryAfterMs: number) =>
      hearing([probe({ kind: 'trouble', code: 'HTTP_503', retryAfterMs })], hearing([{ evidence: away }])).fault
        ?.retryAt;

    expect([asked(120_000), asked(86_400_000)]).toEqual([120_000, 600_000]);
  });

  it('is over with the first probe that is answered, and with nothing else', () => {
    const closed = hearing([{ evidence: away }]);

    expect(hearing([{ evidence: answered }, { evidence: trouble }, { evidence: nothing }], closed)).toBe(closed);
    expect(hearing([probe(answered)], closed)).toEqual(wellHealth);
  });

  it('has no second probe while one is under way, unless that one has no result', () => {
    const under = probing(hearing([{ evidence: away }]), 1_000);

    expect(under.fault?.retryAt).toBeGreaterThan(61_000);
    expect(hearing([probe(nothing, 2_000)], under).fault?.retryAt).toBe(2_000);
  });

  it('is probed at once where a clock was set back', () => {
    const ahead = hearing([{ evidence: away, now: 10_000_000 }]);

    expect(settleHealth(ahead, 0).fault?.retryAt).toBe(0);
    expect(settleHealth(ahead, 10_000_000)).toBe(ahead);
  });

  it('never keeps the gate closed for longer than ten minutes at a time, and never shut for good', () => {
    const evidence = fc.oneof(
      fc.constantFrom(answered, nothing, away, noToken),
      fc.nat().map((retryAfterMs): Evidence => ({ kind: 'trouble', code: '', retryAfterMs })),
    );
    const told = fc.record({ evidence, taskId: fc.constantFrom('a', 'b', 'c', 'd'), isProbe: fc.boolean() });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 60 }), (all) => {
        const health = hearing(all);
        expect(health.fault?.retryAt ?? 0).toBeLessThanOrEqual(600_000);
        expect(hearing([probe(answered)], health)).toEqual(wellHealth);
      }),
    );
  });
});
