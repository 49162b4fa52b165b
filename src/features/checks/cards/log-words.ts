import { assertNever } from '../../../assert-never.ts';
import type { ListRow, ListSection } from '../../../chat/cards/card-views.ts';
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
  const rows = log.entries.slice(0, limits.rows).map((entry) => entryRow(words, entry, now, limits.line));
  const hasMore = log.entries.length > rows.length || !log.complete;
  return [
    {
      headings: maybe(words.card('log.heading')),
      rows,
      more: maybe(hasMore ? words.card('log.more') : null),
    },
  ];
}

function entryRow(words: Messages, entry: LogEntry, now: number, lineLength: number): ListRow {
  const { glyph, color } = lookOf(outcomeWords(entry.outcome).tone);
  const action =
    entry.action.kind === 'unknown' ? code(entry.action.code) : words.plain(`log.action.${entry.action.kind}`);
  const status = entry.status.kind === 'unknown' ? code(entry.status.code) : words.plain(`status.${entry.status.kind}`);
  const time = entry.at === null ? words.plain('log.timeUntold') : words.moment(entry.at, now);
  const error = entry.error?.code ?? entry.skipReason;
  // The words for an unknown outcome say no more than that, so the service's own words go with them.
  const reason = entry.outcome.kind === 'unknown' ? null : outcomeLine(words, entry.outcome, { what: 'other' });
  const parts = [time, ...(reason === null ? [] : [reason]), ...(error === null ? [] : [code(error)])];
  return {
    glyph,
    color,
    text: words.card('log.entry', { action, status }),
    line: maybe(markdownText(parts.join(' · '), lineLength)),
  };
}

const code = (text: string): string => short(text, LONGEST_CODE) || '—';
