import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { findApplications } from '../../chat/names/named-apps.ts';
import { toSubject } from '../../chat/names/people.ts';
import { obstacleReply, type Target, taskOn } from '../../chat/names/target.ts';
import { commands, type Resolved } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { usersPageUrl } from '../../chat/views/entra-link.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { findOpenRemoval } from '../../requests/removals.ts';
import type { LeftOut, Ticket } from '../../requests/request.ts';
import { isOfEntra, seeTargets } from '../provisioning/targets.ts';
import { askWhichApp } from './ask-which-app.ts';
import { holdRemoval, mostRemoved } from './hold-removal.ts';
import { findThem, type Listed } from './leavers.ts';
import { leftToCycles, sayEachReason } from './nothing-left.ts';
import { say } from './problems.ts';
import { readLooseRemove, readRemove, writeRemove } from './remove-line.ts';
import { type Removals, readAssigned, seeRemovals } from './see-removals.ts';

type RemoveCommand = CommandOf<'remove'>;

/**
 * `remove <people> from <apps>`: takes the people's own assignments to the apps away and has their accounts disabled.
 * Nothing is done before the card, which says what assigns them and what stays, is confirmed. A person whom nothing of
 * their own assigns is left out, with the reason.
 */
export async function remove(
  parts: CommandParts,
  turn: Turn,
  command: RemoveCommand,
  listed: Listed | null = null,
): Promise<Reply> {
  const { term } = command;
  if (term !== undefined && (term.start !== null || term.end !== null)) {
    const now = { ...command, term: { start: null, end: null, reason: term.reason } };
    return say(turn.words, { kind: 'removesAtOnce' }, [
      { label: 'removeAtOnce', verb: 'choose', text: parts.grammar.format(now) },
    ]);
  }
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const people = await findThem(parts, turn, command, listed);
  if (people.kind === 'reply') return people.reply;
  const seen = await seeTargets(parts, turn, found, { passesOver: true });
  if (seen.kind === 'reply') return seen.reply;
  if (seen.kind === 'trouble') return obstacleReply(parts, turn, command, seen);
  const [obstacle] = [...seen.troubles, ...seen.blocked];
  if (seen.targets.length === 0 && obstacle !== undefined) {
    if (obstacle.kind !== 'blocked' || obstacle.why.kind !== 'appNotConfigured')
      return obstacleReply(parts, turn, command, obstacle);
    const { id, displayName: app } = obstacle.app;
    return say(turn.words, { kind: 'removesNotSetUp', app }, [], usersPageUrl(parts.entraPortal, id));
  }
  const targets = seen.targets.filter(({ rule }) => isOfEntra(rule));
  const [other] = seen.targets;
  if (targets.length === 0 && other !== undefined)
    return say(turn.words, { kind: 'removesEntraOnly', app: other.app.displayName });

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
  const read = await readAssigned(parts, turn, command, people.users);
  if (read.kind === 'reply') return read.reply;
  const removals = await seeRemovals(parts, read.assigned, targets, { named: true });
  const leftOut = [...people.leftOut, ...read.leftOut, ...seen.leftOut, ...removals.leftOut];
  const count = removals.tasks.length;
  if (count > mostRemoved) return say(turn.words, { kind: 'removesTooMany', count, limit: mostRemoved });
  if (removals.tasks.length === 0)
    return nothingToRemove(parts, turn, command, {
      users: people.users,
      targets,
      removals,
      leftOut,
      ticket: ticket.ticket,
    });
  return holdRemoval(parts, turn, command, { tasks: removals.tasks, leftOut, ticket: ticket.ticket, leaving: false });
}

interface Nothing {
  readonly users: readonly DirectoryUser[];
  readonly targets: readonly Target[];
  readonly removals: Removals;
  readonly leftOut: readonly LeftOut[];
  readonly ticket: Ticket | null;
}

/**
 * Nothing is left that Usher takes away: of one account, why and what to do instead; of several, each with its reason.
 * Where a group alone assigns the person, Usher can prove that people have taken the person out of it.
 */
async function nothingToRemove(
  parts: CommandParts,
  turn: Turn,
  command: RemoveCommand,
  { users, targets, removals: { groups, leftOut: removals }, leftOut, ticket }: Nothing,
): Promise<Reply> {
  const [user, second] = users;
  const [target, other] = targets;
  const [only] = removals;
  const apps = targets.map(({ app }) => app);
  // Of a list, each line gets its answer.
  const isAll = leftOut.length === removals.length;
  const isOff =
    removals.length > 0 && removals.every(({ reason }) => reason === 'accountOff' || reason === 'accountOffNever');
  if (user !== undefined && second === undefined && isOff && isAll) return leftToCycles(parts, turn, user, apps);
  const isOne = isAll && second === undefined && other === undefined;
  if (user === undefined || target === undefined || only === undefined || !isOne)
    return sayEachReason(turn, apps, leftOut);
  const { app } = target;
  const names = { person: user.displayName, app: app.displayName };
  switch (only.reason) {
    case 'onlyThroughGroup': {
      const unassign = { only: null, roles: [], through: groups };
      const task = {
        ...taskOn(target, toSubject(user, target.rule.objectTypeName)),
        unassign,
        assigning: 'byHand' as const,
      };
      return holdRemoval(parts, turn, command, { tasks: [task], leftOut: [], ticket, leaving: false });
    }
    case 'removalOpen': {
      const now = parts.store.clock.now();
      const id = await findOpenRemoval(parts.store.database, { personId: user.id, appId: app.id }, now);
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
  examples: ['remove adele@contoso.com from Salesforce', 'remove adele, diego from Salesforce, ServiceNow'],
  tryIt: null,
  incomplete: askWhichApp,
  resolve: resolveRemove,
  run: (parts, turn, command) => remove(parts, turn, command),
});
