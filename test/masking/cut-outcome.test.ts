import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readOutcome } from '../../src/graph/outcome/read-outcome.ts';
import type { Outcome } from '../../src/graph/outcome.ts';
import { bareWord, isStructure, showing, shownAlone } from '../../src/masking/attributes.ts';
import { cutOutcome } from '../../src/masking/cut-outcome.ts';
import { cutStoredOutcome, cutStoredWords } from '../../src/masking/cut-stored.ts';
import { propertyRuns } from '../support/property-runs.ts';

interface Planted {
  readonly changes?: readonly { displayName: string; oldValue?: unknown; newValue?: unknown }[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly status?: string;
}

const bodyOf = ({ changes = [], details = {}, reason = '', status = 'Failure' }: Planted, shape: 'A' | 'B' = 'B') => {
  const entry = {
    statusInfo: { status, errorCode: 'EntryConflict', reason },
    provisioningSteps: [{ name: 'EntryImport', type: 'Import', status: 'Success', description: reason, details }],
    modifiedProperties: changes,
    reportableIdentifier: 'adele@contoso.com',
  };
  return shape === 'A'
    ? {
        key: JSON.stringify({ result: status, details: { errorCode: 'X', errorMessage: reason } }),
        value: JSON.stringify(entry),
      }
    : { key: 'Type', value: JSON.stringify([entry]) };
};

const reportOf = (planted: Planted, isShown = shownAlone) => {
  const outcome = readOutcome(bodyOf(planted), isShown);
  if (!('report' in outcome)) throw new Error('no report');
  return outcome.report;
};

const noStep: { readonly details: Readonly<Record<string, string>> } = { details: {} };

describe('an outcome', () => {
  it('keeps the values of listed attributes, and the names of others', () => {
    const { changes, steps } = reportOf({
      changes: [
        { displayName: 'title', oldValue: 'Clerk', newValue: 'Head' },
        { displayName: 'streetAddress', oldValue: null, newValue: '12 Elm Street' },
      ],
      details: { displayName: 'Adele', unicodePwd: 'hunter2!', homePhone: '' },
    });

    expect(changes).toEqual([
      { attribute: 'title', oldValue: 'Clerk', newValue: 'Head' },
      { attribute: 'streetAddress', oldValue: null, newValue: '•••' },
    ]);
    expect(steps[0]?.details).toEqual({ displayName: 'Adele', unicodePwd: '•••' });
  });

  it('keeps the attributes that a tenant adds', () => {
    const changes = [{ displayName: 'employeeId', newValue: 'E1000' }];

    expect(reportOf({ changes }).changes[0]?.newValue).toBe('•••');
    expect(reportOf({ changes }, showing(['employeeId'])).changes[0]?.newValue).toBe('E1000');
  });

  it('looks into what is nested in a listed attribute', () => {
    const emails = [
      { type: 'work', value: 'a@contoso.com' },
      { type: 'home', value: 'private@example.org' },
    ];
    const manager = JSON.stringify({ displayName: 'Megan', ssn: 'AB-1', password: 'x' });

    const { details } = reportOf({ details: { emails, manager } }).steps[0] ?? noStep;

    expect(JSON.parse(details.emails ?? '')).toEqual([emails[0], '•••']);
    expect(JSON.parse(details.manager ?? '')).toEqual({ displayName: 'Megan', ssn: '•••', password: '•••' });
  });

  it.each([
    ["Marketing.department EQUALS 'Sales'", "Marketing.department EQUALS 'Sales'"],
    ["Pay filter.salary GREATER_THAN '50000'", 'Pay filter.salary GREATER_THAN •••'],
    ["a.department EQUALS 'x' AND salary EQUALS '50000'", 'a.department EQUALS •••'],
    ['Guests.active IS TRUE', 'Guests.active IS TRUE'],
    ['a', 'a'],
    ["salary '50000'", '•••'],
  ])('keeps how the scoping filter %j ended', (clause, cut) => {
    const result = JSON.stringify({ [clause]: false });

    const { details } = reportOf({ details: { ScopeEvaluationResult: result } }).steps[0] ?? noStep;

    expect(JSON.parse(details.ScopeEvaluationResult ?? '')).toEqual({ [cut]: false });
  });

  it('does not say in a sentence what it does not keep as a value, and leaves common words alone', () => {
    const outcome = readOutcome(
      bodyOf({
        changes: [{ displayName: 'streetAddress', newValue: '12 Elm Street' }],
        details: { employeeKind: 'User', otherMails: 'private@example.org' },
        reason: "User 'adele@contoso.com' of private@example.org: '12 Elm Street' is too long",
      }),
    );

    expect(outcome).toMatchObject({ reason: "User 'adele@contoso.com' of •••: '•••' is too long" });
  });

  it('never holds the value of an attribute off the list, wherever it came', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 30 })
      .filter((key) => !shownAlone(key) && !services.has(bareWord(key)) && !isStructure(key));
    const value = fc.stringMatching(/^Zq7[A-Za-z0-9 '"\\{}:=,.]{4,40}7qZ$/);

    fc.assert(
      fc.property(
        name,
        value,
        fc.constantFrom('Success', 'Failure', 'Skipped'),
        fc.constantFrom('A' as const, 'B' as const),
        (key, secret, status, shape) => {
          const planted = {
            changes: [{ displayName: key, oldValue: secret, newValue: { [key]: secret } }],
            details: { [key]: secret, manager: { [key]: [secret] }, ScopeEvaluationResult: { [key]: secret } },
            reason: `It is '${secret}' and no other`,
            status,
          };

          const stored = JSON.stringify(readOutcome(bodyOf(planted, shape)));

          expect(stored).not.toContain('Zq7');
          expect(cutStoredOutcome(stored)).toBe(stored);
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  /** The service's texts about its own work. */
  const services = new Set([
    'skipreason',
    'propertyname',
    'errorcode',
    'errormessage',
    'reason',
    'recommendedaction',
    'reportableidentifier',
    'scopeevaluationresult',
  ]);
});

describe('an outcome that an earlier release stored', () => {
  it('is cut as it would be today', () => {
    const old: Outcome = {
      kind: 'refused',
      status: 400,
      code: 'X',
      message: '{"password":"hunter2"}',
      cause: 'other',
    };

    expect(JSON.parse(cutStoredOutcome(JSON.stringify(old)))).toEqual({ ...old, message: '{"password":"•••"}' });
    expect(cutOutcome({ kind: 'unknown' as const, why: 'timeout' })).toEqual({ kind: 'unknown', why: 'timeout' });
  });

  it.each(['{"kind":', '"hunter2"', '[1]', '{"report":{}}'])('is unknown where it cannot be read: %s', (json) => {
    expect(JSON.parse(cutStoredOutcome(json))).toEqual({ kind: 'unknown', why: 'unreadable' });
  });

  it('is read with whatever parts it lacks', () => {
    const json = JSON.stringify({ kind: 'created', report: { steps: [{ details: { mobile: '1', n: 3 } }, 7] } });

    expect(JSON.parse(cutStoredOutcome(json))).toMatchObject({
      kind: 'created',
      report: { steps: [{ name: '', description: null, details: { mobile: '•••' } }], changes: [], targetId: null },
    });
  });

  it('loses secrets in the texts of a job', () => {
    const status = { id: 'job', health: { kind: 'quarantined', quarantine: { error: { message: 'pwd=hunter2' } } } };

    expect(cutStoredWords(JSON.stringify(status))).toBe(JSON.stringify(status).replace('hunter2', '•••'));
  });
});
