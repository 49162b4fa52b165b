import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateClause } from '../../../src/graph/preview/operators.ts';
import type { SourceValue } from '../../../src/graph/preview/source-values.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const text = (value: string): SourceValue => ({ kind: 'text', text: value });
const flag = (value: boolean): SourceValue => ({ kind: 'flag', flag: value });
const none: SourceValue = { kind: 'none' };

function evaluate(operator: string, value: SourceValue, values: readonly string[] = [], attribute = 'department') {
  const truth = evaluateClause({ operator, attribute, values }, value);
  return truth.is === 'unknown' ? truth.why : truth.is;
}

describe('a clause of a scoping filter', () => {
  it.each<[operator: string, value: SourceValue, values: string[], result: string]>([
    ['EQUALS', text('Sales'), ['Sales'], 'yes'],
    ['EQUALS', text('sales'), ['Sales'], 'no'],
    ['EQUALS', none, ['Sales'], 'no'],
    ['EQUALS', text('007'), ['7'], 'type'],
    ['EQUALS', flag(true), ['True'], 'type'],
    ['NOT EQUALS', text('Sales'), ['HR'], 'yes'],
    ['NOT EQUALS', text('HR'), ['HR'], 'no'],
    ['NOT EQUALS', none, ['HR'], 'no'],
    ['IS TRUE', flag(true), [], 'yes'],
    ['IS TRUE', flag(false), [], 'no'],
    ['IS TRUE', none, [], 'no'],
    ['IS TRUE', text('True'), [], 'type'],
    ['IS FALSE', flag(false), [], 'yes'],
    ['IS FALSE', flag(true), [], 'no'],
    ['IS FALSE', none, [], 'no'],
    ['IS NULL', none, [], 'yes'],
    ['IS NULL', text('x'), [], 'no'],
    ['IS NULL', flag(false), [], 'no'],
    ['IS NOT NULL', text('x'), [], 'yes'],
    ['IS NOT NULL', none, [], 'no'],
    ['REGEX MATCH', text('adele@contoso.com'), ['.*\\@contoso\\.com'], 'yes'],
    ['REGEX MATCH', text('adele@fabrikam.com'), ['.*\\@contoso\\.com'], 'no'],
    ['REGEX MATCH', text('1234567'), ['(1[0-9]{6})'], 'yes'],
    ['REGEX MATCH', text('a1234567'), ['(1[0-9]{6})'], 'anchoring'],
    ['REGEX MATCH', text('Sales'), ['^Sales$'], 'yes'],
    ['REGEX MATCH', text('Sales'), ['(?i)sales'], 'regex'],
    ['REGEX MATCH', text('Sales'), ['\\ASales\\z'], 'regex'],
    ['REGEX MATCH', text('aaaa'), ['(a+)+$'], 'regex'],
    ['REGEX MATCH', text('aaaa'), ['a*a*a*a*b'], 'regex'],
    ['REGEX MATCH', text('x'), ['[a-z-[x]]'], 'regex'],
    ['REGEX MATCH', text('x'), ['('], 'regex'],
    ['REGEX MATCH', text('Bäcker'), ['B\\w+'], 'regex'],
    ['REGEX MATCH', text('a'.repeat(200)), ['a+'], 'regex'],
    ['REGEX MATCH', none, ['.*'], 'no'],
    ['NOT REGEX MATCH', text('HR'), ['Sales'], 'yes'],
    ['NOT REGEX MATCH', text('Sales'), ['Sales'], 'no'],
    ['NOT REGEX MATCH', text('Presales'), ['sales'], 'anchoring'],
    ['NOT REGEX MATCH', none, ['Sales'], 'no'],
    ['Greater_Than', text('1000001'), ['1000000'], 'yes'],
    ['Greater_Than', text('1000000'), ['1000000'], 'no'],
    ['Greater_Than', text('9'), ['10'], 'no'],
    ['Greater_Than', text('A17'), ['10'], 'type'],
    ['Greater_Than', text('11'), ['1.5'], 'type'],
    ['Greater_Than', none, ['10'], 'no'],
    ['Greater_Than_OR_EQUALS', text('10'), ['10'], 'yes'],
    ['Greater_Than_OR_EQUALS', text('9'), ['10'], 'no'],
    ['Includes', text('Inside Sales'), ['Sales'], 'yes'],
    ['Includes', text('Inside Sales'), ['sales'], 'no'],
    ['Includes', none, ['Sales'], 'no'],
    ['ENDS_WITH', text('Inside Sales'), ['Sales'], 'yes'],
    ['ENDS_WITH', text('Inside Sales'), ['sales'], 'letterCase'],
    ['ENDS_WITH', text('Sales Team'), ['Sales'], 'no'],
    ['ENDS_WITH', none, ['Sales'], 'no'],
    ['&', text('3'), ['1'], 'operator'],
    ['!&', text('3'), ['1'], 'operator'],
    ['IsMemberOf', text('x'), ['x'], 'operator'],
    ['STARTS WITH', text('Sales'), ['S'], 'operator'],
  ])('%s over %j with %j is %s', (operator, value, values, result) => {
    expect(evaluate(operator, value, values)).toBe(result);
  });

  it.each(['EQUALS', 'equals', 'E_Q U_A L S', 'Equals'])('reads “%s” however it is spelled', (operator) => {
    expect(evaluate(operator, text('Sales'), ['Sales'])).toBe('yes');
  });

  it('is unknown without an operand, and with several', () => {
    expect(evaluate('EQUALS', text('Sales'))).toBe('operand');
    expect(evaluate('EQUALS', text('Sales'), ['Sales', 'HR'])).toBe('operand');
  });

  it('is unknown for what Microsoft cannot filter by, and for what Usher could not read', () => {
    expect(evaluate('EQUALS', text('x'), ['x'], 'manager')).toBe('notFilterable');
    expect(evaluate('IS NULL', { kind: 'list', items: ['x'] })).toBe('notFilterable');
    expect(evaluate('IS NULL', { kind: 'unread', why: 'guestName' })).toBe('guestName');
  });

  it('is never satisfied by an empty value together with its negation', () => {
    const pairs = [
      ['EQUALS', 'NOT EQUALS'],
      ['REGEX MATCH', 'NOT REGEX MATCH'],
    ] as const;
    for (const [one, other] of pairs) {
      expect([evaluate(one, none, ['x']), evaluate(other, none, ['x'])]).toEqual(['no', 'no']);
    }
  });

  it('answers any pattern over any value, and its negation the opposite', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (value, pattern) => {
        const [plain, negated] = ['REGEX MATCH', 'NOT REGEX MATCH'].map((name) =>
          evaluate(name, text(value), [pattern]),
        );
        const opposite = plain === 'yes' ? 'no' : plain === 'no' ? 'yes' : plain;

        expect(negated).toBe(opposite);
      }),
      { numRuns: propertyRuns(2_000) },
    );
  });
});
