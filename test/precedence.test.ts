import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPrecedence, type Precedence } from '../src/precedence.ts';
import { createTestClock, type TestClock } from './support/clock.ts';

let clock: TestClock;
let precedence: Precedence;
/** What was done, in order. */
let done: string[];

beforeEach(() => {
  clock = createTestClock();
  precedence = createPrecedence(clock);
  done = [];
});

/** A message whose answer ends when this is called. */
function beginAnswer(name = 'answer'): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  void precedence.answering(() => promise).then(() => done.push(name));
  return resolve;
}

function takeStep(name = 'step', signal?: AbortSignal): void {
  void precedence.giveWay(signal).then(() => done.push(name));
}

describe('background work', () => {
  it('goes at once where no message is being answered', async () => {
    takeStep();

    await clock.advance(0);

    expect([done, clock.pending()]).toEqual([['step'], 0]);
  });

  it('waits for the answer, and ten milliseconds more', async () => {
    const endAnswer = beginAnswer();
    takeStep();
    await clock.advance(100);
    const during = [...done];

    endAnswer();
    await clock.advance(9);
    const right = [...done];
    await clock.advance(1);

    expect([during, right, done]).toEqual([[], ['answer'], ['answer', 'step']]);
  });

  it('waits for the answer that began in those ten milliseconds, too', async () => {
    const endFirst = beginAnswer('first');
    takeStep();
    endFirst();
    await clock.advance(5);
    const endSecond = beginAnswer('second');

    await clock.advance(50);
    endSecond();
    await clock.advance(10);

    expect(done).toEqual(['first', 'second', 'step']);
  });

  it('waits for the last of several answers', async () => {
    const ends = [beginAnswer('first'), beginAnswer('second')];
    takeStep();

    ends[1]?.();
    await clock.advance(50);
    ends[0]?.();
    await clock.advance(10);

    expect(done).toEqual(['second', 'first', 'step']);
  });

  it('waits for an answer that fails no longer than for another one, and the error stays that of the answer', async () => {
    const failing = precedence.answering(() => Promise.reject(new Error('away')));
    takeStep();

    await expect(failing).rejects.toThrow('away');
    await clock.advance(10);

    expect(done).toEqual(['step']);
  });

  it('waits a quarter of a second at most, each step from its own beginning', async () => {
    beginAnswer();
    takeStep('first');
    await clock.advance(100);
    takeStep('second');

    await clock.advance(149);
    const before = [...done];
    await clock.advance(1);
    const first = [...done];
    await clock.advance(100);

    expect([before, first, done]).toEqual([[], ['first'], ['first', 'second']]);
  });

  it('goes one step at a time, in order, so that a message that arrives between two goes before the second', async () => {
    const endAnswer = beginAnswer();
    void precedence.giveWay().then(() => {
      done.push('first');
      beginAnswer();
    });
    takeStep('second');

    endAnswer();
    await clock.advance(10);
    await clock.advance(239);
    const before = [...done];
    await clock.advance(1);

    expect([before, done]).toEqual([
      ['answer', 'first'],
      ['answer', 'first', 'second'],
    ]);
  });

  it('does not overtake what waits already', async () => {
    const endAnswer = beginAnswer();
    for (const name of ['first', 'second', 'third']) takeStep(name);
    endAnswer();
    void precedence.giveWay().then(() => {
      done.push('fourth');
    });

    await clock.advance(10);

    expect(done).toEqual(['answer', 'first', 'second', 'third', 'fourth']);
  });

  it('stops waiting when its signal aborts, and others go on waiting', async () => {
    const stopping = new AbortController();
    beginAnswer();
    takeStep('stopped', stopping.signal);
    takeStep('other');
    await clock.advance(0);

    stopping.abort();
    takeStep('late', stopping.signal);
    await clock.advance(249);

    expect(done).toEqual(['stopped', 'late']);
  });

  it('does not wait at a stop', async () => {
    beginAnswer();
    takeStep('first');
    await clock.advance(0);

    precedence.end();
    takeStep('second');
    await clock.advance(0);

    expect(done.toSorted()).toEqual(['first', 'second']);
    expect(clock.pending()).toBe(0);
  });
});
