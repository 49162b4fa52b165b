/**
 * The records of a text of cells (RFC 4180), broken at `\n`, `\r` or both. Null when the quotes do not match; with
 * `strayQuotes`, a quote that neither opens nor closes a cell stands for itself. One pass for any text: csv-parse
 * creates an error with its stack for each row of another length, even where those are allowed.
 */
export function readRecords(
  text: string,
  delimiter: string,
  { strayQuotes = false }: { readonly strayQuotes?: boolean } = {},
): (readonly string[])[] | null {
  const records: (readonly string[])[] = [];
  let cells: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = cells.length === 0 ? lengthOfBreak(text, at) : 0;
    if (length > 0) {
      records.push(BLANK);
      at += length;
      continue;
    }
    const cell =
      text[at] === '"' ? quotedCell(text, at, delimiter, strayQuotes) : bareCell(text, at, delimiter, strayQuotes);
    if (cell === null) return null;
    cells.push(cell.text);
    at = cell.end;
    if (at < text.length && text[at] === delimiter) {
      at += 1;
      // An empty cell follows the last delimiter, whether the text or only the record ends there.
      if (at === text.length) cells.push('');
      continue;
    }
    at += lengthOfBreak(text, at);
    records.push(cells);
    cells = [];
  }
  return cells.length > 0 ? [...records, cells] : records;
}

/** A file may have a million blank lines. */
const BLANK: readonly string[] = [''];

function lengthOfBreak(text: string, at: number): number {
  if (text[at] === '\n') return 1;
  if (text[at] !== '\r') return 0;
  return text[at + 1] === '\n' ? 2 : 1;
}

interface Cell {
  readonly text: string;
  /** The position of the cell's delimiter, or of the end of the record or text. */
  readonly end: number;
}

function bareCell(text: string, start: number, delimiter: string, strayQuotes: boolean): Cell | null {
  const end = endOfBare(text, start, delimiter);
  const cell = text.slice(start, end);
  return cell.includes('"') && !strayQuotes ? null : { text: cell, end };
}

function quotedCell(text: string, start: number, delimiter: string, strayQuotes: boolean): Cell | null {
  let content = '';
  let from = start + 1;
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', from)) {
    content += text.slice(from, quote);
    from = quote + 2;
    if (text[quote + 1] === '"') {
      content += '"';
      continue;
    }
    if (quote + 1 === text.length || isEnd(text, quote + 1, delimiter)) return { text: content, end: quote + 1 };
    if (!strayQuotes) return null;
    const end = endOfBare(text, quote + 1, delimiter);
    return { text: text.slice(start, end), end };
  }
  return null;
}

function endOfBare(text: string, start: number, delimiter: string): number {
  let end = start;
  while (end < text.length && !isEnd(text, end, delimiter)) end += 1;
  return end;
}

function isEnd(text: string, at: number, delimiter: string): boolean {
  const character = text[at];
  return character === delimiter || character === '\n' || character === '\r';
}
