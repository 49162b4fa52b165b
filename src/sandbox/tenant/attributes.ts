import { evaluate } from './expressions/evaluate.ts';
import { parse, type Source } from './expressions/parse.ts';
import type { Person } from './people.ts';
import { activeDirectoryAttributes, entraAttributes, type SourceAttributes } from './source-attributes.ts';
import type { SynchronizationJob } from './synchronization-job.ts';

export { capitalised } from './source-attributes.ts';

/**
 * The attributes that a provisioning rule writes for a user, each with its source. The schema endpoint shows this table,
 * `parseExpression` evaluates its expressions by the same code as provisioning, so the three cannot disagree.
 */
export interface AttributeMapping {
  readonly target: string;
  readonly source: Source;
  readonly value: (person: Person) => string | null;
  /** 0 when the attribute is not used for matching. */
  readonly matchingPriority: number;
  /** The target refuses an account without it. */
  readonly required: boolean;
  /** For an account that is created, where the source has no value. */
  readonly defaultValue: string | null;
  /** `ObjectAddOnly`: when an account is created, and never again. */
  readonly flowType: 'Always' | 'ObjectAddOnly';
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const outbound = mappingFrom((person) => entraAttributes(person, { assigned: true, inScope: true }));
const inbound = mappingFrom(activeDirectoryAttributes);

/** Entra to an application, in the words of SCIM (RFC 7643). */
export const outboundMappings: readonly AttributeMapping[] = [
  outbound('userName', '[userPrincipalName]', { matchingPriority: 1 }),
  outbound('active', 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'),
  outbound('displayName', '[displayName]'),
  outbound('name.givenName', '[givenName]'),
  outbound('name.familyName', '[surname]', { required: true }),
  outbound('name.formatted', 'Join(" ", [givenName], [surname])'),
  outbound('emails[type eq "work"].value', '[mail]'),
  outbound('externalId', '[mailNickname]'),
  outbound('title', '[jobTitle]'),
  outbound('preferredLanguage', '[preferredLanguage]'),
  outbound(`${enterprise}:department`, '[department]'),
  outbound(`${enterprise}:employeeNumber`, '[employeeId]'),
];

/** A second attribute to match by, a default, a constant, and what no preview may show or can tell. */
export const furtherMappings: readonly AttributeMapping[] = [
  outbound('emails[type eq "other"].value', 'Append(ToLower([mailNickname]), "@figma.contoso.com")', {
    matchingPriority: 2,
  }),
  outbound('locale', 'Replace([preferredLanguage], "-", , , "_", , )', { defaultValue: 'en_US' }),
  outbound('nickName', 'Coalesce([extensionAttribute1], NormalizeDiacritics([givenName]))'),
  outbound('userType', 'IIF([department] = "Design", "Editor", "Viewer")'),
  outbound('roles', 'SingleAppRoleAssignment([appRoleAssignments])'),
  outbound('timezone', '[extensionAttribute2]', { defaultValue: 'America/Los_Angeles' }),
  outbound('profileUrl', '"https://contoso.com"'),
  outbound('password', 'Redact(RandomString(16, 2, 2, 2, 2))', { flowType: 'ObjectAddOnly' }),
];

/** Active Directory to Entra, as cloud sync names the attributes. */
export const inboundMappings: readonly AttributeMapping[] = [
  inbound('OnPremisesDistinguishedName', '[distinguishedName]', { matchingPriority: 1 }),
  inbound('AccountEnabled', 'Not([accountDisabled])'),
  inbound('DisplayName', '[displayName]'),
  inbound('GivenName', '[givenName]'),
  inbound('Surname', '[sn]'),
  inbound('Mail', '[mail]'),
  inbound('Alias', '[mailNickname]'),
  inbound('OnPremisesSamAccountName', '[sAMAccountName]'),
  inbound('Title', '[title]'),
  inbound('Department', '[department]'),
  inbound('PhysicalDeliveryOfficeName', '[physicalDeliveryOfficeName]'),
  inbound('UserPrincipalName', '[userPrincipalName]'),
];

/** The mappings of a job that provisions people from Entra. */
export function mappingsOf({
  removal,
  maps,
}: Pick<SynchronizationJob, 'removal' | 'maps'>): readonly AttributeMapping[] {
  const mappings = maps === 'more' ? [...outboundMappings, ...furtherMappings] : outboundMappings;
  return removal === 'unmapped' ? mappings.filter(({ target }) => target !== 'active') : mappings;
}

export type Attributes = Readonly<Record<string, string>>;

/**
 * The attributes that an account should have. Those that the person lacks are left out: the service writes no nulls.
 *
 * @param isNew the account is being created: only then are defaults written, and what flows once.
 */
export function mapped(person: Person, mappings: readonly AttributeMapping[], isNew = true): Attributes {
  const attributes: Record<string, string> = {};
  for (const { target, value, defaultValue, flowType } of mappings) {
    if (flowType === 'ObjectAddOnly' && !isNew) continue;
    const given = value(person) ?? (isNew ? defaultValue : null);
    if (given !== null) attributes[target] = given;
  }
  return attributes;
}

/** The first attribute that the target requires and the person lacks. */
export function missingAttribute(person: Person, mappings: readonly AttributeMapping[]): string | null {
  return mappings.find(({ required, value }) => required && value(person) === null)?.target ?? null;
}

type Particulars = Partial<Pick<AttributeMapping, 'matchingPriority' | 'required' | 'defaultValue' | 'flowType'>>;

function mappingFrom(attributesOf: (person: Person) => SourceAttributes) {
  return (target: string, expression: string, particulars: Particulars = {}): AttributeMapping => {
    const parsed = parse(expression);
    if (!parsed.ok) throw new Error(parsed.message);
    const value = (person: Person): string | null => {
      const evaluated = evaluate(parsed.source, attributesOf(person));
      if (!evaluated.ok || evaluated.value === null) return null;
      return typeof evaluated.value === 'string' ? evaluated.value : evaluated.value.join(', ') || null;
    };
    const usual = { matchingPriority: 0, required: false, defaultValue: null, flowType: 'Always' } as const;
    return { target, source: parsed.source, value, ...usual, ...particulars };
  };
}
