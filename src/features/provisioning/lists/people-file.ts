import { readRecords } from './csv.ts';
import { decodeText } from './decode.ts';
import { mostPeople } from './people-list.ts';

/**
 * A file of people, as saved by a spreadsheet or the Entra admin center: a header with a user principal name column,
 * then a row for each person; with a column of apps, each row may name its own. An unusable row is reported by its number in the spreadsheet, where the header is usually
 * row 1; rows with only empty cells are skipped. A file with too many rows is refused: half a list would be worse than
 * none.
 */
export type PeopleFile =
  | {
      readonly kind: 'people';
      readonly entries: readonly string[];
      /** The row of each entry and the app that it names; only where the file has a column of apps. */
      readonly apps?: readonly AppCell[];
      readonly badRows: readonly BadRow[];
    }
  | { readonly kind: 'tooLarge' }
  /** `columns`: the first names of the header, to show what was read. */
  | { readonly kind: 'noColumn'; readonly columns: readonly string[] }
  | { readonly kind: 'tooManyRows'; readonly rows: number }
  /** No text, or no table. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'empty' };

export interface AppCell {
  readonly row: number;
  /** Null for an empty cell. */
  readonly app: string | null;
}

export interface BadRow {
  readonly row: number;
  readonly reason: BadRowReason;
}

/**
 * `empty`: other cells have content, this one has none. `malformed`: unmatched quotes, or no user principal name.
 * `formula`: a spreadsheet would run it. `tooLong`: longer than any user principal name. `longRow`: more cells than the
 * header, beside a column of apps, where the ones beyond it may name further apps.
 */
export type BadRowReason = 'empty' | 'malformed' | 'formula' | 'tooLong' | 'longRow';

export interface PeopleFileLimits {
  readonly maxBytes: number;
  readonly maxRows: number;
}

export const peopleFileLimits: PeopleFileLimits = { maxBytes: 1_048_576, maxRows: mostPeople };

/** In order of preference, in the form used for comparison: lowercase, without white space, underscores and hyphens. */
const COLUMN_NAMES = ['userprincipalname', 'upn'];
export const APP_COLUMN_NAMES = ['app', 'apps', 'application', 'applications', 'enterpriseapplication'];
const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Entra takes 113 characters; a guest's name also contains the home address. */
export const LONGEST_NAME = 320;
const MOST_COLUMNS_TOLD = 20;
const LONGEST_COLUMN_TOLD = 60;

export interface Row {
  readonly number: number;
  /** Null when the row's quotes do not match. */
  readonly cells: readonly string[] | null;
}

/** Reads the file; never throws, and takes time linear in its size. Entries are in order, including repetitions. */
export function readPeopleFile(bytes: Uint8Array, limits: PeopleFileLimits = peopleFileLimits): PeopleFile {
  if (bytes.length > limits.maxBytes) return { kind: 'tooLarge' };
  const text = decodeText(bytes);
  if (text === null) return { kind: 'unreadable' };

  const [header, ...rows] = readRows(text, limits.maxRows);
  if (header === undefined) return { kind: 'empty' };
  if (header.cells === null) return { kind: 'unreadable' };
  const width = header.cells.length;
  const column = columnIn(header.cells, COLUMN_NAMES);
  const appColumn = columnIn(header.cells, APP_COLUMN_NAMES);
  if (column < 0) return { kind: 'noColumn', columns: toldColumns(header.cells) };
  if (rows.length === 0) return { kind: 'empty' };
  if (rows.length > limits.maxRows) return { kind: 'tooManyRows', rows: rows.length };

  const entries: string[] = [];
  const apps: AppCell[] = [];
  const badRows: BadRow[] = [];
  for (const { number, cells } of rows) {
    const cell = cells?.[column] ?? '';
    const app = cells?.[appColumn]?.trim() ?? '';
    const isLong = appColumn >= 0 && hasCellsBeyond(width, cells);
    const fault = cells === null ? 'malformed' : (faultOf(cell) ?? (app.length > LONGEST_NAME ? 'tooLong' : null));
    const reason = isLong ? 'longRow' : fault;
    if (reason === null) {
      entries.push(cell.trim());
      apps.push({ row: number, app: app === '' ? null : app });
    } else badRows.push({ row: number, reason });
  }
  return { kind: 'people', entries, ...(appColumn < 0 ? {} : { apps }), badRows };
}

