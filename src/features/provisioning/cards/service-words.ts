import { cut, markdownText, plainText } from '../../../chat/cards/safe-text.ts';

/**
 * Makes the service's text readable: systems by their everyday names, no empty phrases, and cut only where that saves
 * more than an ellipsis. The details show the exact text to engineers.
 */

const ENTRA = /\b(?:azure active directory|microsoft entra id)\b/gi;
const ENTRA_NAME = /^(?:azure active directory|microsoft entra id|entra id)$/i;
/** The service's name for any custom app. */
const CUSTOM_APP = /\bcustomappsso\b/gi;
/** Sentences that only name the kind of step. */
const EMPTY_PHRASE = /^determine if \w+ in scope by evaluating against each scoping filter\.?$/i;
/** In UTF-16 code units, as all lengths here: a cut that saves less than this is not worth it. */
const LEAST_SAVING = 20;
/** How far back from the limit to look for the end of a word. */
const LONGEST_WORD = 30;

/** Whether the name of a system means Entra ID. */
export const isEntra = (system: string): boolean => ENTRA_NAME.test(system.trim());

/** Plain text, at most twenty code units longer than `limit`; `''` for an empty phrase. */
export function serviceText(text: string, app: string, limit: number): string {
  const whole = plainText(text, limit * 3)
    .replace(ENTRA, 'Entra ID')
    .replace(CUSTOM_APP, () => app);
  return EMPTY_PHRASE.test(whole) ? '' : cutAtWord(whole, limit);
}

/** The same for a TextBlock. */
export function serviceMarkdown(text: string, app: string, limit: number): string {
  return markdownText(serviceText(text, app, limit), limit + LEAST_SAVING);
}

function cutAtWord(text: string, limit: number): string {
  if (text.length < limit + LEAST_SAVING) return text;

  const start = cut(text, limit);
  const end = start.lastIndexOf(' ');
  return end > limit - LONGEST_WORD ? `${start.slice(0, end)}…` : start;
}
