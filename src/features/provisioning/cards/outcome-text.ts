import type { MessageKey, Messages, MessageValues } from '../../../chat/messages.ts';
import { provisioningPageUrl, usersPageUrl } from '../../../chat/views/entra-link.ts';
import { short } from '../../../chat/views/parts.ts';
import { nextFor, type Viewpoint } from '../../../chat/views/viewpoint.ts';
import { leavesAssignment } from '../../../graph/outcome/removal-outcome.ts';
import type { Outcome } from '../../../graph/outcome.ts';
import type { Task } from '../../../requests/request.ts';
import { groupsText } from './assignment-parts.ts';
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
  /** The person has just been assigned to the app, so the card must not ask for it. */
  readonly hasAssigned: boolean;
  /** Not by Usher; missing for no. */
  readonly byOthers?: boolean;
  /** The groups through which the person is still assigned after a removal; missing for none. */
  readonly through?: readonly string[];
  /** The app role that a button next to the text assigns; missing for none. */
  readonly assigns?: string | null;
  /** Whether a Retry button accompanies the text; whether one does that verifies a removal by hand, missing for no. */
  readonly retry: boolean;
  readonly verify?: boolean;
  /** Whose next step it tells. */
  readonly viewpoint: Viewpoint;
  /** When the outcome was stored, from which Graph's requested wait counts, and now. Milliseconds since 1970. */
  readonly finishedAt?: number;
  readonly now?: number;
}

export interface Verdict {
  readonly say: OutcomeWords;
  readonly values: MessageValues;
  readonly setting: StepSetting;
  /** The result of a later attempt, where that of an earlier one is unknown; else null. */
  readonly last: { readonly happened: MessageKey; readonly values: MessageValues } | null;
  /** The verdict with its reason, for a card and plain. */
  readonly title: string;
  readonly plainTitle: string;
  /** The next step for the reader, one finished text for each, for a card and plain. */
  readonly next: readonly string[];
  readonly plainNext: string;
}

/** Whether the person of a task has just been assigned, so that its call may have come too early. */
export function assignedIn({ awaitsAssignment, assignment }: Task): Pick<Told, 'hasAssigned' | 'byOthers' | 'through'> {
  if (assignment.kind === 'unassign') return { hasAssigned: false, through: assignment.through };
  return {
    hasAssigned: awaitsAssignment,
    byOthers: assignment.kind === 'assign' && assignment.step === 'found',
  };
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
    verify: told.verify === true ? 'yes' : 'no',
    property: short(property),
    attribute: attributeWord(property, words) ?? words.plain('attribute.other'),
    until: untilText(words, told),
    role: short(told.assigns ?? 'none', 60),
    by: told.byOthers === true ? 'others' : 'usher',
    groups: groupsText(words, told.through),
    code: latest.kind === 'refused' ? short(latest.code, 60) : '',
    why: outcome.kind === 'unknown' ? unknownReason(words, outcome.why) : '',
  };
  const say = isUnseen(told) ? UNSEEN : outcomeWords(outcome);
  const lastSaid = outcome.kind === 'unknown' ? outcome.last : undefined;
  const steps = lastSaid === undefined ? [say] : [say, outcomeWords(lastSaid)];
  const nextIn = (finish: Messages['card']) => {
    const texts = steps.flatMap((step) => nextFor(told.viewpoint, step, finish, words, values));
    // Whom to ask comes once, after all that has to happen.
    return texts.filter((text, at) => texts.lastIndexOf(text) === at);
  };
  const verdict = words.plain(say.verdict, values);
  const reason = REASONED.has(say.verdict) ? titleReason(words, outcome, setting.app) : null;
  const because = { verdict, reason: reason ?? '' };
  return {
    say,
    values,
    setting,
    last: lastWords(words, told, values),
    title: reason === null ? words.card(say.verdict, values) : words.card('verdict.because', because),
    plainTitle: reason === null ? verdict : words.plain('verdict.because', because),
    next: nextIn(words.card),
    plainNext: words.sentences(nextIn(words.plain)),
  };
}

/** What a later attempt was told says nothing of the one whose end is unknown, and has a line of its own. */
function titleReason(words: Messages, outcome: Outcome, app: string): string | null {
  return outcome.kind === 'unknown' ? unknownReason(words, outcome.why) : shortReason(words, outcome, app);
}

/** Verdicts that do not tell the reason themselves. */
const REASONED: ReadonlySet<MessageKey> = new Set<MessageKey>([
  'verdict.notInScope',
  'verdict.skipped',
  'verdict.removed',
  'verdict.notRemoved',
  'verdict.notVerified',
  'verdict.failed',
  'verdict.refused',
  'verdict.notSent',
  'verdict.unknown',
]);

function lastWords(
  words: Messages,
  { outcome }: Told,
  values: MessageValues & { readonly app: string },
): Verdict['last'] {
  if (outcome.kind !== 'unknown' || outcome.last === undefined) return null;
  const { last } = outcome;
  const reason = shortReason(words, last, short(values.app)) ?? words.plain('reason.none');
  return { happened: `unknown.last.${last.kind}`, values: { ...values, reason } };
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
  ask: 'notInScope.unseen.ask',
};

/** A person just assigned who still counts as unassigned only needs time: assigning them again does not help. */
function isUnseen({ outcome, hasAssigned }: Told): boolean {
  if (!hasAssigned || outcome.kind !== 'notInScope') return false;
  const [first] = outcome.failedChecks;
  return first === undefined || first === 'assigned' || first === 'entitled';
}

/** Whether the person was not provisioned for want of an assignment. */
export function isUnassigned(outcome: Outcome): boolean {
  const latest = latestOf(outcome);
  return latest.kind === 'notInScope' && latest.failedChecks[0] === 'assigned';
}

/** The page for the next step: people are assigned, and taken away, on a page of their own. */
export function pageFor(outcome: Outcome, portal: string, appId: string): string {
  return isUnassigned(outcome) || leavesAssignment(outcome)
    ? usersPageUrl(portal, appId)
    : provisioningPageUrl(portal, appId);
}
