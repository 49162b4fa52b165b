import { describe, expect, it } from '@jest/globals';

import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import { answer, shapeA, shapeB, step } from './answers.ts';

const unreadable = { kind: 'unknown', why: 'unreadable' };

describe('readOutcome on the documented examples', () => {
  it('reads the skipped user as in sync', () => {
    const outcome = readOutcome(answer('01-docs-user-Skipped-RedundantExport'));

    expect(outcome).toMatchObject({
      kind: 'inSync',
      report: {
        changeId: 'g8ba3be8-1d7f-4a60-ae31-a8980da0a389',
        subjectLabel: 'BillBob@contoso.com',
        sourceSystem: 'Azure Active Directory',
        targetSystem: 'customappsso',
        targetId: '52507a19-96ec-4e73-9250-3e65ffd2d926',
      },
    });
  });

  it('reads the cloud sync update with its four steps in service order and its changes', () => {
    const outcome = readOutcome(answer('02-docs-cloudsync-user-Success-Update'));

    expect(outcome.kind).toBe('updated');
    if (outcome.kind !== 'updated') return;
    expect(outcome.report.steps.map(({ name, type, status }) => [name, type, status])).toEqual([
      ['EntryImportAdd', 'import', 'success'],
      ['EntryImport', 'import', 'success'],
      ['EntrySynchronizationScoping', 'scoping', 'success'],
      ['EntryExportUpdate', 'export', 'success'],
    ]);
    expect(outcome.report.changes).toHaveLength(37);
    expect(outcome.report.changes[0]).toEqual({ attribute: 'AccountEnabled', oldValue: null, newValue: 'True' });
  });

  it('reads a success with an empty value as a change without details', () => {
    const outcome = readOutcome(answer('03-docs-group-Success-empty-value'));

    expect(outcome).toEqual({
      kind: 'otherChange',
      report: {
        steps: [],
        changes: [],
        changeId: null,
        subjectLabel: null,
        sourceSystem: null,
        targetSystem: null,
        targetId: null,
      },
    });
  });
});

describe('readOutcome on answers in either shape', () => {
  it.each([
    ['synthetic-b-created', 'created'],
    ['synthetic-b-in-sync', 'inSync'],
    ['synthetic-b-disabled', 'disabled'],
    ['synthetic-b-deleted', 'deleted'],
    ['synthetic-b-warning-exported', 'updated'],
  ])('reads %s as %s', (name, kind) => {
    expect(readOutcome(answer(name)).kind).toBe(kind);
  });

  it.each([
    ['synthetic-b-not-in-scope-old-spelling', ['assigned', 'entitled']],
    ['synthetic-b-not-in-scope-new-spelling', ['entitled', 'scopingFilter']],
    ['synthetic-b-not-in-scope-portal-spelling', ['active']],
    ['synthetic-a-not-in-scope-causes', ['assigned', 'entitled', 'scopingFilter']],
  ])('reads %s as not in scope because of %j', (name, failedChecks) => {
    expect(readOutcome(answer(name))).toMatchObject({ kind: 'notInScope', failedChecks });
  });

  it.each([
    ['synthetic-a-failed-EntryConflict', 'EntryConflict'],
    ['synthetic-b-failed-ContosoEntryConflict', 'ContosoEntryConflict'],
  ])('reads %s as failed with code %s, the reason and what the service recommends', (name, code) => {
    expect(readOutcome(answer(name))).toMatchObject({
      kind: 'failed',
      code,
      reason: 'Message: Contoso returned an error response with the HTTP status code 409.',
      recommendedAction: 'Change the conflicting value.',
    });
  });

  it('names the property that prevented a user from being created', () => {
    expect(readOutcome(answer('synthetic-b-skipped-AttributeValidationFailed'))).toMatchObject({
      kind: 'skipped',
      code: 'AttributeValidationFailed',
      property: 'name.familyName',
      reason: "The User 'miriam@contoso.com' will be skipped: a required attribute has no value.",
    });
  });

  it('reads a warning without an export as failed', () => {
    expect(readOutcome(answer('synthetic-a-warning-not-exported'))).toMatchObject({
      kind: 'failed',
      code: 'ContosoBusy',
      reason: 'The change was not sent.',
    });
  });
});

describe('readOutcome on several objects', () => {
  it('lets the failed member decide, and keeps the steps and changes of all', () => {
    const outcome = readOutcome(answer('synthetic-b-group-mixed'));

    expect(outcome).toMatchObject({
      kind: 'failed',
      code: 'EntryConflict',
      report: { changeId: 'c0ffee00-0000-4000-8000-000000000001', subjectLabel: 'grady@contoso.com' },
    });
    if (outcome.kind !== 'failed') return;
    expect(outcome.report.steps.map(({ name }) => name)).toEqual([
      'EntrySynchronizationScoping',
      'EntryExportUpdate',
      'EntrySynchronizationSkip',
      'EntryImport',
      'EntrySynchronizationScoping',
      'EntrySynchronizationAdd',
      'EntryExportAdd',
    ]);
    expect(outcome.report.changes.map(({ attribute }) => attribute)).toEqual(['members', 'userName']);
  });

  const created = { statusInfo: { status: 'Success' }, action: 'Create' };
  const inSync = { statusInfo: { status: 'Skipped', errorCode: 'RedundantExport' } };
  const outOfScope = { statusInfo: { status: 'Skipped', errorCode: 'NotEffectivelyEntitled' } };
  const skipped = { statusInfo: { status: 'Skipped', errorCode: 'ImportSkipped' } };
  const failed = { statusInfo: { status: 'Failure', errorCode: 'Timeout' } };

  it.each([
    ['a change over what is in sync', [inSync, created], 'created'],
    ['what is out of scope over a change', [created, outOfScope], 'notInScope'],
    ['a skip over what is out of scope', [outOfScope, skipped], 'skipped'],
    ['an unreadable object over a skip', [skipped, {}], 'unknown'],
    ['an element that is no object over a change', [created, 7], 'unknown'],
    ['a failure over an unreadable object', [{}, failed], 'failed'],
  ])('puts %s', (_, elements, kind) => {
    expect(readOutcome(shapeB(...elements)).kind).toBe(kind);
  });
});

describe('readOutcome on what it cannot read', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', '<html>Success</html>'],
    ['a list', [shapeA({ result: 'Success' })]],
    ['a wrapped pair', { value: shapeA({ result: 'Success' }) }],
    ['an empty object', {}],
    ['a key that breaks off', { key: '{"result":"Success"', value: '{}' }],
    ['a value that breaks off', { key: '{"result":"Success"}', value: '[{"statusInfo":{"status":"Succ' }],
    ['a value that is a bare number', { key: '{"result":"Success"}', value: '5' }],
    ['shape B with an empty list', shapeB()],
    ['shape B with an object that says nothing', shapeB({})],
    ['an unknown result', shapeA({ result: 'Postponed' })],
    [
      'a known success beside an unknown status',
      shapeA({ result: 'Success' }, { statusInfo: { status: 'Postponed' } }),
    ],
    [
      'an import that succeeded and nothing more',
      shapeB({ provisioningSteps: [step('EntryImport', 'Import', 'Success')] }),
    ],
  ])('answers unknown to %s', (_, body) => {
    expect(readOutcome(body)).toEqual(unreadable);
  });
});
