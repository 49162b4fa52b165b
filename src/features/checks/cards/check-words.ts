import { assertNever } from '../../../assert-never.ts';
import type { Messages, MessageValues } from '../../../chat/messages.ts';
import { type Explained, type Meaning, meaning } from '../../../chat/views/explained.ts';
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

export function verdictWords(words: Messages, verdict: CheckVerdict, context: Context): Explained {
  return { ...verdictTitle(words, verdict), ...meaningOf(words, verdict, context) };
}

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
    case 'unknownYet':
      return said(words, verdict.kind, names);
    case 'notAssigned':
      return said(words, verdict.kind, { ...names, was: verdict.wasIn ? 'in' : 'other' });
    case 'outOfScope': {
      const { outcome } = verdict.entry;
      if (!verdict.mended) return byOutcome(words, outcome, names);
      return said(words, 'mended', {
        ...names,
        was: outcome.kind === 'notInScope' ? (outcome.failedChecks[0] ?? '') : '',
      });
    }
    case 'skipped':
    case 'conflictOrError':
    case 'removed':
      return byOutcome(words, verdict.entry.outcome, names);
    case 'ownTryFailed':
      return said(words, verdict.kind, {
        ...names,
        request: verdict.requestId,
        verdict: words.plain(`verdict.${verdict.outcome}`, { what: 'other' }),
      });
    case 'notYet':
    case 'inOrder':
      return said(words, verdict.kind, { ...names, assigned: assignedWord(facts) });
    default:
      return assertNever(verdict, 'verdict');
  }
}

/** No person is assigned to an app that takes its people from another source. */
function assignedWord({ assignment }: CheckFacts): 'yes' | 'notNeeded' {
  return assignment.kind === 'notNeeded' ? 'notNeeded' : 'yes';
}

type Own = 'accountDisabled' | 'notAssigned' | 'mended' | 'ownTryFailed' | 'notYet' | 'inOrder' | 'unknownYet';

const said = (words: Messages, name: Own, values: MessageValues): Meaning =>
  meaning(words, `check.happened.${name}`, `check.next.${name}`, values);

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
  const code = raw === '' ? null : words.card('label.code', { code: raw });
  return { ...meaning(words, say.happened, say.next, values), code };
}

/** The fault that remains once the verdict's cause is fixed. */
export function alsoText(words: Messages, verdict: CheckVerdict, names: CheckNames): string | null {
  if (verdict.kind === 'accountDisabled' || verdict.kind === 'notAssigned')
    return words.card(`check.also.${verdict.kind}`, names);
  if (!('entry' in verdict)) return null;
  const line = outcomeLine(words, verdict.entry.outcome, { what: 'other' });
  return words.card('check.also.entry', { ...names, line });
}
