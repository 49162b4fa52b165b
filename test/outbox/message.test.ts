import { describe, expect, it } from '@jest/globals';
import { afterPost, defaultRepeatPauseMs, type Message, type Posting, tryAgainAt } from '../../src/outbox/message.ts';

const now = 1_000_000;
const retryAfterMs = 45_000;

/** A message that the outbox posts for the first time. */
const due: Message = {
  ...{ id: 'R7K3MQ', kind: 'request', reference: 'R7K3MQ', source: null, conversation: 'conversation' },
  ...{ reader: { locale: 'en-US', timeZone: 'Europe/Berlin' }, audience: null, details: null },
  ...{ activityId: null, revision: 4, shownRevision: 0, createdAt: now, dueAt: now, failures: 0, gone: 'no' },
  ...{ isInterrupted: false, leftOpen: 'nothing', hasEarlierCard: false, told: null },
};

/** What it may show when it is posted. */
const waiting: Posting = {
  ...{ revision: 4, isFinished: false, mustArrive: false, outcome: 'created', isPlaceholder: false },
};
const asking: Posting = { ...waiting, mustArrive: true };
const outcome: Posting = { ...asking, isFinished: true };
const shown = { shownRevision: 4, dueAt: null, failures: 0 } as const;
const created = { told: 'created', leftOpen: 'nothing' } as const;

describe('a post that Teams took', () => {
  it.each([
    ['a card that waits', waiting, {}],
    ['a card that waits for a person', asking, created],
    ['an outcome', outcome, created],
  ])('shows %s, and is edited from then on', (_what, posting, told) => {
    const posted = afterPost(due, posting, { kind: 'done', activityId: 'activity' }, now);

    expect(posted).toEqual({ ...shown, ...told, activityId: 'activity' });
  });

  it('ends its tries, and its repetition', () => {
    const tried: Message = { ...due, failures: 7, told: 'created', leftOpen: 'post' };

    const posted = afterPost(tried, outcome, { kind: 'done', activityId: 'activity' }, now);

    expect({ ...tried, ...posted }).toMatchObject({ failures: 0, leftOpen: 'nothing', dueAt: null });
  });

  it.each([
    ['that waits', waiting, {}],
    ['that waits for a person', asking, created],
  ])(
    'without naming its activity leaves a card %s that nothing edits, and its outcome says so',
    (_what, posting, told) => {
      const posted = afterPost(due, posting, { kind: 'done', activityId: null }, now);

      expect(posted).toEqual({ ...shown, ...told, hasEarlierCard: true });
      expect({ ...due, ...posted }.activityId).toBeNull();
    },
  );

  it('without naming its activity has told the outcome, which is not told again', () => {
    const posted = afterPost(due, outcome, { kind: 'done', activityId: null }, now);

    expect(posted).toEqual({ ...shown, ...created });
  });

  it.each([
    ['activity', { kind: 'done', activityId: 'activity' }],
    ['no activity', { kind: 'done', activityId: null }],
  ] as const)('as %s leaves an earlier card where it is, which later ones still mention', (_what, end) => {
    const posted = afterPost({ ...due, hasEarlierCard: true }, outcome, end, now);

    expect({ ...due, ...posted }.hasEarlierCard).toBe(true);
  });
});

