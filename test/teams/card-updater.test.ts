import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Sent } from '../../src/teams/conversations.ts';
import { growthOf, mostGrowth } from '../support/growth.ts';
import { createStage, drawingOf, type Exchange, notSent, type Stage } from './painter-stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

const whats = (exchanges: readonly Exchange[]) => exchanges.map(({ what }) => what);

/** The shortest time between two edits of one card. */
function shortestGap(edits: readonly Exchange[]): number {
  const gaps = edits.slice(1).map((edit, index) => edit.at - (edits[index]?.at ?? 0));
  return Math.min(Number.POSITIVE_INFINITY, ...gaps);
}

describe('a card', () => {
  it('shows a change at once, and later changes two seconds after it, in one edit', async () => {
    stage.change('R1');
    await stage.clock.advance(0);
    const atOnce = whats(stage.edits);
    stage.change('R1');
    await stage.clock.advance(1_000);
    stage.change('R1', { finished: true });
    await stage.clock.advance(999);
    const early = stage.edits.length;
    await stage.clock.advance(1);

    expect(atOnce).toEqual(['card-R1 revision 1']);
    expect(early).toBe(1);
    expect(whats(stage.edits)).toEqual(['card-R1 revision 1', 'card-R1 revision 3']);
    expect(stage.drawn.get('R1')).toBe(3);
  });

  it('is not drawn while a message is being answered, however many are due, and all are after it', async () => {
    const answer = Promise.withResolvers<void>();
    void stage.precedence.answering(() => answer.promise);
    for (let card = 1; card <= 30; card += 1) stage.change(`R${card}`, { conversation: `chat ${card}` });
    await stage.clock.advance(200);
    const during = stage.edits.length;

    answer.resolve();
    await stage.clock.advance(10);
    await stage.cardUpdater.settled();

    expect([during, stage.edits.length]).toEqual([0, 30]);
  });

  it('is drawn within a quarter of a second, however many messages are answered', async () => {
    void stage.precedence.answering(() => new Promise(() => undefined));
    for (let card = 1; card <= 30; card += 1) stage.change(`R${card}`, { conversation: `chat ${card}` });
    await stage.clock.advance(249);
    const before = stage.edits.length;

    await stage.clock.advance(1);
    await stage.cardUpdater.settled();

    expect([before, stage.edits.length]).toEqual([0, 30]);
  });

  it('is edited at most once in two seconds and ends on the last change, whenever the changes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 3_000 }), { minLength: 1, maxLength: 30 }), async (pauses) => {
        const { cardUpdater, clock, edits, change } = createStage();
        for (const [index, pause] of pauses.entries()) {
          change('R1', { finished: index === pauses.length - 1 });
          await clock.advance(pause);
        }
        await clock.advance(2_000);
        await cardUpdater.settled();

        expect(shortestGap(edits)).toBeGreaterThanOrEqual(2_000);
        expect(edits.at(-1)?.what).toBe(`card-R1 revision ${pauses.length}`);
      }),
      { numRuns: 25 },
    );
  });

  it('misses no change, however soon it comes after the edit before', async () => {
    for (let microtasks = 0; microtasks <= 20; microtasks += 1) {
      const { cardUpdater, clock, edits, change, whenDrawn } = createStage();
      whenDrawn(async () => {
        whenDrawn(() => {});
        for (let passed = 0; passed < microtasks; passed += 1) await null;
        change('R1');
      });
      change('R1');
      await clock.advance(5_000);
      await cardUpdater.settled();

      expect(whats(edits)).toEqual(['card-R1 revision 1', 'card-R1 revision 2']);
    }
  });

  it('that looks the same is not sent again', async () => {
    stage.change('R1');
    await stage.clock.advance(5_000);

    stage.cardUpdater.touch('R1');
    await stage.clock.advance(5_000);

    expect(stage.edits).toHaveLength(1);
  });

  it('that the turn has just posted is left alone until it changes', async () => {
    const shown = drawingOf({ id: 'R1', conversation: 'chat', activityId: 'card-R1', revision: 1, finished: false });
    stage.change('R1', { activityId: null });
    stage.cardUpdater.posted(shown, false);
    await stage.clock.advance(0);
    const before = stage.edits.length;

    stage.change('R1');
    await stage.clock.advance(0);

    expect(before).toBe(0);
    expect(whats(stage.edits)).toEqual(['card-R1 revision 2']);
    expect(stage.drawn.get('R1')).toBe(2);
  });

  it('that replaces another keeps still for two seconds too', async () => {
    const shown = drawingOf({ id: 'R1', conversation: 'chat', activityId: 'card-R1', revision: 1, finished: false });
    stage.change('R1', { activityId: null });
    await stage.cardUpdater.showed(shown, 'done');

    stage.change('R1');
    await stage.clock.advance(1_999);
    const early = stage.edits.length;
    await stage.clock.advance(1);

    expect(early).toBe(0);
    expect(whats(stage.edits)).toEqual(['card-R1 revision 2']);
  });

  it('is never edited twice at a time, however long Teams takes', async () => {
    const slow = Promise.withResolvers<Sent>();
    stage.answerEdits(slow.promise);
    stage.change('R1');
    await stage.clock.advance(5_000);
    stage.change('R1');
    await stage.clock.advance(5_000);
    const meanwhile = stage.edits.length;
    slow.resolve({ kind: 'done' });
    await stage.clock.advance(2_000);

    expect(meanwhile).toBe(1);
    expect(whats(stage.edits)).toEqual(['card-R1 revision 1', 'card-R1 revision 2']);
    expect(stage.overlaps()).toBe(0);
  });

  it('that is not posted yet keeps no loop waiting', async () => {
    stage.change('R1', { activityId: null });
    await stage.cardUpdater.settled();

    expect(stage.edits).toEqual([]);
  });

  it('is drawn although the store was unavailable for a moment', async () => {
    stage.failDraws(2);
    stage.change('R1', { finished: true });
    await stage.clock.advance(6_000);

    expect(whats(stage.edits)).toEqual(['card-R1 revision 1']);
    expect(stage.codes).toEqual(['card_failed', 'card_failed']);
  });
});

