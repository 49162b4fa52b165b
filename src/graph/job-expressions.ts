import { z } from 'zod';
import { maskLabel, maskText } from '../masking/mask-text.ts';
import { type Fetched, type GraphTrouble, mapped } from './answer.ts';
import type { GraphClient } from './client.ts';
import { type JobAddress, jobPath } from './job-address.ts';
import { type JobRefusal, refusalOf } from './job-calls.ts';
import { nullableText, orNull } from './odata.ts';
import { checked, readAll } from './read.ts';

/**
 * The value that an attribute mapping has for a person, as the service itself evaluates it; and the operators of scoping
 * filters. Neither changes anything, and both want `Synchronization.ReadWrite.All`.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression
 */
export type ExpressionValue =
  | { readonly kind: 'value'; readonly values: readonly string[] }
  /** No value: nothing is written, or the mapping's default. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'notParsed' | 'notEvaluated'; readonly code: string; readonly message: string }
  /** Never asked. */
  | { readonly kind: 'withheld'; readonly why: Withheld }
  | JobRefusal
  /** No usable answer. */
  | { readonly kind: 'unread'; readonly trouble: GraphTrouble };

/**
 * `secret`: a password, or what is redacted. `differs`: it is another one each time, or asks the app. `tooLong`: longer
 * than a mapping may be.
 */
export type Withheld = 'secret' | 'differs' | 'tooLong';

/** By the engine's names; null for no value. */
export type TestAttributes = Readonly<Record<string, string | readonly string[] | null>>;

const longestExpression = 10_000;
const differing: ReadonlySet<string> = new Set(['Guid', 'Now', 'RandomString', 'SelectUniqueValue']);

/**
 * Why an expression must not be evaluated; null for one that may be.
 *
 * @param target the attribute that it is for.
 */
export function withheldOf(expression: string, target = ''): Withheld | null {
  const functions = functionsIn(expression);
  const isSecret = (name: string) => /passw|pwd|secret/i.test(name);
  if (functions.includes('Redact') || isSecret(target) || attributesIn(expression).some(isSecret)) return 'secret';
  if (functions.some((name) => differing.has(name))) return 'differs';
  return expression.length > longestExpression ? 'tooLong' : null;
}

const outsideQuotes = (expression: string) => expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');

/** The functions that an expression calls. */
export function functionsIn(expression: string): readonly string[] {
  const code = outsideQuotes(expression).replaceAll(/\[[^\]]*\]/g, '[]');
  return [...new Set([...code.matchAll(/([A-Za-z]\w*)\s*\(/g)].map(([, name = '']) => name))];
}

/** The attributes that an expression reads. */
export function attributesIn(expression: string): readonly string[] {
  return [...new Set([...outsideQuotes(expression).matchAll(/\[([^\]]+)\]/g)].map(([, name = '']) => name))];
}

const errorSchema = orNull(z.object({ code: nullableText, message: nullableText }));
const parsedSchema = z.object({
  parsingSucceeded: z.boolean(),
  evaluationSucceeded: z.boolean(),
  evaluationResult: z
    .array(z.string())
    .nullish()
    .transform((values) => values ?? []),
  error: errorSchema,
});

/** Evaluates an expression for these attributes, of which only those are sent that it reads. */
export async function parseExpression(
  graph: GraphClient,
  job: JobAddress,
  { expression, attributes, target }: ExpressionQuery,
): Promise<ExpressionValue> {
  const why = withheldOf(expression, target);
  if (why !== null) return { kind: 'withheld', why };
  const properties = attributesIn(expression).map((key) => propertyOf(key, attributes[key] ?? null));
  const body = { expression, targetAttributeDefinition: null, testInputObject: { definition: null, properties } };
  const answer = await graph.read({ method: 'POST', path: `${jobPath(job)}/schema/parseExpression`, body });
  if (answer.kind === 'refused' && answer.status < 500) {
    // Whether a syntax error is an answer or a refusal is not documented.
    if (answer.status === 400) return { kind: 'notParsed', code: answer.code, message: answer.message };
    return refusalOf(answer);
  }
  const read = checked(answer, parsedSchema);
  if (!read.ok) return { kind: 'unread', trouble: read.trouble };
  const { parsingSucceeded, evaluationSucceeded, evaluationResult, error } = read.value;
  const said = { code: maskLabel(error?.code ?? ''), message: maskText(error?.message ?? '') };
  if (!parsingSucceeded) return { kind: 'notParsed', ...said };
  if (!evaluationSucceeded) return { kind: 'notEvaluated', ...said };
  // No value may be told by an empty list, or by an empty text in it.
  const isEmpty = evaluationResult.every((value) => value === '');
  return isEmpty ? { kind: 'empty' } : { kind: 'value', values: evaluationResult };
}

export interface ExpressionQuery {
  readonly expression: string;
  readonly attributes: TestAttributes;
  /** The attribute that the expression is for. */
  readonly target?: string;
}

/** As Microsoft's example has them: text throughout, and an empty one for no value. */
function propertyOf(key: string, value: TestAttributes[string]): Readonly<Record<string, unknown>> {
  if (typeof value === 'string' || value === null || value === undefined) return { key, value: value ?? '' };
  return { key, 'value@odata.type': '#Collection(String)', value };
}

export interface FilterOperator {
  readonly name: string;
  readonly isUnary: boolean;
  readonly types: readonly string[];
}

const operatorSchema = z
  .object({ name: z.string(), arity: nullableText, supportedAttributeTypes: z.array(z.string()).catch([]) })
  .transform(
    ({ name, arity, supportedAttributeTypes: types }): FilterOperator => ({
      ...{ name, isUnary: arity?.toLowerCase() === 'unary', types },
    }),
  );

/**
 * The operators that the job's scoping filters may use.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-filteroperators
 */
export async function filterOperators(
  graph: GraphClient,
  job: JobAddress,
): Promise<Fetched<readonly FilterOperator[]>> {
  const listing = await readAll(graph, { path: `${jobPath(job)}/schema/filterOperators` }, operatorSchema, 3);
  return mapped(listing, ({ items }) => items);
}

/** An operator's name for comparisons: of all of them but `EQUALS` the spelling on the wire is not published. */
export function operatorKey(name: string): string {
  return name.replaceAll(/[\s_]/g, '').toLowerCase();
}
