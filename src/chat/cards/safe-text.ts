import { withoutHidden } from '../../masking/hidden.ts';

/**
 * Names, error texts and attribute values come from directories and services that strangers may have written to. Teams
 * reads a card's texts as Markdown, expands `{{DATE(…)}}`, and reads `<at>` as a mention. Every text passes here before
 * it reaches a card, and means only its own characters afterwards.
 */

const SPACE_LIKE = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const MENTION = /<\/?at\b[^<>]*>/giu;
const DEEPEST_MENTION = 8;
/** The first half of `${` and of `{{`; a space after it removes the meaning and keeps the text readable. */
const TEMPLATE_START = /[${](?=\{)/gu;
const MARKDOWN = /[\\`*_[\]~<]/gu;
const LINE_START = /^(?:[#>+-]|\d+(?=[.)]))/u;
/** The longest value inserted into a sentence, in UTF-16 code units. */
const LONGEST_VALUE = 200;

/** Cuts to `limit` UTF-16 code units, including the ellipsis, and never splits a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;

  const last = text.charCodeAt(limit - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? limit - 2 : limit - 1).trimEnd()}…`;
}

/**
 * One line of plain text for a button, a summary or a fact's title: no hidden characters, no mention, no template
 * syntax, at most `limit` code units.
 */
export function plainText(text: string, limit = LONGEST_VALUE): string {
  // Text past a few times the limit cannot reach the result, and a megabyte of error text need not be searched.
  const line = withoutMentions(withoutHidden(text.slice(0, limit * 4).toWellFormed()));
  return cut(line.replace(SPACE_LIKE, ' ').trim(), limit).replace(TEMPLATE_START, '$& ');
}

/** The same for a TextBlock or a Fact, with Markdown escaped as well. */
export function markdownText(text: string, limit = LONGEST_VALUE): string {
  return plainText(text, limit)
    .replace(MARKDOWN, '\\$&')
    .replace(LINE_START, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

function withoutMentions(text: string): string {
  // Removing one mention can form another: `<a<at>t>`. No real mention nests deeper than this.
  for (let depth = 0; depth < DEEPEST_MENTION; depth += 1) {
    const before = text;
    text = text.replace(MENTION, '');
    if (before === text) return text;
  }
  return text.replaceAll('<', '');
}
