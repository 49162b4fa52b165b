import type { LastAnswer, Outcome } from '../../graph/outcome.ts';
import type { WordKey, Words, WordValues } from '../words.ts';
import { attributeWord } from './attribute-words.ts';
import { provisioningPageUrl, usersPageUrl } from './entra-link.ts';
import { type OutcomeWords, outcomeWords } from './outcome-words.ts';
import { short } from './parts.ts';
import { shortReason, unknownReason } from './reason-words.ts';
import { latestOf, type StepSetting, settingOf } from './result-steps.ts';

/** One person's or group's outcome, and what its sentences need to know besides. */
export interface Told {
  readonly outcome: Outcome;
  readonly person: string;
  readonly app: string;
  readonly what: 'group' | 'other';
  /** Usher made the app role assignment itself, so nobody need be told to make it. */
  readonly hasAssigned: boolean;
  /** Whether there is a Retry button next to the words. */
  readonly retry: boolean;
  /** When the outcome was stored, and now: what Graph asks to wait counts from there. Milliseconds since 1970. */
  readonly finishedAt?: number;
  readonly now?: number;
}

export interface Verdict {
  readonly say: OutcomeWords;
  readonly values: WordValues;
  readonly setting: StepSetting;
  /** What a later attempt ended as, where that of an earlier one is not known; else null. */
  readonly last: { readonly happened: WordKey; readonly values: WordValues; readonly next: WordKey } | null;
}

/** The verdict, what it means and what to do next, for every card and text that tells an outcome. */
export function verdictOf(words: Words, told: Told): Verdict {
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

const LAST: Readonly<Record<LastAnswer['kind'], WordKey>> = {
  refused: 'unknown.last.refused',
  failed: 'unknown.last.failed',
  notInScope: 'unknown.last.notInScope',
  skipped: 'unknown.last.skipped',
};

function lastWords(words: Words, { outcome }: Told, values: WordValues): Verdict['last'] {
  if (outcome.kind !== 'unknown' || outcome.last === undefined) return null;
  const { last } = outcome;
  const reason = shortReason(words, last) ?? words.plain('reason.none');
  return { happened: LAST[last.kind], values: { ...values, reason }, next: outcomeWords(last).next };
}

/** Until when Graph wants to be left alone; `none` where it did not say. */
function untilText(words: Words, { outcome, finishedAt, now }: Told): string {
  const latest = latestOf(outcome);
  const waitMs = latest.kind === 'refused' ? latest.retryAfterMs : undefined;
  if (waitMs === undefined || finishedAt === undefined || !Number.isFinite(waitMs)) return 'none';
  const until = finishedAt + waitMs;
  // A date beyond the calendar is no date.
  return until > 8.64e15 ? 'none' : words.moment(until, now ?? finishedAt);
}

const UNSEEN: OutcomeWords = {
  tone: 'warning',
  verdict: 'verdict.notInScope',
  happened: 'notInScope.unseen.happened',
  next: 'notInScope.unseen.next',
};

/** Whoever has just been assigned and counts as unassigned is only waited for: to assign them again helps nobody. */
function isUnseen({ outcome, hasAssigned }: Told): boolean {
  if (!hasAssigned || outcome.kind !== 'notInScope') return false;
  const [first] = outcome.failedChecks;
  return first === undefined || first === 'assigned' || first === 'entitled';
}

/** Where the next step is taken: people are assigned on a page of their own. */
export function pageFor(outcome: Outcome, portal: string, appId: string): string {
  const latest = latestOf(outcome);
  const isUnassigned = latest.kind === 'notInScope' && latest.failedChecks[0] === 'assigned';
  return isUnassigned ? usersPageUrl(portal, appId) : provisioningPageUrl(portal, appId);
}
