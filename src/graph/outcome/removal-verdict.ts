import { assertNever } from '../../assert-never.ts';
import type { Change, Outcome, Report, Step } from '../outcome.ts';
import { detailOf } from './entry.ts';
import { lastTold } from './over-all.ts';
import { isDoneExport, meansOutOfScope } from './read-status.ts';
import { isSkip, saidOf } from './scoping.ts';
import { plainWord } from './step-words.ts';

/**
 * Whether an on-demand call after an unassignment proves that the person is out of the app. Proof is an export that
 * disabled or deleted, or a Matching step that finds no account, or one that is inactive. That the person is not
 * entitled (`NotEffectivelyEntitled`) proves nothing: an account that was never linked stays alive all the same, and so
 * does one in an app that skips deletions out of scope, or that has no mapping for `active`.
 *
 * What counts is the state in which the last answer saw the account: whatever an earlier attempt with an unknown end
 * did, it did before.
 * https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#deprovisioning
 */
export type RemovalVerdict =
  /** `nothingThere`: the app has no account. `inactiveAlready`: it has one, which was inactive before the call. */
  | { readonly kind: 'verified'; readonly how: 'disabled' | 'deleted' | 'nothingThere' | 'inactiveAlready' }
  /**
   * `accountAlive`: not entitled, and yet the account is active. `stillEntitled`: something assigns the person still, a
   * group perhaps. `heldBack`: the job holds the deletion back, as it has too many.
   */
  | { readonly kind: 'notRemoved'; readonly why: 'accountAlive' | 'stillEntitled' | 'heldBack' }
  /**
   * No call can ever tell. `syncsAll`: the app takes all people, assigned or not. `skipsDeletions`: it skips deletions
   * out of scope. `noActiveMapping`: provisioning does not know whether the account is active.
   */
  | { readonly kind: 'cannotBeVerified'; readonly why: 'syncsAll' | 'skipsDeletions' | 'noActiveMapping' }
  /** Provisioning does not see yet that the person is unassigned: worth a call in some minutes. */
  | { readonly kind: 'notYet' }
  | { readonly kind: 'unknown'; readonly why: UnknownRemoval };

/**
 * `noMatching`: no step says whether there is an account. `stateNotTold`: there is one, but not whether it is active.
 * `noExport`: a change of which no export step tells. `noAnswer`: it is unknown how the call ended. The others are what
 * became of the call.
 */
export type UnknownRemoval = 'noMatching' | 'stateNotTold' | 'noExport' | 'skipped' | 'failed' | 'refused' | 'noAnswer';

/**
 * The verdict on a removal by the outcome of the call after it.
 *
 * @param left whether Entra lists an assignment of the person to this app still, their own or a group's: it tells an
 * answer that lags behind from one that is right.
 */
export function judgeRemoval(outcome: Outcome, left: 'none' | 'some' = 'none'): RemovalVerdict {
  const told = lastTold(outcome);
  switch (told.kind) {
    case 'disabled':
    case 'deleted':
    case 'updated':
    case 'otherChange':
    case 'created':
      return provenByExport(told) ?? inScope(told, left);
    case 'inSync':
      return inScope(told, left);
    case 'notInScope':
      return outOfScope(told, left);
    case 'skipped':
      // E.g. as several accounts match: then an inactive one proves nothing.
      return whileAssigned(told, left) ?? ifAlive(told) ?? unknown('skipped');
    case 'failed':
    case 'refused':
      return unknown(told.kind);
    case 'unknown':
    // Judged already.
    case 'removed':
    case 'notRemoved':
      return unknown('noAnswer');
    default:
      return assertNever(told, 'outcome');
  }
}

type Told<K extends Outcome['kind']> = Extract<Outcome, { readonly kind: K }>;
type Reported = Extract<Outcome, { readonly report: Report }>;

const unknown = (why: UnknownRemoval): RemovalVerdict => ({ kind: 'unknown', why });
const unseen = (why: 'syncsAll' | 'skipsDeletions' | 'noActiveMapping'): RemovalVerdict => ({
  kind: 'cannotBeVerified',
  why,
});

/** Null for a change that says nothing about a removal. */
function provenByExport({
  kind,
  report,
}: Told<'disabled' | 'deleted' | 'updated' | 'otherChange' | 'created'>): RemovalVerdict | null {
  const exports = report.steps.filter(isDoneExport).map(({ name }) => plainWord(name));
  if (exports.some((name) => name.includes('staged'))) return { kind: 'notRemoved', why: 'heldBack' };
  const isDeleted = exports.some((name) => name.startsWith('entryexportdelete'));
  if (kind === 'deleted') return isDeleted ? { kind: 'verified', how: 'deleted' } : unknown('noExport');
  const isTurnedOff = kind === 'disabled' || (kind !== 'created' && turnsOff(report.changes));
  if (!isTurnedOff) return null;
  return exports.length > 0 ? { kind: 'verified', how: 'disabled' } : unknown('noExport');
}

function turnsOff(changes: readonly Change[]): boolean {
  const states = changes.map(({ attribute, newValue }) => activeBy(attribute, newValue));
  return states.includes(false) && !states.includes(true);
}

/** The call changed something else, or nothing as both sides match: provisioning took the person for in scope. */
function inScope(told: Reported, left: 'none' | 'some'): RemovalVerdict {
  const early = whileAssigned(told, left);
  if (early !== null) return early;
  const isUnassigned = isSaidUnassigned(told);
  const account = accountIn(told.report);
  if (told.kind === 'inSync' && isUnassigned && account === 'inactive') {
    return { kind: 'verified', how: 'inactiveAlready' };
  }
  if (takesEverybody(told)) return unseen('syncsAll');
  if (account === 'alive' || isMadeActive(told)) return { kind: 'notRemoved', why: 'accountAlive' };
  if (account === 'unmapped' && isUnassigned) return unseen('noActiveMapping');
  return unknown(account === 'noMatching' ? 'noMatching' : 'stateNotTold');
}

