import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import {
  type JobReading,
  type JobWord,
  jobWord,
  lastRanLine,
  otherJobLine,
  worstOther,
} from '../../../chat/jobs/job-words.ts';
import type { Messages, MessageValues } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { callName, lookAgain, maybe, rowButton, short } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { JobStatus } from '../../../graph/job-status.ts';
import { writeStatus } from '../status-line.ts';

export interface StatusListInput {
  readonly items: readonly {
    readonly app: { readonly id: string; readonly name: string };
    readonly status: JobReading;
    /** The app's other jobs. */
    readonly others?: readonly JobStatus[];
  }[];
  /** False when the tenant has apps beyond these. */
  readonly listComplete: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const LEVELS = [
  { rows: 25, name: 80, line: 200 },
  { rows: 25, name: 40, line: 160 },
  { rows: 15, name: 40, line: 160 },
  { rows: 8, name: 40, line: 120 },
];
/** Apps that the notification names. */
const MOST_NAMED = 3;

/** The state of all apps, worst first, one line each, with the last run. */
export function statusList(words: Messages, { items, listComplete, now }: StatusListInput): CardMessage {
  const rows = items
    .map(({ app, status, others = [] }) => {
      const worse = worstOther(words, status, others);
      const state = jobWord(words, worse ?? status);
      return { app, status: worse ?? status, state, job: worse === null ? null : otherJobLine(words, worse) };
    })
    .toSorted((one, other) => one.state.rank - other.state.rank || one.app.name.localeCompare(other.app.name));
  const read = items.filter(({ status }) => status !== 'unread').length;
  const isPart = read < items.length || !listComplete;
  const part: Part | null = isPart ? { read, count: items.length, more: listComplete ? 'no' : 'yes' } : null;
  const summary = summaryOf(words, rows, part);
  const names = items.map(({ app }) => app);
  const card = renderLargestThatFits('apps', LEVELS, (limits) => ({
    fallbackText: summary,
    title: words.card('statusList.title'),
    intro: maybe(items.length === 0 ? words.card('statusList.none') : introText(words, part)),
    rows: rows.slice(0, limits.rows).map(({ app, status, state, job }) => ({
      look: lookOf(state.tone),
      name: markdownText(short(app.name, limits.name)) || '—',
      lines: maybe(markdownText(lastRanLine(words, status, now) ?? '', limits.line)),
      state: markdownText(job ?? state.word),
      opens: rowButton(words, writeStatus({ verb: 'status', app: callName(app, names) })),
    })),
    more: maybe(isPart || rows.length > limits.rows ? words.card('statusList.more') : null),
    buttons: lookAgain(words, 'status'),
  }));
  return { card, summary };
}

/** How many of the tenant's apps were read, if not all. */
interface Part extends MessageValues {
  readonly read: number;
  readonly count: number;
  /** Whether there are apps beyond `count`. */
  readonly more: 'yes' | 'no';
}

/** The first sentence says when the list is only a part. */
function introText(words: Messages, part: Part | null): string {
  const intro = words.card('statusList.intro');
  return words.sentences([part === null ? null : words.card('statusList.part', part), intro]);
}

/** The notification names faulty apps and counts healthy ones. */
function summaryOf(
  words: Messages,
  rows: readonly { readonly app: { name: string }; readonly state: JobWord }[],
  part: Part | null,
): string {
  const bad = rows.filter(({ state }) => state.tone === 'bad');
  const wrong = bad
    .slice(0, MOST_NAMED)
    .map(({ app, state }) => words.plain('statusList.one', { app: short(app.name, 40), state: state.word }));
  const count =
    part === null
      ? words.plain('statusList.summary', { count: rows.length, bad: bad.length })
      : words.plain('statusList.part', part);
  return wrong.length === 0 ? count : words.dotted([count, ...wrong]);
}
