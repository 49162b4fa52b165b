import { type Clause, type ClauseDoubt, evaluateClause, type Truth } from './operators.ts';
import type { ScopeFilter, StoredGroup } from './read-mapping.ts';
import type { SourceValue } from './source-values.ts';

/**
 * The scoping filters of a mapping for one person. A set of groups is passed where any group is, and a group where all of
 * its clauses are; where a mapping has several sets, each has to be passed.
 * https://learn.microsoft.com/graph/api/resources/synchronization-filter
 */
export interface ScopeFinding {
  readonly passes: Truth['is'];
  /** In the mapping's order; none where there is no filter. */
  readonly groups: readonly GroupFinding[];
  /** Why it is unknown; none otherwise. */
  readonly doubts: readonly ScopeDoubt[];
}

export interface GroupFinding {
  readonly name: string;
  readonly passes: Truth['is'];
  readonly clauses: readonly ClauseFinding[];
}

export interface ClauseFinding {
  readonly clause: Clause;
  readonly value: SourceValue;
  readonly truth: Truth;
}

/**
 * `emptyGroup`: a group without clauses. `experimental`: a kind of filter that Microsoft does not describe.
 * `unreadable`: a filter of another form.
 */
export type ScopeDoubt =
  | { readonly why: 'emptyGroup' | 'experimental' | 'unreadable' }
  | { readonly why: ClauseDoubt; readonly clause: Clause };

/** @param read gives the person's value of an attribute, by the engine's name */
export function evaluateScope(filter: ScopeFilter, read: (attribute: string) => SourceValue): ScopeFinding {
  const sets = filter.sets.map((groups) => groups.map((group) => evaluateGroup(group, read)));
  const results = sets.map(anyOf);
  const passes = all([...results, ...(filter.doubts.length === 0 ? [] : ['unknown' as const])]);
  const undecided = sets.filter((_, index) => results[index] === 'unknown').flat();
  const doubts = [...filter.doubts.map((why) => ({ why })), ...undecided.flatMap(doubtsOf)];
  return { passes, groups: sets.flat(), doubts: passes === 'unknown' ? doubts : [] };
}

function evaluateGroup({ name, clauses }: StoredGroup, read: (attribute: string) => SourceValue): GroupFinding {
  const found = clauses.map((clause): ClauseFinding => {
    const value = read(clause.attribute);
    return { clause, value, truth: evaluateClause(clause, value) };
  });
  return { name, passes: found.length === 0 ? 'unknown' : all(found.map(({ truth }) => truth.is)), clauses: found };
}

function all(results: readonly Truth['is'][]): Truth['is'] {
  if (results.includes('no')) return 'no';
  return results.includes('unknown') ? 'unknown' : 'yes';
}

/** A set without groups lets all people pass. */
function anyOf(groups: readonly GroupFinding[]): Truth['is'] {
  if (groups.length === 0 || groups.some(({ passes }) => passes === 'yes')) return 'yes';
  return groups.some(({ passes }) => passes === 'unknown') ? 'unknown' : 'no';
}

function doubtsOf({ passes, clauses }: GroupFinding): readonly ScopeDoubt[] {
  if (passes !== 'unknown') return [];
  if (clauses.length === 0) return [{ why: 'emptyGroup' }];
  return clauses.flatMap(({ clause, truth }) => (truth.is === 'unknown' ? [{ why: truth.why, clause }] : []));
}
