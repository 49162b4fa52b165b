import { objectId } from './identity.ts';
import { generatedPeople, type Person, people } from './people.ts';

export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly mailNickname: string;
  /** Direct members: people, and groups where one is nested. */
  readonly memberIds: readonly string[];
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

/** The groups by the names the tests call them. The first four give people their roles in Usher. */
export const groups = {
  helpdesk: group(1, 'Helpdesk', 'First line of support', [people.alex]),
  peopleManagers: group(2, 'People Managers', 'Everybody with direct reports', [people.megan]),
  appApprovers: group(3, 'App Approvers', 'Decide who gets access to which application', [people.patti]),
  onCall: group(4, 'On Call', 'Whoever is on call this week', [people.lynne]),
  salesTeam: group(5, 'Sales Team', 'The field sales organisation', salesPeople),
  engineering: group(6, 'Engineering', 'Product engineering, platform included', [...engineers, platformEngineering]),
  platformEngineering,
} as const satisfies Record<string, Group>;

export const everyGroup: readonly Group[] = Object.values(groups);

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
  };
}
