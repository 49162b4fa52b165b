import { withoutHidden } from '../masking/hidden.ts';

const NAMED_CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['laquo', '«'],
  ['raquo', '»'],
  ['hellip', '…'],
  ['shy', ''],
]);
const REFERENCE = /&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,6}));/g;
/** What HTML reads `&#128;` to `&#159;` as; spelled out, since some Node versions decode Windows-1252 as Latin-1. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Decodes HTML's character references, once only: `&amp;lt;` is the text `&lt;`. An unknown one stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (entity: string, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return NAMED_CHARACTERS.get(name.toLowerCase()) ?? entity;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10);
    // https://html.spec.whatwg.org/#numeric-character-reference-end-state
    if (code >= 0x80 && code <= 0x9f) return WINDOWS_1252.charAt(code - 0x80);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : '\ufffd';
  });
}

/**
 * The text without invisible characters: control characters, direction marks, odd spaces, misplaced joiners. Lines are
 * separated by `\n`, cells of a pasted table by `\t`; runs of spaces become one, ends are trimmed. Linear in the
 * length, and never throws.
 *
 * Composes characters (NFC) and replaces only the forms that stand for plain letters: full-width, ligatures,
 * mathematical alphabets. NFKC as a whole would also change names that a directory keeps, e.g. `Contoso™` or `m²`.
 */
export function tidyCharacters(text: string): string {
  return (
    withoutHidden(text)
      // A lone surrogate would make `encodeURIComponent` throw much later.
      .toWellFormed()
      .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
      .replace(/[\v\f\p{Zs}]/gu, ' ')
      .replace(/(?![\n\t])\p{Cc}/gu, '')
      // Sorting an endless run of combining marks takes quadratic time; no letter has more than a few.
      .replace(/(\p{M}{8})\p{M}+/gu, '$1')
      .normalize('NFC')
      .replace(/[\ufb00-\ufb06\uff01-\uffee\u{1d400}-\u{1d7ff}]+/gu, (forms) => forms.normalize('NFKC'))
      .normalize('NFC')
      .replace(/ +/g, ' ')
      .replace(/ ?\t ?/g, '\t')
      .replace(/[ \t]?\n[ \t]?/g, '\n')
      .trim()
  );
}
