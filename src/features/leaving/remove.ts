import pMap from 'p-map';
import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { namesInList } from '../../chat/grammar/name-list.ts';
import { findApplications } from '../../chat/names/named-apps.ts';
import { findPeople, toSubject } from '../../chat/names/people.ts';
import { resolvePerson, typistOf } from '../../chat/names/person.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { obstacleReply, requestOf, type Target, taskOn, tryAgain } from '../../chat/names/target.ts';
import { commands, type Resolved } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { usersPageUrl } from '../../chat/views/entra-link.ts';
import type { PersonsAssignment } from '../../graph/assignments.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { findOpenRemoval } from '../../requests/removals.ts';
import type { LeftOut } from '../../requests/request.ts';
import { createRequest, type NewTask } from '../../requests/store.ts';
import { nobodyFoundCard } from '../provisioning/cards/confirm-card.ts';
import { isOfEntra, seeTargets } from '../provisioning/targets.ts';
import { say } from './problems.ts';
import { readLooseRemove, readRemove, writeRemove } from './remove-line.ts';

type RemoveCommand = CommandOf<'remove'>;

/** A removal of more accounts is read by no person who confirms it. */
const mostRemoved = 50;
const readsAtOnce = 4;

/**
 * `remove <people> from <apps>`: takes the people's own assignments to the apps away and has their accounts disabled.
 * Nothing is done before the card, which says what assigns them and what stays, is confirmed. A person whom nothing of
 * their own assigns is left out, with the reason.
 */
async function remove(parts: CommandParts, turn: Turn, command: RemoveCommand): Promise<Reply> {
  const { term, ...plain } = command;
  if (term !== undefined && (term.start !== null || term.end !== null))
    return say(turn.words, { kind: 'removesAtOnce' }, [
      { label: 'removeAtOnce', verb: 'choose', text: parts.grammar.format(plain) },
    ]);
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const people = await findThem(parts, turn, command);
  if (people.kind === 'reply') return people.reply;
  const seen = await seeTargets(parts, turn, found);
  if (seen.kind === 'reply') return seen.reply;
  if (seen.kind === 'trouble') return obstacleReply(parts, turn, command, seen);
  const [obstacle] = seen.blocked;
  if (seen.targets.length === 0 && obstacle !== undefined) return obstacleReply(parts, turn, command, obstacle);
  const targets = seen.targets.filter(({ rule }) => isOfEntra(rule));
  const [other] = seen.targets;
  if (targets.length === 0 && other !== undefined)
    return say(turn.words, { kind: 'removesEntraOnly', app: other.app.displayName });
  const count = people.users.length * targets.length;
  if (count > mostRemoved) return say(turn.words, { kind: 'removesTooMany', count, limit: mostRemoved });

  const ticket = findTicket(
    parts,
    turn,
    targets.map(({ app }) => app),
    { ticket: command.ticket, command, kits: found.kits },
  );
  if (ticket.kind === 'missing')
    return (
      ticket.reply ??
      sayTicketMissing(
        parts,
        turn,
        targets.map(({ app }) => app),
      )
    );
  const removals = await seeRemovals(parts, turn, command, people.users, targets);
  if (removals.kind === 'reply') return removals.reply;
  const leftOut = [...people.leftOut, ...seen.leftOut, ...removals.leftOut];
  if (removals.tasks.length === 0) return nothingToRemove(parts, turn, people.users, targets, removals, leftOut);
  const request = await createRequest(parts.store, {
    ...requestOf(turn),
    ticket: ticket.ticket,
    lane: removals.tasks.length > 1 ? 'bulk' : 'interactive',
    held: true,
    removal: { secondPerson: false },
    leftOut,
    tasks: removals.tasks,
  });
  parts.observe?.requested('person');
  return { kind: 'live', liveId: request.id };
}

interface People {
  readonly kind: 'people';
  readonly users: readonly DirectoryUser[];
  readonly leftOut: readonly LeftOut[];
}

/** Whom the line names, as the tenant has them: only it tells whether "Langer, Isaiah" is one person. */
async function findThem(parts: CommandParts, turn: Turn, command: RemoveCommand): Promise<People | Answered> {
  const names = namesInList(command.subject);
  const whole =
    names.length < 2 ? null : await resolvePerson(parts.directory, command.subject, typistOf(turn.incoming));
  if (names.length < 2 || (whole?.ok === true && whole.value.kind === 'one')) {
    const group = await groupNamed(parts, command.subject);
    if (group !== null) return answered(say(turn.words, { kind: 'removesNoGroup', group }));
    const person = await findPerson(parts, turn, command, null);
    if (person.kind === 'reply') return person;
    return person.user.id === turn.caller.id
      ? answered(say(turn.words, { kind: 'removesNotYourself' }))
      : { kind: 'people', users: [person.user], leftOut: [] };
  }
  const found = await findPeople(parts.directory, names, typistOf(turn.incoming));
  if (found.kind === 'trouble') return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
  const users = found.people.filter(({ id }) => id !== turn.caller.id);
  const own = found.people.filter(({ id }) => id === turn.caller.id);
  return {
    kind: 'people',
    users,
    leftOut: [...found.leftOut, ...own.map((user) => leftOutOf(user.displayName, 'forYourself'))],
  };
}

/** A group whose name says so: "the Sales Team group", "group Sales Team". */
async function groupNamed({ directory }: CommandParts, typed: string): Promise<string | null> {
  if (!/^(?:the )?group |\bgroup$/i.test(typed)) return null;
  const found = await directory.findGroups(typed.replace(/^(?:the )?group |(?:^the )|\s*group$/gi, ''));
  return found.ok && found.value.kind === 'one' ? found.value.group.displayName : null;
}

