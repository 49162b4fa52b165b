import { z } from 'zod';
import { evaluate } from '../tenant/expressions/evaluate.ts';
import { functions, type Value } from '../tenant/expressions/functions.ts';
import { parse } from '../tenant/expressions/parse.ts';
import { operators } from '../tenant/scope.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { collection } from './answers.ts';
import { plainType } from './entities.ts';
import { badRequest } from './errors.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import { withJob } from './service-principals.ts';

/** What a schema is written in: its operators, its functions, and the value of an expression. All want the right to write. */

type Handler = (tenant: Tenant, request: SandboxRequest, id: string, jobId: string) => SandboxResponse;

export const listFilterOperators: Handler = (tenant, request, id, jobId) =>
  withJob(
    tenant,
    id,
    jobId,
    () =>
      collection(
        request,
        operators.map(({ name, arity, types }) => ({
          ...{ id: name, name, arity, multivaluedComparisonType: 'All', supportedAttributeTypes: types },
        })),
        { type: plainType, context: 'filterOperators' },
      ),
    'change',
  );

export const listFunctions: Handler = (tenant, request, id, jobId) =>
  withJob(
    tenant,
    id,
    jobId,
    () =>
      collection(
        request,
        [...functions.values()].map(({ name, parameters }) => ({
          ...{ id: name, name },
          parameters: parameters.map((parameter) => ({
            name: parameter.name,
            required: parameter.required,
            allowMultipleOccurrences: parameter.repeats,
            type: 'String',
          })),
        })),
        { type: plainType, context: 'functions' },
      ),
    'change',
  );

const bodySchema = z.object({
  expression: z.string(),
  testInputObject: z
    .object({
      properties: z.array(z.object({ key: z.string(), value: z.union([z.string(), z.array(z.string())]) })),
    })
    .nullish(),
});

const longestExpression = 10_000;

export const parseExpression: Handler = (tenant, request, id, jobId) =>
  withJob(
    tenant,
    id,
    jobId,
    () => {
      const body = bodySchema.safeParse(request.body);
      if (!body.success)
        return badRequest('The parameter expression is missing or invalid.', 'RequestParameterInvalid');
      const { expression, testInputObject } = body.data;
      if (expression.length > longestExpression) return badRequest('The expression is too long.', 'InvalidExpression');
      const { syntaxStatus, nullResult } = tenant.guesses();
      const parsed = parse(expression);
      if (!parsed.ok && syntaxStatus === 400) return badRequest(parsed.message, 'InvalidExpression');
      if (!parsed.ok) return answer({ error: errorOf('InvalidExpression', parsed.message, null) });
      const tree = { parsingSucceeded: true, parsedExpression: parsed.source };
      // Without an object there is nothing to evaluate.
      if (testInputObject == null) return answer(tree);
      const attributes = Object.fromEntries(testInputObject.properties.map(({ key, value }) => [key, orNull(value)]));
      const evaluated = evaluate(parsed.source, attributes);
      if (!evaluated.ok)
        return answer({ ...tree, error: errorOf('EvaluationFailed', evaluated.message, evaluated.target) });
      const none = nullResult === 'none' ? [] : [''];
      const values = evaluated.value === null ? none : [evaluated.value].flat();
      return answer({ ...tree, evaluationSucceeded: true, evaluationResult: values });
    },
    'change',
  );

/** An empty text stands for no value. */
const orNull = (value: string | readonly string[]): Value => (value === '' ? null : value);

function answer(told: Readonly<Record<string, unknown>>): SandboxResponse {
  const nothing = {
    error: null,
    evaluationSucceeded: false,
    evaluationResult: [],
    parsedExpression: null,
    parsingSucceeded: false,
  };
  return { status: 200, body: { ...nothing, ...told } };
}

const errorOf = (code: string, message: string, target: string | null) => ({
  ...{ code, message, target, details: [], innerError: null },
});
