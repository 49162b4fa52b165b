import { readFile, writeFile } from 'node:fs/promises';

/** What one measurement has to say, below the command that repeats it. */
export interface Report {
  /** Paragraphs, tables and lists in Markdown, in this order. */
  readonly parts: readonly string[];
}

/** A target of the project and what came of it. */
export interface Verdict {
  readonly target: string;
  /** The name of each measurement that misses the target, with its number; empty when the target is met. */
  readonly misses: readonly string[];
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function verdicts(all: readonly Verdict[]): string {
  return all
    .map(({ target, misses }) =>
      misses.length === 0 ? `- **Met:** ${target}.` : `- **Missed:** ${target}. It was ${misses.join('; ')}.`,
    )
    .join('\n');
}

const page = new URL('../../../docs/performance.md', import.meta.url);

/** Puts a report between its markers in docs/performance.md. @throws when the page has no such markers. */
export async function writeReport(name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const before = await readFile(page, 'utf8');
  const [head, rest] = cut(before, begin);
  const [, tail] = cut(rest, end);
  await writeFile(page, `${head}${begin}\n\n${text}\n\n${end}${tail}`);
}

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`docs/performance.md has no ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
