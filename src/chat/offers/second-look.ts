import type { Command, CommandOf } from '../command.ts';
import { readStartDate } from '../dates/start-date.ts';
import { closest } from '../grammar/closest.ts';
import { negationIn, takesBack } from '../grammar/negations.ts';
import { trimEdges } from '../grammar/tokens.ts';
import { typistOf } from '../names/person.ts';
import { seekApps } from '../names/seek-apps.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { say, troubleReply } from '../registry/turn.ts';
import type { Reply } from '../reply.ts';
import { type Mention, mentionsIn, type Nameable } from './app-mentions.ts';
import { JOINT_FIRST, JOINT_LAST, readAround } from './around.ts';
import {
  type AppCommand,
  forPeople,
  guessesFor,
  intentBehind,
  type PersonCommand,
  termOf,
  withPeople,
} from './guesses.ts';
import { gives } from './intent.ts';
import { lookForPersonIn } from './look-at-line.ts';
import { nameableIn } from './nameable.ts';
import { type Guesses, longestLookedAt, offer, offerIfFound, sayMissing } from './offer.ts';
import { clauseIn, cutTakenBack, peopleIn, remainderOf } from './person-words.ts';
import type { Guess } from './resolved.ts';
import { standsIn } from './unsaid.ts';

/**
 * The second reading of a line, used where the first names an unknown app, person or group. It looks for known names
 * and offers whole lines with them; it never acts. All guesses go through `offer`.
 */

/** Offers a command that the grammar only guessed; where its app or person is unknown, what the second reading finds. */
export async function offerMeant(parts: CommandParts, turn: Turn, command: Command): Promise<Reply> {
  if ('app' in command && command.app !== null) {
    const found = await parts.applications.find(command.app);
    if (!found.ok) return troubleReply(turn.words, found.trouble);
    const isNone = found.value.kind === 'none' && (await seekApps(parts, command.app)).kind !== 'apps';
    if (isNone) return lookAgainForApp(parts, turn, { ...command, app: command.app });
  }
  if ('subject' in command)
    return lookAgainForPerson(parts, turn, withWordBefore(command, lineOf(parts, turn, command)));
  if (command.verb === 'provisionGroup') return lookAgainForGroup(parts, turn, command);
  if (command.verb === 'provisionList') return lookAgainForPeople(parts, turn, command);
  return offer(parts, turn, { guesses: [{ command }], leftOut: [] });
}

/** "check status quo in Box": a word read as part of the verb may belong to the name. */
function withWordBefore(command: PersonCommand, line: string): PersonCommand {
  const words = line.split(/\s+/);
  const at = words.findIndex((word) => word.toLowerCase() === command.subject.split(' ')[0]?.toLowerCase());
  const before = words[at - 1] ?? '';
  return command.verb === 'check' && /^(?:status|health)$/i.test(before)
    ? { ...command, subject: `${before} ${command.subject}` }
    : command;
}

/**
 * No app has the whole name: offers the similar app, those that the name begins with or holds, or those of the line.
 */
export async function lookAgainForApp(parts: CommandParts, turn: Turn, typed: AppCommand): Promise<Reply> {
  const command = withTailOfToday(parts, turn, typed);
  const listing = await nameableIn(parts, lineOf(parts, turn, command));
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const apps = listing.value;
  const wanted = command.app.slice(0, clauseIn(command.app)).trim();
  const unknown = { kind: 'unknownApp', typed: wanted === '' ? command.app : wanted } as const;
  if (command.app.length > longestLookedAt) return sayMissing(turn, unknown);
  if (command.verb === 'provisionList' && command.subjects.some(isOdd)) return lookAgainForPeople(parts, turn, command);
  const subject = 'subject' in command ? command.subject : '';
  const meant = meantPeople(turn, command);
  if (meant === null) return sayMissing(turn, { kind: 'unknownUser', typed: subject });
  const isOfMany = holdsPairs(command.app, apps) || isOdd(subject);
  const isTurned = mentionsIn(subject, apps, false).some(({ to }) => JOINT_FIRST.test(subject.slice(to)));
  const byLine = () => offerIfFound(parts, turn, inItsLine(parts, lineOf(parts, turn, command), command, apps));
  if (isOfMany) return (await byLine()) ?? sayMissing(turn, unknown);
  // "an account for isaiah on the salesforce app": what was read as the person names none.
  const isNobody = subject !== '' && peopleIn(subject).length === 0;
  const turned = isTurned || isNobody ? await byLine() : null;
  if (turned !== null) return turned;
  const around = gapsAround(command.app, mentionsIn(command.app, apps, true)).join(', ');
  const aboutPerson =
    intentBehind(command) === 'status'
      ? await lookForPersonIn(parts, turn, command.app, { line: lineOf(parts, turn, command), around })
      : null;
  if (aboutPerson !== null) return aboutPerson;
  const inName = inItsName(meant, apps);
  if (inName !== null) return offer(parts, turn, inName);
  const inLine = await byLine();
  if (inLine !== null) return inLine;
  // "is salesforce on fire"
  const named = command.verb === 'check' ? apps.find(({ displayName }) => isSame(displayName, subject)) : undefined;
  if (named !== undefined)
    return offer(parts, turn, { guesses: [{ command: { verb: 'status', app: subject } }], leftOut: [command.app] });
  return sayMissing(turn, unknown);
}

