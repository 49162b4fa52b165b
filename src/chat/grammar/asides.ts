import { type Language, languages, sourceLanguage } from '../../languages.ts';
import en from '../languages/en/asides.json' with { type: 'json' };
import fr from '../languages/fr/asides.json' with { type: 'json' };
import pt from '../languages/pt-BR/asides.json' with { type: 'json' };
import zh from '../languages/zh-Hans/asides.json' with { type: 'json' };
import { linesIn } from './translating/line-data.ts';
import { withoutAccents } from './translating/pieces.ts';
import { phraseList } from './word-lists.ts';

/** What people write to Usher that asks for nothing Usher does. */
export type Aside = 'thanks' | 'quiet' | 'answers';

/** What people ask of Usher that others do for them, as the problem that says so. */
export type Beyond = keyof typeof en.beyond;

/** The same in one language, as data: `src/chat/languages/<tag>/asides.json`. Usher reads those of English for each reader too. */
interface AsideData extends Readonly<Partial<Record<Aside, string>>> {
  readonly small?: string;
  readonly beyond?: Readonly<Partial<Record<Beyond, string>>>;
  readonly matters?: Readonly<Partial<Record<keyof typeof en.matters, string>>>;
}

const data: Readonly<Partial<Record<Language, AsideData>>> = { en, fr, 'pt-BR': pt, 'zh-Hans': zh };
const asideNames = ['thanks', 'quiet', 'answers'] as const;
const beyondNames = Object.keys(en.beyond) as readonly Beyond[];
const matterNames = Object.keys(en.matters) as readonly (keyof typeof en.matters)[];

/** What a reader of each language may write: English, and their own language. */
const asides = new Map(
  languages.map((language) => {
    const own = [...new Set<Language>([sourceLanguage, language])].map((one) => data[one] ?? {});
    const all = (phrases: (one: AsideData) => string | undefined) =>
      own.flatMap((one) => phraseList(phrases(one) ?? ''));
    return [
      language,
      {
        small: new Set(phraseList(data[language]?.small ?? '').map(plain)),
        wholes: asideNames.map((name) => [name, new Set(all((one) => one[name]).map(plain))] as const),
        beyonds: beyondNames.map((name) => [name, all((one) => one.beyond?.[name]).map(toPattern)] as const),
        matters: matterNames.map((name) => [name, all((one) => one.matters?.[name]).map(toMark)] as const),
      },
    ];
  }),
);
const foreign = phraseList(en.foreign).map(spaced);
const foreignWords = new Set(phraseList(`${en.foreign} | ${en.foreignSmall}`).map(bare));
const foreignAgainst = phraseList(en.foreignAgainst).map(spaced);
/** Scripts in which no command is written; a name may be. */
const OTHER_SCRIPTS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Greek}\p{Script=Thai}\p{Script=Devanagari}]/gu;
const FEW_LETTERS = 6;
/** Chinese puts no spaces between words. */
const CHINESE_AGAINST =
  /移除|移出|取消|[删刪]除|[删刪]掉|收回|撤[销銷回]|停用|禁用|注[销銷]|[关關][闭閉]|[离離][职職]|不|没|沒|未|勿|拒/u;

/** A whole line of courtesy, or an answer to a question that Usher has not asked; null for any other line. */
export function asideIn(line: string, language: Language): Aside | null {
  if (line.length > LONGEST_ASIDE) return null;
  const words = plain(line).split(' ');
  const found: Aside[] = [];
  for (let at = 0; at < words.length; ) {
    const ends = words.map((_, end) => end + 1).filter((end) => end > at);
    const end = ends.findLast((one) => asideOf(words.slice(at, one), language) !== null);
    const aside = end === undefined ? null : asideOf(words.slice(at, end), language);
    if (end === undefined || aside === null) return null;
    found.push(aside);
    at = end;
  }
  // "ok, thanks" is thanks.
  return found.includes('thanks') ? 'thanks' : (found[0] ?? null);
}

function asideOf(words: readonly string[], language: Language): Aside | null {
  const said = words.join(' ');
  return asides.get(language)?.wholes.find(([, phrases]) => phrases.has(said))?.[0] ?? null;
}

const LONGEST_ASIDE = 80;

