import { describe, expect, it } from '@jest/globals';

import { readRefusal } from '../../../src/graph/outcome/refusal.ts';

describe('readRefusal', () => {
  it.each([
    [400, 'RequestParameterInvalid', 'The job does not include the rule.', 'wrongRule'],
    [400, 'BadRequest', '', 'other'],
    [400, 'CredentialsMissing', '', 'credentialsMissing'],
    [401, 'UnknownError', '', 'permission'],
    [401, 'InvalidAuthenticationToken', 'Access token has expired.', 'permission'],
    [403, 'Authentication_MSGraphPermissionMissing', '', 'permission'],
    [404, 'Request_ResourceNotFound', '', 'notFound'],
    [404, '', '', 'notFound'],
    [409, 'Conflict', '', 'other'],
    [429, 'UnknownError', '', 'throttled'],
    [500, 'InternalServerError', '', 'serviceUnavailable'],
    [503, '', '', 'serviceUnavailable'],
  ])('reads %i %s "%s" as %s', (status, code, message, cause) => {
    expect(readRefusal({ status, code, message }, null)).toEqual({ kind: 'refused', status, code, message, cause });
  });

  it.each([401, 403])('blames the caller for %i, where the call was made by their permission', (status) => {
    const refusal = { status, code: 'UnknownError', message: '', onBehalf: true as const };

    expect(readRefusal(refusal, null)).toMatchObject({ cause: 'ownRole' });
    expect(readRefusal(refusal, { quarantined: true })).toMatchObject({
      cause: status === 401 ? 'quarantined' : 'ownRole',
    });
  });

  it('blames the quarantine for an empty 401 only when the job is in quarantine', () => {
    const refusal = { status: 401, code: 'unknownError', message: '' };

    expect(readRefusal(refusal, { quarantined: true })).toMatchObject({ cause: 'quarantined' });
    expect(readRefusal(refusal, { quarantined: false })).toMatchObject({ cause: 'permission' });
  });

  it('does not blame the quarantine when Graph gives another reason', () => {
    const refusal = { status: 401, code: 'InvalidAuthenticationToken', message: 'Access token has expired.' };

    expect(readRefusal(refusal, { quarantined: true })).toMatchObject({ cause: 'permission' });
  });

  it('is unknown after a gateway timeout, since the work may have been done', () => {
    expect(readRefusal({ status: 504, code: 'UnknownError', message: '' }, null)).toEqual({
      kind: 'unknown',
      why: 'gatewayTimeout',
    });
  });
});
