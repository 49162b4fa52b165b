import type { Application } from '../applications.ts';
import { jobOf } from '../applications.ts';
import type { Group } from '../groups.ts';
import type { Person } from '../people.ts';
import type { Tenant } from '../tenant.ts';
import { auditRecord } from './audit-record.ts';
import { differences, provisionPerson } from './provision-person.ts';
import {
  entraName,
  identity,
  type ProvisioningReport,
  reported,
  skipped,
  succeeded,
  system,
  type UntimedStep,
} from './report.ts';
import {
  exportStep,
  foundInTargetStep,
  importStep,
  notEntitledStep,
  notFoundInTargetStep,
  redundantStep,
  type Subject,
  scopingStep,
} from './steps.ts';

/**
 * Provisions a group with the members the call names: first the members, each with its own audit record, then the group
 * with a reference to every member that made it into the application. One verdict, the group's; a member that could not
 * be provisioned shows only as a missing reference. Members of earlier calls stay.
 */
export function provisionGroup(
  tenant: Tenant,
  application: Application,
  group: Group,
  members: readonly Person[],
  endedAt: number,
): ProvisioningReport {
  const job = jobOf(application);
  const subject: Subject = {
    type: 'Group',
    label: group.displayName,
    source: entraName(job),
    target: job.targetName,
  };
  const account = tenant.account(application.id, group.id);
  const assigned = tenant.isAssigned(application.id, group.id);
  const checks = { active: true, assigned, entitled: assigned || job.takesEverybody, spelling: job.spelling };
  const before: readonly UntimedStep[] = [
    importStep(subject, { objectId: group.id, displayName: group.displayName, mailNickname: group.mailNickname }),
    ...(account === undefined ? [] : [foundInTargetStep(subject, { id: account.id, ...account.attributes })]),
    scopingStep(subject, checks),
    ...(account === undefined && checks.entitled ? [notFoundInTargetStep(subject)] : []),
  ];
  const basics = {
    reportableIdentifier: subject.label,
    modifiedProperties: [],
    sourceIdentity: identity(group.id, 'Group', group.displayName),
    targetIdentity: identity(account?.id ?? '', 'Group'),
    sourceSystem: system(subject.source),
    targetSystem: system(subject.target),
  };
  if (!checks.entitled) {
    const steps = [...before, notEntitledStep(subject, checks)];
    return reported({ ...basics, action: 'Other', statusInfo: skipped, steps }, endedAt);
  }

  for (const member of members) {
    tenant.record(auditRecord(application, provisionPerson(tenant, application, member, endedAt)));
  }
  const presentIds = members.flatMap((member) => {
    const found = tenant.account(application.id, member.id);
    return found?.active ? [found.id] : [];
  });
  const knownIds = account?.attributes.members?.split(', ').filter((id) => id !== '') ?? [];
  const attributes = {
    displayName: group.displayName,
    externalId: group.id,
    members: [...new Set([...knownIds, ...presentIds])].join(', '),
  };
  const modifiedProperties = differences(account?.attributes ?? {}, attributes);
  if (account !== undefined && modifiedProperties.length === 0) {
    const steps = [...before, redundantStep(subject)];
    return reported({ ...basics, action: 'Other', statusInfo: skipped, steps }, endedAt);
  }
  const kept = tenant.keepAccount(application.id, group.id, { active: true, attributes });
  const verb = account === undefined ? 'created' : 'updated';
  const steps: readonly UntimedStep[] = [
    ...before,
    referenceStep(subject, members.length, presentIds.length),
    exportStep(
      account === undefined ? 'EntryExportAdd' : 'EntryExportUpdate',
      `Group '${subject.label}' was ${verb} in ${subject.target}`,
      subject,
    ),
  ];
  return reported(
    {
      ...basics,
      action: account === undefined ? 'Create' : 'Update',
      statusInfo: succeeded,
      steps,
      modifiedProperties,
      targetIdentity: identity(kept.id, 'Group'),
    },
    endedAt,
  );
}

function referenceStep({ label, target }: Subject, asked: number, resolved: number): UntimedStep {
  return {
    name: 'EntryReferenceResolution',
    type: 'ReferenceResolution',
    status: resolved < asked ? 'Warning' : 'Success',
    description: `Resolved ${resolved} of ${asked} members of Group '${label}' in ${target}`,
    details: { ReferencesRequested: String(asked), ReferencesResolved: String(resolved) },
  };
}
