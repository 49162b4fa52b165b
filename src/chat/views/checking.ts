import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { noticeCard } from './notice.ts';

/** Shown when Graph is slow, so that the caller sees progress; the answer replaces it. */
export function checking(words: Messages): CardMessage {
  return noticeCard(words, {
    tone: 'working',
    title: words.card('checking.title'),
    paragraphs: [words.card('checking.text')],
    summary: words.sentences([words.plain('checking.title'), words.plain('checking.text')]),
  });
}
