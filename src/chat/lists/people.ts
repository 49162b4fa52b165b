import { assertNever } from '../../assert-never.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { Directory, DirectoryUser } from '../../graph/directory.ts';
import { eachSideBySide } from '../../graph/side-by-side.ts';
import { isGuest } from '../../graph/user.ts';
import { addressOf } from '../../graph/user-addresses.ts';
import type { LeftOut, Subject } from '../../requests/request.ts';
import { trimEdges } from '../grammar/words.ts';
import { nearMisses, resolvePerson, type Typist } from './person.ts';

/** What a list of names and addresses comes to: the people, once each and in order, and what is left over. */
export type PeopleFound =
  | { readonly kind: 'people'; readonly people: readonly DirectoryUser[]; readonly leftOut: readonly LeftOut[] }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

type Resolved =
  | { readonly kind: 'user'; readonly user: DirectoryUser }
  | { readonly kind: 'leftOut'; readonly leftOut: LeftOut }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

/** Reads go out side by side, but not so many that Graph's patience suffers. */
const atOnce = 6;
const mostSuggestions = 3;
/** No name and no address is longer; Graph need not be asked about it. */
const longestEntry = 256;

/**
 * Finds everybody of a list. Addresses are asked about many at a time; ids and names one by one. A name that fits
 * nobody or several is left out with suggestions, and so is who is named twice.
 */
export async function findPeople(directory: Directory, typed: readonly string[], typist: Typist): Promise<PeopleFound> {
  const entries = typed.map(addressWithin);
  const known = await directory.findUsersByAddress(entries.filter((entry) => entry.includes('@') && !isTooLong(entry)));
  if (!known.ok) return { kind: 'trouble', trouble: known.trouble };
  const resolved = await eachSideBySide(entries, atOnce, async (entry): Promise<Resolved> => {
    if (isTooLong(entry)) return leftOut(entry, 'notUnderstood', []);
    const user = known.value.get(addressOf(entry).toLowerCase());
    if (user !== undefined) return { kind: 'user', user };
    return entry.includes('@')
      ? leftOut(entry, 'unknown', await similarTo(directory, entry))
      : byName(directory, entry, typist);
  });

  const people = new Map<string, DirectoryUser>();
  const left: LeftOut[] = [];
  for (const [index, result] of resolved.entries()) {
    if (result.kind === 'trouble') return result;
    if (result.kind === 'leftOut') left.push(result.leftOut);
    else if (people.has(result.user.id))
      left.push({ text: entries[index] ?? '', reason: 'duplicate', suggestions: [] });
    else people.set(result.user.id, result.user);
  }
  return { kind: 'people', people: [...people.values()], leftOut: left };
}

async function byName(directory: Directory, entry: string, typist: Typist): Promise<Resolved> {
  const found = await resolvePerson(directory, entry, typist);
  if (!found.ok) return { kind: 'trouble', trouble: found.trouble };
  switch (found.value.kind) {
    case 'one':
      return { kind: 'user', user: found.value.user };
    case 'several':
      return leftOut(
        entry,
        // One who may be meant by it is not called so; that is no choice.
        found.value.users.length === 1 ? 'unknown' : 'ambiguous',
        found.value.users.map((user) => user.userPrincipalName),
      );
    case 'none':
      return leftOut(entry, 'unknown', await similarTo(directory, entry));
    case 'noName':
      return leftOut(entry, 'noName', []);
    default:
      return assertNever(found.value, 'match');
  }
}

/**
 * "Adele Vance <adele@contoso.com>", with or without its brackets, is the address; all else is what it is. An address is
 * taken whole, with every mark that one may hold, or not at all: a part of it may be another's.
 */
export function addressWithin(entry: string): string {
  const addresses = entry.split(/[\s<>"“”„,;()[\]]+/).filter((part) => /[^@]@[^@]/.test(part));
  const [only] = addresses;
  if (only === undefined || addresses.length > 1) return entry;
  const isInQuotes = /^['‘].*['’]$/.test(only);
  return isInQuotes ? trimEdges(only, "'‘", "'’") : only;
}

function isTooLong(entry: string): boolean {
  return entry.length > longestEntry;
}

/** The addresses of those who were probably meant; none where Graph does not tell. */
export async function similarTo(directory: Directory, typed: string): Promise<string[]> {
  return (await nearMisses(directory, typed)).map((user) => user.userPrincipalName);
}

function leftOut(text: string, reason: LeftOut['reason'], suggestions: readonly string[]): Resolved {
  return { kind: 'leftOut', leftOut: { text, reason, suggestions: suggestions.slice(0, mostSuggestions) } };
}

/** A user as the subject of a call. */
export function toSubject(user: DirectoryUser, objectTypeName: string): Subject {
  const subject = { id: user.id, type: objectTypeName, name: user.displayName, label: user.userPrincipalName };
  return isGuest(user) ? { ...subject, guest: true } : subject;
}
