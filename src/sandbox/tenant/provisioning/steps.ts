import { capitalised } from '../attributes.ts';
import type { Person } from '../people.ts';
import type { ScopeVerdict } from '../scope.ts';
import type { UntimedStep } from './report.ts';

/** The object of a step, as its description names it. */
export interface Subject {
  readonly type: 'User' | 'Group' | 'user';
  readonly label: string;
  readonly source: string;
  readonly target: string;
}

export interface ScopingChecks {
  readonly active: boolean;
  readonly assigned: boolean;
  /** Assigned, or of an application that takes all people. */
  readonly entitled: boolean;
  /** Of the scoping filter; absent for what has none. */
  readonly scope?: ScopeVerdict;
  readonly spelling: 'azureAd' | 'entraId';
}

export function importStep({ type, label, source }: Subject, details: UntimedStep['details']): UntimedStep {
  return {
    name: 'EntryImport',
    type: 'Import',
    status: 'Success',
    description: `Retrieved ${type} '${label}' from ${source}`,
    details,
  };
}

/**
 * The name matches that of the import from the source: only `type` distinguishes the two, as in Microsoft's own sample.
 */
export function foundInTargetStep({ label, target }: Subject, details: UntimedStep['details']): UntimedStep {
  return {
    name: 'EntryImport',
    type: 'Matching',
    status: 'Success',
    description: `Retrieved  '${label}' from ${target}`,
    details,
  };
}

export function notFoundInTargetStep({ type, label, source, target }: Subject): UntimedStep {
  return {
    name: 'EntrySynchronizationAdd',
    type: 'Matching',
    status: 'Success',
    description: `${type} '${label}' will be created in ${target} (${type} is active and assigned in ${source}, but no matching ${type} was found in ${target})`,
    details: {},
  };
}

/** Only some connectors tell this of an object that is not to be created. */
export function absentFromTargetStep({ type, label, target }: Subject): UntimedStep {
  return {
    name: 'EntryImport',
    type: 'Matching',
    status: 'Success',
    description: `No matching ${type} was found in ${target} for '${label}'`,
    details: {},
  };
}

/** The checks under their old or new names: connectors still differ. */
export function scopingStep(
  { type }: Subject,
  checks: ScopingChecks,
  status: 'Success' | 'Skipped' = checks.active && checks.entitled && passes(checks) ? 'Success' : 'Skipped',
): UntimedStep {
  const active = capitalised(checks.active);
  const assigned = capitalised(checks.assigned);
  const passed = capitalised(passes(checks));
  const ScopeEvaluationResult = JSON.stringify(checks.scope?.clauses ?? {});
  return {
    name: 'EntrySynchronizationScoping',
    type: 'Scoping',
    status,
    description: `Determine if ${type} in scope by evaluating against each scoping filter`,
    details:
      checks.spelling === 'azureAd'
        ? {
            IsActive: active,
            Assigned: assigned,
            IsEffectivelyEntitledForProvisioning: capitalised(checks.active && checks.entitled),
            IsInProvisioningScopeDisplayName: passed,
            ScopeEvaluationResult,
          }
        : {
            'Active in the source system': active,
            'Assigned to the application': assigned,
            [`${type} has the required role`]: capitalised(checks.entitled),
            'Scoping filter evaluation passed': passed,
            ScopeEvaluationResult,
          },
  };
}

const passes = ({ scope }: ScopingChecks): boolean => scope?.passed ?? true;

export function notEntitledStep(subject: Subject, checks: ScopingChecks): UntimedStep {
  return {
    name: 'EntrySynchronizationSkip',
    type: 'Export',
    status: 'Skipped',
    description: notEntitledReason(subject, checks),
    details: {
      SkipReason: 'NotEffectivelyEntitled',
      IsActive: capitalised(checks.active),
      'Assigned to the application': capitalised(checks.assigned),
      IsInProvisioningScope: capitalised(passes(checks)),
    },
  };
}

export function redundantStep(subject: Subject): UntimedStep {
  return {
    name: 'EntrySynchronizationSkip',
    type: 'Export',
    status: 'Skipped',
    description: redundantReason(subject),
    details: { SkipReason: 'RedundantExport' },
  };
}

/** For what the mapping may not do. Its code is not published. */
export function notMappedStep({ type, label, target }: Subject, flow: 'Add' | 'Update'): UntimedStep {
  return {
    name: 'EntrySynchronizationSkip',
    type: 'Processing',
    status: 'Skipped',
    description: `The ${type} '${label}' will be skipped: the mapping to ${target} does not include ${flow}.`,
    details: { SkipReason: 'EntrySynchronizationSkipped' },
  };
}

export function attributeMissingStep(subject: Subject, attribute: string): UntimedStep {
  return {
    name: 'EntrySynchronizationSkip',
    type: 'Processing',
    status: 'Skipped',
    description: attributeMissingReason(subject, attribute),
    details: { PropertyName: attribute, SkipReason: 'AttributeValidationFailed' },
  };
}

export function exportStep(
  name: 'EntryExportAdd' | 'EntryExportUpdate' | 'EntryExportUpdateSoftDelete' | 'EntryExportDelete',
  description: string,
  { label }: Subject,
  status: 'Success' | 'Failure' = 'Success',
): UntimedStep {
  return { name, type: 'Export', status, description, details: { ReportableIdentifier: label } };
}

export function redundantReason({ type, label }: Subject): string {
  return `The state of the ${type.toLowerCase()} in both the source and target systems already match. No change to the ${type} '${label}' currently needs to be made.`;
}

export function attributeMissingReason({ type, label, target }: Subject, attribute: string): string {
  return `The ${type} '${label}' will be skipped: the attribute '${attribute}' is required in ${target} and has no value in the source.`;
}

/** Numbered, one sentence per failed check, in the wording of the portal. */
export function notEntitledReason({ type, label }: Subject, checks: ScopingChecks): string {
  const { active, assigned, entitled } = checks;
  const reasons = [
    ...(active ? [] : ['This object is not active in the source system.']),
    ...(assigned
      ? []
      : [
          'This object is not assigned to the application. If you did not expect the object to be skipped, assign the object to the application or change your scoping filter to allow all users and groups to be in scope for provisioning.',
        ]),
    ...(passes(checks) ? [] : ['This object did not pass a scoping filter.']),
    ...(entitled && active
      ? []
      : [
          "This object does not have required entitlement for provisioning. If you did not expect the object to be skipped, update the provisioning scope to 'Sync all users and groups' or assign the object to the application with entitlement of provisioning category.",
        ]),
  ];
  const numbered = reasons.map((reason, index) => `${index + 1}) ${reason}`).join(' ');
  return `The ${type} '${label}' will be skipped due to the following reasons: ${numbered}`;
}

/** The attributes of the source object that the import step lists. */
export function importedAttributes(
  person: Person,
  { assigned, inScope }: { readonly assigned: boolean; readonly inScope: boolean },
): UntimedStep['details'] {
  return {
    objectId: person.id,
    accountEnabled: capitalised(person.accountEnabled),
    displayName: person.displayName,
    givenName: person.givenName,
    ...(person.surname === null ? {} : { surname: person.surname }),
    mail: person.mail,
    mailNickname: person.mailNickname,
    userPrincipalName: person.userPrincipalName,
    department: person.department,
    jobTitle: person.jobTitle,
    employeeId: person.employeeId,
    preferredLanguage: person.preferredLanguage,
    // True for every object that is to be turned off in the application, wherever it is in Entra.
    IsSoftDeleted: capitalised(!inScope),
    appRoleAssignments: assigned ? 'User' : '',
  };
}
