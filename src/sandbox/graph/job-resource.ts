import { assertNever } from '../../assert-never.ts';
import type { Application, RuleObject, SynchronizationJob, SynchronizationRule } from '../tenant/applications.ts';
import { type AttributeMapping, inboundMappings, mappingsOf } from '../tenant/attributes.ts';
import { stableGuid } from '../tenant/identity.ts';
import { timestamp } from '../tenant/provisioning/report.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Entity } from './entities.ts';

/**
 * The synchronization job and its schema as Graph shows them. The regular cycle does not run here; its dates follow the
 * clock all the same, every forty minutes, so that a healthy job stays healthy in a long demo.
 */

const minuteMs = 60_000;
const cycleMs = 40 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

/** .NET's "no date". It is sent for cycles that never ran, and must not be read as a date. */
const never = '0001-01-01T00:00:00Z';

/** .NET's longest span: the interval of a job that was never started. */
const neverAgain = 'P10675199DT2H48M5.4775807S';

export function jobResource(tenant: Tenant, application: Application, job: SynchronizationJob): Entity {
  return {
    id: job.id,
    templateId: job.templateId,
    schedule:
      job.health === 'off'
        ? { expiration: null, interval: neverAgain, state: 'Disabled' }
        : { expiration: null, interval: 'PT40M', state: 'Active' },
    status: jobStatus(tenant, application, job),
    synchronizationJobSettings: [
      { name: 'AzureIngestionAttributeOptimization', value: 'False' },
      ...(job.deletionThreshold === null
        ? []
        : [{ name: 'QuarantineTooManyDeletesThreshold', value: String(job.deletionThreshold) }]),
    ],
  };
}

function jobStatus(
  tenant: Tenant,
  application: Application,
  job: SynchronizationJob,
): Readonly<Record<string, unknown>> {
  const now = tenant.clock.now();
  // Applications' cycles start at different minutes.
  const cycleBegan = Math.floor(now / cycleMs) * cycleMs - (1 + (application.displayName.length % 7)) * minuteMs;
  const users = tenant.accountCount(application.id, 'User');
  const groups = tenant.accountCount(application.id, 'Group');
  switch (job.health) {
    case 'active': {
      const execution = {
        ...execution0,
        activityIdentifier: stableGuid('activity', application.id, String(cycleBegan)),
        countEntitled: users + groups,
        countEntitledForProvisioning: users + groups,
        countImported: users + groups,
        state: 'Succeeded',
        timeBegan: timestamp(cycleBegan),
        timeEnded: timestamp(cycleBegan + 1.5 * minuteMs),
        error: null,
      };
      return {
        ...status0,
        code: 'Active',
        lastExecution: execution,
        lastSuccessfulExecution: execution,
        lastSuccessfulExecutionWithExports: { ...execution, countExports: 1, countExported: 1 },
        steadyStateFirstAchievedTime: timestamp(cycleBegan - 30 * dayMs),
        steadyStateLastAchievedTime: timestamp(cycleBegan),
        synchronizedEntryCountByType: [
          { key: 'User', value: users },
          ...(groups === 0 ? [] : [{ key: 'Group', value: groups }]),
        ],
      };
    }
    case 'quarantined': {
      // Deletions that are held back are no error of the application's.
      const error =
        job.quarantineReason === 'TooManyDeletes'
          ? null
          : {
              code: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
              message: `Please provide a valid tenant URL and secret token for your application: ${application.displayName} answered 401.`,
              tenantActionable: true,
            };
      const began = Math.floor(now / dayMs) * dayMs - 2 * dayMs;
      return {
        ...status0,
        code: 'Quarantine',
        countSuccessiveCompleteFailures: 3,
        lastExecution: {
          ...execution0,
          activityIdentifier: stableGuid('activity', application.id, String(cycleBegan)),
          timeBegan: timestamp(cycleBegan),
          timeEnded: timestamp(cycleBegan + 925),
          error,
        },
        quarantine: {
          currentBegan: timestamp(began),
          // A quarantined job is tried once a day.
          nextAttempt: timestamp(began + 3 * dayMs),
          reason: job.quarantineReason,
          seriesBegan: timestamp(began),
          seriesCount: 3,
          error,
        },
      };
    }
    case 'neverRun':
      return {
        ...status0,
        code: 'NotRun',
        lastExecution: { ...execution0, error: { code: 'None', message: '', tenantActionable: false } },
      };
    case 'off':
      return { ...status0, code: 'Paused', lastExecution: null };
    default:
      return assertNever(job.health, 'health');
  }
}

const status0 = {
  countSuccessiveCompleteFailures: 0,
  escrowsPruned: false,
  lastSuccessfulExecution: null,
  lastSuccessfulExecutionWithExports: null,
  progress: [],
  quarantine: null,
  steadyStateFirstAchievedTime: never,
  steadyStateLastAchievedTime: never,
  synchronizedEntryCountByType: [],
  troubleshootingUrl: '',
};

// A job that never ran reports that its last execution failed. So does Graph.
const execution0 = {
  activityIdentifier: null,
  countEntitled: 0,
  countEntitledForProvisioning: 0,
  countEscrowed: 0,
  countEscrowedRaw: 0,
  countExported: 0,
  countExports: 0,
  countImported: 0,
  countImportedDeltas: 0,
  countImportedReferenceDeltas: 0,
  state: 'Failed',
  timeBegan: never,
  timeEnded: never,
};

export function schemaResource(job: SynchronizationJob): Entity {
  return { id: job.id, version: '6.0', synchronizationRules: job.rules.map((rule) => ruleResource(job, rule)) };
}

function ruleResource(job: SynchronizationJob, rule: SynchronizationRule): Readonly<Record<string, unknown>> {
  const mappings = job.direction === 'outbound' ? mappingsOf(job) : inboundMappings;
  return {
    containerFilter: null,
    editable: true,
    groupFilter: null,
    id: rule.id,
    name: rule.name,
    priority: rule.priority,
    sourceDirectoryName: rule.sourceDirectory,
    targetDirectoryName: rule.targetDirectory,
    metadata: [{ key: 'supportsProvisionOnDemand', value: String(rule.supportsProvisionOnDemand) }],
    objectMappings: rule.objects.map(({ source, enabled }) => ({
      enabled,
      flowTypes: 'Add,Update,Delete',
      name: `Provision ${rule.sourceDirectory} ${source === 'Group' ? 'Groups' : 'Users'}`,
      scope: null,
      sourceObjectName: source,
      targetObjectName: job.direction === 'outbound' ? scimName(source) : 'User',
      attributeMappings: (source === 'Group' ? groupMappings : mappings).map(attributeMappingResource),
      metadata: [],
    })),
  };
}

const groupMappings: readonly Omit<AttributeMapping, 'value'>[] = [
  { target: 'displayName', source: 'displayName', matchingPriority: 1, required: true },
  { target: 'externalId', source: 'objectId', matchingPriority: 0, required: false },
  { target: 'members', source: 'members', matchingPriority: 0, required: false },
];

function attributeMappingResource({ target, source, matchingPriority }: Omit<AttributeMapping, 'value'>) {
  const isAttribute = /^\w+$/.test(source);
  return {
    defaultValue: null,
    exportMissingReferences: false,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    matchingPriority,
    source: {
      expression: isAttribute ? `[${source}]` : source,
      name: isAttribute ? source : '',
      parameters: [],
      type: isAttribute ? 'Attribute' : 'Function',
    },
    targetAttributeName: target,
  };
}

function scimName(source: RuleObject['source']): string {
  return source === 'Group'
    ? 'urn:ietf:params:scim:schemas:core:2.0:Group'
    : 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
}
