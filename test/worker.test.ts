import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../src/log.ts';
import { afterAnswers, startWorker, type Worker, type WorkerParts } from '../src/worker.ts';
import { createTestClock, type TestClock } from './support/clock.ts';

const maxIdleMs = 5_000;

let clock: TestClock;
let looks: number[];
let answers: (number | null | Error)[];
let codes: unknown[];
let worker: Worker;
/** The look in progress ends when this is called; null: looks end at once. */
let release: (() => void) | null;

beforeEach(() => {
  clock = createTestClock();
  [looks, answers, codes, release] = [[], [], [], null];
});
afterEach(() => worker.stop());

function start(more: Pick<WorkerParts, 'firstAfterMs' | 'giveWay'> & { readonly holds?: boolean } = {}): void {
  const startedAt = clock.monotonic();
  worker = startWorker({
    name: 'fixture',
    failed: { code: 'fixture_failed', message: 'the fixture failed' },
    async work() {
      looks.push(clock.monotonic() - startedAt);
      if (more.holds === true)
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      const answer = answers.shift() ?? null;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    clock,
    log: createLog('info', { write: (line) => void codes.push((JSON.parse(line) as { code: unknown }).code) }),
    maxIdleMs,
    faultPauseMs: { first: 500, longest: 2_000 },
    firstAfterMs: more.firstAfterMs ?? 0,
    giveWay: more.giveWay,
  });
}

describe('a worker', () => {
  it('looks at once, goes on while more is due, and then pauses', async () => {
    answers = [0, 0, null];
    start();

    await clock.advance(0);
    const atOnce = [...looks];
    await clock.advance(maxIdleMs);

    expect(atOnce).toEqual([0, 0, 0]);
    expect(looks).toEqual([0, 0, 0, maxIdleMs]);
  });

  it('looks again when something is due, and no later than after its longest pause', async () => {
    answers = [1_000, 60_000];
    start();

    await clock.advance(1_000);
    await clock.advance(maxIdleMs);

    expect(looks).toEqual([0, 1_000, 1_000 + maxIdleMs]);
  });

  it('looks first after a pause where it is told so', async () => {
    start({ firstAfterMs: 3_000 });

    await clock.advance(2_999);
    const before = looks.length;
    await clock.advance(1);

    expect([before, looks.length]).toEqual([0, 1]);
  });

  it('looks once more when it is woken while it looks, however often', async () => {
    start({ holds: true });
    await clock.advance(0);

    worker.wake();
    worker.wake();
    release?.();
    await clock.advance(0);
    const woken = looks.length;
    release?.();
    await clock.advance(0);

    expect([woken, looks.length]).toEqual([2, 2]);
    release?.();
  });

  it('logs an error by its code, and pauses twice as long each time, up to the longest', async () => {
    answers = [new Error('1'), new Error('2'), new Error('3'), new Error('4')];
    start();

    await clock.advance(500 + 1_000 + 2_000 + 2_000);

    expect(looks).toEqual([0, 500, 1_500, 3_500, 5_500]);
    expect(codes).toEqual(['fixture_failed', 'fixture_failed', 'fixture_failed', 'fixture_failed']);
  });

  it('has settled when a look that began afterwards found nothing more, not before', async () => {
    start({ holds: true });
    await clock.advance(0);
    let isSettled = false;

    const settling = worker.settled().then(() => {
      isSettled = true;
    });
    release?.();
    await clock.advance(0);
    const afterEarlierLook = isSettled;
    release?.();
    await settling;

    expect([afterEarlierLook, isSettled, looks.length]).toEqual([false, true, 2]);
  });

  it('has not settled by a look that failed', async () => {
    answers = [null, new Error('away')];
    start();
    await clock.advance(0);
    let isSettled = false;

    const settling = worker.settled().then(() => {
      isSettled = true;
    });
    await clock.advance(0);
    const afterFailure = isSettled;
    await clock.advance(500);
    await settling;

    expect([afterFailure, isSettled]).toEqual([false, true]);
  });

  it('gives way before each of its steps, and does not look twice for what woke it meanwhile', async () => {
    const steps: (() => void)[] = [];
    answers = [0, null];
    start({ giveWay: () => new Promise((resolve) => void steps.push(resolve)) });
    await clock.advance(0);
    worker.wake();
    const before = looks.length;

    steps.shift()?.();
    await clock.advance(0);
    const afterFirst = looks.length;
    steps.shift()?.();
    await clock.advance(maxIdleMs - 1);

    expect([before, afterFirst, looks.length]).toEqual([0, 1, 2]);
    const stopping = worker.stop();
    for (const go of steps) go();
    await stopping;
  });

  it('stops after the present look, and settles those who wait', async () => {
    start({ holds: true });
    await clock.advance(0);
    const settling = worker.settled();

    const stopping = worker.stop();
    release?.();
    await Promise.all([stopping, settling]);
    await clock.advance(10 * maxIdleMs);

    expect(looks).toEqual([0]);
  });
});

describe('work that lets the answers go first', () => {
  let clock: TestClock;
  let runs: number[];
  let ask: () => void;

  beforeEach(() => {
    clock = createTestClock();
    const begin = clock.monotonic();
    runs = [];
    ask = afterAnswers(clock, () => void runs.push(clock.monotonic() - begin));
  });
  const askEvery = async (ms: number, times: number) => {
    for (let time = 0; time < times; time += 1) {
      ask();
      await clock.advance(ms);
    }
  };

  it('runs once, when nobody has asked for it for a moment', async () => {
    await askEvery(10, 3);
    const before = [...runs];

    await clock.advance(1_000);

    expect([before, runs]).toEqual([[], [70]]);
  });

  it('is put off by no more than a second, however many ask', async () => {
    await askEvery(10, 250);

    expect(runs).toEqual([1_000, 2_000]);
  });

  it('runs again for whoever asks later', async () => {
    await askEvery(100, 2);

    expect(runs).toEqual([50, 150]);
  });
});
