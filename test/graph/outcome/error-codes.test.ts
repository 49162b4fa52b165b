import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { explainErrorCode } from '../../../src/graph/outcome/error-codes.ts';

describe('explainErrorCode', () => {
  it.each([
    ['Conflict', 'conflict'],
    ['EntryConflict', 'conflict'],
    ['ContosoEntryConflict', 'conflict'],
    ['entryconflict', 'conflict'],
    ['TooManyRequests', 'appFault'],
    ['InternalServerError', 'appFault'],
    ['InternalError', 'appFault'],
    ['Timeout', 'appFault'],
    ['WebExceptionProtocolError', 'appFault'],
    ['InsufficientRights', 'connectorRights'],
    ['Unauthorized', 'connectorRights'],
    ['MethodNotAllowed', 'connectorRights'],
    ['NotPermitted', 'connectorRights'],
    ['UnprocessableEntity', 'unexpectedAnswer'],
    ['NotImplemented', 'unexpectedAnswer'],
    ['MandatoryFieldsMissing', 'missingValues'],
    ['MissingValues', 'missingValues'],
    ['AttributeValidationFailed', 'missingValues'],
    ['SchemaAttributeNotFound', 'mapping'],
    ['SchemaPropertyCanOnlyAcceptValue', 'mapping'],
    ['InvalidDomain', 'invalidDomain'],
    ['LicenseLimitExceeded', 'licenceLimit'],
    ['InvalidAnchor', 'invalidAnchor'],
    ['DuplicateTargetEntries', 'duplicateTarget'],
    ['DuplicateSourceEntries', 'duplicateSource'],
    ['ImportSkipped', 'importSkipped'],
    ['EntrySynchronizationSkipped', 'outOfScopeOrUnchanged'],
    ['SystemForCrossDomainIdentityManagementServiceIncompatible', 'scimFault'],
    ['SystemForCrossDomainIdentityManagementSomethingNew', 'scimFault'],
    ['SystemForCrossDomainIdentityManagementEntryConflict', 'conflict'],
    ['SystemForCrossDomainIdentityManagementInvalidCredentials', 'connectorCredentials'],
    ['EndpointUnavailable', 'agentUnavailable'],
    ['AzureActiveDirectoryForbidden', 'crossTenantPolicy'],
    ['AzureDirectoryB2BManagementPolicyCheckFailure', 'crossTenantPolicy'],
    ['AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService', 'crossTenantPolicy'],
    ['InvitationCreationFailure', 'invitationFailed'],
    ['InvitationCreationFailureUserAccountDisabled', 'invitedAccountDisabled'],
    ['InvitationCreationFailureInvalidPropertyValue', 'invitedValueInvalid'],
    ['InvitationCreationFailureAmbiguousUser', 'invitedUserAmbiguous'],
    ['AzureActiveDirectoryQuotaLimitExceeded', 'directoryFull'],
    ['AzureActiveDirectoryCannotUpdateObjectsMasteredOnPremises', 'masteredOnPremises'],
    ['AzureActiveDirectoryInsufficientRights', 'targetHasRole'],
    ['ContosoInsufficientRights', 'connectorRights'],
    ['HybridSynchronizationActiveDirectoryCannotFindAttribute', 'unknownAttribute'],
    ['EntityTypeNotSupported', 'groupsNotSupported'],
    ['SystemForCrossDomainIdentityManagementUnauthorized', 'connectorCredentials'],
    ['SystemForCrossDomainIdentityManagementUnauthorizedRequest', 'connectorCredentials'],
    ['SystemForCrossDomainIdentityManagementCredentialValidationUnavailable', 'appFault'],
    ['', 'unknownCode'],
    ['SomethingNew', 'unknownCode'],
    ['ConflictResolved', 'unknownCode'],
  ])('explains %s as %s', (code, meaning) => {
    expect(explainErrorCode(code)).toBe(meaning);
  });

  it('never throws, and ignores the case', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('EntryConflict', 'Timeout', ''), (prefix, end) => {
        const code = `${prefix}${end}`;

        expect(explainErrorCode(code.toLowerCase())).toBe(explainErrorCode(code));
      }),
    );
  });
});
