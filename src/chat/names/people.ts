import pMap from 'p-map';
import { assertNever } from '../../assert-never.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { Directory, DirectoryUser } from '../../graph/directory.ts';
import { isGuest } from '../../graph/user.ts';
import { addressOf } from '../../graph/user-addresses.ts';
import type { LeftOut, Subject } from '../../requests/request.ts';
import { trimEdges } from '../grammar/tokens.ts';
import { nearMisses, resolvePerson, type Typist } from './person.ts';

/** The result for a list of names and addresses: the people, each once and in order, and the entries left out. */
export type PeopleFound =
  | {
      readonly kind: 'people';
      readonly people: readonly DirectoryUser[];
      /** Whom each entry, as it was typed, names. */
      readonly byEntry: ReadonlyMap<string, DirectoryUser>;
      readonly leftOut: readonly LeftOut[];
    }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

type Resolved =
  | { readonly kind: 'user'; readonly user: DirectoryUser }
  | { readonly kind: 'leftOut'; readonly leftOut: LeftOut }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

/** Parallel reads, few enough to stay clear of Graph's throttling. */
const atOnce = 6;
const mostSuggestions = 3;
/** No name and no address is longer; Graph need not be asked about it. */
const longestEntry = 256;

/**
 * Finds every person of a list. Addresses are read in batches; ids and names one by one. A name that matches no person
 * or several is left out with suggestions, and so is a person who is named twice.
 *
 * @param deletedToo whether the caller may be told that a person is deleted in Entra
 */
export async function findPeople(
  directory: Directory,
  typed: readonly string[],
  typist: Typist,
  { deletedToo = false }: { readonly deletedToo?: boolean } = {},
): Promise<PeopleFound> {
  const entries = typed.map(addressWithin);
  const known = await directory.findUsersByAddress(entries.filter((entry) => entry.includes('@') && !isTooLong(entry)));
  if (!known.ok) return { kind: 'trouble', trouble: known.trouble };
  const resolved = await pMap(
    entries,
    async (entry): Promise<Resolved> => {
      if (isTooLong(entry)) return leftOut(entry, 'notUnderstood', []);
      const user = known.value.get(addressOf(entry).toLowerCase());
      if (user !== undefined) return { kind: 'user', user };
      return entry.includes('@') ? unknown(directory, entry, deletedToo) : byName(directory, entry, typist, deletedToo);
    },
    { concurrency: atOnce },
  );

  const people = new Map<string, DirectoryUser>();
  const byEntry = new Map<string, DirectoryUser>();
  const left: LeftOut[] = [];
  for (const [index, result] of resolved.entries()) {
    if (result.kind === 'trouble') return result;
    if (result.kind === 'user') byEntry.set(typed[index] ?? '', result.user);
    if (result.kind === 'leftOut') left.push(result.leftOut);
    else if (people.has(result.user.id))
      left.push({ text: entries[index] ?? '', reason: 'duplicate', suggestions: [] });
    else people.set(result.user.id, result.user);
  }
  return { kind: 'people', people: [...people.values()], byEntry, leftOut: left };
}

async function byName(directory: Directory, entry: string, typist: Typist, deletedToo: boolean): Promise<Resolved> {
  const found = await resolvePerson(directory, entry, typist);
  if (!found.ok) return { kind: 'trouble', trouble: found.trouble };
  switch (found.value.kind) {
    case 'one':
      return { kind: 'user', user: found.value.user };
    case 'several':
      return leftOut(
        entry,
        // A single candidate has a different name; that is no choice.
        found.value.users.length === 1 ? 'unknown' : 'ambiguous',
        found.value.users.map((user) => user.userPrincipalName),
      );
    case 'none':
      return unknown(directory, entry, deletedToo);
    case 'noName':
      return leftOut(entry, 'noName', []);
    default:
      return assertNever(found.value, 'match');
  }
}

/** No one has this name: a person who was deleted, or one with a similar name, may be meant. */
async function unknown(directory: Directory, entry: string, deletedToo: boolean): Promise<Resolved> {
  const deleted = deletedToo ? await directory.findDeleted(entry) : null;
  return deleted?.ok === true && deleted.value.length > 0
    ? leftOut(entry, 'deletedInEntra', [])
    : leftOut(entry, 'unknown', await similarTo(directory, entry));
}

/**
 * "Adele Vance <adele@contoso.com>", with or without the brackets, yields the address; other text stays as it is. An
 * address is taken whole, with every character that it may contain, or not at all: part of it may be another person's.
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

/** The addresses of the people who were probably meant; none where Graph does not tell. */
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
