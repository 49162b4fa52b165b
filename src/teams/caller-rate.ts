import type { Speaker } from '../chat/incoming.ts';
import type { Clock } from '../clock.ts';

/**
 * How much one person may ask of one process: so many commands in any minute, clicks included. The window slides over
 * the commands that were let in; what is over the limit does not count, so that whoever keeps on asking gets in again
 * as soon as whoever waits. A person is their tenant and Entra id, which the channel service vouches for, wherever they
 * write from.
 *
 * It keeps a person who has lost patience, or their script, from taking the answers, the database and Graph's directory
 * from all others. It is a bound and no right, so each process counts for itself, without the database: with several
 * behind a balancer a person may get through with as many times more.
 */
export interface CallerRate {
  /** Counts a command that arrives now, where it is within the limit. */
  take(speaker: Speaker): Admittance;
  /** How many people are remembered: those who wrote within the last minute, and no others for long. */
  size(): number;
}

export type Admittance =
  | { readonly kind: 'within' }
  /** `isNews`: they have not been told of it within this minute; `waitMs` until the next command would be let in. */
  | { readonly kind: 'over'; readonly isNews: boolean; readonly waitMs: number };

interface Asked {
  /** When commands were let in, oldest first, within the window; on the monotonic clock. */
  readonly times: readonly number[];
  readonly toldAt: number;
}

const windowMs = 60_000;
const within: Admittance = { kind: 'within' };

export function createCallerRate(limit: number, clock: Pick<Clock, 'monotonic'>): CallerRate {
  /** In the order in which people wrote last, so that those to be forgotten stand in front. */
  const people = new Map<string, Asked & { readonly seenAt: number }>();

  function forget(now: number): void {
    for (const [key, { seenAt }] of people) {
      if (seenAt > now - windowMs) return;
      people.delete(key);
    }
  }

  return {
    take({ tenantId, id }) {
      const now = clock.monotonic();
      forget(now);
      const key = `${tenantId}|${id}`;
      const asked = people.get(key);
      const times = (asked?.times ?? []).filter((time) => time > now - windowMs);
      const toldAt = asked?.toldAt ?? Number.NEGATIVE_INFINITY;
      const [oldest = now] = times;
      people.delete(key);
      if (times.length < limit) {
        people.set(key, { times: [...times, now], toldAt, seenAt: now });
        return within;
      }
      const isNews = toldAt <= now - windowMs;
      people.set(key, { times, toldAt: isNews ? now : toldAt, seenAt: now });
      return { kind: 'over', isNews, waitMs: oldest + windowMs - now };
    },
    size: () => people.size,
  };
}
