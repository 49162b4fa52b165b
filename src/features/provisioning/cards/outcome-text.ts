import type { MessageKey, Messages, MessageValues } from '../../../chat/messages.ts';
import { provisioningPageUrl, usersPageUrl } from '../../../chat/views/entra-link.ts';
import { short } from '../../../chat/views/parts.ts';
import type { Outcome } from '../../../graph/outcome.ts';
import { attributeWord } from './attribute-words.ts';
import { type OutcomeWords, outcomeWords } from './outcome-words.ts';
import { shortReason, unknownReason } from './reason-texts.ts';
import { latestOf, type StepSetting, settingOf } from './result-steps.ts';

/** The outcome of a person or group, and what else its sentences depend on. */
export interface Told {
  readonly outcome: Outcome;
  readonly person: string;
  readonly app: string;
  readonly what: 'group' | 'other';
  /** Usher made the app role assignment itself, so the card must not ask for it. */
  readonly hasAssigned: boolean;
  /** Whether a Retry button accompanies the text. */
  readonly retry: boolean;
  /** When the outcome was stored, from which Graph's requested wait counts, and now. Milliseconds since 1970. */
  readonly finishedAt?: number;
  readonly now?: number;
}

export interface Verdict {
  readonly say: OutcomeWords;
  readonly values: MessageValues;
  readonly setting: StepSetting;
  /** The result of a later attempt, where that of an earlier one is unknown; else null. */
  readonly last: { readonly happened: MessageKey; readonly values: MessageValues; readonly next: MessageKey } | null;
}

/** The verdict, its meaning and the next step, for every card and text about an outcome. */
export function verdictOf(words: Messages, told: Told): Verdict {
  const { outcome, what, retry } = told;
  const setting = settingOf(words, outcome, short(told.app), what);
  const latest = latestOf(outcome);
  const property = latest.kind === 'skipped' ? (latest.property ?? '') : '';
  const values = {
    person: short(told.person),
    app: setting.app,
    what,
    source: setting.source,
    target: setting.target,
    retry: retry ? 'yes' : 'no',
    property: short(property),
    attribute: attributeWord(property, words) ?? words.plain('attribute.other'),
    until: untilText(words, told),
    why: outcome.kind === 'unknown' ? unknownReason(words, outcome.why) : '',
  };
  return {
    say: isUnseen(told) ? UNSEEN : outcomeWords(outcome),
    values,
    setting,
    last: lastWords(words, told, values),
  };
}

function lastWords(words: Messages, { outcome }: Told, values: MessageValues): Verdict['last'] {
  if (outcome.kind !== 'unknown' || outcome.last === undefined) return null;
  const { last } = outcome;
  const reason = shortReason(words, last) ?? words.plain('reason.none');
  return { happened: `unknown.last.${last.kind}`, values: { ...values, reason }, next: outcomeWords(last).next };
}

/** The end of the wait that Graph asks for; `none` where it did not say. */
function untilText(words: Messages, { outcome, finishedAt, now }: Told): string {
  const latest = latestOf(outcome);
  const waitMs = latest.kind === 'refused' ? latest.retryAfterMs : undefined;
  if (waitMs === undefined || finishedAt === undefined || !Number.isFinite(waitMs)) return 'none';
  const until = finishedAt + waitMs;
  // Beyond JavaScript's largest date.
  return until > 8.64e15 ? 'none' : words.moment(until, now ?? finishedAt);
}

const UNSEEN: OutcomeWords = {
  tone: 'warning',
  verdict: 'verdict.notInScope',
  happened: 'notInScope.unseen.happened',
  next: 'notInScope.unseen.next',
};

/** A person just assigned who still counts as unassigned only needs time: assigning them again does not help. */
function isUnseen({ outcome, hasAssigned }: Told): boolean {
  if (!hasAssigned || outcome.kind !== 'notInScope') return false;
  const [first] = outcome.failedChecks;
  return first === undefined || first === 'assigned' || first === 'entitled';
}

/** The page for the next step: people are assigned on a page of their own. */
export function pageFor(outcome: Outcome, portal: string, appId: string): string {
  const latest = latestOf(outcome);
  const isUnassigned = latest.kind === 'notInScope' && latest.failedChecks[0] === 'assigned';
  return isUnassigned ? usersPageUrl(portal, appId) : provisioningPageUrl(portal, appId);
}
