import type { Look } from '../cards/card-views.ts';

/** How good or bad a thing is, at first sight. */
export type Tone = 'good' | 'warning' | 'bad' | 'unknown' | 'working' | 'waiting' | 'neutral';

/** The colours of warning and accent are too pale for a letter, so their glyphs keep the colour of the text. */
const LOOKS: Readonly<Record<Tone, Look>> = {
  good: { glyph: '✓', color: 'Good', style: 'good' },
  warning: { glyph: '!', color: 'Default', style: 'warning' },
  bad: { glyph: '✗', color: 'Attention', style: 'attention' },
  unknown: { glyph: '?', color: 'Default', style: 'warning' },
  working: { glyph: '▶', color: 'Default', style: 'accent' },
  waiting: { glyph: '…', color: 'Default', style: 'emphasis' },
  neutral: { glyph: '–', color: 'Default', style: 'emphasis' },
};

/** Colour, glyph and background of a tone. The word that goes with it is the caller's: colour never stands alone. */
export function lookOf(tone: Tone): Look {
  return LOOKS[tone];
}
