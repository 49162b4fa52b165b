import { type Application, jobOf, type SynchronizationJob } from '../applications.ts';
import { type Attributes, mapped, mappingsOf, missingAttribute } from '../attributes.ts';
import { textOf } from '../expressions/evaluate.ts';
import type { Person } from '../people.ts';
import { evaluateScope, type ScopeGroup, type ScopeVerdict } from '../scope.ts';
import { entraAttributes, type Standing } from '../source-attributes.ts';
import type { Account } from '../state.ts';
import type { Guesses } from '../synchronization-job.ts';
import {
  entraName,
  type Findings,
  failure,
  identity,
  type ModifiedProperty,
  type ProvisioningReport,
  reported,
  skipped,
  succeeded,
  system,
  type UntimedStep,
} from './report.ts';
import {
  absentFromTargetStep,
  attributeMissingStep,
  exportStep,
  foundInTargetStep,
  importedAttributes,
  importStep,
  notEntitledStep,
  notFoundInTargetStep,
  notMappedStep,
  redundantStep,
  type Subject,
  scopingStep,
} from './steps.ts';

/** What provisioning reads and changes of the tenant. */
interface Accounts {
  isAssigned(applicationId: string, principalId: string): boolean;
  account(applicationId: string, sourceId: string): Account | undefined;
  hasConflict(applicationId: string, personId: string): boolean;
  guesses(): Guesses;
  keepAccount(applicationId: string, sourceId: string, account: Omit<Account, 'id'>): Account;
  deleteAccount(applicationId: string, sourceId: string): void;
}

/**
 * Provisions one person from Entra to an application, the way the service does: import, match, scope, then create,
 * update, disable, delete or leave alone. Changes the account in the application; the caller records it. `endedAt` is the
 * reported end, in ms since 1970.
 */
export function provisionPerson(
  tenant: Accounts,
  application: Application,
  person: Person,
  endedAt: number,
): ProvisioningReport {
  const job = jobOf(application);
  const account = tenant.account(application.id, person.id);
  const assigned = tenant.isAssigned(application.id, person.id);
  const entitled = assigned || job.takesEverybody;
  const scope = scopeOf(job, person, { assigned, inScope: person.accountEnabled && entitled }, tenant.guesses());
  const checks = { active: person.accountEnabled, assigned, entitled, spelling: job.spelling, scope };
  const inScope = checks.active && entitled && scope.passed;
  const removal = inScope ? null : removalOf(job, checks.active, account);
  const subject: Subject = {
    type: 'User',
    label: person.userPrincipalName,
    source: entraName(job),
    target: job.targetName,
  };
  const before: readonly UntimedStep[] = [
    importStep(subject, importedAttributes(person, { assigned, inScope })),
    ...(account === undefined ? [] : [foundInTargetStep(subject, { id: account.id, ...listed(job, account) })]),
    ...(account === undefined && !inScope && job.tellsAbsence ? [absentFromTargetStep(subject)] : []),
    scopingStep(subject, checks, inScope || removal !== null ? 'Success' : 'Skipped'),
  ];
  const found: Found = { tenant, application, person, subject, account, before };

  if (!inScope) {
    if (account !== undefined && removal === 'disables') return reported(disable(found, account), endedAt);
    if (account !== undefined && removal === 'deletes') return reported(remove(found), endedAt);
    const steps = [...before, notEntitledStep(subject, checks)];
    return reported({ ...basics(found), action: 'Other', statusInfo: skipped, steps }, endedAt);
  }
  const missing = missingAttribute(person, mappingsOf(job));
  if (missing !== null) {
    const matching = account === undefined ? [notFoundInTargetStep(subject)] : [];
    const steps = [...before, ...matching, attributeMissingStep(subject, missing)];
    return reported({ ...basics(found), action: 'Other', statusInfo: skipped, steps }, endedAt);
  }
  const flow = account === undefined ? 'Add' : 'Update';
  if (!job.flows.includes(flow)) {
    const steps = [...before, notMappedStep(subject, flow)];
    return reported({ ...basics(found), action: 'Other', statusInfo: skipped, steps }, endedAt);
  }
  if (account === undefined) return reported(create(found), endedAt);
  return reported(update(found, account), endedAt);
}

/** What the job's scoping filter says of a person. */
function scopeOf(
  { scope, inputScope }: SynchronizationJob,
  person: Person,
  standing: Standing,
  { wholeMatch }: Guesses,
): ScopeVerdict {
  const attributes = entraAttributes(person, standing);
  const verdictOn = (groups: readonly ScopeGroup[]) =>
    evaluateScope(groups, (name) => textOf(attributes[name] ?? null), wholeMatch);
  const [outer, inner] = [verdictOn(scope), verdictOn(inputScope)];
  // That both sets must hold is a guess.
  return { passed: outer.passed && inner.passed, clauses: { ...outer.clauses, ...inner.clauses } };
}

/** What on-demand provisioning does to the account of a person who is out of scope; null when it leaves it alone. */
function removalOf(
  { removal, flows }: SynchronizationJob,
  isActiveInSource: boolean,
  account: Account | undefined,
): 'disables' | 'deletes' | null {
  // For a person who is disabled in Entra it does nothing: only the regular cycle does. An account that was never
  // linked is not the service's to change.
  if (!isActiveInSource || !account?.active || account.unlinked === true) return null;
  if (removal === 'disables') return flows.includes('Update') ? removal : null;
  return removal === 'deletes' && flows.includes('Delete') ? removal : null;
}

