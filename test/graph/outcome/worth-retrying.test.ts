import { describe, expect, it } from '@jest/globals';
import { isWorthRetrying } from '../../../src/graph/outcome/worth-retrying.ts';
import type { Outcome, RefusalCause, Report } from '../../../src/graph/outcome.ts';

const report: Report = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};

const failed = (code: string): Outcome => ({ kind: 'failed', code, reason: null, recommendedAction: null, report });

const refused = (cause: RefusalCause): Outcome => ({ kind: 'refused', status: 400, code: '', message: '', cause });

describe('isWorthRetrying', () => {
  it.each<Outcome>([
    { kind: 'unknown', why: 'unreadable' },
    { kind: 'unknown', why: 'gatewayTimeout' },
    { kind: 'notInScope', failedChecks: [], report },
    { kind: 'skipped', code: 'ImportSkipped', property: null, reason: null, report },
    failed('InternalServerError'),
    failed('ContosoTimeout'),
    failed('EndpointUnavailable'),
    failed('EntryConflict'),
    failed(''),
    refused('throttled'),
    refused('serviceUnavailable'),
    refused('quarantined'),
    refused('permission'),
    refused('ownRole'),
    refused('signInGone'),
    refused('wrongRule'),
    refused('notFound'),
    refused('credentialsMissing'),
    refused('other'),
  ])('is true for %j', (outcome) => {
    expect(isWorthRetrying(outcome)).toBe(true);
  });

  it.each<Outcome>([
    { kind: 'created', report },
    { kind: 'updated', report },
    { kind: 'disabled', report },
    { kind: 'deleted', report },
    { kind: 'otherChange', report },
    { kind: 'inSync', report },
  ])('is false for %j', (outcome) => {
    expect(isWorthRetrying(outcome)).toBe(false);
  });
});