describe('a drawn revision that the store could not note', () => {
  it('is shown and noted once more', async () => {
    let isAway = true;
    stage.whenDrawn(() => {
      if (!isAway) return;
      isAway = false;
      stage.drawn.clear();
      throw new Error('the database is away');
    });

    stage.change('R1', { finished: true });
    await stage.clock.advance(6_000);

    expect(whats(stage.edits)).toEqual(['card-R1 revision 1', 'card-R1 revision 1']);
    expect(stage.drawn.get('R1')).toBe(1);
    expect(stage.codes).toEqual(['card_failed']);
  });
});

describe('thirty cards in one conversation', () => {
  it('keep to what Teams accepts there, and all end on their last change', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `R${index}`);
    for (let round = 1; round <= 5; round += 1) {
      for (const id of ids) stage.change(id, { finished: round === 5 });
      await stage.clock.advance(3_000);
    }
    await stage.clock.advance(120_000);

    const times = stage.edits.map(({ at }) => at);
    const mostWithin = (windowMs: number) =>
      Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + windowMs).length));
    expect(mostWithin(1_000)).toBeLessThanOrEqual(7);
    expect(mostWithin(2_000)).toBeLessThanOrEqual(8);
    expect(mostWithin(30_000)).toBeLessThanOrEqual(60);
    for (const id of ids) {
      const ofCard = stage.edits.filter(({ what }) => what.startsWith(`card-${id} `));
      expect(ofCard.at(-1)?.what).toBe(`card-${id} revision 5`);
      expect(shortestGap(ofCard)).toBeGreaterThanOrEqual(2_000);
    }
  });

  it('do not delay a card elsewhere', async () => {
    for (let index = 0; index < 30; index += 1) stage.change(`R${index}`);
    stage.change('elsewhere', { conversation: 'another chat' });
    await stage.clock.advance(0);

    expect(whats(stage.edits)).toContain('card-elsewhere revision 1');
  });

  it('are remembered no longer than needed', async () => {
    for (let index = 0; index < 300; index += 1) {
      stage.change(`R${index}`, { finished: true, conversation: `chat ${index}` });
    }
    await stage.clock.advance(10_000);
    stage.change('last');
    await stage.clock.advance(0);

    expect(stage.edits).toHaveLength(301);
    expect(stage.cardUpdater.size()).toBe(1);
  });

  it('cost no more each where thousands are remembered', () => {
    const post = (text: string) => {
      const { cardUpdater } = createStage();
      for (let index = 0; index < text.length; index += 1)
        cardUpdater.posted(
          drawingOf({ id: `R${index}`, conversation: 'chat', activityId: null, revision: 1, finished: false }),
          false,
        );
    };

    const growth = growthOf(
      { name: 'cards', size: 4_000, read: post },
      { name: 'each', of: (count) => 'x'.repeat(count) },
    );

    expect(growth?.factor ?? 0).toBeLessThanOrEqual(mostGrowth);
  });

  it('that never come to an end here are forgotten after a while', async () => {
    for (let index = 0; index < 300; index += 1) stage.change(`R${index}`, { conversation: `chat ${index}` });
    await stage.clock.advance(11 * 60_000);
    stage.change('last');

    expect(stage.cardUpdater.size()).toBe(1);
  });
});

