import { assertNever } from '../../assert-never.ts';
import { isTooManyDeletes } from '../../chat/views/quarantine.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { JobStatus } from '../../graph/job-status.ts';
import { type ErrorMeaning, explainErrorCode } from '../../graph/outcome/error-codes.ts';
import type { OutcomeKind } from '../../graph/outcome.ts';
import type { GroupFinding, ScopeFinding } from '../../graph/preview/scope.ts';
import type { LogRead } from '../../graph/provisioning-log.ts';
import type { LogEntry } from '../../graph/provisioning-log-entry.ts';
import { OUTCOME_KINDS, OUTCOME_TONES } from '../provisioning/cards/outcome-words.ts';
import type { HistoryEntry } from './history/history-entry.ts';

/**
 * "Is it the sync or is it the user?" What could be read of a person and an app is judged in this order; the first
 * finding that applies is the verdict:
 *
 * 1. the synchronization: there is none, it is in quarantine, stopped, never ran, or its last run failed as a whole. A
 *    person who is also out of scope gets nothing before this is fixed.
 * 2. the person as Entra has them now: disabled, not assigned, kept out by a scoping filter.
 * 3. what last happened to the person, by the provisioning log or, where that is older or silent, by Usher's history.
 * 4. nothing: all is in order, or the person was not evaluated yet, or too little could be read to tell.
 *
 * A part that could not be read counts neither as good news nor as bad news.
 */
export type CheckVerdict =
  /** There is no synchronization, or its setup was never finished. */
  | { readonly kind: 'notSetUp' }
  /** The app itself is disabled in Entra. */
  | { readonly kind: 'appDisabled' }
  | { readonly kind: 'quarantined' }
  | { readonly kind: 'stopped'; readonly why: 'paused' | 'disabled' }
  | { readonly kind: 'neverRun' }
  /** The last run failed as a whole; repeated failures end in quarantine. */
  | { readonly kind: 'failing' }
  | { readonly kind: 'accountDisabled' }
  /** `wasIn`: the last evaluation found the person in scope all the same. */
  | { readonly kind: 'notAssigned'; readonly wasIn: boolean }
  /** By the scoping filter as it is now; the service has not evaluated the person yet. */
  | { readonly kind: 'filteredOut'; readonly groups: readonly GroupFinding[] }
  /** `mended`: by what Entra says now, the reason for being out of scope has since been fixed. */
  | { readonly kind: 'outOfScope'; readonly entry: LogEntry; readonly mended: boolean }
  | { readonly kind: 'skipped'; readonly entry: LogEntry }
  | { readonly kind: 'conflictOrError'; readonly entry: LogEntry; readonly side: Side }
  /** The account in the app was disabled or deleted, though nothing in Entra now explains it. */
  | { readonly kind: 'removed'; readonly entry: LogEntry }
  /** Usher's own last call did not end well, and the log does not show it yet. */
  | { readonly kind: 'ownTryFailed'; readonly requestId: string; readonly outcome: OutcomeKind }
  /** All prerequisites are met, and nothing has happened so far. */
  | { readonly kind: 'notYet' }
  | { readonly kind: 'inOrder' }
  /** No fault is visible, but not everything could be read. */
  | { readonly kind: 'unknownYet' };

/** Where the cause lies; `none` where there is nothing to fix, `unclear` where it cannot be told. */
export type Side = 'sync' | 'user' | 'none' | 'unclear';

/** What could be read; each part may be `unread` by itself. */
export interface CheckFacts {
  readonly account: 'enabled' | 'disabled' | 'unread';
  readonly assignment:
    | { readonly kind: 'assigned'; readonly through: string | null }
    | { readonly kind: 'missing' }
    /** The app takes its people from another source, so no person is assigned to it. */
    | { readonly kind: 'notNeeded' }
    | { readonly kind: 'unread' };
  /** By the last evaluation in the log. */
  readonly scope: 'in' | 'out' | 'notTold';
  /** What the filter makes of the person now, where the log does not tell; null or missing where that is unknown. */
  readonly filter?: ScopeFinding | null;
  /** Of this person and this app, newest first. */
  readonly log: LogRead;
  readonly lastEntry: HistoryEntry | null;
  readonly jobState: JobStatus | 'none' | 'unread' | 'appDisabled';
  /** Why the job is `unread`; null or missing where it was read, and where no answer came in time. */
  readonly jobTrouble?: GraphTrouble | null;
}

export function judge(facts: CheckFacts): CheckVerdict {
  return findings(facts)[0];
}

