import { generatedPeople, people } from '../../../src/sandbox/tenant/people.ts';

/** What no line of a log may hold: people by anything but their object id, what they typed, tokens and secrets. */
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const wordsOf = (names: readonly string[]) =>
  new RegExp(`\\b(?:${[...new Set(names)].map(escaped).join('|')})\\b`, 'i');

const cast = Object.values(people);
const everybody = [...cast, ...generatedPeople];
/** Of the cast also a first name alone; "Lee" and the like are words of their own. */
const firstNames = cast.map(({ givenName }) => givenName ?? '').filter((name) => name.length > 4);

const kinds: readonly (readonly [string, RegExp])[] = [
  ['an address', /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/i],
  ['a name', wordsOf([...everybody.map(({ displayName }) => displayName), ...firstNames])],
  ['a token', /\beyJ[\w-]{10,}|\bbearer\s+[\w~+/-]|\bheader\.SECRETTOKEN\b|\btoken of the (?:registration|managed)/i],
  [
    'a secret',
    /pass~word|the bot secret|scrape~my\.token|client_secret=|-----BEGIN|postgres(?:ql)?:\/\/[^\s:/]+:[^\s@]+@/,
  ],
  ['what a user typed', /\bprovision (?:user|users|group)? ?\S+ to \S|\brequest access for\b|because of the season/i],
];

/** Of the last sealed entry of the audit log: random letters, which may begin as a token does. */
const sealHash = /"hash":"[\w-]{43}"/;

/** The kinds of what must not stand in a line of the log, each with the words that gave it away. */
export function leaksIn(line: string): readonly { readonly kind: string; readonly found: string }[] {
  const read = line.replace(sealHash, '');
  return kinds.flatMap(([kind, pattern]) => {
    const [found] = pattern.exec(read) ?? [];
    return found === undefined ? [] : [{ kind, found }];
  });
}
