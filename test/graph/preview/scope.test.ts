import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScopeFilter } from '../../../src/graph/preview/read-mapping.ts';
import { evaluateScope } from '../../../src/graph/preview/scope.ts';
import type { SourceValue } from '../../../src/graph/preview/source-values.ts';
import { propertyRuns } from '../../support/property-runs.ts';

type Is = 'yes' | 'no' | 'unknown';

/** A clause that is so, whatever the person. */
const clause = (is: Is) => ({ operator: is === 'unknown' ? '&' : 'IS NOT NULL', attribute: is, values: [] });
const read = (attribute: string): SourceValue => (attribute === 'yes' ? { kind: 'text', text: 'x' } : { kind: 'none' });

const groupsOf = (groups: readonly (readonly Is[])[]) =>
  groups.map((clauses, index) => ({ name: `group ${index}`, clauses: clauses.map(clause) }));
const filterOf = (...sets: readonly (readonly (readonly Is[])[])[]): ScopeFilter => ({
  sets: sets.map(groupsOf),
  doubts: [],
});
const passes = (filter: ScopeFilter) => evaluateScope(filter, read).passes;

describe('scoping filters', () => {
  it.each<[what: string, filter: ScopeFilter, result: Is]>([
    ['no filter', { sets: [], doubts: [] }, 'yes'],
    ['sets without groups', filterOf([], []), 'yes'],
    ['a group of which all clauses hold', filterOf([['yes', 'yes']]), 'yes'],
    ['a group of which one clause fails', filterOf([['yes', 'no']]), 'no'],
    ['one group of two', filterOf([['no'], ['yes']]), 'yes'],
    ['no group of two', filterOf([['no'], ['yes', 'no']]), 'no'],
    ['both sets', filterOf([['yes']], [['yes']]), 'yes'],
    ['one set of two', filterOf([['yes']], [['no']]), 'no'],
    ['an unknown clause in the only group', filterOf([['yes', 'unknown']]), 'unknown'],
    ['an unknown clause beside one that fails', filterOf([['no', 'unknown']]), 'no'],
    ['an unknown group beside one that passes', filterOf([['unknown'], ['yes']]), 'yes'],
    ['an unknown group beside one that fails', filterOf([['unknown'], ['no']]), 'unknown'],
    ['an unknown set beside one that fails', filterOf([['unknown']], [['no']]), 'no'],
    ['a group without clauses', filterOf([[]]), 'unknown'],
    ['a filter that cannot be read', { sets: [], doubts: ['unreadable'] }, 'unknown'],
    ['an experimental filter beside one that fails', { ...filterOf([['no']]), doubts: ['experimental'] }, 'no'],
  ])('of %s give %s', (_what, filter, result) => {
    expect(passes(filter)).toBe(result);
  });

  it('name what is unknown, of the groups that could still decide alone', () => {
    const { doubts } = evaluateScope(
      filterOf([
        ['unknown', 'yes'],
        ['no', 'unknown'],
      ]),
      read,
    );

    expect(doubts).toEqual([{ why: 'operator', clause: clause('unknown') }]);
  });

  it('name a doubt wherever they are unknown, and no other time', () => {
    const anyGroup = fc.array(fc.constantFrom<Is>('yes', 'no', 'unknown'), { maxLength: 3 });
    const anySet = fc.array(anyGroup, { maxLength: 3 });
    fc.assert(
      fc.property(anySet, anySet, (one, other) => {
        const found = evaluateScope(filterOf(one, other), read);

        expect(found.doubts.length > 0).toBe(found.passes === 'unknown');
      }),
      { numRuns: propertyRuns(1_000) },
    );
  });

  it('keep their answer when what was unknown becomes known to fail, if they had passed before', () => {
    const anySet = fc.array(fc.array(fc.constantFrom<Is>('yes', 'no', 'unknown'), { minLength: 1, maxLength: 3 }), {
      maxLength: 3,
    });
    const decided = (groups: readonly (readonly Is[])[], as: Is) =>
      groups.map((clauses) => clauses.map((is) => (is === 'unknown' ? as : is)));
    fc.assert(
      fc.property(anySet, anySet, (one, other) => {
        const result = passes(filterOf(one, other));
        const either = (['yes', 'no'] as const).map((as) => passes(filterOf(decided(one, as), decided(other, as))));

        if (result !== 'unknown') expect(either).toEqual([result, result]);
      }),
      { numRuns: propertyRuns(1_000) },
    );
  });
});
