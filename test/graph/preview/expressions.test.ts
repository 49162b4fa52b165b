import { describe, expect, it } from '@jest/globals';
import { namesIn, neverSent } from '../../../src/graph/preview/expressions.ts';
import type { MappingSource } from '../../../src/graph/preview/read-mapping.ts';

const mapping = (source: MappingSource, target = 'title') => ({
  ...{ target, source, defaultValue: null, matchingPriority: 0 },
});
const ofExpression = (expression: string, target?: string) =>
  neverSent(mapping({ kind: 'function', expression }, target));

describe('the expressions of a mapping', () => {
  it('name functions and attributes, and their texts name nothing', () => {
    const { functions, attributes } = namesIn('Join(" [city] Now() \\" ", [givenName], ToLower([surname], ))');

    expect([...functions]).toEqual(['join', 'tolower']);
    expect([...attributes]).toEqual(['givenName', 'surname']);
  });

  it.each([
    ['Redact([jobTitle])', 'secret'],
    ['Append("x", redact([jobTitle]))', 'secret'],
    ['ToLower([passwordProfile.password], )', 'secret'],
    ['Guid()', 'changes'],
    ['Append([mail], RandomString(5, 1, 1, 1, 1, ))', 'changes'],
    ['FormatDateTime(Now(), , "M", "d")', 'changes'],
    ['SelectUniqueValue([mail], [displayName])', 'changes'],
  ])('%s is never sent', (expression, why) => {
    expect(ofExpression(expression)).toBe(why);
  });

  it('are not sent for a password, whatever they read', () => {
    expect(ofExpression('Append("Pass", [employeeId])', 'password')).toBe('secret');
    expect(neverSent(mapping({ kind: 'attribute', name: 'passwordProfile.password' }))).toBe('secret');
  });

  it.each(['Join(" ", [givenName], [surname])', 'Replace([mail], "Now(", , , "Redact(", , )'])(
    '%s may be sent',
    (expression) => {
      expect(ofExpression(expression)).toBeNull();
    },
  );
});
