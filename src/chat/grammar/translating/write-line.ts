import { type Language, sourceLanguage } from '../../../languages.ts';
import { quoteName } from '../names.ts';
import { withoutCourtesy } from './courtesies.ts';
import { isDate, isLengthOfTime, type Term } from './cut-terms.ts';
import { englishDay, isDayOfMonth } from './day-writing.ts';
import { type Lines, linesIn, piecesIn } from './line-data.ts';
import { matchesOf } from './line-patterns.ts';
import { type Piece, textOf } from './pieces.ts';
import { BARE, filled, isPlainName, LISTS, namesIn, patternWith, TERMS, wordsBefore } from './slots.ts';

/** A longer line is a list, which is shown nowhere. */
const LONGEST_LINE = 4_000;

/**
 * A line that Usher has written in English, in the words of a language; it is read back as the same. As it is where the
 * language has no such line.
 */
export function writeLine(line: string, language: Language): string {
  if (language === sourceLanguage || line.length > LONGEST_LINE) return line;
  const [english, lines] = [linesIn(sourceLanguage), linesIn(language)];
  const pieces = piecesIn(line, english);
  const whole = english.patterns.filter(({ slots }) => !slots.includes('said'));
  const matches = whole.flatMap((pattern) => matchesOf(pattern, pieces));
  const [match] = matches
    .filter(({ pattern }) => lines.patternsOf.has(pattern.key))
    .sort((one, other) => other.said - one.said);
  if (match === undefined) return line;
  const { key } = match.pattern;
  const terms = TERMS.filter((term) => match.slots.has(term));
  const own = [...match.slots.keys()];
  const withTerms = patternWith(lines, key, own);
  const pattern =
    withTerms ??
    patternWith(
      lines,
      key,
      own.filter((slot) => !terms.some((term) => term === slot)),
    );
  if (pattern === null) return line;
  const text = filled(pattern.template, (slot) => written(slot, match.slots.get(slot) ?? [], lines));
  const behind = withTerms === null ? terms.map((term) => termIn(term, match.slots.get(term) ?? [], lines)) : [];
  return [text, ...behind].join(lines.data.between ?? ' ');
}

function termIn(term: Term, pieces: readonly Piece[], lines: Lines): string {
  const value = written(term, pieces, lines);
  const own = piecesIn(value, lines);
  const isLength = term === 'end' && isLengthOfTime(own, lines.dates);
  const isNamed = term === 'start' && own[0]?.quoted === false && !/^\d/.test(value);
  const template = lines.data.write?.[isLength ? 'length' : isNamed ? 'named' : term];
  return filled(template ?? '', () => value);
}

function written(slot: string, pieces: readonly Piece[], lines: Lines): string {
  const text = textOf(pieces);
  const quoted = pieces.length === 1 && pieces[0]?.quoted === true;
  if (slot === 'requestId') return quoted ? quoteName(text) : text;
  if (BARE.has(slot)) return text;
  if (slot === 'topic') {
    const topic = topicIn(text, lines.language);
    return topic === text ? nameIn(text, lines) : topic;
  }
  if (slot === 'since' && isDayOfMonth(text))
    return filled(lines.data.write?.day ?? '{value}', () => dayIn(text, lines) ?? '');
  // A number alone names no day, and in quotes it is left to the person who reads it.
  if (slot === 'end' && /^\d+$/.test(text)) return quoteName(text);
  if (slot === 'start' || slot === 'end' || slot === 'since') return dayIn(text, lines) ?? quoteName(text);
  if (slot === 'reason') return reasonIn(text, lines);
  if (LISTS.has(slot))
    return namesIn(pieces, [])
      .map((name) => nameIn(name, lines))
      .join(', ');
  const [, kit] = /^the (.+) kit$/.exec(text) ?? [];
  if (kit !== undefined && slot === 'app') return kitNamed(kit, lines);
  if (!quoted && text.toLowerCase() === 'me') return lines.data.self?.split(' | ')[0] ?? text;
  return quoted || !text.includes(', ') ? nameIn(text, lines) : namesOrWhole(text, lines);
}

function kitNamed(kit: string, lines: Lines): string {
  const { kit: before = '', kitBehind = '' } = lines.data;
  const name = nameIn(kit, lines);
  const [first = ''] = before.split(' | ');
  return first === '' ? `${name} ${kitBehind.split(' | ')[0]}` : `${first} ${name}`;
}

function namesOrWhole(text: string, lines: Lines): string {
  const names = text.split(', ');
  return names.every((name) => nameIn(name, lines) === name) ? text : quoteName(text);
}

/** A name bare where nothing in it means anything else. */
function nameIn(name: string, lines: Lines): string {
  const pieces = piecesIn(name, lines);
  const isBare =
    isPlainName(name) &&
    textOf(pieces) === name &&
    pieces.every(({ plain, quoted }) => !quoted && !lines.known.has(plain) && !/^\d+$/.test(plain));
  return isBare ? name : quoteName(name);
}

function reasonIn(reason: string, lines: Lines): string {
  const own = lines.data.texts?.[reason];
  if (own !== undefined) return own;
  const pieces = piecesIn(reason, lines);
  const isBare = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} '’.,-]*[\p{L}\p{M}\p{N}]$/u.test(reason) && textOf(pieces) === reason;
  const kept = withoutCourtesy(pieces, lines).length === pieces.length;
  return isBare && kept && !/ {2}|’/.test(reason) ? reason : quoteName(reason);
}

/** The words with which a command's line begins, in a language: `approve`, `approuver`. As they are for other words. */
export function topicIn(topic: string, language: Language): string {
  const wanted = topic.toLowerCase();
  const english = linesIn(sourceLanguage).patterns.find((pattern) => wordsBefore(pattern) === wanted);
  const own = linesIn(language)
    .patternsOf.get(english?.key ?? '')
    ?.find(({ sure }) => sure);
  if (own === undefined) return topic;
  const words = wordsBefore(own);
  const ends = (linesIn(language).data.topicEnds ?? '').split(' | ').filter((end) => end !== '');
  return words.replace(new RegExp(` (?:${ends.join('|')})$`), '');
}

/**
 * A day or a length in the language's words, where it is plainly one; null for any other text, and for "2h", which is a
 * length in English and a time of day elsewhere.
 */
function dayIn(text: string, lines: Lines): string | null {
  if (/^\d{1,2}h\d{0,2}$/i.test(text)) return null;
  const own = englishDay(text, lines) ?? text;
  const pieces = piecesIn(own, lines);
  const isWhole = pieces.every(({ quoted }) => !quoted) && (own !== text || textOf(pieces) === text);
  return isWhole && isDate(pieces, lines.dates) ? own : null;
}