describe('an edit that Teams will never accept', () => {
  it.each([403, 404, 413])('(%d) is not repeated; the outcome is left to the outbox, once', async (status) => {
    stage.answerEdits(notSent('gone', status));
    stage.change('R1', { finished: true });
    await stage.clock.advance(120_000);

    expect(stage.edits).toHaveLength(1);
    expect(stage.handed).toEqual(['R1 let go, due']);
    expect(stage.drawn.has('R1')).toBe(false);
  });

  // Seen once: a list whose card went on saying “One moment”, and that nobody could confirm.
  it('leaves a question to a person to the outbox, whether the edit or an earlier post was refused', async () => {
    stage.answerEdits(notSent('gone', 404));
    stage.change('R1', { needsAnswer: true });
    stage.change('R2', { needsAnswer: true, activityId: null });
    await stage.clock.advance(10_000);

    expect(stage.handed).toEqual(['R2 due', 'R1 let go, due']);
  });

  // Seen once: an outcome that stood three times in the approvers' room.
  it('leaves an outcome that was told already where it is, and one that is new to the outbox', async () => {
    const posted = { finished: true, activityId: null };
    stage.change('R1', { ...posted, told: 'revision 1' });
    await stage.clock.advance(10_000);
    stage.change('R1', { ...posted, told: 'revision 1' });
    await stage.clock.advance(10_000);

    expect(stage.drawn.get('R1')).toBe(1);
    expect(stage.handed).toEqual(['R1 due']);
  });

  it('leaves nothing to the outbox as long as there is no outcome, and the outcome when there is', async () => {
    stage.answerEdits(notSent('gone', 404));
    stage.change('R1');
    await stage.clock.advance(10_000);
    const early = [...stage.handed];
    stage.change('R1', { finished: true, activityId: null });
    await stage.clock.advance(10_000);

    expect(early).toEqual(['R1 let go']);
    expect(stage.handed).toEqual(['R1 let go', 'R1 due']);
    expect(stage.edits).toHaveLength(1);
  });
});

describe('an edit of which Teams does not say whether it has it', () => {
  it('is noted where it shows what has to arrive, and tried again', async () => {
    stage.answerEdits(notSent('perhaps', 502), notSent('perhaps', 502));
    stage.change('R1', { finished: true });
    stage.change('R2');
    await stage.clock.advance(2_000);

    expect(whats(stage.edits).filter((what) => what.startsWith('card-R1'))).toHaveLength(2);
    expect(stage.handed).toEqual(['R1 perhaps told revision 1']);
    expect(stage.drawn.get('R1')).toBe(1);
  });

  it('leaves it told for sure where an earlier edit has shown the same', async () => {
    stage.answerEdits(notSent('perhaps', 502), notSent('gone', 403));
    stage.change('R1', { finished: true, told: 'revision 1' });
    await stage.clock.advance(10_000);

    expect(stage.edits).toHaveLength(2);
    expect(stage.handed).toEqual(['R1 let go']);
  });

  it('is noted where another part made it, and tried again', async () => {
    stage.change('R1', { activityId: null });
    await stage.clock.advance(0);
    const drawing = drawingOf({ id: 'R1', conversation: 'chat', activityId: 'card-R1', revision: 1, finished: true });

    await stage.cardUpdater.showed(drawing, 'perhaps');
    stage.change('R1');
    await stage.clock.advance(2_000);

    expect(stage.handed).toEqual(['R1 perhaps told revision 1']);
    expect(whats(stage.edits)).toEqual(['card-R1 revision 2']);
  });

  it('and that Teams refuses later leaves the outcome to the outbox, where it was not shown for sure', async () => {
    const perhaps = { finished: true, told: 'revision 1', leftOpen: 'edit' } as const;
    stage.answerEdits(notSent('gone', 403));
    stage.change('R1', perhaps);
    await stage.clock.advance(10_000);

    expect(stage.handed).toEqual(['R1 let go, due']);
  });
});

