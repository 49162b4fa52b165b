import { assertNever } from '../../assert-never.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { JobStatus } from '../../graph/job-status.ts';
import { type ErrorMeaning, explainErrorCode } from '../../graph/outcome/error-codes.ts';
import type { OutcomeKind } from '../../graph/outcome.ts';
import type { LogRead } from '../../graph/provisioning-log.ts';
import type { LogEntry } from '../../graph/provisioning-log-entry.ts';
import type { Deed } from '../../requests/history/deed.ts';

/**
 * "Is it the sync or is it the user?" What could be read of a person and an app is judged in this order, and the first
 * that applies is the verdict:
 *
 * 1. the synchronization: there is none, it is in quarantine, stopped, never ran, or its last run failed as a whole.
 *    Whoever is out of scope as well still gets nothing before that is mended.
 * 2. the person as Entra has it now: disabled, not assigned.
 * 3. what last happened to the person, by the provisioning log or, where that is older or silent, by Usher's record.
 * 4. nothing: then either all is in order, or the person's turn has not come yet, or too little could be read to tell.
 *
 * A part that could not be read never counts as good news, and never as bad news.
 */
export type CheckVerdict =
  /** There is no synchronization, or one that was never finished. */
  | { readonly kind: 'notSetUp' }
  /** The app itself is disabled in Entra. */
  | { readonly kind: 'appDisabled' }
  | { readonly kind: 'quarantined' }
  | { readonly kind: 'stopped'; readonly why: 'paused' | 'disabled' }
  | { readonly kind: 'neverRun' }
  /** The last run failed as a whole; enough of these end in quarantine. */
  | { readonly kind: 'failing' }
  | { readonly kind: 'accountDisabled' }
  /** `wasIn`: the last evaluation let the person in all the same. */
  | { readonly kind: 'notAssigned'; readonly wasIn: boolean }
  /** `mended`: what kept the person out has been put right since, by what Entra says now. */
  | { readonly kind: 'outOfScope'; readonly entry: LogEntry; readonly mended: boolean }
  | { readonly kind: 'skipped'; readonly entry: LogEntry }
  | { readonly kind: 'conflictOrError'; readonly entry: LogEntry; readonly side: Side }
  /** The account in the app was disabled or deleted, though nothing in Entra says now why it should be. */
  | { readonly kind: 'removed'; readonly entry: LogEntry }
  /** Usher's own last call did not end well, and the log does not tell of it yet. */
  | { readonly kind: 'ownTryFailed'; readonly requestId: string; readonly outcome: OutcomeKind }
  /** All that it takes is there, and nothing has happened so far. */
  | { readonly kind: 'notYet' }
  | { readonly kind: 'inOrder' }
  /** Nothing wrong is visible, but not everything could be seen. */
  | { readonly kind: 'unknownYet' };

/** Where the cause lies; `none` where there is nothing to mend, `unclear` where nobody can tell. */
export type Side = 'sync' | 'user' | 'none' | 'unclear';

/** What could be read; each part by itself may be `unread`. */
export interface CheckFacts {
  readonly account: 'enabled' | 'disabled' | 'unread';
  readonly assignment:
    | { readonly kind: 'assigned'; readonly through: string | null }
    | { readonly kind: 'missing' }
    /** People come to this app from elsewhere, so that nobody is assigned to it. */
    | { readonly kind: 'notNeeded' }
    | { readonly kind: 'unread' };
  /** By the last evaluation that the log tells of. */
  readonly scope: 'in' | 'out' | 'notTold';
  /** Of this person and this app, newest first. */
  readonly log: LogRead;
  readonly lastDeed: Deed | null;
  readonly jobState: JobStatus | 'none' | 'unread' | 'appDisabled';
  /** Why the job is `unread`; null or missing where it is not, and where no answer came in time. */
  readonly jobTrouble?: GraphTrouble | null;
}

/** The verdict. */
export function judge(facts: CheckFacts): CheckVerdict {
  return findings(facts)[0];
}

/** The verdict, and whatever else stands in the way once that is mended. */
export function findings(facts: CheckFacts): readonly [CheckVerdict, ...CheckVerdict[]] {
  const sync = syncFault(facts.jobState);
  // Where nothing is synchronized, nobody can be in or out of it.
  if (sync?.kind === 'notSetUp') return [sync];
  const userNow = userFaults(facts);
  const past = userNow.length > 0 ? null : lastEvent(facts);
  const faults = [...(sync === null ? [] : [sync]), ...userNow, ...(past === null || past === 'well' ? [] : [past])];
  const [first, ...others] = faults;
  return first === undefined ? [withoutFault(facts, past === 'well')] : [first, ...others];
}