describe('a post that Teams may have taken', () => {
  it('of a card that waits is never repeated, and its outcome says that the card may stand there', () => {
    const posted = afterPost(due, waiting, { kind: 'perhaps' }, now);

    expect(posted).toEqual({ ...shown, hasEarlierCard: true });
  });

  it.each([
    ['an outcome', outcome, {}],
    ['a card that waits for a person', asking, { hasEarlierCard: true }],
  ])('of %s is repeated after a pause', (_what, posting, stray) => {
    const posted = afterPost(due, posting, { kind: 'perhaps' }, now);

    expect(posted).toEqual({ dueAt: now + defaultRepeatPauseMs, told: 'created', leftOpen: 'post', ...stray });
    expect({ ...due, ...posted }.shownRevision).toBe(0);
  });

  it.each([
    ['an outcome', outcome, created],
    ['a card that waits for a person', asking, { ...created, hasEarlierCard: true }],
  ])('of %s is not repeated a second time', (_what, posting, stray) => {
    const posted = afterPost({ ...due, told: 'created', leftOpen: 'post' }, posting, { kind: 'perhaps' }, now);

    expect(posted).toEqual({ ...shown, ...stray });
  });

  // Seen once: "In progress" stood beside the outcome, as the repetition of the question counted as that of the outcome.
  it('of an outcome is repeated even where the question before it was', () => {
    const asked: Message = { ...due, told: 'approve or deny', leftOpen: 'post' };

    const posted = afterPost(asked, outcome, { kind: 'perhaps' }, now);

    expect(posted).toEqual({ dueAt: now + defaultRepeatPauseMs, told: 'created', leftOpen: 'post' });
  });

  // A click that named the card, while nothing of it was known but that its outcome may stand there, made that sure.
  it('keeps in mind what was left open before, where it tells nothing of that', () => {
    const edited: Message = { ...due, told: 'created', leftOpen: 'edit' };

    const posted = afterPost(edited, waiting, { kind: 'done', activityId: 'activity' }, now);

    expect({ ...edited, ...posted }).toMatchObject({ activityId: 'activity', told: 'created', leftOpen: 'edit' });
  });

  it('of a repeated card that only waits by now is not repeated again', () => {
    const posted = afterPost({ ...due, told: 'created', leftOpen: 'post' }, waiting, { kind: 'perhaps' }, now);

    expect(posted).toEqual({ ...shown, hasEarlierCard: true });
  });

  it.each([
    ['an outcome', outcome],
    ['its repetition', outcome],
  ])('of %s leaves an earlier card that may say that the request waits', (what, posting) => {
    const leftOpen = what === 'its repetition' ? 'post' : 'nothing';
    const message: Message = { ...due, hasEarlierCard: true, told: 'created', leftOpen };

    const posted = afterPost(message, posting, { kind: 'perhaps' }, now);

    expect(posted.hasEarlierCard).toBe(true);
  });

  it('is not taken for a failure, however often it was refused before', () => {
    const posted = afterPost({ ...due, failures: 149 }, outcome, { kind: 'perhaps' }, now);

    expect({ ...due, ...posted }).toMatchObject({ gone: 'no', dueAt: now + defaultRepeatPauseMs });
  });
});

describe('a placeholder, as an edit was left open that may have told the outcome', () => {
  const edited: Message = { ...due, hasEarlierCard: true, told: 'created', leftOpen: 'edit', failures: 3 };
  const placeholder: Posting = { ...outcome, isPlaceholder: true };

  it('is edited where Teams names its activity, and has told nothing yet', () => {
    const posted = afterPost(edited, placeholder, { kind: 'done', activityId: 'activity' }, now);

    const noted = { hasEarlierCard: true, leftOpen: 'post', failures: 0, dueAt: null };
    expect(posted).toEqual({ ...noted, activityId: 'activity' });
  });

  it.each([
    ['cannot be edited, as Teams names no activity,', { kind: 'done', activityId: null }],
    ['Teams never takes', { kind: 'gone' }],
  ] as const)('that %s is followed by the outcome at once', (_what, end) => {
    const posted = afterPost(edited, placeholder, end, now);

    const expected = { activityId: null, shownRevision: 0, dueAt: now, gone: 'no', leftOpen: 'post' };
    expect({ ...edited, ...posted }).toMatchObject(expected);
  });

  it('that Teams may have taken is followed by the outcome after a pause, for the last time', () => {
    const posted = afterPost(edited, placeholder, { kind: 'perhaps' }, now);
    const followed = afterPost({ ...edited, ...posted }, outcome, { kind: 'perhaps' }, now);

    expect({ ...edited, ...posted }).toMatchObject({ shownRevision: 0, dueAt: now + defaultRepeatPauseMs });
    expect(followed).toMatchObject({ ...shown, ...created });
  });

  it('that Teams did not take for now is posted again', () => {
    const posted = afterPost(edited, placeholder, { kind: 'failed' }, now);

    expect({ ...edited, ...posted }).toMatchObject({ dueAt: now + 120_000, failures: 4, leftOpen: 'edit' });
  });

  it.each([
    ['Teams took', { kind: 'done', activityId: 'activity' }],
    ['Teams may have taken', { kind: 'perhaps' }],
  ] as const)('is not what an answer has posted, which told it: %s', (_what, end) => {
    const posted = afterPost(edited, outcome, end, now);

    expect(posted).toMatchObject({ ...shown, ...created });
  });
});

