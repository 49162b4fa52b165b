import type { RuleObject, SynchronizationJob, SynchronizationRule } from '../tenant/applications.ts';
import { type AttributeMapping, inboundMappings, mappingsOf } from '../tenant/attributes.ts';
import type { Entity } from './entities.ts';

/** The schema of a synchronization job: the rules by which the sandbox's provisioning works. */

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
