import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { meaning } from '../../../chat/views/explained.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { short } from '../../../chat/views/parts.ts';

/** The texts in which Teams asks whether it may store a file in the reader's OneDrive. Plain. */
export interface ExportOffer {
  readonly name: string;
  readonly description: string;
}

/** `from` and `to` in milliseconds since 1970; null for no limit on that side. */
export function exportOffer(
  words: Messages,
  range: {
    readonly fileName: string;
    readonly from: number | null;
    readonly to: number | null;
    readonly now: number;
  },
): ExportOffer {
  const { from, to, now } = range;
  const values = {
    span: from === null ? (to === null ? 'all' : 'until') : to === null ? 'since' : 'between',
    from: from === null ? '' : words.moment(from, now),
    to: to === null ? '' : words.moment(to, now),
  };
  return { name: short(range.fileName, 120), description: words.plain('export.description', values) };
}

/** The outcome of an offered file, in plain sentences. */
export function exportWords(words: Messages, kind: 'declined' | 'failed' | 'stored'): string {
  return words.sentences([words.plain(`export.${kind}.happened`), words.plain(`export.${kind}.next`)]);
}

/** An export names many people, so no channel gets one. */
export function exportOnlyPersonal(words: Messages): CardMessage {
  return noticeCard(words, {
    tone: 'warning',
    title: words.card('export.onlyPersonal.title'),
    ...meaning(words, 'export.onlyPersonal.happened', 'export.onlyPersonal.next'),
  });
}
