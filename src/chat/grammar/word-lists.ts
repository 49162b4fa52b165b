/** Tables of words are written as text, which takes fewer lines than arrays and is easier to extend. */

/** Phrases, separated by `|` or line breaks: `as of | as from`. */
export function phraseList(text: string): string[] {
  return text.split(/\s*[|\n]\s*/).filter((phrase) => phrase !== '');
}

/** Single words, separated by white space. */
export function wordList(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

export const phraseSet = (text: string): ReadonlySet<string> => new Set(phraseList(text));

export const wordSet = (text: string): ReadonlySet<string> => new Set(wordList(text));
