import { deny } from '../../../access/policy.ts';
import type { Application } from '../../../graph/applications.ts';
import type { Command, Term } from '../../command.ts';
import { readStartDate } from '../../dates/start-date.ts';
import { closest } from '../../grammar/closest.ts';
import { format } from '../../grammar/format.ts';
import { parse } from '../../grammar/parse.ts';
import type { Reply } from '../../reply.ts';
import { refuseVerb } from '../help.ts';
import { type CommandParts, say, type Turn, troubleReply } from '../turn.ts';
import { type Mention, mentionsIn } from './app-mentions.ts';
import { type Around, readAround } from './around.ts';
import { beginsToGive, type Intent, intentOf } from './intent.ts';
import { type Guesses, offer, offerIfFound, sayMissing } from './offer.ts';
import { isChoice, peopleIn, remainderOf, takesBack } from './person-words.ts';
import type { Guess } from './resolve.ts';

/**
 * The second look at a line, where its first reading names an app, a person or a group that is not there. It looks for
 * names that are, and offers whole lines with them; it never does anything by itself. All guesses go through `offer`.
 */
type AppCommand = Extract<Command, { readonly app: string | null }> & { readonly app: string };
/** A longer text names no app, no person and no group; searching it would only cost time. */
const longestLookedAt = 1_000;

type PersonCommand = Extract<Command, { readonly subject: string; readonly app: string | null }>;

/** A line that was read by a guess: as it was read, or as the second look has it. */
export async function offerMeant(parts: CommandParts, turn: Turn, command: Command): Promise<Reply> {
  if ('app' in command && command.app !== null) {
    const found = await parts.applications.find(command.app);
    if (!found.ok) return troubleReply(turn.words, found.trouble);
    if (found.value.kind === 'none') return lookAgainForApp(parts, turn, { ...command, app: command.app });
  }
  if ('subject' in command) return lookAgainForPerson(parts, turn, withWordBefore(command, lineOf(turn, command)));
  if (command.verb === 'provisionGroup') return lookAgainForGroup(parts, turn, command);
  if (command.verb === 'provisionList') return lookAgainForPeople(parts, turn, command);
  return offer(parts, turn, { guesses: [{ command }], leftOut: [] });
}

/** "check status quo in Box": what was taken for a part of the verb may belong to the name. */
function withWordBefore(command: PersonCommand, line: string): PersonCommand {
  const words = line.split(/\s+/);
  const at = words.findIndex((word) => word.toLowerCase() === command.subject.split(' ')[0]?.toLowerCase());
  const before = words[at - 1] ?? '';
  return command.verb === 'check' && /^(?:status|health)$/i.test(before)
    ? { ...command, subject: `${before} ${command.subject}` }
    : command;
}

/** There is no app of the whole name: the near one, those that the name begins with or holds, or those of the line. */
export async function lookAgainForApp(parts: CommandParts, turn: Turn, typed: AppCommand): Promise<Reply> {
  const command = withTailOfToday(parts, turn, typed);
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const apps = listing.value.items;
  const unknown = { kind: 'unknownApp', typed: command.app } as const;
  if (command.app.length > longestLookedAt) return sayMissing(turn, unknown);
  const inName = inItsName(command, apps);
  if (inName !== null) return offer(parts, turn, inName);
  const inLine = inItsLine(lineOf(turn, command), command, apps);
  const reply = inLine === null ? null : await offerIfFound(parts, turn, inLine);
  return reply ?? sayMissing(turn, unknown);
}

/** "to Salesforce asap, he starts today": that it starts today is left out with the words around it. */
function withTailOfToday(parts: CommandParts, turn: Turn, command: AppCommand): AppCommand {
  const { term } = termOf(command);
  if (term === undefined || term.start === null || term.end !== null) return command;
  const start = readStartDate(term.start, turn.incoming.reader, parts.store.clock.now());
  const line = lineOf(turn, command);
  const at = line.toLowerCase().indexOf(command.app.toLowerCase());
  if (start.kind !== 'today' || at < 0) return command;
  return { ...withoutTerm(command), app: line.slice(at) };
}

/** What a line about provisioning says of the time, to be passed on to another reading of it. */
function termOf(command: Command): { readonly term?: Term } {
  return 'term' in command && command.term !== undefined ? { term: command.term } : {};
}

function withoutTerm<C extends Command>(command: C): C {
  return 'term' in command ? { ...command, term: undefined } : command;
}

