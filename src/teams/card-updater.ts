import { assertNever } from '../assert-never.ts';
import type { Drawing } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Attempted, CrashGuard } from '../requests/crash-guard.ts';
import type { CardEdit } from '../requests/editing.ts';
import type { Conversations } from './conversations.ts';
import type { Pacing } from './pacing.ts';

/**
 * Keeps the cards of requests in sync with the database.
 *
 * A change marks a request as dirty; it is drawn from the database when its turn comes, so several changes become one
 * edit and the last one is always sent. A card is edited at most once in two seconds, and a conversation no faster than
 * Teams allows.
 *
 * Several processes may draw one card, but only one at a time (`requests/editing.ts`), so the latest revision wins.
 *
 * An edit that Teams refuses for good (the card is gone, the bot is blocked) is not repeated; if the request is
 * finished, its outcome is sent as a short text instead. Other failed edits are retried after 2, 4 and 8 seconds; then
 * the text is sent, and if that fails too, both are retried once a minute for an hour. What could not be sent at all
 * stays marked as undrawn in the database and is retried at the next start: an outcome is never lost.
 */
export interface CardUpdater {
  /** The request has changed, or its forecast may have. */
  touch(liveId: string): void;
  /** The card shows this drawing already: another part has just posted it, or replaced another card with it. */
  showed(drawing: Drawing, how: 'post' | 'edit'): Promise<void>;
  /** Resolves when no card is dirty any more; used at the end of a process. */
  settled(): Promise<void>;
  /** How many cards are remembered. */
  size(): number;
}

export interface CardUpdaterParts {
  readonly draw: (liveId: string) => Promise<Drawing | null>;
  readonly markDrawn: (liveId: string, revision: number) => Promise<void>;
  /** Keeps other processes from editing the card; null while one of them does. */
  readonly beginEdit: (liveId: string) => Promise<CardEdit | null>;
  /** Prevents endless retries of a card that kills its process; without it nothing is counted. */
  readonly guard?: Pick<CrashGuard, 'run' | 'giveUp'>;
  /** Reports in the card's conversation that it was given up; false where that failed. */
  readonly giveUp?: (liveId: string, reference: string) => Promise<boolean>;
  readonly conversations: Pick<Conversations, 'edit' | 'say'>;
  readonly pacing: Pacing;
  /** Identifies a conversation. */
  readonly keyOf: (conversation: string) => string;
  readonly clock: Clock;
  /** Aborts when Usher ends: nothing is drawn after that. */
  readonly ending: AbortSignal;
  readonly log: Log;
  /** The minimum time between two edits of a card; milliseconds. */
  readonly editEveryMs?: number;
}

const defaultEditEveryMs = 2_000;
const editAgainMs = [2_000, 4_000, 8_000];
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
}

