import { withoutHidden } from '../masking/hidden.ts';

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
