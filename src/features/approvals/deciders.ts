import type { Access } from '../../access/access.ts';
import type { Contact } from '../../access/caller.ts';
import type { Application } from '../../graph/applications.ts';
import type { NamedPerson } from '../../graph/directory.ts';

/** Teams notifies each mentioned person, and people stop reading a card that notifies a whole department. */
const MOST_NAMED = 5;

/** The groups and people that decide on an app; directory roles are left out. */
export function decidersOf(
  { access }: { readonly access: Pick<Access, 'contacts' | 'contactsOf'> },
  { approvers }: Pick<Application, 'approvers'>,
): Promise<readonly Contact[]> {
  return approvers.length > 0 ? access.contactsOf(approvers) : access.contacts(['approver']);
}

/** Some of those who decide, by name. */
export interface SomeDeciders {
  readonly people: readonly NamedPerson[];
  /** How many more a group has. */
  readonly others: readonly { readonly group: string; readonly count: number }[];
}

/** Without those who may not decide on this request. */
export function someDeciders(contacts: readonly Contact[], excluded: readonly string[]): SomeDeciders {
  const isExcluded = (id: string) => excluded.some((one) => one.toLowerCase() === id.toLowerCase());
  const all = contacts.flatMap(({ id, kind, name, people }) => (kind === 'person' ? [{ id, name }] : people));
  const named = new Map(all.filter(({ id, name }) => name !== '' && !isExcluded(id)).map((one) => [one.id, one]));
  const people = [...named.values()].slice(0, MOST_NAMED);
  const others = contacts.flatMap(({ name, count, people: members }) => {
    const known = members.filter(({ id }) => isExcluded(id) || people.some((one) => one.id === id));
    const left = (count ?? 0) - known.length;
    return left > 0 ? [{ group: name, count: left }] : [];
  });
  return { people, others };
}
