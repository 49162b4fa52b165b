import { type Fetched, fetched } from '../../graph/answer.ts';
import type { Directory, DirectoryUser, UserMatch } from '../../graph/directory.ts';
import { closest } from '../grammar/closest.ts';
import { isSelf, noNameIn } from '../grammar/pronouns.ts';
import { splitWords } from '../grammar/words.ts';
import type { Incoming } from '../incoming.ts';

/** What a name can come to; `noName` names nobody in particular, and nobody was looked up. */
export type PersonMatch = UserMatch | { readonly kind: 'noName' };

/** Who types a name, how, and in which language. */
export interface Typist {
  /** Entra object id: whom "me" means. */
  readonly id: string;
  readonly locale: string;
  /** What stands in quotes on the line: there, every word is a name. */
  readonly quoted: ReadonlySet<string>;
}

export function typistOf({ speaker, reader, what }: Pick<Incoming, 'speaker' | 'reader' | 'what'>): Typist {
  const line =
    what.kind === 'text' ? what.text : what.kind === 'action' && 'text' in what.action ? what.action.text : '';
  const quoted = splitWords(line).flatMap((word) => (word.quoted ? [word.text] : []));
  return { id: speaker.id, locale: reader.locale, quoted: new Set(quoted) };
}

/**
 * Whom a name means; for every command that names a person. A word that names nobody in particular is one where a person
 * is called so whole (Elke, Esa; Mr. More): done in the language of another reader, offered in the reader's own.
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

/** Words of which a name consists; more of the kind that names nobody are no name. */
const longestName = 2;

function namesOf(text: string): readonly string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s,()]+/)
    .filter((word) => word !== '');
}

/** Who was probably meant by what names nobody; none where Graph does not tell. */
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

/** Who has this name but for its accents; else the one whose name is nearest to the letters. One read. */
export async function nearMisses(directory: Directory, typed: string): Promise<readonly DirectoryUser[]> {
  const found = await directory.findSimilar(typed);
  if (!found.ok) return [];
  const users = found.value.map(({ named: _, ...user }) => user);
  const named = users.slice(0, found.value.filter((user) => user.named).length);
  if (named.length > 0) return named;
  const namesOf = (user: DirectoryUser) => [
    user.displayName,
    user.userPrincipalName,
    user.userPrincipalName.split('@')[0] ?? '',
  ];
  const near = closest(typed, users.flatMap(namesOf));
  return users.filter((one) => near !== null && namesOf(one).includes(near)).slice(0, 1);
}
