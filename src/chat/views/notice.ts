import type { NoticeView } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { entraLink, MOST_BUTTONS, maybe, type SayButton, sayButtons } from './parts.ts';
import { lookOf, type Tone } from './tone.ts';

/** What happened, what it means, what to do next: the form of every short answer. All texts are finished. */
export interface Notice {
  readonly tone: Tone;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly next?: string | null;
  readonly further?: readonly string[];
  readonly code?: string | null;
  readonly buttons?: readonly SayButton[];
  /** A page of the Entra admin center. */
  readonly link?: string | null;
  /** Plain text for the notification and for clients that show no cards. */
  readonly summary: string;
}

export function noticeCard(words: Messages, notice: Notice): CardMessage {
  const next = notice.next ?? null;
  const links = entraLink(words, notice.link ?? null);
  const view: NoticeView = {
    fallbackText: notice.summary,
    look: lookOf(notice.tone),
    title: notice.title,
    paragraphs: notice.paragraphs.map((text) => ({ text })),
    next: next === null ? [] : [{ label: words.card('label.next'), text: next }],
    further: (notice.further ?? []).map((text) => ({ text })),
    code: maybe(notice.code ?? null),
    // Together no more than Teams shows.
    buttons: sayButtons(words, notice.buttons ?? []).slice(0, MOST_BUTTONS - links.length),
    links,
  };
  return { card: renderCard('notice', view), summary: notice.summary };
}

/** Shown when Graph is slow, so that the caller sees progress; the answer replaces it. */
export function checking(words: Messages): CardMessage {
  return oneMoment(words, 'checking.text');
}

/** Posted where a request's card cannot be edited any more, see `outbox/message.ts`; its current state replaces it. */
export function placeholder(words: Messages): CardMessage {
  return oneMoment(words, 'checking.placeholder');
}

function oneMoment(words: Messages, text: 'checking.text' | 'checking.placeholder'): CardMessage {
  return noticeCard(words, {
    tone: 'working',
    title: words.card('checking.title'),
    paragraphs: [words.card(text)],
    summary: words.sentences([words.plain('checking.title'), words.plain(text)]),
  });
}
