import { assertNever } from '../../../assert-never.ts';
import { plainText } from '../../../chat/cards/safe-text.ts';
import type { Messages, MessageValues } from '../../../chat/messages.ts';
import type { Content } from '../../../chat/reply.ts';
import { usersPageUrl } from '../../../chat/views/entra-link.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { LONGEST_REASON, personName } from '../../../chat/views/parts.ts';
import { askHelpdesk } from '../../../chat/views/viewpoint.ts';
import type { Person, Task } from '../../../requests/request.ts';
import { verdictOf } from '../../provisioning/cards/outcome-text.ts';
import { type AccessRequest, isAwaited, leftOfAssignment } from '../access-requests/access-request.ts';
import type { NoticeKind } from '../access-requests/notices.ts';
import {
  type ContentInput,
  heldUpValues,
  lapseKeys,
  lapseValues,
  leftOver,
  needsHelpdesk,
  triedBefore,
} from './access-content.ts';
import { decisionOf, namesOf } from './access-names.ts';
import { assignedOn, endWord } from './run-content.ts';

export interface NoticeTextInput extends Pick<ContentInput, 'accessRequest' | 'mayBeDone'> {
  readonly kind: NoticeKind;
  /** The task of the provisioning request, for `result`; null where unknown. */
  readonly task: Task | null;
  /** The cloud's Entra admin center; without it there is no address in the text. */
  readonly entraPortalUrl: string | null;
  /** Names of people in the helpdesk, where they are known. */
  readonly helpdesk?: readonly string[];
}

/** A card with a button where the readers can act at once; else a plain text. */
export function noticeContent(words: Messages, input: NoticeTextInput): Content {
  const text = noticeText(words, input);
  const { id, state } = input.accessRequest;
  if (input.kind !== 'reminder' || state.kind !== 'pending') return { text };
  return noticeCard(words, {
    tone: 'waiting',
    title: words.card('accessNotice.reminder.title'),
    paragraphs: [words.card('accessNotice.reminder', reminderValues(words, input))],
    buttons: [{ label: 'open', verb: 'run', text: `show ${id}` }],
    summary: text,
  });
}

function reminderValues(words: Messages, { accessRequest }: NoticeTextInput): MessageValues {
  const { expiresAt, reader } = accessRequest;
  return { ...namesOf(accessRequest), day: words.day(expiresAt, reader.timeZone) };
}

/** Sentences for a plain text message. An outdated notice only says that its request has changed. */
export function noticeText(words: Messages, input: NoticeTextInput): string {
  const { accessRequest, kind } = input;
  const names = namesOf(accessRequest);
  const { state } = accessRequest;
  switch (kind) {
    case 'approved':
      return approvedText(words, input);
    case 'denied':
      return deniedText(words, accessRequest);
    case 'expired':
      return words.plain('accessNotice.expired', names);
    case 'cancelled':
      return state.kind === 'cancelled' ? cancelledText(words, input, state.by) : changedText(words, accessRequest);
    case 'lapsed': {
      if (state.kind !== 'lapsed') return changedText(words, accessRequest);
      const { happened, next } = lapseKeys(state.why);
      const values = lapseValues(accessRequest, names, null, input.mayBeDone);
      return words.sentences([
        words.plain('accessNotice.lapsed', names),
        words.plain(happened, values),
        ...triedBefore(input, names).map(([key, named]) => words.plain(key, named)),
        words.plain(next, values),
        ...helpdeskText(words, input),
        ...leftText(words, input),
      ]);
    }
    case 'waits':
      return state.kind === 'approved' && isAwaited(accessRequest.heldUp)
        ? words.sentences([words.plain('accessNotice.waits', names), ...heldUpText(words, input)])
        : changedText(words, accessRequest);
    case 'result':
      return resultText(words, input);
    case 'reminder':
    case 'nobodyReached':
      return state.kind === 'pending'
        ? words.plain(`accessNotice.${kind}`, reminderValues(words, input))
        : changedText(words, accessRequest);
    case 'placeEnded':
      return words.plain('accessNotice.placeEnded');
    // They are about the joint request, see `joint-notice.ts`.
    case 'jointDecided':
    case 'jointEnded':
      return changedText(words, accessRequest);
    default:
      return assertNever(kind, 'notice');
  }
}

const changedText = (words: Messages, accessRequest: AccessRequest): string =>
  words.plain('accessNotice.changed', namesOf(accessRequest));

function cancelledText(words: Messages, input: NoticeTextInput, by: Person): string {
  const { accessRequest } = input;
  const names = namesOf(accessRequest);
  const left = input.mayBeDone === true ? 'tried' : leftOfAssignment(accessRequest, input.task);
  return words.sentences([
    words.plain('accessNotice.cancelled', { ...names, canceller: personName(by), left }),
    ...triedBefore(input, names).map(([key, values]) => words.plain(key, values)),
    ...leftText(words, input),
  ]);
}

