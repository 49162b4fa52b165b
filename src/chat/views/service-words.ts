import { cut, markdownText, plainText } from '../cards/safe-text.ts';

/**
 * What the service says, made fit to read: systems by the names that people use, no sentence that tells nothing, and
 * cut only where that is worth an ellipsis. Engineers find it letter by letter in the details.
 */

const ENTRA = /\b(?:azure active directory|microsoft entra id)\b/gi;
const ENTRA_NAME = /^(?:azure active directory|microsoft entra id|entra id)$/i;
/** What the service calls any app that was made by hand. */
const CUSTOM_APP = /\bcustomappsso\b/gi;
/** Sentences that only say what kind of step it is. */
const EMPTY_PHRASE = /^determine if \w+ in scope by evaluating against each scoping filter\.?$/i;
/** In UTF-16 code units, as all lengths here: a cut that saves less than this costs more than it brings. */
const LEAST_SAVING = 20;
/** How far back from the limit to look for the end of a word. */
const LONGEST_WORD = 30;

/** Whether the service means Entra ID by the name of a system. */
export const isEntra = (system: string): boolean => ENTRA_NAME.test(system.trim());

/** Plain text, at most twenty code units longer than `limit`; `''` for what says nothing. */
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
