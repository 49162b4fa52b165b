import type { Drawing } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Conversations } from './conversations.ts';
import type { Pacing } from './pacing.ts';

/**
 * Keeps the cards of requests in step with what is stored.
 *
 * A change marks a request as dirty; it is drawn from the store when its turn comes, so changes in between fold into
 * one edit and the last one is always sent. A card is edited at most once in two seconds, and a conversation no faster
 * than Teams allows.
 *
 * An edit that Teams refuses for good (the card is gone, the bot is blocked) is not repeated; if the request is
 * finished its outcome is said as a short text instead. One that may work later is tried again after 2, 4 and 8
 * seconds. What could not be told at all stays marked as undrawn in the store and is tried at the next start: an
 * outcome is never lost.
 */
export interface Painter {
  /** The request has changed, or its forecast may have. */
  touch(requestId: string): void;
  /** Resolves when nothing is dirty any more; used at the end of a process. */
  settled(): Promise<void>;
}

export interface PainterParts {
  readonly draw: (requestId: string) => Promise<Drawing | null>;
  readonly markDrawn: (requestId: string, revision: number) => Promise<void>;
  readonly conversations: Conversations;
  readonly pacing: Pacing;
  /** What tells one conversation from another. */
  readonly keyOf: (conversation: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a card keeps still between two edits; milliseconds. */
  readonly editEveryMs?: number;
}

const defaultEditEveryMs = 2_000;
const retryDelaysMs = [2_000, 4_000, 8_000];

interface Card {
  dirty: boolean;
  drawing: Promise<void> | null;
  lastEditAt: number;
  signature: string | null;
  failures: number;
}

export function createPainter(parts: PainterParts): Painter {
  const { clock, log, pacing, editEveryMs = defaultEditEveryMs } = parts;
  const cards = new Map<string, Card>();

  function touch(requestId: string): void {
    const card = cards.get(requestId) ?? {
      dirty: false,
      drawing: null,
      lastEditAt: Number.NEGATIVE_INFINITY,
      signature: null,
      failures: 0,
    };
    cards.set(requestId, card);
    card.dirty = true;
    card.drawing ??= paint(requestId, card).finally(() => {
      card.drawing = null;
      if (card.dirty) touch(requestId);
    });
  }

  /** One card, until it shows the present; at most one of these runs for each card. */
  async function paint(requestId: string, card: Card): Promise<void> {
    while (card.dirty) {
      await clock.sleep(card.lastEditAt + editEveryMs - clock.monotonic());
      card.dirty = false;
      try {
        await drawOnce(requestId, card);
      } catch (error) {
        log.error({ error, code: 'card_failed', requestId }, 'a card could not be drawn');
      }
    }
  }

  async function drawOnce(requestId: string, card: Card): Promise<void> {
    const first = await parts.draw(requestId);
    if (first?.request.cardId == null) return;
    if (first.signature === card.signature) return finished(requestId, first);
    const key = parts.keyOf(first.request.conversation);
    await clock.sleep(pacing.take(key, clock.monotonic()) - clock.monotonic());
    // Time has passed: what is drawn is the request as it is now.
    const drawing = await parts.draw(requestId);
    if (drawing?.request.cardId == null) return;
    card.lastEditAt = clock.monotonic();
    const result = await parts.conversations.edit(
      drawing.request.conversation,
      drawing.request.cardId,
      drawing.message,
    );
    switch (result.kind) {
      case 'done':
        card.signature = drawing.signature;
        card.failures = 0;
        await parts.markDrawn(requestId, drawing.request.revision);
        return finished(requestId, drawing);
      case 'failed': {
        const delayMs = retryDelaysMs[card.failures];
        card.failures += 1;
        log.warn({ error: result.error, status: result.status, requestId, code: 'edit_failed' }, 'a card edit failed');
        if (delayMs === undefined) return tellInstead(drawing);
        await clock.sleep(delayMs);
        card.dirty = true;
        return;
      }
      case 'gone':
        log.warn({ error: result.error, status: result.status, requestId, code: 'card_gone' }, 'a card is gone');
        return tellInstead(drawing);
      default: {
        const never: never = result;
        throw new Error(`unexpected result ${JSON.stringify(never)}`);
      }
    }
  }

  async function tellInstead(drawing: Drawing): Promise<void> {
    if (!drawing.finished) return;
    await parts.conversations.say(drawing.request.conversation, drawing.message.summary);
    await parts.markDrawn(drawing.request.id, drawing.request.revision);
    finished(drawing.request.id, drawing);
  }

  /** A finished card needs no memory, unless somebody touched it meanwhile. */
  function finished(requestId: string, drawing: Drawing): void {
    const card = cards.get(requestId);
    if (drawing.finished && card !== undefined && !card.dirty) cards.delete(requestId);
  }

  return {
    touch,
    async settled() {
      for (;;) {
        const busy = [...cards.values()].flatMap((card) => (card.drawing === null ? [] : [card.drawing]));
        if (busy.length === 0) return;
        await Promise.all(busy);
      }
    },
  };
}
