import type { Clock } from './clock.ts';

/**
 * Answers go first. The process has one thread, and with SQLite the database runs in it too: each step of the background
 * work that falls between a message and its answer is waited for by the person who wrote.
 *
 *     messages     ──answering──┐                    ┌──answering──┐
 *                               └── a moment, calm ──┘             └── …
 *     a step of the      waits ··················▶ goes
 *     background work    waits ···· at most `longestMs` ▶ goes, even while a message is answered
 *
 * A step is what a worker does in one look, or one drawing of a card. None is left out, and each waits for a bounded
 * time, so endless messages slow the background work down and do not stop it. Those that may go do so one by one, in
 * the order in which they came, with a turn of the event loop in between: a message that arrives then goes before the
 * others.
 */
export interface Precedence {
  /** Runs `work`; until it has ended, a message is being answered. */
  answering<T>(work: () => Promise<T>): Promise<T>;
  /** For background work, before each of its steps. */
  readonly giveWay: GiveWay;
  /** At a stop: nothing waits any more. */
  end(): void;
}

/** Resolves when the next step may be taken; at once where no message is being answered, or the signal aborts. */
export type GiveWay = (signal?: AbortSignal) => Promise<void>;

/** The next message of a person who goes on writing has arrived by then. */
const calmMs = 10;
/** For one step. Cards are edited every two seconds, and Graph lets one call start in that time. */
const longestMs = 250;

interface Step {
  readonly latest: number;
  readonly go: () => void;
}

export function createPrecedence(clock: Clock): Precedence {
  let isOver = false;
  const waiting = new Set<Step>();
  let answers = 0;
  let calmAt = Number.NEGATIVE_INFINITY;
  /** Aborts when what the loop sleeps for may have come nearer; null while it does not sleep. */
  let alarm: AbortController | null = null;
  let isLetting = false;

  /** With a reason: without one Node makes an error with its stack, for each message. */
  const lookAgain = () => alarm?.abort('look again');
  const mayGoAt = () => (answers > 0 ? Number.POSITIVE_INFINITY : calmAt);

  async function letGo(): Promise<void> {
    if (isLetting) return;
    isLetting = true;
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      const pauseMs = isOver ? 0 : Math.min(first.latest, mayGoAt()) - clock.monotonic();
      if (pauseMs > 0) {
        alarm = new AbortController();
        await clock.sleep(pauseMs, alarm.signal);
        alarm = null;
        continue;
      }
      first.go();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    isLetting = false;
  }

  function isFree(): boolean {
    return isOver || (waiting.size === 0 && mayGoAt() <= clock.monotonic());
  }

  return {
    async answering(work) {
      answers += 1;
      try {
        return await work();
      } finally {
        answers -= 1;
        calmAt = clock.monotonic() + calmMs;
        if (answers === 0) lookAgain();
      }
    },
    giveWay: (signal) =>
      new Promise((resolve) => {
        if (isFree() || signal?.aborted === true) return resolve();
        const go = () => {
          waiting.delete(step);
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          go();
          lookAgain();
        };
        const step: Step = { latest: clock.monotonic() + longestMs, go };
        waiting.add(step);
        signal?.addEventListener('abort', leave, { once: true });
        void letGo();
      }),
    end() {
      isOver = true;
      lookAgain();
    },
  };
}
