import { type ErrorMeaning, explainErrorCode } from '../../graph/outcome/error-codes.ts';
import type { Outcome, RefusalCause, ScopingCheck } from '../../graph/outcome.ts';
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
  unknownCode: 'reason.unknownCode',
};

const REFUSED: Readonly<Record<RefusalCause, WordKey>> = {
  quarantined: 'reason.quarantined',
  permission: 'reason.permission',
  ownRole: 'reason.ownRole',
  signInGone: 'reason.signInGone',
  wrongRule: 'reason.wrongRule',
  notFound: 'reason.notFound',
  credentialsMissing: 'reason.credentialsMissing',
  throttled: 'reason.throttled',
  serviceUnavailable: 'reason.serviceUnavailable',
  other: 'reason.unknownCode',
};

const UNKNOWN: Readonly<Record<Extract<Outcome, { kind: 'unknown' }>['why'], WordKey>> = {
  timeout: 'reason.timeout',
  gatewayTimeout: 'reason.timeout',
  connectionLost: 'reason.connectionLost',
  unreadable: 'reason.unreadable',
  interrupted: 'reason.interrupted',
};

/** What became of somebody in a few words, "Not provisioned: not assigned to the app". Plain, a value for a message. */
export function outcomeLine(words: Words, outcome: Outcome, { what }: { readonly what: 'group' | 'other' }): string {
  const verdict = words.plain(outcomeWords(outcome).verdict, { what });
  const reason = shortReason(words, outcome);
  return reason === null ? verdict : words.plain('list.verdictReason', { verdict, reason });
}

/** Why it did not end well, in half a sentence that names nobody; null when it did. */
function shortReason(words: Words, outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
    case 'inSync':
      return null;
    case 'notInScope': {
      // The first is the most telling; what follows from it (nobody unassigned has a role) says no more.
      const [first] = outcome.failedChecks;
      return first === undefined ? words.plain('reason.unnamedCheck') : words.plain(CHECKS[first]);
    }
    case 'skipped':
      return skipReason(words, outcome);
    case 'failed':
      return withCode(words, FAILED[explainErrorCode(outcome.code)], outcome.code);
    case 'refused': {
      const code = short(outcome.code, LONGEST_CODE);
      return withCode(words, REFUSED[outcome.cause], code === '' ? `HTTP ${outcome.status}` : code);
    }
    case 'unknown':
      return words.plain(UNKNOWN[outcome.why]);
    default: {
      const never: never = outcome;
      throw new Error(`An outcome without a reason: ${JSON.stringify(never)}`);
    }
  }
}

function skipReason(words: Words, { code, property }: Extract<Outcome, { kind: 'skipped' }>): string {
  if (property !== null) {
    const attribute = attributeWord(property, words) ?? words.plain('attribute.other');
    return words.plain('reason.property', { attribute, property: short(property, LONGEST_CODE) });
  }
  if (/attributevalidation/i.test(code)) return words.plain('reason.validation');
  return withCode(words, FAILED[explainErrorCode(code)], code);
}

/** The code stands only where the words say no more than that there was one. */
function withCode(words: Words, key: WordKey, code: string): string {
  const text = short(code, LONGEST_CODE);
  return key === 'reason.unknownCode' && text === '' ? words.plain('reason.none') : words.plain(key, { code: text });
}
