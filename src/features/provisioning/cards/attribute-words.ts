import type { MessageKey, Messages } from '../../../chat/messages.ts';

/** By the last part of the attribute's path, lowercase: SCIM, Entra ID and Active Directory spell names differently. */
const NAMES: ReadonlyMap<string, MessageKey> = new Map<string, MessageKey>([
  ['username', 'attribute.userName'],
  ['userprincipalname', 'attribute.userName'],
  ['samaccountname', 'attribute.userName'],
  ['familyname', 'attribute.surname'],
  ['lastname', 'attribute.surname'],
  ['surname', 'attribute.surname'],
  ['sn', 'attribute.surname'],
  ['givenname', 'attribute.firstName'],
  ['firstname', 'attribute.firstName'],
  ['displayname', 'attribute.displayName'],
  ['formatted', 'attribute.displayName'],
  ['cn', 'attribute.displayName'],
  ['email', 'attribute.email'],
  ['emails', 'attribute.email'],
  ['mail', 'attribute.email'],
  ['title', 'attribute.jobTitle'],
  ['jobtitle', 'attribute.jobTitle'],
  ['department', 'attribute.department'],
  ['manager', 'attribute.manager'],
  ['managerid', 'attribute.manager'],
  ['employeenumber', 'attribute.employeeNumber'],
  ['employeeid', 'attribute.employeeNumber'],
  ['active', 'attribute.active'],
  ['isactive', 'attribute.active'],
  ['accountenabled', 'attribute.active'],
  ['phonenumbers', 'attribute.phone'],
  ['telephonenumber', 'attribute.phone'],
  ['phone', 'attribute.phone'],
  ['mobile', 'attribute.phone'],
  ['preferredlanguage', 'attribute.language'],
  ['languagelocalekey', 'attribute.language'],
  ['mailnickname', 'attribute.alias'],
  ['alias', 'attribute.alias'],
  ['externalid', 'attribute.externalId'],
  ['members', 'attribute.members'],
  ['addresses', 'attribute.address'],
]);

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
