import type { Log } from './log.ts';

/**
 * What happened, from the part of Usher that stored it to the parts that act on it. On PostgreSQL the topics `tasks`,
 * `access` and `outbox` also come from other processes (`db/listening.ts`). Everything published stands in the database
 * already: news only saves waiting, and a subscriber that misses some finds it there.
 */
export interface Topics {
  /** A task may be due. */
  readonly tasks: null;
  /** An access request was stored or changed: its id; null where only another process knows it. */
  readonly access: string | null;
  /** A message may be due in the outbox. */
  readonly outbox: null;
  /** A request has changed, and so has its card: its id. */
  readonly cards: string;
  /** An act on a synchronization job may be due. */
  readonly repairs: null;
  /** A watch was added or removed. */
  readonly watches: null;
  /** Entries of the record were sealed. */
  readonly sealed: null;
}

export type Topic = keyof Topics;

export interface Bus {
  publish<T extends Topic>(topic: T, news: Topics[T]): void;
  subscribe<T extends Topic>(topic: T, hear: (news: Topics[T]) => void): void;
}

export function createBus(log: Log): Bus {
  const listeners: { [T in Topic]: ((news: Topics[T]) => void)[] } = {
    tasks: [],
    access: [],
    outbox: [],
    cards: [],
    repairs: [],
    watches: [],
    sealed: [],
  };
  return {
    publish(topic, news) {
      for (const hear of listeners[topic]) {
        // A subscriber's error can harm neither the publisher nor the other subscribers.
        try {
          hear(news);
        } catch (error) {
          log.error({ error, code: 'change_unheard', topic }, 'a change was not passed on');
        }
      }
    },
    subscribe(topic, hear) {
      listeners[topic].push(hear);
    },
  };
}
