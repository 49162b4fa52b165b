import { assertNever } from '../../assert-never.ts';
import { type ErrorMeaning, explainErrorCode } from '../../graph/outcome/error-codes.ts';
import { type RefusalReason, reasonOf } from '../../graph/outcome/refusal.ts';
import type { Outcome, ScopingCheck, UnknownEnd } from '../../graph/outcome.ts';
import type { WordKey, Words } from '../words.ts';
import { attributeWord } from './attribute-words.ts';
import { outcomeWords } from './outcome-words.ts';
import { short } from './parts.ts';

const LONGEST_CODE = 60;

const CHECKS: Readonly<Record<ScopingCheck, WordKey>> = {
  active: 'check.active',
  assigned: 'check.assigned',
  entitled: 'check.entitled',
  scopingFilter: 'check.scopingFilter',
};

const FAILED: Readonly<Record<ErrorMeaning, WordKey>> = {
  conflict: 'reason.conflict',
  appFault: 'reason.appFault',
  connectorRights: 'reason.connectorRights',
  unexpectedAnswer: 'reason.unexpectedAnswer',
  missingValues: 'reason.missingValues',
  mapping: 'reason.mapping',
  invalidDomain: 'reason.invalidDomain',
  licenceLimit: 'reason.licenceLimit',
  invalidAnchor: 'reason.invalidAnchor',
  duplicateTarget: 'reason.duplicateTarget',
  duplicateSource: 'reason.duplicateSource',
  importSkipped: 'reason.importSkipped',
  outOfScopeOrUnchanged: 'reason.outOfScopeOrUnchanged',
  scimFault: 'reason.scimFault',
  connectorCredentials: 'reason.connectorCredentials',
  agentUnavailable: 'reason.agentUnavailable',
  crossTenantPolicy: 'reason.crossTenantPolicy',
  invitationFailed: 'reason.invitationFailed',
  invitedAccountDisabled: 'reason.invitedAccountDisabled',
  invitedValueInvalid: 'reason.invitedValueInvalid',
  invitedUserAmbiguous: 'reason.invitedUserAmbiguous',
  directoryFull: 'reason.directoryFull',
  masteredOnPremises: 'reason.masteredOnPremises',
  targetHasRole: 'reason.targetHasRole',
  unknownAttribute: 'reason.unknownAttribute',
  groupsNotSupported: 'reason.groupsNotSupported',
  unknownCode: 'reason.unknownCode',
};

const REFUSED: Readonly<Record<RefusalReason, WordKey>> = {
  quarantined: 'reason.quarantined',
  permission: 'reason.permission',
  ownRole: 'reason.ownRole',
  signInGone: 'reason.signInGone',
  ordererMayNot: 'reason.ordererMayNot',
  wrongRule: 'reason.wrongRule',
  notFound: 'reason.notFound',
  credentialsMissing: 'reason.credentialsMissing',
  throttled: 'reason.throttled',
  serviceUnavailable: 'reason.serviceUnavailable',
  token: 'reason.token',
  noToken: 'reason.noToken',
  badRequest: 'reason.badRequest',
  conflict: 'reason.conflict409',
  inProgress: 'reason.inProgress',
  unreachable: 'reason.unreachable',
  serviceAway: 'reason.serviceAway',
  other: 'reason.unknownCode',
};

const UNKNOWN: Readonly<Record<UnknownEnd, WordKey>> = {
  timeout: 'reason.timeout',
  gatewayTimeout: 'reason.timeout',
  connectionLost: 'reason.connectionLost',
  unreadable: 'reason.unreadable',
  serverError: 'reason.serverError',
  noAnswer: 'reason.noAnswer',
  interrupted: 'reason.interrupted',
};

/** What is unknown about an attempt, in half a sentence. */
export const unknownReason = (words: Words, why: UnknownEnd): string => words.plain(UNKNOWN[why]);

/** An outcome in a few words, "Not provisioned: not assigned to the app". Plain, a value for a message. */
export function outcomeLine(words: Words, outcome: Outcome, { what }: { readonly what: 'group' | 'other' }): string {
  const verdict = words.plain(outcomeWords(outcome).verdict, { what });
  const reason = shortReason(words, outcome);
  return reason === null ? verdict : words.plain('list.verdictReason', { verdict, reason });
}

/** The reason of a failure, in half a sentence without names; null after a good outcome. */
export function shortReason(words: Words, outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
    case 'inSync':
      return null;
    case 'notInScope': {
      // The first check tells the most; later ones follow from it (an unassigned person has no role).
      const [first] = outcome.failedChecks;
      return first === undefined ? words.plain('reason.unnamedCheck') : words.plain(CHECKS[first]);
    }
    case 'skipped':
      return skipReason(words, outcome);
    case 'failed':
      return withCode(words, FAILED[explainErrorCode(outcome.code)], outcome.code);
    case 'refused': {
      const code = short(outcome.code, LONGEST_CODE);
      return withCode(words, REFUSED[reasonOf(outcome)], code === '' ? `HTTP ${outcome.status}` : code);
    }
    case 'unknown':
      return unknownText(words, outcome);
    default:
      return assertNever(outcome, 'outcome');
  }
}

function unknownText(words: Words, { why, last }: Extract<Outcome, { kind: 'unknown' }>): string {
  const reason = unknownReason(words, why);
  const latest = last === undefined ? null : shortReason(words, last);
  return latest === null ? reason : words.plain('reason.earlier', { why: reason, latest });
}

function skipReason(words: Words, { code, property }: Extract<Outcome, { kind: 'skipped' }>): string {
  if (property !== null) {
    const attribute = attributeWord(property, words) ?? words.plain('attribute.other');
    return words.plain('reason.property', { attribute, property: short(property, LONGEST_CODE) });
  }
  if (/attributevalidation/i.test(code)) return words.plain('reason.validation');
  return withCode(words, FAILED[explainErrorCode(code)], code);
}

/** Adds the code only where the words do not explain it. */
function withCode(words: Words, key: WordKey, code: string): string {
  const text = short(code, LONGEST_CODE);
  return key === 'reason.unknownCode' && text === '' ? words.plain('reason.none') : words.plain(key, { code: text });
}
