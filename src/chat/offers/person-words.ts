import { CLOSING_WORDS } from '../grammar/courtesy.ts';
import { negationIn } from '../grammar/negations.ts';
import { trimEdges } from '../grammar/tokens.ts';
import { wordSet } from '../grammar/word-lists.ts';

/** Words around a name in a line that the grammar could not parse. None is looked up as a person. */
const AROUND = wordSet(`
  a an the this that these those my our your his her their its some all i you he she it we they him them us someone
  somebody anyone everyone both to into in on onto for from of at with by as about up out off over and or but also too
  so then if whether when because below above following is are was were be been has have had do does did can could
  should can't cant cannot doesn't doesnt isn't isnt didn't didnt hasn't hasnt won't not no never already still yet now
  just again today asap immediately soon why who what how where which please hi hello hey dear usher would will
  provision provisioned provisioning reprovision re-provision re-sync update updated refresh add added adding create created onboard onboarding sync resync synced push assign
  assigned give gave grant granted need needs want wants require requires get gets got getting request requested
  requesting ask set setup enable enabled approve approved check verify status history watch tell let log login logon
  sign signin access account accounts license licence app apps user users person people group member employee colleague
  new starter starters joiner joiners hire hires application system ticket case see use able unable locked missing broken breaks down last
  fails failing failed starts start starting joins joining me myself either neither nor until till through since before
  after during there here show find display list kindly urgently urgent done error errors problem
  problems issue issues trouble fault failure duplicate wrong role changed changes move moved something anything everything
  take kick delete revoke unassign deprovision disable deactivate suspend block cut lose loses strip rescind drop boot eject evict more longer any try trying tried same put waiting wait waits vp paged pinged alert alerts firing nothing thing things stuff quick question going cc bcc fwd fw re asks asked says said wrote ok okay members staff employees
`);
const TICKET = /^#?(?:[a-z]{2,10}-?\d{3,}|\d{4,})$/i;
const ADDRESS = /[^\s<>"',;()]+@[^\s<>"',;()]*[^\s<>"',;().!?]/g;
/** No name has more words. */
const MOST_WORDS = 4;
const LONGEST_NAME = 100;
/** Runs of words between two separators, of which one may be the name. */
const MOST_NAMES = 3;
const MOST_PEOPLE = 50;

/**
 * The people whom words may name, each as a few texts to look up, likeliest first: an address goes before the names
 * next to it. A sender or a cc counts only where no other person is named.
 */
export function peopleIn(text: string): string[][] {
  const people = peopleAmong(text.replace(SENDERS, ' '));
  return people.length > 0 ? people : peopleAmong(text);
}

/** "(cc adele@contoso.com)", "fwd from adele:", "adele@contoso.com asks". */
const SENDERS = new RegExp(
  [
    `(?<!\\S)\\(?(?:b?cc|fwd?|from|re|via|by|per)\\b:?\\s*(?:from\\s+)?${ADDRESS.source}\\)?`,
    `${ADDRESS.source}\\s+(?:asks?|asked|says|said|wrote|writes|requests|requested)(?!\\S)`,
    '^\\s*(?:fwd?|from|re)\\b[^:\\n]{0,80}:',
  ].join('|'),
  'giu',
);

function peopleAmong(text: string): string[][] {
  const addresses = text.match(ADDRESS) ?? [];
  let next = 0;
  // Brackets only describe a person, unless they hold an address alone.
  const masked = text
    .replace(ADDRESS, () => ` ${MARK}${next++}${MARK} `)
    .replace(/\([^()]*\)/g, (inside) => (isMarked(inside) ? inside : ' '));
  // "Vance, Adele <adele@contoso.com>; Langer, Isaiah <isaiah@contoso.com>"
  const isMail = /<[^<>\s]+@[^<>\s]+>/.test(text);
  const parts = masked.split(isMail ? /[;\n]|(?<!\S)(?:and|or)(?!\S)/i : /[,;:&+/\n]|(?<!\S)(?:and|or|nor)(?!\S)/i);
  const people = parts.flatMap((part): string[][] => {
    const own = [...part.matchAll(MARKED)].map(([, index]) => addresses[Number(index)] ?? '');
    const names = namesIn(part.replace(MARKED, isMail ? ' ' : ' and '));
    if (own.length > 1) return own.map((address) => [address]);
    return [[...own, ...names]];
  });
  return people.filter((names) => names.length > 0).slice(0, MOST_PEOPLE);
}

