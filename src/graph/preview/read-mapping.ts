import { z } from 'zod';
import { nullableText, orNull } from '../odata.ts';
import { chooseRule, ruleSchema } from '../rules.ts';
import type { Clause } from './operators.ts';

/** How a job maps people, read in detail: who is in scope, how accounts are matched, which values they get. */
export interface PeopleMapping {
  /** Of the schema; a change of mappings or filters changes it. */
  readonly version: string;
  readonly scope: ScopeFilter;
  /** What the job may do; all of it where the mapping does not say. */
  readonly flows: { readonly adds: boolean; readonly updates: boolean };
  readonly attributes: readonly AttributeMapping[];
  /** Attributes of the app that an account cannot do without. */
  readonly required: ReadonlySet<string>;
  /** False where the app can never be set to take all people, assigned or not. */
  readonly maySyncAll: boolean;
}

export interface ScopeFilter {
  /** Each has to be passed. */
  readonly sets: readonly (readonly StoredGroup[])[];
  readonly doubts: readonly ('experimental' | 'unreadable')[];
}

export interface StoredGroup {
  readonly name: string;
  readonly clauses: readonly Clause[];
}

export interface AttributeMapping {
  readonly target: string;
  readonly source: MappingSource;
  /** Only for an account that is created, and only where the source is empty. */
  readonly defaultValue: string | null;
  /** The lowest is tried first; 0 where it does not match accounts. */
  readonly matchingPriority: number;
}

export type MappingSource =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'constant'; readonly text: string | null }
  | { readonly kind: 'function'; readonly expression: string }
  | { readonly kind: 'unreadable' };

const clauseSchema = z
  .object({
    operatorName: z.string(),
    sourceOperandName: z.string(),
    targetOperand: z
      .object({ values: z.array(z.string()).nullable().default(null) })
      .nullable()
      .default(null),
  })
  .transform(
    ({ operatorName, sourceOperandName, targetOperand }): Clause => ({
      operator: operatorName,
      attribute: sourceOperandName,
      values: targetOperand?.values ?? [],
    }),
  );
const groupsSchema = z
  .array(z.object({ name: nullableText, clauses: z.array(clauseSchema) }))
  .nullable()
  .default(null)
  .transform((groups) => (groups ?? []).map(({ name, clauses }): StoredGroup => ({ name: name ?? '', clauses })));
const anyGroups = z.array(z.unknown()).nullable().default(null);

const scopeSchema = z
  .object({ groups: groupsSchema, inputFilterGroups: groupsSchema, categoryFilterGroups: anyGroups })
  .nullable()
  .default(null)
  .transform(
    (filter): ScopeFilter => ({
      sets: filter === null ? [] : [filter.groups, filter.inputFilterGroups],
      doubts: (filter?.categoryFilterGroups ?? []).length === 0 ? [] : ['experimental'],
    }),
  )
  .catch({ sets: [], doubts: ['unreadable'] });

const sourceSchema = z
  .object({ type: nullableText, name: nullableText, expression: nullableText })
  .nullable()
  .default(null);

const attributeSchema = z
  .object({
    targetAttributeName: z.string(),
    source: sourceSchema,
    defaultValue: nullableText,
    matchingPriority: z.number().catch(0),
  })
  .transform(
    ({ targetAttributeName, source, defaultValue, matchingPriority }): AttributeMapping => ({
      target: targetAttributeName,
      source: source === null ? { kind: 'constant', text: defaultValue } : sourceOf(source),
      defaultValue: defaultValue === '' ? null : defaultValue,
      matchingPriority,
    }),
  );

function sourceOf({ type, name, expression }: NonNullable<z.infer<typeof sourceSchema>>): MappingSource {
  switch (type?.toLowerCase()) {
    case 'attribute':
      return name === null ? { kind: 'unreadable' } : { kind: 'attribute', name };
    case 'constant':
      return { kind: 'constant', text: name };
    case 'function':
      return expression === null ? { kind: 'unreadable' } : { kind: 'function', expression };
    default:
      return { kind: 'unreadable' };
  }
}

const metadata = z.array(z.object({ key: z.string(), value: nullableText })).catch([]);

const detailedRule = ruleSchema.extend({
  targetDirectoryName: nullableText,
  containerFilter: z.unknown(),
  groupFilter: z.unknown(),
  objectMappings: z
    .array(
      z.object({
        enabled: orNull(z.boolean()),
        sourceObjectName: nullableText,
        targetObjectName: nullableText,
        flowTypes: nullableText,
        scope: scopeSchema,
        attributeMappings: z
          .array(attributeSchema.nullable().catch(null))
          .catch([])
          .transform((mappings) => mappings.filter((mapping) => mapping !== null)),
      }),
    )
    .catch([]),
});

const directorySchema = z.object({
  name: nullableText,
  objects: z
    .array(
      z.object({
        name: nullableText,
        attributes: z.array(z.object({ name: z.string(), required: z.boolean().catch(false) })).catch([]),
        metadata,
      }),
    )
    .catch([]),
});

export const detailedSchema = z.object({
  version: nullableText,
  synchronizationRules: z
    .array(detailedRule.nullable().catch(null))
    .transform((rules) => rules.filter((rule) => rule !== null)),
  directories: z.array(directorySchema).catch([]),
});
export type DetailedSchema = z.infer<typeof detailedSchema>;

/** The mapping by which the job provisions people of Entra; null where it has none. */
export function peopleMapping(schema: DetailedSchema): PeopleMapping | null {
  const chosen = chooseRule(schema, 'User');
  const rule = schema.synchronizationRules.find(({ id }) => id === chosen?.id);
  const mapping = rule?.objectMappings.find(
    ({ enabled, sourceObjectName }) => enabled !== false && sourceObjectName === chosen?.objectTypeName,
  );
  if (chosen?.source !== 'entra' || rule === undefined || mapping === undefined) return null;
  const flows = mapping.flowTypes?.split(',').map((flow) => flow.trim().toLowerCase()) ?? ['add', 'update'];
  const objectIn = (directory: string | null, object: string | null) =>
    schema.directories
      .flatMap(({ name, objects }) => (name !== null && name === directory ? objects : []))
      .find(({ name }) => name !== null && name === object);
  const target = objectIn(rule.targetDirectoryName, mapping.targetObjectName);
  const objects = [target, objectIn(rule.sourceDirectoryName, mapping.sourceObjectName)];
  // Of cloud sync, where they are not null.
  const isFiltered = (rule.containerFilter ?? null) !== null || (rule.groupFilter ?? null) !== null;
  const { scope } = mapping;
  return {
    version: schema.version ?? '',
    scope: isFiltered ? { ...scope, doubts: [...scope.doubts, 'experimental'] } : scope,
    flows: { adds: flows.includes('add'), updates: flows.includes('update') },
    attributes: mapping.attributeMappings,
    required: new Set(target?.attributes.filter(({ required }) => required).map(({ name }) => name)),
    maySyncAll: !objects.some((object) =>
      object?.metadata.some(
        ({ key, value }) => key === 'IsSynchronizeAllSupported' && /^"?false"?$/i.test(value?.trim() ?? ''),
      ),
    ),
  };
}

/** The mappings that match accounts, the first to be tried first. */
export function matchingOf({ attributes }: PeopleMapping): readonly AttributeMapping[] {
  return attributes
    .filter(({ matchingPriority }) => matchingPriority > 0)
    .toSorted((one, other) => one.matchingPriority - other.matchingPriority);
}
