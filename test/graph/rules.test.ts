import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { chooseRule, chooseSourceRule, schemaSchema } from '../../src/graph/rules.ts';

interface RuleParts {
  readonly id?: unknown;
  readonly priority?: unknown;
  readonly sourceDirectoryName?: unknown;
  readonly onDemand?: string;
  readonly metadata?: unknown;
  readonly objectMappings?: unknown;
}

/** A rule as Graph sends it: fit for on-demand provisioning of users out of Entra, unless a test says otherwise. */
function rule(parts: RuleParts = {}) {
  const { onDemand = 'true', ...rest } = parts;
  return {
    id: 'the rule',
    name: 'USER_OUTBOUND_USER',
    priority: 1,
    sourceDirectoryName: 'Azure Active Directory',
    metadata: [{ key: 'supportsProvisionOnDemand', value: onDemand }],
    objectMappings: [mapping('User')],
    ...rest,
  };
}

function mapping(sourceObjectName: unknown, enabled: unknown = true) {
  return { enabled, sourceObjectName, targetObjectName: 'urn:ietf:params:scim:schemas:core:2.0:User' };
}

function choice(objectType: string, ...synchronizationRules: readonly unknown[]) {
  return chooseRule(schemaSchema.parse({ synchronizationRules }), objectType);
}

describe('the rule for a type of object', () => {
  it('keeps the type as the rule spells it, as Graph requires the case', () => {
    const ofUser = choice('USER', rule({ id: 'a', objectMappings: [mapping('User')] }));
    const ofSmallUser = choice('User', rule({ id: 'b', objectMappings: [mapping('user')] }));

    expect(ofUser).toEqual({ id: 'a', objectTypeName: 'User', source: 'entra' });
    expect(ofSmallUser).toEqual({ id: 'b', objectTypeName: 'user', source: 'entra' });
  });

  it('may be one rule for both types', () => {
    const both = rule({ objectMappings: [mapping('Group'), mapping('User')] });

    expect(choice('user', both)?.objectTypeName).toBe('User');
    expect(choice('group', both)?.objectTypeName).toBe('Group');
  });

  it.each([
    ['no rule', []],
    ['a rule without mappings', [rule({ objectMappings: [] })]],
    ['a rule for another type', [rule({ objectMappings: [mapping('Group')] })]],
    ['a type that only begins the same', [rule({ objectMappings: [mapping('UserX')] })]],
    ['a mapping that is switched off', [rule({ objectMappings: [mapping('User', false)] })]],
    ['a mapping without a name', [rule({ objectMappings: [mapping(null), mapping('')] })]],
  ])('does not exist where there is %s', (_what, rules) => {
    expect(choice('user', ...rules)).toBeNull();
  });

  it('treats a mapping without a state as enabled', () => {
    expect(choice('user', rule({ objectMappings: [mapping('User', null)] }))).not.toBeNull();
    expect(choice('user', rule({ objectMappings: [{ sourceObjectName: 'User' }] }))).not.toBeNull();
  });

  it('passes over a mapping that is switched off', () => {
    const twice = rule({ objectMappings: [mapping('User', false), mapping('user', true)] });

    expect(choice('user', twice)?.objectTypeName).toBe('user');
  });

  it.each([
    ['fitness for on-demand provisioning before the source', { sourceDirectoryName: 'Workday' }, { onDemand: 'false' }],
    ['fitness for on-demand provisioning before the priority', { priority: 9 }, { onDemand: 'false' }],
    ['fitness that is marked before none', { priority: 9 }, { metadata: [] }],
    ['fitness however it is spelled', { onDemand: 'True', priority: 9 }, { onDemand: 'false' }],
    ['Entra as the source before the priority', { priority: 9 }, { sourceDirectoryName: 'salesforce.com' }],
    [
      "Entra by its newer name before the app's own directory",
      { sourceDirectoryName: 'Microsoft Entra ID', priority: 9 },
      { sourceDirectoryName: 'salesforce.com' },
    ],
    ['a lower priority before a higher', { priority: 1 }, { priority: 2 }],
    ['a priority before none', { priority: 9 }, { priority: null }],
  ] satisfies [string, RuleParts, RuleParts][])('prefers %s', (_what, better, worse) => {
    const good = rule({ id: 'better', ...better });
    const bad = rule({ id: 'worse', ...worse });

    expect(choice('user', good, bad)?.id).toBe('better');
    expect(choice('user', bad, good)?.id).toBe('better');
  });

  it('falls back to a rule that is not marked as fit where no other is', () => {
    expect(choice('user', rule({ onDemand: 'false' }))?.id).toBe('the rule');
  });

  it.each([
    ['Azure Active Directory', 'entra'],
    ['microsoft entra id', 'entra'],
    ['Active Directory', 'activeDirectory'],
    ['Workday', 'other'],
    [null, 'other'],
    [undefined, 'other'],
    [7, 'other'],
  ])('that reads from %s has the source %s', (sourceDirectoryName, source) => {
    expect(choice('user', rule({ sourceDirectoryName }))?.source).toBe(source);
  });

  it('keeps an id as it is, whatever it looks like', () => {
    expect(choice('user', rule({ id: '33f7c90d-bf71-41b1-bda6-aaf0ddbee5d8#V2' }))?.id).toBe(
      '33f7c90d-bf71-41b1-bda6-aaf0ddbee5d8#V2',
    );
  });

  it('is found beside unreadable rules', () => {
    expect(choice('user', null, 'odd', { name: 'no id' }, rule({ id: 7 }), rule())?.id).toBe('the rule');
  });

  it("is found though metadata and other rules' mappings are odd", () => {
    const odd = rule({ id: 'odd', metadata: 'none', objectMappings: [7] });

    expect(choice('user', odd, rule())?.id).toBe('the rule');
  });

  it('is that of a SCIM app for groups: the rule that most of them share', () => {
    const shared = JSON.parse(readFileSync(new URL('../fixtures/graph/schema-rule.json', import.meta.url), 'utf8'));

    expect(chooseRule(schemaSchema.parse(shared), 'group')).toEqual({
      id: '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8',
      objectTypeName: 'Group',
      source: 'entra',
    });
    expect(chooseRule(schemaSchema.parse(shared), 'user')).toBeNull();
  });
});

