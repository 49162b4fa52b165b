import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobAddress } from '../../src/graph/job-address.ts';
import {
  attributesIn,
  type ExpressionValue,
  filterOperators,
  functionsIn,
  operatorKey,
  parseExpression,
  type TestAttributes,
  withheldOf,
} from '../../src/graph/job-expressions.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce } = apps;
const job: JobAddress = { servicePrincipalId: salesforce.id, jobId: salesforce.job?.id ?? '' };

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const valueFor = (expression: string, attributes: TestAttributes = {}, target?: string): Promise<ExpressionValue> =>
  parseExpression(bench.graph, job, { expression, attributes, ...(target === undefined ? {} : { target }) });
const answering = (body: unknown) =>
  bench.sandbox.failNext(/\/parseExpression$/, { kind: 'status', status: 200, body });

describe('the value of an expression', () => {
  it('is the service’s, for the attributes that it reads and no others', async () => {
    const attributes = { givenName: 'Adele', surname: null, roles: ['A', 'B'], mail: 'adele@contoso.com' };

    const value = await valueFor('Join(" ", [givenName], [surname], [roles], "[mail]")', attributes);

    expect(value).toEqual({ kind: 'value', values: ['Adele A B [mail]'] });
    expect(bench.sandbox.requests[0]?.body).toEqual({
      expression: 'Join(" ", [givenName], [surname], [roles], "[mail]")',
      targetAttributeDefinition: null,
      testInputObject: {
        definition: null,
        properties: [
          { key: 'givenName', value: 'Adele' },
          { key: 'surname', value: '' },
          { key: 'roles', 'value@odata.type': '#Collection(String)', value: ['A', 'B'] },
        ],
      },
    });
  });

  it('is read from Microsoft’s example', async () => {
    answering(
      JSON.parse(readFileSync(new URL('../fixtures/graph/parse-expression.response.json', import.meta.url), 'utf8')),
    );

    expect(await valueFor('[x]')).toEqual({ kind: 'value', values: ['EN_US'] });
  });

  it.each(['none', 'empty'] as const)('is empty, however that is told: %s', async (nullResult) => {
    bench.sandbox.tenant.guess({ nullResult });

    expect(await valueFor('ToUpper([employeeId])', { employeeId: null })).toEqual({ kind: 'empty' });
  });

  it.each([200, 400] as const)('is none of what cannot be parsed, answered with %s', async (syntaxStatus) => {
    bench.sandbox.tenant.guess({ syntaxStatus });

    expect(await valueFor('Foo([mail])')).toEqual({
      kind: 'notParsed',
      code: 'InvalidExpression',
      message: expect.stringContaining('unknown function Foo'),
    });
  });

  it('is none of what cannot be evaluated, and the reason is masked', async () => {
    const evaluation = { parsingSucceeded: true, evaluationSucceeded: false, evaluationResult: null };
    answering({ ...evaluation, error: { code: 'EvaluationFailed', message: 'password=hunter2 is no date' } });
    const told = await valueFor('[mail]');
    answering({ ...evaluation, error: null });

    expect(told).toMatchObject({ kind: 'notEvaluated', code: 'EvaluationFailed' });
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(await valueFor('[mail]')).toEqual({ kind: 'notEvaluated', code: '', message: '' });
  });

  it.each<[string, Parameters<Bench['sandbox']['failNext']>[1], object]>([
    ['a missing permission', { kind: 'status', status: 403 }, { kind: 'refused', why: 'permission' }],
    ['a cloud without the call', { kind: 'status', status: 405 }, { kind: 'refused', why: 'cloudLacksCall' }],
    ['a job that is gone', { kind: 'status', status: 404 }, { kind: 'refused', why: 'notFound' }],
    ['another shape', { kind: 'status', status: 200, body: { value: 1 } }, { kind: 'unread' }],
    ['a web page', { kind: 'html' }, { kind: 'unread' }],
  ])('is not there after %s', async (_what, fault, expected) => {
    bench.sandbox.failNext(/\/parseExpression$/, fault);

    expect(await valueFor('[mail]')).toMatchObject(expected);
  });

  it('is asked for again after a fault, as asking changes nothing', async () => {
    bench.sandbox.failNext(/\/parseExpression$/, { kind: 'status', status: 503 });

    expect(await valueFor('[mail]', { mail: 'x' })).toEqual({ kind: 'value', values: ['x'] });
  });
});

describe('what is never evaluated', () => {
  it.each([
    ['Redact([mail])', undefined, 'secret'],
    ['Append("a", Redact(RandomString(16, 2, 2, 2, 2)))', undefined, 'secret'],
    ['[passwordProfile.password]', undefined, 'secret'],
    ['Append([mail], "1")', 'user_password', 'secret'],
    ['Guid()', undefined, 'differs'],
    ['FormatDateTime(Now ( ), , "a", "b")', undefined, 'differs'],
    ['RandomString(16, 2, 2, 2, 2)', undefined, 'differs'],
    ['SelectUniqueValue([a], [b])', undefined, 'differs'],
    [`"${'x'.repeat(10_000)}"`, undefined, 'tooLong'],
  ] as const)('is %s', async (expression, target, why) => {
    expect(await valueFor(expression, {}, target)).toEqual({ kind: 'withheld', why });
    expect(bench.sandbox.requests).toEqual([]);
  });

  it('is not what only names it in a text, or in an attribute', () => {
    expect(withheldOf('Append([mail], "Redact(x) \\" Now()")')).toBeNull();
    expect(withheldOf('[extension Now(1)]')).toBeNull();
  });
});

it('an expression tells its functions and its attributes', () => {
  const expression = 'IIF([a] = "[c]", ToUpper([b.c]), Append([a], "Left(1)"))';

  expect(functionsIn(expression)).toEqual(['IIF', 'ToUpper', 'Append']);
  expect(attributesIn(expression)).toEqual(['a', 'b.c']);
});

describe('the operators of filters', () => {
  it('are read with what they take', async () => {
    const read = await filterOperators(bench.graph, job);
    const operators = read.ok ? read.value : [];

    expect(operators.length).toBe(14);
    expect(operators[0]).toEqual({ name: 'EQUALS', isUnary: false, types: ['String', 'Integer'] });
    expect(operators.filter(({ isUnary }) => isUnary).map(({ name }) => name)).toEqual([
      'IS TRUE',
      'IS FALSE',
      'IS NULL',
      'IS NOT NULL',
    ]);
  });

  it('are trouble where the cloud lacks the call', async () => {
    bench.sandbox.tenant.guess({ lacking: { filterOperators: 404 } });

    expect(await filterOperators(bench.graph, job)).toMatchObject({ ok: false, trouble: { status: 404 } });
  });

  it.each(['Greater_Than_OR_EQUALS', 'GREATER THAN OR EQUALS', 'greaterThanOrEquals'])(
    'are compared without spaces, underscores and case: %s',
    (name) => {
      expect(operatorKey(name)).toBe('greaterthanorequals');
    },
  );
});
