import { assertNever } from '../../assert-never.ts';
import { DOUBLE_QUOTES } from '../../chat/grammar/tokens.ts';
import { aboveSignature } from '../../chat/offers/signature.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { onListBasis, refuseVerb } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { short } from '../../chat/views/parts.ts';
import type { LeftOut } from '../../requests/request.ts';
import { mostPeople } from './lists/people-list.ts';
import { type Oddity, type PeopleTable, readPeopleTable } from './lists/people-table.ts';
import { say } from './problems.ts';
import { provisionRows } from './provision-list.ts';
import { type Row, seeEachApp } from './targets.ts';
import { askOneByOne } from './untimely.ts';

/** A longer text is no message of Teams. */
export const longestTable = 64_000;

/**
 * `provision` alone, or `provision these` or `provision users`, with a table below it. Null for every other text. A table
 * always asks first: its cells were hardly written for Usher, and their meaning is read from their place.
 */
export async function provisionPasted(parts: CommandParts, turn: Turn, text: string): Promise<Reply | null> {
  const end = text.indexOf('\n');
  if (end < 0 || text.length > longestTable) return null;
  const line = text.slice(0, end);
  if (!isBare(parts, line)) return null;
  const table = readPeopleTable(withoutOuterPipes(aboveSignature(text.slice(end + 1))), mostPeople);
  if (table === null) return null;
  const refusal = askOneByOne(turn) ?? (await refuseVerb(parts, turn, 'provisionList'));
  return refusal ?? provisionTable(onListBasis(parts, turn), turn, table, line);
}

/** Stores one request for what the table says beside or below this line, and asks before it starts. */
export async function provisionTable(
  parts: CommandParts,
  turn: Turn,
  { rows, oddities }: PeopleTable,
  line: string,
): Promise<Reply> {
  const { words } = turn;
  const [ticket, another] = parts.grammar.ticketsIn(line);
  if (ticket !== undefined && another !== undefined)
    return say(words, { kind: 'severalTickets', tickets: words.list(parts.grammar.ticketsIn(line)) });
  const count = rows.length + oddities.filter(({ kind }) => kind === 'row' || kind === 'longRow').length;
  if (count > mostPeople) return say(words, { kind: 'tooManyPeople', count, limit: mostPeople });
  const seen = await seeEachApp(
    parts,
    turn,
    rows.flatMap(({ apps }) => [...new Set(apps)]),
  );
  if (seen.kind === 'reply') return seen.reply;
  const people = new Map<string, string>();
  const without: LeftOut[] = [];
  const named = rows.map(({ row, person, apps }): Row => {
    // The same person in several rows is looked up once.
    const entry = people.get(person.toLowerCase()) ?? person;
    people.set(entry.toLowerCase(), entry);
    if (apps.length === 0) without.push(leftOut(words.plain('table.row', { row }), 'noApp'));
    return { entry, targets: apps.flatMap((app) => seen.targets.get(app) ?? []) };
  });
  return provisionRows(parts, turn, {
    rows: named.filter(({ targets }) => targets.length > 0),
    leftOut: [...seen.leftOut, ...without, ...oddities.map((one) => leftOut(told(one), 'notUnderstood'))],
    asksFirst: true,
    again: [],
    ticket,
    command: null,
    kits: seen.kits,
  });

  function told(odd: Oddity): string {
    switch (odd.kind) {
      case 'row':
        return words.plain('table.row', { row: odd.row });
      case 'longRow':
        return words.plain('table.longRow', { row: odd.row });
      case 'column':
        return words.plain('table.column', { column: short(odd.column, 60) });
      case 'cell':
        return words.plain('table.cell', { row: odd.row, column: short(odd.column, 60), text: short(odd.text, 60) });
      default:
        return assertNever(odd, 'oddity');
    }
  }
}

const leftOut = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });

/** Whether a line says to provision, and neither whom nor where. */
export function isBare({ grammar }: CommandParts, line: string): boolean {
  const parsed = grammar.parse(`${line}\n${aPerson}`);
  if (parsed.kind !== 'incomplete' || parsed.missing !== 'app') return false;
  if (parsed.verb !== 'provision' && parsed.verb !== 'provisionList') return false;
  const alone = grammar.parse(line);
  const said = alone.kind === 'incomplete' && alone.missing === 'app' ? alone.said.join(' ') : '';
  return alone.kind === 'incomplete' && (said === '' || said.toLowerCase() === 'these');
}

/** The person whom the line lacks. */
const aPerson = '"adele@contoso.com"';

/** The rows of a Markdown table without the marks at their ends, and with the quotes that a keyboard has. */
export function withoutOuterPipes(text: string): string {
  const table = text.replace(new RegExp(`[${DOUBLE_QUOTES}]`, 'g'), '"');
  return table.trimStart().startsWith('|') ? table.replace(/^\| ?| ?\|$/gm, '') : table;
}