/** Every row with content, the header first. Rows past `most` may only be counted. */
export function readRows(text: string, most: number): Row[] {
  // Excel's own way to name the delimiter, and the line above the header in Entra's bulk templates.
  const preamble = /^(?:sep=(.)[^\n\r]*|"?version:[^\n\r]*)(?:\r\n|\n|\r)/i.exec(text);
  const table = text.slice(preamble?.[0].length ?? 0);
  const first = preamble === null ? 1 : 2;
  const delimiter = preamble?.[1] ?? delimiterOf(table);
  const records = readRecords(table, delimiter) ?? readLines(table, delimiter, most);
  const rows: Row[] = [];
  for (const [index, cells] of records.entries()) {
    if (cells === null || cells.some((cell) => cell.trim() !== '')) rows.push({ number: index + first, cells });
  }
  return rows;
}

/** A stray quote swallows everything after it; read line by line, it costs only its own line. */
function readLines(text: string, delimiter: string, most: number): (readonly string[] | null)[] {
  let rows = 0;
  return text.split(/\r\n|\n|\r/).map((line) => {
    if (/^[\s,;"]*$/.test(line)) return [];
    rows += 1;
    // A header and one row too many decide the result; reading on would only cost time.
    if (rows > most + 2) return [line];
    const records = readRecords(line, delimiter, { strayQuotes: true });
    return records === null ? null : (records[0] ?? []);
  });
}

/** The delimiter that is most frequent in the header. */
function delimiterOf(text: string): string {
  const header = firstLineThatHoldsSomething(text).replace(/"[^"]*"/g, '');
  let best: string = DELIMITERS[0];
  for (const delimiter of DELIMITERS) {
    if (header.split(delimiter).length > header.split(best).length) best = delimiter;
  }
  return best;
}

/** Line by line: one expression for the whole text would start again at every character of a line of commas. */
function firstLineThatHoldsSomething(text: string): string {
  for (const [line] of text.matchAll(/[^\n\r]+/g)) if (/[^\s,;]/.test(line)) return line;
  return '';
}

/** In the form used for comparison. */
export function nameOfColumn(name: string): string {
  // Entra's templates: "User name [userPrincipalName] Required".
  const inner = /\[([^[\]]*)\]/.exec(name)?.[1] ?? name;
  return inner.toLowerCase().replace(/[\s_-]+/g, '');
}

/** The place of the first of these columns that the header has; -1 for none. */
export function columnIn(header: readonly string[], sought: readonly string[]): number {
  const names = header.map(nameOfColumn);
  const known = sought.find((name) => names.includes(name));
  return known === undefined ? -1 : names.indexOf(known);
}

/** Whether a row says something in cells that stand under no column. */
export function hasCellsBeyond(width: number, cells: Row['cells']): boolean {
  return cells?.slice(width).some((cell) => cell.trim() !== '') === true;
}

function toldColumns(header: readonly string[]): string[] {
  const names = header.map((name) => name.trim().slice(0, LONGEST_COLUMN_TOLD)).filter((name) => name !== '');
  return names.slice(0, MOST_COLUMNS_TOLD);
}

/** The characters that begin a formula: https://owasp.org/www-community/attacks/CSV_Injection */
export const isFormula = (cell: string): boolean => /^[\t\r]|^\s*[=+\-@]/.test(cell);

function faultOf(cell: string): BadRowReason | null {
  const name = cell.trim();
  if (name === '') return 'empty';
  if (isFormula(cell)) return 'formula';
  if (name.length > LONGEST_NAME) return 'tooLong';
  return /^[^\s@,;"<>]+@[^\s@,;"<>]+$/.test(name) ? null : 'malformed';
}
