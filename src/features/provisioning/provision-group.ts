import { findTicket } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { findPeople, toSubject } from '../../chat/names/people.ts';
import { typistOf } from '../../chat/names/person.ts';
import { findTarget, requestOf, taskOn, tryAgain } from '../../chat/names/target.ts';
import { lookAtGroupLine } from '../../chat/offers/look-at-line.ts';
import { lookAgainForGroup } from '../../chat/offers/second-look.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { didYouMean } from '../../chat/views/did-you-mean.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { type DirectoryGroup, type GroupMember, mostMembers } from '../../graph/groups.ts';
import { type LeftOut, membersPerCall, type Subject } from '../../requests/request.ts';
import { createRequest } from '../../requests/store.ts';
import { nobodyFoundCard } from './cards/confirm-card.ts';
import { type GroupCandidate, groupPicker } from './cards/group-picker.ts';
import { readProvisionGroup, writeProvisionGroup } from './group-line.ts';
import { say } from './problems.ts';
import { resolveGroup } from './resolve.ts';
import { askOneByOne, nearlyProvision, untimely } from './untimely.ts';

type GroupCommand = CommandOf<'provisionGroup'>;

/** As many calls as start at once; more need a confirmation. */
const mostWithoutConfirmation = 5;

/**
 * `provision group <group> to <app> [with members …]`: one call takes one group with at most five members, so members
 * go in batches of five, each call with the group. Without named members, the group's direct users are taken; nested
 * groups and devices are reported as left out, as Graph does not take them.
 * https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand
 */
async function provisionGroup(parts: CommandParts, turn: Turn, command: GroupCommand): Promise<Reply> {
  const instead = askOneByOne(turn) ?? (await untimely(parts, turn, command));
  if (instead !== null) return instead;
  const { words } = turn;
  const again = tryAgain(parts, command);
  const found = await findTarget(parts, turn, command, 'Group');
  if (found.kind === 'reply') return found.reply;
  const { app, job, rule } = found.target;

  const groups = await parts.directory.findGroups(command.group);
  if (!groups.ok) return troubleReply(words, groups.trouble, again);
  if (groups.value.kind === 'none') return lookAgainForGroup(parts, turn, command);
  if (groups.value.kind === 'several') {
    const candidates = await candidatesOf(parts, groups.value.groups);
    const choose = (id: string) => parts.grammar.format({ ...command, group: id });
    const message = groupPicker(words, { typed: command.group, candidates, more: groups.value.more, choose });
    return { kind: 'card', inPlace: true, message };
  }
  const { group } = groups.value;
  // Part of a group's name is too uncertain for many people at once.
  if (![group.displayName, group.id].some((name) => name.toLowerCase() === command.group.trim().toLowerCase())) {
    const suggestion = parts.grammar.format({ ...command, group: group.displayName });
    return { kind: 'card', inPlace: true, message: didYouMean(words, { suggestion }) };
  }

  const members = await parts.directory.groupMembers(group.id);
  if (!members.ok) return troubleReply(words, members.trouble, again);
  if (!members.value.complete) {
    const count = await parts.directory.countMembers(group.id);
    const known = count.ok && count.value !== null && count.value > mostMembers ? count.value : null;
    return say(words, { kind: 'groupTooLarge', group: group.displayName, count: known, limit: mostMembers });
  }
  const chosen = await chooseMembers(parts, turn, command, members.value.items);
  if (chosen.kind === 'trouble') return troubleReply(words, chosen.trouble, again);
  if (chosen.people.length === 0) {
    if (command.members === null) return say(words, { kind: 'emptyGroup', group: group.displayName });
    return { kind: 'card', message: nobodyFoundCard(words, { app: app.displayName, leftOut: chosen.leftOut }) };
  }

  const userRule = await parts.synchronization.findRule(app.id, job.id, 'User');
  if (!userRule.ok) return troubleReply(words, userRule.trouble, again);
  const memberType = userRule.value?.objectTypeName ?? 'User';
  const subject: Subject = { id: group.id, type: rule.objectTypeName, name: group.displayName, label: null };
  const calls = inFives(chosen.people.map((user) => toSubject(user, memberType)));
  const ticket = findTicket(parts, turn, [app], { ticket: command.ticket, command });
  const isLong = calls.length > mostWithoutConfirmation;
  if (ticket.kind === 'missing' && ticket.reply !== null && !(isLong && ticket.isNeeded)) return ticket.reply;
  const awaitsTicket = ticket.kind === 'missing';
  const held = isLong || awaitsTicket;
  const request = await createRequest(parts.store, {
    ...requestOf(turn),
    lane: calls.length === 1 ? 'interactive' : 'bulk',
    held,
    ...(awaitsTicket ? { awaitsTicket } : { ticket: ticket.ticket }),
    leftOut: chosen.leftOut,
    tasks: calls.map((part) => taskOn(found.target, subject, part)),
  });
  parts.observe?.requested('group');
  // No wake-up here: the card that tells how many calls it takes is posted first, and that wakes the dispatcher.
  return { kind: 'live', liveId: request.id };
}

