import { findTicket, sayTicketMissing } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import { endAlone } from '../../chat/grammar/end-words.ts';
import { beginLooking, findPerson, findSubject } from '../../chat/names/subject.ts';
import { requestOf, taskOn } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { mayOnlyAsk } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { createForeseen } from '../../requests/forecast.ts';
import { drawSingle } from './draw.ts';
import { kitForPeople } from './kit-line.ts';
import { endOfLine, endTermsOf } from './line-ends.ts';
import { say } from './problems.ts';
import { readProvision, writeProvision } from './provision-line.ts';
import { isLack, provisionAll } from './provision-list.ts';
import { resolveProvision } from './resolve.ts';
import { findTargets, isOfEntra, type Targets } from './targets.ts';
import { nearlyProvision, untimely } from './untimely.ts';

type ProvisionCommand = CommandOf<'provision'>;

/**
 * `provision <subject> to <app>`. Looks up everything that can be known before a rate-limited call is spent, then
 * stores a request; the dispatcher does the rest. A caller who may only request access requests it by this command.
 */
async function provision(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  const kit = await kitForPeople(parts, turn, command);
  if (kit !== null) return kit;
  if (mayOnlyAsk(turn)) return parts.registry.accessRequests.requestInstead(parts, turn, command);
  const instead = await untimely(parts, turn, command);
  if (instead !== null) return instead;
  const looking = beginLooking(parts, turn, command);
  const found = await findTargets(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const [target, ...others] = found.targets;
  if (others.length + found.leftOut.length > 0) return provisionToSeveral(parts, turn, command, found);
  const subject = await findSubject(parts, turn, command, target, looking);
  if (subject.kind === 'reply') return subject.reply;
  const meant = { ...command, subject: subject.subject.label ?? command.subject };
  const { kits } = found;
  const ends = endOfLine(parts, turn, command.term, endTermsOf([target.app], kits));
  if (ends !== undefined && !isOfEntra(target.rule))
    return say(turn.words, { kind: 'endNeedsEntra', app: target.app.displayName });
  const ticket = findTicket(parts, turn, [target.app], { ticket: command.ticket, command, meant, kits });
  if (ticket.kind === 'missing') return ticket.reply ?? sayTicketMissing(parts, turn, [target.app]);
  const { request, card, forecast } = await createForeseen(parts.store, {
    ...requestOf(turn),
    ticket: ticket.ticket,
    lane: 'interactive',
    held: false,
    leftOut: [],
    tasks: [ends === undefined ? taskOn(target, subject.subject) : { ...taskOn(target, subject.subject), ends }],
  });
  parts.observe?.requested('person');
  const live = { kind: 'live', liveId: request.id } as const;
  return card === null ? live : { ...live, drawing: { ...drawSingle(parts, request, forecast), stored: card } };
}

/** The person in Entra is looked up once for all apps that take one; the others take the typed id. */
async function provisionToSeveral(
  parts: CommandParts,
  turn: Turn,
  command: ProvisionCommand,
  found: Targets,
): Promise<Reply> {
  const person = found.targets.some(({ rule }) => isOfEntra(rule))
    ? await findPerson(parts, turn, command, null)
    : null;
  if (person?.kind === 'reply') return person.reply;
  const entry = command.subject;
  const rows = [{ entry, targets: found.targets }];
  const users = new Map(person === null ? [] : [[entry, person.user]]);
  const { leftOut, kits } = found;
  const said = { ticket: command.ticket, command, kits, term: command.term };
  return provisionAll(parts, turn, { rows, leftOut, asksFirst: leftOut.some(isLack), ...said }, users);
}

declare module '../../chat/command.ts' {
  interface Commands {
    provision: Ticketed & { readonly subject: string; readonly app: string; readonly term?: Term };
  }
}

export const provisionCommand = defineCommand({
  verb: 'provision',
  read: readProvision,
  write: writeProvision,
  permission: 'provision.run',
  forRequesters: 'anyLine',
  ground: 'job',
  freshRoles: 'clicked',
  chapter: 'provision',
  examples: ['provision adele@contoso.com to Salesforce', 'provision "Adele Vance" to "GitHub Enterprise"'],
  offeredByTeams: { personal: 1, team: 3, groupChat: 1 },
  tryIt: null,
  form: {
    fields: { person: 'several', app: 'several', end: 'optional', ticket: 'optional' },
    toCommand: ({ subjects, app, end, ticket }) => {
      const ends = endAlone(end);
      const term = ends === null ? {} : { term: { start: null, end: ends, reason: null } };
      const rest = { app, ...term, ...(ticket === '' ? {} : { ticket }) };
      const [subject = '', second] = subjects;
      return second === undefined
        ? { verb: 'provision', subject, ...rest }
        : { verb: 'provisionList', subjects, ...rest };
    },
  },
  nearly: nearlyProvision,
  resolve: resolveProvision,
  run: provision,
});
