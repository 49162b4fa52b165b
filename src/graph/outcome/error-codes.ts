import { plainWord } from './step-words.ts';

/**
 * The documented codes, and a few more that were seen. The set is open.
 * https://learn.microsoft.com/entra/identity/monitoring-health/howto-analyze-provisioning-logs
 */
const codes = {
  conflict: ['Conflict', 'EntryConflict'],
  appFault: [
    'TooManyRequests',
    'InternalServerError',
    'WebExceptionProtocolError',
    'Timeout',
    'InternalError',
    'CredentialValidationUnavailable',
  ],
  connectorRights: ['InsufficientRights', 'MethodNotAllowed', 'NotPermitted', 'Unauthorized'],
  unexpectedAnswer: ['UnprocessableEntity', 'NotImplemented'],
  missingValues: ['MandatoryFieldsMissing', 'MissingValues', 'AttributeValidationFailed'],
  mapping: ['SchemaAttributeNotFound', 'SchemaPropertyCanOnlyAcceptValue'],
  invalidDomain: ['InvalidDomain'],
  licenceLimit: ['LicenseLimitExceeded'],
  invalidAnchor: ['InvalidAnchor'],
  duplicateTarget: ['DuplicateTargetEntries'],
  duplicateSource: ['DuplicateSourceEntries'],
  importSkipped: ['ImportSkipped'],
  outOfScopeOrUnchanged: ['EntrySynchronizationSkipped'],
  scimFault: [
    'SystemForCrossDomainIdentityManagementMultipleEntriesInResponse',
    'SystemForCrossDomainIdentityManagementServiceIncompatible',
    'SystemForCrossDomainIdentityManagementBadRequest',
    'SystemForCrossDomainIdentityManagementBadResponse',
  ],
  connectorCredentials: ['InvalidCredentials'],
  agentUnavailable: ['EndpointUnavailable'],
  crossTenantPolicy: [
    'AzureDirectoryB2BManagementPolicyCheckFailure',
    'AzureActiveDirectoryForbidden',
    'AzureActiveDirectoryCannotUpdateObjectsOriginatedInExternalService',
  ],
  invitationFailed: ['InvitationCreationFailure'],
  invitedAccountDisabled: ['InvitationCreationFailureUserAccountDisabled'],
  invitedValueInvalid: ['InvitationCreationFailureInvalidPropertyValue'],
  invitedUserAmbiguous: ['InvitationCreationFailureAmbiguousUser'],
  directoryFull: ['AzureActiveDirectoryQuotaLimitExceeded', 'QuotaLimitExceeded'],
  masteredOnPremises: ['AzureActiveDirectoryCannotUpdateObjectsMasteredOnPremises'],
  targetHasRole: ['AzureActiveDirectoryInsufficientRights'],
  unknownAttribute: ['HybridSynchronizationActiveDirectoryCannotFindAttribute'],
  groupsNotSupported: ['EntityTypeNotSupported'],
} as const;

/** What an error code of the provisioning service means for the person who has to act on it. */
export type ErrorMeaning = keyof typeof codes | 'unknownCode';

const meanings: readonly (readonly [string, ErrorMeaning])[] = Object.entries(codes).flatMap(([meaning, names]) =>
  names.map((name) => [plainWord(name), meaning as ErrorMeaning] as const),
);

/** The longest first: `AzureActiveDirectoryInsufficientRights` says more than the `InsufficientRights` at its end. */
const mostTellingFirst = meanings.toSorted(([one], [other]) => other.length - one.length);

const scimConnector = 'systemforcrossdomainidentitymanagement';

/**
 * The meaning of an error code, whatever its case. Connectors put their own name in front (`ContosoEntryConflict`),
 * so a code is known by its end. A code of the SCIM connector that is not in the table is a fault of the SCIM server
 * all the same, unless it tells of credentials that were not taken (401); anything else is `unknownCode`, to be shown as
 * it is.
 */
export function explainErrorCode(code: string): ErrorMeaning {
  const word = plainWord(code);
  if (word.startsWith(scimConnector) && word.includes('unauthorized')) return 'connectorCredentials';
  const known = mostTellingFirst.find(([name]) => word.endsWith(name));
  if (known !== undefined) return known[1];
  return word.startsWith(scimConnector) ? 'scimFault' : 'unknownCode';
}
