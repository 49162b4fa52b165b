import { findTicket, type TicketSaid } from '../../chat/ask-ticket.ts';
import type { CommandOf, Term } from '../../chat/command.ts';
import { listOfNames } from '../../chat/grammar/name-list.ts';
import { findPeople, type PeopleFound } from '../../chat/names/people.ts';
import { typistOf } from '../../chat/names/person.ts';
import { knownIn } from '../../chat/names/seek-apps.ts';
import { requestOf, tryAgain } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { mayOnlyAsk } from '../../chat/registry/run.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { appNames } from '../../chat/views/app-names.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { LeftOut } from '../../requests/request.ts';
import { createRequest } from '../../requests/store.ts';
import { nobodyFoundCard } from './cards/confirm-card.ts';
import { endOfLine, endTermsOf } from './line-ends.ts';
import { readProvisionList, writeProvisionList } from './list-line.ts';
import { foldDuplicates, mostPeople } from './lists/people-list.ts';
import { say } from './problems.ts';
import { resolveList } from './resolve.ts';
import { callsFor, findTargets, isOfEntra, type Row } from './targets.ts';
import { nearlyProvision, untimely } from './untimely.ts';

type ListCommand = CommandOf<'provisionList'>;

/** More calls need a confirmation: a mistake in ten accounts is fixed by hand, one in five hundred is not. */
const mostWithoutConfirmation = 10;
/** Some 80 minutes of all the calls that Graph allows. */
const mostCalls = 2_500;

/**
 * `provision users a, b, c to <app>`, or to several: one request with a task for each person and app. People who are not
 * found or are ambiguous are left out and named, as are `unread` rows of a file. A long list is stored and held until
 * its requester has seen what would happen and confirms.
 */
