import type { UserMatch } from './user.ts';
import { isGuest, mostCandidates, type NamedUser, withoutNames } from './user.ts';

/**
 * The person that a name means. Usher acts on a person by the mail nickname, the full display name, or whole words of
 * the name (the given name, the surname, or several words in any order), and only where no other member matches as
 * well. The accents of a full name may be missing; those of a part may not. Other similar names, such as those that
 * begin so, are offered. Guests are ignored while a member matches, and need a full name of several words.
 */
export function matchByName(typed: string, users: readonly NamedUser[], complete: boolean): UserMatch {
  const name = readName(typed);
  const fits = users.map((user) => ({ user, fit: fitOf(name, user), guest: isGuest(user) }));
  const guests = fits.filter(({ guest, fit }) => guest && fit.reach !== 'part');
  for (const reach of ['full', 'whole'] as const) {
    const members = fits.filter(({ guest, fit }) => !guest && fit.reach === reach);
    const [only] = members;
    if (only === undefined) continue;
    // Whether a part of a name is unique is unknown before the last page; a whole name was queried separately.
    const isAlone = members.length === 1 && (complete || (reach === 'full' && !only.fit.unaccented));
    if (isAlone && only.fit.sure) return { kind: 'one', user: withoutNames(only.user) };
    return several([...members, ...guests], complete);
  }
  const [guest] = guests;
  const isFull = guests.length === 1 && guest?.fit.reach === 'full' && guest.fit.sure;
  if (isFull && name.words.length > 1) return { kind: 'one', user: withoutNames(guest.user) };
  const parts = fits.filter(({ fit }) => fit.reach === 'part');
  return several([...guests, ...parts.filter((one) => !one.guest), ...parts.filter((one) => one.guest)], complete);
}

/** Whether the name is the user's, exactly or but for accents, as a whole or in whole words: worth an offer. */
export function isNamed(typed: string, user: NamedUser): boolean {
  return fitOf(readName(typed), user).reach !== 'part';
}

/** A name normalized for comparison: case, width, kinds of apostrophes and of spaces do not matter. */
export function foldName(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Cf}/gu, '')
    .replace(/[‘’‛ʼ´`]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

interface Name {
  readonly text: string;
  readonly words: readonly string[];
  /** It contains a dot, an underscore or a digit, which people's names do not: an account name. */
  readonly isAccount: boolean;
}

interface Fit {
  readonly reach: 'full' | 'whole' | 'part';
  /** An exact match, or the whole name but for accents; else only the first part of the principal name matches. */
  readonly sure: boolean;
  /** It matches only without its accents. */
  readonly unaccented?: true;
}

function readName(typed: string): Name {
  const text = foldName(typed);
  return { text, words: wordsOf(text), isAccount: !text.includes(' ') && /[._\d]/.test(text) };
}

function fitOf(name: Name, user: NamedUser): Fit {
  const nickname = foldName(user.mailNickname ?? '');
  const isNickname = name.text !== '' && nickname === name.text;
  const isAccount = isNickname || foldName(user.userPrincipalName).split('@')[0] === name.text;
  if (isAccount && name.isAccount) return { reach: 'full', sure: isNickname };
  const display = wordsOf(foldName(user.displayName));
  for (const [same, sure] of [
    [isSame, true],
    [soundsSame, false],
  ] as const) {
    const isFull = name.words.length === display.length && covers(name.words, display, same);
    // The whole name without its accents is the name; "mueller" for "müller" may mean another person.
    if (isFull && display.length > 1) {
      if (sure || !covers(name.words, display, isSameUnaccented)) return { reach: 'full', sure };
      return { reach: 'full', sure: true, unaccented: true };
    }
    if ((sure && isNickname) || isFull || isWhole(name, user, display, same)) return { reach: 'whole', sure };
  }
  return { reach: isAccount ? 'whole' : 'part', sure: false };
}

/**
 * A given name, a surname, or several whole words that include one. Where the directory has neither, the first and last
 * word of the display name stand for them, ignoring what is in brackets.
 */
function isWhole({ text, words }: Name, user: NamedUser, display: readonly string[], same: Same): boolean {
  const called = [user.givenName, user.surname].map((part) => foldName(part ?? '')).filter((part) => part !== '');
  if (called.some((part) => same(part, text))) return true;
  const bare = wordsOf(foldName(user.displayName).replace(/[([{<][^)\]}>]*[)\]}>]?/g, ' '));
  // Where the directory has the names, the ends of the display name may be a department, a title or "(Ext)".
  const ends = called.length > 0 ? [] : [bare.at(0), bare.at(-1)].filter((word) => word !== undefined);
  const [only] = words;
  if (only === undefined) return false;
  if (words.length === 1) return ends.some((end) => same(end, only));
  const known = [...display, ...called.flatMap(wordsOf).filter((word) => !display.includes(word))];
  const isCalled = words.some((word) => [...ends, ...called.flatMap(wordsOf)].some((end) => same(end, word)));
  return isCalled && covers(words, known, same);
}

function wordsOf(folded: string): readonly string[] {
  return folded
    .split(/[\s,;，、；()[\]{}<>|/"“”]+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+/u, '').replace(/(?<=[\p{L}\p{N}\p{M}])[^\p{L}\p{N}\p{M}]+$/u, ''))
    .filter((word) => word !== '');
}

type Same = (one: string, other: string) => boolean;

/** Whether each word matches one of the others, no two words the same one. */
function covers(words: readonly string[], others: readonly string[], same: Same): boolean {
  const left = [...others];
  return (
    words.length > 0 &&
    words.every((word) => {
      const at = left.findIndex((other) => same(word, other));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

const isSame: Same = (one, other) => one === other;

const isSameUnaccented: Same = (one, other) => withoutAccents(one) === withoutAccents(other);

/** "muller" and "mueller" are ways to type "müller" without an umlaut key. */
const soundsSame: Same = (one, other) => {
  const [plain, spelled] = [withoutAccents(one), withoutAccents(spelledOut(one))];
  const [otherPlain, otherSpelled] = [withoutAccents(other), withoutAccents(spelledOut(other))];
  return plain === otherPlain || plain === otherSpelled || spelled === otherPlain;
};

function withoutAccents(text: string): string {
  let plain = '';
  for (const character of text.normalize('NFD').replace(/\p{M}/gu, '')) plain += stroked[character] ?? character;
  return plain;
}

/** Letters that Unicode does not decompose. */
const stroked: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
};

function spelledOut(text: string): string {
  return text.replace(/[äöüåø]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' })[letter] ?? letter);
}

function several(found: readonly { readonly user: NamedUser }[], complete: boolean): UserMatch {
  const users = found.map(({ user }) => withoutNames(user));
  if (users.length === 0) return { kind: 'none' };
  const more = !complete || users.length > mostCandidates;
  return { kind: 'several', users: users.slice(0, mostCandidates), more };
}
