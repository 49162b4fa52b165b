import type { Reader } from '../requests/request.ts';

/**
 * A message is anything that Usher has posted to Teams or is going to post: the card of a request, a card that asks an
 * approver to confirm a removal, a card of an access request, a notice, an announcement, a note to a manager. Its row is what the outbox sends, and what a card is edited by.
 *
 *              ┌──refused for now (429, 412, no connection): again after a pause, for a day──┐
 *              ▼                                                                             │
 *     due ──claimed for a minute──▶ posted ──an id──────────▶ shown: edited at each change ──┼──cannot be edited──┐
 *      ▲ ▲                             ├──taken, without id──▶ shown, and cannot be edited ──┼────────────────────┤
 *      │ │                             ├──no word of it──────▶ perhaps shown ────────────────┼────────────────────┤
 *      │ │                             └──refused for good───▶ gone                          │                    │
 *      │ └─────────────────────────────────────────────────────────────────────────────────┘                    │
 *      └──────────────────────── once its outcome is known, as a message of its own ─────────────────────────────┘
 *
 * Teams has no way to ask whether it has a message, so a post whose answer got lost (5xx, a broken connection, a
 * time-out) may stand there or not. A card that says that a request waits is never repeated then: its outcome follows.
 * An outcome, and what waits for a person, is repeated once, as it may not have arrived.
 *
 * An edit may also have shown it, or not. If the card cannot be edited any more after that, a post of the outcome would be
 * the second time already, and could not be repeated where its own end is unknown. So a placeholder is posted first: it
 * tells nothing, and once Teams has named its activity, an edit, which may be repeated freely, shows the outcome there.
 * Where Teams names none, or refuses the placeholder or its edit for good, the outcome is posted, for the last time. An
 * edit of the placeholder that was left open is the last time as well.
 *
 * Where an earlier card may still say that the request waits, the message is `hasEarlierCard`, and its outcome says so.
 */
export interface Message {
  /** A request's card has the request's id; those of access requests begin with `copy-`. */
  readonly id: string;
  readonly kind: MessageKind;
  /** What it is about: the id of a request or an access request, or a watch. */
  readonly reference: string;
  /** What caused it, so that a repeat finds it; null where the id tells. */
  readonly source: string | null;
  readonly conversation: string;
  readonly reader: Reader;
  /** For whom a card of an access request is. */
  readonly audience: Audience | null;
  /** What its kind draws it from, besides the reference. */
  readonly details: string | null;
  /** The Teams activity that can be edited; null before it is posted, and where none is known. */
  readonly activityId: string | null;
  /** Counts the changes of what it shows. */
  readonly revision: number;
  readonly shownRevision: number;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  /** When it is to be posted; null where it is posted, or waits for its outcome. */
  readonly dueAt: number | null;
  /** How often Teams has refused it for now, or could not be reached. */
  readonly failures: number;
  /** Teams refuses for good to post it there, or it may not be shown there any more. */
  readonly gone: 'no' | 'refused' | 'withdrawn';
  /** A process began to post it and died, or lost the database, before it noted the end. */
  readonly isInterrupted: boolean;
  /** An earlier card, unknown to Usher or not editable, may still say that the request waits. */
  readonly hasEarlierCard: boolean;
  /** The outcome or question that was sent last, so that it is not posted again; null before there is one. */
  readonly told: string | null;
  /** What may have shown `told`, or not. */
  readonly leftOpen: LeftOpen;
}

export type LeftOpen =
  /** It was shown, or may have been twice: nothing more is posted. */
  | 'nothing'
  /** A post; or an edit, and a placeholder was posted. It is posted once more. */
  | 'post'
  /** An edit. A placeholder comes first. */
  | 'edit';

export type MessageKind =
  | 'request'
  | 'removal'
  | 'access'
  | 'notice'
  | 'announcement'
  | 'managerNote'
  | 'endNote'
  | 'repair'
  | 'repairNote';
export type Audience = 'requester' | 'approvers';

/** How a post ended. */
export type PostEnd =
  /** Teams took it; `activityId` is null where it named none, so that it cannot be edited. */
  | { readonly kind: 'done'; readonly activityId: string | null }
  /** Teams may have taken it. */
  | { readonly kind: 'perhaps' }
  /** Teams did not take it, and may later: not before `retryAfterMs`, where it says so. */
  | { readonly kind: 'failed'; readonly retryAfterMs?: number }
  /** Teams never takes it. */
  | { readonly kind: 'gone' };

