import type { CardMessage, Drawing } from './reply.ts';

/**
 * What somebody is owed without having asked just now: cards for approvers, announcements, and short texts. They stand
 * in the database, so a restart forgets none.
 *
 * Whatever is handed out ends in `sent` or in `failed`. In between it is handed out to nobody else for a minute: another
 * process that looks for something to do must not send it as well, and if this one dies, it is sent after all.
 */
export interface Outbox {
  /** What is due now, oldest first. */
  due(limit: number): Promise<readonly OutboxItem[]>;
  /** Hands an item on; null where it was given up, since processes died of that, or is another process's now. */
  attempt<T>(item: OutboxItem, work: () => Promise<T>): Promise<T | null>;
  /** It is there; `cardId` is the activity id of a card, null for a text. */
  sent(item: OutboxItem, cardId: string | null): Promise<void>;
  /** `failed`: Teams may take it later, so it is due again after a while. `gone`: it never will, so it is given up. */
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