describe('a card that cannot be edited, as Usher does not know its id,', () => {
  it.each([
    ['is in the outbox already', { dueAt: 1_000 }],
    ['has no readers', { gone: 'refused' }],
    ['shows the outcome', { shownRevision: 1 }],
  ] as const)('is left alone where it %s', async (_why, shape) => {
    stage.change('R1', { finished: true, activityId: null, ...shape });
    await stage.clock.advance(10_000);

    expect(stage.handed).toEqual([]);
  });
});

describe('an edit that Teams may accept later', () => {
  it.each([500, 412, 429])('(%d) is tried again after two seconds', async (status) => {
    stage.answerEdits(notSent('failed', status));
    stage.change('R1', { finished: true });
    await stage.clock.advance(2_000);

    expect(whats(stage.edits)).toEqual(['card-R1 revision 1', 'card-R1 revision 1']);
    expect(stage.drawn.get('R1')).toBe(1);
  });

  it('is tried no sooner than Teams asks', async () => {
    stage.answerEdits({ ...notSent('failed' as const, 429), retryAfterMs: 20_000 });
    stage.change('R1', { finished: true });
    await stage.clock.advance(19_000);
    const early = stage.edits.length;
    await stage.clock.advance(1_000);

    expect([early, stage.edits.length]).toEqual([1, 2]);
  });

  it('is tried for two minutes, longer than Teams is away as a rule; then the outcome is left to the outbox', async () => {
    stage.answerEdits(...Array.from({ length: 20 }, () => notSent('failed', 500)));
    stage.change('R1', { finished: true });
    await stage.clock.advance(3_600_000);

    const [first] = stage.edits;
    const tries = [0, 2_000, 6_000, 14_000, 30_000, 60_000, 120_000];
    expect(stage.edits.map(({ at }) => at - (first?.at ?? 0))).toEqual(tries);
    expect(stage.handed).toEqual(['R1 let go, due']);
  });

  it('is tried for longer, once a minute, where its outcome may have been shown twice and is not posted any more', async () => {
    const failures = Array.from({ length: 5 }, () => notSent('failed', 500));
    stage.answerEdits(notSent('perhaps', 502), ...failures, notSent('perhaps', 502), ...failures);
    stage.change('R1', { finished: true, told: 'revision 1', leftOpen: 'post' });
    await stage.clock.advance(900_000);

    const [first] = stage.edits;
    const tries = [0, 2, 6, 14, 30, 60, 120, 180, 240, 300, 360, 420, 480];
    expect(stage.edits.map(({ at }) => (at - (first?.at ?? 0)) / 1_000)).toEqual(tries);
    expect(stage.handed).toEqual(['R1 perhaps told revision 1']);
    expect(stage.drawn.get('R1')).toBe(1);
  });

  it('is not followed by a post where the last try may have shown the outcome a second time', async () => {
    stage.answerEdits(...Array.from({ length: 6 }, () => notSent('failed', 500)), notSent('perhaps', 502));
    stage.change('R1', { finished: true, told: 'revision 1', leftOpen: 'post' });
    await stage.clock.advance(150_000);

    expect(stage.handed).toEqual(['R1 perhaps told revision 1']);
  });

  it('leaves a card alone that another process has posted meanwhile', async () => {
    const refused = Promise.withResolvers<Sent>();
    stage.answerEdits(refused.promise);
    stage.change('R1', { finished: true });
    await stage.clock.advance(0);
    stage.change('R1', { finished: true, activityId: 'another' });
    refused.resolve(notSent('gone', 404));
    await stage.clock.advance(10_000);

    expect(stage.handed).toEqual([]);
    expect(whats(stage.edits)).toEqual(['card-R1 revision 1', 'another revision 2']);
  });

  it('shows by then what has changed meanwhile', async () => {
    stage.answerEdits(notSent('failed', 500));
    stage.change('R1');
    await stage.clock.advance(1_000);
    stage.change('R1', { finished: true });
    await stage.clock.advance(10_000);

    expect(whats(stage.edits)).toEqual(['card-R1 revision 1', 'card-R1 revision 2']);
  });
});

describe('the card updater when Usher stops', () => {
  it('waits for no distant edit, and sends nothing afterwards', async () => {
    stage.answerEdits(notSent('failed', 500));
    stage.change('R1', { finished: true });
    stage.change('R2');
    await stage.clock.advance(0);
    stage.change('R2');
    const before = stage.edits.length;

    stage.ending.abort();
    await stage.cardUpdater.settled();
    stage.change('R3');
    await stage.clock.advance(60_000);

    expect(stage.edits.length).toBe(before);
    expect(stage.handed).toEqual([]);
    expect(stage.clock.pending()).toBe(0);
  });
});
