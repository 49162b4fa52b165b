import { describe, expect, it } from '@jest/globals';
import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import { reasonOf } from '../../../src/graph/outcome/refusal.ts';
import type { RefusalCause } from '../../../src/graph/outcome.ts';
import { typeName } from './answers.ts';

const key = (result: string, errorCode = '') => JSON.stringify({ result, details: { errorCode, errorMessage: 'why' } });
const value = (entry: object) => JSON.stringify(entry);
const exported = { name: 'EntryExportAdd', type: 'Export', status: 'Success' };

describe('an answer with one damaged part', () => {
  it('is the failure that the other part reports', () => {
    const inKey = readOutcome({ key: key('Failure', 'EntryConflict'), value: '{"provisioningSteps":[{"na' });
    const inValue = readOutcome({
      key: '{"result":"Fail',
      value: value({ statusInfo: { status: 'Failure', errorCode: 'Timeout' } }),
    });

    expect(inKey).toMatchObject({ kind: 'failed', code: 'EntryConflict', reason: 'why' });
    expect(inValue).toMatchObject({ kind: 'failed', code: 'Timeout' });
  });

  it('is never a success', () => {
    expect(readOutcome({ key: key('Success'), value: '{"action":"Cre' })).toEqual({
      kind: 'unknown',
      why: 'unreadable',
    });
    expect(readOutcome({ key: '{"res', value: value({ provisioningSteps: [exported] }) })).toEqual({
      kind: 'unknown',
      why: 'unreadable',
    });
    expect(readOutcome({ key: key('Skipped', 'RedundantExport'), value: '{"action":"Oth' })).toMatchObject({
      kind: 'unknown',
    });
  });

  it('is unknown where the other part reports a skip, and keeps what that said', () => {
    expect(readOutcome({ key: key('Skipped', 'NotEffectivelyEntitled'), value: '{"action":"Oth' })).toMatchObject({
      kind: 'unknown',
      why: 'unreadable',
      last: { kind: 'notInScope' },
    });
  });
});

describe('a warning', () => {
  it.each([
    ['the key', { key: key('Warning', 'Code'), value: value({ provisioningSteps: [exported] }) }],
    [
      'the status of shape B',
      {
        key: typeName,
        value: `[${value({
          statusInfo: { status: 'Warning', errorCode: 'Code', reason: 'why' },
          provisioningSteps: [exported],
        })}]`,
      },
    ],
  ])('stays with the change that it came with: %s', (_where, body) => {
    expect(readOutcome(body)).toMatchObject({ kind: 'created', warning: { code: 'Code', reason: 'why' } });
  });

  it('stays where a single step warns', () => {
    const steps = [
      exported,
      { name: 'EntryReference', type: 'ReferenceResolution', status: 'Warning', description: 'x' },
    ];

    const outcome = readOutcome({ key: key('Success'), value: value({ provisioningSteps: steps }) });

    expect(outcome).toMatchObject({ kind: 'created', warning: { reason: 'why' } });
  });

  it('of one member does not vanish behind the others', () => {
    const fine = { statusInfo: { status: 'Success' }, provisioningSteps: [exported] };
    const warned = { statusInfo: { status: 'Warning', errorCode: 'Code' }, provisioningSteps: [exported] };

    expect(readOutcome({ key: typeName, value: JSON.stringify([fine, warned]) })).toMatchObject({
      kind: 'created',
      warning: { code: 'Code' },
    });
  });

  it('is none where nothing warns', () => {
    expect(readOutcome({ key: key('Success'), value: value({ provisioningSteps: [exported] }) })).not.toHaveProperty(
      'warning',
    );
  });
});

describe('the cause of a refusal', () => {
  it.each<[number, string, string, RefusalCause, string]>([
    [401, 'InvalidAuthenticationToken', '', 'permission', 'token'],
    [401, 'InvalidAuthenticationToken', '', 'ownRole', 'signInGone'],
    [401, 'UnknownError', '', 'permission', 'permission'],
    [401, 'UnknownError', '', 'quarantined', 'quarantined'],
    [401, 'NoCredential', '', 'permission', 'noToken'],
    [403, 'Forbidden', '', 'permission', 'permission'],
    [400, 'BadRequest', '', 'other', 'badRequest'],
    [409, 'Conflict', 'It exists.', 'other', 'conflict'],
    [409, 'Conflict', 'Another operation is in progress.', 'other', 'inProgress'],
    [409, 'OperationInProgress', '', 'other', 'inProgress'],
    [409, 'Conflict', 'The job is already running.', 'other', 'inProgress'],
    [409, 'ConcurrentRequest', '', 'other', 'inProgress'],
    [409, 'Conflict', 'Another request for this object is being processed.', 'other', 'inProgress'],
    [409, 'Conflict', 'This address is already being used by another account.', 'other', 'conflict'],
    [409, 'Conflict', 'A concurrent license limit was reached.', 'other', 'conflict'],
    [409, 'Conflict', 'Another request with this id exists.', 'other', 'conflict'],
    [409, 'Conflict', 'Another operation of that name exists.', 'other', 'conflict'],
    [409, 'Conflict', 'No operation is in progress that could be joined.', 'other', 'conflict'],
    [0, 'ENOTFOUND', '', 'serviceUnavailable', 'unreachable'],
    [418, 'Teapot', '', 'other', 'other'],
  ])('%i %s "%s" (%s) is read as %s', (status, code, message, cause, reason) => {
    expect(reasonOf({ kind: 'refused', status, code, message, cause })).toBe(reason);
  });
});
