import { objectId, stableGuid, tenantId } from './identity.ts';

/** An enterprise application: its service principal, its roles and its synchronization job. */
export interface Application {
  /** Object id of the service principal; the id that every synchronization call wants. */
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  /** The tenant that it comes from. */
  readonly ownerTenantId: string;
  readonly appRoles: readonly AppRole[];
  /** Null when nobody has set up provisioning. */
  readonly job: SynchronizationJob | null;
}

export interface AppRole {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly value: string;
  readonly allowedMemberTypes: readonly ('User' | 'Application')[];
}

export interface SynchronizationJob {
  readonly id: string;
  readonly templateId: string;
  readonly health: 'active' | 'quarantined' | 'neverRun';
  /** How on-demand answers look: one object (A in Microsoft's API page), or an array under a literal key (B). */
  readonly shape: 'object' | 'array';
  /** How this connector names the scoping checks and Entra itself: the names changed with the product's. */
  readonly spelling: 'azureAd' | 'entraId';
  /** Cloud sync reads Active Directory and writes to Entra; all others read Entra and write to an application. */
  readonly direction: 'outbound' | 'fromActiveDirectory';
  readonly targetName: string;
  readonly rules: readonly SynchronizationRule[];
}

export interface SynchronizationRule {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly sourceDirectory: string;
  readonly targetDirectory: string;
  readonly supportsProvisionOnDemand: boolean;
  readonly objects: readonly RuleObject[];
}

export interface RuleObject {
  readonly source: 'User' | 'Group' | 'user';
  readonly enabled: boolean;
}

/** The one rule that most SCIM connectors share, under the same id in every tenant. */
const userAndGroupRuleId = '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8';

/** The applications by the names the tests call them. */
export const apps = {
  salesforce: application(1, 'Salesforce', ['Standard User', 'System Administrator'], {
    templateId: 'salesforce',
    rules: [outboundRule('ea807875-5618-4f0a-9125-0b46a05298ca#V2', 'USER_TO_USER', 'salesforce.com', ['User'])],
    targetName: 'Salesforce',
  }),
  serviceNow: application(2, 'ServiceNow', ['User'], {
    templateId: 'serviceNow',
    shape: 'array',
    spelling: 'entraId',
    rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'ServiceNow', ['User', 'Group'])],
    targetName: 'ServiceNow',
  }),
  gitHubEnterprise: application(3, 'GitHub Enterprise', ['User', 'Enterprise Owner'], {
    templateId: 'gitHubEnterpriseManagedUser',
    rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'customappsso', ['User', 'Group'])],
    targetName: 'customappsso',
  }),
  zscaler: application(4, 'Zscaler', ['User'], {
    templateId: 'zscaler',
    health: 'quarantined',
    rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'zscaler', ['User', 'Group'])],
    targetName: 'Zscaler',
  }),
  concur: application(5, 'Concur', ['User'], {
    templateId: 'concur',
    health: 'neverRun',
    rules: [
      {
        ...outboundRule('b1d1f3a4-6a3e-4c0e-9a53-2f1f0f7c0d11', 'USER_OUTBOUND_USER', 'Concur', ['User', 'Group']),
        // A mapping that is there but switched off: the application provisions no groups.
        objects: [
          { source: 'User', enabled: true },
          { source: 'Group', enabled: false },
        ],
      },
    ],
    targetName: 'Concur',
  }),
  contosoAd: application(6, 'Contoso AD', [], {
    templateId: 'AD2AADProvisioning',
    direction: 'fromActiveDirectory',
    spelling: 'entraId',
    rules: [
      {
        id: '6c409270-f78a-4bc6-af23-7cf3ab6482fe',
        name: 'USER_INBOUND_USER',
        priority: 1,
        sourceDirectory: 'Active Directory',
        targetDirectory: 'Azure Active Directory',
        supportsProvisionOnDemand: true,
        objects: [{ source: 'user', enabled: true }],
      },
    ],
    targetName: 'Azure Active Directory',
  }),
  salesforceSandbox: application(7, 'Salesforce Sandbox', ['Standard User'], {
    templateId: 'salesforceSandbox',
    rules: [
      // Writes back from the application and cannot run on demand: first by priority, and still the wrong one.
      {
        ...outboundRule('d0a8c1de-2b07-4f3c-8f0e-54d1a7a3b9c2', 'USER_WRITEBACK_USER', 'Azure Active Directory', [
          'User',
        ]),
        sourceDirectory: 'salesforce.com',
        supportsProvisionOnDemand: false,
      },
      {
        ...outboundRule('4f2c9b58-3c41-4d7e-a1f6-0f6b8e1d7a35', 'USER_TO_USER', 'salesforce.com', ['User']),
        priority: 2,
      },
    ],
    targetName: 'Salesforce Sandbox',
  }),
  payroll: application(8, 'Payroll', [], null),
} as const satisfies Record<string, Application>;

export const everyApplication: readonly Application[] = Object.values(apps);

/** What is in every tenant without being one of its enterprise applications: people are not assigned to it. */
export const microsoftGraph: Application = {
  ...application(9, 'Microsoft Graph', ['User.Read.All', 'AppRoleAssignment.ReadWrite.All'], null, ['Application']),
  appId: '00000003-0000-0000-c000-000000000000',
  ownerTenantId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
};

/** The role id that stands for "no role in particular", for applications that declare none. */
export const defaultAccessRoleId = '00000000-0000-0000-0000-000000000000';

export function provisionsGroups(application: Application): boolean {
  const objects = application.job?.rules.flatMap((rule) => rule.objects) ?? [];
  return objects.some(({ source, enabled }) => source === 'Group' && enabled);
}

type JobParticulars = Pick<SynchronizationJob, 'templateId' | 'rules' | 'targetName'> & Partial<SynchronizationJob>;

function application(
  number: number,
  displayName: string,
  roleNames: readonly string[],
  job: JobParticulars | null,
  allowedMemberTypes: AppRole['allowedMemberTypes'] = ['User'],
): Application {
  return {
    id: objectId(0x200 + number),
    appId: objectId(0x300 + number),
    displayName,
    ownerTenantId: tenantId,
    appRoles: roleNames.map((name) => ({
      id: stableGuid('appRole', displayName, name),
      displayName: name,
      description: `${name} of ${displayName}`,
      value: name.toLowerCase().replaceAll(' ', '_'),
      allowedMemberTypes,
    })),
    job: job === null ? null : synchronizationJob(displayName, job),
  };
}

function synchronizationJob(displayName: string, particulars: JobParticulars): SynchronizationJob {
  return {
    id: `${particulars.templateId}.${tenantId.replaceAll('-', '')}.${stableGuid('job', displayName)}`,
    health: 'active',
    shape: 'object',
    spelling: 'azureAd',
    direction: 'outbound',
    ...particulars,
  };
}

function outboundRule(
  id: string,
  name: string,
  targetDirectory: string,
  objects: readonly ('User' | 'Group')[],
): SynchronizationRule {
  return {
    id,
    name,
    priority: 1,
    sourceDirectory: 'Azure Active Directory',
    targetDirectory,
    supportsProvisionOnDemand: true,
    objects: objects.map((source) => ({ source, enabled: true })),
  };
}
