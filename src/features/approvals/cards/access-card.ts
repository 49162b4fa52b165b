import type { AccessView, Fact, SubmitButton, Text } from '../../../chat/cards/card-views.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { ticketIn } from '../../../chat/views/did-you-mean.ts';
import { sayEnd, sayLength } from '../../../chat/views/ends.ts';
import { usersPageUrl } from '../../../chat/views/entra-link.ts';
import {
  decisionButton,
  entraLink,
  lineButton,
  personalButton,
  personLabel,
  submitButton,
} from '../../../chat/views/parts.ts';
import { ticketNumber } from '../../../chat/views/ticket-views.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import { mayRetry } from '../../../chat/views/viewpoint.ts';
import { pageFor } from '../../provisioning/cards/outcome-text.ts';
import { requestFooter } from '../../provisioning/cards/progress-parts.ts';
import { fact } from '../../provisioning/cards/result-details.ts';
import { type AccessRequest, isAwaited, leftOfAssignment, mayRetryLapsed } from '../access-requests/access-request.ts';
import { writeAccessRequest } from '../request-line.ts';
import { type ContentInput, contentOf, viewpointIn } from './access-content.ts';
import { type AccessNames, namesOf } from './access-names.ts';
import {
  type AccountFacts,
  accountRow,
  accountWarnings,
  assigningNote,
  assignmentRow,
  decidersRow,
  needsAssignment,
} from './account-facts.ts';
import type { CardContent } from './card-content.ts';
import { appWarnings, type DecisionFacts, decisionRows, furtherRows, profileLine, whyText } from './decision-facts.ts';

export type { AccountFacts } from './account-facts.ts';
export type { RequestProgress } from './card-content.ts';

export interface AccessCardInput extends ContentInput {
  /** Read only while the request is pending; null when it was not read. */
  readonly facts: AccountFacts | null;
  /** The same, of what concerns approvers alone. */
  readonly about?: DecisionFacts | null;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
  /** Whether the requester's card offers Cancel. It only controls the button: a click is checked again. */
  readonly canCancel: boolean;
  /** Others than those concerned read along, so typed texts are left out; missing for no. */
  readonly readAlong?: boolean;
}

/** An access card in its current state, in its reader's language. */
export function accessCard(words: Messages, input: AccessCardInput): CardMessage {
  const { accessRequest, audience, now } = input;
  const names = namesOf(accessRequest);
  const content = input.readAlong === true ? unquoted(contentOf(words, input)) : contentOf(words, input);
  const isPending = accessRequest.state.kind === 'pending';
  const decides = isPending && audience === 'approvers';
  // Facts read before the decision may be outdated after it.
  const facts = isPending ? input.facts : null;
  const about = decides ? (input.about ?? null) : null;
  const details = factTable(decides ? detailRows(words, input, about) : []);
  const isGuest = accessRequest.subject.guest === true;
  const warned = decides && isGuest ? words.plain('access.warning.guest', names) : null;
  const summary = words.sentences([summaryOf(words, content, names, decides), warned]);
  const view: AccessView = {
    fallbackText: decides ? words.sentences([summary, words.plain('access.fallback.decide', names)]) : summary,
    look: lookOf(content.tone),
    title: content.title,
    subject: words.card('subject.inApp', names),
    label: [...personLabel(words, accessRequest.subject), ...(about === null ? [] : profileLine(words, about))],
    paragraphs: [...content.paragraphs, ...(facts === null ? [] : assigningNote(words, facts, names))],
    warnings: warningBox([
      ...(decides && isGuest ? [{ text: words.card('access.warning.guest', names) }] : []),
      ...(facts === null ? [] : accountWarnings(words, facts, names, audience)),
      ...(about === null ? [] : appWarnings(words, about, names, now)),
    ]),
    quotes: content.quotes.map(({ label, text }) => ({ label, text })),
    tables: factTable([
      ...(facts !== null && facts.account.kind !== 'enabled' ? accountRow(words, facts) : []),
      ...(facts === null ? [] : assignmentRow(words, facts, names)),
      ...(about === null ? [] : decisionRows(words, about, now)),
      ...ticketRow(words, input, about !== null),
      ...startRow(words, input, names),
      ...(facts === null ? [] : presentRow(words, facts)),
      // Once it has started, its task tells.
      ...(input.progress === null ? endRow(words, accessRequest, facts === null ? null : willAssign(facts)) : []),
      ...(audience === 'requester' && facts !== null ? decidersRow(words, facts) : []),
      ...(decides ? [] : detailRows(words, input, null)),
    ]),
    next: content.next === null ? [] : [{ label: words.card('label.next'), text: content.next }],
    footer: [
      ...(about === null ? [] : whyText(words, about, names)),
      ...(decides ? [{ text: words.card('access.hint.decide', names) }] : []),
      ...requestFooter(words, { ...accessRequest, ticket: null }, now),
    ],
    approvals: decides ? [decisionButton(words, 'approve', accessRequest.id, names)] : [],
    denials: decides ? [denial(words, accessRequest.id, names)] : [],
    buttons: buttons(words, input, content.tone),
    details,
    toggles: details.length === 0 ? [] : [{ title: words.plain('button.details') }],
    links: entraLink(words, linkFor(input, content)),
  };
  return { card: renderCard('access', view), summary };
}

