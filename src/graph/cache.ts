import type { Clock } from '../clock.ts';
import type { Fetched } from './answer.ts';

/** What was read, kept for a while. */
export interface Cache<T> {
  /** The kept value, or else `load`'s; callers at the same time share one load. Trouble is never kept. */
  get(key: string, load: () => Promise<Fetched<T>>): Promise<Fetched<T>>;
  forget(key: string): void;
}

/** A cache that keeps each value for `keepMs`, and at most `most` of them: the oldest go first. */
export function createCache<T>(clock: Clock, keepMs: number, most = 1000): Cache<T> {
  const entries = new Map<string, { readonly at: number; readonly value: Promise<Fetched<T>> }>();
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
    forget: (key) => void entries.delete(key),
  };
}
