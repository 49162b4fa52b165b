import { assertNever } from '../../../assert-never.ts';
import type { MessageKey } from '../../../chat/messages.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import { type ErrorMeaning, explainErrorCode } from '../../../graph/outcome/error-codes.ts';
import { type RefusalReason, reasonOf } from '../../../graph/outcome/refusal.ts';
import type { NotRemoved, Outcome, OutcomeKind, ScopingCheck } from '../../../graph/outcome.ts';

/** An outcome's name, meaning and next step, as keys of the catalogue. */
export interface OutcomeWords {
  readonly tone: Tone;
  readonly verdict: MessageKey;
  readonly happened: MessageKey;
  /** For operators. */
  readonly next: MessageKey;
  /** What has to happen, for readers who cannot do it; null where nothing has to. */
  readonly ask: MessageKey | null;
}

type Explanation = Pick<OutcomeWords, 'happened' | 'next' | 'ask'>;
const changeKinds = ['created', 'updated', 'disabled', 'deleted', 'otherChange', 'inSync'] as const;
type Change = Extract<Outcome, { kind: (typeof changeKinds)[number] }>;

export const isChange = (outcome: Outcome): outcome is Change => changeKinds.some((kind) => kind === outcome.kind);

/**
 * By its kind alone, in the order in which cards count outcomes. The requester wants the person to have access, so losing
 * it is a warning, though the call succeeded.
 */
export const OUTCOME_TONES: Readonly<Record<OutcomeKind, Tone>> = {
  created: 'good',
  updated: 'good',
  otherChange: 'good',
  inSync: 'good',
  removed: 'good',
  disabled: 'warning',
  deleted: 'warning',
  notInScope: 'warning',
  skipped: 'warning',
  notRemoved: 'bad',
  failed: 'bad',
  refused: 'bad',
  unknown: 'unknown',
};
export const OUTCOME_KINDS = Object.keys(OUTCOME_TONES) as readonly OutcomeKind[];

type Explained =
  | `change.${Change['kind']}`
  | `notInScope.${ScopingCheck | 'unnamed'}`
  | `skipped.${'property' | 'validation' | 'other'}`
  | `failed.${ErrorMeaning}`
  | `refused.${RefusalReason}`
  | `removed.${Extract<Outcome, { kind: 'removed' }>['how']}`
  | `notRemoved.${NotRemoved}`
  | 'unknown.earlier';

/** After these nothing is left to do. */
const calm = [
  ...(['change.created', 'change.updated', 'change.otherChange'] as const),
  ...(['removed.disabled', 'removed.deleted', 'removed.nothingThere', 'removed.inactiveAlready'] as const),
] as const satisfies readonly Explained[];

function isCalm(name: Explained): name is (typeof calm)[number] {
  return calm.some((one) => one === name);
}

const explanation = (name: Explained): Explanation => ({
  happened: `${name}.happened`,
  next: `${name}.next`,
  ask: isCalm(name) ? null : `${name}.ask`,
});

/** Looks up an outcome's words. A new kind or cause without words does not compile. */
export function outcomeWords(outcome: Outcome): OutcomeWords {
  if (isChange(outcome)) return changeWords(outcome);
  switch (outcome.kind) {
    case 'notInScope':
      return {
        tone: 'warning',
        verdict: 'verdict.notInScope',
        ...explanation(`notInScope.${outcome.failedChecks[0] ?? 'unnamed'}`),
      };
    case 'removed':
      return { tone: 'good', verdict: 'verdict.removed', ...explanation(`removed.${outcome.how}`) };
    case 'notRemoved': {
      const verdict = isStillIn(outcome.why) ? 'verdict.notRemoved' : 'verdict.notVerified';
      return { tone: 'bad', verdict, ...explanation(`notRemoved.${outcome.why}`) };
    }
    case 'skipped':
      return { tone: 'warning', verdict: 'verdict.skipped', ...skippedWords(outcome.code, outcome.property) };
    case 'failed':
      return { tone: 'bad', verdict: 'verdict.failed', ...explanation(`failed.${explainErrorCode(outcome.code)}`) };
    case 'refused':
      return refusedWords(reasonOf(outcome));
    case 'unknown':
      return { tone: 'unknown', verdict: 'verdict.unknown', ...unknownWords(outcome) };
    default:
      return assertNever(outcome, 'outcome');
  }
}

/** Known to be in the app still; after the other ends that is not known. */
const isStillIn = (why: NotRemoved): boolean => why === 'accountAlive' || why === 'stillEntitled' || why === 'heldBack';

function changeWords(outcome: Change): OutcomeWords {
  const { kind } = outcome;
  const plain: OutcomeWords = {
    tone: OUTCOME_TONES[kind],
    verdict: `verdict.${kind}`,
    ...explanation(`change.${kind}`),
  };
  const isLate = outcome.kind === 'inSync' && outcome.earlier !== undefined;
  const say: OutcomeWords = isLate ? { ...plain, happened: 'inSync.earlier.happened' } : plain;
  // Other tones keep their own words, with the warning next to them.
  if (outcome.warning === undefined || say.tone !== 'good') return say;
  return { ...say, tone: 'warning', verdict: 'verdict.warned', next: 'warned.next', ask: 'warned.ask' };
}

function refusedWords(reason: RefusalReason): OutcomeWords {
  const words = explanation(`refused.${reason}`);
  switch (reason) {
    case 'throttled':
      return { tone: 'bad', verdict: 'verdict.throttled', ...words };
    case 'signInGone':
    case 'ordererMayNot':
    case 'noToken':
    case 'unreachable':
    case 'serviceAway':
      return { tone: 'bad', verdict: 'verdict.notSent', ...words };
    case 'assignmentRefused':
    case 'assignmentUnanswered':
      return { tone: 'bad', verdict: 'verdict.notInScope', ...words };
    case 'unassignRefused':
    case 'unassignUnanswered':
    case 'removalLeft':
    case 'stillAssigned':
      return { tone: 'bad', verdict: 'verdict.notRemoved', ...words };
    case 'inProgress':
      return { tone: 'unknown', verdict: 'verdict.inProgress', ...words };
    default:
      return { tone: 'bad', verdict: 'verdict.refused', ...words };
  }
}

function unknownWords({ why, last }: Extract<Outcome, { kind: 'unknown' }>): Explanation {
  const isLastItself = last === undefined || (last.kind === 'refused' && why === 'serverError' && last.status >= 500);
  if (isLastItself) return { happened: `unknown.${why}.happened`, next: 'unknown.next', ask: 'unknown.ask' };
  return explanation('unknown.earlier');
}

function skippedWords(code: string, property: string | null): Explanation {
  if (property !== null) return explanation('skipped.property');
  if (/attributevalidation/i.test(code)) return explanation('skipped.validation');

  // A skip may carry a code that the table of failures explains, e.g. ImportSkipped.
  const meaning = explainErrorCode(code);
  return explanation(meaning === 'unknownCode' ? 'skipped.other' : `failed.${meaning}`);
}
