import type { CardMessage } from '../../reply.ts';
import type { WordKey, Words } from '../../words.ts';
import { noticeCard } from '../notice.ts';
import { short } from '../parts.ts';
import type { Tone } from '../tone.ts';

/** What Teams shows when it asks whether a file may be put into the reader's OneDrive. Plain texts. */
export interface ExportOffer {
  readonly name: string;
  readonly description: string;
}

/** `from` and `to` in milliseconds since 1970; null for all that there is on that side. */
export function exportOffer(
  words: Words,
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

/** How an export ended. `declined`: the reader said no to the file. */
export type ExportResult =
  | { readonly kind: 'uploaded'; readonly fileName: string; readonly lines: number }
  | { readonly kind: 'declined' | 'failed' | 'onlyPersonal' | 'expired' };

const KEYS: Readonly<
  Record<ExportResult['kind'], readonly [tone: Tone, title: WordKey, happened: WordKey, next: WordKey]>
> = {
  uploaded: ['good', 'export.uploaded.title', 'export.uploaded.happened', 'export.uploaded.next'],
  declined: ['neutral', 'export.declined.title', 'export.declined.happened', 'export.declined.next'],
  failed: ['bad', 'export.failed.title', 'export.failed.happened', 'export.failed.next'],
  onlyPersonal: ['warning', 'export.onlyPersonal.title', 'export.onlyPersonal.happened', 'export.onlyPersonal.next'],
  expired: ['warning', 'export.expired.title', 'export.expired.happened', 'export.expired.next'],
};

export function exportResultCard(words: Words, result: ExportResult): CardMessage {
  const [tone, title, happened, next] = KEYS[result.kind];
  const values = result.kind === 'uploaded' ? { file: short(result.fileName, 120), count: result.lines } : {};
  return noticeCard(words, {
    tone,
    title: words.card(title),
    paragraphs: [words.card(happened, values)],
    next: words.card(next),
    summary: `${words.plain(happened, values)} ${words.plain(next)}`,
  });
}
