/**
 * Invisible characters that alter a text: they reorder or hide the text around them, carry a text of their own (tags),
 * or make a name look empty (fillers). Any user who can set a name can use these.
 */

/** Everything that Unicode renders as nothing, except joiners and variation selectors, which some scripts need. */
const UNSEEN = /(?![\u200c-\u200d\p{Variation_Selector}])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** Joiners belong to names in Persian or Malayalam and to emoji, never next to ASCII, and never twice in a row. */
const STRAY_JOINER = /(?<!\P{ASCII})[\u200c\u200d]|[\u200c\u200d](?!\P{ASCII})|[\u200c\u200d](?=[\u200c\u200d])/gu;
/** A variation selector styles the emoji or ideograph before it; a row of them can hide a text. */
const STRAY_SELECTOR = /(?<![\p{Extended_Pictographic}\p{Script=Han}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}](?!\u20e3)/gu;
/** Rendered as a space, but not a space to any program. */
const BLANK = /\u2800/gu;

/** Removes such characters. Each pass is linear. The flags of England, Scotland and Wales lose their tags. */
export function withoutHidden(text: string): string {
  // A fast path that fits nearly every text.
  if (/^[\p{ASCII}\p{Script=Latin}]*$/u.test(text)) return text;
  return text.replace(UNSEEN, '').replace(BLANK, ' ').replace(STRAY_SELECTOR, '').replace(STRAY_JOINER, '');
}

/** Symbols for the control characters, `␛` for escape, so that readers see that one was there. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = '\u2421';
const OTHER = '\ufffd';

/**
 * Makes a text from outside safe for a terminal, which obeys escape sequences: they clear it, rewrite what is above or
 * hide a link. Line breaks and tabs stay; every other control character is replaced by its symbol.
 */
export function forTerminal(text: string): string {
  return withoutHidden(text).replace(/(?!\t|\n|\r\n)\p{Cc}/gu, pictureOf);
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return PICTURE_OF_DELETE;
  return code < 0x20 ? String.fromCharCode(PICTURES + code) : OTHER;
}