/** The rows that matter least to a decision; on the approvers' card they unfold. */
function detailRows(
  words: Messages,
  { accessRequest, facts, now }: AccessCardInput,
  about: DecisionFacts | null,
): Fact[] {
  if (accessRequest.state.kind !== 'pending') return [];
  return [
    ...(facts?.account.kind === 'enabled' ? accountRow(words, facts) : []),
    ...(about === null ? [] : furtherRows(words, about, now)),
    ...fact(words.card('access.fact.openUntil'), words.moment(accessRequest.expiresAt, now)),
  ];
}

/** Removes the typed texts from the summary as well. */
function unquoted(content: CardContent): CardContent {
  const summary = content.quotes.reduce(
    (text, { plain }) => text.replace(plain, '').replace(/\s+/g, ' ').trim(),
    content.summary,
  );
  return { ...content, quotes: [], summary };
}

/** Verdict and sentences in one line. */
function summaryOf(words: Messages, content: CardContent, { app, person }: AccessNames, decides: boolean): string {
  const verdict = decides
    ? words.plain('access.summary.decide', { app, person })
    : words.plain('access.summary', { app, person, verdict: content.verdict });
  return words.sentences([verdict, content.summary]);
}

function warningBox(lines: readonly Text[]): AccessView['warnings'] {
  const { glyph } = lookOf('warning');
  return lines.length === 0 ? [] : [{ lines: lines.map(({ text }) => ({ text: `**${glyph}** ${text}` })) }];
}

function factTable(facts: readonly Fact[]): AccessView['tables'] {
  return facts.length === 0 ? [] : [{ facts }];
}

/** The ticket; for a decision also one of a format that Usher does not keep, as the reason mentions it. */
function ticketRow(
  words: Messages,
  { accessRequest: { ticket = null, reason } }: AccessCardInput,
  decides: boolean,
): Fact[] {
  const title = words.card('ticket.label');
  if (ticket !== null) return [{ title, value: ticketNumber(ticket) }];
  return decides ? fact(title, ticketIn(reason ?? '')) : [];
}

/** The start, as long as the request has not started. */
function startRow(
  words: Messages,
  { accessRequest, audience, now }: AccessCardInput,
  { requestedBy }: AccessNames,
): Fact[] {
  const { startsAt, state, reader } = accessRequest;
  if (state.kind !== 'pending') return [];
  const title = words.card('access.fact.start');
  if (startsAt === null) return [{ title, value: words.card('access.start.onApproval') }];
  const day = words.day(startsAt, reader.timeZone);
  if (startsAt <= now) return [{ title, value: words.card('access.start.reached', { day }) }];
  // An approver may be in another time zone than the one in which the day was meant.
  return audience === 'requester'
    ? [{ title, value: markdownText(day) }]
    : [{ title, value: words.card('access.start.there', { day, requestedBy }) }];
}

/** Whether an approval assigns the person, or extends what Usher has assigned: only that is taken away at an end. */
function willAssign({ assigns, assignment, present }: AccountFacts): boolean {
  return (assigns && assignment?.kind !== 'assigned') || present?.isUshers === true;
}

/** Until when the person has the access already, which this request extends. */
function presentRow(words: Messages, { present = null }: AccountFacts): Fact[] {
  if (present === null) return [];
  return fact(words.card('access.fact.present'), sayEnd(words, { endsAt: present.endsAt, hasTime: present.isTimed }));
}

