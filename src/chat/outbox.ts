import type { Reader } from '../requests/request.ts';
import type { CardMessage, Drawing } from './reply.ts';

/**
 * Messages that Usher sends unprompted: cards for approvers, announcements, and short texts. The database stores them,
 * so a restart loses none.
 *
 * Every item that is handed out ends in `sent` or in `failed`. Until then it is not handed out again for a minute:
 * another process must not send it as well, and if this process dies, it is sent after all.
 */
export interface Outbox {
  /** The items due now, oldest first. */
  due(limit: number): Promise<readonly OutboxItem[]>;
  /** Sends an item; null where it was given up because it crashed processes, or where another process has it now. */
  attempt<T>(item: OutboxItem, work: () => Promise<T>): Promise<T | null>;
  /** Teams took it; `cardId` is the activity id of a card, null for a text. */
  sent(item: OutboxItem, cardId: string | null): Promise<void>;
  /**
   * `failed`: Teams may take it later, so it is due again after a while. `gone`: Teams never will, so it is given up.
   */
  failed(item: OutboxItem, kind: 'gone' | 'failed'): Promise<void>;
}

export type OutboxItem =
  /** A live card that has not been posted yet. */
  | { readonly kind: 'card'; readonly liveId: string; readonly conversation: string; readonly drawing: Drawing }
  /** A finished card, e.g. of a watch. */
  | {
      readonly kind: 'post';
      readonly announcementId: number;
      readonly conversation: string;
      readonly message: CardMessage;
    }
  /** `text`: plain, without markdown. */
  | { readonly kind: 'text'; readonly noticeId: number; readonly conversation: string; readonly text: string };

/** One kind of message in the outbox. */
export interface OutboxSource {
  /**
   * Hands out the rows due now, oldest first, for a minute each. A row that may no longer be sent there is given up; one
   * of which Graph does not tell is left out.
   */
  due(limit: number): Promise<readonly OutboxRow[]>;
}

/** A due message: its recipient conversation, and how often sending it failed. */
export interface OutboxRow {
  /** Distinguishes rows across the sources. */
  readonly name: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly failures: number;
  /** What the row is about, for the message that says it was given up. */
  about(): string;
  /** Draws it; null where there is nothing left to say. */
  make(): Promise<OutboxItem | null>;
  sent(cardId: string | null): Promise<void>;
  /** Postpones it; null: it is not tried again. */
  putOff(dueAt: number | null): Promise<void>;
  /** Teams did not take it, and it is not tried again. */
  gaveUp?(why: 'gone' | 'failed'): Promise<void>;
}
