import { objectId, stableGuid, tenantId } from './identity.ts';
import { ordinaryJob, type SynchronizationJob, type SynchronizationRule } from './synchronization-job.ts';

export type { RuleObject, SynchronizationJob, SynchronizationRule } from './synchronization-job.ts';

/** An enterprise application: its service principal, its roles and its synchronization job. */
export interface Application {
  /** Object id of the service principal, which every synchronization call takes. */
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  /** The app's home tenant. */
  readonly ownerTenantId: string;
  readonly appRoles: readonly AppRole[];
  /** Null when provisioning was never set up. */
  readonly job: SynchronizationJob | null;
  /** Further jobs of the same service principal, which Graph lists before that one. */
  readonly otherJobs: readonly SynchronizationJob[];
  readonly accountEnabled: boolean;
  /** ISO 8601. */
  readonly createdDateTime: string;
  readonly description: string | null;
  /** The verified publisher's name. */
  readonly publisher: string | null;
}

export interface AppRole {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly value: string;
  readonly allowedMemberTypes: readonly ('User' | 'Application')[];
}

/** The rule that most SCIM connectors share, with the same id in every tenant. */
const userAndGroupRuleId = '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8';

const docuSignJob: JobParticulars = {
  templateId: 'docuSign',
  rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'docusign', ['User'])],
  targetName: 'DocuSign',
};

/** The applications by the names that tests use. */
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
    maySyncAll: false,
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
    credentials: 'refused',
    rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'zscaler', ['User', 'Group'])],
    targetName: 'Zscaler',
  }),
  concur: application(5, 'Concur', ['User'], {
    templateId: 'concur',
    health: 'neverRun',
    rules: [
      {
        ...outboundRule('b1d1f3a4-6a3e-4c0e-9a53-2f1f0f7c0d11', 'USER_OUTBOUND_USER', 'Concur', ['User', 'Group']),
        // A mapping that exists but is switched off: the application provisions no groups.
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
      // Writes back from the application and cannot run on demand: first by priority, but still the wrong one.
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
  // Two with one name: the one that people mean, and the remains of a trial.
  adobe: application(20, 'Adobe Creative Cloud', ['User'], {
    templateId: 'adobeCreativeCloud',
    rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'adobe', ['User'])],
    targetName: 'Adobe Creative Cloud',
  }),
  adobeTrial: {
    ...application(21, 'Adobe Creative Cloud', ['User'], null),
    createdDateTime: '2025-03-14T09:00:00Z',
    description: 'A trial of the design team',
  },
  // Again two with one name, each with a job: only their ids and dates distinguish them.
  docuSign: { ...application(22, 'DocuSign', ['User'], docuSignJob), publisher: 'DocuSign, Inc.' },
  docuSignLegal: {
    ...application(23, 'DocuSign', ['User'], docuSignJob, ['User'], 'DocuSign of Legal'),
    createdDateTime: '2025-06-02T09:00:00Z',
    description: 'For the legal department alone',
  },
  // A job for groups, which is listed before the one for people.
  atlassian: withJobsBefore(
    application(24, 'Atlassian Cloud', ['User'], {
      templateId: 'atlassianUsers',
      rules: [outboundRule('7d1c6f0e-2f7e-4a6e-9a53-0c6f5f7c0d24', 'USER_TO_USER', 'Atlassian', ['User'])],
      targetName: 'Atlassian Cloud',
    }),
    {
      templateId: 'atlassianGroups',
      rules: [outboundRule('8e2d7a1f-3a8f-4b7f-8b64-1d7a6a8d1e35', 'GROUP_TO_GROUP', 'Atlassian', ['Group'])],
      targetName: 'Atlassian Cloud',
    },
  ),
  // Cloud sync of another forest: the job for password hashes has a rule for users too, but provisions no person.
  fabrikamAd: withJobsBefore(
    application(25, 'Fabrikam AD', [], {
      templateId: 'AD2AADProvisioning',
      direction: 'fromActiveDirectory',
      spelling: 'entraId',
      rules: [cloudSyncRule('9f3e8b20-4b90-4c80-9c75-2e8b7b9e2f46', 'USER_INBOUND_USER')],
      targetName: 'Azure Active Directory',
    }),
    {
      templateId: 'AD2AADPasswordHash',
      direction: 'fromActiveDirectory',
      rules: [cloudSyncRule('a04f9c31-5ca1-4d91-8d86-3f9c8caf3a57', 'PASSWORDHASH_INBOUND_PASSWORDHASH')],
      targetName: 'Azure Active Directory',
    },
  ),
  figma: application(26, 'Figma', ['User'], {
    templateId: 'figma',
    health: 'off',
    maps: 'more',
    rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'figma', ['User'])],
    targetName: 'Figma',
  }),
  miro: {
    ...application(27, 'Miro', ['User'], {
      templateId: 'miro',
      rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'miro', ['User'])],
      targetName: 'Miro',
    }),
    accountEnabled: false,
  },
  // Its connector uses OAuth, and works on demand only while its job is stopped.
  slackGrid: application(28, 'Slack Grid', ['User'], {
    templateId: 'slack',
    rules: [outboundRule('b15a0d42-6db2-4ea2-9e97-40ad9db04b68', 'USER_TO_USER', 'Slack', ['User'])],
    targetName: 'Slack',
  }),
  workday: application(29, 'Workday', [], {
    templateId: 'WorkdayToAAD',
    direction: 'fromHr',
    spelling: 'entraId',
    rules: [
      {
        ...outboundRule('c26b1e53-7ec3-4fb3-8fa8-51beaec15c79', 'WORKER_TO_USER', 'Azure Active Directory', []),
        sourceDirectory: 'Workday',
        objects: [{ source: 'Worker', enabled: true }],
      },
    ],
    targetName: 'Azure Active Directory',
  }),
} as const satisfies Record<string, Application>;

