import { apps, type Application as SandboxApplication } from '../../src/sandbox/tenant/applications.ts';
import { type Group, groups } from '../../src/sandbox/tenant/groups.ts';
import { domain, objectId, stableGuid } from '../../src/sandbox/tenant/identity.ts';
import { type Person, people } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';

/**
 * The sandbox's tenant with people, applications and groups beside its own whose names are as odd as the world's:
 * a comma, a preposition, a verb, an "and", letters with marks, the name of an application, the beginning "all". The
 * additions are assigned to every application that the additions and the sandbox have.
 */
export function createOddTenant(): Tenant {
  const base = createTenant();
  const ownPeople = new Set(base.people().map(({ userPrincipalName }) => userPrincipalName.toLowerCase()));
  const morePeople = oddPeople.filter(({ userPrincipalName }) => !ownPeople.has(userPrincipalName.toLowerCase()));
  const byId = <T extends { readonly id: string }>(items: readonly T[], id: string) =>
    items.find((item) => item.id === id.toLowerCase());
  const oddPerson = (idOrName: string) =>
    byId(morePeople, idOrName) ??
    morePeople.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === idOrName.toLowerCase());
  return {
    ...base,
    people: () => [...base.people(), ...morePeople],
    person: (idOrName) => base.person(idOrName) ?? oddPerson(idOrName),
    applications: () => [...base.applications(), ...oddApplications],
    application: (id) => base.application(id) ?? byId(oddApplications, id),
    groups: () => [...base.groups(), ...oddGroups],
    group: (id) => base.group(id) ?? byId(oddGroups, id),
    groupsAround: (memberId) => [
      ...base.groupsAround(memberId),
      ...oddGroups.filter(({ memberIds }) => memberIds.includes(memberId)),
    ],
    isAssigned: (applicationId, principalId) =>
      byId(oddApplications, applicationId) !== undefined ||
      byId(morePeople, principalId) !== undefined ||
      base.isAssigned(applicationId, principalId),
  };
}

const oddNames: readonly (readonly [displayName: string, alias: string, givenName: string, surname: string])[] = [
  ['Müller, Jürgen', 'juergen.mueller', 'Jürgen', 'Müller'],
  ["Seán O'Brien", "sean.o'brien", 'Seán', "O'Brien"],
  ['Zoë Ångström', 'zoe.angstrom', 'Zoë', 'Ångström'],
  ['Nguyễn Văn An', 'an.nguyen', 'An', 'Nguyễn'],
  ['Şule Çelik', 'sule.celik', 'Şule', 'Çelik'],
  ['May Day', 'may', 'May', 'Day'],
  ['Bill To', 'bill.to', 'Bill', 'To'],
  ['Status Quo', 'status.quo', 'Status', 'Quo'],
  ['Salesforce Admin', 'salesforce.admin', 'Salesforce', 'Admin'],
  ['Max von der Heide', 'max.heide', 'Max', 'von der Heide'],
  ['Rosa And Lee', 'rosa.and.lee', 'Rosa', 'And Lee'],
  ['Andrea Slack', 'andrea.slack', 'Andrea', 'Slack'],
  ['Allan Deyoung', 'allan', 'Allan', 'Deyoung'],
  ['Herta Berg', 'herta', 'Herta', 'Berg'],
  ['Himani Rao', 'himani', 'Himani', 'Rao'],
  ['Themba Nkosi', 'themba', 'Themba', 'Nkosi'],
  ['Usha Patel', 'usha', 'Usha', 'Patel'],
  ['Itai Cohen', 'itai', 'Itai', 'Cohen'],
  ['Newton Isaac', 'newton', 'Newton', 'Isaac'],
  ['Bothina Salem', 'bothina', 'Bothina', 'Salem'],
  ['Somer Hall', 'somer', 'Somer', 'Hall'],
  ['Thisbe Moor', 'thisbe', 'Thisbe', 'Moor'],
  ['Youssef Omar', 'youssef', 'Youssef', 'Omar'],
];

const firstOddNumber = 0xe00;

const oddPeople: readonly Person[] = oddNames.map(([displayName, alias, givenName, surname], index) => ({
  ...people.johanna,
  id: objectId(firstOddNumber + index),
  displayName,
  givenName,
  surname,
  userPrincipalName: `${alias}@${domain}`,
  mail: `${alias}@${domain}`,
  mailNickname: alias,
  employeeId: String(firstOddNumber + index),
}));

const oddAppNames = [
  ...['Box', 'Slack', 'S/4HANA', 'All', 'Isaiah', 'Status Page', 'Data for Good', 'Webex, Cisco'],
  "O'Reilly Learning",
];

const model: SandboxApplication = apps.gitHubEnterprise;

const oddApplications: readonly SandboxApplication[] = oddAppNames.map((displayName, index) => ({
  ...model,
  id: objectId(0xe80 + index),
  appId: objectId(0xec0 + index),
  displayName,
  job: model.job === null ? null : { ...model.job, id: `odd.${stableGuid('odd job', displayName)}` },
}));

const oddGroups: readonly Group[] = ['Team with members', 'Sales, EMEA'].map((displayName, index) => ({
  ...groups.salesTeam,
  id: objectId(0xef0 + index),
  displayName,
  description: displayName,
  mailNickname: `odd-group-${index}`,
}));