/** The first thing in a line that Usher does not do; null where there is none. */
export function beyondIn(line: string, language: Language): Beyond | null {
  const said = ` ${plain(line)} `;
  return asides.get(language)?.beyonds.find(([, phrases]) => phrases.some((phrase) => phrase.test(said)))?.[0] ?? null;
}

/** "to the * group": the asterisk is up to four words. */
function toPattern(phrase: string): RegExp {
  return new RegExp(
    phrase
      .split('*')
      .map((part) => ` ${plain(part)} `)
      .join('\\S+(?: \\S+){0,3}'),
    'u',
  );
}

/** What a line without a person or an app is about: the lines that show it, best first, and the words that say so. */
export interface Matter {
  readonly lines: readonly string[];
  readonly said: string;
}

/** "anything for me to approve this morning?", "did it work?"; null for a line about nothing of one's own. */
export function matterIn(line: string, language: Language): Matter | null {
  if (line.length > LONGEST_MATTER) return null;
  const text = ` ${plain(line)} `;
  for (const [name, phrases] of asides.get(language)?.matters ?? []) {
    const said = phrases.find((phrase) => (phrase.isWhole ? text === phrase.words : text.includes(phrase.words)));
    if (said !== undefined) return { lines: phraseList(en.matterLines[name]), said: said.words.trim() };
  }
  return null;
}

const LONGEST_MATTER = 160;

/** "=approved" is the whole line. */
function toMark(phrase: string): { readonly words: string; readonly isWhole: boolean } {
  return { words: ` ${plain(phrase)} `, isWhole: phrase.startsWith('=') };
}

/** Whether a line ends with thanks, and so may ask for nothing. */
export function endsInThanks(line: string, language: Language): boolean {
  const words = bare(line).split(' ');
  return !ASKS.test(line) && words.some((_, at) => at > 0 && asideIn(words.slice(at).join(' '), language) === 'thanks');
}

const ASKS =
  /\?|\b(?:please|pls|plz|can|could|would|need|needs|help|fix|look|stp|svp|peux|pouvez|pourriez|besoin|aide|veuillez|merci de)\b/i;

/** Whether a line is probably written in another language; `against` where it says no, or takes something away. */
export function foreignIn(line: string): 'foreign' | 'against' | null {
  const said = spaced(line);
  const has = (phrases: readonly string[]) => phrases.some((phrase) => said.includes(phrase));
  if (CHINESE_AGAINST.test(line)) return 'against';
  if (!has(foreign) && !has(foreignAgainst) && (line.match(OTHER_SCRIPTS) ?? []).length < FEW_LETTERS) return null;
  return has(foreignAgainst) ? 'against' : 'foreign';
}

/** Whether a line is probably in a language that is neither its reader's nor English. */
export function isForeignTo(line: string, language: Language): boolean {
  if (foreignIn(line) === null) return false;
  if (language === sourceLanguage) return true;
  const { known } = linesIn(language);
  const own = bare(line)
    .split(' ')
    .filter((word) => !known.has(withoutAccents(word)));
  return foreignIn(own.join(' ')) !== null;
}

/** A line without the words around its names that are foreign, or small ones of the reader's language. */
export function withoutForeign(line: string, language: Language): string {
  const isForeign = foreignIn(line) !== null;
  const small = smallWordsOf(language);
  return line.replace(/[\p{L}\p{M}\p{N}]+/gu, (word) =>
    small.has(plain(word)) || (isForeign && foreignWords.has(bare(word))) ? ' ' : word,
  );
}

/** Words of a language other than English that mean nothing by themselves, without accents. */
export const smallWordsOf = (language: Language): ReadonlySet<string> => asides.get(language)?.small ?? new Set();

/** Lowercase words alone; an emoji only where there is no word. */
function bare(text: string): string {
  const folded = text.toLowerCase().normalize('NFC');
  // The selector behind an emoji counts as a mark.
  const words = folded.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
  return words.length > 0 ? words.join(' ') : (folded.match(/\p{Extended_Pictographic}/u)?.[0] ?? '');
}

/** The same without accents. */
function plain(text: string): string {
  return withoutAccents(bare(text));
}

function spaced(text: string): string {
  return ` ${bare(text)} `;
}