/**
 * Called around each pause between a post that Teams has refused for now and the next one. Meanwhile it is not being
 * sent, so a process that ends then leaves nothing open.
 */
export interface Pausing {
  readonly begins: () => Promise<void>;
  readonly ends: () => Promise<void>;
}

/** What a message showed when it was posted. */
export interface Posting {
  readonly revision: number;
  /** Nothing more is expected to change. */
  readonly isFinished: boolean;
  /** It has to arrive: it tells an outcome, or waits for a person. */
  readonly mustArrive: boolean;
  /** Identifies what it tells or asks. */
  readonly outcome: string;
  /** It showed nothing of that yet. */
  readonly isPlaceholder: boolean;
  /** Between a post that may have arrived and its one repetition; milliseconds. */
  readonly repeatPauseMs?: number | undefined;
}

/** What the end of a post changes in the message's row. That an earlier card may stand there is never taken back. */
export type Posted = Partial<
  Pick<Message, 'activityId' | 'shownRevision' | 'dueAt' | 'failures' | 'gone' | 'told' | 'leftOpen'> & {
    readonly hasEarlierCard: true;
  }
>;

/** Whether Teams may have a card of it that Usher cannot name. */
export function mayStand({ activityId, gone, isInterrupted, hasEarlierCard }: Message): boolean {
  return activityId === null && gone === 'no' && (isInterrupted || hasEarlierCard);
}

type Told = Pick<Message, 'told' | 'leftOpen'>;

/** Whether this outcome or question is not posted any more: it was shown, or may have been twice. */
export function isTold({ told, leftOpen }: Told, outcome: string): boolean {
  return told === outcome && leftOpen === 'nothing';
}

/** Whether this outcome or question may have been shown, once. */
export function isPerhapsTold({ told, leftOpen }: Told, outcome: string): boolean {
  return told === outcome && leftOpen !== 'nothing';
}

/** Whether a placeholder is posted first, and edited to tell it. */
export function needsPlaceholder({ told, leftOpen }: Told, outcome: string): boolean {
  return told === outcome && leftOpen === 'edit';
}

export const defaultRepeatPauseMs = 5_000;
/** Pauses between tries; the last one repeats. After `mostFailures`, about a day, the message is outdated. */
const againMs = [2_000, 8_000, 30_000, 120_000, 600_000];
const mostFailures = 150;

/** When to try again after this many failures; null where it is given up. */
export function tryAgainAt(failures: number, now: number, leastMs = 0): number | null {
  return failures >= mostFailures ? null : now + Math.max(againMs[failures] ?? againMs.at(-1) ?? 0, leastMs);
}

export function afterPost(message: Message, posting: Posting, end: PostEnd, now: number): Posted {
  const { isFinished, mustArrive, isPlaceholder, repeatPauseMs = defaultRepeatPauseMs } = posting;
  // An answer may know of an earlier card that the row does not know of yet.
  const earlier: Posted = message.hasEarlierCard ? { hasEarlierCard: true } : {};
  const withThis: Posted = isFinished ? earlier : { hasEarlierCard: true };
  // What was left open before stays so where this is about something else.
  const told = mustArrive ? ({ told: posting.outcome, leftOpen: 'nothing' } as const) : {};
  const shown = { shownRevision: posting.revision, dueAt: null, failures: 0, ...told };
  const instead: Posted = { dueAt: now, leftOpen: 'post', ...earlier };
  switch (end.kind) {
    case 'done':
      if (isPlaceholder && end.activityId === null) return instead;
      if (isPlaceholder) return { ...instead, dueAt: null, failures: 0, activityId: end.activityId };
      return end.activityId === null ? { ...shown, ...withThis } : { ...shown, ...earlier, activityId: end.activityId };
    case 'perhaps':
      if (!mustArrive || (isPerhapsTold(message, posting.outcome) && !isPlaceholder)) return { ...shown, ...withThis };
      return { dueAt: now + repeatPauseMs, told: posting.outcome, leftOpen: 'post', ...withThis };
    case 'failed': {
      const dueAt = tryAgainAt(message.failures, now, end.retryAfterMs);
      return { dueAt, failures: message.failures + 1, ...(dueAt === null ? { gone: 'refused' } : {}), ...earlier };
    }
    case 'gone':
      if (isPlaceholder) return instead;
      // Its outcome is tried once more: a person may have unblocked Usher by then.
      return mustArrive ? { dueAt: null, gone: 'refused' } : { ...shown, ...earlier };
    default:
      return end satisfies never;
  }
}
