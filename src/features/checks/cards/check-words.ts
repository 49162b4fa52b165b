import { assertNever } from '../../../assert-never.ts';
import type { MessageKey, Messages, MessageValues } from '../../../chat/messages.ts';
import { type Explained, type Meaning, meaningFor } from '../../../chat/views/explained.ts';
import { codeOf } from '../../../chat/views/graph-problems.ts';
import { shortQuarantineReason } from '../../../chat/views/quarantine.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import type { Viewpoint } from '../../../chat/views/viewpoint.ts';
import { verdictOf } from '../../provisioning/cards/outcome-text.ts';
import { outcomeLine, shortReason } from '../../provisioning/cards/reason-texts.ts';
import { type CheckFacts, type CheckVerdict, sideOf } from '../diagnosis.ts';
import { failedText } from './clause-words.ts';
import type { PersonAppNames } from './person-in-app.ts';
import { jobMeaning } from './status-card.ts';

/** Graph's refusal of the job read, where there was one; finished for a card. */
export function refusedCode(words: Messages, { jobTrouble }: CheckFacts): string | null {
  return jobTrouble?.kind === 'refused' ? codeOf(words, jobTrouble) : null;
}

/** Who may provision the person, for an operator's next step: the reader, or no caller by the person's Entra name. */
export type Provisioner = 'reader' | 'nobody';

interface Context {
  readonly names: PersonAppNames;
  readonly facts: CheckFacts;
  readonly now: number;
  readonly who: Provisioner;
  readonly viewpoint: Viewpoint;
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
  filteredOut: 'warning',
  outOfScope: 'warning',
  skipped: 'warning',
  conflictOrError: 'bad',
  removed: 'warning',
  ownTryFailed: 'warning',
  notYet: 'waiting',
  inOrder: 'good',
  unknownYet: 'unknown',
};

/** The verdict with its reason, in one line; plain, a value for a message. */
export function verdictTitle(
  words: Messages,
  verdict: CheckVerdict,
  { app, jobState }: { readonly app: string } & Pick<CheckFacts, 'jobState'>,
): { readonly tone: Tone; readonly title: string } {
  const why = verdict.kind === 'stopped' ? verdict.why : '';
  const title = words.plain(`check.title.${verdict.kind}`, { app, side: sideOf(verdict), why });
  const reason = reasonOf(words, verdict, app, jobState);
  const told = reason === null ? title : words.plain('list.verdictReason', { verdict: title, reason });
  return { tone: TONES[verdict.kind], title: told };
}

function reasonOf(words: Messages, verdict: CheckVerdict, app: string, job: CheckFacts['jobState']): string | null {
  if ('entry' in verdict) return shortReason(words, verdict.entry.outcome, app);
  if (verdict.kind === 'ownTryFailed') return words.plain(`count.${verdict.outcome}`);
  if (verdict.kind !== 'quarantined' || typeof job === 'string' || job.health.kind !== 'quarantined') return null;
  return shortQuarantineReason(words, job.health.quarantine.reason);
}

export function verdictWords(words: Messages, verdict: CheckVerdict, context: Context): Explained {
  const { names, facts } = context;
  const { tone, title } = verdictTitle(words, verdict, { app: names.app, jobState: facts.jobState });
  return { tone, title, ...meaningOf(words, verdict, context) };
}

