import type { ErrorMeaning } from '../../../../src/graph/outcome/error-codes.ts';
import type { Outcome, RefusalCause, Report } from '../../../../src/graph/outcome.ts';
import { emptyReport, step } from '../../../chat/views/drawings.ts';

/** The service's report on a user whom it found and left unchanged. */
export const report: Report = {
  ...emptyReport,
  sourceSystem: 'Azure Active Directory',
  steps: [
    step({ description: "Retrieved User 'isaiah@contoso.com'" }),
    step({ type: 'scoping', name: 'EntrySynchronizationScoping', details: { Assigned: 'False', Notes: '{}' } }),
    step({
      type: 'export',
      name: 'EntrySynchronizationSkip',
      status: 'skipped',
      details: { SkipReason: 'SomeReason' },
    }),
  ],
};

export const failed = (code: string): Outcome => ({
  kind: 'failed',
  code,
  reason: null,
  recommendedAction: null,
  report,
});
export const refused = (cause: RefusalCause, code = 'SomeCode'): Outcome => {
  return { kind: 'refused', status: 400, code, message: 'message', cause };
};
export const skipped = (code: string, property: string | null): Outcome => {
  return { kind: 'skipped', code, property, reason: null, report };
};
export const outOfScope = (...failedChecks: Extract<Outcome, { kind: 'notInScope' }>['failedChecks']): Outcome => {
  return { kind: 'notInScope', failedChecks, report };
};

/** A code for each meaning. */
export const CODES: Record<ErrorMeaning, string> = {
  conflict: 'ContosoEntryConflict',
  appFault: 'InternalServerError',
  connectorRights: 'InsufficientRights',
  unexpectedAnswer: 'UnprocessableEntity',
  missingValues: 'MissingValues',
  mapping: 'SchemaAttributeNotFound',
  invalidDomain: 'InvalidDomain',
  licenceLimit: 'LicenseLimitExceeded',
  invalidAnchor: 'InvalidAnchor',
  duplicateTarget: 'DuplicateTargetEntries',
  duplicateSource: 'DuplicateSourceEntries',
  importSkipped: 'ImportSkipped',
  outOfScopeOrUnchanged: 'EntrySynchronizationSkipped',
  scimFault: 'SystemForCrossDomainIdentityManagementBadRequest',
  connectorCredentials: 'InvalidCredentials',
  agentUnavailable: 'EndpointUnavailable',
  crossTenantPolicy: 'AzureActiveDirectoryForbidden',
  invitationFailed: 'InvitationCreationFailure',
  invitedAccountDisabled: 'InvitationCreationFailureUserAccountDisabled',
  invitedValueInvalid: 'InvitationCreationFailureInvalidPropertyValue',
  invitedUserAmbiguous: 'InvitationCreationFailureAmbiguousUser',
  directoryFull: 'AzureActiveDirectoryQuotaLimitExceeded',
  masteredOnPremises: 'AzureActiveDirectoryCannotUpdateObjectsMasteredOnPremises',
  targetHasRole: 'AzureActiveDirectoryInsufficientRights',
  unknownAttribute: 'HybridSynchronizationActiveDirectoryCannotFindAttribute',
  groupsNotSupported: 'EntityTypeNotSupported',
  unknownCode: 'SomethingNew',
};