/** There is nobody of the whole name: a group, those whose names it holds, or the one whose name is near. */
export async function lookAgainForPerson(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<Reply> {
  if (command.subject.length > longestLookedAt)
    return sayMissing(turn, { kind: 'unknownUser', typed: command.subject });
  const people = peopleIn(command.subject);
  const [first = []] = people;
  const leftOut = [...command.subject.matchAll(/\(([^()]+)\)/g)].map(([, inside = '']) => inside);
  const whole: Guesses = { guesses: [{ command, others: first }], leftOut };
  const each: Guesses = { guesses: people.length > 1 ? forPeople(command, people, command.subject) : [], leftOut: [] };
  const reply =
    (people.length > 1 ? await offerIfFound(parts, turn, each) : null) ??
    (command.app === null ? await lookForAppInSubject(parts, turn, command) : null);
  return reply ?? offer(parts, turn, whole);
}

/** A list that was read by a guess; where it holds no people, "isaiah to Salesforce and adele to GitHub" may be meant. */
async function lookAgainForPeople(
  parts: CommandParts,
  turn: Turn,
  command: Extract<Command, { verb: 'provisionList' }>,
): Promise<Reply> {
  const asList: Guesses = { guesses: [{ command }], leftOut: [] };
  const listing = await parts.applications.list();
  const inLine = listing.ok ? inItsLine(lineOf(turn, command), command, listing.value.items) : null;
  return (
    (await offerIfFound(parts, turn, asList)) ??
    (inLine === null ? null : await offerIfFound(parts, turn, inLine)) ??
    offer(parts, turn, asList)
  );
}

/** Neither a person nor an app has the name that the history is asked about: those that it holds, or the near one. */
export async function lookAgainForEither(
  parts: CommandParts,
  turn: Turn,
  command: Extract<Command, { verb: 'history' | 'exportHistory' }> & { readonly about: string },
): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  if (command.about.length > longestLookedAt) return sayMissing(turn, { kind: 'unknownUser', typed: command.about });
  const mentions = withoutTakenBack(command.about, mentionsIn(command.about, listing.value.items, true));
  const [others = [], ...further] = peopleIn(gapsAround(command.about, mentions).join(' and '));
  const names = [...mentions.map(({ name }) => [name]), others, ...further].filter((name) => name.length > 0);
  const gaps = mentions.length === 0 ? [] : gapsAround(command.about, mentions);
  const leftOut = gaps.filter((gap) => peopleIn(gap).length === 0).map(remainderOf);
  const guesses = names.flatMap(([about, ...rest]): Guess[] =>
    about === undefined ? [] : [{ command: { ...command, about }, others: rest }],
  );
  const near: Guess = { command };
  const reply =
    (guesses.length === 0 ? null : await offerIfFound(parts, turn, { guesses, leftOut })) ??
    (await offerIfFound(parts, turn, { guesses: [near], leftOut: [] }));
  return reply ?? sayMissing(turn, { kind: 'unknownUser', typed: command.about });
}

/** There is no group of the name: perhaps it is a person's. */
export async function lookAgainForGroup(
  parts: CommandParts,
  turn: Turn,
  command: Extract<Command, { verb: 'provisionGroup' }>,
): Promise<Reply> {
  const unknown = { kind: 'unknownGroup', typed: command.group } as const;
  if (command.group.length > longestLookedAt) return sayMissing(turn, unknown);
  const asGroup = await offerIfFound(parts, turn, { guesses: [{ command }], leftOut: [] });
  if (asGroup !== null) return asGroup;
  const [others = []] = peopleIn(command.group);
  const { group: subject, app } = command;
  const guess: Guess = { command: { verb: 'provision', subject, app, ...termOf(command) }, others };
  const reply = await offerIfFound(parts, turn, { guesses: [guess], leftOut: command.members ?? [] });
  return reply ?? sayMissing(turn, unknown);
}

/** A line in which the grammar found no command, or half a one; null where it names nothing that there is. */
export async function lookAtLine(
  parts: CommandParts,
  turn: Turn,
  line: string,
  intent: Intent | null = intentOf(line),
): Promise<Reply | null> {
  if (intent === null || line.length > longestLookedAt || turn.caller.roles.length === 0) return null;
  const listing = await parts.applications.list();
  if (!listing.ok) return null;
  const around = readAround(line, mentionsIn(line, listing.value.items, false));
  if (around.pairs.length === 0) return lookForPerson(parts, turn, line, intent);
  const guesses = guessesFor(intent === 'unsaid' ? bestFor(turn) : intent, around, line);
  return guesses.length === 0 ? null : offerIfFound(parts, turn, { guesses, leftOut: around.leftOut });
}

/** "who approved isaiah", "onboard isaiah": no app is named. */
async function lookForPerson(parts: CommandParts, turn: Turn, line: string, intent: Intent): Promise<Reply | null> {
  const [[about, ...others] = []] = peopleIn(line);
  if (about === undefined) return null;
  if (intent === 'history') {
    const command = { verb: 'history', about, since: null, page: 1 } as const;
    return offerIfFound(parts, turn, { guesses: [{ command, others }], leftOut: [] });
  }
  if (intent !== 'provision' || !beginsToGive(line)) return null;
  const found = await parts.directory.findUsers(about);
  if (!found.ok || (found.value.kind !== 'one' && found.value.kind !== 'several')) return null;
  return (await refuseVerb(parts, turn, 'provision')) ?? say(turn.words, { kind: 'incomplete', missing: 'app' });
}

