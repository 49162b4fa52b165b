import type { Clock } from '../clock.ts';
import type { Fetched } from './answer.ts';

/** Caches what was read for a while. */
export interface Cache<T> {
  /** The kept value, or else `load`'s; concurrent callers share one load. A failure is never kept. */
  get(key: string, load: () => Promise<Fetched<T>>): Promise<Fetched<T>>;
  /**
   * Reloads in the background a value kept for longer than `afterMs`, so that callers seldom have to wait for it. The
   * old value stays until the new one has come, and not beyond its time.
   */
  renew(key: string, load: () => Promise<Fetched<T>>, afterMs: number): void;
  forget(key: string): void;
}

/** A cache that keeps each value for `keepMs`, and at most `most` of them: the oldest are evicted first. */
export function createCache<T>(clock: Clock, keepMs: number, most = 1000): Cache<T> {
  const entries = new Map<string, { readonly at: number; readonly value: Promise<Fetched<T>> }>();
  const renewing = new Set<string>();
  return {
    get(key, load) {
      const kept = entries.get(key);
      if (kept !== undefined && clock.monotonic() - kept.at < keepMs) return kept.value;
      const entry = { at: clock.monotonic(), value: load() };
      const drop = () => {
        if (entries.get(key) === entry) entries.delete(key);
      };
      entry.value.then((fetched) => fetched.ok || drop(), drop);
      entries.delete(key);
      entries.set(key, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= most) break;
        entries.delete(oldest);
      }
      return entry.value;
    },
    renew(key, load, afterMs) {
      const kept = entries.get(key);
      const at = clock.monotonic();
      if (kept === undefined || at - kept.at < afterMs || renewing.has(key)) return;
      renewing.add(key);
      load()
        .then((fetched) => {
          if (fetched.ok && entries.get(key) === kept) entries.set(key, { at, value: Promise.resolve(fetched) });
        })
        .catch(() => undefined)
        .finally(() => renewing.delete(key));
    },
    forget: (key) => void entries.delete(key),
  };
}
