import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { type Application, apps } from '../../../src/sandbox/tenant/applications.ts';
import { oddlyNamed, people } from '../../../src/sandbox/tenant/people.ts';
import type { ScopeGroup } from '../../../src/sandbox/tenant/scope.ts';
import { entraAttributes } from '../../../src/sandbox/tenant/source-attributes.ts';
import { call, type Json, opened, post, provision, startSandbox } from '../support.ts';

const { salesforce, figma, serviceNow } = apps;

let sandbox: SandboxGraph;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/graph/${name}.json`, import.meta.url), 'utf8'));
const schemaPath = ({ id, job }: Application) => `/servicePrincipals/${id}/synchronization/jobs/${job?.id}/schema`;
const schemaOf = async (app: Application): Promise<Json> => (await call(sandbox.url, schemaPath(app))).body;
const parse = (body: unknown) => post(sandbox.url, `${schemaPath(salesforce)}/parseExpression`, body);

interface Property {
  readonly key: string;
  readonly value: string | readonly string[];
}

async function valuesOf(expression: string, properties: readonly Property[] = person) {
  const { body } = await parse({ expression, testInputObject: { definition: null, properties } });
  if (body.parsingSucceeded !== (true as never)) return `not parsed: ${body.error?.message}`;
  return body.evaluationSucceeded === (true as never) ? body.evaluationResult : `no value: ${body.error?.message}`;
}

const person: readonly Property[] = [
  { key: 'givenName', value: 'Zoë' },
  { key: 'surname', value: 'Großmann' },
  { key: 'department', value: 'Sales' },
  { key: 'IsSoftDeleted', value: 'False' },
  { key: 'employeeId', value: '1000123' },
  { key: 'mail', value: 'zoe@contoso.com' },
  { key: 'empty', value: '' },
  { key: 'appRoleAssignments', value: ['User'] },
  { key: 'twoRoles', value: ['Admin', 'User', 'User'] },
];

describe('parseExpression', () => {
  it("answers Microsoft's example as documented", async () => {
    const { body } = await parse(read('parse-expression.request'));

    expect(body).toEqual(read('parse-expression.response'));
  });

  it.each([
    ['[department]', ['Sales']],
    ['"a \\"b\\" \\\\"', ['a "b" \\']],
    ['Append([givenName], "!")', ['Zoë!']],
    ['Coalesce([empty], [nothing], [surname], "x")', ['Großmann']],
    ['Join(" ", [givenName], [empty], [surname])', ['Zoë Großmann']],
    ['Join(",", [twoRoles])', ['Admin,User,User']],
    ['Left([surname], 3)', ['Gro']],
    ['Left([surname], -1)', ['Großmann']],
    ['Left([surname], 0)', ['']],
    ['Mid([employeeId], 2, 100)', ['000123']],
    ['Not([IsSoftDeleted])', ['True']],
    ['Replace([mail], "@contoso.com", , , "", , )', ['zoe']],
    ['Replace([mail], "#", , , , , "name=#")', ['name=zoe@contoso.com']],
    [`Replace([mail], , "(?<user>.+)@.+", , "\${user}!", , )`, ['zoe!']],
    ['Replace([mail], , "@(?<domain>.+)$", "domain", "x.org", , )', ['zoe@x.org']],
    ['Replace([empty], , "^(?<user>[^@]+)", "user", , [mail], )', ['zoe']],
    ['Split([mail], "@")', ['zoe', 'contoso.com']],
    ['StripSpaces("a b c")', ['abc']],
    ['Switch([department], "Other", "Sales", "S", "IT", "I")', ['S']],
    ['Switch([department], "Other", "sales", "S")', ['Other']],
    ['Switch([empty], "Other", "", "none")', ['none']],
    ['ToUpper([givenName])', ['ZOË']],
    ['ToLower([department])', ['sales']],
    ['IIF([department] = "Sales", "yes", "no")', ['yes']],
    ['IIF([employeeId] >= 1000124, "yes", "no")', ['no']],
    ['IIF([empty] = "", "yes", "no")', ['no']],
    ['SingleAppRoleAssignment([appRoleAssignments])', ['User']],
    ['NormalizeDiacritics([givenName])', ['Zoe']],
    ['NormalizeDiacritics([surname])', ['Grossmann']],
    ['IsNullOrEmpty([empty])', ['True']],
    ['IsPresent([mail])', ['True']],
    ['Item([twoRoles], 2)', ['User']],
    ['Count([twoRoles])', ['3']],
    ['RemoveDuplicates([twoRoles])', ['Admin', 'User']],
    ['ToUpper(Left(Join("", [givenName], [surname]), 2))', ['ZO']],
    ['[nothing]', []],
    ['ToUpper([nothing])', []],
    ['Foo([mail])', 'not parsed: The expression could not be parsed: unknown function Foo.'],
    ['toupper([mail])', 'not parsed: The expression could not be parsed: unknown function toupper.'],
    ['Join(" ", [mail]', "not parsed: The expression could not be parsed: ',' is missing at position 16."],
    ['[mail] [mail]', 'not parsed: The expression could not be parsed: syntax error at position 6.'],
    ['', 'not parsed: The expression could not be parsed: syntax error at position 0.'],
    ['Append([mail])', 'not parsed: The expression could not be parsed: Append has no suffix.'],
    ['Append([mail], "a", "b")', 'not parsed: The expression could not be parsed: Append has too many arguments.'],
    ['SingleAppRoleAssignment([twoRoles])', 'no value: SingleAppRoleAssignment does not take several roles.'],
    ['Left([surname], "x")', 'no value: The value of NumChars is not a whole number.'],
    ['Now()', 'no value: The sandbox does not evaluate Now.'],
    ['Redact([mail])', 'no value: The sandbox does not evaluate Redact.'],
  ])('%s is %j', async (expression, expected) => {
    expect(await valuesOf(expression)).toEqual(expected);
  });

  it('only parses without an object to try it on', async () => {
    const { body } = await parse({ expression: 'ToUpper([mail])' });

    expect(body).toMatchObject({
      parsingSucceeded: true,
      evaluationSucceeded: false,
      evaluationResult: [],
      error: null,
    });
  });

  it('may refuse a syntax error, or answer nothing by an empty text', async () => {
    sandbox.tenant.guess({ syntaxStatus: 400, nullResult: 'empty' });

    expect(await parse({ expression: 'Foo()' })).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidExpression' } },
    });
    expect(await valuesOf('[nothing]')).toEqual(['']);
  });

  it('refuses what is too long, or has no expression', async () => {
    const answers = [await parse({ expression: `"${'x'.repeat(10_000)}"` }), await parse({})];

    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  });

  it('wants the right to write, as do the lists of operators and functions', async () => {
    const lists = ['filterOperators', 'functions'].map((name) => `${schemaPath(salesforce)}/${name}`);
    const before = await Promise.all(lists.map((path) => call(sandbox.url, path)));
    sandbox.tenant.withdraw('Synchronization.ReadWrite.All');
    const after = await Promise.all(lists.map((path) => call(sandbox.url, path)));

    expect(before.map(({ body }) => body.value?.length)).toEqual([14, 45]);
    expect(before[0]?.body.value?.[0]).toMatchObject({ name: 'EQUALS', arity: 'Binary' });
    expect(before[1]?.body.value?.find(({ name }) => name === ('Join' as never))).toMatchObject({
      parameters: [
        { name: 'separator', required: true, allowMultipleOccurrences: false },
        { name: 'source', required: false, allowMultipleOccurrences: true },
      ],
    });
    expect([...after, await parse({ expression: '[mail]' })].map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await call(sandbox.url, schemaPath(salesforce))).status).toBe(200);
  });
});

describe('a schema and provisioning', () => {
  it.each([
    ['Salesforce', salesforce, people.isaiah],
    ['ServiceNow', serviceNow, people.johanna],
    ['Figma', figma, people.grady],
    ['Figma, for a guest', figma, oddlyNamed.guestIsaiah],
  ])('agree about each attribute: %s', async (_name, app, someone) => {
    sandbox.tenant.resolveConflict(salesforce.id, someone.id);
    const [rule] = (await schemaOf(app)).synchronizationRules ?? [];
    const mappings = [...(rule?.objectMappings?.[0]?.attributeMappings ?? [])];
    const attributes = entraAttributes(someone, { assigned: true, inScope: true });
    const properties = Object.entries(attributes).map(([key, value]) => ({ key, value: (value ?? '') as string }));

    await provision(sandbox, app, { objectId: someone.id });
    const written = sandbox.tenant.account(app.id, someone.id)?.attributes ?? {};

    for (const { targetAttributeName: target = '', source, defaultValue } of mappings) {
      const values = await valuesOf(String(source?.expression), properties);
      const [value = defaultValue] = typeof values === 'object' ? (values as readonly string[]) : [];
      expect([target, written[String(target)] ?? null]).toEqual([target, value ?? null]);
    }
    expect(mappings.length).toBeGreaterThanOrEqual(12);
  });

  it('tell a function’s arguments as a tree, and match by two attributes where there are two', async () => {
    const [rule] = (await schemaOf(figma)).synchronizationRules ?? [];
    const mappings = rule?.objectMappings?.[0]?.attributeMappings ?? ([] as unknown as Json);
    const matching = mappings.filter(({ matchingPriority }) => Number(matchingPriority) > 0);
    const active = mappings.find(({ targetAttributeName }) => String(targetAttributeName) === 'active');

    expect(matching.map(({ source }) => source?.expression)).toEqual([
      '[userPrincipalName]',
      'Append(ToLower([mailNickname]), "@figma.contoso.com")',
    ]);
    expect(active?.source?.parameters?.map(({ key, value }) => [key, value?.name])).toEqual([
      ['source', 'IsSoftDeleted'],
      ['key1', 'False'],
      ['value1', 'True'],
      ['key2', 'True'],
      ['value2', 'False'],
    ]);
  });

  it('write a default when an account is created, and leave what flowed once', async () => {
    await provision(sandbox, figma, { objectId: people.adele.id });
    const created = sandbox.tenant.account(figma.id, people.adele.id);
    sandbox.tenant.keepAccount(figma.id, people.adele.id, {
      active: true,
      attributes: { ...created?.attributes, timezone: 'Europe/Vienna', title: 'old' },
    });
    await provision(sandbox, figma, { objectId: people.adele.id });
    const updated = sandbox.tenant.account(figma.id, people.adele.id);

    expect(created?.attributes.timezone).toBe('America/Los_Angeles');
    expect(updated?.attributes).toMatchObject({ timezone: 'Europe/Vienna', title: people.adele.jobTitle });
  });

  it.each([
    ['disables', 'true'],
    ['deletes', 'false'],
  ] as const)('tell whether the app knows an inactive account: %s', async (removal, told) => {
    sandbox.tenant.changeJob(salesforce.id, { removal });

    const [, target] = (await schemaOf(salesforce)).directories ?? [];

    expect(target?.objects?.[0]?.metadata?.[0]).toEqual({ key: 'IsSoftDeletionSupported', value: told });
    expect(target?.objects?.[0]?.attributes?.filter(({ required }) => required === (true as never))).toHaveLength(1);
  });
});

describe('the flows of a mapping', () => {
  const { isaiah, adele } = people;
  const flow = async (flows: readonly ('Add' | 'Update' | 'Delete')[], someone: { readonly id: string }) => {
    sandbox.tenant.changeJob(salesforce.id, { flows });
    const { key } = opened(await provision(sandbox, salesforce, { objectId: someone.id }));
    return String(key.details?.errorCode ?? key.result);
  };

  it('decide whether an account is created or updated, and stand in the schema', async () => {
    sandbox.tenant.changePerson(adele.id, { jobTitle: 'Account Director' });

    const skipped = [await flow(['Update', 'Delete'], isaiah), await flow(['Add', 'Delete'], adele)];
    const [rule] = (await schemaOf(salesforce)).synchronizationRules ?? [];
    const done = [await flow(['Add'], isaiah), await flow(['Update'], adele)];

    expect(skipped).toEqual(['EntrySynchronizationSkipped', 'EntrySynchronizationSkipped']);
    expect(rule?.objectMappings?.[0]?.flowTypes).toBe('Add,Delete');
    expect(done).toEqual(['Success', 'Success']);
  });

  it('decide whether an account is disabled', async () => {
    sandbox.tenant.unassign(salesforce.id, adele.id);

    await flow(['Add', 'Delete'], adele);
    const before = sandbox.tenant.account(salesforce.id, adele.id)?.active;
    await flow(['Update'], adele);

    expect([before, sandbox.tenant.account(salesforce.id, adele.id)?.active]).toEqual([true, false]);
  });
});

describe('a scoping filter', () => {
  const filter = (operator: string, attribute: string, ...values: readonly string[]): ScopeGroup[] => [
    { name: 'Filter', clauses: [{ attribute, operator, values }] },
  ];
  const inScope = async (scope: readonly ScopeGroup[], someone = people.adele.id) => {
    sandbox.tenant.changeJob(salesforce.id, { scope });
    const { report } = opened(await provision(sandbox, salesforce, { objectId: someone }));
    const scoping = report.provisioningSteps?.find(({ type }) => String(type) === 'Scoping');
    return String(scoping?.details?.IsInProvisioningScopeDisplayName) === 'True';
  };

  it.each([
    ['EQUALS', 'department', 'Sales', true],
    ['EQUALS', 'department', 'sales', false],
    ['NOT EQUALS', 'department', 'Legal', true],
    ['NOT EQUALS', 'extensionAttribute1', 'Legal', false],
    ['IS TRUE', 'accountEnabled', '', true],
    ['IS FALSE', 'accountEnabled', '', false],
    ['IS NULL', 'extensionAttribute1', '', true],
    ['IS NOT NULL', 'extensionAttribute1', '', false],
    ['REGEX MATCH', 'mail', '.*@contoso\\.com', true],
    ['REGEX MATCH', 'mail', 'contoso', false],
    ['NOT REGEX MATCH', 'mail', '.*@fabrikam\\.com', true],
    ['NOT REGEX MATCH', 'extensionAttribute1', 'x', false],
    ['Greater_Than', 'employeeId', '100002', true],
    ['Greater_Than', 'employeeId', 'many', false],
    ['Greater_Than_OR_EQUALS', 'employeeId', '100004', false],
    ['Includes', 'jobTitle', 'Account', true],
    ['ENDS_WITH', 'mail', '@contoso.com', true],
    ['SOUNDS LIKE', 'mail', 'adele', false],
  ])('%s %s %j holds for Adele: %s', async (operator, attribute, value, holds) => {
    expect(await inScope(filter(operator, attribute, value))).toBe(holds);
  });

  it('needs all clauses of one of its groups, and tells each of them', async () => {
    const [sales] = filter('EQUALS', 'department', 'Sales');
    const clauses = [...(sales?.clauses ?? []), { attribute: 'jobTitle', operator: 'EQUALS', values: ['Clerk'] }];
    const scope = [
      { name: 'Clerks', clauses },
      { name: 'Legal', clauses: [{ attribute: 'department', operator: 'EQUALS', values: ['Legal'] }] },
    ];
    const isIn = await inScope(scope);
    const { report } = opened(await provision(sandbox, salesforce, { objectId: people.adele.id }));
    const scoping = report.provisioningSteps?.find(({ type }) => String(type) === 'Scoping');

    expect(isIn).toBe(false);
    expect(scoping?.details?.IsInProvisioningScopeDisplayName).toBe('False');
    expect(JSON.parse(String(scoping?.details?.ScopeEvaluationResult))).toEqual({
      "Clerks.department EQUALS 'Sales'": true,
      "Clerks.jobTitle EQUALS 'Clerk'": false,
      "Legal.department EQUALS 'Legal'": false,
    });
    expect(await inScope([...scope, ...filter('IS NOT NULL', 'mail')])).toBe(true);
  });

  it('turns the account off of a person who no longer passes it', async () => {
    await inScope(filter('EQUALS', 'department', 'Legal'));

    expect(sandbox.tenant.account(salesforce.id, people.adele.id)?.active).toBe(false);
  });

  it('may match a part of a value, and is set over HTTP', async () => {
    sandbox.tenant.guess({ wholeMatch: false });
    const scope = filter('REGEX MATCH', 'mail', 'contoso');
    const changed = await post(sandbox.url.replace('/v1.0', ''), '/_sandbox/jobs', { app: 'Salesforce', scope });
    const [rule] = (await schemaOf(salesforce)).synchronizationRules ?? [];

    expect(changed.status).toBe(204);
    expect(rule?.objectMappings?.[0]?.scope?.groups?.[0]).toEqual({
      name: 'Filter',
      clauses: [{ operatorName: 'REGEX MATCH', sourceOperandName: 'mail', targetOperand: { values: ['contoso'] } }],
    });
    expect(await inScope(scope)).toBe(true);
  });
});