/** When the access ends. Where Usher assigns nothing, its approvers read that Usher can only remind of the end. */
export function endRow(
  words: Messages,
  { ends = null, reader }: Pick<AccessRequest, 'ends' | 'reader'>,
  assigns: boolean | null,
): Fact[] {
  if (ends === null) return [];
  const length = ends.length === null ? null : sayLength(words, ends.length);
  const day = sayEnd(words, ends, reader.timeZone);
  const key = assigns === null ? 'access.end.plain' : assigns ? 'access.end.taken' : 'access.end.reminded';
  return [
    {
      title: words.card('access.fact.end'),
      value: words.card(key, { end: length ?? day, is: length === null ? 'at' : 'length' }),
    },
  ];
}

function denial(words: Messages, requestId: string, names: AccessNames): AccessView['denials'][0] & object {
  return {
    opens: words.plain('button.deny'),
    label: words.plain('access.input.reason'),
    placeholder: words.plain('access.input.reasonHint'),
    button: decisionButton(words, 'deny', requestId, names),
  };
}

function buttons(words: Messages, input: AccessCardInput, tone: Tone): SubmitButton[] {
  const { accessRequest, audience, canCancel } = input;
  const { id, state } = accessRequest;
  const requestId = 'requestId' in state ? state.requestId : accessRequest.requestId;
  const isOpen = state.kind === 'pending' || state.kind === 'approved';
  const isRequester = audience === 'requester';
  const retry = retryTitle(input, tone);
  const askAgain = retry !== null && !isOpen && isRequester ? askAgainLine(accessRequest) : null;
  return [
    ...(isOpen && canCancel && isRequester
      ? submitButton(words, 'button.cancel', { verb: 'cancel', requestId: id })
      : []),
    // Only an operator may retry, and the requester of an approved request is rarely one.
    ...(retry !== null && !isRequester && mayRetry(viewpointIn(input))
      ? submitButton(words, retry, { verb: 'retry', requestId: id })
      : []),
    ...(askAgain === null ? [] : lineButton(words, 'button.askAgain', askAgain)),
    ...(requestId === null ? [] : lineButton(words, 'button.requestDetails', `show ${plainText(requestId, 40)}`)),
    ...(input.readAlong === true ? personalButton(words, `show ${plainText(id, 40)}`) : []),
  ];
}

/**
 * The retry button's title where a retry makes sense: a held-up request is checked now, a failed one is tried again.
 */
function retryTitle({ accessRequest, progress }: AccessCardInput, tone: Tone): MessageKey | null {
  const { state, heldUp } = accessRequest;
  if (state.kind === 'approved') return heldUp === null ? null : 'button.refresh';
  if (state.kind === 'lapsed') return mayRetryLapsed(state.why) ? 'button.retry' : null;
  const hasEnded = state.kind === 'finished' && progress?.request.tasks[0]?.state.kind === 'done';
  return hasEnded && tone !== 'good' ? 'button.retry' : null;
}

function askAgainLine({ subject, app, ticket }: AccessRequest): string {
  const verb = 'requestAccess';
  return writeAccessRequest({
    verb,
    subject: subject.label ?? subject.name,
    app: app.name,
    start: null,
    end: null,
    reason: null,
    ...(ticket == null ? {} : { ticket: ticket.number }),
  });
}

/** The page of the Entra admin center for the next step, where there is one. */
function linkFor(
  { accessRequest, audience, viewpoint, facts, progress, entraPortalUrl }: AccessCardInput,
  content: CardContent,
): string | null {
  if (entraPortalUrl === null) return null;
  const { state, app, heldUp } = accessRequest;
  const awaits = state.kind === 'approved' && isAwaited(heldUp) && heldUp !== 'replication';
  if (awaits || (state.kind === 'lapsed' && state.why === 'notAssigned'))
    return audience === 'approvers' ? usersPageUrl(entraPortalUrl, app.id) : null;
  if (state.kind === 'pending')
    return audience === 'approvers' && facts !== null && needsAssignment(facts)
      ? usersPageUrl(entraPortalUrl, app.id)
      : null;
  const carriedOut = progress?.request.tasks[0] ?? null;
  const task = carriedOut?.state;
  const isOver = state.kind === 'cancelled' || state.kind === 'lapsed' || task?.kind === 'cancelled';
  if (isOver && leftOfAssignment(accessRequest, carriedOut) !== 'none') return usersPageUrl(entraPortalUrl, app.id);
  const isAdmin = mayRetry(viewpointIn({ audience, viewpoint }));
  return isAdmin && task?.kind === 'done' && content.tone !== 'good'
    ? pageFor(task.outcome, entraPortalUrl, app.id)
    : null;
}
