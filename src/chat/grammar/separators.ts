import { fold, trimEdges, type Word } from './tokens.ts';

/**
 * Where "provision <subject> to <app>" splits. Names may contain the separators themselves (`Data for Good`, `Anh To`),
 * so without quotes there can be several readings, and the best one is taken in this order:
 *
 * 1. the first separator, if the words before it look like a whole subject: an e-mail address, a GUID, a quoted name, a
 *    distinguished name with its DC=… – whatever follows belongs to the app;
 * 2. else the last `to` or `into`: these are the command's own words, while `in` and `for` are more often part of an
 *    app's name (`Adele Vance to Data for Good`), and an earlier `to` is likelier part of a person's name (`Anh To to
 *    Salesforce`);
 * 3. else the last `in` or `for`.
 *
 * A separator at the very start or end splits nothing, but tells which side is missing.
 */
export interface Parts {
  readonly before: readonly Word[];
  readonly separator: string;
  readonly after: readonly Word[];
}

export const STRONG: ReadonlySet<string> = new Set(['to', 'into']);
const WEAK: ReadonlySet<string> = new Set(['in', 'for']);

/** The last part of a distinguished name. */
const DN_END = /(?:^|,)dc=[^,]+,?$/i;

/** A name with one of these words must be quoted. */
export const SEPARATORS: ReadonlySet<string> = new Set([...STRONG, ...WEAK]);

/** Null without any separator. */
export function splitAtSeparator(words: readonly Word[]): Parts | null {
  const places = words.flatMap((word, index) => (SEPARATORS.has(fold(word)) ? [index] : []));
  const inner = places.filter((place) => place > 0 && place < words.length - 1);
  const strong = inner.filter((place) => STRONG.has(fold(words[place])));
  const startsWithSeparator = places[0] === 0;

  const place =
    inner.find((candidate) => endsWholeSubject(words, candidate)) ??
    strong.at(-1) ??
    // "to Data for Good" lacks its subject; "In Sook Kim to Salesforce", with its stronger word, does not.
    (startsWithSeparator ? 0 : inner.at(-1)) ??
    places.at(-1);
  if (place === undefined) return null;

  const parted = { separator: fold(words[place]), after: words.slice(place + 1) };
  return { ...parted, before: words.slice(0, startOfSeparator(words, place)) };
}

/** Where the separator at `place` begins: `in to` is one. */
export function startOfSeparator(words: readonly Word[], place: number): number {
  const before = words[place - 1];
  const inTo = place > 1 && fold(words[place]) === 'to' && before?.text === 'in' && !before.quoted;
  return inTo ? place - 1 : place;
}

/**
 * The address in `<adele@contoso.com>,` or `mailto:adele@contoso.com`; null when the word is no address. It keeps every
 * character that RFC 5321 allows: an opening brace stays, unless a closing one follows.
 */
export function addressIn(word: Word | undefined): string | null {
  if (word === undefined) return null;
  const bare = word.quoted ? word.text : bareAddress(word.text);
  return /^[^\s@,;<>()[\]\\":]+@[^\s@,;<>()[\]\\":]+$/.test(bare) ? bare : null;
}

function bareAddress(text: string): string {
  const bare = trimEdges(text, '<([@', '>)].,;:!?').replace(/^mailto:/i, '');
  const braced = bare.startsWith('{') && bare.endsWith('}');
  return trimEdges(braced ? bare.slice(1, -1) : bare, '', '}>)].,;:!?');
}

function endsWholeSubject(words: readonly Word[], end: number): boolean {
  const first = words[0];
  const last = words[end - 1];
  if (first === undefined || last === undefined) return false;
  if (end === 1) return first.quoted || addressIn(first) !== null || isGuid(first.text);
  return /^(?:cn|ou|uid)=/i.test(first.text) && DN_END.test(last.text);
}

/** Whether a subject may end with this word, judged by its form. */
export function endsSubject(word: Word): boolean {
  return word.quoted || addressIn(word) !== null || isGuid(word.text) || DN_END.test(word.text);
}

function isGuid(text: string): boolean {
  return /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?,?$/i.test(text);
}
