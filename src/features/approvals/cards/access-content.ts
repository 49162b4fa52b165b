import { assertNever } from '../../../assert-never.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages, MessageValues } from '../../../chat/messages.ts';
import { LONGEST_REASON, personName } from '../../../chat/views/parts.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import { askHelpdesk, type Viewpoint } from '../../../chat/views/viewpoint.ts';
import { endText } from '../../provisioning/cards/assignment-parts.ts';
import {
  type AccessRequest,
  type AccessState,
  type AssignmentLeft,
  type HeldUp,
  isAwaited,
  type LapseReason,
  leftOfAssignment,
} from '../access-requests/access-request.ts';
import { type AccessNames, decisionOf, namesOf } from './access-names.ts';
import type { CardContent, Quote, RequestProgress } from './card-content.ts';
import { type RunContent, runContent } from './run-content.ts';

export interface ContentInput {
  readonly accessRequest: AccessRequest;
  readonly audience: 'requester' | 'approvers';
  /** Present once started; null where the provisioning request cannot be found. */
  readonly progress: RequestProgress | null;
  /** An earlier attempt may have provisioned the person, though none is running now; missing for no. */
  readonly mayBeDone?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whose next step it tells; missing for a reader of whom only the audience is known. */
  readonly viewpoint?: Viewpoint | undefined;
}

const HOUR = 3_600_000;

/** A catalogue sentence with its values, for use with and without Markdown. */
type Sentence = readonly [key: MessageKey, values: MessageValues];

/** What became of an access request, in words. */
export function contentOf(words: Messages, input: ContentInput): CardContent {
  const { accessRequest, audience, now } = input;
  const { state } = accessRequest;
  const names = namesOf(accessRequest);
  const isRequester = audience === 'requester';
  switch (state.kind) {
    case 'pending':
      return pendingContent(words, accessRequest, names, isRequester);
    case 'approved':
      return approvedContent(words, input, state, names);
    case 'started':
    case 'finished':
      return startedContent(words, input, state, names);
    case 'denied': {
      const decider = personName(state.decision.by);
      const { reason } = state.decision;
      const values = { ...names, decider, time: words.moment(state.decision.at, now) };
      return content(words, {
        tone: 'bad',
        title: 'access.title.denied',
        said: [['access.deniedBy', values], ...(isBlank(reason) ? [['access.noReason', {}] as const] : [])],
        quotes: quote(words, 'access.label.denialReason', reason),
        next: isRequester ? ['access.next.denied', values] : null,
      });
    }
    case 'expired': {
      const next = isRequester ? 'access.next.expired' : 'access.next.expiredApprovers';
      return content(words, {
        tone: 'warning',
        title: 'access.title.expired',
        said: [['access.expired', { time: words.moment(state.at, now) }]],
        next: [next, names],
      });
    }
    case 'cancelled': {
      const isByRequester = state.by.id === accessRequest.requestedBy.id;
      const left = leftOfAssignment(accessRequest, null);
      const isBare = left === 'none' && input.mayBeDone !== true;
      const values = {
        ...names,
        canceller: personName(state.by),
        time: words.moment(state.at, now),
        left: input.mayBeDone === true ? 'tried' : left,
      };
      return content(words, {
        tone: isBare ? 'neutral' : 'warning',
        title: 'access.title.cancelled',
        said: [['access.cancelledBy', values], ...triedBefore(input, names), ...leftOver(left, names)],
        next:
          left === 'none' && isRequester && !isByRequester ? ['access.next.cancelled', values] : nextOf(left, names),
      });
    }
    case 'lapsed': {
      const left = leftOfAssignment(accessRequest, null);
      const values = lapseValues(accessRequest, names, audience, input.mayBeDone);
      return content(words, {
        tone: 'bad',
        title: state.why === 'notAssigned' ? 'access.title.lapsedUnassigned' : 'access.title.lapsed',
        said: [
          approvedBy(words, state, now),
          // A request whose assignment did not appear in time has been tried.
          ...(state.why === 'notAssigned'
            ? []
            : [['access.lapsedAt', { ...values, time: words.moment(state.at, now) }] as const]),
          [lapseKeys(state.why).happened, values],
          ...triedBefore(input, names),
          ...leftOver(left, names),
          ...(left === 'none' ? [] : [['access.leftNext', names] as const]),
        ],
        next: [lapseKeys(state.why).next, values],
        ask: helpdeskFor(words, input),
      });
    }
    default:
      return assertNever(state, 'state of an access request');
  }
}

/** Says that an earlier attempt may have taken effect, which cannot be told. */
export function triedBefore({ mayBeDone }: Pick<ContentInput, 'mayBeDone'>, names: AccessNames): Sentence[] {
  return mayBeDone === true ? [['access.mayBeDone', names]] : [];
}

