import { onceFor } from '../../once-for.ts';
import type { Application, AppRole } from '../tenant/applications.ts';
import type { Group } from '../tenant/groups.ts';
import { domain, tenantId, tenantName } from '../tenant/identity.ts';
import type { Person } from '../tenant/people.ts';
import type { Assignment, DeletedPerson } from '../tenant/state.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { FilterRules } from './filter.ts';

/** The rules of a type: the properties sent by default, and the operations allowed on the others. */
export interface EntityType extends FilterRules {
  /** E.g. `user`; its OData type is `#microsoft.graph.user`. */
  readonly name: string;
  /** Sent when the call has no `$select`; null sends everything. */
  readonly unasked: readonly string[] | null;
  readonly searchable: readonly string[];
}

export type Entity = Readonly<Record<string, unknown>> & { readonly id: string };

const text = ['eq', 'startswith'] as const;

/** Easy to overlook: like Graph, it sends `accountEnabled`, `department` and `userType` only when selected. */
export const userType: EntityType = {
  name: 'user',
  unasked: [
    'businessPhones',
    'displayName',
    'givenName',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
  ],
  filterable: {
    id: ['eq'],
    displayName: text,
    givenName: text,
    surname: text,
    mail: text,
    mailNickname: text,
    userPrincipalName: text,
    department: text,
    jobTitle: text,
    accountEnabled: ['eq'],
    userType: ['eq'],
  },
  searchable: ['displayName', 'givenName', 'surname', 'mail', 'userPrincipalName'],
  caseSensitive: false,
};

export const deletedUserType: EntityType = {
  ...userType,
  filterable: { ...userType.filterable, userPrincipalName: [...text, 'endswith'] },
};

export const groupType: EntityType = {
  name: 'group',
  unasked: null,
  filterable: { id: ['eq'], displayName: text, mailNickname: text, securityEnabled: ['eq'] },
  searchable: ['displayName', 'description', 'mailNickname'],
  caseSensitive: false,
};

export const directoryRoleType: EntityType = {
  name: 'directoryRole',
  unasked: null,
  filterable: { id: ['eq'], roleTemplateId: ['eq'] },
  searchable: [],
  caseSensitive: false,
};

export const servicePrincipalType: EntityType = {
  name: 'servicePrincipal',
  unasked: null,
  filterable: { id: ['eq'], appId: ['eq'], displayName: text, accountEnabled: ['eq'], tags: ['any'] },
  searchable: ['displayName', 'description'],
  caseSensitive: false,
};

export const appRoleAssignmentType: EntityType = {
  name: 'appRoleAssignment',
  unasked: null,
  filterable: { resourceId: ['eq'], principalId: ['eq'], principalDisplayName: text },
  searchable: [],
  caseSensitive: false,
};

export const provisioningRecordType: EntityType = {
  name: 'provisioningObjectSummary',
  unasked: null,
  filterable: {
    id: ['eq'],
    // Only these two: Graph has no equality for a time.
    activityDateTime: ['gt', 'lt'],
    changeId: ['eq'],
    cycleId: ['eq'],
    jobId: ['eq', 'contains'],
    provisioningAction: ['eq'],
    'sourceIdentity/id': ['eq', 'contains'],
    'sourceIdentity/displayName': ['eq', 'contains'],
    'targetIdentity/id': ['eq', 'contains'],
    'servicePrincipal/id': ['eq'],
    'servicePrincipal/displayName': ['eq', 'contains'],
  },
  searchable: [],
  caseSensitive: true,
};

/** Types whose items are always sent in full and cannot be filtered: jobs and the organization. */
export const plainType: EntityType = {
  name: 'entity',
  unasked: null,
  filterable: {},
  searchable: [],
  caseSensitive: false,
};

const tenantBorn = '2024-02-05T09:00:00Z';

/** A search goes through all people of the tenant, and no person changes. */
export const userEntity = onceFor(({ managerId: _manager, ...attributes }: Person): Entity => {
  return { ...attributes, businessPhones: [], mobilePhone: null, createdDateTime: tenantBorn };
});

/** A deletion puts the object id before the principal name, as another person may get that name. */
export function deletedUserEntity({ person, at }: DeletedPerson): Entity {
  const userPrincipalName = person.id.replaceAll('-', '') + person.userPrincipalName;
  return { ...userEntity(person), userPrincipalName, deletedDateTime: new Date(at).toISOString() };
}

export function groupEntity(group: Group): Entity {
  const { memberIds: _members, kind, ...attributes } = group;
  const isTeam = kind === 'microsoft365';
  return {
    ...attributes,
    groupTypes: [...(isTeam ? ['Unified'] : []), ...(kind === 'dynamic' ? ['DynamicMembership'] : [])],
    mail: isTeam ? `${group.mailNickname}@${domain}` : null,
    mailEnabled: isTeam,
    securityEnabled: !isTeam,
    visibility: null,
  };
}

export function directoryRoleEntity(roleTemplateId: string): Entity {
  return { id: roleTemplateId, displayName: null, description: null, roleTemplateId };
}

export function servicePrincipalEntity(application: Application): Entity {
  return {
    id: application.id,
    accountEnabled: application.accountEnabled,
    appId: application.appId,
    appDisplayName: application.displayName,
    appOwnerOrganizationId: application.ownerTenantId,
    appRoleAssignmentRequired: true,
    appRoles: application.appRoles.map(appRoleEntity),
    createdDateTime: application.createdDateTime,
    description: application.description,
    displayName: application.displayName,
    servicePrincipalType: 'Application',
    verifiedPublisher: { displayName: application.publisher, verifiedPublisherId: null, addedDateTime: null },
    tags: application.ownerTenantId === tenantId ? ['WindowsAzureActiveDirectoryIntegratedApp'] : [],
  };
}

function appRoleEntity(role: AppRole): Readonly<Record<string, unknown>> {
  return { ...role, isEnabled: true, origin: 'Application' };
}

export function assignmentEntity(tenant: Tenant, application: Application, assignment: Assignment): Entity {
  const person = tenant.person(assignment.principalId);
  const principal = person ?? tenant.group(assignment.principalId);
  return {
    id: assignment.id,
    deletedDateTime: null,
    appRoleId: assignment.appRoleId,
    createdDateTime: new Date(assignment.createdAt).toISOString(),
    principalDisplayName: principal?.displayName ?? null,
    principalId: assignment.principalId,
    principalType: person === undefined ? 'Group' : 'User',
    resourceDisplayName: application.displayName,
    resourceId: application.id,
  };
}

export const organizationEntity: Entity = {
  id: tenantId,
  displayName: tenantName,
  countryLetterCode: 'US',
  createdDateTime: tenantBorn,
  tenantType: 'AAD',
  verifiedDomains: [
    { capabilities: 'Email', isDefault: true, isInitial: false, name: 'contoso.com', type: 'Managed' },
    { capabilities: 'Email', isDefault: false, isInitial: true, name: 'contoso.onmicrosoft.com', type: 'Managed' },
  ],
};
