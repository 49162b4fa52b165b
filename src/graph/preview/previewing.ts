import pMap from 'p-map';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { maskLabel } from '../../masking/mask-text.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import { type Fetched, fetched, mapped } from '../answer.ts';
import type { Assignments } from '../assignments.ts';
import { createCache } from '../cache.ts';
import type { GraphClient } from '../client.ts';
import type { Directory } from '../directory.ts';
import { type JobAddress, jobPath } from '../job-address.ts';
import { nullableText, orNull } from '../odata.ts';
import { checked, readOne } from '../read.ts';
import { attributesOf, type NeverSent, neverSent } from './expressions.ts';
import { type AttributeMapping, detailedSchema, type PeopleMapping, peopleMapping } from './read-mapping.ts';
import { type Beside, fieldsFor, readSourceObject, type SourceValue, sourceValue, textOf } from './source-values.ts';

/**
 * What a preview asks Graph: the job's schema, the person, and what the provisioning engine makes of the mapping's
 * expressions. Nothing is written: besides reads it calls `parseExpression` alone, which evaluates one expression.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression
 */
export interface Previewing {
  /**
   * How the job maps people, and what it reads of this one; null where it maps no people of Entra, or no user has this
   * id.
   */
  readMapped(job: JobAddress, userId: string): Promise<Fetched<MappedPerson | null>>;
  /**
   * The values that an account would get, in the mapping's order, within `limitMs` milliseconds: what is later is
   * `unknown`. At most 60 expressions are evaluated.
   *
   * @param wanted tells by its target which mapping is to be evaluated; all others stay `notAsked`
   */
  evaluate(
    job: JobAddress & MappedPerson,
    wanted: (target: string) => boolean,
    limitMs: number,
  ): Promise<readonly PreviewValue[]>;
}

export interface MappedPerson {
  readonly mapping: PeopleMapping;
  /** The person's value of an attribute, by the engine's name. */
  readonly read: (attribute: string) => SourceValue;
}

export interface PreviewValue {
  readonly target: string;
  readonly found: FoundValue;
}

export type FoundValue =
  /** `byDefault`: only an account that is created gets it. */
  | { readonly kind: 'text'; readonly text: string; readonly byDefault: boolean }
  /** The source is empty, so that nothing is written. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'notAsked' }
  | { readonly kind: 'neverShown'; readonly why: NeverSent }
  /** The engine said that it cannot evaluate the expression, or cannot read it; with its code. */
  | { readonly kind: 'notEvaluated'; readonly why: 'syntax' | 'evaluation'; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: UnknownValue };

/**
 * `source`: Usher does not know what the expression reads. `tooMany`: it is beyond the sixtieth. `late`: no answer came
 * in time. `refused`: Graph refused the call, as in a cloud that does not have it. `unreadable`: the mapping or the
 * answer has another form.
 */
export type UnknownValue = 'source' | 'tooMany' | 'late' | 'refused' | 'unreadable';

const prefer = ['include-unknown-enum-members'];
const schemaKeepMs = 30 * 60_000;
/** A person's values change the input and so the key; the engine itself gives the same for the same input. */
const resultKeepMs = 30 * 60_000;
export const mostExpressions = 60;
const atOnce = 6;

const errorSchema = orNull(z.object({ code: nullableText }));
const parsedSchema = z.object({
  parsingSucceeded: z.boolean(),
  evaluationSucceeded: z.boolean(),
  evaluationResult: z.array(z.string().nullable()).nullable().default([]),
  error: errorSchema,
});

export interface PreviewingParts {
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly directory: Pick<Directory, 'managerOf'>;
  readonly assignments: Pick<Assignments, 'list'>;
}

