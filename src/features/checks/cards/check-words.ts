import { assertNever } from '../../../assert-never.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { codeOf } from '../../../chat/views/graph-problems.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import { verdictOf } from '../../provisioning/cards/outcome-text.ts';
import { outcomeLine } from '../../provisioning/cards/reason-texts.ts';
import { type CheckFacts, type CheckVerdict, sideOf } from '../diagnosis.ts';
import { jobMeaning } from './status-card.ts';

/** Graph's refusal of the job read, where there was one; finished for a card. */
export function refusedCode(words: Messages, { jobTrouble }: CheckFacts): string | null {
  return jobTrouble?.kind === 'refused' ? codeOf(words, jobTrouble) : null;
}

export interface CheckNames {
  /** Cut, and not yet escaped. */
  readonly person: string;
  readonly app: string;
  readonly [name: string]: string;
}

/**
 * Who may provision the person, for the next step: the reader, the helpdesk, or no caller by the person's Entra name.
 */
export type Provisioner = 'reader' | 'helpdesk' | 'nobody';

interface Context {
  readonly names: CheckNames;
  readonly facts: CheckFacts;
  readonly now: number;
  readonly who: Provisioner;
}

/** A verdict in words: what it is, what it means, what to try next. Finished texts except for `title` and `summary`. */
export interface VerdictWords {
  readonly tone: Tone;
  /** Plain, without user text. */
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly next: string | null;
  readonly code: string | null;
  /** Plain. */
  readonly summary: string;
}

const TONES: Readonly<Record<CheckVerdict['kind'], Tone>> = {
  notSetUp: 'neutral',
  appDisabled: 'warning',
  quarantined: 'bad',
  stopped: 'warning',
  neverRun: 'warning',
  failing: 'bad',
  accountDisabled: 'warning',
  notAssigned: 'warning',
  outOfScope: 'warning',
  skipped: 'warning',
  conflictOrError: 'bad',
  removed: 'warning',
  ownTryFailed: 'warning',
  notYet: 'waiting',
  inOrder: 'good',
  unknownYet: 'unknown',
};

/** The verdict in one line; plain, a value for a message. */
export function verdictTitle(words: Messages, verdict: CheckVerdict): { readonly tone: Tone; readonly title: string } {
  const why = verdict.kind === 'stopped' ? verdict.why : '';
  const title = words.plain(`check.title.${verdict.kind}`, { side: sideOf(verdict), why });
  return { tone: TONES[verdict.kind], title };
}

export function verdictWords(words: Messages, verdict: CheckVerdict, context: Context): VerdictWords {
  return { ...verdictTitle(words, verdict), code: null, ...meaningOf(words, verdict, context) };
}

type Meaning = Pick<VerdictWords, 'paragraphs' | 'next' | 'summary'> & Partial<Pick<VerdictWords, 'code'>>;

function meaningOf(words: Messages, verdict: CheckVerdict, { names: ofBoth, facts, now, who }: Context): Meaning {
  const names = { ...ofBoth, who };
  switch (verdict.kind) {
    case 'notSetUp':
    case 'appDisabled':
    case 'quarantined':
    case 'stopped':
    case 'neverRun':
    case 'failing':
      // The same text as on the app's own card.
      return jobMeaning(words, { app: names.app, status: facts.jobState, now });
    case 'accountDisabled':
      return said(words, 'check.happened.accountDisabled', 'check.next.accountDisabled', names);
    case 'notAssigned':
      return said(words, 'check.happened.notAssigned', 'check.next.notAssigned', {
        ...names,
        was: verdict.wasIn ? 'in' : 'other',
      });
    case 'outOfScope':
      return verdict.mended
        ? said(words, 'check.happened.mended', 'check.next.mended', {
            ...names,
            was: verdict.entry.outcome.kind === 'notInScope' ? (verdict.entry.outcome.failedChecks[0] ?? '') : '',
          })
        : byOutcome(words, verdict.entry.outcome, names);
    case 'skipped':
    case 'conflictOrError':
    case 'removed':
      return byOutcome(words, verdict.entry.outcome, names);
    case 'ownTryFailed':
      return said(words, 'check.happened.ownTryFailed', 'check.next.ownTryFailed', {
        ...names,
        request: verdict.requestId,
        verdict: words.plain(`verdict.${verdict.outcome}`, { what: 'other' }),
      });
    case 'notYet':
      return said(words, 'check.happened.notYet', 'check.next.notYet', { ...names, assigned: assignedWord(facts) });
    case 'inOrder':
      return said(words, 'check.happened.inOrder', 'check.next.inOrder', { ...names, assigned: assignedWord(facts) });
    case 'unknownYet':
      return said(words, 'check.happened.unknownYet', 'check.next.unknownYet', names);
    default:
      return assertNever(verdict, 'verdict');
  }
}

/** No person is assigned to an app that takes its people from another source. */
function assignedWord({ assignment }: CheckFacts): 'yes' | 'notNeeded' {
  return assignment.kind === 'notNeeded' ? 'notNeeded' : 'yes';
}

function said(
  words: Messages,
  happened: MessageKey,
  next: MessageKey,
  values: Readonly<Record<string, string>>,
): Meaning {
  return {
    paragraphs: [words.card(happened, values)],
    next: words.card(next, values),
    summary: words.sentences([words.plain(happened, values), words.plain(next, values)]),
  };
}

/** In the words that describe the same outcome of Usher's own call. */
function byOutcome(words: Messages, outcome: Parameters<typeof verdictOf>[1]['outcome'], names: CheckNames): Meaning {
  const told = {
    outcome,
    person: names.person,
    app: names.app,
    what: 'other',
    hasAssigned: false,
    retry: false,
  } as const;
  const { say, values } = verdictOf(words, told);
  const raw = 'code' in outcome ? outcome.code : '';
  return {
    paragraphs: [words.card(say.happened, values)],
    next: words.card(say.next, values),
    code: raw === '' ? null : words.card('label.code', { code: raw }),
    summary: words.sentences([words.plain(say.happened, values), words.plain(say.next, values)]),
  };
}

/** The fault that remains once the verdict's cause is fixed. */
export function alsoText(words: Messages, verdict: CheckVerdict, names: CheckNames): string | null {
  switch (verdict.kind) {
    case 'accountDisabled':
      return words.card('check.also.accountDisabled', names);
    case 'notAssigned':
      return words.card('check.also.notAssigned', names);
    case 'outOfScope':
    case 'skipped':
    case 'conflictOrError':
    case 'removed':
      return words.card('check.also.entry', {
        ...names,
        line: outcomeLine(words, verdict.entry.outcome, { what: 'other' }),
      });
    case 'ownTryFailed':
    case 'notSetUp':
    case 'appDisabled':
    case 'quarantined':
    case 'stopped':
    case 'neverRun':
    case 'failing':
    case 'notYet':
    case 'inOrder':
    case 'unknownYet':
      return null;
    default:
      return assertNever(verdict, 'verdict');
  }
}