/** Says what remains of the assignment that the approval makes. */
export function leftOver(left: AssignmentLeft, names: AccessNames): Sentence[] {
  return left === 'none' ? [] : [[`access.left.${left}`, names]];
}

function nextOf(left: AssignmentLeft, names: AccessNames): Sentence | null {
  return left === 'none' ? null : ['access.leftNext', names];
}

/** Why an approved request never started, and what to do about it. */
export function lapseKeys(why: LapseReason): { readonly happened: MessageKey; readonly next: MessageKey } {
  return { happened: `access.lapsed.${why}`, next: `access.lapsedNext.${why}` };
}

function pendingContent(
  words: Messages,
  accessRequest: AccessRequest,
  names: AccessNames,
  isRequester: boolean,
): CardContent {
  const isForSelf = accessRequest.requestedBy.id === accessRequest.subject.id;
  return content(words, {
    tone: 'waiting',
    title: isRequester ? 'access.title.pending' : 'access.title.pendingApprovers',
    said: [
      ...(isRequester && accessRequest.askedAs === 'provision' ? [['access.askedAsProvision', names] as const] : []),
      [isForSelf ? 'access.asksSelf' : 'access.asks', names],
      ...(isRequester ? [['access.waits', names] as const] : []),
    ],
    quotes: reasonQuote(words, accessRequest),
    next: null,
  });
}

function approvedContent(
  words: Messages,
  input: ContentInput,
  state: Extract<AccessState, { kind: 'approved' }>,
  names: AccessNames,
): CardContent {
  const { accessRequest, audience, mayBeDone, now } = input;
  const { startsAt, heldUp, reader } = accessRequest;
  const quotes = reasonQuote(words, accessRequest);
  const decided = approvedBy(words, state, now);
  if (heldUp !== null) {
    const values = heldUpValues(words, { accessRequest, reader: audience, mayBeDone, now });
    return content(words, {
      tone: heldUp === 'replication' ? 'waiting' : 'warning',
      title: heldUpTitle(heldUp),
      said: [decided, [`access.heldUp.${heldUp}`, values], ...triedBefore({ mayBeDone }, names)],
      quotes,
      next: [`access.heldUpNext.${heldUp}`, values],
      ask: helpdeskFor(words, input),
    });
  }
  const isLater = startsAt !== null && startsAt > now;
  const starts: Sentence = isLater
    ? ['access.startsLater', { ...names, day: words.day(startsAt, reader.timeZone) }]
    : ['access.startsNow', names];
  return content(words, {
    tone: isLater ? 'waiting' : 'working',
    title: isLater ? 'access.title.approvedLater' : 'access.title.approvedNow',
    said: [decided, starts],
    quotes,
    next: null,
  });
}

function heldUpTitle(heldUp: HeldUp): MessageKey {
  if (heldUp === 'replication') return 'access.title.waitsForService';
  return isAwaited(heldUp) ? 'access.title.waits' : 'access.title.heldUp';
}

/** The values for sentences about a held-up request. `reader` is null for a text with any reader. */
export function heldUpValues(
  words: Messages,
  {
    accessRequest,
    reader,
    mayBeDone,
    now,
  }: Pick<ContentInput, 'accessRequest' | 'mayBeDone' | 'now'> & { readonly reader: ContentInput['audience'] | null },
): MessageValues {
  const { state, awaiting } = accessRequest;
  const decision = decisionOf(state);
  return {
    ...namesOf(accessRequest),
    reader: reader ?? 'all',
    decider: decision === null ? '—' : personName(decision.by),
    until: awaiting === null ? '—' : words.moment(awaiting.until, now),
    done: doneWord(mayBeDone),
  };
}

/** Selects the wording of sentences that would otherwise say that nothing was done. */
function doneWord(mayBeDone = false): 'perhaps' | 'no' {
  return mayBeDone ? 'perhaps' : 'no';
}

/** The values for sentences about a lapse; `hours` is how long the request waited for the assignment. */
export function lapseValues(
  { awaiting, state }: AccessRequest,
  names: AccessNames,
  reader: ContentInput['audience'] | null,
  mayBeDone?: boolean,
): MessageValues {
  const decision = decisionOf(state);
  const decider = decision === null ? '—' : personName(decision.by);
  const hours = awaiting === null ? 0 : Math.round((awaiting.until - awaiting.since) / HOUR);
  return { ...names, decider, reader: reader ?? 'all', hours, done: doneWord(mayBeDone) };
}

