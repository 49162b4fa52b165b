/**
 * Renders an Adaptive Card as plain text for a terminal: what the reader sees before any click, and the card that a
 * `ShowCard` button opens. It knows the elements of Usher's cards and skips others. An input becomes its label with its
 * value, or a line to write on; a star marks a required input.
 */
export function cardAsText(card: unknown): string {
  const root = fields(card);
  const lines = cardLines(root);
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

type Fields = Readonly<Record<string, unknown>>;

function cardLines({ body, actions }: Fields): string[] {
  return [...listOf(body).flatMap(linesOf), ...buttonLine(listOf(actions)), ...listOf(actions).flatMap(unfolded)];
}

/** The card that a button opens in place, below its title. */
function unfolded(action: unknown): string[] {
  const { type, title, card } = fields(action);
  if (type !== 'Action.ShowCard') return [];
  return ['', textOf(title), ...cardLines(fields(card)).map((line) => (line === '' ? '' : `   ${line}`))];
}

function linesOf(element: unknown): string[] {
  const item = fields(element);
  if (item.isVisible === false) return [];
  const gap = item.separator === true || item.type === 'Container' ? [''] : [];
  switch (item.type) {
    case 'TextBlock':
      return [...gap, ...withoutMarkdown(textOf(item.text)).split('\n')];
    case 'Container':
      return [...gap, ...listOf(item.items).flatMap(linesOf), ''];
    case 'ColumnSet':
      return [...gap, ...rowLines(listOf(item.columns).map(columnLines))];
    case 'Input.Text':
    case 'Input.Date':
    case 'Input.ChoiceSet':
      return inputLines(item);
    case 'ActionSet':
      return buttonLine(listOf(item.actions));
    case 'ProgressBar':
      return linesOf(item.fallback);
    default:
      return [];
  }
}

/** Choices shown of an input: enough to tell what it is about. */
const MOST_CHOICES = 6;

function inputLines({ label, value, isRequired, choices }: Fields): string[] {
  const titles = listOf(choices).map((choice) => textOf(fields(choice).title));
  const chosen = listOf(choices).findIndex((choice) => fields(choice).value === value);
  const held = titles[chosen] ?? textOf(value);
  const star = isRequired === true ? '*' : '';
  const more = titles.length > MOST_CHOICES ? [...titles.slice(0, MOST_CHOICES), '…'] : titles;
  const options = more.length === 0 ? '' : ` (${more.join(', ')})`;
  return [`${textOf(label)}${star} ${held === '' ? '____' : `[${held}]`}${options}`];
}

/** First lines side by side; further lines of a column are indented under the text of the widest column. */
function rowLines(columns: readonly (readonly string[])[]): string[] {
  const cells = columns.map((lines) => lines.filter((line) => line !== '')).filter((lines) => lines.length > 0);
  const first = cells.map((lines) => lines[0]).join('  ');
  const glyph = cells.length > 1 ? (cells[0]?.[0] ?? '') : '';
  // A one-character column is the glyph in front of the text; further lines of the text align with its first line.
  const indent = [...glyph].length === 1 ? '   ' : '';
  return [first, ...cells.flatMap((lines) => lines.slice(1).map((line) => `${indent}${line}`))];
}

/** The labels of facts stand in columns of one width, a sign in a narrower one. */
const LABEL = /^\d{3}px$/;

function columnLines(column: unknown): string[] {
  const { items, width } = fields(column);
  const lines = listOf(items).flatMap(linesOf);
  return LABEL.test(textOf(width)) ? lines.map((line) => `${line}:`) : lines;
}

function buttonLine(actions: readonly unknown[]): string[] {
  const titles = actions.map((action) => textOf(fields(action).title)).filter((title) => title !== '');
  return titles.length === 0 ? [] : ['', titles.map((title) => `[${title}]`).join(' ')];
}

/** Removes the catalogue's emphasis and unescapes the text. */
function withoutMarkdown(text: string): string {
  return text.replace(/(?<!\\)\*\*/g, '').replace(/\\([\\`*_[\]~<#>+.)-])/g, '$1');
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
