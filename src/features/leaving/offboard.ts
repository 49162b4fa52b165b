import pMap from 'p-map';
import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { tryAgain } from '../../chat/names/target.ts';
import { commands, type Resolved } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Application } from '../../graph/applications.ts';
import type { LeftOut } from '../../requests/request.ts';
import { isOfEntra, seeTargets, unreadReason } from '../provisioning/targets.ts';
import { holdRemoval, mostRemoved } from './hold-removal.ts';
import { findThem, type Listed, leftOutOf, type People } from './leavers.ts';
import { leftToCycles, sayEachReason } from './nothing-left.ts';
import { readOffboard, writeOffboard } from './offboard-line.ts';
import { say } from './problems.ts';
import { type Assigned, readAssigned, seeRemovals } from './see-removals.ts';

type OffboardCommand = CommandOf<'offboard'>;

/** Each takes a read of Graph. */
const appsAtOnce = 4;

/**
 * `offboard <people>`: takes them out of all their apps that have provisioning, by what is their own. What a group gives
 * them, apps without provisioning, and apps that take no call now or cannot be read are named and left as they are.
 */
export async function offboard(
  parts: CommandParts,
  turn: Turn,
  command: OffboardCommand,
  listed: Listed | null = null,
): Promise<Reply> {
  const { term } = command;
  if (term !== undefined && (term.start !== null || term.end !== null)) {
    const now = { ...command, term: { start: null, end: null, reason: term.reason } };
    return say(turn.words, { kind: 'removesAtOnce' }, [
      { label: 'removeAtOnce', verb: 'choose', text: parts.grammar.format(now) },
    ]);
  }
  const people = await findThem(parts, turn, command, listed);
  if (people.kind === 'reply') return people.reply;
  const read = await readAssigned(parts, turn, command, people.users);
  if (read.kind === 'reply') return read.reply;
  const found = await findApps(parts, read.assigned);
  const seen = await seeTargets(parts, turn, { apps: found.apps, repeated: [], gone: [] }, { passesOver: true });
  if (seen.kind === 'reply') return seen.reply;
  if (seen.kind === 'trouble') return troubleReply(turn.words, seen.trouble, tryAgain(parts, command));
  const targets = seen.targets.filter(({ rule }) => isOfEntra(rule));
  const elsewhere = seen.targets.filter(({ rule }) => !isOfEntra(rule));
  const removals = await seeRemovals(parts, read.assigned, targets, { named: false });
  const leftOut: readonly LeftOut[] = [
    ...people.leftOut,
    ...read.leftOut,
    ...removals.leftOut,
    ...found.leftOut,
    ...seen.leftOut,
    ...elsewhere.map(({ app }) => leftOutOf(app.displayName, 'removalNeedsEntraApp')),
  ];
  const count = removals.tasks.length;
  if (count === 0) return nothingToDo(parts, turn, people, found.apps, leftOut);
  if (count > mostRemoved) return say(turn.words, { kind: 'removesTooMany', count, limit: mostRemoved });
  const apps = targets.flatMap(({ app }) => (removals.tasks.some((task) => task.app.id === app.id) ? [app] : []));
  const ticket = findTicket(parts, turn, apps, { ticket: command.ticket, command });
  if (ticket.kind === 'missing') return ticket.reply ?? sayTicketMissing(parts, turn, apps);
  return holdRemoval(parts, turn, command, { tasks: removals.tasks, leftOut, ticket: ticket.ticket, leaving: true });
}

/**
 * The apps of the people's assignments. What is no app of the tenant's list, such as Microsoft's own, is not offered; one
 * that cannot be read is left out, and the others go on.
 */
async function findApps(
  { applications }: CommandParts,
  assigned: readonly Assigned[],
): Promise<{ readonly apps: readonly Application[]; readonly leftOut: readonly LeftOut[] }> {
  const names = new Map(
    assigned.flatMap(({ assignments }) => assignments.map((one) => [one.servicePrincipalId, one.appName] as const)),
  );
  const apps: Application[] = [];
  const leftOut: LeftOut[] = [];
  const find = async ([id, name]: readonly [string, string | null]) => ({
    id,
    name,
    found: await applications.find(id),
  });
  for (const { id, name, found } of await pMap(names, find, { concurrency: appsAtOnce })) {
    if (!found.ok) leftOut.push(leftOutOf(name ?? id, unreadReason(found.trouble)));
    else if (found.value.kind === 'one') apps.push(found.value.app);
  }
  return { apps, leftOut };
}

/** Nothing is left to take away: of a person who is disabled in Entra, what the regular cycles do; else each reason. */
async function nothingToDo(
  parts: CommandParts,
  turn: Turn,
  people: People,
  apps: readonly Application[],
  leftOut: readonly LeftOut[],
): Promise<Reply> {
  const [user, second] = people.users;
  // Of a list, each line gets its answer.
  if (user === undefined || second !== undefined || people.leftOut.length > 0) return sayEachReason(turn, [], leftOut);
  if (user.accountEnabled === false && apps.length > 0) return leftToCycles(parts, turn, user, apps);
  if (leftOut.length === 0) return say(turn.words, { kind: 'offboardsNothing', person: user.displayName });
  return sayEachReason(turn, [], leftOut);
}

/** A guess at this: the person has to be found, and the caller may remove. */
async function resolveOffboard(look: Lookup, command: OffboardCommand, others: readonly string[]): Promise<Resolved> {
  if (!look.isOperator()) return look.denied('removal.run');
  const person = await look.findPerson(command.subject, others);
  return person.kind === 'person' ? commands({ ...command, subject: person.name }, person.found) : person;
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `subject`: one name, or several as typed. It is about all their apps. */
    offboard: Ticketed & { readonly subject: string; readonly app: null; readonly term?: Term };
  }
}

export const offboardCommand = defineCommand({
  verb: 'offboard',
  read: readOffboard,
  write: writeOffboard,
  permission: 'removal.run',
  freshRoles: 'clicked',
  appOnly: true,
  chapter: 'leaving',
  examples: ['offboard adele@contoso.com', 'offboard adele, diego'],
  tryIt: null,
  incomplete: async (_parts, turn) => say(turn.words, { kind: 'removesWhom' }),
  resolve: resolveOffboard,
  run: (parts, turn, command) => offboard(parts, turn, command),
});
