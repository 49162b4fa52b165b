import { renderLargestThatFits } from '../../cards/render.ts';
import { markdownText } from '../../cards/safe-text.ts';
import type { CardMessage } from '../../reply.ts';
import type { Words } from '../../words.ts';
import { maybe, short } from '../parts.ts';
import { lookOf } from '../tone.ts';
import { type JobReading, type JobWord, jobWord, lastRanLine } from './job-words.ts';

export interface StatusListInput {
  readonly items: readonly {
    readonly app: { readonly id: string; readonly name: string };
    readonly status: JobReading;
  }[];
  /** Whether there are more apps than these. */
  readonly more: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Limits {
  readonly rows: number;
  readonly name: number;
  readonly line: number;
}

const LEVELS: readonly Limits[] = [
  { rows: 25, name: 80, line: 200 },
  { rows: 25, name: 40, line: 160 },
  { rows: 15, name: 40, line: 160 },
  { rows: 8, name: 40, line: 120 },
];
/** Apps that the notification names. */
const MOST_NAMED = 3;

/** How all apps are doing, worst first, one line each: the state, and when it last ran. */
export function statusList(words: Words, { items, more, now }: StatusListInput): CardMessage {
  const rows = items
    .map(({ app, status }) => ({ app, status, state: jobWord(words, status) }))
    .toSorted((one, other) => one.state.rank - other.state.rank || one.app.name.localeCompare(other.app.name));
  const summary = summaryOf(words, rows);
  const card = renderLargestThatFits('apps', LEVELS, (limits) => ({
    fallbackText: summary,
    title: words.card('statusList.title'),
    intro: maybe(items.length === 0 ? words.card('statusList.none') : words.card('statusList.intro')),
    rows: rows.slice(0, limits.rows).map(({ app, status, state }) => ({
      look: lookOf(state.tone),
      name: markdownText(short(app.name, limits.name)) || '—',
      aliases: maybe(markdownText(lastRanLine(words, status, now) ?? '', limits.line)),
      state: markdownText(state.word),
    })),
    more: maybe(more || rows.length > limits.rows ? words.card('statusList.more') : null),
    buttons: [],
  }));
  return { card, summary };
}

/** What is wrong stands in the notification by name; what is well is counted. */
function summaryOf(words: Words, rows: readonly { readonly app: { name: string }; readonly state: JobWord }[]): string {
  const wrong = rows
    .filter(({ state }) => state.tone === 'bad')
    .slice(0, MOST_NAMED)
    .map(({ app, state }) => words.plain('statusList.one', { app: short(app.name, 40), state: state.word }));
  const count = words.plain('statusList.summary', { count: rows.length, bad: wrong.length });
  return wrong.length === 0 ? count : [count, ...wrong].join(' · ');
}