/** What a caller most probably wants who says only a person and an app. */
function bestFor({ caller }: Turn): 'provision' | 'check' {
  const mayGive = deny(caller, 'provision.run') === null || deny(caller, 'access.request') === null;
  return mayGive ? 'provision' : 'check';
}

/** Half a command about a group: the words that are read as its members may be part of its name. */
export async function lookAtGroupLine(parts: CommandParts, turn: Turn, line: string): Promise<Reply | null> {
  const listing = await parts.applications.list();
  if (!listing.ok || line.length > longestLookedAt) return null;
  const app = mentionsIn(line, listing.value.items, false).at(-1);
  const group = line.slice(0, app?.from ?? 0).replace(/^.*?\bgroup\s+|\s+(?:to|into|in|for)\s*$/giu, '');
  if (app === undefined || group.trim() === '') return null;
  const command = { verb: 'provisionGroup', group: group.trim(), members: null, app: app.name } as const;
  return offerIfFound(parts, turn, { guesses: [{ command }], leftOut: [remainderOf(line.slice(app.to))] });
}

/** Several lines, each a command about people by itself: none is done, each is offered. Null where it is not so. */
export async function lookAtLines(parts: CommandParts, turn: Turn, text: string): Promise<Reply | null> {
  if (!text.includes('\n')) return null;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > mostLines) return null;
  const read = lines.map((line) => ({ line, command: wholeCommand(line) }));
  const commands = read.flatMap(({ command }) => command ?? []);
  if (commands.length < 2) return null;
  const leftOut = read.flatMap(({ line, command }) => (command === null ? [remainderOf(line)] : []));
  return offer(parts, turn, { guesses: commands.map((command) => ({ command })), leftOut });
}

/** More lines than people write commands in one message: that is a list. */
const mostLines = 20;

/** A line that says by itself who and to which app. */
function wholeCommand(line: string): Command | null {
  const parsed = parse(line);
  const meant = parsed.kind === 'didYouMean' ? parse(parsed.suggestion) : parsed;
  return meant.kind === 'command' && isWhole(meant.command) ? meant.command : null;
}

function isWhole(command: Command): boolean {
  return (
    'app' in command && command.app !== null && ('subject' in command || 'group' in command || 'subjects' in command)
  );
}

/** `salesforce INC0012345`, `salesforce and github`, `sales force`. */
function inItsName(command: AppCommand, apps: readonly Application[]): Guesses | null {
  const typed = command.app;
  const near = closest(
    typed,
    apps.flatMap((app) => [app.displayName, ...app.aliases]),
  );
  const mentions = withoutTakenBack(typed, withNearOnes(typed, mentionsIn(typed, apps, true), apps));
  const [first] = mentions;
  if (near !== null && (first === undefined || (mentions.length === 1 && near.length > first.name.length)))
    return { guesses: [withOthers({ ...command, app: near }, '')], leftOut: [] };
  if (first === undefined) return null;
  const gaps = gapsAround(typed, mentions);
  const { named, until } = withoutEnd(command, gaps.at(-1) ?? '');
  const leftOut = gaps.map(remainderOf).filter((text) => until === null || !until.startsWith(text));
  return {
    guesses: mentions.map(({ name }) => withOthers({ ...named, app: name }, gaps.join(' '))),
    leftOut: [...leftOut, ...(until === null ? [] : [until])],
  };
}

/** "sales force and github": beside names that are there, those parted from them that are nearly so. */
function withNearOnes(text: string, mentions: readonly Mention[], apps: readonly Application[]): readonly Mention[] {
  if (mentions.length === 0) return mentions;
  const names = apps.flatMap((app) => [app.displayName, ...app.aliases]);
  const pieces = [...text.matchAll(/(?:(?!\s(?:and|or)\s)[^,;&+/])+/gi)];
  const near = pieces.flatMap(({ 0: piece, index }): Mention[] => {
    const [from, to] = [index, index + piece.length];
    const typed = remainderOf(piece);
    if (typed.length < shortestNear || mentions.some((one) => one.from < to && from < one.to)) return [];
    const name = closest(typed, names);
    return name === null ? [] : [{ name, whole: false, from, to }];
  });
  return [...mentions, ...near].toSorted((one, other) => one.from - other.from);
}

/** A shorter word is near to too many names. */
const shortestNear = 5;

