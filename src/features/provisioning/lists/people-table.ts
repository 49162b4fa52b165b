import { wordSet } from '../../../chat/grammar/word-lists.ts';
import {
  APP_COLUMN_NAMES,
  columnIn,
  hasCellsBeyond,
  isFormula,
  LONGEST_NAME,
  nameOfColumn,
  type Row,
  readRows,
} from './people-file.ts';

/**
 * A table that says who goes where, pasted or in a file. The header has a column of people, and either a column of apps,
 * so that each row names its own, or an app over each of the other columns, where a cell with an x, a yes or a check mark
 * puts the person of its row into the app of its column. Every row, column and cell that says something else is told.
 */
export interface PeopleTable {
  /** Whether each row names its apps, or marks them. */
  readonly kind: 'named' | 'marked';
  readonly rows: readonly TableRow[];
  readonly oddities: readonly Oddity[];
}

/** `row`: as a spreadsheet counts, with the header as row 1 where the table begins with it. */
export interface TableRow {
  readonly row: number;
  readonly person: string;
  /** As the row or the header names them; empty where the row names none. */
  readonly apps: readonly string[];
}

/** What becomes no call: a row that names no person or has more cells than the header, a column, a single cell. */
export type Oddity =
  | { readonly kind: 'row' | 'longRow'; readonly row: number }
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'cell'; readonly row: number; readonly column: string; readonly text: string };

/** Those with addresses first. */
const PERSON_COLUMN_NAMES = [
  ...['userprincipalname', 'upn', 'email', 'emailaddress', 'mail', 'username', 'user', 'users'],
  ...[
    'person',
    'people',
    'name',
    'displayname',
    'fullname',
    'employee',
    'firstname',
    'lastname',
    'givenname',
    'surname',
  ],
];
const MARKS = wordSet('x y yes true 1 ✓ ✔ ☑ ✅');
const BLANKS = new Set(['', ...wordSet('n no false 0 - – — ✗ ✘ ❌ ☐ n/a')]);
/** The line under the header of a Markdown table. */
const RULE = /^:?-+:?$/;

/** The table that a text is; null where it is none, or where no row puts a person anywhere. Linear; never throws. */
export function readPeopleTable(text: string, mostRows: number): PeopleTable | null {
  const [head, ...read] = readRows(text, mostRows);
  const header = head?.cells?.map((cell) => cell.trim()) ?? [];
  const isRuled = read[0]?.cells?.every((cell) => RULE.test(cell.trim())) === true;
  const rows = isRuled ? read.slice(1) : read;
  const person = personColumn(header, rows);
  if (header.length < 2 || person < 0) return null;
  const app = columnIn(header, APP_COLUMN_NAMES);
  const columns = app < 0 ? appColumns(header, rows, person) : [];
  if (app < 0 && !columns.some(({ isApp }) => isApp)) return null;
  const oddities: Oddity[] = columns.flatMap(({ name, isApp, isOdd }) =>
    !isApp && isOdd ? [{ kind: 'column', column: name }] : [],
  );
  const known: TableRow[] = [];
  for (const { number: row, cells } of rows) {
    const name = cells?.[person]?.trim() ?? '';
    if (hasCellsBeyond(header.length, cells)) oddities.push({ kind: 'longRow', row });
    else if (cells === null || name === '' || name.length > LONGEST_NAME || isFormula(name))
      oddities.push({ kind: 'row', row });
    else if (app >= 0) known.push({ row, person: name, apps: [cells[app]?.trim() ?? ''].filter((one) => one !== '') });
    else {
      const own = columns
        .filter(({ isApp }) => isApp)
        .map(({ at, name: column }) => ({ column, text: cells[at] ?? '' }));
      known.push({ row, person: name, apps: own.filter(({ text }) => isMark(text)).map(({ column }) => column) });
      for (const { column, text } of own) if (isOddCell(text)) oddities.push({ kind: 'cell', row, column, text });
    }
  }
  return { kind: app < 0 ? 'marked' : 'named', rows: known, oddities };
}

/**
 * The people of a table without apps, pasted or in a file; null for a text whose first row names no column of people.
 * `bad`: the rows that name none.
 */
export function readPeopleColumn(
  text: string,
  mostRows: number,
): { readonly names: readonly string[]; readonly bad: readonly number[] } | null {
  const [head, ...read] = readRows(text, mostRows);
  const header = head?.cells?.map((cell) => cell.trim()) ?? [];
  if (!header.some((name) => PERSON_COLUMN_NAMES.includes(nameOfColumn(name)))) return null;
  const rows = read.filter(({ cells }) => cells?.every((cell) => RULE.test(cell.trim())) !== true);
  const at = personColumn(header, rows);
  const names: string[] = [];
  const bad: number[] = [];
  for (const { number, cells } of rows) {
    const name = cells?.[at]?.trim() ?? '';
    if (name === '' || name.length > LONGEST_NAME || isFormula(name)) bad.push(number);
    else names.push(name);
  }
  return { names, bad };
}

/** A column with addresses, else the first one where it is called so or not at all, else any that is called so. */
function personColumn(header: readonly string[], rows: readonly Row[]): number {
  const called = PERSON_COLUMN_NAMES.map((name) => columnIn(header, [name])).filter((at) => at >= 0);
  const addressed = called.find((at) => rows.some(({ cells }) => cells?.[at]?.includes('@') === true));
  if (addressed !== undefined) return addressed;
  return header[0] === '' || called.includes(0) ? 0 : (called[0] ?? -1);
}

/** The columns beside that of the people: over an app's there is its name, and in it a mark. */
function appColumns(header: readonly string[], rows: readonly Row[], person: number) {
  return header.flatMap((name, at) => {
    const cells = rows.map((row) => row.cells?.[at] ?? '');
    const isMarked = cells.some(isMark);
    if (at === person || (!isMarked && PERSON_COLUMN_NAMES.includes(nameOfColumn(name)))) return [];
    return { at, name: name === '' ? String(at + 1) : name, isApp: isMarked && name !== '', isOdd: cells.some(isSaid) };
  });
}

const folded = (cell: string) => cell.trim().replaceAll('\ufe0f', '').toLowerCase();
const isMark = (cell: string) => MARKS.has(folded(cell));
const isSaid = (cell: string) => !BLANKS.has(folded(cell));
const isOddCell = (cell: string) => isSaid(cell) && !isMark(cell);