/** The verdict, followed by the faults that remain once it is fixed. */
export function findings(facts: CheckFacts): readonly [CheckVerdict, ...CheckVerdict[]] {
  const sync = syncFault(facts.jobState);
  // Where nothing is synchronized, no person can be in or out of scope.
  if (sync?.kind === 'notSetUp') return [sync];
  const userNow = userFaults(facts);
  const past = userNow.length > 0 ? null : lastEvent(facts);
  const faults = [...(sync === null ? [] : [sync]), ...userNow, ...(past === null || past === 'well' ? [] : [past])];
  const [first, ...others] = faults;
  return first === undefined ? [withoutFault(facts, past === 'well')] : [first, ...others];
}

type VerdictKind = CheckVerdict['kind'];

/** Whose fault it is, by the verdict; null where the verdict itself says so. */
const SIDES_OF: Readonly<Record<VerdictKind, Side | null>> = {
  notSetUp: 'sync',
  appDisabled: 'sync',
  quarantined: 'sync',
  stopped: 'sync',
  neverRun: 'sync',
  failing: 'sync',
  accountDisabled: 'user',
  notAssigned: 'user',
  filteredOut: 'user',
  outOfScope: 'user',
  skipped: 'user',
  conflictOrError: null,
  removed: 'unclear',
  ownTryFailed: 'unclear',
  notYet: 'none',
  inOrder: 'none',
  unknownYet: 'unclear',
};

/** Whether the cause lies with the synchronization or with the person. */
export function sideOf(verdict: CheckVerdict): Side {
  return SIDES_OF[verdict.kind] ?? ('side' in verdict ? verdict.side : 'unclear');
}

/**
 * On-demand provisioning does not work in quarantine, nor without a job or in an app that is disabled. Graph may disable
 * the account of a person who is not assigned, and creates none for a disabled person.
 */
const NOT_WORTH_IT: readonly VerdictKind[] = [
  'notSetUp',
  'appDisabled',
  'quarantined',
  'accountDisabled',
  'notAssigned',
  'filteredOut',
];

/** Whether the connection to the app or its credentials may be the cause, which a test of them tells. */
export function mayBeConnection(verdict: CheckVerdict, jobState: CheckFacts['jobState']): boolean {
  if (verdict.kind === 'conflictOrError')
    return verdict.entry.outcome.kind === 'failed' && CONNECTION.has(explainErrorCode(verdict.entry.outcome.code));
  return (
    verdict.kind === 'failing' ||
    (verdict.kind === 'quarantined' && typeof jobState !== 'string' && isByConnection(jobState))
  );
}

/** Deletions that are held back are no fault of the connection; all other quarantines may be. */
export const isByConnection = ({ health }: JobStatus): boolean =>
  health.kind === 'quarantined' && !isTooManyDeletes(health.quarantine.reason);

const CONNECTION: ReadonlySet<ErrorMeaning> = new Set([
  'appFault',
  'connectorRights',
  'unexpectedAnswer',
  'scimFault',
  'connectorCredentials',
  'agentUnavailable',
]);

/** Whether provisioning this person now may improve something and cannot make anything worse. */
export const isWorthProvisioning = ({ kind }: CheckVerdict): boolean => !NOT_WORTH_IT.includes(kind);

/**
 * Whether provisioning this person now can help: the last attempt did not end well, or there was none yet. Not where
 * something that decides it could not be read.
 */
export function isDue(facts: CheckFacts): boolean {
  const [verdict, ...others] = findings(facts);
  const isKnown = facts.account === 'enabled' && facts.assignment.kind === 'assigned' && verdict.kind !== 'unknownYet';
  if (!isKnown || ![verdict, ...others].every(isWorthProvisioning)) return false;
  const past = lastEvent(facts);
  return past === null ? isSilent(facts.log) : past !== 'well';
}

function syncFault(job: CheckFacts['jobState']): CheckVerdict | null {
  if (job === 'unread') return null;
  if (job === 'none') return { kind: 'notSetUp' };
  if (job === 'appDisabled') return { kind: 'appDisabled' };
  switch (job.health.kind) {
    case 'notConfigured':
      return { kind: 'notSetUp' };
    case 'quarantined':
    case 'neverRun':
    case 'failing':
      return { kind: job.health.kind };
    case 'paused':
    case 'disabled':
      return { kind: 'stopped', why: job.health.kind };
    case 'healthy':
    case 'running':
    case 'other':
      return null;
    default:
      return assertNever(job.health, 'health');
  }
}