interface Removals {
  readonly kind: 'removals';
  readonly tasks: readonly NewTask[];
  readonly leftOut: readonly LeftOut[];
  /** Of those left out: the groups that assign them. */
  readonly groups: readonly string[];
}

/** What assigns each person to each app, as Entra lists it now. */
async function seeRemovals(
  parts: CommandParts,
  turn: Turn,
  command: RemoveCommand,
  users: readonly DirectoryUser[],
  targets: readonly Target[],
): Promise<Removals | Answered> {
  const read = async (user: DirectoryUser) => ({ user, list: await parts.assignments.list(user.id) });
  const listed = await pMap(users, read, { concurrency: readsAtOnce });
  const tasks: NewTask[] = [];
  const leftOut: LeftOut[] = [];
  const groups: string[] = [];
  for (const { user, list } of listed) {
    if (!list.ok) return answered(troubleReply(turn.words, list.trouble, tryAgain(parts, command)));
    for (const target of targets) {
      const ofApp = list.value.filter((one) => one.servicePrincipalId === target.app.id);
      const isSeveral = users.length * targets.length > 1;
      const text = isSeveral ? `${user.displayName} · ${target.app.displayName}` : user.displayName;
      const why = await whyNot(parts, user, target, ofApp);
      const task = taskOn(target, toSubject(user, target.rule.objectTypeName));
      if (why === null)
        tasks.push({ ...task, unassign: { only: null, roles: rolesOf(ofApp), through: groupsOf(ofApp) } });
      else leftOut.push(leftOutOf(text, why));
      if (why === 'onlyThroughGroup') groups.push(...groupsOf(ofApp));
    }
  }
  return { kind: 'removals', tasks, leftOut, groups };
}

/** Why no call can take this person out of the app; null where one can. */
async function whyNot(
  parts: CommandParts,
  user: DirectoryUser,
  { app }: Target,
  assigned: readonly PersonsAssignment[],
): Promise<LeftOut['reason'] | null> {
  if (assigned.length === 0) return 'notAssigned';
  if (assigned.every(({ via }) => via === 'group')) return 'onlyThroughGroup';
  // On-demand provisioning skips people whose account is disabled; the regular cycle disables them in the app.
  if (user.accountEnabled === false) return 'accountOff';
  return (await findOpenRemoval(parts.store.database, { personId: user.id, appId: app.id })) === null
    ? null
    : 'removalOpen';
}

const rolesOf = (assigned: readonly PersonsAssignment[]): string[] =>
  assigned.flatMap(({ via, roleName }) => (via === 'direct' && roleName !== null ? [roleName] : []));
const groupsOf = (assigned: readonly PersonsAssignment[]): string[] =>
  assigned.flatMap((one) => (one.via === 'group' ? [one.groupName ?? one.principalId] : []));
const leftOutOf = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });

/** Nothing is left to take away: of one account, why and what to do instead; of several, each with its reason. */
async function nothingToRemove(
  parts: CommandParts,
  turn: Turn,
  users: readonly DirectoryUser[],
  targets: readonly Target[],
  { groups, leftOut: removals }: Removals,
  leftOut: readonly LeftOut[],
): Promise<Reply> {
  const [user, second] = users;
  const [target, other] = targets;
  const [only] = removals;
  if (user === undefined || target === undefined || only === undefined || second !== undefined || other !== undefined) {
    const app = targets.map(({ app: { displayName } }) => displayName).join(', ');
    return { kind: 'card', message: nobodyFoundCard(turn.words, { app, leftOut }) };
  }
  const { app } = target;
  const names = { person: user.displayName, app: app.displayName };
  switch (only.reason) {
    case 'onlyThroughGroup':
      return say(
        turn.words,
        { kind: 'removesNoGroupAssignment', ...names, groups: turn.words.list(groups) },
        [],
        usersPageUrl(parts.entraPortal, app.id),
      );
    case 'accountOff':
      return say(turn.words, { kind: 'removesByCycle', ...names }, [checkButton(parts, user, target)]);
    case 'removalOpen': {
      const id = await findOpenRemoval(parts.store.database, { personId: user.id, appId: app.id });
      return say(turn.words, { kind: 'removalOpen', ...names, id: id ?? '' });
    }
    default:
      return say(turn.words, { kind: 'removesNothing', ...names }, [checkButton(parts, user, target)]);
  }
}

const checkButton = (parts: CommandParts, { userPrincipalName }: DirectoryUser, { app }: Target) => ({
  label: 'checkIt' as const,
  verb: 'run' as const,
  text: parts.grammar.format({ verb: 'check', subject: userPrincipalName, app: app.displayName }),
});

/** A guess at a removal: the app and the people have to be found, and the caller may remove. */
async function resolveRemove(look: Lookup, command: RemoveCommand, others: readonly string[]): Promise<Resolved> {
  if (!look.isOperator()) return look.denied('removal.run');
  const app = await look.findApp(command.app);
  if (app.kind !== 'app') return app;
  const person = await look.findPerson(command.subject, others);
  return person.kind === 'person'
    ? commands({ ...command, subject: person.name, app: app.name }, person.found)
    : person;
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `subject` and `app`: one name, or several as typed. */
    remove: Ticketed & { readonly subject: string; readonly app: string; readonly term?: Term };
  }
}

export const removeCommand = defineCommand({
  verb: 'remove',
  read: readRemove,
  readLoose: readLooseRemove,
  write: writeRemove,
  permission: 'removal.run',
  freshRoles: 'clicked',
  appOnly: true,
  chapter: 'leaving',
  examples: ['remove adele@contoso.com from Salesforce', 'remove adele, diego from Salesforce and ServiceNow'],
  tryIt: null,
  resolve: resolveRemove,
  run: remove,
});
