import { z } from 'zod';
import { nullableText, orNull } from './odata.ts';

/** A synchronization rule, chosen for one type of object. */
export interface Rule {
  readonly id: string;
  /** The type as the rule spells it: `User` and `user` are not the same to Graph. */
  readonly objectTypeName: string;
  /** Where the rule reads from. Entra objects are identified by object id; others by their own system's id. */
  readonly source: 'entra' | 'activeDirectory' | 'other';
}

export const ruleSchema = z.object({
  id: z.string(),
  priority: z.number().catch(Number.MAX_SAFE_INTEGER),
  sourceDirectoryName: nullableText,
  metadata: z.array(z.object({ key: z.string(), value: z.string().nullable() })).catch([]),
  objectMappings: z.array(z.object({ enabled: orNull(z.boolean()), sourceObjectName: nullableText })).catch([]),
});

export const schemaSchema = z.object({
  // A rule that cannot be read is left out: it must not hide those that can.
  synchronizationRules: z
    .array(ruleSchema.nullable().catch(null))
    .transform((rules) => rules.filter((rule) => rule !== null)),
});
export type SynchronizationSchema = z.infer<typeof schemaSchema>;
type StoredRule = SynchronizationSchema['synchronizationRules'][number];

/**
 * The rule for an object type: one with a mapping for it that is not switched off; preferably marked as fit for
 * on-demand provisioning, then reading from Entra, then by priority. Rule ids are opaque, and many jobs share the same
 * one, so none is ever assumed. Microsoft does not document the choice; this order follows its samples.
 *
 * @returns null when the app does not provision such objects at all.
 */
export function chooseRule(schema: SynchronizationSchema, objectType: string): Rule | null {
  return toRule(chooseStored(schema, objectType));
}

/**
 * The rule for people, whatever the job's source calls them. Entra and Active Directory call them users; an HR system
 * may have another name, so where no rule is for users, the best one that reads from such a system is used.
 *
 * @returns null when the job reads nothing but groups, or nothing at all.
 */
export function chooseSourceRule(schema: SynchronizationSchema): Rule | null {
  const ofUsers = chooseRule(schema, 'User');
  if (ofUsers !== null) return ofUsers;
  const ofOthers = schema.synchronizationRules.filter((rule) => sourceOf(rule) === 'other');
  return toRule(bestStored(ofOthers, (name) => name.toLowerCase() !== 'group'));
}

/**
 * How well a job suits an on-demand call for an object of this type, by its best rule: lower is better. A rule for
 * users comes before one for an HR system's own type.
 *
 * @returns null when the job has no rule for such objects.
 */
export function fitnessFor(schema: SynchronizationSchema, objectType: string): number | null {
  const own = chooseStored(schema, objectType);
  if (own !== null) return preference(own.rule);
  return objectType.toLowerCase() === 'user' && chooseSourceRule(schema) !== null ? lastPreference + 1 : null;
}

function chooseStored({ synchronizationRules }: SynchronizationSchema, objectType: string) {
  return bestStored(synchronizationRules, (name) => name.toLowerCase() === objectType.toLowerCase());
}

interface Fitting {
  readonly rule: StoredRule;
  readonly objectTypeName: string;
}

function toRule(best: Fitting | null): Rule | null {
  return best === null ? null : { id: best.rule.id, objectTypeName: best.objectTypeName, source: sourceOf(best.rule) };
}

function bestStored(rules: readonly StoredRule[], fits: (objectTypeName: string) => boolean): Fitting | null {
  const fitting = rules.flatMap((rule) => {
    const mapping = rule.objectMappings.find(
      ({ enabled, sourceObjectName }) => enabled !== false && sourceObjectName && fits(sourceObjectName),
    );
    return mapping?.sourceObjectName ? [{ rule, objectTypeName: mapping.sourceObjectName }] : [];
  });
  const [best] = fitting.toSorted(
    (one, other) => preference(one.rule) - preference(other.rule) || one.rule.priority - other.rule.priority,
  );
  return best ?? null;
}

/** The highest value of `preference`. */
const lastPreference = 3;

function preference(rule: StoredRule): number {
  const onDemand = rule.metadata.some(
    ({ key, value }) => key === 'supportsProvisionOnDemand' && value?.toLowerCase() === 'true',
  );
  return (onDemand ? 0 : 2) + (sourceOf(rule) === 'entra' ? 0 : 1);
}

function sourceOf(rule: StoredRule): Rule['source'] {
  switch (rule.sourceDirectoryName?.toLowerCase()) {
    case 'azure active directory':
    case 'microsoft entra id':
      return 'entra';
    case 'active directory':
      return 'activeDirectory';
    default:
      return 'other';
  }
}