/** What remains of the assignment, and the page on which it can be removed. */
function leftText(words: Messages, { accessRequest, task, entraPortalUrl }: NoticeTextInput): string[] {
  const names = namesOf(accessRequest);
  const left = leftOver(leftOfAssignment(accessRequest, task), names);
  const sentences = left.map(([key, values]) => words.plain(key, values));
  if (sentences.length === 0) return [];
  const page = entraPortalUrl === null ? [] : [usersPageUrl(entraPortalUrl, accessRequest.app.id)];
  return [...sentences, words.plain('access.leftNext', names), ...page];
}

/** When the notice is sent, it may be known already that the request does not start now. */
function approvedText(words: Messages, input: NoticeTextInput): string {
  const { accessRequest } = input;
  const { state, startsAt, reader, heldUp } = accessRequest;
  const decision = decisionOf(state);
  if (decision === null) return changedText(words, accessRequest);
  const isLater = startsAt !== null && startsAt > decision.at;
  const isHeldUp = state.kind === 'approved' && heldUp !== null;
  const names = namesOf(accessRequest);
  const approved = words
    .plain('accessNotice.approved', {
      ...names,
      decider: personName(decision.by),
      when: isHeldUp || state.kind === 'lapsed' ? 'unknown' : isLater ? 'later' : 'now',
      day: isLater ? words.day(startsAt, reader.timeZone) : '',
    })
    .trim();
  return isHeldUp ? words.sentences([approved, ...heldUpText(words, input)]) : approved;
}

function heldUpText(words: Messages, input: NoticeTextInput): string[] {
  const { accessRequest, mayBeDone } = input;
  const { heldUp, awaiting } = accessRequest;
  if (heldUp === null) return [];
  const values = heldUpValues(words, { accessRequest, reader: null, mayBeDone, now: awaiting?.since ?? 0 });
  return [
    words.plain(`access.heldUp.${heldUp}`, values),
    ...triedBefore({ mayBeDone }, namesOf(accessRequest)).map(([key, named]) => words.plain(key, named)),
    words.plain(`access.heldUpNext.${heldUp}`, values),
    ...helpdeskText(words, input),
  ];
}

/** The requester and the approver read the same text. */
function helpdeskText(words: Messages, { accessRequest, helpdesk = [] }: NoticeTextInput): string[] {
  return needsHelpdesk(accessRequest) ? [words.plain(...askHelpdesk(words, helpdesk, 'anyone'))] : [];
}

function deniedText(words: Messages, accessRequest: AccessRequest): string {
  const { state } = accessRequest;
  if (state.kind !== 'denied') return changedText(words, accessRequest);
  const values = { ...namesOf(accessRequest), decider: personName(state.decision.by) };
  const reason = plainText(state.decision.reason ?? '', LONGEST_REASON);
  // A value in a sentence is cut at 200; the reason is shown whole.
  return reason === ''
    ? words.plain('accessNotice.denied', values)
    : words.sentences([words.plain('accessNotice.deniedBecause', values), reason]);
}

function resultText(words: Messages, input: NoticeTextInput): string {
  const { accessRequest, task } = input;
  const names = namesOf(accessRequest);
  const { state } = accessRequest;
  if (state.kind === 'finished' && state.outcome === 'cancelled') return calledOffText(words, input, state.calledOffBy);
  if (task?.state.kind !== 'done')
    return state.kind === 'finished'
      ? words.plain('accessNotice.result', { ...names, verdict: endWord(words, state.outcome) })
      : changedText(words, accessRequest);
  const { person, app } = names;
  // The requester and the approver read the same text.
  const viewpoint = { as: 'anyone', helpdesk: input.helpdesk ?? [] } as const;
  const { outcome } = task.state;
  const assigned = assignedOn(accessRequest, task);
  const told = { outcome, person, app, what: 'other', ...assigned, retry: false, viewpoint } as const;
  const { say, values, plainTitle, plainNext } = verdictOf(words, told);
  const sentences = [
    words.plain('accessNotice.result', { ...names, verdict: plainTitle }),
    words.plain(say.happened, values),
    // After a good outcome there is no next step.
    ...(say.tone === 'good' ? [] : [plainNext]),
  ];
  return words.sentences(sentences);
}

function calledOffText(words: Messages, input: NoticeTextInput, by: Person | null): string {
  const names = namesOf(input.accessRequest);
  const said =
    by === null
      ? words.plain('accessNotice.result', { ...names, verdict: endWord(words, 'cancelled') })
      : words.plain('accessNotice.calledOff', { ...names, canceller: personName(by) });
  return words.sentences([said, ...leftText(words, input)]);
}
