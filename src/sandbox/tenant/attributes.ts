import type { SynchronizationJob } from './applications.ts';
import { distinguishedName, type Person } from './people.ts';

/**
 * The attributes that a provisioning rule writes for a user, each with its source. The schema endpoint shows this table
 * and provisioning follows it, so the two cannot disagree.
 */
export interface AttributeMapping {
  readonly target: string;
  /** Name of the source attribute, or an expression in the provisioning service's own language. */
  readonly source: string;
  readonly value: (person: Person) => string | null;
  /** 0 when the attribute is not used for matching. */
  readonly matchingPriority: number;
  /** The target refuses an account without it. */
  readonly required: boolean;
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Entra to an application, in the words of SCIM (RFC 7643). */
export const outboundMappings: readonly AttributeMapping[] = [
  mapping('userName', 'userPrincipalName', (person) => person.userPrincipalName, { matchingPriority: 1 }),
  mapping('active', 'Switch([IsSoftDeleted], , "False", "True", "True", "False")', (person) =>
    capitalised(person.accountEnabled),
  ),
  mapping('displayName', 'displayName', (person) => person.displayName),
  mapping('name.givenName', 'givenName', (person) => person.givenName),
  mapping('name.familyName', 'surname', (person) => person.surname, { required: true }),
  mapping('name.formatted', 'Join(" ", [givenName], [surname])', (person) =>
    [person.givenName, person.surname].filter((part) => part !== null).join(' '),
  ),
  mapping('emails[type eq "work"].value', 'mail', (person) => person.mail),
  mapping('externalId', 'mailNickname', (person) => person.mailNickname),
  mapping('title', 'jobTitle', (person) => person.jobTitle),
  mapping('preferredLanguage', 'preferredLanguage', (person) => person.preferredLanguage),
  mapping(`${enterprise}:department`, 'department', (person) => person.department),
  mapping(`${enterprise}:employeeNumber`, 'employeeId', (person) => person.employeeId),
];

/** Active Directory to Entra, as cloud sync names the attributes. */
export const inboundMappings: readonly AttributeMapping[] = [
  mapping('OnPremisesDistinguishedName', 'distinguishedName', distinguishedName, { matchingPriority: 1 }),
  mapping('AccountEnabled', 'Not([accountDisabled])', (person) => capitalised(person.accountEnabled)),
  mapping('DisplayName', 'displayName', (person) => person.displayName),
  mapping('GivenName', 'givenName', (person) => person.givenName),
  mapping('Surname', 'sn', (person) => person.surname),
  mapping('Mail', 'mail', (person) => person.mail),
  mapping('Alias', 'mailNickname', (person) => person.mailNickname),
  mapping('OnPremisesSamAccountName', 'sAMAccountName', (person) => person.mailNickname),
  mapping('Title', 'title', (person) => person.jobTitle),
  mapping('Department', 'department', (person) => person.department),
  mapping('PhysicalDeliveryOfficeName', 'physicalDeliveryOfficeName', (person) => person.officeLocation),
  mapping('UserPrincipalName', 'userPrincipalName', (person) => person.userPrincipalName),
];

/** The mappings of a job that provisions people from Entra. */
export function mappingsOf({ removal }: Pick<SynchronizationJob, 'removal'>): readonly AttributeMapping[] {
  return removal === 'unmapped' ? outboundMappings.filter(({ target }) => target !== 'active') : outboundMappings;
}

export type Attributes = Readonly<Record<string, string>>;

/**
 * The attributes that an account should have. Those that the person lacks are left out: the service writes no nulls.
 */
export function mapped(person: Person, mappings: readonly AttributeMapping[]): Attributes {
  const attributes: Record<string, string> = {};
  for (const { target, value } of mappings) {
    const given = value(person);
    if (given !== null) attributes[target] = given;
  }
  return attributes;
}

/** The first attribute that the target requires and the person lacks. */
export function missingAttribute(person: Person, mappings: readonly AttributeMapping[]): string | null {
  return mappings.find(({ required, value }) => required && value(person) === null)?.target ?? null;
}

/** The service writes booleans as capitalized words, in details and in attribute values alike. */
export function capitalised(truth: boolean): 'True' | 'False' {
  return truth ? 'True' : 'False';
}

function mapping(
  target: string,
  source: string,
  value: AttributeMapping['value'],
  particulars: Partial<Pick<AttributeMapping, 'matchingPriority' | 'required'>> = {},
): AttributeMapping {
  return { target, source, value, matchingPriority: 0, required: false, ...particulars };
}
