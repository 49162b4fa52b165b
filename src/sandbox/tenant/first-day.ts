import { type Application, apps, everyApplication, provisionsGroups } from './applications.ts';
import { inboundMappings, mapped, outboundMappings } from './attributes.ts';
import { quarantineEntry } from './directory-audit.ts';
import { type Group, groups } from './groups.ts';
import { everybody, type Person, people, storePeople } from './people.ts';
import { assign, keepAccount, type State } from './state.ts';
import { usualGuesses } from './synchronization-job.ts';

/** What a tenant has besides the listed objects. */
export interface Further {
  readonly applications: readonly Application[];
  readonly groups: readonly Group[];
  readonly people: readonly Person[];
}

const nothing: Further = { applications: [], groups: [], people: [] };

/**
 * The initial state that the roster promises. All people are assigned to every application, except Diego to both
 * Salesforces and to ServiceNow; the first provisioning of a person who is not listed with an account creates one.
 */
export function firstDay(at: number, further: Further = nothing): State {
  const present = [...everybody, ...further.people];
  const state: State = {
    people: new Map([...present, ...storePeople].map((one) => [one.id, one])),
    deletedPeople: new Map(),
    changedApplications: new Map(),
    assignments: new Map(),
    accounts: new Map(),
    conflicts: new Set([`${apps.salesforce.id} ${people.grady.id}`]),
    directoryRoles: new Map(),
    withdrawn: new Set(),
    registrations: new Map(),
    audit: [],
    // Not its first quarantine this month.
    directoryAudits: [20, 9].map((days) =>
      quarantineEntry(apps.zscaler, 'EncounteredQuarantineException', at - days * 24 * 60 * 60_000),
    ),
    guesses: usualGuesses,
  };
  for (const application of [...everyApplication, ...further.applications])
    assignEverybody(state, application, present, further.groups, at);
  stockCloudSync(state);
  stockSalesforce(state);
  for (const one of [people.alex, people.adele]) {
    keepAccount(state, apps.serviceNow.id, one.id, { active: true, attributes: mapped(one, outboundMappings) });
  }
  return state;
}

function assignEverybody(
  state: State,
  application: Application,
  present: readonly Person[],
  furtherGroups: readonly Group[],
  at: number,
): void {
  // Cloud sync and HR take all people in their scope; they have no assignments.
  if (application.job !== null && application.job.direction !== 'outbound') return;
  const leavesOutDiego: readonly string[] = [apps.salesforce.id, apps.salesforceSandbox.id, apps.serviceNow.id];
  for (const one of present) {
    if (one.id === people.diego.id && leavesOutDiego.includes(application.id)) continue;
    assign(state, application, one.id, at);
  }
  if (!provisionsGroups(application)) return;
  const { salesTeam, engineering, platformEngineering, storeStaff, allStores } = groups;
  for (const group of [salesTeam, engineering, platformEngineering, storeStaff, allStores, ...furtherGroups]) {
    assign(state, application, group.id, at);
  }
}

// Adele and a few others are in sync; Megan has since moved to another department.
function stockSalesforce(state: State): void {
  const { alex, adele, patti, lynne, johanna, megan } = people;
  const present: readonly Person[] = [alex, adele, patti, lynne, johanna, { ...megan, department: 'Marketing' }];
  for (const one of present) {
    keepAccount(state, apps.salesforce.id, one.id, { active: true, attributes: mapped(one, outboundMappings) });
  }
}

// The on-premises directory created all of these people, so each has an account in Entra. Three are out of date.
function stockCloudSync(state: State): void {
  const outdated: readonly string[] = [people.adele.id, people.isaiah.id, people.megan.id];
  for (const one of everybody) {
    const known = outdated.includes(one.id) ? { ...one, jobTitle: 'New Hire' } : one;
    const attributes = mapped(known, inboundMappings);
    keepAccount(state, apps.contosoAd.id, one.id, { active: one.accountEnabled, attributes });
  }
}
