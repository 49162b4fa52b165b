import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import type { AccessRequestRow } from '../../../db/schema.ts';
import { OUTCOME_KINDS, OUTCOME_TONES } from '../../provisioning/cards/outcome-words.ts';
import { nameOf, STATE_WORDS } from '../../provisioning/cards/people-rows.ts';
import type { HistoryEntry, HistoryResult } from '../history/history-entry.ts';

/** The outcome of a request; plain, a value for a message. */
export interface EntryText {
  readonly tone: Tone;
  readonly text: string;
}

/** For an access request without a provisioning request. */
const ACCESS: Readonly<Record<AccessRequestRow['state'], readonly [tone: Tone, word: MessageKey]>> = {
  pending: ['waiting', 'access.title.pending'],
  denied: ['bad', 'access.title.denied'],
  expired: ['warning', 'access.title.expired'],
  cancelled: ['neutral', 'access.title.cancelled'],
  approved: ['waiting', 'history.state.approved'],
  lapsed: ['bad', 'access.title.lapsed'],
  started: ['working', 'access.title.started'],
  finished: ['neutral', 'history.state.finished'],
};

/** The result in the words of the outcomes, or the state while there is none; approved requests with their day. */
export function entryResult(words: Messages, entry: HistoryEntry, now: number): EntryText {
  const what = entry.kind === 'provisioning' && entry.isGroup ? 'group' : 'other';
  if (entry.result !== null) return resultWords(words, entry.result, what);
  const [tone, word] = entry.kind === 'access' ? ACCESS[entry.state] : STATE_WORDS.waiting;
  const day = dayToCome(words, entry, now);
  return { tone, text: day === null ? words.plain(word) : words.plain('history.state.approvedLater', { day }) };
}

/** The future start day of an approved request; plain, a value for a message. */
export function dayToCome(words: Messages, entry: HistoryEntry, now: number): string | null {
  if (entry.kind !== 'access' || entry.state !== 'approved') return null;
  return entry.startsAt === null || entry.startsAt <= now ? null : words.day(entry.startsAt, entry.timeZone);
}

function resultWords(words: Messages, result: HistoryResult, what: 'group' | 'other'): EntryText {
  if (result.kind !== 'done') {
    const [tone, word] = STATE_WORDS[result.kind];
    return { tone, text: words.plain(word) };
  }
  const counted = OUTCOME_KINDS.map((kind) => ({ kind, tone: OUTCOME_TONES[kind], count: result.counts[kind] ?? 0 }));
  const occurred = counted.filter(({ count }) => count > 0);
  const total = occurred.reduce((all, { count }) => all + count, result.cancelled);
  const texts = occurred.map(({ kind, count }) => {
    const verdict = words.plain(`verdict.${kind}`, { what });
    return total === 1 ? verdict : words.plain('history.count', { verdict, count });
  });
  if (result.cancelled > 0) texts.push(words.plain('history.cancelled', { count: result.cancelled }));
  return { tone: overall(occurred.map(({ tone }) => tone)), text: texts.join(', ') || '—' };
}

/** One failure among many needs attention, but is no disaster. */
function overall(tones: readonly Tone[]): Tone {
  const [first, ...others] = tones;
  if (first === undefined) return 'neutral';
  return others.every((tone) => tone === first) ? first : 'warning';
}

/** The person, list or group of the request. */
export function entrySubject(words: Messages, entry: HistoryEntry, limit: number): string {
  if (entry.subject === null) {
    return words.plain('history.people', { count: entry.kind === 'provisioning' ? entry.people : 1 });
  }
  const name = nameOf(entry.subject, limit);
  return entry.kind === 'provisioning' && entry.isGroup
    ? words.plain('history.group', { group: name, count: entry.people })
    : name;
}

/** The id for `show`. */
export function entryId(entry: HistoryEntry): string {
  return entry.kind === 'access' ? entry.accessRequestId : entry.requestId;
}
