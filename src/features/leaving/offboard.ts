import pMap from 'p-map';
import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { type Target, tryAgain } from '../../chat/names/target.ts';
import { commands, type Resolved } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { short } from '../../chat/views/parts.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { LeftOut } from '../../requests/request.ts';
import { nobodyFoundCard } from '../provisioning/cards/confirm-card.ts';
import { isOfEntra, seeTargets } from '../provisioning/targets.ts';
import { holdRemoval, mostRemoved } from './hold-removal.ts';
import { findThem, leftOutOf } from './leavers.ts';
import { readOffboard, writeOffboard } from './offboard-line.ts';
import { cycleText, say } from './problems.ts';
import { readAssigned, seeRemovals } from './see-removals.ts';

type OffboardCommand = CommandOf<'offboard'>;

/** A sentence names no more apps with their cycles. */
const mostCycles = 6;
/** Each takes a read of Graph. */
const appsAtOnce = 4;

/**
 * `offboard <people>`: takes them out of all their apps that have provisioning, by what is their own. What a group gives
 * them, apps without provisioning, and apps that take no call now are named and left as they are.
 */
async function offboard(parts: CommandParts, turn: Turn, command: OffboardCommand): Promise<Reply> {
  const { term, ...plain } = command;
  if (term !== undefined && (term.start !== null || term.end !== null))
    return say(turn.words, { kind: 'removesAtOnce' }, [
      { label: 'removeAtOnce', verb: 'choose', text: parts.grammar.format(plain) },
    ]);
  const people = await findThem(parts, turn, command);
  if (people.kind === 'reply') return people.reply;
  const read = await readAssigned(parts, turn, command, people.users);
  if (read.kind === 'reply') return read.reply;
  const ids = new Set(read.assigned.flatMap(({ assignments }) => assignments.map((one) => one.servicePrincipalId)));
  const found = await findApps(parts, turn, command, [...ids]);
  if (found.kind === 'reply') return found.reply;
  const seen = await seeTargets(parts, turn, { apps: found.apps, repeated: [], gone: [] });
  if (seen.kind === 'reply') return seen.reply;
  if (seen.kind === 'trouble') return troubleReply(turn.words, seen.trouble, tryAgain(parts, command));
  const targets = seen.targets.filter(({ rule }) => isOfEntra(rule));
  const elsewhere = seen.targets.filter(({ rule }) => !isOfEntra(rule));
  const removals = await seeRemovals(parts, read.assigned, targets, { named: false });
  const leftOut: readonly LeftOut[] = [
    ...people.leftOut,
    ...removals.leftOut,
    ...seen.leftOut,
    ...elsewhere.map(({ app }) => leftOutOf(app.displayName, 'accessNeedsEntraApp')),
  ];
  const count = removals.tasks.length;
  if (count === 0) return nothingToDo(turn, people.users, targets, leftOut);
  if (count > mostRemoved) return say(turn.words, { kind: 'removesTooMany', count, limit: mostRemoved });
  const apps = targets.flatMap(({ app }) => (removals.tasks.some((task) => task.app.id === app.id) ? [app] : []));
  const ticket = findTicket(parts, turn, apps, { ticket: command.ticket, command });
  if (ticket.kind === 'missing') return ticket.reply ?? sayTicketMissing(parts, turn, apps);
  return holdRemoval(parts, turn, command, { tasks: removals.tasks, leftOut, ticket: ticket.ticket, leaving: true });
}

/** The apps of the people's assignments. What is no app of the tenant's list, such as Microsoft's own, is not offered. */
async function findApps(
  parts: CommandParts,
  turn: Turn,
  command: OffboardCommand,
  ids: readonly string[],
): Promise<{ readonly kind: 'apps'; readonly apps: readonly Application[] } | Answered> {
  const apps: Application[] = [];
  const all = await pMap(ids, (id) => parts.applications.find(id), { concurrency: appsAtOnce });
  for (const found of all) {
    if (!found.ok) return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
    if (found.value.kind === 'one') apps.push(found.value.app);
  }
  return { kind: 'apps', apps };
}

/** Nothing is left to take away: of a person who is disabled in Entra, what the regular cycles do; else each reason. */
function nothingToDo(
  turn: Turn,
  users: readonly DirectoryUser[],
  targets: readonly Target[],
  leftOut: readonly LeftOut[],
): Reply {
  const { words } = turn;
  const [user, second] = users;
  if (user === undefined || second !== undefined)
    return { kind: 'card', message: nobodyFoundCard(words, { app: '', leftOut }) };
  const person = user.displayName;
  if (user.accountEnabled === false && targets.length > 0) {
    const cycles = targets
      .slice(0, mostCycles)
      .map(({ app, job }) =>
        words.plain('removal.cycleOf', { app: short(app.displayName), cycle: cycleText(words, job) }),
      );
    const others = targets.length - cycles.length;
    const more = others === 0 ? [] : [words.plain('apps.others', { count: others })];
    return say(words, { kind: 'offboardsByCycle', person, cycles: words.list([...cycles, ...more]) });
  }
  if (leftOut.length === 0) return say(words, { kind: 'offboardsNothing', person });
  return { kind: 'card', message: nobodyFoundCard(words, { app: '', leftOut }) };
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
  run: offboard,
});
