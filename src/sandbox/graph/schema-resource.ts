import type { RuleObject, SynchronizationJob, SynchronizationRule } from '../tenant/applications.ts';
import { type AttributeMapping, inboundMappings, mappingsOf } from '../tenant/attributes.ts';
import type { Source } from '../tenant/expressions/parse.ts';
import { stableGuid } from '../tenant/identity.ts';
import { people } from '../tenant/people.ts';
import type { ScopeGroup } from '../tenant/scope.ts';
import { activeDirectoryAttributes, entraAttributes } from '../tenant/source-attributes.ts';
import type { Entity } from './entities.ts';

/** The schema of a synchronization job: the rules by which the sandbox's provisioning works. */

export function schemaResource(job: SynchronizationJob): Entity {
  return {
    id: job.id,
    version: '6.0',
    synchronizationRules: job.rules.map((rule) => ruleResource(job, rule)),
    directories: directories(job),
  };
}

const mappingsFor = (job: SynchronizationJob) => (job.direction === 'outbound' ? mappingsOf(job) : inboundMappings);

function ruleResource(job: SynchronizationJob, rule: SynchronizationRule): Readonly<Record<string, unknown>> {
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
      flowTypes: source === 'Group' ? 'Add,Update,Delete' : job.flows.join(','),
      name: `Provision ${rule.sourceDirectory} ${source === 'Group' ? 'Groups' : 'Users'}`,
      scope: source === 'Group' || job.scope.length + job.inputScope.length === 0 ? null : scopeResource(job),
      sourceObjectName: source,
      targetObjectName: targetName(job, source),
      attributeMappings: source === 'Group' ? groupMappings : mappingsFor(job).map(attributeMappingResource),
      metadata: [
        { key: 'Disposition', value: '"Normal"' },
        { key: 'EscrowBehavior', value: '"Default"' },
        { key: 'IsCustomerDefined', value: 'false' },
      ],
    })),
  };
}

function scopeResource({ scope, inputScope }: SynchronizationJob) {
  return {
    categoryFilterGroups: [],
    inputFilterGroups: groupResources(inputScope),
    groups: groupResources(scope),
  };
}

const groupResources = (groups: readonly ScopeGroup[]) =>
  groups.map(({ name, clauses }) => ({
    name,
    clauses: clauses.map(({ attribute, operator, values }) => ({
      operatorName: operator,
      sourceOperandName: attribute,
      targetOperand: { values },
    })),
  }));

const attribute = (name: string): Source => ({ type: 'Attribute', name, expression: `[${name}]`, parameters: [] });

const groupMappings = [
  ...([
    ['displayName', 'displayName', 1],
    ['externalId', 'objectId', 0],
    ['members', 'members', 0],
  ] as const),
].map(([target, source, matchingPriority]) =>
  attributeMappingResource({
    target,
    source: attribute(source),
    matchingPriority,
    defaultValue: null,
    flowType: 'Always',
  }),
);

function attributeMappingResource(mapping: Omit<AttributeMapping, 'value' | 'required'>) {
  const { target, source, matchingPriority, defaultValue, flowType } = mapping;
  return {
    defaultValue,
    exportMissingReferences: false,
    flowBehavior: 'FlowWhenChanged',
    flowType,
    matchingPriority,
    source,
    targetAttributeName: target,
  };
}

/** Both sides' objects for people, with all attributes that the sandbox has; each directory once. */
function directories(job: SynchronizationJob): readonly Readonly<Record<string, unknown>>[] {
  const sides = job.rules.flatMap((rule) => sidesOf(job, rule));
  return [...new Map(sides.map((side) => [side.name, side])).values()];
}

function sidesOf(job: SynchronizationJob, rule: SynchronizationRule) {
  const [object] = rule.objects;
  if (object === undefined) return [];
  const someone = people.adele;
  const sources =
    job.direction === 'outbound'
      ? entraAttributes(someone, { assigned: true, inScope: true })
      : activeDirectoryAttributes(someone);
  const targets = mappingsFor(job);
  return [
    directory(
      rule.sourceDirectory,
      object.source,
      [],
      Object.entries(sources).map(([name, value]) => attributeDefinition(name, { value })),
    ),
    directory(
      rule.targetDirectory,
      targetName(job, object.source),
      [
        // Where the app knows no inactive account, the service sends a deletion.
        { key: 'IsSoftDeletionSupported', value: String(job.removal !== 'deletes') },
        { key: 'IsSynchronizeAllSupported', value: String(job.maySyncAll || job.takesEverybody) },
      ],
      targets.map(({ target, required }) => attributeDefinition(target, { required })),
    ),
  ];
}

function directory(name: string, object: string, metadata: readonly object[], attributes: readonly object[]) {
  const objects = [{ name: object, metadata, supportedApis: [], attributes }];
  return {
    id: stableGuid('directory', name),
    name,
    readOnly: false,
    version: null,
    discoverabilities: 'None',
    objects,
  };
}

const booleans: ReadonlySet<string> = new Set(['accountEnabled', 'IsSoftDeleted', 'accountDisabled']);

function attributeDefinition(name: string, { value = '', required = false }: { value?: unknown; required?: boolean }) {
  const type = name === 'manager' ? 'Reference' : booleans.has(name) ? 'Boolean' : 'String';
  return {
    name,
    type,
    anchor: name === 'objectId',
    multivalued: Array.isArray(value),
    required,
    caseExact: false,
    mutability: 'ReadWrite',
    flowNullValues: false,
    defaultValue: null,
    referencedObjects: [],
    apiExpressions: [],
    metadata: [],
  };
}

function targetName(job: SynchronizationJob, source: RuleObject['source']): string {
  if (job.direction !== 'outbound') return 'User';
  return source === 'Group'
    ? 'urn:ietf:params:scim:schemas:core:2.0:Group'
    : 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
}
