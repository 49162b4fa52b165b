import type { Speaker } from '../chat/incoming.ts';
import type { Clock } from '../clock.ts';

/**
 * How many commands one process takes from one person in any minute, clicks included. The window slides over the
 * admitted commands; refused ones do not count, so that a person who keeps asking gets in again as soon as one who
 * waits. A person is identified by tenant and Entra id, which the channel service vouches for, in whatever conversation
 * they write.
 *
 * It keeps an impatient person, or their script, from using up the answers, the database and Graph's directory for all
 * others. It is a bound and not a permission, so each process counts for itself, without the database: with several
 * replicas a person may get that many times more.
 */
export interface CallerRate {
  /** Counts a command that arrives now, if it is within the limit. */
  take(speaker: Speaker): Admittance;
  /** How many people are remembered: those who wrote within the last minute, and briefly others. */
  size(): number;
}

export type Admittance =
  | { readonly kind: 'within' }
  /** `isNews`: they have not been told within this minute; `waitMs` until the next command would be admitted. */
  | { readonly kind: 'over'; readonly isNews: boolean; readonly waitMs: number };

interface Asked {
  /** When commands were admitted, oldest first, within the window; on the monotonic clock. */
  readonly times: number[];
  readonly toldAt: number;
}

const windowMs = 60_000;
const within: Admittance = { kind: 'within' };

export function createCallerRate(limit: number, clock: Pick<Clock, 'monotonic'>): CallerRate {
  /** In the order of people's last command, so that the next to be forgotten come first. */
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
      const times = asked?.times ?? [];
      // Not copied: where the limit is high, there may be thousands.
      while ((times[0] ?? now) <= now - windowMs) times.shift();
      const toldAt = asked?.toldAt ?? Number.NEGATIVE_INFINITY;
      const [oldest = now] = times;
      people.delete(key);
      if (times.length < limit) {
        times.push(now);
        people.set(key, { times, toldAt, seenAt: now });
        return within;
      }
      const isNews = toldAt <= now - windowMs;
      people.set(key, { times, toldAt: isNews ? now : toldAt, seenAt: now });
      return { kind: 'over', isNews, waitMs: oldest + windowMs - now };
    },
    size: () => people.size,
  };
}
