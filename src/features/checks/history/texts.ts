import { stringify } from 'csv-stringify/sync';
import type { AuditLine } from './audit-lines.ts';

export const columns = [
  'at',
  'kind',
  'actorId',
  'actorName',
  'requestId',
  'appId',
  'appName',
  'subjectIds',
  'details',
  'ticket',
  'reason',
  'id',
] as const satisfies readonly (keyof AuditLine)[];

/** Tells a spreadsheet that the file is UTF-8. */
const byteOrderMark = '\uFEFF';

/**
 * The lines as CSV with a header (RFC 4180), the names of the columns unless there are other headings, one piece of text for each, so that a slow reader is not overrun. People
 * choose their own display names, so no cell may begin what a spreadsheet would run as a formula; one that would gets
 * an apostrophe before it. https://owasp.org/www-community/attacks/CSV_Injection
 */
export async function* csvOf(
  lines: AsyncIterable<AuditLine>,
  headings: readonly string[] = columns,
): AsyncGenerator<string> {
  yield byteOrderMark + toCsv(headings);
  for await (const line of lines) yield toCsv(columns.map((column) => cellOf(line[column])));
}

function toCsv(cells: readonly string[]): string {
  return stringify([cells.map(disarmed)], { escape_formulas: true, record_delimiter: 'windows' });
}

function cellOf(value: AuditLine[keyof AuditLine]): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
}

/**
 * `escape_formulas` handles the first character. But spreadsheets skip white space before it, and where the comma is
 * the decimal sign they split cells at semicolons, so that a formula may begin in the middle.
 */
function disarmed(cell: string): string {
  // The sign is optional, so that a run of breaks matches at once and is not scanned again from each of them.
  return cell.replace(
    /(^\s+|[;\t\r\n]["\s]*)([=+\-@\uFF1D\uFF0B\uFF0D\uFF20])?/g,
    (all, before: string, sign?: string) => (sign === undefined ? all : `${before}'${sign}`),
  );
}

/** The lines as one JSON array, an element to a line of text. */
export async function* jsonOf(lines: AsyncIterable<AuditLine>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const line of lines) {
    yield before + JSON.stringify(line);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
