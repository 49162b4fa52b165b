import pMap from 'p-map';
import { basisOf } from '../../access/basis.ts';
import type { Command, CommandOf } from '../../chat/command.ts';
import { readEntries } from '../../chat/grammar/entries.ts';
import { listOfNames, namesInList } from '../../chat/grammar/name-list.ts';
import { splitWords } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';
import type { IncomingFile } from '../../chat/incoming.ts';
import { aboveSignature } from '../../chat/offers/signature.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { refuseImpossible, refuseVerb } from '../../chat/registry/run.ts';
import { onBasis } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { readPeopleFile } from '../provisioning/lists/people-file.ts';
import { mostPeople } from '../provisioning/lists/people-list.ts';
import { type PeopleTable, readPeopleColumn, readPeopleTable } from '../provisioning/lists/people-table.ts';
import { fetchFile, sayUnread, tableIn } from '../provisioning/provision-file.ts';
import { longestTable, withoutOuterPipes } from '../provisioning/provision-table.ts';
import { type Listed, leftOutOf } from './leavers.ts';
import { offboard } from './offboard.ts';
import { say } from './problems.ts';
import { remove } from './remove.ts';

/**
 * A list of people to remove, in a file that is sent with "offboard users" or "remove users from <app>", or below such a
 * line. It says whom alone: a table that says which row goes with which app is refused, as a line names the same apps for
 * all. Like every removal it waits for its confirmation.
 */
type Removal = CommandOf<'offboard'> | CommandOf<'remove'>;

/** Each is a look-up of an app. */
const readsAtOnce = 4;

type LineOfList =
  /** `named`: people whom the line names besides. */
  | { readonly kind: 'removal'; readonly command: Removal; readonly named: readonly string[] }
  | { readonly kind: 'noApp' };

/** Null where the line removes no one. */
export async function removeByFile(
  parts: CommandParts,
  turn: Turn,
  line: string,
  file: IncomingFile,
): Promise<Reply | null> {
  const said = lineOfList(parts, line);
  if (said === null) return null;
  const refusal = await refuse(parts, turn, said);
  if (refusal !== null) return refusal;
  const content = await fetchFile(parts, turn, file);
  if (content.kind === 'reply') return content.reply;
  const people = readPeopleFile(content.bytes);
  if (people.kind !== 'people') return sayUnread(turn, people);
  if (people.apps !== undefined || (await namesApps(parts, tableIn(content.bytes))))
    return say(turn.words, { kind: 'removesNoRows' });
  const bad = people.badRows.map(({ row }) => leftOutOf(turn.words.plain('file.row', { row }), 'notUnderstood'));
  return removeListed(parts, turn, { said, line }, { names: people.entries, leftOut: bad });
}

/** Null for every text but a line that removes a list, with the list below it. */
export async function removePasted(parts: CommandParts, turn: Turn, text: string): Promise<Reply | null> {
  const end = text.indexOf('\n');
  if (end < 0 || text.length > longestTable) return null;
  const line = text.slice(0, end).replace(/\s*:\s*$/, '');
  const said = lineOfList(parts, line);
  if (said === null || (said.kind === 'removal' && said.named.length > 0)) return null;
  const list = withoutOuterPipes(aboveSignature(text.slice(end + 1)));
  if (list.trim() === '') return null;
  const refusal = await refuse(parts, turn, said);
  if (refusal !== null) return refusal;
  if (await namesApps(parts, readPeopleTable(list, mostPeople))) return say(turn.words, { kind: 'removesNoRows' });
  const column = readPeopleColumn(list, mostPeople);
  const names = column?.names ?? readEntries(splitWords(list)).map((entry) => entry.text);
  const bad = (column?.bad ?? []).map((row) => leftOutOf(turn.words.plain('table.row', { row }), 'notUnderstood'));
  return removeListed(parts, turn, { said, line }, { names, leftOut: bad });
}

/** Whether each row names its apps, or a column with marks is an app's; "Enabled" with "yes" below it is none. */
async function namesApps({ applications }: CommandParts, table: PeopleTable | null): Promise<boolean> {
  if (table === null || table.kind === 'named') return table !== null;
  const columns = [...new Set(table.rows.flatMap((row) => row.apps))];
  const found = await pMap(columns, (name) => applications.find(name), { concurrency: readsAtOnce });
  return found.some((one) => !one.ok || one.value.kind !== 'none');
}

async function refuse(parts: CommandParts, turn: Turn, said: LineOfList): Promise<Reply | null> {
  const verb = said.kind === 'removal' ? said.command.verb : 'remove';
  return (await refuseImpossible(parts, turn, verb)) ?? (await refuseVerb(parts, turn, verb));
}

async function removeListed(
  parts: CommandParts,
  turn: Turn,
  { said, line }: { readonly said: LineOfList; readonly line: string },
  list: Listed,
): Promise<Reply> {
  const tickets = parts.grammar.ticketsIn(line);
  if (tickets.length > 1) return say(turn.words, { kind: 'severalTickets', tickets: turn.words.list(tickets) });
  if (said.kind === 'noApp') return say(turn.words, { kind: 'removesListWhere' });
  const names = [...said.named, ...list.names];
  const command = { ...said.command, subject: listOfNames(names) };
  const listed = { ...list, names };
  const acting = onBasis(parts, basisOf(turn.caller, 'removal.run'));
  return command.verb === 'offboard' ? offboard(acting, turn, command, listed) : remove(acting, turn, command, listed);
}

/** The person whom the line lacks. */
const aPerson = '"adele@contoso.com"';
const BARE = wordSet(`
  the these those this that them their attached following below file list table
  people person persons user users leaver leavers employee employees everyone everybody all of on in from`);

/** What the line beside or above a list says. */
function lineOfList({ grammar }: CommandParts, line: string): LineOfList | null {
  const alone = grammar.parse(line);
  if (alone.kind === 'command') {
    const { command } = alone;
    if (!isRemoval(command)) return null;
    return { kind: 'removal', command, named: isBare(command.subject) ? [] : namesInList(command.subject) };
  }
  if (alone.kind !== 'incomplete' || (alone.verb !== 'offboard' && alone.verb !== 'remove')) return null;
  if (alone.missing === 'app' && !isBare(alone.said.join(' '))) return null;
  const whole = alone.verb === 'offboard' ? `${line} ${aPerson}` : line.replace(LAST_FROM, `${aPerson} $1`);
  const parsed = grammar.parse(whole);
  return parsed.kind === 'command' && isRemoval(parsed.command)
    ? { kind: 'removal', command: parsed.command, named: [] }
    : { kind: 'noApp' };
}

const isRemoval = (command: Command): command is Removal => command.verb === 'offboard' || command.verb === 'remove';

const LAST_FROM = /\b(from|out of)(?!.*\b(?:from|out of)\b)/i;

const isBare = (subject: string): boolean => subject.split(/\s+/).every((word) => BARE.has(word.toLowerCase()));