export function createPreviewing({ graph, clock, directory, assignments }: PreviewingParts): Previewing {
  const mappings = createCache<PeopleMapping | null>(clock, schemaKeepMs);
  const results = createCache<FoundValue>(clock, resultKeepMs);
  const schemaPath = (job: JobAddress) => `${jobPath(job)}/schema`;

  async function parse(
    job: JobAddress & MappedPerson,
    mapping: AttributeMapping,
    expression: string,
  ): Promise<FoundValue> {
    const { servicePrincipalId, jobId } = job;
    const inputs = attributesOf(mapping).map((name) => [name, job.read(name)] as const);
    if (inputs.some(([, value]) => value.kind === 'unread')) return { kind: 'unknown', why: 'source' };
    const body = {
      expression,
      targetAttributeDefinition: null,
      testInputObject: { definition: null, properties: inputs.flatMap(([key, value]) => propertyOf(key, value)) },
    };
    const key = [servicePrincipalId, jobId, job.mapping.version, mapping.defaultValue, JSON.stringify(body)].join('\n');
    const path = `${schemaPath(job)}/parseExpression`;
    const found = await results.get(key, async () =>
      mapped(checked(await graph.read({ method: 'POST', path, body }), parsedSchema), (parsed) =>
        understood(parsed, mapping),
      ),
    );
    if (found.ok) return found.value;
    const { trouble } = found;
    // Whether a syntax error is an answer or a refusal is not documented.
    if (trouble.kind === 'refused' && trouble.status === 400)
      return { kind: 'notEvaluated', why: 'syntax', code: maskLabel(trouble.code) };
    return trouble.kind === 'refused' ? refused : { kind: 'unknown', why: 'unreadable' };
  }

  const readMapping = (job: JobAddress) =>
    mappings.get(`${job.servicePrincipalId}/${job.jobId}`, async () =>
      mapped(await readOne(graph, { path: schemaPath(job), prefer }, detailedSchema), peopleMapping),
    );

  /** What Graph's user does not hold, as far as the mapping reads it. */
  async function readBeside(userId: string, servicePrincipalId: string, read: ReadonlySet<string>): Promise<Beside> {
    const [manager, assigned] = await Promise.all([
      read.has('manager') ? directory.managerOf(userId) : null,
      read.has('appRoleAssignments') ? assignments.list(userId, servicePrincipalId) : null,
    ]);
    return {
      managerId: manager?.ok === true ? (manager.value?.id ?? null) : undefined,
      roles: assigned?.ok === true ? assigned.value.flatMap(({ roleName }) => roleName ?? []) : undefined,
    };
  }

  return {
    async readMapped(job, userId) {
      const mapping = await readMapping(job);
      if (!mapping.ok || mapping.value === null) return mapping.ok ? fetched(null) : mapping;
      const people = mapping.value;
      const attributes = attributesRead(people);
      const [user, beside] = await Promise.all([
        readSourceObject(graph, userId, fieldsFor(attributes)),
        readBeside(userId, job.servicePrincipalId, attributes),
      ]);
      return mapped(user, (held) =>
        held === null ? null : { mapping: people, read: (name) => sourceValue(name, held, beside) },
      );
    },
    async evaluate(job, wanted, limitMs) {
      const until = clock.monotonic() + limitMs;
      let count = 0;
      // A cloud without the call, or a caller without the permission, is not asked sixty times.
      let isRefused = false;
      const planned = job.mapping.attributes.map((mapping) => {
        if (!wanted(mapping.target)) return { mapping, found: { kind: 'notAsked' } as const };
        const known = withoutCall(mapping, job.read);
        if (known !== null) return { mapping, found: known };
        count += 1;
        return { mapping, found: count > mostExpressions ? ({ kind: 'unknown', why: 'tooMany' } as const) : null };
      });
      return pMap(
        planned,
        async ({ mapping, found }): Promise<PreviewValue> => {
          const { target, source } = mapping;
          if (found !== null || source.kind !== 'function') return { target, found: found ?? late };
          const left = until - clock.monotonic();
          if (left <= 0) return { target, found: late };
          if (isRefused) return { target, found: refused };
          const parsed = await withinMs(parse(job, mapping, source.expression), left, clock);
          isRefused ||= !isTooSlow(parsed) && parsed === refused;
          return { target, found: isTooSlow(parsed) ? late : parsed };
        },
        { concurrency: atOnce },
      );
    },
  };
}

const late: FoundValue = { kind: 'unknown', why: 'late' };
const refused: FoundValue = { kind: 'unknown', why: 'refused' };

/** The attributes of the source that a mapping reads, for its filters and its values. */
export function attributesRead({ scope, attributes }: PeopleMapping): ReadonlySet<string> {
  const filtered = scope.sets.flat().flatMap(({ clauses }) => clauses.map(({ attribute }) => attribute));
  return new Set([...filtered, ...attributes.flatMap(attributesOf)]);
}

/** The value where the engine need not be asked for it; null where it has to be. */
function withoutCall(mapping: AttributeMapping, read: MappedPerson['read']): FoundValue | null {
  const never = neverSent(mapping);
  if (never !== null) return { kind: 'neverShown', why: never };
  const { source } = mapping;
  switch (source.kind) {
    case 'constant':
      return orDefault(source.text, { ...mapping, defaultValue: null });
    case 'attribute': {
      const value = read(source.name);
      return value.kind === 'unread' ? { kind: 'unknown', why: 'source' } : orDefault(textOf(value), mapping);
    }
    case 'function':
      return null;
    default:
      return { kind: 'unknown', why: 'unreadable' };
  }
}

function orDefault(text: string | null, { defaultValue }: Pick<AttributeMapping, 'defaultValue'>): FoundValue {
  if (text !== null && text !== '') return { kind: 'text', text, byDefault: false };
  return defaultValue === null ? { kind: 'empty' } : { kind: 'text', text: defaultValue, byDefault: true };
}

function understood(parsed: z.infer<typeof parsedSchema>, mapping: AttributeMapping): FoundValue {
  const code = maskLabel(parsed.error?.code ?? '');
  if (!parsed.parsingSucceeded) return { kind: 'notEvaluated', why: 'syntax', code };
  if (!parsed.evaluationSucceeded) return { kind: 'notEvaluated', why: 'evaluation', code };
  const texts = (parsed.evaluationResult ?? []).filter((text) => text !== null && text !== '');
  return orDefault(texts.join(', '), mapping);
}

/** As in Microsoft's example, with the engine's own spelling of a truth; an empty attribute is left out. */
function propertyOf(key: string, value: SourceValue): readonly unknown[] {
  if (value.kind === 'list') return [{ key, 'value@odata.type': '#Collection(String)', value: value.items }];
  const text = textOf(value);
  return text === null ? [] : [{ key, value: text }];
}
