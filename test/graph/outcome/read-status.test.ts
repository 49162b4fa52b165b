import { describe, expect, it } from '@jest/globals';

import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import { shapeA, shapeB, step } from './answers.ts';

const exported = (name: string) => step(name, 'Export', 'Success');

describe('the kind of a change', () => {
  it.each([
    ['Create', [], 'created'],
    ['create', [], 'created'],
    ['Update', [], 'updated'],
    ['Disable', [], 'disabled'],
    ['Delete', [], 'deleted'],
    ['stagedDelete', [], 'deleted'],
    ['Other', [], 'otherChange'],
    [undefined, [], 'otherChange'],
    ['Other', ['EntryExportAdd'], 'created'],
    ['Update', ['EntryExportUpdate'], 'updated'],
    ['Update', ['EntryExportUpdateSoftDelete'], 'disabled'],
    ['Disable', ['EntryExportUpdate'], 'disabled'],
    ['Update', ['EntryExportDelete'], 'deleted'],
    ['Other', ['EntryExportAdd', 'EntryExportUpdate'], 'created'],
  ])('for action %s and exports %j is %s', (action, exports, kind) => {
    const body = shapeB({ action, statusInfo: { status: 'Success' }, provisioningSteps: exports.map(exported) });

    expect(readOutcome(body).kind).toBe(kind);
  });

  it('is not named by an export step without a known end', () => {
    const steps = [step('EntryExportAdd', 'Export', 'Postponed'), exported('EntryExportUpdate')];

    expect(readOutcome(shapeB({ statusInfo: { status: 'Success' }, provisioningSteps: steps })).kind).toBe('updated');
  });
});

describe('witnesses that disagree', () => {
  it.each([
    ['key says Success and the status Failure', { result: 'Success' }, { statusInfo: { status: 'Failure' } }, 'failed'],
    ['key says Failure and the status Success', { result: 'failure' }, { statusInfo: { status: 'Success' } }, 'failed'],
    [
      'both words say Success and a step Failure',
      { result: 'Success' },
      {
        statusInfo: { status: 'Success' },
        provisioningSteps: [exported('EntryExportAdd'), step('x', 'Export', 'FAILURE')],
      },
      'failed',
    ],
    [
      'key says Success and the status Skipped',
      { result: 'Success' },
      { statusInfo: { status: 'Skipped', errorCode: 'RedundantExport' } },
      'inSync',
    ],
    [
      'key says Success and the only export step is a skip',
      { result: 'Success' },
      { provisioningSteps: [step('EntrySynchronizationSkip', 'Export', 'Success')] },
      'skipped',
    ],
    [
      'key says Success, nothing was exported and the user is not assigned',
      { result: 'Success' },
      { action: 'Other', provisioningSteps: [step('s', 'Scoping', 'Success', { Assigned: 'False' })] },
      'notInScope',
    ],
    [
      'an unassigned user was disabled',
      { result: 'Success' },
      { action: 'Disable', provisioningSteps: [step('s', 'Scoping', 'Success', { Assigned: 'False' })] },
      'disabled',
    ],
    [
      'an unknown word is beside an export that succeeded',
      { result: 'Postponed' },
      { provisioningSteps: [exported('EntryExportAdd')] },
      'created',
    ],
    [
      'an error code stands without its status beside an export that succeeded',
      { result: 'Success' },
      { statusInfo: { errorCode: 'EntryConflict' }, provisioningSteps: [exported('EntryExportAdd')] },
      'unknown',
    ],
  ])('%s', (_, key, value, kind) => {
    expect(readOutcome(shapeA(key, value)).kind).toBe(kind);
  });
});

describe('a skip', () => {
  it.each(['NotEffectivelyEntitled', 'EntryNotInScope', 'noteffectivelyentitled'])(
    'for %s is out of scope even when no check is known',
    (errorCode) => {
      const outcome = readOutcome(shapeA({ result: 'Skipped', details: { errorCode } }));

      expect(outcome).toMatchObject({ kind: 'notInScope', failedChecks: [] });
    },
  );

  it('with another reason beside RedundantExport is not in sync', () => {
    const key = { result: 'Skipped', details: { errorCode: 'RedundantExport' } };

    const outcome = readOutcome(shapeA(key, { statusInfo: { status: 'Skipped', errorCode: 'ImportSkipped' } }));

    expect(outcome).toMatchObject({ kind: 'skipped', code: 'ImportSkipped' });
  });

  it('prefers the specific reason to the code that only says there was a skip', () => {
    const steps = [step('EntrySynchronizationSkip', 'Export', 'Skipped', { SkipReason: 'RedundantExport' })];
    const statusInfo = { status: 'Skipped', errorCode: 'EntrySynchronizationSkipped' };

    expect(readOutcome(shapeB({ statusInfo, provisioningSteps: steps })).kind).toBe('inSync');
  });

  it('without any reason stays a skip with an empty code', () => {
    expect(readOutcome(shapeB({ statusInfo: { status: 'skipped' } }))).toMatchObject({
      kind: 'skipped',
      code: '',
      property: null,
      reason: null,
    });
  });

  it('of references only leaves the success standing', () => {
    const provisioningSteps = [step('r', 'ReferenceResolution', 'Skipped')];

    const outcome = readOutcome(shapeB({ action: 'Create', statusInfo: { status: 'Success' }, provisioningSteps }));

    expect(outcome.kind).toBe('created');
  });
});

describe('a failure', () => {
  it('without a status is recognized by its step, which gives code and reason', () => {
    const failing = {
      ...step('EntryExportAdd', 'Export', 'Failure', { ErrorCode: 'EntryConflict' }),
      description: 'Failed to create Group',
    };

    expect(readOutcome(shapeB({ provisioningSteps: [failing] }))).toMatchObject({
      kind: 'failed',
      code: 'EntryConflict',
      reason: 'Failed to create Group',
    });
  });

  it('of the scoping step that names the failed check is out of scope', () => {
    const steps = [step('EntrySynchronizationScoping', 'Scoping', 'Failure', { IsActive: 'False' })];

    expect(readOutcome(shapeB({ provisioningSteps: steps }))).toMatchObject({
      kind: 'notInScope',
      failedChecks: ['active'],
    });
  });

  it('of the scoping step that names none is a failure', () => {
    const steps = [step('EntrySynchronizationScoping', 'Scoping', 'Failure')];

    expect(readOutcome(shapeB({ provisioningSteps: steps })).kind).toBe('failed');
  });

  it('takes code and reason from the key when the value is empty', () => {
    const key = { result: 'Failure', details: { errorCode: 'Timeout', errorMessage: 'It took too long.' } };

    expect(readOutcome(shapeA(key))).toMatchObject({ kind: 'failed', code: 'Timeout', reason: 'It took too long.' });
  });
});
