import type { UserMatch } from './user.ts';
import { isGuest, mostCandidates, type NamedUser, withoutNames } from './user.ts';

/**
 * Which person a name means. A person is acted on by the mail nickname, the full display name, or whole words of the
 * name (the given name, the surname, or several words in any order), and only where no other member fits as well. The
 * accents of a full name may be missing; those of a part may not. What else is like a name, such as the beginning of
 * one, is offered. Guests are passed over while a member fits, and are acted on by a full name of several words alone.
 */
export function matchByName(typed: string, users: readonly NamedUser[], complete: boolean): UserMatch {
  const name = readName(typed);
  const fits = users.map((user) => ({ user, fit: fitOf(name, user), guest: isGuest(user) }));
  const guests = fits.filter(({ guest, fit }) => guest && fit.reach !== 'part');
  for (const reach of ['full', 'whole'] as const) {
    const members = fits.filter(({ guest, fit }) => !guest && fit.reach === reach);
    const [only] = members;
    if (only === undefined) continue;
    // Whether a part of a name is one person's alone is not known before the last page; a whole name was asked for.
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

/** Whether the name is the user's to the letter or to the accent, whole or in whole words: worth an offer. */
export function isNamed(typed: string, user: NamedUser): boolean {
  return fitOf(readName(typed), user).reach !== 'part';
}

/** A name as names are compared: case, width, kinds of apostrophes and of blanks make no difference. */
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
  /** It holds a dot, a low line or a digit, as names that people are called by do not: an account's name. */
  readonly isAccount: boolean;
}

interface Fit {
  readonly reach: 'full' | 'whole' | 'part';
  /** To the letter, or the whole name but for accents; else only the first part of the principal name is the same. */
  readonly sure: boolean;
  /** It is the name only without its accents. */
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
    // The whole name without its accents is the name; "mueller" for "müller" may be another's.
    if (isFull && display.length > 1) {
      if (sure || !covers(name.words, display, isSameUnaccented)) return { reach: 'full', sure };
      return { reach: 'full', sure: true, unaccented: true };
    }
    if ((sure && isNickname) || isFull || isWhole(name, user, display, same)) return { reach: 'whole', sure };
  }
  return { reach: isAccount ? 'whole' : 'part', sure: false };
}

/**
 * A given name, a surname, or several whole words of which one is either. Where the directory tells neither, the ends
 * of the display name are taken for them, but for what stands in brackets.
 */
function isWhole({ text, words }: Name, user: NamedUser, display: readonly string[], same: Same): boolean {
  const called = [user.givenName, user.surname].map((part) => foldName(part ?? '')).filter((part) => part !== '');
  if (called.some((part) => same(part, text))) return true;
  const bare = wordsOf(foldName(user.displayName).replace(/[([{<][^)\]}>]*[)\]}>]?/g, ' '));
  // Where the directory tells the names, the ends of the whole may be a department, a title or "(Ext)".
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

/** Whether each of the words is one of the others, and no two are the same one. */
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

/** "muller" and "mueller" are "müller" without the means to type it. */
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

/** Letters that Unicode does not take apart. */
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
