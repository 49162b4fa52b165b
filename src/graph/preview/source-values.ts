import { z } from 'zod';
import type { GraphClient } from '../client.ts';
import { userPath } from '../odata.ts';
import { readIfThere } from '../read.ts';

/**
 * A person's values by the names that the provisioning engine has for them, which are not Graph's. Microsoft publishes no
 * table of the two: what is not listed here reads as `unread`, and what depends on it stays unknown.
 */
export type SourceValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'flag'; readonly flag: boolean }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unread'; readonly why: UnreadValue };

/**
 * `attribute`: Usher does not know where Graph has it. `guestName`: the engine rewrites a guest's principal name.
 * `notTold`: Graph left it out of its answer.
 */
export type UnreadValue = 'attribute' | 'guestName' | 'notTold';

/** What Graph's user does not hold. */
export interface Beside {
  readonly managerId: string | null | undefined;
  /** The names of the person's roles in the app. */
  readonly roles: readonly string[] | undefined;
}

export type SourceObject = Readonly<Record<string, unknown>>;

const extensions = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);
const sameName = [
  ...['accountEnabled', 'userPrincipalName', 'mail', 'mailNickname', 'displayName', 'givenName', 'surname', 'jobTitle'],
  ...['department', 'companyName', 'employeeId', 'streetAddress', 'city', 'state', 'postalCode', 'country'],
  ...['usageLocation', 'preferredLanguage', 'proxyAddresses', 'onPremisesSecurityIdentifier'],
];

/** The engine's names, and the field of Graph's user for each. */
const fields: ReadonlyMap<string, string> = new Map([
  ...sameName.map((name) => [name, name] as const),
  ...extensions.map((name) => [name, 'onPremisesExtensionAttributes'] as const),
  ['objectId', 'id'],
  ['originalUserPrincipalName', 'userPrincipalName'],
  ['telephoneNumber', 'businessPhones'],
  ['mobile', 'mobilePhone'],
  ['physicalDeliveryOfficeName', 'officeLocation'],
]);

const always = ['id', 'userPrincipalName', 'userType', 'accountEnabled'];

/** The fields of Graph's user that these attributes need. */
export function fieldsFor(attributes: Iterable<string>): readonly string[] {
  return [...new Set([...always, ...[...attributes].flatMap((name) => fields.get(name) ?? [])])].toSorted();
}

/** Null when no user has this id. */
export const readSourceObject = (graph: GraphClient, userId: string, wanted: readonly string[]) =>
  readIfThere(
    graph,
    { path: userPath(userId), query: { $select: wanted.join(',') } },
    z.record(z.string(), z.unknown()),
  );

/** The value of one attribute, for a person who is in scope. */
export function sourceValue(attribute: string, user: SourceObject, beside: Beside): SourceValue {
  switch (attribute) {
    case 'IsSoftDeleted':
      return { kind: 'flag', flag: false };
    case 'manager':
      return beside.managerId === undefined ? unread('notTold') : asValue(beside.managerId);
    case 'appRoleAssignments':
      return beside.roles === undefined ? unread('notTold') : asValue(beside.roles);
    case 'telephoneNumber':
      return asValue(Array.isArray(user.businessPhones) ? (user.businessPhones[0] ?? null) : user.businessPhones);
    case 'userPrincipalName':
      return /#EXT#/i.test(String(user.userPrincipalName)) ? unread('guestName') : asValue(user.userPrincipalName);
    default:
      return /^extensionAttribute\d+$/.test(attribute) ? extension(attribute, user) : asValue(named(attribute, user));
  }
}

function named(attribute: string, user: SourceObject): unknown {
  const field = fields.get(attribute);
  return field === undefined ? unread('attribute') : user[field];
}

function extension(attribute: string, { onPremisesExtensionAttributes: held }: SourceObject): SourceValue {
  if (!fields.has(attribute)) return unread('attribute');
  if (held === null) return { kind: 'none' };
  return typeof held === 'object' && held !== undefined
    ? asValue(Reflect.get(held, attribute) ?? null)
    : unread('notTold');
}

const unread = (why: UnreadValue): SourceValue => ({ kind: 'unread', why });

const isUnread = (value: object): value is SourceValue => 'kind' in value && value.kind === 'unread';

function asValue(value: unknown): SourceValue {
  if (value === undefined) return unread('notTold');
  // The directory has no empty texts: the engine takes one for null.
  if (value === null || value === '') return { kind: 'none' };
  if (typeof value === 'boolean') return { kind: 'flag', flag: value };
  if (typeof value === 'string' || typeof value === 'number') return { kind: 'text', text: String(value) };
  if (Array.isArray(value)) return value.length === 0 ? { kind: 'none' } : { kind: 'list', items: value.map(String) };
  return isUnread(value) ? value : unread('notTold');
}

/** As the engine writes it; null for none, and for what could not be read. */
export function textOf(value: SourceValue): string | null {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'flag':
      return value.flag ? 'True' : 'False';
    case 'list':
      return value.items.join(', ');
    default:
      return null;
  }
}
