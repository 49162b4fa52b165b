import type { Application } from '../applications.ts';
import { capitalised, inboundMappings, mapped } from '../attributes.ts';
import { stableGuid } from '../identity.ts';
import { distinguishedName, type Person } from '../people.ts';
import type { Tenant } from '../tenant.ts';
import { differences } from './provision-person.ts';
import { identity, type ProvisioningReport, reported, skipped, succeeded, system, type UntimedStep } from './report.ts';
import { exportStep, importStep, redundantStep, type Subject } from './steps.ts';

/**
 * Cloud sync: brings one person from Active Directory to Entra. Two things differ from provisioning to an application:
 * there are no assignments, so scoping checks only that the account is active and the filter passed; and changes are
 * listed without their old values.
 */
export function provisionFromDirectory(
  tenant: Tenant,
  application: Application,
  person: Person,
  endedAt: number,
): ProvisioningReport {
  const subject: Subject = {
    type: 'user',
    label: person.userPrincipalName,
    source: 'Active Directory',
    target: 'Azure Active Directory',
  };
  const attributes = mapped(person, inboundMappings);
  const account = tenant.account(application.id, person.id);
  const changes = differences(account?.attributes ?? {}, attributes);
  const kept = tenant.keepAccount(application.id, person.id, { active: person.accountEnabled, attributes });

  const imported = importedFromDirectory(person);
  const received: UntimedStep = {
    name: 'EntryImportAdd',
    type: 'Import',
    status: 'Success',
    description: `Received user '${subject.label}' change of type (Add) from ${subject.source}`,
    details: imported,
  };
  const scoping: UntimedStep = {
    name: 'EntrySynchronizationScoping',
    type: 'Scoping',
    status: 'Success',
    description: 'Determine if user in scope by evaluating against each scoping filter',
    details: {
      'Active in the source system': capitalised(person.accountEnabled),
      'Scoping filter evaluation passed': 'True',
    },
  };
  const updated = exportStep('EntryExportUpdate', `User '${subject.label}' was updated in ${subject.target}`, subject);
  const isRedundant = changes.length === 0;
  return reported(
    {
      action: isRedundant ? 'Other' : 'Update',
      statusInfo: isRedundant ? skipped : succeeded,
      reportableIdentifier: subject.label,
      steps: [received, importStep(subject, imported), scoping, isRedundant ? redundantStep(subject) : updated],
      modifiedProperties: isRedundant
        ? []
        : Object.entries(attributes).map(([displayName, newValue]) => ({ displayName, newValue })),
      sourceIdentity: identity(stableGuid('objectGUID', person.id), 'user'),
      targetIdentity: identity(kept.id, 'User'),
      sourceSystem: system(subject.source),
      targetSystem: system(subject.target),
    },
    endedAt,
  );
}

// A sync agent sends every attribute that it received, empty ones included.
const alwaysEmpty = ['adminDescription', 'facsimileTelephoneNumber', 'homePhone', 'ipPhone', 'pager', 'wWWHomePage'];

function importedFromDirectory(person: Person): UntimedStep['details'] {
  return {
    distinguishedName: distinguishedName(person),
    cn: person.displayName,
    sAMAccountName: person.mailNickname,
    givenName: person.givenName,
    sn: person.surname ?? '',
    displayName: person.displayName,
    mail: person.mail,
    mailNickname: person.mailNickname,
    userPrincipalName: person.userPrincipalName,
    department: person.department,
    title: person.jobTitle,
    physicalDeliveryOfficeName: person.officeLocation,
    accountDisabled: capitalised(!person.accountEnabled),
    userAccountControl: person.accountEnabled ? '512' : '514',
    ...Object.fromEntries(alwaysEmpty.map((attribute) => [attribute, ''])),
  };
}