const isSame = (one: string, other: string) => one.toLowerCase() === other.trim().toLowerCase();

/** Whether a text that was read as one name separates names, or negates one. */
function isOdd(text: string): boolean {
  return takesBack(text) || /\S\s+(?:to|into)\s+\S/i.test(text);
}

/** "github, diego to salesforce": the words between the apps name people, so each app may have its own. */
function holdsPairs(text: string, apps: readonly Nameable[]): boolean {
  return gapsAround(text, mentionsIn(text, apps, true))
    .slice(1, -1)
    .some((gap) => peopleIn(cutTakenBack(gap).kept).length > 0);
}

/** The command without the negated people; null where none is left. */
function meantPeople<C extends AppCommand | PersonCommand>(
  turn: Turn,
  command: C,
): { readonly command: C; readonly leftOut: string } | null {
  const subject = 'subject' in command ? command.subject : '';
  const { kept, rest } = typistOf(turn.incoming).quoted.has(subject)
    ? { kept: subject, rest: '' }
    : cutTakenBack(subject);
  if (rest === '') return { command, leftOut: '' };
  const left = trimEdges(kept.trim(), '', ',;:');
  return peopleIn(left).length === 0 ? null : { command: { ...command, subject: left }, leftOut: remainderOf(rest) };
}

/** "to Salesforce asap, he starts today": drops "he starts today" with the words around it. */
function withTailOfToday(parts: CommandParts, turn: Turn, command: AppCommand): AppCommand {
  const { term } = termOf(command);
  if (term === undefined || term.start === null || term.end !== null) return command;
  const start = readStartDate(term.start, turn.incoming.reader, parts.store.clock.now());
  const line = lineOf(parts, turn, command);
  const at = line.toLowerCase().indexOf(command.app.toLowerCase());
  if (start.kind !== 'today' || at < 0) return command;
  return { ...withoutTerm(command), app: line.slice(at) };
}

function withoutTerm<C extends Command>(command: C): C {
  return 'term' in command ? { ...command, term: undefined } : command;
}

/**
 * No person has the whole name: offers a group, the people whose names it contains, or a similar name's person.
 *
 * @param deletedUnread whether Usher could not look among deleted people, which is then told where none is found
 */
export async function lookAgainForPerson(
  parts: CommandParts,
  turn: Turn,
  typed: PersonCommand,
  deletedUnread = false,
): Promise<Reply> {
  const missing = { kind: deletedUnread ? 'unknownUserDeletedUnread' : 'unknownUser', typed: typed.subject } as const;
  if (typed.subject.length > longestLookedAt) return sayMissing(turn, missing);
  const ofGroup = await lookForGroup(parts, turn, typed);
  if (ofGroup !== null) return ofGroup;
  const inPairs = typed.app === null ? null : await pairsOfLine(parts, turn, { ...typed, app: typed.app });
  if (inPairs !== null) return inPairs;
  const meant = meantPeople(turn, typed);
  if (meant === null) return sayMissing(turn, missing);
  const { command } = meant;
  const people = peopleIn(command.subject);
  const [first = []] = people;
  const leftOut = [meant.leftOut];
  const whole: Guesses = { guesses: [{ command, others: first }], leftOut };
  const each: Guesses = { guesses: people.length > 1 ? forPeople(command, people, command.subject) : [], leftOut };
  const reply =
    (await offerIfFound(parts, turn, each)) ??
    (command.app === null ? await lookForAppInSubject(parts, turn, command) : null);
  if (reply !== null || !deletedUnread) return reply ?? offer(parts, turn, whole);
  return (await offerIfFound(parts, turn, whole)) ?? sayMissing(turn, missing);
}

