import en from '../languages/en/asides.json' with { type: 'json' };
import pt from '../languages/pt-BR/asides.json' with { type: 'json' };
import { phraseList } from './word-lists.ts';

/** What people write to Usher that asks for nothing Usher does. */
export type Aside = 'thanks' | 'quiet' | 'answers';

/** What people ask of Usher that others do for them, as the problem that says so. */
export type Beyond = keyof typeof en.beyond;

const wholes: readonly (readonly [Aside, ReadonlySet<string>])[] = (['thanks', 'quiet', 'answers'] as const).map(
  (name) => [name, new Set([en, pt].flatMap((own) => phraseList(own[name])).map(bare))],
);
const beyonds = Object.entries(en.beyond).map(
  ([name, phrases]) => [name as Beyond, phraseList(phrases).map(toPattern)] as const,
);
const matters = Object.entries(en.matters).map(
  ([name, phrases]) => [name as keyof typeof en.matters, phraseList(phrases).map(toMark)] as const,
);
const foreign = phraseList(en.foreign).map(spaced);
const foreignWords = new Set(phraseList(`${en.foreign} | ${en.foreignSmall}`).map(bare));
const foreignAgainst = phraseList(en.foreignAgainst).map(spaced);
/** Scripts in which no command is written; a name may be. */
const OTHER_SCRIPTS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Greek}\p{Script=Thai}\p{Script=Devanagari}]/gu;
const FEW_LETTERS = 6;

/** A whole line of courtesy, or an answer to a question that Usher has not asked; null for any other line. */
export function asideIn(line: string): Aside | null {
  if (line.length > LONGEST_ASIDE) return null;
  const words = bare(line).split(' ');
  const found: Aside[] = [];
  for (let at = 0; at < words.length; ) {
    const ends = words.map((_, end) => end + 1).filter((end) => end > at);
    const end = ends.findLast((one) => asideOf(words.slice(at, one)) !== null);
    const aside = end === undefined ? null : asideOf(words.slice(at, end));
    if (end === undefined || aside === null) return null;
    found.push(aside);
    at = end;
  }
  // "ok, thanks" is thanks.
  return found.includes('thanks') ? 'thanks' : (found[0] ?? null);
}

function asideOf(words: readonly string[]): Aside | null {
  const said = words.join(' ');
  return wholes.find(([, phrases]) => phrases.has(said))?.[0] ?? null;
}

const LONGEST_ASIDE = 80;

/** The first thing in a line that Usher does not do; null where there is none. */
export function beyondIn(line: string): Beyond | null {
  const said = spaced(line);
  return beyonds.find(([, phrases]) => phrases.some((phrase) => phrase.test(said)))?.[0] ?? null;
}

/** "to the * group": the asterisk is up to four words. */
function toPattern(phrase: string): RegExp {
  return new RegExp(phrase.split('*').map(spaced).join('\\S+(?: \\S+){0,3}'), 'u');
}

/** What a line without a person or an app is about: the lines that show it, best first, and the words that say so. */
export interface Matter {
  readonly lines: readonly string[];
  readonly said: string;
}

/** "anything for me to approve this morning?", "did it work?"; null for a line about nothing of one's own. */
export function matterIn(line: string): Matter | null {
  if (line.length > LONGEST_MATTER) return null;
  const text = spaced(line);
  for (const [name, phrases] of matters) {
    const said = phrases.find((phrase) => (phrase.isWhole ? text === phrase.words : text.includes(phrase.words)));
    if (said !== undefined) return { lines: phraseList(en.matterLines[name]), said: said.words.trim() };
  }
  return null;
}

const LONGEST_MATTER = 160;

/** "=approved" is the whole line. */
function toMark(phrase: string): { readonly words: string; readonly isWhole: boolean } {
  return { words: spaced(phrase), isWhole: phrase.startsWith('=') };
}

/** Whether a line ends with thanks, and so may ask for nothing. */
export function endsInThanks(line: string): boolean {
  const words = bare(line).split(' ');
  return !ASKS.test(line) && words.some((_, at) => at > 0 && asideIn(words.slice(at).join(' ')) === 'thanks');
}

const ASKS = /\?|\b(?:please|pls|plz|can|could|would|need|needs|help|fix|look)\b/i;

/** Whether a line is probably written in another language; `against` where it says no, or takes something away. */
export function foreignIn(line: string): 'foreign' | 'against' | null {
  const said = spaced(line);
  const has = (phrases: readonly string[]) => phrases.some((phrase) => said.includes(phrase));
  if (!has(foreign) && !has(foreignAgainst) && (line.match(OTHER_SCRIPTS) ?? []).length < FEW_LETTERS) return null;
  return has(foreignAgainst) ? 'against' : 'foreign';
}

/** A foreign line without the words around its names. */
export function withoutForeign(line: string): string {
  return line.replace(/[\p{L}\p{M}\p{N}]+/gu, (word) => (foreignWords.has(bare(word)) ? ' ' : word));
}

/** Lowercase words alone; an emoji only where there is no word. */
function bare(text: string): string {
  const folded = text.toLowerCase().normalize('NFC');
  const words = folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.length > 0 ? words.join(' ') : (folded.match(/\p{Extended_Pictographic}/u)?.[0] ?? '');
}

function spaced(text: string): string {
  return ` ${bare(text)} `;
}