export function createCardUpdater(parts: CardUpdaterParts): CardUpdater {
  const { conversations, clock, ending, log, pacing, editEveryMs = defaultEditEveryMs } = parts;
  const cards = new Map<string, Card>();

  function cardOf(liveId: string): Card {
    forgetIdle();
    const never = Number.NEGATIVE_INFINITY;
    const card = cards.get(liveId) ?? {
      dirty: false,
      drawing: null,
      lastEditAt: never,
      touchedAt: never,
      fingerprint: null,
      failures: 0,
      finished: false,
    };
    card.touchedAt = clock.monotonic();
    cards.set(liveId, card);
    return card;
  }

  /** A finished card is forgotten as soon as its next edit would not have to wait. */
  function forgetIdle(): void {
    const now = clock.monotonic();
    for (const [liveId, card] of cards) {
      const keepMs = card.finished ? editEveryMs : rememberMs;
      const isIdle = card.drawing === null && Math.max(card.touchedAt, card.lastEditAt) + keepMs <= now;
      if (isIdle) cards.delete(liveId);
    }
  }

  function touch(liveId: string): void {
    if (ending.aborted) return;
    const card = cardOf(liveId);
    card.dirty = true;
    card.drawing ??= paint(liveId, card).finally(() => {
      card.drawing = null;
      if (card.dirty) touch(liveId);
    });
  }

  /** Draws one card until it is up to date; at most one of these runs for each card. */
  async function paint(liveId: string, card: Card): Promise<void> {
    while (card.dirty) {
      await clock.sleep(card.lastEditAt + editEveryMs - clock.monotonic(), ending);
      if (ending.aborted) {
        card.dirty = false;
        return;
      }
      card.dirty = false;
      const pauseMs = await drawOnce(liveId, card).catch((error: unknown) => {
        if (isDatabaseFault(error)) {
          log.warn({ error, code: 'card_put_off', liveId }, 'a card waits for the database');
          return databasePauseMs;
        }
        log.error({ error, code: 'card_failed', liveId }, 'a card could not be drawn');
        return pauseAfterFailure(card) ?? giveUp(liveId, card);
      });
      if (pauseMs === null) continue;
      await clock.sleep(pauseMs, ending);
      card.dirty = true;
    }
  }

  /** A card that cannot be drawn now cannot be drawn at the next start either. */
  async function giveUp(liveId: string, card: Card): Promise<number | null> {
    if (parts.guard === undefined) return tellAgain(liveId, card);
    const { again } = await parts.guard.giveUp({ kind: 'card', id: liveId }, tell(liveId)).catch((error: unknown) => {
      log.warn({ error, code: 'card_not_given_up', liveId }, 'could not post that a card was given up');
      return { again: true };
    });
    return again ? tellAgain(liveId, card) : null;
  }

  const tell = (liveId: string) => async (reference: string) => (await parts.giveUp?.(liveId, reference)) ?? true;

  function guarded<T>(kind: 'card' | 'edit', liveId: string, work: () => Promise<T>): Promise<Attempted<T>> {
    return (
      parts.guard?.run({ kind, id: liveId }, work, tell(liveId)) ?? work().then((value) => ({ kind: 'done', value }))
    );
  }

  /** For an edit that was not done: how long to wait before the next attempt; null when none is needed. */
  function notDone(
    liveId: string,
    card: Card,
    attempted: Exclude<Attempted<unknown>, { kind: 'done' }>,
  ): number | null {
    if (attempted.kind === 'busy') return busyPauseMs;
    return attempted.again ? tellAgain(liveId, card) : null;
  }

  /** Returns how long to wait before the next attempt, or null when none is needed. */
  async function drawOnce(liveId: string, card: Card): Promise<number | null> {
    const looked = await guarded('card', liveId, () => parts.draw(liveId));
    if (looked.kind !== 'done') return notDone(liveId, card, looked);
    const first = looked.value;
    if (first === null || first.live.cardId === null) return null;
    card.finished = first.finished;
    if (first.fingerprint === card.fingerprint) return null;
    const key = parts.keyOf(first.live.conversation);
    await clock.sleep(pacing.take(key, clock.monotonic()) - clock.monotonic(), ending);
    const edit = await parts.beginEdit(liveId);
    // The other process may have read the request before the latest change.
    if (edit === null) return editEveryMs;
    try {
      const edited = await guarded('edit', liveId, () => editNow(liveId, card));
      return edited.kind === 'done' ? edited.value : notDone(liveId, card, edited);
    } finally {
      if (!(await isOurs(edit, liveId))) {
        card.fingerprint = null;
        card.dirty = true;
      }
    }
  }

  /** An edit whose end cannot be noted expires after a while. */
  async function isOurs(edit: CardEdit, liveId: string): Promise<boolean> {
    try {
      return await edit.end();
    } catch (error) {
      log.warn({ error, code: 'edit_not_ended', liveId }, 'the end of a card edit was not noted');
      return true;
    }
  }

  async function editNow(liveId: string, card: Card): Promise<number | null> {
    // Time has passed, so the request is drawn as it is now.
    const drawing = await parts.draw(liveId);
    if (ending.aborted || drawing === null || drawing.live.cardId === null) return null;
    const { conversation, cardId } = drawing.live;
    const sent = await conversations.edit(conversation, cardId, drawing.message);
    card.lastEditAt = clock.monotonic();
    card.finished = drawing.finished;
    switch (sent.kind) {
      case 'done':
        await showed(drawing, card);
        return null;
      case 'failed': {
        log.warn({ error: sent.error, status: sent.status, liveId, code: 'edit_failed' }, 'a card edit failed');
        return pauseAfterFailure(card) ?? tellInstead(drawing, card);
      }
      case 'gone':
        log.warn({ error: sent.error, status: sent.status, liveId, code: 'card_gone' }, 'a card is gone');
        return tellInstead(drawing, card);
      default:
        return assertNever(sent, 'result');
    }
  }

  async function showed(drawing: Drawing, card: Card): Promise<void> {
    card.fingerprint = drawing.fingerprint;
    card.failures = 0;
    card.finished = drawing.finished;
    try {
      await parts.markDrawn(drawing.live.id, drawing.live.revision);
    } catch (error) {
      // An edit that the database did not note is repeated, and noted then.
      card.fingerprint = null;
      throw error;
    }
  }

  function pauseAfterFailure(card: Card): number | undefined {
    card.failures += 1;
    return editAgainMs[card.failures - 1];
  }

  async function tellInstead(drawing: Drawing, card: Card): Promise<number | null> {
    if (!drawing.finished) return null;
    const { id, conversation } = drawing.live;
    pacing.sent(parts.keyOf(conversation), clock.monotonic());
    const said = await conversations.say(conversation, drawing.message.summary);
    if (said.kind === 'failed') return tellAgain(id, card);
    // There is no recipient; retrying at each start would not change that.
    if (said.kind === 'gone')
      log.warn(
        { liveId: id, status: said.status, code: 'outcome_untold' },
        'neither card nor text reached the conversation',
      );
    await showed(drawing, card);
    return null;
  }

  function tellAgain(liveId: string, card: Card): number | null {
    card.failures += 1;
    if (card.failures <= mostFailures) return tellAgainMs;
    log.error({ liveId, code: 'outcome_untold' }, 'could not deliver an outcome; the next start tries again');
    return null;
  }

  return {
    touch,
    async showed(drawing, how) {
      const card = cardOf(drawing.live.id);
      if (how === 'edit') card.lastEditAt = clock.monotonic();
      await showed(drawing, card);
      // The request may have changed during the edit.
      touch(drawing.live.id);
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
