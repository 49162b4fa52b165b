import type { Clock } from '../clock.ts';
import { isTooSlow, withinMs } from '../time-limit.ts';
import { words } from './doctor-messages.ts';

/** One check of the doctor. */
export interface Check {
  /** For scripts; it stays the same from release to release. */
  readonly id: string;
  readonly title: string;
  /** Why it is skipped; null, or absent, when it is not. Like `run` it may throw: that counts as a finding too. */
  obstacle?(): Promise<string | null>;
  run(): Promise<Finding>;
}

export type Finding =
  | { readonly outcome: 'good'; readonly detail: string }
  | { readonly outcome: 'wrong'; readonly detail: string; readonly fix: string }
  /** It works, but is likely a mistake, or will not work for much longer. */
  | { readonly outcome: 'warning'; readonly detail: string; readonly fix: string }
  /** Skipped; `detail` says why. */
  | { readonly outcome: 'skipped'; readonly detail: string };

export type Line = Finding & { readonly id: string; readonly title: string };

export const good = (detail: string): Finding => ({ outcome: 'good', detail });
export const wrong = (detail: string, fix: string): Finding => ({ outcome: 'wrong', detail, fix });
export const warned = (detail: string, fix: string): Finding => ({ outcome: 'warning', detail, fix });
export const skipped = (detail: string): Finding => ({ outcome: 'skipped', detail });

/** Runs all checks concurrently, each for `limitMs` milliseconds at most; the lines keep the checks' order. */
export function runChecks(checks: readonly Check[], limitMs: number, clock: Clock): Promise<readonly Line[]> {
  return Promise.all(
    checks.map(async ({ id, title, obstacle, run }) => {
      const look = async () => {
        const why = (await obstacle?.()) ?? null;
        return why === null ? run() : skipped(why);
      };
      try {
        const found = await withinMs(look(), limitMs, clock);
        return { id, title, ...(isTooSlow(found) ? wrong(words.tooSlow(limitMs), words.tooSlowFix) : found) };
      } catch (error) {
        return { id, title, ...wrong(firstLine(error), words.brokenFix) };
      }
    }),
  );
}

/** An error's message, without the pages that some libraries add. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

/** The work runs once, on the first call; all callers share its result. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | null = null;
  return () => {
    begun ??= work();
    return begun;
  };
}
