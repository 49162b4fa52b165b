import type { Clock } from './clock.ts';

/** How long each step of a stop waits; milliseconds. */
export interface Grace {
  /** For HTTP requests that are being answered. */
  readonly httpMs: number;
  /** For calls to Graph that are under way. */
  readonly callMs: number;
  /** For answers and cards on their way to Teams. */
  readonly drawMs: number;
}

/** Twenty-eight seconds in all, with what the stop adds for the database: an orchestrator kills after thirty. */
export const patientGrace: Grace = { httpMs: 3_000, callMs: 12_000, drawMs: 2_000 };

/** What fails meanwhile is as good as done: it is not waited for. */
export async function within(clock: Clock, work: Promise<unknown>, ms: number): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work.catch(() => undefined), clock.sleep(ms, enough.signal)]);
  enough.abort();
}