/** "isaiah to github, adele to salesforce": null where the line names no further app before the one it ends with. */
async function pairsOfLine(
  parts: CommandParts,
  turn: Turn,
  command: AppCommand & { readonly subject: string },
): Promise<Reply | null> {
  const listing = await nameableIn(parts, lineOf(parts, turn, command));
  if (!listing.ok) return null;
  const { kept, rest } = cutTakenBack(command.subject);
  // "adele in github but not": the negation means the app.
  const isAppTaken = rest !== '' && peopleIn(rest.slice(negationIn(rest)?.end)).length === 0;
  const mentions = mentionsIn(kept, listing.value, false);
  const isParted = isOdd(kept) || mentions.some(({ from }) => JOINT_LAST.test(kept.slice(0, from)));
  if (!isAppTaken && !isParted) return null;
  const inPairs = inItsLine(parts, lineOf(parts, turn, command), command, listing.value);
  const reply = await offerIfFound(parts, turn, inPairs);
  return reply ?? sayMissing(turn, { kind: 'unknownUser', typed: command.subject });
}

/** "everyone in sales", "members of Project Falcon": a group of that name, never a person. */
async function lookForGroup(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<Reply | null> {
  const { subject, app } = command;
  const [, group] = ALL_OF.exec(subject) ?? [];
  if (group === undefined && command.verb !== 'check') return null;
  const name = group ?? subject;
  if (command.verb === 'provision' && app !== null) {
    const guess = { verb: 'provisionGroup', group: name, members: null, app, ...termOf(command) } as const;
    const reply = await offerIfFound(parts, turn, { guesses: [{ command: guess }], leftOut: [] });
    if (reply !== null) return reply;
  }
  const isThere = group !== undefined || (await isGroup(parts, name));
  return isThere ? say(turn.words, { kind: 'noOnePerson', typed: subject }) : null;
}

async function isGroup({ directory }: CommandParts, name: string): Promise<boolean> {
  if (peopleIn(name).length === 0) return false;
  const found = await directory.findGroups(name);
  return found.ok && found.value.kind === 'one' && standsIn(found.value.group.displayName, name);
}

const ALL_OF =
  /^(?:all|every(?:one|body)|(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:members|people|users|staff|employees|colleagues))\s+(?:of|in|from|at)\s+(?:the\s+)?(.+)$/iu;

/**
 * Looks again at a list that was read by a guess; if it holds no people, "isaiah to Salesforce and adele to GitHub" may
 * be meant.
 */
async function lookAgainForPeople(
  parts: CommandParts,
  turn: Turn,
  command: CommandOf<'provisionList'>,
): Promise<Reply> {
  const asList: Guesses = { guesses: [{ command }], leftOut: [] };
  const listing = await nameableIn(parts, lineOf(parts, turn, command));
  const line = lineOf(parts, turn, command);
  const inLine = listing.ok && line.length < longestLookedAt ? inItsLine(parts, line, command, listing.value) : null;
  const inPairs = () => (inLine === null ? null : offerIfFound(parts, turn, inLine));
  const odd = command.subjects.find(isOdd);
  const isOfMany = listing.ok && new Set(mentionsIn(line, listing.value, false).map(({ name }) => name)).size > 1;
  // A negated name, or one that goes to another app, may not become part of a list.
  if (odd !== undefined) return (await inPairs()) ?? sayMissing(turn, { kind: 'unknownUser', typed: odd });
  if (isOfMany) return (await inPairs()) ?? offer(parts, turn, asList);
  return (await offerIfFound(parts, turn, asList)) ?? (await inPairs()) ?? offer(parts, turn, asList);
}

/** The history is asked about a name that no person and no app has: offers the names in it, or a similar one. */
export async function lookAgainForEither(
  parts: CommandParts,
  turn: Turn,
  command: CommandOf<'history' | 'exportHistory'> & { readonly about: string },
): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  if (command.about.length > longestLookedAt) return sayMissing(turn, { kind: 'unknownUser', typed: command.about });
  const { kept, rest } = cutTakenBack(command.about);
  const mentions = mentionsIn(kept, listing.value.items, true);
  const [others = [], ...further] = peopleIn(gapsAround(kept, mentions).join(' and '));
  const names = [...mentions.map(({ name }) => [name]), others, ...further].filter((name) => name.length > 0);
  const gaps = mentions.length === 0 ? [] : gapsAround(kept, mentions);
  const leftOut = [...gaps.filter((gap) => peopleIn(gap).length === 0), rest].map(remainderOf);
  const guesses = names.flatMap(([about, ...rest]): Guess[] =>
    about === undefined ? [] : [{ command: { ...command, about }, others: rest }],
  );
  const reply =
    (await offerIfFound(parts, turn, { guesses, leftOut })) ??
    (rest === '' ? await offerIfFound(parts, turn, { guesses: [{ command }], leftOut: [] }) : null);
  return reply ?? sayMissing(turn, { kind: 'unknownUser', typed: command.about });
}

