import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outbox } from '../../src/chat/outbox.ts';
import { type CardMessage, type Drawing, outcomeOf } from '../../src/chat/reply.ts';
import { createLog } from '../../src/log.ts';
import type { Message } from '../../src/outbox/message.ts';
import type { Posted } from '../../src/teams/conversations.ts';
import { startOutboxSender } from '../../src/teams/outbox-sender.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import type { Worker } from '../../src/worker.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { drawingOf, notSent, summaryOf } from './painter-stage.ts';

let clock: TestClock;
let ending: AbortController;
let outboxSender: Worker;
/** The due messages, oldest first; a message that was handed out leaves the list. */
let due: Drawing[];
/** What the sender reported to the outbox, e.g. `done copy-1 card-1`. */
let told: string[];
let shown: string[];
let touched: string[];
let removed: string[];
/** Whether Teams answers a read. */
let isAnswering: boolean;
let whenAsked: () => Promise<void>;
let codes: unknown[];
/** What Teams received, by conversation. */
let taken: { what: string; conversation: string; at: number }[];
let answers: (Posted | Promise<Posted>)[];
let outbox: { -readonly [K in keyof Outbox]: Outbox[K] };

const card = (id: string, conversation = 'alex', more: Partial<Drawing> = {}): Drawing => ({
  ...drawingOf({ id, conversation, activityId: null, revision: 1, finished: false }),
  ...more,
});
const text = (number: number, conversation = 'alex'): Drawing => ({
  ...drawingOf({ id: `notice-${number}`, conversation, activityId: null, revision: 0, finished: true }),
  content: { text: `text ${number}` },
});

const pausing = { begins: async () => undefined, ends: async () => undefined };

beforeEach(() => {
  clock = createTestClock();
  ending = new AbortController();
  [due, told, shown, touched, codes, taken, answers, removed] = [[], [], [], [], [], [], [], []];
  isAnswering = true;
  whenAsked = async () => undefined;
  outbox = {
    due: async (limit) => due.splice(0, limit),
    dueInMs: () => null,
    attempt: (_drawing, work) => work(pausing),
    async ended({ stored }, end) {
      told.push(`${end.kind} ${stored.id}${end.kind === 'done' ? ` ${end.activityId}` : ''}`);
      return 'latest';
    },
  };
  outboxSender = startOutboxSender({
    outbox: {
      due: (limit) => outbox.due(limit),
      dueInMs: () => outbox.dueInMs(),
      attempt: (drawing, work) => outbox.attempt(drawing, work),
      ended: (drawing, end) => outbox.ended(drawing, end),
    },
    conversations: {
      async post(conversation, content, given) {
        if (given !== pausing) throw new Error('the outbox is not told when a post pauses');
        taken.push({ what: summaryOf(content), conversation, at: clock.monotonic() });
        const activityId = 'text' in content ? null : `card-${taken.length}`;
        return (await answers.shift()) ?? { kind: 'done', activityId };
      },
      async remove(_conversation, activityId) {
        removed.push(activityId);
        return { kind: 'done' };
      },
      async answers() {
        await whenAsked();
        return isAnswering;
      },
    },
    pacing: createPacing(),
    keyOf: (conversation) => conversation,
    placeholder: ({ locale }) => ({ card: {} as never, summary: `placeholder in ${locale}` }),
    posted: ({ stored }, isOutdated) => void shown.push(isOutdated ? `${stored.id} outdated` : stored.id),
    touch: (id) => void touched.push(id),
    clock,
    ending: ending.signal,
    log: createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) }),
  });
});
afterEach(() => ending.abort());

