import { objectId } from './identity.ts';
import { abroad, generatedPeople, type Person, people, storePeople } from './people.ts';

export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly mailNickname: string;
  /** Direct members: people, and groups where one is nested. */
  readonly memberIds: readonly string[];
  readonly kind: 'security' | 'microsoft365' | 'dynamic';
  /** ISO 8601. */
  readonly createdDateTime: string;
}

const salesPeople = generatedPeople.slice(0, 12);
const engineers = generatedPeople.slice(12, 15);
const platformEngineers = generatedPeople.slice(15, 18);

const platformEngineering = group(
  7,
  'Platform Engineering',
  'Runs what the other engineers build on',
  platformEngineers,
);

/** The groups by the names that tests use. The first four give people their roles in Usher. */
export const groups = {
  helpdesk: group(1, 'Helpdesk', 'First line of support', [people.alex]),
  peopleManagers: group(2, 'People Managers', 'Everybody with direct reports', [
    people.megan,
    abroad.chloe,
    abroad.thiago,
    abroad.wangWei,
  ]),
  appApprovers: group(3, 'App Approvers', 'Decide who gets access to which application', [people.patti]),
  onCall: group(4, 'On Call', 'Whoever is on call this week', [people.lynne]),
  salesTeam: group(5, 'Sales Team', 'The field sales organisation', salesPeople),
  engineering: group(6, 'Engineering', 'Product engineering, platform included', [...engineers, platformEngineering]),
  platformEngineering,
  storeStaff: group(0x10, 'Store Staff', 'All who work in the stores', storePeople.slice(0, 305)),
  allStores: { ...group(0x11, 'All Stores', 'Stores, warehouses and their managers', storePeople), kind: 'dynamic' },
  // Two with one name.
  falcon: group(0x12, 'Project Falcon', 'Access to what the project uses', generatedPeople.slice(20, 23)),
  falconTeam: {
    ...group(0x13, 'Project Falcon', 'The team and its mailbox', generatedPeople.slice(20, 25)),
    mailNickname: 'falcon-team',
    kind: 'microsoft365',
    createdDateTime: '2025-05-20T09:00:00Z',
  },
} as const satisfies Record<string, Group>;

export const everyGroup: readonly Group[] = Object.values(groups);

/** Returns the groups that have a person or group as a direct member. */
export function groupsByMember(all: readonly Group[]): (memberId: string) => readonly Group[] {
  const byMember = new Map<string, Group[]>();
  for (const one of all) {
    for (const id of one.memberIds) {
      const held = byMember.get(id);
      if (held === undefined) byMember.set(id, [one]);
      else held.push(one);
    }
  }
  return (memberId) => byMember.get(memberId) ?? [];
}

function group(
  number: number,
  displayName: string,
  description: string,
  members: readonly Pick<Person, 'id'>[],
): Group {
  return {
    id: objectId(0x100 + number),
    displayName,
    description,
    mailNickname: displayName.toLowerCase().replaceAll(' ', '-'),
    memberIds: members.map((member) => member.id),
    kind: 'security',
    createdDateTime: '2024-02-05T09:00:00Z',
  };
}
