import { CONJUNCTIONS, readName } from './names.ts';
import { takesBack } from './negations.ts';
import { addressIn, SEPARATORS, STRONG } from './separators.ts';
import { fold, type Word } from './tokens.ts';

/**
 * The people of a list, however it was copied: separated by commas, semicolons, line breaks, tabs or "and", with
 * bullets or numbers before the lines, addresses in angle brackets after their names, and only one cell per row of a
 * pasted table. Quoted text stays whole, and so does a distinguished name, whose own commas are followed by the next
 * `OU=` or `DC=`; after its last `DC=` a new name begins. Every word ends up in an entry, so that no person is lost
 * unnoticed. The time is linear.
 */
export interface Entry {
  readonly text: string;
  readonly isAddress: boolean;
  /** Unquoted words in it separate or negate names ("diego to github", "not adele"): it is hardly one person. */
  readonly isDoubtful: boolean;
}

/** The words between two separators, and the separator before them. */
interface Piece {
  readonly mark: 'start' | 'line' | 'tab' | 'semicolon' | 'comma' | 'and';
  /** White space follows the separator; kept only to restore distinguished names as they were typed. */
  readonly spaced: boolean;
  readonly words: readonly Word[];
}

const COMMAS = ',，、';
const SEMICOLONS = ';；';
const BULLET = /^(?:[-–—*•·‣▪▫◦●○■□➢➤>+]+|\(?\d{1,4}[.)])$/;
const GLUED_BULLET = /^(?:[•·‣▪▫◦●○■□➢➤]+|\(?\d{1,4}\))(?=.)/;
const DN_START = /^(?:cn|ou|dc|uid)=/i;
const DN_PART = /^[a-z][a-z0-9.-]*=/i;

/** One entry each, in the order of the words, including repetitions. */
export function readEntries(words: readonly Word[]): Entry[] {
  const pieces = oneOfEachRow(withWholeDistinguishedNames(cut(words)));
  return surnameFirst(pieces) ?? surnamesAlone(pieces) ?? pieces.flatMap((piece) => entriesIn(piece.words));
}

/**
 * A line with tabs is a row of a pasted table, and a row is one person: the cell with an address, else the first; each
 * cell is a person only where every cell is an address. The other cells (a manager, a department) were not meant, and
 * must not be provisioned.
 */
function oneOfEachRow(pieces: readonly Piece[]): Piece[] {
  return groupsOf(pieces, ({ mark }) => mark !== 'tab').flatMap((cells) => {
    const [first] = cells;
    if (first === undefined || cells.length === 1) return cells;
    const addressed = cells.filter(({ words }) => words.some(hasAddress));
    if (addressed.length === cells.length) return cells;
    return [{ ...(addressed[0] ?? first), mark: first.mark }];
  });
}

/** The items in groups, each with those up to the next that begins a group. */
export function groupsOf<Item>(items: readonly Item[], begins: (item: Item) => boolean): Item[][] {
  const groups: Item[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    if (group === undefined || begins(item)) groups.push([item]);
    else group.push(item);
  }
  return groups;
}

function hasAddress(word: Word): boolean {
  return addressIn(word) !== null || bracketedAddress(word) !== null;
}

/** The address in angle brackets at the end of the word: `<adele@contoso.com>`; null without one. */
export function bracketedAddress(word: Word): string | null {
  if (word.quoted || !word.text.endsWith('>')) return null;
  const inside = word.text.slice(word.text.lastIndexOf('<'), -1);
  return inside.startsWith('<') ? addressIn({ ...word, text: inside.slice(1) }) : null;
}

function cut(words: readonly Word[]): Piece[] {
  const pieces: Piece[] = [];
  let current: Word[] = [];
  let mark: Piece['mark'] = 'start';
  let spaced = true;
  const part = (next: Piece['mark'], nextSpaced = true) => {
    if (current.length > 0) pieces.push({ mark, spaced, words: current });
    // At the end of a line the line break outranks a comma.
    if (current.length > 0 || next !== 'comma') mark = next;
    spaced = nextSpaced;
    current = [];
  };

  for (const word of words) {
    if (word.startsLine) part('line');
    else if (word.afterTab) part('tab');
    if (word.quoted) {
      current.push(word);
      continue;
    }
    if (CONJUNCTIONS.has(fold(word)) || word.text === '&') {
      part('and');
      continue;
    }
    if (word.startsLine && BULLET.test(word.text)) continue;
    let text = word.startsLine ? word.text.replace(GLUED_BULLET, '') : word.text;
    for (let end = nextMark(text); end >= 0; end = nextMark(text)) {
      if (end > 0) current.push({ ...word, text: text.slice(0, end) });
      part(SEMICOLONS.includes(text.charAt(end)) ? 'semicolon' : 'comma', end === text.length - 1);
      text = text.slice(end + 1);
    }
    if (text !== '') current.push({ ...word, text });
  }
  part('line');
  return pieces;
}

/** The position of the first separator without a backslash before it; -1 when there is none. */
function nextMark(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (COMMAS.includes(character) || SEMICOLONS.includes(character)) return at;
  }
  return -1;
}

