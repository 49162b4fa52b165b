import { type Fetched, fetched } from '../../graph/answer.ts';
import type { Directory, DirectoryUser } from '../../graph/directory.ts';
import type { UserMatch } from '../../graph/user.ts';
import { closest } from '../grammar/closest.ts';
import { isSelf, noNameIn } from '../grammar/pronouns.ts';
import { splitWords } from '../grammar/tokens.ts';
import type { Incoming } from '../incoming.ts';

/** The possible results for a name; `noName` names no particular person, and no lookup was made. */
export type PersonMatch = UserMatch | { readonly kind: 'noName' };

/** The person who types a name, with their language and quoting. */
export interface Typist {
  /** Entra object id, which "me" means. */
  readonly id: string;
  readonly locale: string;
  /** The quoted parts of the line: in quotes, every word is a name. */
  readonly quoted: ReadonlySet<string>;
}

export function typistOf({ speaker, reader, what }: Pick<Incoming, 'speaker' | 'reader' | 'what'>): Typist {
  const line =
    what.kind === 'text' ? what.text : what.kind === 'action' && 'text' in what.action ? what.action.text : '';
  const quoted = splitWords(line).flatMap((word) => (word.quoted ? [word.text] : []));
  return { id: speaker.id, locale: reader.locale, quoted: new Set(quoted) };
}

/**
 * Finds the person whom a name means, for every command about a person. A pronoun or the like counts as a name only
 * where it is a person's whole name (Elke, Esa; Mr. More): accepted if it is a word of another language, offered if it
 * is one of the reader's own.
 */
export async function resolvePerson(
  directory: Directory,
  typed: string,
  typist: Typist,
): Promise<Fetched<PersonMatch>> {
  if (typist.quoted.has(typed)) return directory.findUsers(typed);
  if (isSelf(typed)) return directory.findUsers(typist.id);
  const kind = noNameIn(typed, typist.locale);
  if (kind === null) return directory.findUsers(typed);
  const words = namesOf(typed);
  if (words.length > longestName) return fetched({ kind: 'noName' });
  const found = await directory.findUsers(typed);
  if (!found.ok) return found;
  if (found.value.kind === 'one' && kind === 'foreign') return found;
  const users =
    found.value.kind === 'one' ? [found.value.user] : found.value.kind === 'several' ? found.value.users : [];
  const called = users.filter(({ displayName }) => words.every((word) => namesOf(displayName).includes(word)));
  return fetched(called.length === 0 ? { kind: 'noName' } : { kind: 'several', users: called, more: false });
}

/** The words of the longest such name; more pronouns and the like are no name. */
const longestName = 2;

function namesOf(text: string): readonly string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s,()]+/)
    .filter((word) => word !== '');
}

/** The person who was probably meant by a name that matches no person; none where Graph does not tell. */
export async function nearest(directory: Directory, typed: string): Promise<readonly DirectoryUser[]> {
  // "Isaiah Langer (Sales)", and the address of a colleague at another domain.
  const bare = typed.replace(/[([{<][^)\]}>]*[)\]}>]?/g, ' ').trim();
  const part = typed.includes('@') ? (typed.split('@')[0] ?? '') : bare;
  if (part !== '' && part !== typed) {
    const found = await directory.findUsers(part);
    if (found.ok && found.value.kind === 'one') return [found.value.user];
    if (found.ok && found.value.kind === 'several') return found.value.users;
  }
  return nearMisses(directory, typed);
}

/** People with this name apart from accents; else the one with the most similar name. One read. */
export async function nearMisses(directory: Directory, typed: string): Promise<readonly DirectoryUser[]> {
  const found = await directory.findSimilar(typed);
  if (!found.ok) return [];
  const users = found.value.map(({ named: _, ...user }) => user);
  const named = users.slice(0, found.value.filter((user) => user.named).length);
  if (named.length > 0) return named;
  const namesOf = ({ displayName, userPrincipalName: upn }: DirectoryUser) => [
    displayName,
    upn,
    upn.split('@')[0] ?? '',
  ];
  const near = closest(typed, users.flatMap(namesOf));
  return users.filter((one) => near !== null && namesOf(one).includes(near)).slice(0, 1);
}

/** `CN=Adele Vance,OU=Sales,DC=contoso,DC=com`: the name of an object in Active Directory. */
export function isDistinguishedName(text: string): boolean {
  return /^\s*(cn|ou|uid)\s*=.+,\s*dc\s*=/i.test(text);
}

/** The unescaped value of the first part: the object's everyday name. */
export function commonName(distinguishedName: string): string {
  const first = /^\s*[a-z]+\s*=\s*((?:\\.|[^,\\])+)/i.exec(distinguishedName)?.[1] ?? distinguishedName;
  return first.replace(/\\(.)/g, '$1');
}