/** "Concur until 31 march": a day behind such a word is an end, and is never offered as a start. */
function withoutEnd(command: AppCommand, gap: string): { readonly named: AppCommand; readonly until: string | null } {
  const [end] = /(?<!\S)(?:until|till|til|thru|through|up to|ending)$/i.exec(gap.trim()) ?? [];
  if (end === undefined || command.verb !== 'requestAccess' || command.start === null)
    return { named: command, until: null };
  return { named: { ...command, start: null }, until: `${end} ${command.start}` };
}

/** `provision servicenow to diego`, `provision adele in data for good`: wherever in the line. */
function inItsLine(typed: string, command: AppCommand, apps: readonly Application[]): Guesses | null {
  // What it says of the time has been read, and parts no names.
  const line = 'term' in command ? format(withoutTerm(command)) : typed;
  const around = readAround(line, mentionsIn(line, apps, false));
  const guesses = guessesFor(intentBehind(command), around, line, command);
  return guesses.length === 0 ? null : { guesses, leftOut: around.leftOut };
}

/** "check Salesforce", "check adele Salesforce". */
async function lookForAppInSubject(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<Reply | null> {
  const listing = await parts.applications.list();
  if (!listing.ok) return null;
  const around = readAround(command.subject, mentionsIn(command.subject, listing.value.items, false));
  const guesses = guessesFor('check', around, command.subject);
  return guesses.length === 0 ? null : offerIfFound(parts, turn, { guesses, leftOut: around.leftOut });
}

function guessesFor(
  intent: Exclude<Intent, 'unsaid'>,
  { pairs }: Around,
  line: string,
  base: Command | null = null,
): Guess[] {
  return pairs.flatMap(({ people, app }): Guess[] => {
    switch (intent) {
      case 'status':
      case 'watch':
      case 'unwatch':
        return [{ command: { verb: intent, app } }];
      case 'check': {
        if (people.length === 0) return [{ command: { verb: 'status', app } }];
        return forPeople({ verb: 'check', subject: '', app }, people, line);
      }
      case 'provision':
        return forPeople({ verb: 'provision', subject: '', app, ...(base === null ? {} : termOf(base)) }, people, line);
      case 'requestAccess': {
        const { start, end, reason } = base?.verb === 'requestAccess' ? base : { start: null, end: null, reason: null };
        return forPeople({ verb: 'requestAccess', subject: '', app, start, end, reason }, people, line);
      }
      case 'history': {
        const [[about, ...others] = [app]] = people;
        return [{ command: { verb: 'history', about: about ?? app, since: null, page: 1 }, others }];
      }
      default: {
        const never: never = intent;
        throw new Error(`unexpected intent ${String(never)}`);
      }
    }
  });
}

/** One command for each; a list where all of several are meant at once. */
function forPeople(command: PersonCommand, people: readonly (readonly string[])[], text: string): Guess[] {
  const [[only] = [], second] = people;
  if (only === undefined) return [];
  if (second !== undefined && command.verb === 'provision' && !isChoice(text)) {
    const subjects = people.flatMap(([name]) => name ?? []);
    return [{ command: { verb: 'provisionList', subjects, app: command.app, ...termOf(command) } }];
  }
  return people.flatMap(([subject, ...others]) =>
    subject === undefined ? [] : [{ command: { ...command, subject }, others }],
  );
}

function withOthers(command: AppCommand, leftOut: string): Guess {
  if (!('subject' in command)) return { command };
  const addresses = leftOut.includes('@') ? peopleIn(leftOut).flat() : [];
  const [others = []] = peopleIn(command.subject);
  return { command, others: [...addresses, ...others].slice(0, 2) };
}

function intentBehind({ verb }: AppCommand): Exclude<Intent, 'unsaid'> {
  switch (verb) {
    case 'provision':
    case 'provisionList':
    case 'provisionGroup':
      return 'provision';
    case 'requestAccess':
    case 'check':
    case 'status':
    case 'watch':
    case 'unwatch':
      return verb;
    default: {
      const never: never = verb;
      throw new Error(`unexpected command ${String(never)}`);
    }
  }
}

/** Those before "but not". */
function withoutTakenBack(text: string, mentions: readonly Mention[]): readonly Mention[] {
  const at = mentions.findIndex(({ from }) => takesBack(text.slice(0, from)));
  return at < 0 ? mentions : mentions.slice(0, at);
}

function gapsAround(text: string, mentions: readonly Mention[]): string[] {
  const ends = [0, ...mentions.map(({ to }) => to)];
  return ends.map((from, at) => text.slice(from, mentions[at]?.from ?? text.length));
}

/** The whole line as it was said; of a form, the line that it amounts to. */
function lineOf({ incoming: { what } }: Turn, command: Command): string {
  const isLine = what.kind === 'action' && (what.action.verb === 'run' || what.action.verb === 'choose');
  const line = what.kind === 'text' ? what.text : isLine ? what.action.text : format(command);
  return line.slice(0, longestLookedAt);
}
