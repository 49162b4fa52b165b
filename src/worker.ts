import type { Clock } from './clock.ts';
import { isDatabaseFault } from './db/away.ts';
import type { Log } from './log.ts';
import type { GiveWay } from './precedence.ts';

/**
 * One loop of background work: the dispatcher, the assigner, the approval scheduler, the endings of access, the watcher, the
 * outbox sender, the recovery, the survey of jobs. Before each of its steps, answers go first.
 *
 *     ┌───────── woken, or the pause is over ─────────┐
 *     ▼                                               │
 *    work ──▶ more due? ──no──▶ pause, at most maxIdleMs
 *     │ ▲         │                                   ▲
 *     │ └───yes───┘                                   │
 *     └──throws──▶ logged; a pause that doubles ──────┘
 *
 * Waking only saves waiting, since what is due stands in the database and every worker looks there when its pause is
 * over. A worker that is woken while it works looks once more afterwards, so what was stored meanwhile is not missed.
 */
export interface Worker {
  /** Something may be due: looks at once, or once more if it is looking already. */
  wake(): void;
  /** Resolves when a look that began after this call has found nothing more to do. */
  settled(): Promise<void>;
  /** Begins no further work; resolves when the present one is done. */
  stop(): Promise<void>;
}

export interface WorkerParts {
  /** For the log: what could not be done when `work` throws, and the stable code of that. */
  readonly name: string;
  readonly failed: { readonly code: string; readonly message: string; readonly level?: 'warn' };
  /**
   * Does what is due. Resolves with the milliseconds until something may be due again: 0 when more may be due at once,
   * null when that is unknown. It should soon return when the signal aborts.
   */
  readonly work: (stopping: AbortSignal) => Promise<number | null>;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * The longest pause: another process may have stored something due without waking this one, or died. Ten seconds by
   * default, so that with a lease of 30 a dead process's work is taken over within a minute.
   */
  readonly maxIdleMs?: number | undefined;
  /** After an error the first pause, doubled up to the longest; milliseconds. */
  readonly faultPauseMs?: { readonly first: number; readonly longest: number };
  /** Milliseconds before the first look. */
  readonly firstAfterMs?: number;
  /** Resolves when no answer is held up by `work`. */
  readonly giveWay?: GiveWay | undefined;
}

const defaultMaxIdleMs = 10_000;
/** A database that is away is mostly back in a moment. */
const defaultFaultPauseMs = { first: 1_000, longest: 1_000 };

export function startWorker(parts: WorkerParts): Worker {
  const { name, failed, work, clock, log, maxIdleMs = defaultMaxIdleMs } = parts;
  const { faultPauseMs = defaultFaultPauseMs, firstAfterMs = 0, giveWay } = parts;
  const stopping = new AbortController();
  let alarm = new AbortController();
  let waiting: (() => void)[] = [];
  let faults = 0;

  async function loop(): Promise<void> {
    if (firstAfterMs > 0) await clock.sleep(firstAfterMs, alarm.signal);
    while (!stopping.signal.aborted) {
      // What wakes it meanwhile is seen by this look.
      if (giveWay !== undefined) await giveWay(stopping.signal);
      if (stopping.signal.aborted) break;
      alarm = new AbortController();
      const armed = alarm;
      const present = waiting;
      waiting = [];
      const pauseMs = await look(present);
      if (pauseMs > 0 && !stopping.signal.aborted) await clock.sleep(pauseMs, armed.signal);
    }
    for (const resolve of waiting) resolve();
  }

  /** Resolves with the pause to make; `present` wait for a look that finds nothing more to do. */
  async function look(present: readonly (() => void)[]): Promise<number> {
    try {
      let pauseMs: number | null = 0;
      while (pauseMs === 0 && !stopping.signal.aborted) {
        pauseMs = await work(stopping.signal);
        if (pauseMs === 0 && giveWay !== undefined) await giveWay(stopping.signal);
      }
      faults = 0;
      for (const resolve of present) resolve();
      return Math.min(pauseMs ?? maxIdleMs, maxIdleMs);
    } catch (error) {
      const level = isDatabaseFault(error) ? 'warn' : (failed.level ?? 'error');
      log[level]({ error, code: failed.code, worker: name }, failed.message);
      waiting = [...present, ...waiting];
      faults += 1;
      return Math.min(faultPauseMs.first * 2 ** (faults - 1), faultPauseMs.longest);
    }
  }

  const looping = loop();
  return {
    wake: () => alarm.abort('woken'),
    settled: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted) return resolve();
        waiting.push(resolve);
        alarm.abort();
      }),
    async stop() {
      stopping.abort();
      alarm.abort();
      await looping;
    },
  };
}

/** The people who wrote last have their answers by then. */
const calmMs = 50;
/** However many write, nothing is put off for longer: the gate lets one call start in two seconds as a rule. */
const longestMs = 1_000;

/**
 * Puts work off until it has not been asked for in a moment: what follows an answer would otherwise compete with it, and
 * with the next person's. Asked for many times meanwhile, it runs once.
 */
export function afterAnswers(clock: Clock, work: () => void): () => void {
  let askedAt = 0;
  let isWaiting = false;

  async function wait(): Promise<void> {
    isWaiting = true;
    const latest = clock.monotonic() + longestMs;
    for (let pauseMs = calmMs; pauseMs > 0; pauseMs = Math.min(askedAt + calmMs, latest) - clock.monotonic())
      await clock.sleep(pauseMs);
    isWaiting = false;
    work();
  }

  return () => {
    askedAt = clock.monotonic();
    if (!isWaiting) void wait();
  };
}
