import type { Contact, Denial, Role } from '../../access/caller.ts';
import { carries } from '../../access/policy.ts';
import type { MessageKey, Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { noticeCard } from './notice.ts';
import { short } from './parts.ts';

const MOST_GROUPS = 5;
const MOST_PEOPLE = 5;

/** A contact to ask; `gives` is the role that the group gives, where known. */
export interface RoleContact extends Contact {
  readonly gives: Role | null;
}

/** A role's everyday name. */
export const roleName = (role: Role, words: Messages): string => words.plain(`role.${role}`);

/** Says why the caller may not, and whom to ask. `callerName` is null when the caller's name is unknown. */
export function denied(
  words: Messages,
  {
    denial,
    contacts,
    callerName,
  }: { readonly denial: Denial; readonly contacts: readonly RoleContact[]; readonly callerName: string | null },
): CardMessage {
  const name = short(callerName ?? '') === '' ? words.plain('denied.you') : short(callerName ?? '');
  const { key, values, next } = explain(words, denial);
  const who = contacts.slice(0, MOST_GROUPS).map((contact) => contactText(words, contact, contacts.length > 1));
  const useContacts = who.length > 0 && next === 'denied.askAdmin';
  return noticeCard(words, {
    tone: 'bad',
    title: words.card('denied.title'),
    paragraphs: [words.card(key, { ...values, name })],
    further: [words.card('denied.recorded')],
    // Two line breaks separate paragraphs in Markdown; one would run the groups together.
    next: useContacts ? [words.card('denied.askContacts'), ...who].join('\n\n') : words.card(next),
    summary: words.sentences([words.sentence(words.plain('denied.title')), words.plain(key, { ...values, name })]),
  });
}

interface Explanation {
  readonly key: MessageKey;
  readonly values: Readonly<Record<string, string | number>>;
  readonly next: MessageKey;
}

/** Whom to ask for what. */
const ASK: Readonly<Record<Exclude<Denial['reason'], 'needsRole'>, MessageKey>> = {
  noRole: 'denied.askAdmin',
  guest: 'denied.askAccount',
  accountDisabled: 'denied.askAccount',
  accountUnread: 'denied.askAccountPermission',
  rolesUnread: 'denied.askRolesPermission',
  unknownPerson: 'denied.askAccount',
};

function explain(words: Messages, denial: Denial): Explanation {
  const { reason } = denial;
  if (reason !== 'needsRole') return { key: `denied.${reason}`, values: {}, next: ASK[reason] };
  const roles = words.either(denial.anyOf.map((role) => roleName(role, words)));
  const permission = words.plain(`permission.${denial.permission}`);
  return {
    key: 'denied.needsRole',
    values: { permission, roles, count: denial.anyOf.length },
    next: 'denied.askAdmin',
  };
}

/** Says what each group gives where groups give different rights; for a single group that is clear. */
function contactText(words: Messages, { name, people, gives }: RoleContact, tellsApart: boolean): string {
  const names = people.slice(0, MOST_PEOPLE).map((one) => short(one.name, 40));
  const values = { group: short(name), people: words.list(names) };
  if (gives === null || !tellsApart)
    return words.card(names.length === 0 ? 'denied.contactGroup' : 'denied.contact', values);
  const right = words.plain(widestRight(gives));
  const key = names.length === 0 ? 'denied.contactGroupGiving' : 'denied.contactGiving';
  return words.card(key, { ...values, gives: right });
}

/** The widest right of a role, in a word or two. */
function widestRight(role: Role): MessageKey {
  if (carries(role, 'provision.run')) return 'denied.canProvision';
  if (carries(role, 'access.decide')) return 'denied.canDecide';
  return carries(role, 'access.request') ? 'denied.canRequest' : 'denied.canLook';
}
