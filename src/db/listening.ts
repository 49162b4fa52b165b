import type pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/**
 * Learns at once what another process has stored. The tables announce it themselves (`dialect.announceChanges`), in the
 * transaction that stores it, so nothing is announced that did not happen.
 *
 * It takes a connection of its own, outside of the pool. When that breaks it is reopened after 0.25 s, 0.5 s … 5 s.
 * What was announced meanwhile is lost, so all workers are woken then. Announcements only save waiting: each worker
 * looks every ten seconds anyway.
 */
export interface Listening {
  stop(): void;
}

/** What there may be to do: a task to claim, an access request that is due, a message to send to Teams. */
export const topics = ['tasks', 'access', 'outbox'] as const;
export type Topic = (typeof topics)[number];

export interface ListeningParts {
  readonly woken: (topic: Topic) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export const channel = 'usher';
const firstPauseMs = 250;
const longestPauseMs = 5_000;
const checkEveryMs = 15_000;

/** @param check asks the server something, so that a connection that broke without an error is found. */
export function startListening(
  createClient: () => pg.Client,
  check: (client: pg.Client) => Promise<unknown>,
  { woken, clock, log }: ListeningParts,
): Listening {
  const stopping = new AbortController();

  async function listen(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!stopping.signal.aborted) {
      try {
        await hear(() => {
          pauseMs = firstPauseMs;
        });
      } catch (error) {
        if (!stopping.signal.aborted)
          log.warn({ error, code: 'not_listening' }, 'the database does not tell what others store; looking for it');
      }
      await clock.sleep(pauseMs, stopping.signal);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  /** One connection, until it ends. */
  async function hear(begun: () => void): Promise<void> {
    const client = createClient();
    const over = new AbortController();
    const end = () => over.abort();
    client.on('error', end);
    client.on('end', end);
    stopping.signal.addEventListener('abort', end, { once: true });
    client.on('notification', ({ payload }) => {
      const topic = topics.find((known) => known === payload);
      if (topic !== undefined) woken(topic);
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      begun();
      for (const topic of topics) woken(topic);
      while (!over.signal.aborted) {
        await clock.sleep(checkEveryMs, over.signal);
        if (!over.signal.aborted) await check(client);
      }
    } finally {
      stopping.signal.removeEventListener('abort', end);
      client.end().catch(() => undefined);
    }
  }

  void listen();
  return { stop: () => stopping.abort() };
}
