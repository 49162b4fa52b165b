import { z } from 'zod';
import { type Fetched, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { type JobAddress, jobPath } from './job-address.ts';
import { nullableText, orNull, readable } from './odata.ts';
import { readOne } from './read.ts';

/**
 * What a job does with whom: its scoping filters and its attribute mappings. Names of attributes are the provisioning
 * engine's, not Graph's.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema
 */
export interface JobSchema {
  /** Changes with each edit of the mappings. */
  readonly version: string | null;
  readonly rules: readonly SchemaRule[];
  readonly directories: readonly SchemaDirectory[];
}

export interface SchemaRule {
  readonly id: string;
  readonly sourceDirectory: string | null;
  readonly targetDirectory: string | null;
  readonly objects: readonly ObjectMapping[];
}

export interface ObjectMapping {
  /** E.g. `User`, as the rule spells it. */
  readonly source: string | null;
  readonly target: string | null;
  readonly isEnabled: boolean;
  /** `add`: without it no account is ever created. Null where the mapping does not tell. */
  readonly flows: ReadonlySet<'add' | 'update' | 'delete'> | null;
  readonly scope: Scope;
  readonly attributes: readonly SchemaAttribute[];
  /** False when some attribute mapping could not be read. */
  readonly isComplete: boolean;
}

export type Scope =
  /** Everyone who is assigned; or all people, where the app syncs all, which the schema does not tell. */
  | { readonly kind: 'everyone' }
  /**
   * One group of each set that is not empty must hold, and of a group all clauses. Objects that leave `groups` are
   * deprovisioned, those that leave `inputGroups` are not.
   * https://learn.microsoft.com/graph/api/resources/synchronization-filter
   */
  | { readonly kind: 'filters'; readonly groups: readonly FilterGroup[]; readonly inputGroups: readonly FilterGroup[] }
  /** A filter that Usher cannot read: it must not look wider than it is. */
  | { readonly kind: 'unreadable' };

export interface FilterGroup {
  readonly name: string;
  readonly clauses: readonly FilterClause[];
}

export interface FilterClause {
  readonly attribute: string;
  /** As the service spells it; compare by `operatorKey`. */
  readonly operator: string;
  readonly values: readonly string[];
}

export interface SchemaAttribute {
  readonly target: string;
  /** Null for a mapping that has nothing but its default. */
  readonly source: AttributeSource | null;
  /** Where the source has no value, and only when the account is created. */
  readonly defaultValue: string | null;
  /** Above zero: used to find the account, the lowest first. */
  readonly matchingPriority: number;
  /** E.g. `Always`, `ObjectAddOnly`. */
  readonly flowType: string | null;
}

export interface AttributeSource {
  readonly type: 'attribute' | 'constant' | 'function' | 'other';
  /** Of the attribute or the function; of a constant, its value. */
  readonly name: string | null;
  readonly expression: string | null;
}

export interface SchemaDirectory {
  readonly name: string;
  readonly objects: readonly SchemaObject[];
}

export interface SchemaObject {
  readonly name: string;
  /** Whether the app knows an inactive account; else it is sent a deletion. A guess from the key's name. */
  readonly isSoftDeletionSupported: boolean | null;
  readonly attributes: readonly AttributeDefinition[];
}

export interface AttributeDefinition {
  readonly name: string;
  readonly type: string | null;
  readonly isMultivalued: boolean;
  readonly isRequired: boolean;
}

/** Reads a job's schema, uncached. It is large. */
export async function readSchema(graph: GraphClient, job: JobAddress): Promise<Fetched<JobSchema>> {
  const call = { path: `${jobPath(job)}/schema`, prefer: ['include-unknown-enum-members'], timeoutMs: 30_000 };
  return mapped(await readOne(graph, call, schemaOfJob), (schema): JobSchema => schema);
}

const listOf = <T>(schema: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .nullable()
    .catch([])
    .transform((elements) => readable(elements ?? [], schema));

const metadata = listOf(z.object({ key: z.string(), value: nullableText }));

const clauseSchema = z
  .object({
    sourceOperandName: z.string(),
    operatorName: z.string(),
    targetOperand: z.object({ values: z.array(z.string()).nullish() }).nullish(),
  })
  .transform(({ sourceOperandName: attribute, operatorName: operator, targetOperand }) => ({
    ...{ attribute, operator, values: targetOperand?.values ?? [] },
  }));
const groups = z
  .array(
    z.object({
      name: z
        .string()
        .nullish()
        .transform((name) => name ?? ''),
      clauses: z.array(clauseSchema),
    }),
  )
  .nullish()
  .transform((all) => all ?? []);
const filterSchema = z.object({
  groups,
  inputFilterGroups: groups,
  // What these mean is not documented.
  categoryFilterGroups: z.array(z.unknown()).max(0).nullish(),
});

function scopeFrom(stored: unknown): Scope {
  if (stored === null || stored === undefined) return { kind: 'everyone' };
  const read = filterSchema.safeParse(stored);
  if (!read.success) return { kind: 'unreadable' };
  const { groups, inputFilterGroups: inputGroups } = read.data;
  return groups.length + inputGroups.length === 0 ? { kind: 'everyone' } : { kind: 'filters', groups, inputGroups };
}

const sourceTypes: ReadonlyMap<string, AttributeSource['type']> = new Map([
  ['attribute', 'attribute'],
  ['constant', 'constant'],
  ['function', 'function'],
]);

const attributeSchema = z
  .object({
    targetAttributeName: z.string(),
    source: z.object({ type: nullableText, name: nullableText, expression: nullableText }).nullable(),
    defaultValue: nullableText,
    matchingPriority: z.coerce.number().catch(0),
    flowType: nullableText,
  })
  .transform(
    ({ targetAttributeName: target, source, ...rest }): SchemaAttribute => ({
      target,
      source: source && { ...source, type: sourceTypes.get(source.type?.toLowerCase() ?? '') ?? 'other' },
      ...rest,
    }),
  );

const flowWords = ['add', 'update', 'delete'] as const;

const objectSchema = z
  .object({
    sourceObjectName: nullableText,
    targetObjectName: nullableText,
    enabled: orNull(z.boolean()),
    flowTypes: nullableText,
    scope: z.unknown().optional(),
    attributeMappings: z.array(z.unknown()).catch([]),
  })
  .transform((stored): ObjectMapping => {
    const flows = stored.flowTypes?.split(',').map((word) => word.trim().toLowerCase());
    const attributes = readable(stored.attributeMappings, attributeSchema);
    return {
      source: stored.sourceObjectName,
      target: stored.targetObjectName,
      isEnabled: stored.enabled !== false,
      flows: flows === undefined ? null : new Set(flowWords.filter((word) => flows.includes(word))),
      scope: scopeFrom(stored.scope),
      attributes,
      isComplete: attributes.length === stored.attributeMappings.length,
    };
  });

const isTrue = (text: string | null | undefined): boolean | null =>
  text === null || text === undefined ? null : text.toLowerCase() === 'true';

const definitionSchema = z
  .object({ name: z.string(), type: nullableText, multivalued: orNull(z.boolean()), required: orNull(z.boolean()) })
  .transform(
    ({ name, type, multivalued, required }): AttributeDefinition => ({
      ...{ name, type, isMultivalued: multivalued === true, isRequired: required === true },
    }),
  );

const directorySchema = z.object({
  name: z.string(),
  objects: listOf(
    z.object({ name: z.string(), metadata, attributes: listOf(definitionSchema) }).transform(
      ({ name, metadata: pairs, attributes }): SchemaObject => ({
        name,
        isSoftDeletionSupported: isTrue(pairs.find(({ key }) => key === 'IsSoftDeletionSupported')?.value),
        attributes,
      }),
    ),
  ),
});

const schemaOfJob = z
  .object({
    version: nullableText,
    synchronizationRules: listOf(
      z
        .object({
          id: z.string(),
          sourceDirectoryName: nullableText,
          targetDirectoryName: nullableText,
          objectMappings: listOf(objectSchema),
        })
        .transform(
          ({ id, sourceDirectoryName: sourceDirectory, targetDirectoryName: targetDirectory, objectMappings }) => ({
            ...{ id, sourceDirectory, targetDirectory, objects: objectMappings },
          }),
        ),
    ),
    directories: listOf(directorySchema),
  })
  .transform(({ synchronizationRules: rules, ...rest }): JobSchema => ({ rules, ...rest }));
