import { assertNever } from '../../../assert-never.ts';
import type { ListRow, ListSection, Look } from '../../../chat/cards/card-views.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import { maybe, short } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { LogRead } from '../../../graph/provisioning-log.ts';
import type { LogEntry } from '../../../graph/provisioning-log-entry.ts';
import { outcomeWords } from '../../provisioning/cards/outcome-words.ts';
import { outcomeLine } from '../../provisioning/cards/reason-texts.ts';

/** The number of entries to show, and the longest line in UTF-16 code units. */
export interface LogLimits {
  readonly rows: number;
  readonly line: number;
}

const LONGEST_CODE = 60;

/** Why the log shows nothing, or null when it has entries; plain, a value for a message. */
export function silenceOfLog(words: Messages, log: LogRead): string | null {
  switch (log.kind) {
    case 'read':
      return log.entries.length > 0 ? null : words.plain('log.empty');
    case 'notAvailable':
      return words.plain('log.unread', { why: words.plain(`log.notAvailable.${log.why}`) });
    case 'unread':
      return words.plain('log.unread', { why: words.plain(`log.why.${log.why}`) });
    default:
      return assertNever(log, 'log');
  }
}

/** The last entries, newest first; no section where there are none. */
export function logSection(words: Messages, log: LogRead, now: number, limits: LogLimits): ListSection[] {
  if (log.kind !== 'read' || log.entries.length === 0) return [];
  const alike = folded(log.entries.map((entry) => saidOf(words, entry)));
  const rows = alike.slice(0, limits.rows).map((said) => entryRow(words, said, now, limits.line));
  const hasMore = alike.length > rows.length || !log.complete;
  return [
    {
      headings: maybe(words.card('log.heading')),
      rows,
      more: maybe(hasMore ? words.card('log.more') : null),
    },
  ];
}

/** An entry in words. */
interface Said {
  readonly look: Look;
  /** What was done and how it ended. */
  readonly text: string;
  /** The reason and the code, plain; empty where there is none. */
  readonly line: string;
  /** Of each entry that says this, the newest first; null where the log does not tell. */
  readonly times: readonly (number | null)[];
}

function saidOf(words: Messages, entry: LogEntry): Said {
  const action =
    entry.action.kind === 'unknown' ? code(entry.action.code) : words.plain(`log.action.${entry.action.kind}`);
  const status = entry.status.kind === 'unknown' ? code(entry.status.code) : words.plain(`status.${entry.status.kind}`);
  const error = entry.error?.code ?? entry.skipReason;
  // The words for an unknown outcome say no more than that, so the service's own words go with them.
  const reason = entry.outcome.kind === 'unknown' ? null : outcomeLine(words, entry.outcome, { what: 'other' });
  const parts = [...(reason === null ? [] : [reason]), ...(error === null ? [] : [code(error)])];
  return {
    look: lookOf(outcomeWords(entry.outcome).tone),
    text: words.card('log.entry', { action, status }),
    line: words.dotted(parts),
    times: [entry.at],
  };
}

/** Consecutive entries that say the same are one: the service repeats a failing try at every run. */
function folded(all: readonly Said[]): readonly Said[] {
  const rows: Said[] = [];
  for (const said of all) {
    const last = rows.at(-1);
    const isSame = last?.text === said.text && last.line === said.line && last.look === said.look;
    if (isSame) rows[rows.length - 1] = { ...last, times: [...last.times, ...said.times] };
    else rows.push(said);
  }
  return rows;
}

function entryRow(words: Messages, { look, text, line, times }: Said, now: number, lineLength: number): ListRow {
  const first = times.at(-1) ?? null;
  const time = first === null ? words.plain('log.timeUntold') : words.moment(first, now);
  const count = times.length;
  const once = words.dotted([time, ...(line === '' ? [] : [line])]);
  const often =
    line === '' ? words.plain('log.same', { count, time }) : words.plain('log.tries', { count, time, line });
  return {
    glyph: look.glyph,
    color: look.color,
    text,
    line: maybe(markdownText(count === 1 ? once : often, lineLength)),
    opens: [],
  };
}

const code = (text: string): string => short(text, LONGEST_CODE) || '—';
