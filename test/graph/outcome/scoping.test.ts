import { describe, expect, it } from '@jest/globals';
import { failedScopingChecks, saidOf, scopeClauses } from '../../../src/graph/outcome/scoping.ts';
import type { Step } from '../../../src/graph/outcome.ts';

const scopingStep = (details: Record<string, string>, more: Partial<Step> = {}): Step => ({
  type: 'scoping',
  name: 'EntrySynchronizationScoping',
  status: 'success',
  description: null,
  details,
  ...more,
});

describe('failedScopingChecks', () => {
  it.each([
    ['IsActive', 'active'],
    ['Assigned', 'assigned'],
    ['IsEffectivelyEntitledForProvisioning', 'entitled'],
    ['IsInProvisioningScopeDisplayName', 'scopingFilter'],
    ['Active in the source system', 'active'],
    ['Assigned to the application', 'assigned'],
    ['Assigned to application', 'assigned'],
    ['User has the required role', 'entitled'],
    ['Group has the required role', 'entitled'],
    ['Scoping filter evaluation passed', 'scopingFilter'],
    ['IsInProvisioningScope', 'scopingFilter'],
  ])('recognizes %s as %s', (key, check) => {
    expect(failedScopingChecks([scopingStep({ [key]: 'False' })])).toEqual([check]);
    expect(failedScopingChecks([scopingStep({ [key]: 'True' })])).toEqual([]);
  });

  it('puts the most specific first, whatever order the service has', () => {
    const details = {
      IsInProvisioningScope: 'false',
      Assigned: 'FALSE',
      IsActive: 'False',
      ScopeEvaluationResult: '{}',
    };

    expect(failedScopingChecks([scopingStep(details)])).toEqual(['active', 'assigned', 'scopingFilter']);
  });

  it('reads the details of a skip step too', () => {
    const skip = scopingStep({ SkipReason: 'NotEffectivelyEntitled', IsActive: 'False' }, { type: 'processing' });

    expect(failedScopingChecks([skip])).toEqual(['active']);
  });

  it('does not take the attributes of an imported object for checks', () => {
    expect(failedScopingChecks([scopingStep({ IsActive: 'False' }, { type: 'import', name: 'EntryImport' })])).toEqual(
      [],
    );
  });

  it('reads the numbered causes in a description', () => {
    const description =
      "The User '…' will be skipped due to the following reasons: 1) This object does not have required entitlement " +
      "for provisioning. If you did not expect the object to be skipped, update provisioning scope to 'Sync all users " +
      "and groups' or assign the object to the application with entitlement of provisioning category";

    expect(failedScopingChecks([scopingStep({}, { description })])).toEqual(['entitled']);
  });

  it('does not read a name as a cause, however alike', () => {
    const description = "The User 'This object did not pass a scoping filter' will be skipped";

    expect(failedScopingChecks([scopingStep({}, { description })])).toEqual([]);
  });

  it('reads causes in further texts, and names each check once', () => {
    const texts = [
      '2) This object did not pass a scoping filter. 1) This object is not assigned to the application.',
      null,
    ];

    expect(failedScopingChecks([scopingStep({ Assigned: 'False' })], texts)).toEqual(['assigned', 'scopingFilter']);
  });
});

describe('what is said of one condition', () => {
  it.each([
    ['nothing', [scopingStep({ IsActive: 'True' })], null],
    ['yes', [scopingStep({ Assigned: 'True' })], true],
    ['no', [scopingStep({ 'Assigned to the application': 'False' })], false],
    ['no, outweighing a yes', [scopingStep({ Assigned: 'True' }), scopingStep({ Assigned: 'False' })], false],
    [
      'an attribute of the same name',
      [scopingStep({ Assigned: 'True' }, { type: 'import', name: 'EntryImport' })],
      null,
    ],
  ])('is %s', (_what, steps, said) => {
    expect(saidOf(steps, 'assigned')).toBe(said);
  });
});

describe('the clauses of the scoping filters', () => {
  it('are read as the service has evaluated them', () => {
    const result = JSON.stringify({
      "Marketing.department EQUALS 'Marketing'": true,
      'Marketing.jobTitle IS NOT NULL': false,
    });

    expect(scopeClauses([scopingStep({ ScopeEvaluationResult: result })])).toEqual([
      { clause: "Marketing.department EQUALS 'Marketing'", isMet: true },
      { clause: 'Marketing.jobTitle IS NOT NULL', isMet: false },
    ]);
  });

  it.each(['', '{}', '[]', 'null', 'not JSON', '{"a":"false"}', '{"a":{"b":false}}'])('are none in %s', (result) => {
    expect(scopeClauses([scopingStep({ ScopeEvaluationResult: result })])).toEqual([]);
  });

  it('are read of scoping steps alone', () => {
    expect(scopeClauses([scopingStep({ ScopeEvaluationResult: '{"a":false}' }, { type: 'import' })])).toEqual([]);
  });
});
