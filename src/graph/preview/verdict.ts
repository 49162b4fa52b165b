import type { LogRead } from '../provisioning-log.ts';
import type { LogEntry } from '../provisioning-log-entry.ts';
import { matchingOf, type PeopleMapping } from './read-mapping.ts';
import { evaluateScope, type GroupFinding, type ScopeDoubt, type ScopeFinding } from './scope.ts';
import { type SourceValue, textOf } from './source-values.ts';

/**
 * What provisioning a person would do, before it is done. One certain reason against it decides, whatever else is
 * unknown; without one, each doubt makes the verdict `unknown`.
 */
export type PreviewVerdict =
  | { readonly kind: 'inScope'; readonly effect: Effect }
  | { readonly kind: 'accountDisabled' }
  | { readonly kind: 'notAssigned' }
  /** The groups of which one would have to be passed. */
  | { readonly kind: 'notInScope'; readonly groups: readonly GroupFinding[] }
  | { readonly kind: 'unknown'; readonly doubts: readonly [PreviewDoubt, ...PreviewDoubt[]] };

/**
 * `syncsAll`: the person is not assigned, and whether the app takes all people is a secret that no call reads.
 * `assignment`, `account`: they could not be read.
 */
export type PreviewDoubt = ScopeDoubt | { readonly why: 'syncsAll' | 'assignment' | 'account' };

export type Effect =
  /** A new account, or the app's own one if a matching attribute finds it. */
  | { readonly kind: 'creates' }
  | { readonly kind: 'updates' }
  /** The mapping creates no account: only one that is found is updated. */
  | { readonly kind: 'onlyUpdates' }
  /** The mapping updates none: only a person without an account gets one. */
  | { readonly kind: 'onlyCreates' }
  /** Skipped: the app requires this attribute, and it would get no value. */
  | { readonly kind: 'lacks'; readonly target: string }
  /** None of the attributes by which accounts are matched has a value. */
  | { readonly kind: 'matchesNothing' };

export interface PreviewFacts {
  /** Null where Graph does not tell. */
  readonly accountEnabled: boolean | null;
  readonly assigned: 'yes' | 'no' | 'unread';
  readonly mapping: PeopleMapping;
  readonly log: LogRead;
  /** The person's value of an attribute, by the engine's name. */
  readonly read: (attribute: string) => SourceValue;
}

export interface Previewed {
  readonly verdict: PreviewVerdict;
  readonly scope: ScopeFinding;
}

export function previewOf(facts: PreviewFacts): Previewed {
  const scope = evaluateScope(facts.mapping.scope, facts.read);
  return { verdict: verdictOf(facts, scope), scope };
}

function verdictOf(facts: PreviewFacts, scope: ScopeFinding): PreviewVerdict {
  const isUnassigned = facts.assigned === 'no';
  if (facts.accountEnabled === false) return { kind: 'accountDisabled' };
  if (isUnassigned && needsAssignment(facts)) return { kind: 'notAssigned' };
  if (scope.passes === 'no')
    return { kind: 'notInScope', groups: scope.groups.filter(({ passes }) => passes === 'no') };
  const [first, ...others]: PreviewDoubt[] = [
    ...(facts.accountEnabled === null ? [{ why: 'account' } as const] : []),
    ...(isUnassigned ? [{ why: 'syncsAll' } as const] : []),
    ...(facts.assigned === 'unread' ? [{ why: 'assignment' } as const] : []),
    ...scope.doubts,
  ];
  if (first !== undefined) return { kind: 'unknown', doubts: [first, ...others] };
  return { kind: 'inScope', effect: effectOf(facts) };
}

/** Whether the app is certain to take none but those who are assigned. */
function needsAssignment({ mapping, log }: PreviewFacts): boolean {
  const last = lastOf(log)?.outcome;
  // The lack of an assignment alone has kept the person out.
  return !mapping.maySyncAll || (last?.kind === 'notInScope' && keptOutBy(last.failedChecks));
}

const keptOutBy = (checks: readonly string[]): boolean =>
  checks.includes('assigned') && !checks.includes('active') && !checks.includes('scopingFilter');

function effectOf({ mapping, log, read }: PreviewFacts): Effect {
  const certainlyEmpty = ({ source }: PeopleMapping['attributes'][number]) =>
    source.kind === 'attribute' && read(source.name).kind === 'none';
  const matching = matchingOf(mapping);
  if (matching.length > 0 && matching.every(certainlyEmpty)) return { kind: 'matchesNothing' };
  const lacking = mapping.attributes.find(
    (one) => mapping.required.has(one.target) && one.defaultValue === null && certainlyEmpty(one),
  );
  if (lacking !== undefined) return { kind: 'lacks', target: lacking.target };
  const { adds, updates } = mapping.flows;
  if (!adds) return { kind: 'onlyUpdates' };
  if (!updates) return { kind: 'onlyCreates' };
  return { kind: hasAccount(log) ? 'updates' : 'creates' };
}

/** Whether the log's last entry left the person with an account. */
export function hasAccount(log: LogRead): boolean {
  const kind = lastOf(log)?.outcome.kind;
  return kind === 'created' || kind === 'updated' || kind === 'inSync';
}

const lastOf = (log: LogRead): LogEntry | undefined => (log.kind === 'read' ? log.entries[0] : undefined);

/** The attributes by which the app's account is looked for, with the person's values; the first to be tried first. */
export function matchedBy(
  mapping: PeopleMapping,
  read: PreviewFacts['read'],
): readonly { readonly target: string; readonly text: string }[] {
  return matchingOf(mapping).flatMap(({ target, source }) => {
    const text = source.kind === 'attribute' ? textOf(read(source.name)) : null;
    return text === null ? [] : [{ target, text }];
  });
}
