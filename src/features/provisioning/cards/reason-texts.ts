import { assertNever } from '../../../assert-never.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { short } from '../../../chat/views/parts.ts';
import { explainErrorCode } from '../../../graph/outcome/error-codes.ts';
import { type RefusalReason, reasonOf } from '../../../graph/outcome/refusal.ts';
import type { Outcome, ScopingCheck, UnknownEnd } from '../../../graph/outcome.ts';
import { attributeWord } from './attribute-words.ts';
import { isChange, outcomeWords } from './outcome-words.ts';

const LONGEST_CODE = 60;

function refusedKey(reason: RefusalReason): MessageKey {
  switch (reason) {
    // As a code of a failure, a conflict is another account.
    case 'conflict':
      return 'reason.conflict409';
    case 'other':
      return 'reason.unknownCode';
    default:
      return `reason.${reason}`;
  }
}

const unknownKey = (why: UnknownEnd): MessageKey => `reason.${why === 'gatewayTimeout' ? 'timeout' : why}`;

/** What is unknown about an attempt, in half a sentence. */
export const unknownReason = (words: Messages, why: UnknownEnd): string => words.plain(unknownKey(why));

/** An outcome in a few words, "Not provisioned: not assigned to the app". Plain, a value for a message. */
export function outcomeLine(words: Messages, outcome: Outcome, { what }: { readonly what: 'group' | 'other' }): string {
  const verdict = words.plain(outcomeWords(outcome).verdict, { what });
  const reason = shortReason(words, outcome);
  return reason === null ? verdict : words.plain('list.verdictReason', { verdict, reason });
}

/** The reason of a failure, in half a sentence; null after a good outcome. The app is named where its name is given. */
export function shortReason(words: Messages, outcome: Outcome, app = ''): string | null {
  if (isChange(outcome)) return null;
  switch (outcome.kind) {
    case 'notInScope': {
      // The first check tells the most; later ones follow from it (an unassigned person has no role).
      const [first] = outcome.failedChecks;
      return first === undefined ? words.plain('reason.unnamedCheck') : checkText(words, first, app);
    }
    case 'removed':
      return words.plain(`reason.${outcome.how}`);
    case 'notRemoved':
      return words.plain(`reason.${outcome.why}`, { app, named: app === '' ? 'no' : 'yes' });
    case 'skipped':
      return skipReason(words, outcome);
    case 'failed':
      return withCode(words, `reason.${explainErrorCode(outcome.code)}`, outcome.code);
    case 'refused': {
      const code = short(outcome.code, LONGEST_CODE);
      return withCode(words, refusedKey(reasonOf(outcome)), code === '' ? `HTTP ${outcome.status}` : code);
    }
    case 'unknown':
      return unknownText(words, outcome, app);
    default:
      return assertNever(outcome, 'outcome');
  }
}

function unknownText(words: Messages, { why, last }: Extract<Outcome, { kind: 'unknown' }>, app: string): string {
  const reason = unknownReason(words, why);
  const latest = last === undefined ? null : shortReason(words, last, app);
  return latest === null ? reason : words.plain('reason.earlier', { why: reason, latest });
}

/** A check that was not met, in half a sentence. */
export function checkText(words: Messages, check: ScopingCheck, app = ''): string {
  return words.plain(`check.${check}`, { app, named: app === '' ? 'no' : 'yes' });
}

function skipReason(words: Messages, { code, property }: Extract<Outcome, { kind: 'skipped' }>): string {
  if (property !== null) {
    const attribute = attributeWord(property, words) ?? words.plain('attribute.other');
    return words.plain('reason.property', { attribute, property: short(property, LONGEST_CODE) });
  }
  if (/attributevalidation/i.test(code)) return words.plain('reason.validation');
  return withCode(words, `reason.${explainErrorCode(code)}`, code);
}

/** Adds the code only where the words do not explain it. */
function withCode(words: Messages, key: MessageKey, code: string): string {
  const text = short(code, LONGEST_CODE);
  return key === 'reason.unknownCode' && text === '' ? words.plain('reason.none') : words.plain(key, { code: text });
}
