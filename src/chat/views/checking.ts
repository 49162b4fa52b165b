import type { CardMessage } from '../reply.ts';
import type { Words } from '../words.ts';
import { noticeCard } from './notice.ts';

/** Shown when Graph takes longer than a person waits without a sign; the answer takes its place. */
export function checking(words: Words): CardMessage {
  return noticeCard(words, {
    tone: 'working',
    title: words.card('checking.title'),
    paragraphs: [words.card('checking.text')],
    summary: `${words.plain('checking.title')} ${words.plain('checking.text')}`,
  });
}
