import pMap from 'p-map';
import { DOT } from '../../chat/languages/joining.ts';
import { toSubject } from '../../chat/names/people.ts';
import { type Target, taskOn, tryAgain } from '../../chat/names/target.ts';
import type { PersonCommand } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { PersonsAssignment } from '../../graph/assignments.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { findOpenRemoval } from '../../requests/removals.ts';
import type { LeftOut } from '../../requests/request.ts';
import type { NewTask } from '../../requests/store.ts';
import { leftOutOf } from './leavers.ts';

const readsAtOnce = 4;

/** A person with all that Entra lists of theirs, also through groups. */
export interface Assigned {
  readonly user: DirectoryUser;
  readonly assignments: readonly PersonsAssignment[];
}

export interface AssignedToAll {
  readonly kind: 'assigned';
  readonly assigned: readonly Assigned[];
  /** Of several people, those whose assignments could not be read. */
  readonly leftOut: readonly LeftOut[];
}

/** What assigns each person to all their apps, as Entra lists it now; trouble only where it can be read of none. */
export async function readAssigned(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  users: readonly DirectoryUser[],
): Promise<AssignedToAll | Answered> {
  const read = async (user: DirectoryUser) => ({ user, list: await parts.assignments.list(user.id) });
  const assigned: Assigned[] = [];
  const leftOut: LeftOut[] = [];
  let trouble: GraphTrouble | null = null;
  for (const { user, list } of await pMap(users, read, { concurrency: readsAtOnce })) {
    if (list.ok) assigned.push({ user, assignments: list.value });
    else {
      trouble ??= list.trouble;
      leftOut.push(leftOutOf(user.displayName, 'personUnread'));
    }
  }
  if (assigned.length === 0 && trouble !== null)
    return answered(troubleReply(turn.words, trouble, tryAgain(parts, command)));
  return { kind: 'assigned', assigned, leftOut };
}

export interface Removals {
  readonly tasks: readonly NewTask[];
  readonly leftOut: readonly LeftOut[];
  /** Of those left out: the groups that assign them. */
  readonly groups: readonly string[];
}

/**
 * What can be taken away of each person in each of the apps. `named`: a person who is not assigned to an app is left out
 * with that reason; else the app is not theirs.
 */
export async function seeRemovals(
  parts: CommandParts,
  assigned: readonly Assigned[],
  targets: readonly Target[],
  { named }: { readonly named: boolean },
): Promise<Removals> {
  const tasks: NewTask[] = [];
  const leftOut: LeftOut[] = [];
  const groups: string[] = [];
  for (const { user, assignments } of assigned)
    for (const target of targets) {
      const ofApp = assignments.filter((one) => one.servicePrincipalId === target.app.id);
      if (ofApp.length === 0 && !named) continue;
      const isSeveral = assigned.length * targets.length > 1;
      const text = isSeveral ? [user.displayName, target.app.displayName].join(DOT) : user.displayName;
      const why = await whyNot(parts, user, target, ofApp);
      const task = taskOn(target, toSubject(user, target.rule.objectTypeName));
      if (why === null)
        tasks.push({ ...task, unassign: { only: null, roles: rolesOf(ofApp), through: groupsOf(ofApp) } });
      else leftOut.push(leftOutOf(text, why));
      if (why === 'onlyThroughGroup') groups.push(...groupsOf(ofApp));
    }
  return { tasks, leftOut, groups };
}

/** Why no call can take this person out of the app; null where one can. */
async function whyNot(
  { store }: CommandParts,
  user: DirectoryUser,
  { app, job }: Target,
  assigned: readonly PersonsAssignment[],
): Promise<LeftOut['reason'] | null> {
  if (assigned.length === 0) return 'notAssigned';
  // On-demand provisioning skips people whose account is disabled; the regular cycle disables them in the app.
  if (user.accountEnabled === false) return job.cycleMs === null ? 'accountOffNever' : 'accountOff';
  const open = await findOpenRemoval(store.database, { personId: user.id, appId: app.id }, store.clock.now());
  if (open !== null) return 'removalOpen';
  return assigned.every(({ via }) => via === 'group') ? 'onlyThroughGroup' : null;
}

const rolesOf = (assigned: readonly PersonsAssignment[]): string[] =>
  assigned.flatMap(({ via, roleName }) => (via === 'direct' && roleName !== null ? [roleName] : []));
const groupsOf = (assigned: readonly PersonsAssignment[]): string[] =>
  assigned.flatMap((one) => (one.via === 'group' ? [one.groupName ?? one.principalId] : []));
