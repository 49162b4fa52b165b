import { withoutHidden } from '../../masking/hidden.ts';

/**
 * Names, error texts and attribute values come from directories and services that anybody may have written into. Teams
 * reads a card's texts as Markdown, expands `{{DATE(…)}}`, and reads `<at>` as a mention. A text passes here before it
 * reaches a card, and means afterwards nothing but its own characters.
 */

const SPACE_LIKE = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const MENTION = /<\/?at\b[^<>]*>/giu;
const DEEPEST_MENTION = 8;
/** The first half of `${` and of `{{`; a space after it takes the meaning away and leaves the text readable. */
const TEMPLATE_START = /[${](?=\{)/gu;
const MARKDOWN = /[\\`*_[\]~<]/gu;
const LINE_START = /^(?:[#>+-]|\d+(?=[.)]))/u;
/** The longest value that a sentence takes in, in UTF-16 code units. */
const LONGEST_VALUE = 200;

/**
 * Cuts to `limit` UTF-16 code units, the ellipsis included, and never through the middle of a character.
 */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;

  const last = text.charCodeAt(limit - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? limit - 2 : limit - 1).trimEnd()}…`;
}

/**
 * One line of plain text for a button, a summary or a fact's title: nothing hidden, no mention, no template syntax,
 * at most `limit` code units.
 */
export function plainText(text: string, limit = LONGEST_VALUE): string {
  // Nothing past a few times the limit can end up in the result, and a megabyte of error text need not be searched.
  const line = withoutMentions(withoutHidden(text.slice(0, limit * 4).toWellFormed()));
  return cut(line.replace(SPACE_LIKE, ' ').trim(), limit).replace(TEMPLATE_START, '$& ');
}

/** The same for a TextBlock or a Fact, where Markdown has to be taken out of action too. */
export function markdownText(text: string, limit = LONGEST_VALUE): string {
  return plainText(text, limit)
    .replace(MARKDOWN, '\\$&')
    .replace(LINE_START, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

function withoutMentions(text: string): string {
  // Taking one mention out can put another together: `<a<at>t>`. A text that nests them deeper than this means no mention.
  for (let depth = 0; depth < DEEPEST_MENTION; depth += 1) {
    const before = text;
    text = text.replace(MENTION, '');
    if (before === text) return text;
  }
  return text.replaceAll('<', '');
}