export async function provisionList(
  parts: CommandParts,
  turn: Turn,
  command: ListCommand,
  unread: readonly LeftOut[] = [],
): Promise<Reply> {
  if (mayOnlyAsk(turn)) return parts.registry.accessRequests.requestInstead(parts, turn, askForAll(command));
  const instead = await untimely(parts, turn, command);
  if (instead !== null) return instead;
  const { entries, duplicates } = foldDuplicates(command.subjects);
  if (entries.length === 0) return say(turn.words, { kind: 'emptyList' });
  if (entries.length > mostPeople)
    return say(turn.words, { kind: 'tooManyPeople', count: entries.length, limit: mostPeople });
  const found = await findTargets(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const rows = entries.map((entry) => ({ entry, targets: found.targets }));
  const repeated = duplicates.map((text) => ({ text, reason: 'duplicate' as const, suggestions: [] }));
  return provisionRows(parts, turn, {
    rows,
    leftOut: [...found.leftOut, ...unread, ...repeated],
    asksFirst: found.leftOut.some(isLack),
    again: tryAgain(parts, command),
    ticket: command.ticket,
    command: unread.length === 0 ? command : null,
    kits: found.kits,
    term: command.term,
  });
}

/** The list as the line of a person who may only ask: it names all people in one. */
const askForAll = ({ verb: _, subjects, ...said }: ListCommand): CommandOf<'provision'> => ({
  ...said,
  verb: 'provision',
  subject: listOfNames(subjects),
});

interface RowsAsked extends TicketSaid {
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOut[];
  /** However few the calls: a caller who named an app that takes none now, for example, may rather wait for it. */
  readonly asksFirst: boolean;
  /** The times that the line says. */
  readonly term?: Term | undefined;
  /** The button that repeats the line. */
  readonly again: readonly SayButton[];
}

/** Looks the people of the rows up, and stores one request with a task for each person and app. */
export async function provisionRows(parts: CommandParts, turn: Turn, asked: RowsAsked): Promise<Reply> {
  const ofEntra = asked.rows.filter(({ targets }) => targets.some(({ rule }) => isOfEntra(rule)));
  const entries = [...new Set(ofEntra.map(({ entry }) => entry))];
  const people =
    entries.length === 0
      ? noPeople
      : await findPeople(parts.directory, entries, typistOf(turn.incoming), { deletedToo: true });
  if (people.kind === 'trouble') return troubleReply(turn.words, people.trouble, asked.again);
  const left = await withApps(parts, people.leftOut);
  // "to Salesforce, ServiceNow, adele": an app among the people is not left out without a question.
  const asksFirst = asked.asksFirst || left.some(({ reason }) => reason === 'isApp');
  return provisionAll(parts, turn, { ...asked, asksFirst, leftOut: [...asked.leftOut, ...left] }, people.byEntry);
}

/** Tells apps among the names that no person has. */
async function withApps(parts: CommandParts, leftOut: readonly LeftOut[]): Promise<readonly LeftOut[]> {
  if (leftOut.every(({ reason }) => reason !== 'unknown')) return leftOut;
  const isApp = await knownIn(parts, []);
  return leftOut.map((one) => (one.reason === 'unknown' && isApp(one.text) ? { ...one, reason: 'isApp' } : one));
}

const noPeople: Extract<PeopleFound, { kind: 'people' }> = {
  kind: 'people',
  people: [],
  byEntry: new Map(),
  leftOut: [],
};

/** The same for people who were looked up. */
export async function provisionAll(
  parts: CommandParts,
  turn: Turn,
  { rows, leftOut, asksFirst, term, ...said }: Omit<RowsAsked, 'again'>,
  users: ReadonlyMap<string, DirectoryUser>,
): Promise<Reply> {
  const { tasks, leftOut: unused } = callsFor(rows, users);
  const apps = [...new Map(rows.flatMap(({ targets }) => targets.map(({ app }) => [app.id, app]))).values()];
  const all = [...leftOut, ...unused];
  if (tasks.length === 0) {
    const app = appNames(
      turn.words,
      apps.map(({ displayName: name }) => ({ name })),
    );
    return { kind: 'card', message: nobodyFoundCard(turn.words, { app, leftOut: all }) };
  }
  if (tasks.length > mostCalls) return say(turn.words, { kind: 'tooManyCalls', count: tasks.length, limit: mostCalls });
  const isAsked = tasks.length > mostWithoutConfirmation || asksFirst || (apps.length > 1 && unused.length > 0);
  const ends = endOfLine(parts, turn, term, endTermsOf(apps, said.kits ?? []));
  const other = rows.flatMap(({ targets }) => targets).find(({ rule }) => !isOfEntra(rule));
  if (ends !== undefined && other !== undefined)
    return say(turn.words, { kind: 'endNeedsEntra', app: other.app.displayName });
  const ticket = findTicket(parts, turn, apps, said);
  // The confirmation asks for a ticket that is needed.
  if (ticket.kind === 'missing' && ticket.reply !== null && !(isAsked && ticket.isNeeded)) return ticket.reply;
  const awaitsTicket = ticket.kind === 'missing';
  const [ticketUrl] = said.kits?.flatMap((kit) => kit.ticketUrl ?? []) ?? [];
  const request = await createRequest(parts.store, {
    ...requestOf(turn),
    lane: tasks.length === 1 ? 'interactive' : 'bulk',
    held: isAsked || awaitsTicket,
    ...(awaitsTicket ? { awaitsTicket, ...(ticketUrl === undefined ? {} : { ticketUrl }) } : { ticket: ticket.ticket }),
    leftOut: all,
    tasks: ends === undefined ? tasks : tasks.map((task) => ({ ...task, ends })),
  });
  parts.observe?.requested('list');
  return { kind: 'live', liveId: request.id };
}

/** What is named twice is not lacking. */
export const isLack = ({ reason }: LeftOut): boolean => reason !== 'repeatedApp';

declare module '../../chat/command.ts' {
  interface Commands {
    /** `subjects` as typed, in order, including duplicates. */
    provisionList: Ticketed & { readonly subjects: readonly string[]; readonly app: string; readonly term?: Term };
  }
}

export const provisionListCommand = defineCommand({
  verb: 'provisionList',
  read: readProvisionList,
  write: writeProvisionList,
  permission: 'provision.run',
  forRequesters: 'wholeLine',
  ground: 'job',
  freshRoles: 'clicked',
  chapter: 'provision',
  examples: ['provision users adele, isaiah to Salesforce'],
  tryIt: null,
  nearly: nearlyProvision,
  resolve: resolveList,
  run: (parts, turn, command) => provisionList(parts, turn, command),
});
