import type { Clock } from '../clock.ts';
import { words } from './words.ts';

/** One thing that the doctor looks at. */
export interface Check {
  /** For machines; it stays the same from release to release. */
  readonly id: string;
  readonly title: string;
  /** It may throw: that is a finding too. */
  run(): Promise<Finding>;
}

export type Finding =
  | { readonly outcome: 'good'; readonly detail: string }
  | { readonly outcome: 'wrong'; readonly detail: string; readonly fix: string }
  /** Not looked at, and `detail` says why. */
  | { readonly outcome: 'skipped'; readonly detail: string };

export type Line = Finding & { readonly id: string; readonly title: string };

export const good = (detail: string): Finding => ({ outcome: 'good', detail });
export const wrong = (detail: string, fix: string): Finding => ({ outcome: 'wrong', detail, fix });
export const skipped = (detail: string): Finding => ({ outcome: 'skipped', detail });

/** Runs all checks side by side, each for `limitMs` milliseconds at the most; the lines keep the checks' order. */
export function runChecks(checks: readonly Check[], limitMs: number, clock: Clock): Promise<readonly Line[]> {
  return Promise.all(
    checks.map(async ({ id, title, run }) => {
      const done = new AbortController();
      const late = clock.sleep(limitMs, done.signal).then(() => wrong(words.tooSlow(limitMs), words.tooSlowFix));
      try {
        return { id, title, ...(await Promise.race([run(), late])) };
      } catch (error) {
        return { id, title, ...wrong(firstLine(error), words.brokenFix) };
      } finally {
        done.abort();
      }
    }),
  );
}

/** What an error says, without the pages that some libraries add. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

/** The work is done once, when it is first asked for; all who ask share it. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | null = null;
  return () => {
    begun ??= work();
    return begun;
  };
}