/** Texts to look up a person by, and then their parts: "urgently lee gu" is no name, though two of its words are. */
export function orByPart(texts: readonly string[]): string[] {
  const words = (texts.find((text) => !text.includes('@')) ?? '').split(' ');
  const pairs = words.slice(1).map((word, at) => `${words[at]} ${word}`);
  return [...new Set([...texts, ...pairs, ...words])].filter((text) => text !== '');
}

/** Replaces an address while the text is split at characters that an address may contain. */
const MARK = '\uE000';
const MARKED = new RegExp(`${MARK}(\\d+)${MARK}`, 'g');

function isMarked(inside: string): boolean {
  return inside.replace(MARKED, '') !== inside && inside.replace(MARKED, '').replace(/[()<>\s]/g, '') === '';
}

/** Whether the words are pronouns and the like: then no similar name and no group is looked up. */
export function namesNoPerson(text: string): boolean {
  return !text.includes('@') && peopleIn(text).length === 0;
}

/** Whether the words separate people by "or": one of them is meant. */
export function isChoice(text: string): boolean {
  return /(?<!\S)or(?!\S)/i.test(text);
}

/** The words that the command cannot hold, as typed; empty for courtesy and conjunctions. */
export function remainderOf(text: string): string {
  const remainder = text
    .replace(/\s+/g, ' ')
    .replace(/^(?:[\s.,;:!?()&+/–—-]|(?:and|or|the)(?!\S))+/i, '')
    .split(' ');
  for (let last = remainder.pop(); last !== undefined; last = remainder.pop()) {
    const bare = trimEdges(last, '', '.,;:!?()&+/–—-');
    if (bare === '' || /^(?:and|or|the)$/i.test(bare)) continue;
    remainder.push(bare);
    break;
  }
  const words = remainder.map(bareWord);
  return words.every((word) => word === '' || CLOSING_WORDS.has(word) || MEANT_ANYWAY.has(word))
    ? ''
    : remainder.join(' ');
}

/** Splits a text at its first negation. */
export function cutTakenBack(text: string): { readonly kept: string; readonly rest: string } {
  const at = negationIn(text)?.at ?? text.length;
  return { kept: text.slice(0, at), rest: text.slice(at) };
}

/** Where a line begins to give a reason or a condition, so that names from there on are not meant; else its end. */
export function clauseIn(text: string): number {
  return CLAUSE.exec(text)?.index ?? text.length;
}

const CLAUSE = new RegExp(
  [
    '(?<![\\p{L}\\p{N}])(?:because|cuz|unless|only if|if|when|once|while|whereas|although|though|since|due to|so that',
    'in order to|as part of|as soon as|(?:as|so) (?:he|she|they|we|i|it|his|her|their|our))(?![\\p{L}\\p{N}])',
    "[,;.–—-]\\s*(?:he|she|they|we|i|it|his|her|their|our)(?:['’](?:s|re|ll|ve|m|d))?(?![\\p{L}\\p{N}'’])",
  ].join('|'),
  'iu',
);

/** Usher provisions at once anyway. */
const MEANT_ANYWAY = wordSet('now immediately also too right away app');

function namesIn(part: string): string[] {
  const names: string[] = [];
  let run: string[] = [];
  const end = () => {
    if (run.length > 0 && run.length <= MOST_WORDS) names.push(run.join(' '));
    run = [];
  };
  for (const typed of part.split(/\s+/)) {
    const word = typed.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replace(/['’]s$/i, '');
    if (word === '' || isAround(bareWord(typed)) || TICKET.test(word)) end();
    else run.push(word);
  }
  end();
  return names.filter((name) => name.length <= LONGEST_NAME).slice(0, MOST_NAMES);
}

export function isAround(word: string): boolean {
  return AROUND.has(word) || CLOSING_WORDS.has(word);
}

export function bareWord(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
