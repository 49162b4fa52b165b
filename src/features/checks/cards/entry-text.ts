import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { appNames } from '../../../chat/views/app-names.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { AccessRequestRow } from '../../../db/schema.ts';
import { heldForMs, heldForSecondPersonMs } from '../../../requests/confirmation.ts';
import type { Removal } from '../../../requests/request.ts';
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
  if (entry.kind === 'provisioning' && entry.removal !== undefined && entry.result.kind === 'held')
    return heldRemoval(words, entry.removal, now - entry.at);
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

/** For whom a removal waits, or that it was not confirmed in time. */
function heldRemoval(words: Messages, { secondPerson }: Removal, sinceMs: number): EntryText {
  const isTooOld = sinceMs > (secondPerson ? heldForSecondPersonMs : heldForMs);
  if (isTooOld) return { tone: 'neutral', text: words.plain('history.state.unconfirmed') };
  const [tone, word] = STATE_WORDS.held;
  return { tone, text: words.plain(secondPerson ? 'history.state.heldForApprover' : word) };
}

/** Whether it takes access away. */
export const isOfRemoval = (entry: HistoryEntry): boolean =>
  entry.kind === 'provisioning' && entry.removal !== undefined;

/** What a request does, in a line with its sign. */
export function entryName(
  words: Messages,
  entry: HistoryEntry,
  { tone, nameLength }: { readonly tone: Tone; readonly nameLength: number },
): string {
  return words.card(isOfRemoval(entry) ? 'history.removal' : 'history.row', {
    person: entrySubject(words, entry, nameLength),
    app: appNames(words, entry.apps, nameLength),
    glyph: lookOf(tone).glyph,
  });
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
  return { tone: overall(occurred.map(({ tone }) => tone)), text: words.commas(texts) || '—' };
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
