import { assertNever } from '../../assert-never.ts';
import type { Parsed } from '../../chat/command.ts';
import { quoteName } from '../../chat/grammar/names.ts';
import type { IncomingFile } from '../../chat/incoming.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { onListBasis, refuseVerb } from '../../chat/registry/run.ts';
import { type Answered, answered } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { LeftOut } from '../../requests/request.ts';
import { decodeText } from './lists/decode.ts';
import { type BadRow, type PeopleFile, peopleFileLimits, readPeopleFile } from './lists/people-file.ts';
import { type PeopleTable, readPeopleTable } from './lists/people-table.ts';
import { say } from './problems.ts';
import { isLack, provisionList, provisionRows } from './provision-list.ts';
import { isBare, provisionTable } from './provision-table.ts';
import { type Row, seeEachApp } from './targets.ts';
import { askOneByOne, untimely } from './untimely.ts';

type PeopleWithApps = Required<Extract<PeopleFile, { kind: 'people' }>>;

const megabyte = 1024 * 1024;

/** The content of a file that was sent with a line. */
export async function fetchFile(
  parts: CommandParts,
  { words }: Turn,
  file: IncomingFile,
): Promise<{ readonly kind: 'bytes'; readonly bytes: Uint8Array } | Answered> {
  const content = await parts.readFile(file);
  switch (content.kind) {
    case 'bytes':
      return content;
    case 'tooLarge':
      return answered(say(words, { kind: 'fileTooLarge', limit: peopleFileLimits.maxBytes / megabyte }));
    case 'notFromTenant':
      return answered(say(words, { kind: 'fileNotFromTenant' }));
    case 'notFetched':
      return answered(say(words, { kind: 'fileUnreadable' }));
    default:
      return assertNever(content, 'content');
  }
}

/** Why a file names no people. */
export function sayUnread({ words }: Turn, file: Exclude<PeopleFile, { kind: 'people' }>): Reply {
  switch (file.kind) {
    case 'tooLarge':
      return say(words, { kind: 'fileTooLarge', limit: peopleFileLimits.maxBytes / megabyte });
    case 'noColumn':
      return say(words, { kind: 'fileNoColumn', columns: file.columns });
    case 'tooManyRows':
      return say(words, { kind: 'fileTooManyRows', rows: file.rows, limit: peopleFileLimits.maxRows });
    case 'unreadable':
      return say(words, { kind: 'fileUnreadable' });
    case 'empty':
      return say(words, { kind: 'emptyList' });
    default:
      return assertNever(file, 'file');
  }
}

/** The table in a file that is small enough to be read. */
export function tableIn(bytes: Uint8Array): PeopleTable | null {
  const text = bytes.length > peopleFileLimits.maxBytes ? null : decodeText(bytes);
  return text === null ? null : readPeopleTable(text, peopleFileLimits.maxRows);
}

/**
 * A file of people, sent together with "provision users to <app>". Its addresses are read as if typed below that line,
 * in quotes, so a file can do nothing that a message cannot, and no character in an address splits it. Where the file has
 * a column of apps, "provision users" is enough, as it is where apps stand over the columns.
 */
export async function provisionFile(all: CommandParts, turn: Turn, line: string, file: IncomingFile): Promise<Reply> {
  const parts = onListBasis(all, turn);
  const refusal = askOneByOne(turn) ?? (await refuseVerb(parts, turn, 'provisionList'));
  if (refusal !== null) return refusal;
  const { words } = turn;
  const content = await fetchFile(parts, turn, file);
  if (content.kind === 'reply') return content.reply;
  const table = isBare(parts, line) ? tableIn(content.bytes) : null;
  if (table?.kind === 'marked') return provisionTable(parts, turn, table, line);
  const people = readPeopleFile(content.bytes);
  if (people.kind !== 'people') return sayUnread(turn, people);
  const parsed = parts.grammar.parse(`${line}\n${people.entries.map(quoteName).join('\n')}`);
  // None of them may get lost, and no button could run a line with the file.
  const tickets = parts.grammar.ticketsIn(line);
  if (tickets.length > 1) return say(words, { kind: 'severalTickets', tickets: words.list(tickets) });
  if (people.apps !== undefined) return byRow({ ...people, apps: people.apps }, parsed);
  if (parsed.kind !== 'command' || parsed.command.verb !== 'provisionList')
    return say(words, { kind: 'incomplete', missing: 'app' });
  return provisionList(parts, turn, parsed.command, people.badRows.map(toLeftOut));

  /** Each row names its own app; a row without one has that of the line. */
  async function byRow({ entries, apps, badRows }: PeopleWithApps, parsed: Parsed): Promise<Reply> {
    const command = parsed.kind === 'command' && parsed.command.verb === 'provisionList' ? parsed.command : null;
    const isBare = parsed.kind === 'incomplete' && parsed.verb === 'provisionList' && parsed.missing === 'app';
    if (command === null && !isBare) return say(words, { kind: 'incomplete', missing: 'app' });
    const instead = command === null ? null : await untimely(parts, turn, command);
    if (instead !== null) return instead;
    const named = apps.map(({ app }) => app ?? command?.app ?? null);
    const seen = await seeEachApp(parts, turn, named);
    if (seen.kind === 'reply') return seen.reply;
    const people = new Map<string, string>();
    const rows = entries.map((text, index): Row => {
      // The same person in several rows is looked up once.
      const entry = people.get(text.toLowerCase()) ?? text;
      people.set(entry.toLowerCase(), entry);
      return { entry, targets: seen.targets.get(named[index] ?? '') ?? [] };
    });
    const without = apps.filter((_, index) => named[index] === null).map(({ row }) => leftOutRow(row, 'noApp'));
    return provisionRows(parts, turn, {
      rows,
      leftOut: [...seen.leftOut, ...without, ...badRows.map(toLeftOut)],
      // A line and a file that name different apps may not mean the same, and a long row may name apps that are lost.
      asksFirst:
        seen.leftOut.some(isLack) ||
        without.length > 0 ||
        badRows.some(({ reason }) => reason === 'longRow') ||
        (command !== null && new Set(named).size > 1),
      again: [],
      ticket: parsed.kind === 'incomplete' ? parsed.ticket : command?.ticket,
      command: null,
      kits: seen.kits,
    });
  }

  function toLeftOut({ row, reason }: BadRow): LeftOut {
    if (reason !== 'longRow') return leftOutRow(row, 'notUnderstood');
    return { text: words.plain('file.longRow', { row }), reason: 'notUnderstood', suggestions: [] };
  }

  function leftOutRow(row: number, reason: LeftOut['reason']): LeftOut {
    return { text: words.plain('file.row', { row }), reason, suggestions: [] };
  }
}
