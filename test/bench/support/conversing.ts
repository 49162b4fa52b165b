import { messageActivity, postActivity } from '../../../src/sandbox/teams/activity.ts';
import type { Connector } from '../../../src/sandbox/teams/connector.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';

/** Speaks with a bot as Teams does, and times its answers. */
export interface Conversing {
  /**
   * Posts the text in a conversation of its own; resolves with the milliseconds until the bot's first message there.
   */
  ask(endpoint: string, text: string): Promise<number>;
  close(): void;
}

const answerWithinMs = 30_000;

export function createConversing(connector: Connector): Conversing {
  let conversations = 0;
  const waiting = new Map<string, () => void>();
  const stop = connector.listen(({ kind, conversationId }) => {
    if (kind === 'post') waiting.get(conversationId)?.();
  });
  return {
    ask(endpoint, text) {
      conversations += 1;
      const conversationId = `conversation ${conversations}`;
      const writer = { id: people.alex.id, name: people.alex.displayName };
      const activity = messageActivity(writer, { serviceUrl: connector.serviceUrl, conversationId }, text);
      return new Promise((resolve, reject) => {
        const settle = () => {
          waiting.delete(conversationId);
          clearTimeout(giveUp);
        };
        const giveUp = setTimeout(() => {
          settle();
          reject(new Error('the bot did not answer'));
        }, answerWithinMs);
        const askedAt = performance.now();
        waiting.set(conversationId, () => {
          settle();
          resolve(performance.now() - askedAt);
        });
        postActivity(endpoint, activity).catch(reject);
      });
    },
    close: stop,
  };
}

/** Asks `count` times, never more than `atOnce` at the same time. */
export async function askMany(count: number, atOnce: number, ask: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const requestedBy = async () => {
    while (next < count) {
      next += 1;
      await ask(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, requestedBy));
}
