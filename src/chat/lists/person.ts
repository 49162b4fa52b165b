import { type Fetched, fetched } from '../../graph/answer.ts';
import type { Directory, DirectoryUser, UserMatch } from '../../graph/directory.ts';
import { closest } from '../grammar/closest.ts';
import { isNoName, isSelf } from '../grammar/pronouns.ts';
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

/** Whom a name means; for every command that names a person. */
export async function resolvePerson(
  directory: Directory,
  typed: string,
  typist: Typist,
): Promise<Fetched<PersonMatch>> {
  if (typist.quoted.has(typed)) return directory.findUsers(typed);
  if (isSelf(typed)) return directory.findUsers(typist.id);
  return isNoName(typed, typist.locale) ? fetched({ kind: 'noName' }) : directory.findUsers(typed);
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
