/**
 * Chinese sets a space between a Chinese and a Latin letter, and none between two Chinese ones. A message cannot know
 * which a value begins and ends with, so the catalogue writes a space on each side of it, beside Chinese letters, and the
 * ones that are too many are taken out here. A line to type, in quotes or bold, keeps them: they part its words.
 */
const HAN = '\\p{Script=Han}，。、：；！？…（）“”';
/** Private characters around a value while a message is put together. */
const [BEFORE, AFTER] = ['\uE000', '\uE001'];

const begins = new RegExp(`^[${HAN}]`, 'u');
const ends = new RegExp(`[${HAN}]$`, 'u');
const seams = new RegExp(`“[^”]*”|\\*\\*[^*]*\\*\\*|(?<=[${HAN}]) (?=${BEFORE})|(?<=${AFTER}) (?=[${HAN}])`, 'gu');
const marks = new RegExp(`[${BEFORE}${AFTER}]`, 'g');

/** A value whose neighbors `withoutSeams` looks at. One with Latin letters stays as it is, so a select finds its key. */
export const seamed = (value: string): string =>
  `${begins.test(value) ? BEFORE : ''}${value}${ends.test(value) ? AFTER : ''}`;

/** The text without the spaces that are too many. */
export const withoutSeams = (text: string): string =>
  text.replace(seams, (found) => (found === ' ' ? '' : found)).replace(marks, '');