/** By this very call. What an outcome in sync lists as changes was only considered. */
function isMadeActive({ kind, report }: Reported): boolean {
  if (kind === 'created') return true;
  return kind !== 'inSync' && report.changes.some(({ attribute, newValue }) => activeBy(attribute, newValue) === true);
}

function outOfScope(told: Told<'notInScope'>, left: 'none' | 'some'): RemovalVerdict {
  const early = whileAssigned(told, left) ?? ifAlive(told);
  if (early !== null) return early;
  if (hasAnotherReason(told.report)) return unknown('skipped');
  const account = accountIn(told.report);
  switch (account) {
    case 'inactive':
      return { kind: 'verified', how: 'inactiveAlready' };
    case 'absent':
      return { kind: 'verified', how: 'nothingThere' };
    case 'unmapped':
      return unseen('noActiveMapping');
    case 'noMatching':
      return unknown('noMatching');
    case 'alive':
    case 'notTold':
      return unknown('stateNotTold');
    default:
      return assertNever(account, 'account');
  }
}

/** Whether a step was skipped for a reason besides the scope. */
function hasAnotherReason({ steps }: Report): boolean {
  const reasons = steps.filter(isSkip).map((step) => detailOf(step, 'SkipReason') ?? detailOf(step, 'errorCode'));
  return reasons.some(
    (reason) => reason !== null && !meansOutOfScope(reason) && plainWord(reason) !== 'entrysynchronizationskipped',
  );
}

/** For an answer that says "assigned"; else null. */
function whileAssigned(told: Reported, left: 'none' | 'some'): RemovalVerdict | null {
  if (isSaidUnassigned(told) || saidOf(told.report.steps, 'assigned') !== true) return null;
  return left === 'some' ? { kind: 'notRemoved', why: 'stillEntitled' } : { kind: 'notYet' };
}

function isSaidUnassigned(told: Reported): boolean {
  if (told.kind === 'notInScope' && told.failedChecks.includes('assigned')) return true;
  return saidOf(told.report.steps, 'assigned') === false;
}

/** For an account that the call saw active and left so; else null. */
function ifAlive(told: Reported): RemovalVerdict | null {
  if (accountIn(told.report) !== 'alive') return null;
  const texts = told.report.steps.flatMap((step) => [detailOf(step, 'SkipReason'), step.description]);
  const isSkipped = texts.some((text) => plainWord(text ?? '').includes('skipoutofscopedeletions'));
  return isSkipped ? unseen('skipsDeletions') : { kind: 'notRemoved', why: 'accountAlive' };
}

/** By the switch itself where a step shows it, else as only such an app lets a person in who is not assigned. */
function takesEverybody(told: Reported): boolean {
  const { steps } = told.report;
  const shown = steps.filter((step) => step.type === 'scoping' || isSkip(step));
  if (shown.some((step) => plainWord(detailOf(step, 'ScopeSyncAll') ?? '') === 'true')) return true;
  const passed = (['active', 'entitled', 'scopingFilter'] as const).every((check) => saidOf(steps, check) !== false);
  return isSaidUnassigned(told) && passed;
}

/** `unmapped`: its attributes are listed, and whether it is active is not among them. */
type Account = 'alive' | 'inactive' | 'absent' | 'unmapped' | 'notTold' | 'noMatching';

/** The account as the Matching steps saw it, before any export. There may be a step for each matching attribute. */
function accountIn({ steps, targetId }: Report): Account {
  const matching = steps.filter(({ type, status }) => type === 'matching' && status === 'success');
  if (matching.length === 0) return 'noMatching';
  const found = matching.filter((step) => !findsNothing(step));
  if (found.length === 0) return targetId === null ? 'absent' : 'notTold';
  const attributes = found.flatMap(({ details }) => Object.entries(details));
  const states = attributes.map(([name, value]) => activeBy(name, value));
  if (states.includes(true)) return 'alive';
  if (states.includes(false)) return 'inactive';
  // An id alone shows no mapping.
  return attributes.some(([name]) => plainWord(name) !== 'id') ? 'unmapped' : 'notTold';
}

function findsNothing({ name, description, details }: Step): boolean {
  if (Object.keys(details).length > 0) return false;
  // Names stand in quotes, and prove nothing.
  const said = (description ?? '').replace(/'[^']*'/g, '');
  return plainWord(name) === 'entrysynchronizationadd' || /\bno matching\b|\bnot (?:be )?found\b/i.test(said);
}

/** The attributes that turn an account off and on, as the connectors call them. */
const activeNames: ReadonlySet<string> = new Set(['active', 'isactive', 'accountenabled']);
const inactiveNames: ReadonlySet<string> = new Set(['accountdisabled', 'suspended']);

/** Whether an attribute with this value says that the account is active; null where it says nothing about that. */
function activeBy(attribute: string, value: string | null): boolean | null {
  // An attribute of SCIM may have its schema in front.
  const name = plainWord(attribute.startsWith('urn:') ? attribute.slice(attribute.lastIndexOf(':') + 1) : attribute);
  const isTrue = truths.get(plainWord(value ?? ''));
  if (isTrue === undefined) return null;
  if (activeNames.has(name)) return isTrue;
  return inactiveNames.has(name) ? !isTrue : null;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
