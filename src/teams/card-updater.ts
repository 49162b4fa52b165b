import { assertNever } from '../assert-never.ts';
import { type Drawing, mustArrive, outcomeOf } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';
import { isTold, type Message } from '../outbox/message.ts';
import type { CardEdit } from '../outbox/message-store.ts';
import type { GiveWay } from '../precedence.ts';
import type { Attempted, CrashGuard } from '../requests/crash-guard.ts';
import type { Conversations } from './conversations.ts';
import type { Pacing } from './pacing.ts';

/**
 * Keeps the cards of requests in sync with the database.
 *
 * A change marks a card as dirty; it is drawn from the database when its turn comes, so several changes become one edit
 * and the last one is always sent. A card is edited at most once in two seconds, and a conversation no faster than Teams
 * allows.
 *
 * Several processes may draw one card, but only one at a time (`outbox/message-store.ts`), so the latest revision wins.
 *
 * An edit says the same however often it arrives, so one that failed is repeated, for two minutes. After that, and where
 * Teams refuses it for good (the card is gone or too large, the bot is blocked), the card is let go: the outbox posts its
 * outcome, or its question to a person, as a message of its own, unless that may have been shown twice already. What
 * could not be sent at all stays marked as not shown in the database, and the recovery loop touches it again.
 */
export interface CardUpdater {
  /** The request has changed, or its forecast may have. */
  touch(id: string): void;
  /** Another part has just posted this drawing, and noted that. With `isOutdated` the request has changed since. */
  posted(drawing: Drawing, isOutdated: boolean): void;
  /** Another part has replaced a card with this drawing, or `perhaps` so: then Teams' answer got lost. */
  showed(drawing: Drawing, end: 'done' | 'perhaps'): Promise<void>;
  /** Resolves when no card is dirty any more; used at the end of a process. */
  settled(): Promise<void>;
  /** How many cards are remembered. */
  size(): number;
}

export interface CardUpdaterParts {
  readonly draw: (id: string) => Promise<Drawing | null>;
  /** `told`: the outcome or question that it shows; null where there is none. */
  readonly noteShown: (id: string, revision: number, told: string | null) => Promise<void>;
  /** An edit may have shown this outcome or question, or not. */
  readonly noteUncertain: (id: string, told: string) => Promise<void>;
  /** Keeps other processes from editing the card; null while one of them does. */
  readonly beginEdit: (id: string) => Promise<CardEdit | null>;
  /** The card cannot be edited any more; where it `isDue` what it tells or asks is posted now, as a message of its own. */
  readonly letGo: (message: Message, isDue: boolean) => Promise<void>;
  /** What a message without a card to edit tells or asks is posted now. */
  readonly makeDue: (id: string) => Promise<void>;
  /** Prevents endless retries of a card that kills its process; without it nothing is counted. */
  readonly guard?: Pick<CrashGuard, 'run' | 'giveUp'>;
  /** Reports in the card's conversation that it was given up; false where that failed. */
  readonly giveUp?: (id: string, reference: string) => Promise<boolean>;
  readonly conversations: Pick<Conversations, 'edit'>;
  readonly pacing: Pacing;
  /** Identifies a conversation. */
  readonly keyOf: (conversation: string) => string;
  readonly clock: Clock;
  /** Aborts when Usher ends: nothing is drawn after that. */
  readonly ending: AbortSignal;
  readonly log: Log;
  /** The minimum time between two edits of a card; milliseconds. */
  readonly editEveryMs?: number;
  /** Before each drawing: answers go first. */
  readonly giveWay?: GiveWay | undefined;
}

const defaultEditEveryMs = 2_000;
const editAgainMs = [2_000, 4_000, 8_000, 16_000, 30_000, 60_000];
const tellAgainMs = 60_000;
/** Another process draws the card, which is quick. */
const busyPauseMs = 250;
/** How often the database is retried; its content is not lost meanwhile. */
const databasePauseMs = 2_000;
const mostFailures = editAgainMs.length + 60;
/** An unfinished request untouched for so long may belong to another replica by now. */
const rememberMs = 10 * 60_000;

interface Card {
  dirty: boolean;
  drawing: Promise<void> | null;
  /** On the monotonic clock, like all times here. */
  lastEditAt: number;
  touchedAt: number;
  /** Identifies what the card shows; null when that is unknown. */
  fingerprint: string | null;
  failures: number;
  finished: boolean;
  /** Its conversation has room for an edit of it now. */
  hasTurn: boolean;
}