describe('a post that Teams did not take for now', () => {
  it.each([
    ['a card that waits', waiting],
    ['a card that waits for a person', asking],
    ['an outcome', outcome],
  ])('of %s is tried again, and leaves no card behind', (_what, posting) => {
    const posted = afterPost(due, posting, { kind: 'failed' }, now);

    expect(posted).toEqual({ dueAt: now + 2_000, failures: 1 });
  });

  it('keeps the one repetition, and an earlier card, in mind', () => {
    const posted = afterPost(
      { ...due, told: 'created', leftOpen: 'post', hasEarlierCard: true },
      outcome,
      { kind: 'failed' },
      now,
    );

    expect(posted).toEqual({ dueAt: now + 2_000, failures: 1, hasEarlierCard: true });
  });

  it('waits as long as Teams says, and at least as long as it would by itself', () => {
    const asked = afterPost(due, waiting, { kind: 'failed', retryAfterMs }, now);
    const briefly = afterPost({ ...due, failures: 3 }, waiting, { kind: 'failed', retryAfterMs }, now);

    expect([asked.dueAt, briefly.dueAt]).toEqual([now + retryAfterMs, now + 120_000]);
  });

  it('is tried for about a day, at longer and longer pauses, and then has no readers', () => {
    const pauses: number[] = [];
    let [message, time] = [due, now];
    while (message.dueAt !== null) {
      message = { ...message, ...afterPost(message, outcome, { kind: 'failed' }, time) };
      if (message.dueAt !== null) pauses.push(message.dueAt - time);
      time = message.dueAt ?? time;
    }

    expect(pauses.slice(0, 6)).toEqual([2_000, 8_000, 30_000, 120_000, 600_000, 600_000]);
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect((time - now) / 3_600_000).toBeCloseTo(24.4, 1);
    expect(message.gone).toBe('refused');
  });
});

describe('a post that Teams never takes', () => {
  it('of a card that waits is not tried again, while its outcome is', () => {
    const posted = afterPost(due, waiting, { kind: 'gone' }, now);

    expect(posted).toEqual(shown);
    expect({ ...due, ...posted }.gone).toBe('no');
  });

  it.each([
    ['a card that waits for a person', asking],
    ['an outcome', outcome],
  ])('of %s has no readers', (_what, posting) => {
    const posted = afterPost(due, posting, { kind: 'gone' }, now);

    expect(posted).toEqual({ dueAt: null, gone: 'refused' });
  });

  it('keeps in mind that an earlier card may stand there', () => {
    const posted = afterPost({ ...due, hasEarlierCard: true }, waiting, { kind: 'gone' }, now);

    expect({ ...due, hasEarlierCard: true, ...posted }.hasEarlierCard).toBe(true);
  });
});

describe('the next try', () => {
  it('comes later after each failure, and never after the last', () => {
    const tries = [0, 4, 149, 150, 151].map((failures) => tryAgainAt(failures, now));

    expect(tries).toEqual([now + 2_000, now + 600_000, now + 600_000, null, null]);
  });
});