function withWholeDistinguishedNames(pieces: readonly Piece[]): Piece[] {
  const whole: Piece[] = [];
  let open: { mark: Piece['mark']; spaced: boolean; words: Word[]; atDomain: boolean } | null = null;
  for (const piece of pieces) {
    const [first, ...others] = piece.words;
    if (first === undefined) continue;
    const atDomain = /^dc=/i.test(first.text);
    const belongs = piece.mark === 'comma' && !first.quoted && DN_PART.test(first.text);
    const last = open?.words.pop();
    if (open !== null && last !== undefined) {
      if (belongs && (atDomain || !open.atDomain)) {
        open.words.push(
          ...(piece.spaced ? [{ ...last, text: `${last.text},` }, first] : [glued(last, first)]),
          ...others,
        );
        open.atDomain = atDomain;
        continue;
      }
      open.words.push(last);
    }
    const starts = !first.quoted && DN_START.test(first.text);
    open = starts ? { mark: piece.mark, spaced: piece.spaced, words: [...piece.words], atDomain } : null;
    whole.push(open ?? piece);
  }
  return whole;
}

function glued(left: Word, right: Word): Word {
  return { ...left, text: `${left.text},${right.text}` };
}

/**
 * "Vance, Adele <adele@contoso.com>; Langer, Isaiah <isaiah@contoso.com>", as Outlook copies names with the surname
 * first: every person ends in an address, and none has more than one comma. Null for lists of another form.
 */
function surnameFirst(pieces: readonly Piece[]): Entry[] | null {
  const people = groupsOf(pieces, ({ mark }) => mark !== 'comma');
  if (people.length < 2 || people.length === pieces.length) return null;

  const entries: Entry[] = [];
  for (const parts of people) {
    const words = parts.flatMap((piece) => piece.words);
    const last = words.at(-1);
    const address = last === undefined ? null : bracketedAddress(last);
    const others = words.slice(0, -1);
    if (address === null || parts.length > 2 || others.some((word) => addressIn(word) !== null)) return null;
    entries.push({ text: address, isAddress: true, isDoubtful: isDoubtful(others) });
  }
  return entries;
}

/**
 * "Vance, Adele; Langer, Isaiah", without addresses: semicolons separate the people, and each has one comma. Split at
 * the comma, the surname alone could match another person. Null for lists of another form, and for lowercase names:
 * those are typed one by one.
 */
function surnamesAlone(pieces: readonly Piece[]): Entry[] | null {
  const pairs = Array.from({ length: pieces.length / 2 }, (_, index) => pieces.slice(index * 2, index * 2 + 2));
  const isSo = pairs.every(
    ([surname, given], index) =>
      given?.mark === 'comma' &&
      (index === 0 || surname?.mark === 'semicolon') &&
      [surname, given].every(
        (piece) =>
          piece?.words.every((word) => !word.quoted && !hasAddress(word)) === true &&
          !/^\p{Ll}/u.test(piece.words.at(-1)?.text ?? ''),
      ),
  );
  if (pairs.length < 2 || pieces.length % 2 === 1 || !isSo) return null;
  return pairs.flatMap((pair) => {
    const names = pair.map((piece) => readName(piece.words)).filter((name) => name !== null);
    const isOdd = pair.some((piece) => isDoubtful(piece.words));
    return names.length === 2 ? [{ text: names.join(', '), isAddress: false, isDoubtful: isOdd }] : [];
  });
}

function entriesIn(words: readonly Word[]): Entry[] {
  if (words.length > 1 && words.every((word) => !word.quoted && addressIn(word) !== null)) {
    return words.flatMap((word) => entryOf([word]));
  }
  const entries: Entry[] = [];
  let name: Word[] = [];
  for (const word of words) {
    const address = bracketedAddress(word);
    if (address === null) {
      name.push(word);
      continue;
    }
    // The name before the address only repeats who it is.
    entries.push({ text: address, isAddress: true, isDoubtful: isDoubtful([...name, word]) });
    name = [];
  }
  return [...entries, ...entryOf(name)];
}

function entryOf(words: readonly Word[]): Entry[] {
  const [only, second] = words;
  const address = second === undefined ? addressIn(only) : null;
  const text = address ?? readName(words);
  return text === null ? [] : [{ text, isAddress: address !== null, isDoubtful: isDoubtful(words) }];
}

/** A name may end in such a word ("Bill To"), or hold a capitalized one ("Kim In Sook"). */
function isDoubtful(words: readonly Word[]): boolean {
  const first = words[0];
  if (first === undefined || (!first.quoted && DN_START.test(first.text))) return false;
  const parts = words.slice(0, -1).some((word, at) => {
    const isSmall = !/^\p{Lu}\p{Ll}/u.test(word.text);
    return at === 0
      ? STRONG.has(fold(word)) && isSmall
      : STRONG.has(fold(word)) || (SEPARATORS.has(fold(word)) && isSmall);
  });
  return parts || takesBack(words.map((word) => (word.quoted ? '' : word.text)).join(' '));
}
