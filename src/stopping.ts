import type { Clock } from './clock.ts';
import { withinMs } from './time-limit.ts';

/** How long each step of a stop may take; milliseconds. */
export interface Grace {
  /** For HTTP requests that are being answered. */
  readonly httpMs: number;
  /** For running calls to Graph. */
  readonly callMs: number;
  /** For answers and cards being sent to Teams. */
  readonly drawMs: number;
}

/** Twenty-eight seconds in all, with the stop's database steps: an orchestrator kills after thirty. */
export const patientGrace: Grace = { httpMs: 3_000, callMs: 12_000, drawMs: 2_000 };

/** Work that fails meanwhile counts as done. */
export async function within(clock: Clock, work: Promise<unknown>, ms: number): Promise<void> {
  await withinMs(
    work.catch(() => undefined),
    ms,
    clock,
  );
}
