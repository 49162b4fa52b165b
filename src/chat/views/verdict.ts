import type { Outcome } from '../../graph/outcome.ts';
import type { Words, WordValues } from '../words.ts';
import { attributeWord } from './attribute-words.ts';
import { provisioningPageUrl, usersPageUrl } from './entra-link.ts';
import { type OutcomeWords, outcomeWords } from './outcome-words.ts';
import { short } from './parts.ts';
import { type StepSetting, settingOf } from './result-steps.ts';

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
}

export interface Verdict {
  readonly say: OutcomeWords;
  readonly values: WordValues;
  readonly setting: StepSetting;
}

/** The verdict, what it means and what to do next, for every card and text that tells an outcome. */
export function verdictOf(words: Words, told: Told): Verdict {
  const { outcome, what, retry } = told;
  const setting = settingOf(words, outcome, short(told.app), what);
  const property = outcome.kind === 'skipped' ? (outcome.property ?? '') : '';
  const values = {
    person: short(told.person),
    app: setting.app,
    what,
    source: setting.source,
    target: setting.target,
    retry: retry ? 'yes' : 'no',
    property: short(property),
    attribute: attributeWord(property, words) ?? words.plain('attribute.other'),
  };
  return { say: isUnseen(told) ? UNSEEN : outcomeWords(outcome), values, setting };
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
  const isUnassigned = outcome.kind === 'notInScope' && outcome.failedChecks[0] === 'assigned';
  return isUnassigned ? usersPageUrl(portal, appId) : provisioningPageUrl(portal, appId);
}