/** Whether the cause lies with the synchronization or with the person. */
export function sideOf(verdict: CheckVerdict): Side {
  switch (verdict.kind) {
    case 'notSetUp':
    case 'appDisabled':
    case 'quarantined':
    case 'stopped':
    case 'neverRun':
    case 'failing':
      return 'sync';
    case 'accountDisabled':
    case 'notAssigned':
    case 'outOfScope':
    case 'skipped':
      return 'user';
    case 'conflictOrError':
      return verdict.side;
    case 'inOrder':
    case 'notYet':
      return 'none';
    case 'removed':
    case 'ownTryFailed':
    case 'unknownYet':
      return 'unclear';
    default:
      return assertNever(verdict, 'verdict');
  }
}

/** Whether provisioning this person now may change anything for the better, and cannot change it for the worse. */
export function isWorthProvisioning(verdict: CheckVerdict): boolean {
  switch (verdict.kind) {
    // On-demand provisioning does not work in quarantine, nor without a job or in an app that is disabled.
    case 'notSetUp':
    case 'appDisabled':
    case 'quarantined':
    // Graph may disable the account of somebody who is not assigned, and gives none to whoever is disabled.
    case 'accountDisabled':
    case 'notAssigned':
      return false;
    case 'stopped':
    case 'neverRun':
    case 'failing':
    case 'outOfScope':
    case 'skipped':
    case 'conflictOrError':
    case 'removed':
    case 'ownTryFailed':
    case 'notYet':
    case 'inOrder':
    case 'unknownYet':
      return true;
    default:
      return assertNever(verdict, 'verdict');
  }
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

function userFaults({ account, assignment, scope }: CheckFacts): CheckVerdict[] {
  return [
    ...(account === 'disabled' ? [{ kind: 'accountDisabled' } as const] : []),
    ...(assignment.kind === 'missing' ? [{ kind: 'notAssigned', wasIn: scope === 'in' } as const] : []),
  ];
}

/** What last happened to the person: a fault, that it went well, or null when nothing tells. */
function lastEvent(facts: CheckFacts): CheckVerdict | 'well' | null {
  const entry = facts.log.kind === 'read' ? (facts.log.entries[0] ?? null) : null;
  const own = ownResult(facts.lastDeed);
  // The record of Usher's own call is dated by its end, so it is never older than the request that it belongs to.
  if (own !== null && (entry === null || (entry.at ?? 0) < own.at)) {
    return isWell(own.outcome) ? 'well' : { kind: 'ownTryFailed', requestId: own.requestId, outcome: own.outcome };
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

/** How the last call of Usher's for this person ended; null when there was none, or none that tells. */
function ownResult(deed: Deed | null): { at: number; requestId: string; outcome: OutcomeKind } | null {
  const requestId = deed?.requestId ?? null;
  if (deed === null || requestId === null || deed.result?.kind !== 'done') return null;
  const { counts, cancelled } = deed.result;
  const kinds = outcomeKinds.filter((kind) => (counts[kind] ?? 0) > 0);
  const [outcome] = kinds;
  // Where several calls ended differently, counts do not tell which of them was this person's.
  return outcome === undefined || kinds.length > 1 || cancelled > 0 ? null : { at: deed.at, requestId, outcome };
}

const outcomeKinds: readonly OutcomeKind[] = [
  'created',
  'updated',
  'disabled',
  'deleted',
  'otherChange',
  'inSync',
  'notInScope',
  'skipped',
  'failed',
  'refused',
  'unknown',
];

function isWell(outcome: OutcomeKind): boolean {
  return outcome === 'created' || outcome === 'updated' || outcome === 'otherChange' || outcome === 'inSync';
}

function withoutFault(facts: CheckFacts, wentWell: boolean): CheckVerdict {
  const { account, assignment, log, jobState } = facts;
  const syncIsFine = typeof jobState !== 'string' && jobState.health.kind !== 'other';
  if (!syncIsFine || account === 'unread' || assignment.kind === 'unread') return { kind: 'unknownYet' };
  if (wentWell) return { kind: 'inOrder' };
  // A log that was read in part may hold something of this person further back.
  const isSilent = log.kind === 'read' && log.complete && log.entries.length === 0;
  return isSilent ? { kind: 'notYet' } : { kind: 'unknownYet' };
}

/** On which side a code of the log is to be mended: in what the directories hold of this person, or in the connection. */
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