/** No group has the name: perhaps a person has. */
export async function lookAgainForGroup(
  parts: CommandParts,
  turn: Turn,
  command: CommandOf<'provisionGroup'>,
): Promise<Reply> {
  const unknown = { kind: 'unknownGroup', typed: command.group } as const;
  if (command.group.length > longestLookedAt) return sayMissing(turn, unknown);
  const at = command.members?.findIndex(isOdd) ?? -1;
  const odd = command.members?.[at] ?? '';
  const { kept } = cutTakenBack(odd);
  const members =
    at < 0
      ? command.members
      : [...(command.members ?? []).slice(0, at), ...peopleIn(kept).flatMap(([name]) => name ?? [])];
  const leftOut = at < 0 ? [] : [odd.slice(kept.length), ...(command.members ?? []).slice(at + 1)];
  if (members?.length === 0) return sayMissing(turn, { kind: 'unknownUser', typed: odd });
  const asGroup = await offerIfFound(parts, turn, { guesses: [{ command: { ...command, members } }], leftOut });
  if (asGroup !== null) return asGroup;
  const [others = []] = peopleIn(cutTakenBack(command.group).kept);
  const { group: subject, app } = command;
  const guess: Guess = { command: { verb: 'provision', subject, app, ...termOf(command) }, others };
  const reply = await offerIfFound(parts, turn, { guesses: [guess], leftOut: command.members ?? [] });
  return reply ?? sayMissing(turn, unknown);
}

/** `salesforce INC0012345`, `salesforce and github`, `sales force`. */
function inItsName(
  { command, leftOut: takenBack }: { readonly command: AppCommand; readonly leftOut: string },
  apps: readonly Nameable[],
): Guesses | null {
  const clause = clauseIn(command.app);
  const typed = command.app.slice(0, clause);
  const told = [takenBack, remainderOf(command.app.slice(clause))];
  const names = apps.flatMap((app) => [app.displayName, ...app.aliases]);
  const near = closest(typed, names);
  const mentions = withoutTakenBack(typed, withNearOnes(typed, mentionsIn(typed, apps, true), names));
  const [first] = mentions;
  if (near !== null && (first === undefined || (mentions.length === 1 && near.length > first.name.length)))
    return { guesses: withPeople({ ...command, app: near }, ''), leftOut: told };
  if (first === undefined) return null;
  const gaps = gapsAround(typed, mentions);
  return {
    guesses: mentions.flatMap(({ name }) => withPeople({ ...command, app: name }, gaps.join(' '))),
    leftOut: [...gaps.map(remainderOf), ...told],
  };
}

/** "sales force and github": besides exact names, similar ones that are separated from them. */
function withNearOnes(text: string, mentions: readonly Mention[], names: readonly string[]): readonly Mention[] {
  if (mentions.length === 0) return mentions;
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

/** A shorter word is similar to too many names. */
const shortestNear = 5;

/** `provision servicenow to diego`, `provision adele in data for good`: looks for the apps anywhere in the line. */
function inItsLine(parts: CommandParts, typed: string, command: AppCommand, apps: readonly Nameable[]): Guesses {
  // The time has been read already and separates no names.
  const line = 'term' in command ? parts.grammar.format(withoutTerm(command)) : typed;
  const intent = intentBehind(command);
  const around = readAround(line, mentionsIn(line, apps, false), !gives(intent));
  return { guesses: guessesFor(intent, around, line, command), leftOut: around.leftOut };
}

/** "check Salesforce", "check adele Salesforce". */
async function lookForAppInSubject(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<Reply | null> {
  const listing = await nameableIn(parts, command.subject);
  if (!listing.ok) return null;
  const around = readAround(command.subject, mentionsIn(command.subject, listing.value, false), true);
  const guesses = guessesFor('check', around, command.subject);
  return offerIfFound(parts, turn, { guesses, leftOut: around.leftOut });
}

/** The mentions before "but not". */
function withoutTakenBack(text: string, mentions: readonly Mention[]): readonly Mention[] {
  const at = mentions.findIndex(({ from }) => takesBack(text.slice(0, from)));
  return at < 0 ? mentions : mentions.slice(0, at);
}

function gapsAround(text: string, mentions: readonly Mention[]): string[] {
  const ends = [0, ...mentions.map(({ to }) => to)];
  return ends.map((from, at) => text.slice(from, mentions[at]?.from ?? text.length));
}

/** The whole typed line; of a form, the line that it amounts to. */
function lineOf({ grammar }: CommandParts, { incoming: { what } }: Turn, command: Command): string {
  const isLine = what.kind === 'action' && (what.action.verb === 'run' || what.action.verb === 'choose');
  const line = what.kind === 'text' ? what.text : isLine ? what.action.text : grammar.format(command);
  return line.slice(0, longestLookedAt);
}
