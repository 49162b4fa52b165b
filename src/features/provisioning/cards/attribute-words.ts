import type { MessageKey, Messages } from '../../../chat/messages.ts';

/** By the last part of the attribute's path, lowercase: SCIM, Entra ID and Active Directory spell names differently. */
const SPELLINGS = {
  'attribute.userName': 'username userprincipalname samaccountname',
  'attribute.surname': 'familyname lastname surname sn',
  'attribute.firstName': 'givenname firstname',
  'attribute.displayName': 'displayname formatted cn',
  'attribute.email': 'email emails mail',
  'attribute.jobTitle': 'title jobtitle',
  'attribute.department': 'department',
  'attribute.manager': 'manager managerid',
  'attribute.employeeNumber': 'employeenumber employeeid',
  'attribute.active': 'active isactive accountenabled',
  'attribute.phone': 'phonenumbers telephonenumber phone mobile',
  'attribute.language': 'preferredlanguage languagelocalekey',
  'attribute.alias': 'mailnickname alias',
  'attribute.externalId': 'externalid',
  'attribute.members': 'members',
  'attribute.address': 'addresses',
} as const satisfies Partial<Record<MessageKey, string>>;

const NAMES: ReadonlyMap<string, MessageKey> = new Map(
  Object.entries(SPELLINGS).flatMap(([key, names]) =>
    names.split(' ').map((name) => [name, key as MessageKey] as const),
  ),
);

/** Parts of a value, as in `emails[type eq "work"].value`: the name precedes them. */
const PARTS = new Set(['value', 'display', 'type', 'primary', '$ref']);

/** An attribute's everyday name, or null: `name.familyName` is the surname. */
export function attributeWord(attribute: string, words: Messages): string | null {
  const path = attribute
    .slice(0, 300)
    .replace(/\[[^\]]*\]/g, '')
    .split(/[.:]/)
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '' && !PARTS.has(part));
  // `addresses.formatted` is an address, `name.formatted` a name: the part before it decides.
  const name = path.includes('addresses') ? 'addresses' : path.at(-1);
  const key = name === undefined ? undefined : NAMES.get(name);
  return key === undefined ? null : words.plain(key);
}