function userFaults({ account, assignment, scope, filter }: CheckFacts): CheckVerdict[] {
  return [
    ...(account === 'disabled' ? [{ kind: 'accountDisabled' } as const] : []),
    ...(assignment.kind === 'missing' ? [{ kind: 'notAssigned', wasIn: scope === 'in' } as const] : []),
    ...(filter?.passes === 'no'
      ? [{ kind: 'filteredOut', groups: filter.groups.filter(({ passes }) => passes === 'no') } as const]
      : []),
  ];
}

/** What last happened to the person: a fault, `'well'`, or null when no source tells. */
function lastEvent(facts: CheckFacts): CheckVerdict | 'well' | null {
  const entry = facts.log.kind === 'read' ? (facts.log.entries[0] ?? null) : null;
  const own = ownResult(facts.lastEntry);
  // The log dates Usher's own call by its end, so that entry is never older than the request that it belongs to.
  if (own !== null && (entry === null || (entry.at ?? 0) < own.at)) {
    return OUTCOME_TONES[own.outcome] === 'good' && own.outcome !== 'removed'
      ? 'well'
      : { kind: 'ownTryFailed', requestId: own.requestId, outcome: own.outcome };
  }
  return entry === null ? null : eventOf(entry, facts);
}

function eventOf(entry: LogEntry, facts: CheckFacts): CheckVerdict | 'well' | null {
  const { outcome } = entry;
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'otherChange':
    case 'inSync':
      return 'well';
    case 'disabled':
    case 'deleted':
    case 'removed':
    case 'notRemoved':
      return { kind: 'removed', entry };
    case 'notInScope':
      return { kind: 'outOfScope', entry, mended: isMended(outcome.failedChecks[0], facts) };
    case 'skipped':
      return { kind: 'skipped', entry };
    case 'failed':
      return { kind: 'conflictOrError', entry, side: SIDES[explainErrorCode(outcome.code)] };
    case 'refused':
      return { kind: 'conflictOrError', entry, side: 'unclear' };
    case 'unknown':
      return null;
    default:
      return assertNever(outcome, 'outcome');
  }
}

function isMended(check: string | undefined, { account, assignment }: CheckFacts): boolean {
  if (check === 'active') return account === 'enabled';
  return check === 'assigned' && assignment.kind === 'assigned';
}

/** How Usher's last call for this person ended; null when there was none, or the history does not tell. */
function ownResult(entry: HistoryEntry | null): { at: number; requestId: string; outcome: OutcomeKind } | null {
  const requestId = entry?.requestId ?? null;
  if (entry === null || requestId === null || entry.result?.kind !== 'done') return null;
  const { counts, cancelled } = entry.result;
  const kinds = OUTCOME_KINDS.filter((kind) => (counts[kind] ?? 0) > 0);
  const [outcome] = kinds;
  // Where several calls ended differently, the counts do not tell which one was this person's.
  return outcome === undefined || kinds.length > 1 || cancelled > 0 ? null : { at: entry.at, requestId, outcome };
}

function withoutFault(facts: CheckFacts, wentWell: boolean): CheckVerdict {
  const { account, assignment, log, jobState } = facts;
  const syncIsFine = typeof jobState !== 'string' && jobState.health.kind !== 'other';
  if (!syncIsFine || account === 'unread' || assignment.kind === 'unread') return { kind: 'unknownYet' };
  if (wentWell) return { kind: 'inOrder' };
  return isSilent(log) ? { kind: 'notYet' } : { kind: 'unknownYet' };
}

/** A log that was read only in part may hold older entries about this person. */
const isSilent = (log: LogRead): boolean => log.kind === 'read' && log.complete && log.entries.length === 0;

/** Where a code of the log is fixed: in the person's data in either directory, or in the connection. */
const SIDES: Readonly<Record<ErrorMeaning, Side>> = {
  conflict: 'user',
  missingValues: 'user',
  invalidDomain: 'user',
  invalidAnchor: 'user',
  duplicateTarget: 'user',
  duplicateSource: 'user',
  importSkipped: 'user',
  appFault: 'sync',
  connectorRights: 'sync',
  unexpectedAnswer: 'sync',
  mapping: 'sync',
  licenceLimit: 'sync',
  scimFault: 'sync',
  connectorCredentials: 'sync',
  agentUnavailable: 'sync',
  crossTenantPolicy: 'sync',
  invitationFailed: 'sync',
  invitedAccountDisabled: 'user',
  invitedValueInvalid: 'user',
  invitedUserAmbiguous: 'user',
  directoryFull: 'sync',
  masteredOnPremises: 'user',
  targetHasRole: 'user',
  unknownAttribute: 'sync',
  groupsNotSupported: 'user',
  outOfScopeOrUnchanged: 'unclear',
  unknownCode: 'unclear',
};
