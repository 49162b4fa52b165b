/** Words that exclude what follows them, or contrast it with what precedes. */
const NEGATIONS =
  /(?<![\p{L}\p{N}'’])(?:not|no|never|neither|nor|without|except(?:ing)?|excluding|excl|unless|minus|apart from|aside from|other than|instead(?: of)?|rather than|but(?!\s+(?:also|too|please))|(?:do|does|did|wo|should|must|ca|is)n['’]?t|cannot)(?![\p{L}\p{N}'’])/giu;
/** With a capital, these may be names of people. */
const ALSO_NAMES = /^(?:No|Nor|But|Minus)$/;

/** The position of the first such word; null where there is none. */
export function negationIn(text: string): { readonly at: number; readonly end: number } | null {
  for (const { 0: word, index } of text.matchAll(NEGATIONS)) {
    if (!ALSO_NAMES.test(word)) return { at: index, end: index + word.length };
  }
  return null;
}

/** Whether the words exclude something. */
export function takesBack(text: string): boolean {
  return negationIn(text) !== null;
}
