import { assertNever } from '../../assert-never.ts';
import { type ErrorMeaning, explainErrorCode } from '../../graph/outcome/error-codes.ts';
import { type RefusalReason, reasonOf } from '../../graph/outcome/refusal.ts';
import type { Outcome, OutcomeKind, ScopingCheck, UnknownEnd } from '../../graph/outcome.ts';
import type { WordKey } from '../words.ts';
import type { Tone } from './tone.ts';

/** An outcome's name, meaning and next step, as keys of the catalogue. */
export interface OutcomeWords {
  readonly tone: Tone;
  readonly verdict: WordKey;
  readonly happened: WordKey;
  readonly next: WordKey;
}

type Explanation = Pick<OutcomeWords, 'happened' | 'next'>;
type ChangeKind = Exclude<OutcomeKind, 'notInScope' | 'skipped' | 'failed' | 'refused' | 'unknown'>;

const CHANGES: Readonly<Record<ChangeKind, OutcomeWords>> = {
  created: { tone: 'good', verdict: 'verdict.created', happened: 'created.happened', next: 'created.next' },
  updated: { tone: 'good', verdict: 'verdict.updated', happened: 'updated.happened', next: 'updated.next' },
  // The requester wants the person to have access, so losing it is a warning, though the call succeeded.
  disabled: { tone: 'warning', verdict: 'verdict.disabled', happened: 'disabled.happened', next: 'disabled.next' },
  deleted: { tone: 'warning', verdict: 'verdict.deleted', happened: 'deleted.happened', next: 'deleted.next' },
  otherChange: {
    tone: 'good',
    verdict: 'verdict.otherChange',
    happened: 'otherChange.happened',
    next: 'otherChange.next',
  },
  inSync: { tone: 'good', verdict: 'verdict.inSync', happened: 'inSync.happened', next: 'inSync.next' },
};

const NOT_IN_SCOPE: Readonly<Record<ScopingCheck | 'unnamed', Explanation>> = {
  active: { happened: 'notInScope.active.happened', next: 'notInScope.active.next' },
  assigned: { happened: 'notInScope.assigned.happened', next: 'notInScope.assigned.next' },
  entitled: { happened: 'notInScope.entitled.happened', next: 'notInScope.entitled.next' },
  scopingFilter: { happened: 'notInScope.scopingFilter.happened', next: 'notInScope.scopingFilter.next' },
  unnamed: { happened: 'notInScope.unnamed.happened', next: 'notInScope.unnamed.next' },
};

const SKIPPED: Readonly<Record<'property' | 'validation' | 'other', Explanation>> = {
  property: { happened: 'skipped.property.happened', next: 'skipped.property.next' },
  validation: { happened: 'skipped.validation.happened', next: 'skipped.validation.next' },
  other: { happened: 'skipped.other.happened', next: 'skipped.other.next' },
};

const FAILED: Readonly<Record<ErrorMeaning, Explanation>> = {
  conflict: { happened: 'failed.conflict.happened', next: 'failed.conflict.next' },
  appFault: { happened: 'failed.appFault.happened', next: 'failed.appFault.next' },
  connectorRights: { happened: 'failed.connectorRights.happened', next: 'failed.connectorRights.next' },
  unexpectedAnswer: { happened: 'failed.unexpectedAnswer.happened', next: 'failed.unexpectedAnswer.next' },
  missingValues: { happened: 'failed.missingValues.happened', next: 'failed.missingValues.next' },
  mapping: { happened: 'failed.mapping.happened', next: 'failed.mapping.next' },
  invalidDomain: { happened: 'failed.invalidDomain.happened', next: 'failed.invalidDomain.next' },
  licenceLimit: { happened: 'failed.licenceLimit.happened', next: 'failed.licenceLimit.next' },
  invalidAnchor: { happened: 'failed.invalidAnchor.happened', next: 'failed.invalidAnchor.next' },
  duplicateTarget: { happened: 'failed.duplicateTarget.happened', next: 'failed.duplicateTarget.next' },
  duplicateSource: { happened: 'failed.duplicateSource.happened', next: 'failed.duplicateSource.next' },
  importSkipped: { happened: 'failed.importSkipped.happened', next: 'failed.importSkipped.next' },
  outOfScopeOrUnchanged: {
    happened: 'failed.outOfScopeOrUnchanged.happened',
    next: 'failed.outOfScopeOrUnchanged.next',
  },
  scimFault: { happened: 'failed.scimFault.happened', next: 'failed.scimFault.next' },
  connectorCredentials: { happened: 'failed.connectorCredentials.happened', next: 'failed.connectorCredentials.next' },
  agentUnavailable: { happened: 'failed.agentUnavailable.happened', next: 'failed.agentUnavailable.next' },
  crossTenantPolicy: { happened: 'failed.crossTenantPolicy.happened', next: 'failed.crossTenantPolicy.next' },
  invitationFailed: { happened: 'failed.invitationFailed.happened', next: 'failed.invitationFailed.next' },
  invitedAccountDisabled: {
    happened: 'failed.invitedAccountDisabled.happened',
    next: 'failed.invitedAccountDisabled.next',
  },
  invitedValueInvalid: { happened: 'failed.invitedValueInvalid.happened', next: 'failed.invitedValueInvalid.next' },
  invitedUserAmbiguous: { happened: 'failed.invitedUserAmbiguous.happened', next: 'failed.invitedUserAmbiguous.next' },
  directoryFull: { happened: 'failed.directoryFull.happened', next: 'failed.directoryFull.next' },
  masteredOnPremises: { happened: 'failed.masteredOnPremises.happened', next: 'failed.masteredOnPremises.next' },
  targetHasRole: { happened: 'failed.targetHasRole.happened', next: 'failed.targetHasRole.next' },
  unknownAttribute: { happened: 'failed.unknownAttribute.happened', next: 'failed.unknownAttribute.next' },
  groupsNotSupported: { happened: 'failed.groupsNotSupported.happened', next: 'failed.groupsNotSupported.next' },
  unknownCode: { happened: 'failed.unknownCode.happened', next: 'failed.unknownCode.next' },
};

