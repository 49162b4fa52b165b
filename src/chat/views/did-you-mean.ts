import type { CardMessage } from '../reply.ts';
import type { Words } from '../words.ts';
import { noticeCard } from './notice.ts';

/** For a line that is nearly a command. The button says `suggestion`, the whole line put right. */
export function didYouMean(words: Words, { suggestion }: { readonly suggestion: string }): CardMessage {
  return noticeCard(words, {
    tone: 'unknown',
    title: words.card('didYouMean.title'),
    paragraphs: [words.card('didYouMean.text', { suggestion })],
    next: words.card('didYouMean.next'),
    buttons: [{ label: 'yes', verb: 'choose', text: suggestion }],
    summary: words.plain('didYouMean.summary', { suggestion }),
  });
}
