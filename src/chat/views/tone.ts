import type { Look } from '../cards/card-views.ts';

/** How good or bad a thing is, at first sight. */
export type Tone = 'good' | 'warning' | 'bad' | 'unknown' | 'working' | 'waiting' | 'neutral';

/** The warning and accent colors are too pale for a letter, so their glyphs keep the color of the text. */
const LOOKS: Readonly<Record<Tone, Look>> = {
  good: { glyph: '✓', color: 'Good', style: 'good' },
  warning: { glyph: '!', color: 'Default', style: 'warning' },
  bad: { glyph: '✗', color: 'Attention', style: 'attention' },
  unknown: { glyph: '?', color: 'Default', style: 'warning' },
  working: { glyph: '▶', color: 'Default', style: 'accent' },
  waiting: { glyph: '…', color: 'Default', style: 'emphasis' },
  neutral: { glyph: '–', color: 'Default', style: 'emphasis' },
};

/** A tone's color, glyph and background. The caller adds a word: color never stands alone. */
export function lookOf(tone: Tone): Look {
  return LOOKS[tone];
}