export const everyApplication: readonly Application[] = Object.values(apps);

const firstOfMany = 0x5000;
const appIdsOfMany = 0x6000;
/** One in this many has a job. */
const withJobEvery = 20;

/**
 * Adds apps until the tenant has `total`: most without a job, and the last one with a job in quarantine. Their names
 * cover the alphabet, and they have no assignments.
 */
export function manyApplications(total: number): readonly Application[] {
  const count = Math.max(0, total - everyApplication.length);
  const last = count - (count % withJobEvery);
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const letter = String.fromCharCode(65 + Math.floor((index * 26) / count));
    const name = `${letter}-line ${String(number).padStart(4, '0')}`;
    const hasJob = number % withJobEvery === 0;
    const job: JobParticulars = {
      templateId: 'scim',
      ...(number === last ? ({ health: 'quarantined', credentials: 'refused' } as const) : {}),
      rules: [outboundRule(userAndGroupRuleId, 'USERGROUP_OUTBOUND_USERGROUP', 'customappsso', ['User'])],
      targetName: 'customappsso',
    };
    const app = application(0, name, [], hasJob ? job : null);
    return { ...app, id: objectId(firstOfMany + index), appId: objectId(appIdsOfMany + index) };
  });
}

/** Exists in every tenant without being one of its enterprise applications: people are not assigned to it. */
export const microsoftGraph: Application = {
  ...application(9, 'Microsoft Graph', ['User.Read.All', 'AppRoleAssignment.ReadWrite.All'], null, ['Application']),
  appId: '00000003-0000-0000-c000-000000000000',
  ownerTenantId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
};

/** The role id that means "no particular role", for applications that declare none. */
export const defaultAccessRoleId = '00000000-0000-0000-0000-000000000000';

/** All jobs of the application, as Graph lists them. */
export function jobsOf({ job, otherJobs }: Application): readonly SynchronizationJob[] {
  return [...otherJobs, ...(job === null ? [] : [job])];
}

export function provisionsGroups(application: Application): boolean {
  const objects = jobsOf(application).flatMap(({ rules }) => rules.flatMap((rule) => rule.objects));
  return objects.some(({ source, enabled }) => source === 'Group' && enabled);
}

type JobParticulars = Pick<SynchronizationJob, 'templateId' | 'rules' | 'targetName'> & Partial<SynchronizationJob>;

function application(
  number: number,
  displayName: string,
  roleNames: readonly string[],
  job: JobParticulars | null,
  allowedMemberTypes: AppRole['allowedMemberTypes'] = ['User'],
  jobName = displayName,
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
    job: job === null ? null : synchronizationJob(jobName, job),
    otherJobs: [],
    accountEnabled: true,
    createdDateTime: '2024-02-05T09:00:00Z',
    description: null,
    publisher: null,
  };
}

function withJobsBefore(app: Application, ...jobs: readonly JobParticulars[]): Application {
  return { ...app, otherJobs: jobs.map((job) => synchronizationJob(`${app.displayName} ${job.templateId}`, job)) };
}

function cloudSyncRule(id: string, name: string): SynchronizationRule {
  return {
    id,
    name,
    priority: 1,
    sourceDirectory: 'Active Directory',
    targetDirectory: 'Azure Active Directory',
    supportsProvisionOnDemand: true,
    objects: [{ source: 'user', enabled: true }],
  };
}

function synchronizationJob(displayName: string, particulars: JobParticulars): SynchronizationJob {
  return {
    id: `${particulars.templateId}.${tenantId.replaceAll('-', '')}.${stableGuid('job', displayName)}`,
    ...ordinaryJob,
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

/** The job of an application, for callers that have made sure there is one. */
export function jobOf(application: Application): SynchronizationJob {
  if (application.job === null) throw new Error(`${application.displayName} has no synchronization job.`);
  return application.job;
}