const REFUSED: Readonly<Record<RefusalReason, Explanation>> = {
  quarantined: { happened: 'refused.quarantined.happened', next: 'refused.quarantined.next' },
  permission: { happened: 'refused.permission.happened', next: 'refused.permission.next' },
  ownRole: { happened: 'refused.ownRole.happened', next: 'refused.ownRole.next' },
  signInGone: { happened: 'refused.signInGone.happened', next: 'refused.signInGone.next' },
  ordererMayNot: { happened: 'refused.ordererMayNot.happened', next: 'refused.ordererMayNot.next' },
  wrongRule: { happened: 'refused.wrongRule.happened', next: 'refused.wrongRule.next' },
  notFound: { happened: 'refused.notFound.happened', next: 'refused.notFound.next' },
  credentialsMissing: { happened: 'refused.credentialsMissing.happened', next: 'refused.credentialsMissing.next' },
  throttled: { happened: 'refused.throttled.happened', next: 'refused.throttled.next' },
  serviceUnavailable: { happened: 'refused.serviceUnavailable.happened', next: 'refused.serviceUnavailable.next' },
  token: { happened: 'refused.token.happened', next: 'refused.token.next' },
  noToken: { happened: 'refused.noToken.happened', next: 'refused.noToken.next' },
  badRequest: { happened: 'refused.badRequest.happened', next: 'refused.badRequest.next' },
  conflict: { happened: 'refused.conflict.happened', next: 'refused.conflict.next' },
  inProgress: { happened: 'refused.inProgress.happened', next: 'refused.inProgress.next' },
  unreachable: { happened: 'refused.unreachable.happened', next: 'refused.unreachable.next' },
  serviceAway: { happened: 'refused.serviceAway.happened', next: 'refused.serviceAway.next' },
  other: { happened: 'refused.other.happened', next: 'refused.other.next' },
};

const UNKNOWN: Readonly<Record<UnknownEnd, WordKey>> = {
  timeout: 'unknown.timeout.happened',
  gatewayTimeout: 'unknown.gatewayTimeout.happened',
  connectionLost: 'unknown.connectionLost.happened',
  unreadable: 'unknown.unreadable.happened',
  serverError: 'unknown.serverError.happened',
  noAnswer: 'unknown.noAnswer.happened',
  interrupted: 'unknown.interrupted.happened',
};

/** Looks up an outcome's words. A new kind or cause without words does not compile. */
export function outcomeWords(outcome: Outcome): OutcomeWords {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
    case 'inSync':
      return changeWords(outcome);
    case 'notInScope':
      return {
        tone: 'warning',
        verdict: 'verdict.notInScope',
        ...NOT_IN_SCOPE[outcome.failedChecks[0] ?? 'unnamed'],
      };
    case 'skipped':
      return { tone: 'warning', verdict: 'verdict.skipped', ...skippedWords(outcome.code, outcome.property) };
    case 'failed':
      return { tone: 'bad', verdict: 'verdict.failed', ...FAILED[explainErrorCode(outcome.code)] };
    case 'refused':
      return refusedWords(reasonOf(outcome));
    case 'unknown':
      return { tone: 'unknown', verdict: 'verdict.unknown', ...unknownWords(outcome) };
    default:
      return assertNever(outcome, 'outcome');
  }
}

function changeWords(outcome: Extract<Outcome, { kind: ChangeKind }>): OutcomeWords {
  const plain = CHANGES[outcome.kind];
  const isLate = outcome.kind === 'inSync' && outcome.earlier !== undefined;
  const say: OutcomeWords = isLate ? { ...plain, happened: 'inSync.earlier.happened' } : plain;
  // Other tones keep their own words, with the warning next to them.
  if (outcome.warning === undefined || say.tone !== 'good') return say;
  return { ...say, tone: 'warning', verdict: 'verdict.warned', next: 'warned.next' };
}

function refusedWords(reason: RefusalReason): OutcomeWords {
  const words = REFUSED[reason];
  switch (reason) {
    case 'throttled':
      return { tone: 'bad', verdict: 'verdict.throttled', ...words };
    case 'noToken':
    case 'unreachable':
    case 'serviceAway':
      return { tone: 'bad', verdict: 'verdict.notSent', ...words };
    case 'inProgress':
      return { tone: 'unknown', verdict: 'verdict.inProgress', ...words };
    default:
      return { tone: 'bad', verdict: 'verdict.refused', ...words };
  }
}

function unknownWords({ why, last }: Extract<Outcome, { kind: 'unknown' }>): Explanation {
  const isLastItself = last === undefined || (last.kind === 'refused' && why === 'serverError' && last.status >= 500);
  if (isLastItself) return { happened: UNKNOWN[why], next: 'unknown.next' };
  return { happened: 'unknown.earlier.happened', next: 'unknown.earlier.next' };
}

function skippedWords(code: string, property: string | null): Explanation {
  if (property !== null) return SKIPPED.property;
  if (/attributevalidation/i.test(code)) return SKIPPED.validation;

  // A skip may carry a code that the table of failures explains, e.g. ImportSkipped.
  const meaning = explainErrorCode(code);
  return meaning === 'unknownCode' ? SKIPPED.other : FAILED[meaning];
}