describe('the rule for people of any source', () => {
  const hr = { sourceDirectoryName: 'Workday', objectMappings: [mapping('Worker')] };
  const choiceOf = (...synchronizationRules: readonly unknown[]) =>
    chooseSourceRule(schemaSchema.parse({ synchronizationRules }));

  it('is the rule for users where there is one, though an HR rule stands before it', () => {
    expect(choiceOf(rule({ id: 'hr', ...hr }), rule({ id: 'users', priority: 9 }))?.id).toBe('users');
  });

  it.each([
    ['one fit for on-demand provisioning', { priority: 9 }, { onDemand: 'false' }],
    ['a lower priority', { priority: 1 }, { priority: 2 }],
  ] satisfies [string, RuleParts, RuleParts][])('prefers, of several HR rules, %s', (_what, better, worse) => {
    const good = rule({ id: 'better', ...hr, ...better });
    const bad = rule({ id: 'worse', ...hr, ...worse });

    expect(choiceOf(bad, good)).toEqual({ id: 'better', objectTypeName: 'Worker', source: 'other' });
  });

  it.each([
    ['nothing but groups', rule({ sourceDirectoryName: 'Workday', objectMappings: [mapping('Group')] })],
    ['a mapping that is switched off', rule({ ...hr, objectMappings: [mapping('Worker', false)] })],
    ['another kind of object out of Entra', rule({ objectMappings: [mapping('Device')] })],
  ])('does not exist where there is %s', (_what, only) => {
    expect(choiceOf(only)).toBeNull();
  });
});

describe('a schema', () => {
  it.each([{}, { synchronizationRules: null }, [], 'schema'])('without a list of rules is none: %j', (body) => {
    expect(schemaSchema.safeParse(body).success).toBe(false);
  });
});