/** Once started, the provisioning request tells the progress, in the words of its own card. */
function startedContent(
  words: Messages,
  input: ContentInput,
  state: Extract<AccessState, { kind: 'started' | 'finished' }>,
  names: AccessNames,
): CardContent {
  const { accessRequest, audience, progress, now } = input;
  const viewpoint = viewpointIn(input);
  const task = progress?.request.tasks[0] ?? null;
  const left = leftOfAssignment(accessRequest, task);
  const before = content(words, {
    tone: 'working',
    title: 'access.title.started',
    said: [
      approvedBy(words, state, now),
      ...waitedFor(words, accessRequest, now),
      ...(left === 'made' && !tellsOfAssignment(progress) ? [['access.assigned', names] as const] : []),
    ],
    next: null,
  });
  const run: RunContent = runContent(words, { accessRequest, audience, state, progress, now, viewpoint });
  return {
    ...before,
    ...run,
    paragraphs: [...before.paragraphs, ...run.paragraphs, ...(task === null ? [] : endText(words, task))],
    summary: words.sentences([before.summary, run.summary]),
  };
}

/** The lapses after which the requester, or the next one to ask, needs no help. */
const needNoHelp: ReadonlySet<LapseReason> = new Set(['askerMayNot', 'askerGone', 'deciderMayNot', 'endPassed']);

/** Whether a person of the helpdesk has to act before the request can go on. */
export function needsHelpdesk({ state, heldUp }: AccessRequest): boolean {
  if (state.kind === 'lapsed') return !needNoHelp.has(state.why);
  return state.kind === 'approved' && heldUp !== null && heldUp !== 'replication';
}

/** Whom a requester asks who cannot act; null for all others. */
function helpdeskFor(words: Messages, input: ContentInput): Sentence | null {
  const { as, helpdesk } = viewpointIn(input);
  const isAbleToAct = input.audience !== 'requester' || as === 'operator';
  return isAbleToAct || !needsHelpdesk(input.accessRequest) ? null : askHelpdesk(words, helpdesk, 'anyone');
}

/** Several approvers may read one card, and a requester never acts in Entra. */
export const viewpointIn = ({ viewpoint, audience }: Pick<ContentInput, 'viewpoint' | 'audience'>): Viewpoint =>
  viewpoint ?? { as: audience === 'requester' ? 'requester' : 'anyone', helpdesk: [] };

/** Says that the request waited for the assignment, where it ended as not in scope all the same. */
function waitedFor(words: Messages, { state, awaiting }: AccessRequest, now: number): Sentence[] {
  if (awaiting === null || state.kind !== 'finished' || state.outcome !== 'notInScope') return [];
  return [['access.waited', { until: words.moment(Math.min(state.at, awaiting.until), now) }]];
}

/** Whether the following text itself says that Usher has made the assignment. */
function tellsOfAssignment(progress: RequestProgress | null): boolean {
  const state = progress?.request.tasks[0]?.state;
  return state?.kind === 'waiting' && state.waitReason === 'assignmentUnseen';
}

function approvedBy(
  words: Messages,
  { decision }: Pick<Extract<AccessState, { kind: 'approved' }>, 'decision'>,
  now: number,
) {
  const values = { decider: personName(decision.by), time: words.moment(decision.at, now) };
  return ['access.approvedBy', values] as const;
}

interface ContentParts {
  readonly tone: Tone;
  readonly title: MessageKey;
  readonly said: readonly Sentence[];
  readonly quotes?: readonly Quote[];
  readonly next: Sentence | null;
  /** Follows the next step. */
  readonly ask?: Sentence | null;
}

function content(words: Messages, { tone, title, said, quotes = [], next, ask = null }: ContentParts): CardContent {
  const steps = [next, ask].flatMap((step) => (step === null ? [] : [step]));
  return {
    tone,
    title: words.card(title),
    verdict: words.plain(title),
    paragraphs: said.map(([key, values]) => ({ text: words.card(key, values) })),
    quotes,
    next: steps.length === 0 ? null : words.sentences(steps.map((step) => words.card(...step))),
    summary: words.sentences([
      ...said.map(([key, values]) => words.plain(key, values)),
      ...quotes.map(({ plain }) => plain),
      ...steps.map((step) => words.plain(...step)),
    ]),
  };
}

export function reasonQuote(words: Messages, { reason }: Pick<AccessRequest, 'reason'>): Quote[] {
  if (!isBlank(reason)) return quote(words, 'access.label.reason', reason);
  const none = words.plain('access.noReason');
  return [{ label: words.card('access.label.reason'), text: none, plain: none }];
}

export function quote(words: Messages, label: MessageKey, text: string | null): Quote[] {
  if (text === null || isBlank(text)) return [];
  const said = plainText(text, LONGEST_REASON);
  return [
    {
      label: words.card(label),
      text: markdownText(text, LONGEST_REASON),
      plain: words.sentences([words.plain('access.quoted', { label: words.plain(label) }), words.ended(said)]),
    },
  ];
}

function isBlank(text: string | null): boolean {
  return plainText(text ?? '', LONGEST_REASON) === '';
}
