import type { Value } from './expressions/functions.ts';
import { distinguishedName, type Person } from './people.ts';

/** What the provisioning service knows of a person: the engine's names, which are not Graph's, and booleans as words. */
export type SourceAttributes = Readonly<Record<string, Value>>;

export interface Standing {
  readonly assigned: boolean;
  readonly inScope: boolean;
}

/** A person as Entra's side of a rule has them. */
export function entraAttributes(person: Person, { assigned, inScope }: Standing): SourceAttributes {
  return {
    objectId: person.id,
    // True for every object that is to be turned off in the application, wherever it is in Entra.
    IsSoftDeleted: capitalised(!inScope),
    accountEnabled: capitalised(person.accountEnabled),
    appRoleAssignments: assigned ? ['User'] : [],
    department: person.department,
    displayName: person.displayName,
    employeeId: person.employeeId,
    givenName: person.givenName,
    jobTitle: person.jobTitle,
    mail: person.mail,
    mailNickname: person.mailNickname,
    manager: person.managerId,
    originalUserPrincipalName: person.userPrincipalName,
    physicalDeliveryOfficeName: person.officeLocation,
    preferredLanguage: person.preferredLanguage,
    surname: person.surname,
    // A guest's loses its mark and the tenant's domain.
    userPrincipalName: person.userPrincipalName.replace(/#EXT#@.*$/, ''),
  };
}

/** A person as cloud sync finds them in Active Directory. */
export function activeDirectoryAttributes(person: Person): SourceAttributes {
  return {
    accountDisabled: capitalised(!person.accountEnabled),
    department: person.department,
    displayName: person.displayName,
    distinguishedName: distinguishedName(person),
    givenName: person.givenName,
    mail: person.mail,
    mailNickname: person.mailNickname,
    physicalDeliveryOfficeName: person.officeLocation,
    sAMAccountName: person.mailNickname,
    sn: person.surname,
    title: person.jobTitle,
    userPrincipalName: person.userPrincipalName,
  };
}

/** The service writes booleans as capitalized words, in details and in attribute values alike. */
export function capitalised(truth: boolean): 'True' | 'False' {
  return truth ? 'True' : 'False';
}
