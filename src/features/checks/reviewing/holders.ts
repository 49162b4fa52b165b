import pMap from 'p-map';
import type { Role, RoleSource } from '../../../access/caller.ts';
import type { GraphTrouble } from '../../../graph/answer.ts';
import type { Directory } from '../../../graph/directory.ts';
import { type DirectoryUser, isGuest } from '../../../graph/user.ts';

/** A person with a role of Usher, and what gives it. */
export interface Holder {
  /** Entra object id, in lower case. */
  readonly id: string;
  readonly name: string;
  readonly principalName: string;
  /** Why the roles are of no use to them now; null for nothing. As `Access.identify` judges it. */
  readonly barred: 'guest' | 'accountDisabled' | 'accountUnread' | null;
  readonly roles: readonly { readonly role: Role; readonly through: readonly NamedSource[] }[];
}

/** `name`: the group's; null for a person, a directory role, and what could not be read. */
export interface NamedSource extends RoleSource {
  readonly name: string | null;
}

export interface Holders {
  /** By name. */
  readonly people: readonly Holder[];
  /** What could not be expanded, so that more people may hold the role; with Graph's code. */
  readonly unread: readonly (RoleSource & { readonly code: string })[];
  /** Ids of settings that give the role to no one: an empty group, or an id that stands for nothing in Entra. */
  readonly empty: readonly NamedSource[];
}

/** A large tenant has large groups, and other work reads Graph too. */
const readAtOnce = 4;

/** Expands everything that gives a role. */
export async function readHolders(
  directory: Pick<Directory, 'includedBy'>,
  sources: readonly RoleSource[],
): Promise<Holders> {
  const people = new Map<string, { readonly user: DirectoryUser; readonly through: NamedSource[] }>();
  const unread: Holders['unread'][number][] = [];
  const empty: NamedSource[] = [];
  const ids = [...new Set(sources.map((source) => source.id))];
  const all = await pMap(ids, async (id) => ({ id, included: await directory.includedBy(id) }), {
    concurrency: readAtOnce,
  });
  for (const { id, included } of all) {
    const gives = sources.filter((source) => source.id === id);
    if (!included.ok) {
      unread.push(...gives.map((source) => ({ ...source, code: codeOf(included.trouble) })));
      continue;
    }
    const named = gives.map((source) => ({ ...source, name: included.value.name }));
    // That no one holds a built-in role of Entra is as it should be.
    if (included.value.people.length === 0) empty.push(...named.filter(({ setting }) => setting !== 'Entra'));
    for (const user of included.value.people) {
      const key = user.id.toLowerCase();
      const known = people.get(key);
      if (known === undefined) people.set(key, { user, through: [...named] });
      else known.through.push(...named);
    }
  }
  const holders = [...people].map(([id, { user, through }]) => toHolder(id, user, through));
  return { people: holders.toSorted((one, other) => one.name.localeCompare(other.name)), unread, empty };
}

function toHolder(id: string, user: DirectoryUser, through: readonly NamedSource[]): Holder {
  const roles = [...new Set(through.map(({ role }) => role))];
  return {
    id,
    name: user.displayName,
    principalName: user.userPrincipalName,
    barred: barredBy(user),
    roles: roles.map((role) => ({ role, through: through.filter((source) => source.role === role) })),
  };
}

function barredBy(user: DirectoryUser): Holder['barred'] {
  if (isGuest(user)) return 'guest';
  if (user.accountEnabled === false) return 'accountDisabled';
  return user.accountEnabled === null ? 'accountUnread' : null;
}

function codeOf(trouble: GraphTrouble): string {
  return trouble.kind === 'refused' ? `${trouble.status} ${trouble.code}`.trim() : trouble.kind;
}