describe('the outbox sender', () => {
  it('posts what is due, reports the id of each card to the outbox, and its revision to the card updater', async () => {
    due.push(card('copy-1'), text(7));

    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['revision 1', 'text 7']);
    expect(told).toEqual(['done copy-1 card-1', 'done notice-7 null']);
    expect(shown).toEqual(['copy-1']);
  });

  it('keeps the order within a conversation, and lets no conversation wait for another', async () => {
    const slow = Promise.withResolvers<Posted>();
    answers.push(slow.promise);
    due.push(text(1, 'alex'), text(2, 'alex'), text(3, 'patti'), text(4, 'patti'));

    outboxSender.wake();
    await eventually(() => told.length === 2);
    const meanwhile = [...told];
    slow.resolve({ kind: 'done', activityId: null });
    await outboxSender.settled();

    expect(meanwhile).toEqual(['done notice-3 null', 'done notice-4 null']);
    expect(told.slice(2)).toEqual(['done notice-1 null', 'done notice-2 null']);
  });

  it('empties an outbox that holds more than it takes at once', async () => {
    for (let id = 1; id <= 55; id += 1) due.push(text(id, `chat-${id}`));

    await outboxSender.settled();

    expect(told).toHaveLength(55);
  });

  it('sends into one conversation no faster than Teams allows', async () => {
    for (let id = 1; id <= 20; id += 1) due.push(text(id));

    outboxSender.wake();
    await clock.advance(10_000);
    await outboxSender.settled();

    const times = taken.map(({ at }) => at);
    expect(times).toHaveLength(20);
    for (const [index, at] of times.slice(7).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  it('looks by itself every five seconds', async () => {
    await clock.advance(1_000);
    due.push(text(1));
    await clock.advance(3_900);
    const early = told.length;
    await clock.advance(200);
    await outboxSender.settled();

    expect(early).toBe(0);
    expect(told).toEqual(['done notice-1 null']);
  });
});

describe('a message that Teams does not accept', () => {
  it.each([
    ['failed', 429],
    ['perhaps', 504],
    ['gone', 403],
  ] as const)('goes back into the outbox as %s, and the rest goes on', async (kind, status) => {
    answers.push(notSent(kind, status));
    due.push(card('copy-1'), text(2));

    await outboxSender.settled();

    expect(told).toEqual([`${kind} copy-1`, 'done notice-2 null']);
    expect([shown, touched]).toEqual([[], ['copy-1']]);
    expect(codes).toEqual(['outbox_not_taken']);
  });

  it('has its outcome posted as a sentence, as it may be the card that Teams refuses', async () => {
    answers.push(notSent('gone', 413));
    due.push(card('R1', 'alex', { finished: true }));

    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['revision 1', 'revision 1']);
    expect(told).toEqual(['done R1 null']);
  });

  it('is not posted as a sentence where a person is to click on it', async () => {
    answers.push(notSent('gone', 413));
    due.push(card('R1', 'alex', { needsAnswer: true }));

    await outboxSender.settled();

    expect(told).toEqual(['gone R1']);
    expect(taken).toHaveLength(1);
  });
});

describe('a card that mentions people', () => {
  const mentioning = { ...(card('R1').content as CardMessage), summary: 'with mentions' };
  const texts = () => taken.map(({ what }) => what);

  it('is posted with its mentions', async () => {
    due.push(card('R1', 'desk', { needsAnswer: true, mentioning }));

    await outboxSender.settled();

    expect(texts()).toEqual(['with mentions']);
    expect(told).toEqual(['done R1 card-1']);
  });

  it('is posted once more without them where Teams refuses it', async () => {
    answers.push(notSent('gone', 400));
    due.push(card('R1', 'desk', { needsAnswer: true, mentioning }));

    await outboxSender.settled();

    expect(texts()).toEqual(['with mentions', 'revision 1']);
    expect(told).toEqual(['done R1 card-2']);
    expect(codes).toEqual(['mentions_refused']);
  });

  it.each([
    ['perhaps', 502],
    ['failed', 429],
    ['gone', 403],
  ] as const)('is not posted again where that may repeat it, or is of no use: %s, %i', async (kind, status) => {
    answers.push(notSent(kind, status));
    due.push(card('R1', 'desk', { needsAnswer: true, mentioning }));

    await outboxSender.settled();

    expect(texts()).toEqual(['with mentions']);
  });
});

describe('a message that may have arrived', () => {
  const repeated = (leftOpen: Message['leftOpen'] = 'post') => {
    const { stored, ...drawing } = card('R1', 'alex', { finished: true });
    return { ...drawing, stored: { ...stored, told: outcomeOf(drawing), leftOpen } };
  };

  it('is not repeated as long as Teams is away, as it is repeated only once', async () => {
    isAnswering = false;
    let begun = 0;
    outbox.attempt = async (_drawing, work) => {
      begun += 1;
      return work(pausing);
    };
    due.push(repeated());

    await outboxSender.settled();

    expect([taken, told]).toEqual([[], ['failed R1']]);
    // If the process died while it waits for Teams, the one repetition would count as begun.
    expect(begun).toBe(0);
  });

  it('is left to another process where the question whether Teams answers took too long', async () => {
    isAnswering = false;
    const { stored, ...drawing } = repeated();
    due.push({ ...drawing, stored: { ...stored, dueAt: clock.now() + 60_000 } });
    whenAsked = () => clock.advance(60_000);

    await outboxSender.settled();

    expect([taken, told]).toEqual([[], []]);
  });

  it('is repeated when Teams answers again', async () => {
    due.push(repeated());

    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['revision 1']);
    expect(told).toEqual(['done R1 card-1']);
    expect([shown, touched]).toEqual([['R1'], []]);
  });

  it('by an edit is preceded by a placeholder in its language, which the card updater brings up to date', async () => {
    due.push(repeated('edit'));

    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['placeholder in en-US']);
    expect(told).toEqual(['done R1 card-1']);
    expect([shown, touched]).toEqual([[], ['R1']]);
  });

  it('by an edit is not sent as a sentence where Teams refuses the placeholder', async () => {
    answers.push(notSent('gone', 413));
    due.push(repeated('edit'));

    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['placeholder in en-US']);
    expect(told).toEqual(['gone R1']);
  });
});