/** Adds distinguishing details to groups that share a name. */
function candidatesOf(parts: CommandParts, groups: readonly DirectoryGroup[]): Promise<readonly GroupCandidate[]> {
  return Promise.all(
    groups.map(async (group) => {
      const { id, displayName: name, description } = group;
      const isTwin = groups.some((other) => other.id !== id && other.displayName.toLowerCase() === name.toLowerCase());
      if (!isTwin) return { id, name, description };
      const count = await parts.directory.countMembers(id);
      const createdAt = Date.parse(group.createdAt ?? '');
      const { mail, kind, isDynamic } = group;
      const members = count.ok ? count.value : null;
      const details = { mail, kind, isDynamic, members, createdAt: createdAt > 0 ? createdAt : null };
      return { id, name, description, details };
    }),
  );
}

type Found = Awaited<ReturnType<typeof findPeople>>;
type Chosen =
  | Pick<Extract<Found, { kind: 'people' }>, 'kind' | 'people' | 'leftOut'>
  | Exclude<Found, { kind: 'people' }>;

/** The named members, if they are members; without names, all members that Graph can take. */
async function chooseMembers(
  parts: CommandParts,
  { incoming }: Turn,
  command: GroupCommand,
  members: readonly GroupMember[],
): Promise<Chosen> {
  const users = members.flatMap((member): DirectoryUser[] => (member.kind === 'user' ? [member.user] : []));
  if (command.members === null) {
    const others = members.flatMap((member): LeftOut[] =>
      member.kind === 'user' ? [] : [{ text: member.name, reason: reasons[member.kind], suggestions: [] }],
    );
    return { kind: 'people', people: users, leftOut: others };
  }
  const named = await findPeople(parts.directory, command.members, typistOf(incoming));
  if (named.kind === 'trouble') return named;
  const isMember = (user: DirectoryUser) => users.some(({ id }) => id === user.id);
  const strangers = named.people
    .filter((user) => !isMember(user))
    .map((user): LeftOut => ({ text: user.displayName, reason: 'notAMember', suggestions: [] }));
  return { kind: 'people', people: named.people.filter(isMember), leftOut: [...named.leftOut, ...strangers] };
}

const reasons = { group: 'nestedGroup', device: 'device', other: 'otherObject' } as const satisfies Record<
  Exclude<GroupMember['kind'], 'user'>,
  LeftOut['reason']
>;

function inFives(members: readonly Subject[]): (readonly Subject[])[] {
  const calls = Math.ceil(members.length / membersPerCall);
  return Array.from({ length: calls }, (_, index) =>
    members.slice(index * membersPerCall, (index + 1) * membersPerCall),
  );
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `members` null: the group's direct users. */
    provisionGroup: Ticketed & {
      readonly group: string;
      readonly members: readonly string[] | null;
      readonly app: string;
      readonly term?: Term;
    };
  }
}

export const provisionGroupCommand = defineCommand({
  verb: 'provisionGroup',
  read: readProvisionGroup,
  write: writeProvisionGroup,
  permission: 'provision.run',
  forRequesters: 'wholeLine',
  ground: 'job',
  freshRoles: 'clicked',
  chapter: 'provision',
  examples: [
    'provision group "Sales Team" to "GitHub Enterprise"',
    'provision group "Sales Team" to "GitHub Enterprise" with members priya, tomasz',
  ],
  tryIt: null,
  incomplete: async (parts, turn, line) =>
    (await lookAtGroupLine(parts, turn, line)) ?? say(turn.words, { kind: 'incompleteGroup' }),
  nearly: nearlyProvision,
  resolve: resolveGroup,
  run: provisionGroup,
});