/** The account's attributes as far as they are mapped: of others the service knows nothing. */
function listed(job: SynchronizationJob, { attributes }: Account): Attributes {
  const targets = new Set(mappingsOf(job).map(({ target }) => target));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => targets.has(name)));
}

interface Found {
  readonly tenant: Accounts;
  readonly application: Application;
  readonly person: Person;
  readonly subject: Subject;
  readonly account: Account | undefined;
  readonly before: readonly UntimedStep[];
}

function create(found: Found): Findings {
  const { tenant, application, person, subject, before } = found;
  const attributes = mapped(person, mappingsOf(jobOf(application)));
  const steps = [...before, notFoundInTargetStep(subject)];
  const modifiedProperties = differences({}, attributes);
  if (tenant.hasConflict(application.id, person.id)) {
    const failed = exportStep('EntryExportAdd', `Failed to create ${named(subject)}`, subject, 'Failure');
    return {
      ...basics(found),
      action: 'Create',
      statusInfo: failure(`${application.displayName.replaceAll(' ', '')}EntryConflict`, conflictReason(subject)),
      steps: [...steps, failed],
      modifiedProperties,
    };
  }
  const account = tenant.keepAccount(application.id, person.id, { active: true, attributes });
  return {
    ...basics(found),
    action: 'Create',
    statusInfo: succeeded,
    steps: [
      ...steps,
      exportStep('EntryExportAdd', `User '${subject.label}' was created in ${subject.target}`, subject),
    ],
    modifiedProperties,
    targetIdentity: identity(account.id, 'User'),
  };
}

function update(found: Found, account: Account): Findings {
  const { tenant, application, person, subject, before } = found;
  const attributes = mapped(person, mappingsOf(jobOf(application)), false);
  const modifiedProperties = differences(account.attributes, attributes);
  if (modifiedProperties.length === 0) {
    // The match alone links the account.
    tenant.keepAccount(application.id, person.id, { active: account.active, attributes: account.attributes });
    return {
      ...basics(found),
      action: 'Other',
      statusInfo: skipped,
      steps: [...before, redundantStep(subject)],
      modifiedProperties: unchanged(found),
    };
  }
  // What flowed once, when the account was created, stays.
  tenant.keepAccount(application.id, person.id, { active: true, attributes: { ...account.attributes, ...attributes } });
  return {
    ...basics(found),
    action: 'Update',
    statusInfo: succeeded,
    steps: [
      ...before,
      exportStep('EntryExportUpdate', `User '${subject.label}' was updated in ${subject.target}`, subject),
    ],
    modifiedProperties,
  };
}

function disable(found: Found, account: Account): Findings {
  const { tenant, application, person, subject, before } = found;
  const attributes = { ...account.attributes, active: 'False' };
  tenant.keepAccount(application.id, person.id, { active: false, attributes });
  return {
    ...basics(found),
    action: 'Disable',
    statusInfo: succeeded,
    steps: [
      ...before,
      exportStep('EntryExportUpdateSoftDelete', `User '${subject.label}' was disabled in ${subject.target}`, subject),
    ],
    modifiedProperties: [
      ...differences(account.attributes, attributes),
      { displayName: 'IsSoftDeleted', oldValue: null, newValue: 'True' },
    ],
  };
}

function remove(found: Found): Findings {
  const { tenant, application, person, subject, before } = found;
  tenant.deleteAccount(application.id, person.id);
  return {
    ...basics(found),
    action: 'Delete',
    statusInfo: succeeded,
    steps: [
      ...before,
      exportStep('EntryExportDelete', `User '${subject.label}' was deleted in ${subject.target}`, subject),
    ],
  };
}

function basics({ person, subject, account }: Found) {
  return {
    reportableIdentifier: subject.label,
    modifiedProperties: [] as readonly ModifiedProperty[],
    sourceIdentity: identity(person.id, 'User', person.displayName),
    targetIdentity: identity(account?.id ?? '', 'User'),
    sourceSystem: system(subject.source),
    targetSystem: system(subject.target),
  };
}

/** The differences by attribute: the account's value and its new one. */
export function differences(before: Attributes, after: Attributes): readonly ModifiedProperty[] {
  return Object.entries(after)
    .filter(([attribute, value]) => before[attribute] !== value)
    .map(([attribute, value]) => ({ displayName: attribute, oldValue: before[attribute] ?? null, newValue: value }));
}

// Microsoft's sample of an object in sync lists its source attributes as "modified", without old values, though nothing
// changed.
function unchanged({ application, person }: Found): readonly ModifiedProperty[] {
  if (jobOf(application).spelling !== 'azureAd') return [];
  const attributes = importedAttributes(person, { assigned: true, inScope: true });
  return Object.entries(attributes).map(([displayName, newValue]) => ({ displayName, oldValue: null, newValue }));
}

function named({ type, label, target }: Subject): string {
  return `${type} '${label}' in ${target}`;
}

function conflictReason({ source, target }: Subject): string {
  return `Message: ${target} returned an error response with the HTTP status code 409.  This response indicates that a user or a group already exists with the same name. This can be avoided by identifying and removing the conflicting user from ${target} via the ${target} administrative user interface, or removing the current user from the scope of provisioning either by removing their assignment to the ${target} application in ${source} or adding a scoping filter to exclude the user.`;
}
