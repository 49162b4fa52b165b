import type { Outcome } from '../../../graph/outcome.ts';
import type { AccessRequest } from '../../../requests/access-requests/access-request.ts';
import type { NoticeKind } from '../../../requests/access-requests/notices.ts';
import { plainText } from '../../cards/safe-text.ts';
import type { Words } from '../../words.ts';
import { verdictOf } from '../verdict.ts';
import { lapseKeys } from './access-face.ts';
import { decisionOf, LONGEST_REASON, namesOf, personName } from './access-names.ts';
import { endWord } from './run-face.ts';

export interface NoticeTextInput {
  readonly accessRequest: AccessRequest;
  readonly kind: NoticeKind;
  /** Of the provisioning request, for `result`; null where it is not known. */
  readonly outcome: Outcome | null;
}

/** Plain sentences, to be sent as plain text. A notice that its request has outrun only says that it has changed. */
export function noticeText(words: Words, input: NoticeTextInput): string {
  const { accessRequest, kind } = input;
  const names = namesOf(accessRequest);
  const { state, reader, expiresAt } = accessRequest;
  const expires = words.day(expiresAt, reader.timeZone);
  switch (kind) {
    case 'approved':
      return approvedText(words, accessRequest);
    case 'denied':
      return deniedText(words, accessRequest);
    case 'expired':
      return words.plain('accessNotice.expired', names);
    case 'cancelled':
      return state.kind === 'cancelled'
        ? words.plain('accessNotice.cancelled', { ...names, canceller: personName(state.by) })
        : changedText(words, accessRequest);
    case 'lapsed': {
      if (state.kind !== 'lapsed') return changedText(words, accessRequest);
      const { happened, next } = lapseKeys(state.why);
      return [words.plain('accessNotice.lapsed', names), words.plain(happened, names), words.plain(next, names)].join(
        ' ',
      );
    }
    case 'result':
      return resultText(words, input);
    case 'reminder':
      return words.plain('accessNotice.reminder', { ...names, day: expires });
    case 'nobodyReached':
      return words.plain('accessNotice.nobodyReached', { ...names, day: expires });
    default: {
      const never: never = kind;
      throw new Error(`A notice without words: ${JSON.stringify(never)}`);
    }
  }
}

const changedText = (words: Words, accessRequest: AccessRequest): string =>
  words.plain('accessNotice.changed', namesOf(accessRequest));

function approvedText(words: Words, accessRequest: AccessRequest): string {
  const { state, startsAt, reader } = accessRequest;
  const decision = decisionOf(state);
  if (decision === null) return changedText(words, accessRequest);
  const isLater = startsAt !== null && startsAt > decision.at;
  return words.plain('accessNotice.approved', {
    ...namesOf(accessRequest),
    decider: personName(decision.by),
    when: isLater ? 'later' : 'now',
    day: isLater ? words.day(startsAt, reader.timeZone) : '',
  });
}

function deniedText(words: Words, accessRequest: AccessRequest): string {
  const { state } = accessRequest;
  if (state.kind !== 'denied') return changedText(words, accessRequest);
  const values = { ...namesOf(accessRequest), decider: personName(state.decision.by) };
  const reason = plainText(state.decision.reason ?? '', LONGEST_REASON);
  // A value in a sentence is cut at 200; the reason is shown whole.
  return reason === ''
    ? words.plain('accessNotice.denied', values)
    : `${words.plain('accessNotice.deniedBecause', values)} ${reason}`;
}

function resultText(words: Words, { accessRequest, outcome }: NoticeTextInput): string {
  const names = namesOf(accessRequest);
  const { state } = accessRequest;
  if (outcome === null)
    return state.kind === 'finished'
      ? words.plain('accessNotice.result', { ...names, verdict: endWord(words, state.outcome) })
      : changedText(words, accessRequest);
  const { person, app } = names;
  const hasAssigned = 'assigned' in state && state.assigned;
  const { say, values } = verdictOf(words, { outcome, person, app, what: 'other', hasAssigned, retry: false });
  const sentences = [
    words.plain('accessNotice.result', { ...names, verdict: words.plain(say.verdict, values) }),
    words.plain(say.happened, values),
    // When all is well, there is nothing to do, and nothing to say of it.
    ...(say.tone === 'good' ? [] : [words.plain(say.next, values)]),
  ];
  return sentences.join(' ');
}
