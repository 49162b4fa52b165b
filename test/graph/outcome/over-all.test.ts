import { describe, expect, it } from '@jest/globals';
import { overAll, unknownEndOf } from '../../../src/graph/outcome/over-all.ts';
import type { Outcome } from '../../../src/graph/outcome.ts';
import { report } from '../../features/provisioning/cards/outcomes.ts';

const refused = (status: number): Outcome => {
  return { kind: 'refused', status, code: 'Code', message: '', cause: 'other' };
};
const failed: Outcome = { kind: 'failed', code: 'EntryConflict', reason: null, recommendedAction: null, report };
const skipped: Outcome = { kind: 'skipped', code: 'X', property: null, reason: null, report };
const outOfScope: Outcome = { kind: 'notInScope', failedChecks: ['assigned'], report };

describe('the outcome over all attempts', () => {
  it.each([refused(403), refused(409), failed, skipped, outOfScope])(
    'is unknown where one may have done it and the last did nothing: $kind',
    (last) => {
      expect(overAll('noAnswer', last)).toEqual({ kind: 'unknown', why: 'noAnswer', last });
      expect(overAll(null, last)).toEqual(last);
    },
  );

  it.each(['created', 'updated', 'disabled', 'deleted', 'otherChange'] as const)('is what is known: %s', (kind) => {
    expect(overAll('timeout', { kind, report })).toEqual({ kind, report });
  });

  it('says of both sides that match that an earlier attempt may have made them so', () => {
    expect(overAll('timeout', { kind: 'inSync', report })).toEqual({ kind: 'inSync', report, earlier: 'timeout' });
  });

  it.each([500, 502, 503])('is unknown after a %i, which a server may send that broke while it worked', (status) => {
    expect(overAll(null, refused(status))).toEqual({ kind: 'unknown', why: 'serverError', last: refused(status) });
  });

  it('leaves open for the later attempts what is not known, and nothing else', () => {
    expect(unknownEndOf({ kind: 'unknown', why: 'timeout' })).toBe('timeout');
    expect(unknownEndOf({ kind: 'inSync', report, earlier: 'timeout' })).toBeNull();
    expect(unknownEndOf(failed)).toBeNull();
  });
});