describe('a card that another process has posted as well', () => {
  it('is removed again where that one noted it first', async () => {
    outbox.ended = async () => 'tooLate';
    due.push(card('R1'));

    await outboxSender.settled();

    expect([removed, shown]).toEqual([['card-1'], []]);
  });
});

describe('a card whose request has changed while it was posted', () => {
  it('is brought up to date', async () => {
    outbox.ended = async () => 'outdated';
    due.push(card('R1'));

    await outboxSender.settled();

    expect(shown).toEqual(['R1 outdated']);
  });
});

describe('a message that is due again soon', () => {
  it('is looked for when it is due, and not at the next poll', async () => {
    outbox.dueInMs = () => 2_000;
    await outboxSender.settled();
    outbox.dueInMs = () => null;
    due.push(text(1));

    await clock.advance(1_999);
    const early = taken.length;
    await clock.advance(1);
    await eventually(() => taken.length > 0);

    expect(early).toBe(0);
  });
});

describe('an outbox that throws', () => {
  it('does not stop the outbox sender: it looks again later', async () => {
    const works = outbox.due;
    outbox.due = () => Promise.reject(new Error('the database is away'));
    outboxSender.wake();
    await eventually(() => codes.includes('outbox_unread'));
    outbox.due = works;
    due.push(text(1));
    await clock.advance(5_000);

    await eventually(() => told.length === 1);
    expect(told).toEqual(['done notice-1 null']);
  });

  it('and cannot note what was sent gets it noted later, and Teams gets it once', async () => {
    const works = outbox.ended;
    outbox.ended = () => Promise.reject(new Error('the database is away'));
    due.push(card('copy-1'));
    outboxSender.wake();
    await eventually(() => codes.includes('outbox_failed'));

    outbox.ended = works;
    due.push(card('copy-1'));
    await outboxSender.settled();

    expect(taken).toHaveLength(1);
    expect(told).toEqual(['done copy-1 card-1']);
    expect(shown).toEqual(['copy-1']);
  });

  it('gets what was sent noted, and not what the message tells by then', async () => {
    const works = outbox.ended;
    const noted: unknown[] = [];
    outbox.ended = () => Promise.reject(new Error('the database is away'));
    due.push(card('copy-1'));
    outboxSender.wake();
    await eventually(() => codes.includes('outbox_failed'));

    outbox.ended = (drawing, end) => {
      noted.push(drawing.fingerprint);
      return works(drawing, end);
    };
    due.push(card('copy-1', 'alex', { fingerprint: 'its outcome', finished: true }));
    await outboxSender.settled();

    expect(noted).toEqual(['revision 1']);
  });

  it('posts nothing that a dead process may have posted, and tells the outbox so', async () => {
    const { stored } = card('copy-1');
    due.push(card('copy-1', 'alex', { stored: { ...stored, isInterrupted: true } }));

    await outboxSender.settled();

    expect([taken, told]).toEqual([[], ['perhaps copy-1']]);
  });

  it('notes that the post of a dead process may be an earlier card, even where the message is an outcome by now', async () => {
    const { stored } = card('copy-1');
    const noted: boolean[] = [];
    const works = outbox.ended;
    outbox.ended = (drawing, end) => {
      noted.push(drawing.stored.hasEarlierCard);
      return works(drawing, end);
    };
    due.push(card('copy-1', 'alex', { stored: { ...stored, isInterrupted: true }, finished: true }));

    await outboxSender.settled();

    expect(noted).toEqual([true]);
  });

  it('posts nothing that was handed out so long ago that another process may have it', async () => {
    const { stored } = card('copy-1');
    due.push(card('copy-1', 'alex', { stored: { ...stored, dueAt: clock.now() } }));

    await outboxSender.settled();

    expect([taken, told]).toEqual([[], []]);
  });

  it('and cannot note anything is not asked again and again in a row', async () => {
    let asked = 0;
    outbox.due = async () => {
      asked += 1;
      if (asked > 100) ending.abort();
      return [text(1)];
    };
    outbox.ended = () => Promise.reject(new Error('the database is away'));

    await outboxSender.settled();
    await clock.advance(15_000);

    expect(asked).toBeLessThanOrEqual(5);
    expect(taken).toHaveLength(1);
  });
});

describe('the outbox sender when Usher stops', () => {
  it('leaves in the outbox what waits for its turn', async () => {
    for (let id = 1; id <= 20; id += 1) due.push(text(id));
    outboxSender.wake();
    await eventually(() => taken.length === 6);

    ending.abort();
    await outboxSender.settled();
    await clock.advance(60_000);

    expect(taken).toHaveLength(6);
    expect(told).toHaveLength(6);
  });
});
