import type { ListRow, ListSection, ListView } from '../../../chat/cards/card-views.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { maybe, moreText, short, toggleOf } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { LeftOut, Subject, TaskState } from '../../../requests/request.ts';
import { outcomeWords } from './outcome-words.ts';
import { outcomeLine } from './reason-texts.ts';

/** Limits for user texts in the rows of a card, in UTF-16 code units; and the number of rows. */
export interface RowLimits {
  readonly rows: number;
  readonly name: number;
  readonly line: number;
}

/** A nonempty name to show, whatever the directory leaves out. */
export function nameOf({ name, label }: Pick<Subject, 'name' | 'label'>, limit: number): string {
  return [name, label ?? ''].map((text) => short(text, limit)).find((text) => text !== '') ?? '—';
}

/** The same, with guests marked as such. */
export function calledName(words: Messages, subject: Pick<Subject, 'name' | 'label' | 'guest'>, limit: number): string {
  const name = nameOf(subject, limit);
  return subject.guest === true ? words.plain('person.guest', { name }) : name;
}

/** The same of a request over several apps, with the app. */
export function inApp(words: Messages, name: string, app: string | undefined, limit: number): string {
  return app === undefined ? name : words.plain('list.nameAndLabel', { name, label: short(app, limit) });
}

/** The tone and the name of a task's state before its end. */
export const STATE_WORDS: Readonly<
  Record<Exclude<TaskState['kind'], 'done'>, readonly [tone: Tone, word: MessageKey]>
> = {
  held: ['waiting', 'list.state.held'],
  waiting: ['waiting', 'list.state.waiting'],
  running: ['working', 'list.state.running'],
  cancelled: ['neutral', 'list.state.cancelled'],
};

/** The name of a task's state, in plain text, and its tone. */
export function stateLine(
  words: Messages,
  state: TaskState,
  what: 'group' | 'other',
): { readonly tone: Tone; readonly line: string } {
  if (state.kind === 'done')
    return { tone: outcomeWords(state.outcome).tone, line: outcomeLine(words, state.outcome, { what }) };
  const [tone, word] = STATE_WORDS[state.kind];
  return { tone, line: words.plain(word) };
}

/** A row with a name and a text; `line` is plain. */
export function row(tone: Tone, name: string, line: string, limits: RowLimits): ListRow {
  const { glyph, color } = lookOf(tone);
  return { glyph, color, text: markdownText(name), line: maybe(markdownText(line, limits.line)), opens: [] };
}

/** What is named twice is counted once, so nothing is left out for it. */
export function isRepetition(reason: LeftOut['reason']): reason is 'duplicate' | 'repeatedApp' {
  return reason === 'duplicate' || reason === 'repeatedApp';
}

const MOST_SUGGESTIONS = 3;

/** The lines without a call, each with what may have been meant; duplicates are only counted. */
export function leftOutSection(words: Messages, leftOut: readonly LeftOut[], limits: RowLimits): ListSection[] {
  const lines = leftOut.flatMap(({ text, reason, suggestions }) =>
    isRepetition(reason) ? [] : [{ text, reason, suggestions }],
  );
  const repeatedApps = leftOut.filter(({ reason }) => reason === 'repeatedApp').length;
  const duplicates = leftOut.length - lines.length - repeatedApps;
  const rows = lines.slice(0, limits.rows).map(({ text, reason, suggestions }) => {
    const names = suggestions.slice(0, MOST_SUGGESTIONS).map((name) => short(name, limits.name));
    const similar = names.length === 0 ? null : words.plain('leftOut.similar', { names: words.either(names) });
    const line = words.sentences([words.plain(`leftOut.${reason}`), similar]);
    return row('warning', nameOf({ name: text, label: null }, limits.name), line, limits);
  });
  const more = lines.length - rows.length;
  const folded = words.sentences([
    duplicates > 0 ? words.card('leftOut.duplicates', { count: duplicates }) : null,
    repeatedApps > 0 ? words.card('leftOut.repeatedApps', { count: repeatedApps }) : null,
  ]);
  const heading = words.card('leftOut.heading', { count: lines.length });
  // The heading by itself counts them all.
  const section = { headings: maybe(heading), rows, more: moreText(words, rows.length === 0 ? 0 : more) };
  return [
    ...(lines.length === 0 ? [] : [section]),
    ...(folded === '' ? [] : [{ headings: [], rows: [], more: maybe(folded) } as const]),
  ];
}

/** Rows of a card that are seen at first: with them, the card fits on the first screen of a phone. */
export const FIRST_ROWS = 3;

/**
 * Sections with so few rows that the card fits on one screen, and the whole of those that are not complete there, for
 * the details.
 */
export function fold(
  words: Messages,
  shown: readonly ListSection[],
  whole: readonly ListSection[],
): Pick<ListView, 'sections' | 'details' | 'toggles'> {
  const isWhole = JSON.stringify(shown) === JSON.stringify(whole);
  const details: ListView['details'] = isWhole ? [] : [{ sections: whole }];
  return { sections: shown, details, toggles: toggleOf(words, details) };
}
