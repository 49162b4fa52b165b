import { wordSet } from '../grammar/word-lists.ts';

/** An app, or a kit, which is named like one. */
export interface Nameable {
  readonly id: string;
  readonly displayName: string;
  readonly aliases: readonly string[];
  /** The beginning of its name does not name it. */
  readonly isWhole?: true;
}

/**
 * Where a text names apps. The longest name wins, so that "Data for Good" and "Webex, Cisco" stay whole; the beginning
 * of a name counts if it is made of whole words (`github` → GitHub Enterprise). Case, accents and punctuation make no
 * difference. Each word is compared once for each app that begins with it.
 */
export interface Mention {
  /** How a line names the app: by its name, or by the typed words where several apps begin so. */
  readonly name: string;
  /** The text holds the whole name, or an alias. */
  readonly whole: boolean;
  /** Positions in the text. */
  readonly from: number;
  readonly to: number;
}

export interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

interface Name {
  readonly tokens: readonly string[];
  readonly app: Nameable;
}

/**
 * Words that many app names begin with and that name none. A whole name made of these counts only where an app is
 * expected.
 */
const TOO_COMMON = wordSet(`
  the a an my our all and or to in on for from of at with as new user users team group access account app data it me us
  now please request status check history watch provision is was get needs need who why work you
`);
/** Words that people add after a name and that are no part of it. */
const BEHIND = wordSet('app application');
const SHORTEST_BEGINNING = 3;
const ADDRESS = /\S+@\S+/g;

/** The words of a text in lowercase without accents, each with its position. */
export function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map(({ 0: word, index }) => ({
    text: folded(word),
    from: index,
    to: index + word.length,
  }));
}

export function wordsOf(text: string): string[] {
  return tokensOf(text).map((token) => token.text);
}

/** @param expected whether the text was parsed as an app's name: then it may begin with any word */
export function mentionsIn(text: string, apps: readonly Nameable[], expected: boolean): Mention[] {
  // The domain of an address names no app.
  const tokens = tokensOf(text.replace(ADDRESS, (address) => ' '.repeat(address.length)));
  const names = namesByFirstWord(apps);
  const mentions: Mention[] = [];
  for (let at = 0; at < tokens.length; ) {
    const found = mentionAt(text, tokens, at, names, expected && mentions.length === 0);
    if (found === null) {
      at += 1;
      continue;
    }
    mentions.push(found.mention);
    at = found.next;
  }
  return mentions;
}

function mentionAt(
  text: string,
  tokens: readonly Token[],
  at: number,
  names: ReadonlyMap<string, readonly Name[]>,
  expected: boolean,
): { readonly mention: Mention; readonly next: number } | null {
  const first = tokens[at];
  const candidates = names.get(first?.text ?? '') ?? [];
  if (first === undefined || candidates.length === 0) return null;
  const begun = candidates.map((name) => ({ name, length: commonLength(name.tokens, tokens, at) }));
  const fits = begun.filter(({ name, length }) => name.app.isWhole !== true || length === name.tokens.length);
  if (fits.length === 0) return null;
  const length = Math.max(...fits.map((fit) => fit.length));
  const longest = fits.filter((fit) => fit.length === length).map(({ name }) => name);
  const wholes = longest.filter(({ tokens: own }) => own.length === length);
  const meant = new Map((wholes.length > 0 ? wholes : longest).map(({ app }) => [app.id, app]));
  const common = length === 1 && (TOO_COMMON.has(first.text) || first.text.length < SHORTEST_BEGINNING);
  const isJoined = !TOO_COMMON.has(first.text) && (isBesideJoint(tokens, at) || isBesidePlus(text, first));
  if (common && !((expected || isJoined) && wholes.length > 0)) return null;

  const last = tokens[at + length - 1] ?? first;
  const [app] = meant.values();
  const typed = text.slice(first.from, last.to);
  const end = endWithWhatFollows(text, tokens, at + length);
  return {
    mention: {
      name: meant.size === 1 && app !== undefined ? app.displayName : typed,
      whole: wholes.length > 0,
      from: first.from,
      to: tokens[end - 1]?.to ?? last.to,
    },
    next: end,
  };
}

/** "sf for isaiah", "isaiah to sf and gh": where an app is due, a short alias is one. */
function isBesideJoint(tokens: readonly Token[], at: number): boolean {
  return (at === 0 && tokens[1]?.text === 'for') || JOINTS.has(tokens[at - 1]?.text ?? '');
}

/** "SF+GH for adele" */
function isBesidePlus(text: string, { from, to }: Token): boolean {
  return /^\s*\+/.test(text.slice(to)) || /\+\s*$/.test(text.slice(0, from));
}

const JOINTS: ReadonlySet<string> = wordSet('to into in on and needs need wants want gets get give has');

/** "salesforce.com", "the Salesforce app". */
function endWithWhatFollows(text: string, tokens: readonly Token[], end: number): number {
  const next = tokens[end];
  const before = tokens[end - 1];
  if (next === undefined || before === undefined) return end;
  const isDomain = text.slice(before.to, next.from) === '.' && next.text === 'com';
  return isDomain || BEHIND.has(next.text) ? end + 1 : end;
}

function commonLength(name: readonly string[], tokens: readonly Token[], at: number): number {
  let length = 0;
  while (length < name.length && name[length] === tokens[at + length]?.text) length += 1;
  return length;
}

function namesByFirstWord(apps: readonly Nameable[]): ReadonlyMap<string, readonly Name[]> {
  const names = apps.flatMap((app) =>
    [app.displayName, ...app.aliases].map((name): Name => ({ tokens: wordsOf(name), app })),
  );
  const written = names.filter(({ tokens }) => tokens.length > 0);
  return Map.groupBy(written, ({ tokens: [first = ''] }) => first);
}

function folded(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