function meaningOf(words: Messages, verdict: CheckVerdict, context: Context): Meaning {
  const { facts, now, who, viewpoint } = context;
  const names = { ...context.names, who };
  // The helpdesk cannot provision a person from another source by their Entra name either.
  const asked = facts.assignment.kind !== 'notNeeded';
  const said = (name: Own, values: MessageValues) =>
    meaningFor(
      words,
      viewpoint,
      { happened: `check.happened.${name}`, next: `check.next.${name}`, ask: asked ? ASKS[name] : null },
      values,
    );
  switch (verdict.kind) {
    case 'notSetUp':
    case 'appDisabled':
    case 'quarantined':
    case 'stopped':
    case 'neverRun':
    case 'failing':
      // The same text as on the app's own card.
      return jobMeaning(words, { app: names.app, status: facts.jobState, now, viewpoint });
    case 'accountDisabled':
    case 'unknownYet':
      return said(verdict.kind, names);
    case 'notAssigned':
      return said(verdict.kind, { ...names, was: verdict.wasIn ? 'in' : 'other' });
    case 'filteredOut':
      return meaningFor(
        words,
        viewpoint,
        {
          happened: 'preview.happened.notInScope',
          next: 'notInScope.scopingFilter.next',
          ask: 'notInScope.scopingFilter.ask',
        },
        { ...names, retry: 'no', shown: 'no', clauses: failedText(words, verdict.groups, () => false) },
      );
    case 'outOfScope': {
      const { outcome } = verdict.entry;
      if (!verdict.mended) return byOutcome(words, outcome, names, viewpoint);
      return said('mended', {
        ...names,
        was: outcome.kind === 'notInScope' ? (outcome.failedChecks[0] ?? '') : '',
      });
    }
    case 'skipped':
    case 'conflictOrError':
    case 'removed':
      return byOutcome(words, verdict.entry.outcome, names, viewpoint);
    case 'ownTryFailed':
      return said(verdict.kind, {
        ...names,
        request: verdict.requestId,
        verdict: words.plain(`verdict.${verdict.outcome}`, { what: 'other' }),
      });
    case 'notYet':
    case 'inOrder':
      return said(verdict.kind, { ...names, assigned: assignedWord(facts) });
    default:
      return assertNever(verdict, 'verdict');
  }
}

/** No person is assigned to an app that takes its people from another source. */
function assignedWord({ assignment }: CheckFacts): 'yes' | 'notNeeded' {
  return assignment.kind === 'notNeeded' ? 'notNeeded' : 'yes';
}

type Own = 'accountDisabled' | 'notAssigned' | 'mended' | 'ownTryFailed' | 'notYet' | 'inOrder' | 'unknownYet';

/** What has to happen, for readers who cannot do it; null where the next step is for all. */
const ASKS = {
  accountDisabled: 'check.ask.accountDisabled',
  notAssigned: 'notInScope.assigned.ask',
  mended: 'check.ask.mended',
  ownTryFailed: null,
  notYet: 'check.ask.mended',
  inOrder: 'change.inSync.ask',
  unknownYet: 'check.ask.unknownYet',
} as const satisfies Readonly<Record<Own, MessageKey | null>>;

/** In the words that describe the same outcome of Usher's own call. */
function byOutcome(
  words: Messages,
  outcome: Parameters<typeof verdictOf>[1]['outcome'],
  names: PersonAppNames,
  viewpoint: Viewpoint,
): Meaning {
  const told = {
    outcome,
    person: names.person,
    app: names.app,
    what: 'other',
    hasAssigned: false,
    retry: false,
    viewpoint,
  } as const;
  const { say, values, next, plainNext } = verdictOf(words, told);
  const raw = 'code' in outcome ? outcome.code : '';
  const code = raw === '' ? null : words.card('label.code', { code: raw });
  return {
    paragraphs: [words.card(say.happened, values)],
    next: words.sentences(next),
    summary: words.sentences([words.plain(say.happened, values), plainNext]),
    code,
  };
}

/** The fault that remains once the verdict's cause is fixed. */
export function alsoText(words: Messages, verdict: CheckVerdict, names: PersonAppNames): string | null {
  if (verdict.kind === 'accountDisabled' || verdict.kind === 'notAssigned')
    return words.card(`check.also.${verdict.kind}`, names);
  if (!('entry' in verdict)) return null;
  const line = outcomeLine(words, verdict.entry.outcome, { what: 'other' });
  return words.card('check.also.entry', { ...names, line });
}
