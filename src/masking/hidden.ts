/**
 * Characters that are not seen and change what is: they reorder or hide the text around them, carry a text of their own
 * (tags), or stand for an empty name (fillers). Whoever can write a name can write these.
 */

/** Everything that Unicode draws as nothing, but joiners and variation selectors, which some writing needs. */
const UNSEEN = /(?![\u200c-\u200d\p{Variation_Selector}])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** A joiner belongs to names in Persian or Malayalam and to emoji, never to ASCII, and never twice. */
const STRAY_JOINER = /(?<!\P{ASCII})[\u200c\u200d]|[\u200c\u200d](?!\P{ASCII})|[\u200c\u200d](?=[\u200c\u200d])/gu;
/** A variation selector says how the emoji or the ideograph before it is drawn; in a row of them a text can be hidden. */
const STRAY_SELECTOR = /(?<![\p{Extended_Pictographic}\p{Script=Han}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}](?!\u20e3)/gu;
/** It is drawn as a space is, and is none to any program. */
const BLANK = /\u2800/gu;

/** The text without such characters. Each pass is linear. The flags of England, Scotland and Wales lose their tags. */
export function withoutHidden(text: string): string {
  // Nearly every text, and much the faster way.
  if (/^[\p{ASCII}\p{Script=Latin}]*$/u.test(text)) return text;
  return text.replace(UNSEEN, '').replace(BLANK, ' ').replace(STRAY_SELECTOR, '').replace(STRAY_JOINER, '');
}

/** Pictures of the control characters, `␛` for the escape, so that it is seen that one was there. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = '\u2421';
const OTHER = '\ufffd';

/**
 * A text of others for a terminal, which obeys what it is sent: escape sequences clear it, rewrite what stands above or
 * hide a link. Line breaks and tabs stay; of all other control characters only the picture is left.
 */
export function forTerminal(text: string): string {
  return withoutHidden(text).replace(/(?!\t|\n|\r\n)\p{Cc}/gu, pictureOf);
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return PICTURE_OF_DELETE;
  return code < 0x20 ? String.fromCharCode(PICTURES + code) : OTHER;
}
