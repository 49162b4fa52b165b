import { type Application, apps } from '../../src/sandbox/tenant/applications.ts';
import { type Group, groups } from '../../src/sandbox/tenant/groups.ts';
import { objectId } from '../../src/sandbox/tenant/identity.ts';
import { type Person, people } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';

function theJob() {
  const { job } = apps.gitHubEnterprise;
  if (job === null) throw new Error('GitHub Enterprise has lost its job');
  return job;
}

/** A tenant whose people, apps and groups have the very words in their names that commands are made of. */
export function oddTenant(): Tenant {
  const appNames = [
    ...[
      'Box',
      'Slack',
      'S/4HANA',
      'All',
      'Isaiah',
      'Status Page',
      'Data for Good',
      'Webex, Cisco',
      "O'Reilly Learning",
    ],
    ...['Move to Cloud', 'Research and Development'],
  ];
  const peopleNames: readonly (readonly [name: string, alias: string])[] = [
    ...([
      ['Müller, Jürgen', 'juergen.mueller'],
      ["Seán O'Brien", 'sean.obrien'],
      ['Zoë Ångström', 'zoe.angstrom'],
    ] as const),
    ...([
      ['Nguyễn Văn An', 'nguyen.van.an'],
      ['Şule Çelik', 'sule.celik'],
      ['May Day', 'may.day'],
    ] as const),
    ...([
      ['Bill To', 'bill.to'],
      ['Status Quo', 'status.quo'],
      ['Salesforce Admin', 'salesforce.admin'],
    ] as const),
    ...([
      ['Max von der Heide', 'max.heide'],
      ['Rosa And Lee', 'rosa.lee'],
      ['Andrea Slack', 'andrea.slack'],
    ] as const),
  ];
  return createTenant({
    further: {
      applications: appNames.map(application),
      people: peopleNames.map(([name, alias], index) => person(name, alias, index)),
      groups: ['Team with members', 'Sales, EMEA'].map(group),
    },
  });
}

function application(displayName: string, index: number): Application {
  const job = theJob();
  return {
    ...apps.gitHubEnterprise,
    id: objectId(0x240 + index),
    appId: objectId(0x340 + index),
    displayName,
    job: { ...job, id: `${job.templateId}.odd${index}`, targetName: displayName },
  };
}

function person(displayName: string, alias: string, index: number): Person {
  const [givenName = displayName, ...rest] = displayName.split(' ');
  return {
    ...people.adele,
    id: objectId(0x900 + index),
    displayName,
    givenName,
    surname: rest.join(' ') || null,
    userPrincipalName: `${alias}@contoso.com`,
    mail: `${alias}@contoso.com`,
    mailNickname: alias,
    employeeId: String(9000 + index),
  };
}

function group(displayName: string, index: number): Group {
  return { ...groups.salesTeam, id: objectId(0x180 + index), displayName, mailNickname: `odd${index}` };
}
