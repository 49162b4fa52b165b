import { apps, type Application as SandboxApplication } from '../../src/sandbox/tenant/applications.ts';
import { type Group, groups } from '../../src/sandbox/tenant/groups.ts';
import { domain, objectId, stableGuid } from '../../src/sandbox/tenant/identity.ts';
import { everybody, type Person, people } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';

/**
 * The sandbox's tenant with people, applications and groups beside its own whose names are as odd as the world's: a
 * comma, a preposition, a verb, an "and", letters with marks, the name of an application, the beginning "all". Those of
 * the additions that the sandbox has by itself are left out.
 */
export function oddTenant(): Tenant {
  const own = new Set(everybody.map(({ userPrincipalName }) => userPrincipalName));
  const further = oddPeople.filter(({ userPrincipalName }) => !own.has(userPrincipalName));
  return createTenant({ further: { applications: oddApplications, groups: oddGroups, people: further } });
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
  ...["O'Reilly Learning", 'Move to Cloud', 'Research and Development'],
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