export function createCardUpdater(parts: CardUpdaterParts): CardUpdater {
  const { conversations, clock, ending, log, pacing, editEveryMs = defaultEditEveryMs } = parts;
  const cards = new Map<string, Card>();
  let lookAgainAt = Number.NEGATIVE_INFINITY;

  function cardOf(id: string): Card {
    forgetIdle();
    const never = Number.NEGATIVE_INFINITY;
    const card = cards.get(id) ?? {
      dirty: false,
      drawing: null,
      lastEditAt: never,
      touchedAt: never,
      fingerprint: null,
      failures: 0,
      finished: false,
      hasTurn: false,
    };
    card.touchedAt = clock.monotonic();
    cards.set(id, card);
    return card;
  }

  /**
   * A finished card is forgotten soon after its next edit would not have to wait. All cards are looked through, so not
   * at every touch: there may be thousands, and a change of one touches those that wait behind it.
   */
  function forgetIdle(): void {
    const now = clock.monotonic();
    if (now < lookAgainAt) return;
    lookAgainAt = now + editEveryMs;
    for (const [id, card] of cards) {
      const keepMs = card.finished ? editEveryMs : rememberMs;
      const isIdle = card.drawing === null && Math.max(card.touchedAt, card.lastEditAt) + keepMs <= now;
      if (isIdle) cards.delete(id);
    }
  }

  function touch(id: string): void {
    if (ending.aborted) return;
    const card = cardOf(id);
    card.dirty = true;
    card.drawing ??= paint(id, card).finally(() => {
      card.drawing = null;
      if (card.dirty) touch(id);
    });
  }

  /** Draws one card until it is up to date; at most one of these runs for each card. */
  async function paint(id: string, card: Card): Promise<void> {
    while (card.dirty) {
      await clock.sleep(card.lastEditAt + editEveryMs - clock.monotonic(), ending);
      await parts.giveWay?.(ending);
      if (ending.aborted) {
        card.dirty = false;
        return;
      }
      card.dirty = false;
      const pauseMs = await drawOnce(id, card).catch((error: unknown) => {
        if (isDatabaseFault(error)) {
          log.warn({ error, code: 'card_put_off', id }, 'a card waits for the database');
          return databasePauseMs;
        }
        log.error({ error, code: 'card_failed', id }, 'a card could not be drawn');
        return pauseAfterFailure(card) ?? giveUp(id, card);
      });
      if (pauseMs === null) continue;
      await clock.sleep(pauseMs, ending);
      card.dirty = true;
    }
  }

  /** A card that cannot be drawn now cannot be drawn at the next start either. */
  async function giveUp(id: string, card: Card): Promise<number | null> {
    if (parts.guard === undefined) return tellAgain(id, card);
    const { again } = await parts.guard.giveUp({ kind: 'card', id }, tell(id)).catch((error: unknown) => {
      log.warn({ error, code: 'card_not_given_up', id }, 'could not post that a card was given up');
      return { again: true };
    });
    return again ? tellAgain(id, card) : null;
  }

  const tell = (id: string) => async (reference: string) => (await parts.giveUp?.(id, reference)) ?? true;

  /** For an edit that was not done: how long to wait before the next attempt; null when none is needed. */
  function notDone(id: string, card: Card, attempted: Exclude<Attempted<unknown>, { kind: 'done' }>): number | null {
    if (attempted.kind === 'busy') return busyPauseMs;
    return attempted.again ? tellAgain(id, card) : null;
  }

  /** Returns how long to wait before the next attempt, or null when none is needed. */
  async function drawOnce(id: string, card: Card): Promise<number | null> {
    if (parts.guard === undefined) return drawAndEdit(id, card);
    const attempted = await parts.guard.run({ kind: 'card', id }, () => drawAndEdit(id, card), tell(id));
    return attempted.kind === 'done' ? attempted.value : notDone(id, card, attempted);
  }

  async function drawAndEdit(id: string, card: Card): Promise<number | null> {
    const drawing = await parts.draw(id);
    if (drawing === null) return null;
    card.finished = drawing.finished;
    if (drawing.stored.activityId === null) {
      await postFollowUp(drawing);
      return null;
    }
    if (drawing.fingerprint === card.fingerprint) return null;
    if (!card.hasTurn) {
      const waitMs = pacing.take(parts.keyOf(drawing.stored.conversation), clock.monotonic()) - clock.monotonic();
      card.hasTurn = true;
      // After a wait the request is drawn as it is then.
      if (waitMs > 0) return waitMs;
    }
    const edit = await parts.beginEdit(id);
    // The other process may have read the request before the latest change.
    if (edit === null) return editEveryMs;
    try {
      const isLatest = !card.dirty && edit.revision <= drawing.stored.revision;
      return await editNow(isLatest ? drawing : await parts.draw(id), card);
    } finally {
      card.hasTurn = false;
      if (!(await isOurs(edit, id))) {
        card.fingerprint = null;
        card.dirty = true;
      }
    }
  }

  /** A message that was posted and cannot be edited has its outcome or question follow; the outbox sends the others. */
  async function postFollowUp(drawing: Drawing): Promise<void> {
    const { id, dueAt, gone, shownRevision, revision } = drawing.stored;
    if (!mustArrive(drawing) || dueAt !== null || gone !== 'no' || shownRevision >= revision) return;
    // It may have changed without saying anything new.
    const outcome = outcomeOf(drawing);
    await (isTold(drawing.stored, outcome) ? parts.noteShown(id, revision, outcome) : parts.makeDue(id));
  }

  /** An edit whose end cannot be noted expires after a while. */
  async function isOurs(edit: CardEdit, id: string): Promise<boolean> {
    try {
      return await edit.end();
    } catch (error) {
      log.warn({ error, code: 'edit_not_ended', id }, 'the end of a card edit was not noted');
      return true;
    }
  }

  async function editNow(drawing: Drawing | null, card: Card): Promise<number | null> {
    if (ending.aborted || drawing === null || drawing.stored.activityId === null) return null;
    const { stored, content, finished } = drawing;
    const { id } = stored;
    const sent = await conversations.edit(stored.conversation, drawing.stored.activityId, content);
    card.lastEditAt = clock.monotonic();
    card.finished = finished;
    switch (sent.kind) {
      case 'done':
        await showed(drawing, card);
        return null;
      case 'perhaps':
      case 'failed': {
        if (sent.kind === 'perhaps') await perhapsShowed(drawing);
        log.warn({ error: sent.error, status: sent.status, id, code: 'edit_failed' }, 'a card edit failed');
        const pauseMs = pauseAfterFailure(card);
        return pauseMs === undefined ? letGo(drawing, card, 'away') : Math.max(pauseMs, sent.retryAfterMs ?? 0);
      }
      case 'gone':
        log.warn({ error: sent.error, status: sent.status, id, code: 'card_gone' }, 'a card is gone');
        return letGo(drawing, card, 'refused');
      default:
        return assertNever(sent, 'result');
    }
  }

  /** Where nothing would be posted instead, a card that Teams does not refuse goes on being edited. */
  async function letGo({ stored }: Drawing, card: Card, why: 'away' | 'refused'): Promise<number | null> {
    card.fingerprint = null;
    // What the last edit may have shown has been noted since that drawing.
    const latest = await parts.draw(stored.id);
    if (latest?.stored.activityId !== stored.activityId) return null;
    const isDue = mustArrive(latest) && !isTold(latest.stored, outcomeOf(latest));
    if (why === 'away' && mustArrive(latest) && !isDue) return tellAgain(stored.id, card);
    card.failures = 0;
    await parts.letGo(stored, isDue);
    return null;
  }

  function noteOn(card: Card, { fingerprint, finished }: Drawing): void {
    card.fingerprint = fingerprint;
    card.failures = 0;
    card.finished = finished;
  }

  async function showed(drawing: Drawing, card: Card): Promise<void> {
    noteOn(card, drawing);
    try {
      const told = mustArrive(drawing) ? outcomeOf(drawing) : null;
      await parts.noteShown(drawing.stored.id, drawing.stored.revision, told);
    } catch (error) {
      // An edit that the database did not note is repeated, and noted then.
      card.fingerprint = null;
      throw error;
    }
  }

  /**
   * If Teams refuses all edits from now on, what follows repeats what this edit may have shown. What was shown for sure
   * before stays so.
   */
  async function perhapsShowed(drawing: Drawing): Promise<void> {
    const outcome = outcomeOf(drawing);
    if (mustArrive(drawing) && !isTold(drawing.stored, outcome)) await parts.noteUncertain(drawing.stored.id, outcome);
  }

  function pauseAfterFailure(card: Card): number | undefined {
    card.failures += 1;
    return editAgainMs[card.failures - 1];
  }

  function tellAgain(id: string, card: Card): number | null {
    card.failures += 1;
    if (card.failures <= mostFailures) return tellAgainMs;
    log.error({ id, code: 'outcome_untold' }, 'could not deliver an outcome; the next start tries again');
    return null;
  }

  return {
    touch,
    posted(drawing, isOutdated) {
      const { id } = drawing.stored;
      noteOn(cardOf(id), drawing);
      if (isOutdated) touch(id);
    },
    async showed(drawing, end) {
      const { id } = drawing.stored;
      const card = cardOf(id);
      card.lastEditAt = clock.monotonic();
      await (end === 'done' ? showed(drawing, card) : perhapsShowed(drawing));
      // The request may have changed during the edit.
      touch(id);
    },
    async settled() {
      for (;;) {
        const busy = [...cards.values()].flatMap((card) => (card.drawing === null ? [] : [card.drawing]));
        if (busy.length === 0) return;
        await Promise.all(busy);
      }
    },
    size: () => cards.size,
  };
}
