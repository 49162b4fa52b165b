import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outbox, OutboxItem } from '../../src/chat/outbox.ts';
import type { Drawing } from '../../src/chat/reply.ts';
import { createLog } from '../../src/log.ts';
import type { NotSent, Posted } from '../../src/teams/conversations.ts';
import { startOutboxSender } from '../../src/teams/outbox-sender.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import type { Worker } from '../../src/worker.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { drawingOf, notSent } from './painter-stage.ts';

let clock: TestClock;
let ending: AbortController;
let outboxSender: Worker;
/** The due messages, oldest first; a message that was handed out leaves the list. */
let due: OutboxItem[];
/** What the sender reported to the outbox, e.g. `sent copy-1 card-1`. */
let told: string[];
let shown: string[];
let codes: unknown[];
/** What Teams received, by conversation. */
let taken: { what: string; conversation: string; at: number }[];
let answers: (NotSent | Promise<Posted>)[];
let outbox: { -readonly [K in keyof Outbox]: Outbox[K] };

function nameOf(item: OutboxItem): string {
  if (item.kind === 'card') return item.liveId;
  return item.kind === 'post' ? `announcement-${item.announcementId}` : `notice-${item.noticeId}`;
}
const card = (liveId: string, conversation = 'alex'): OutboxItem => ({
  kind: 'card',
  liveId,
  conversation,
  drawing: drawingOf({ id: liveId, conversation, cardId: null, revision: 1, finished: false }),
});
const text = (noticeId: number, conversation = 'alex'): OutboxItem => ({
  kind: 'text',
  noticeId,
  conversation,
  text: `text ${noticeId}`,
});
const post = (announcementId: number, conversation = 'alex'): OutboxItem => ({
  kind: 'post',
  announcementId,
  conversation,
  message: drawingOf({ id: '', conversation, cardId: null, revision: announcementId, finished: true }).message,
});

beforeEach(() => {
  clock = createTestClock();
  ending = new AbortController();
  [due, told, shown, codes, taken, answers] = [[], [], [], [], [], []];
  outbox = {
    due: async (limit) => due.splice(0, limit),
    attempt: (_item, work) => work(),
    sent: async (item, cardId) => void told.push(`sent ${nameOf(item)} ${cardId}`),
    failed: async (item, kind) => void told.push(`${kind} ${nameOf(item)}`),
  };
  const take = async (conversation: string, what: string): Promise<Posted> => {
    taken.push({ what, conversation, at: clock.monotonic() });
    return (await answers.shift()) ?? { kind: 'done', cardId: `card-${taken.length}` };
  };
  outboxSender = startOutboxSender({
    outbox: {
      due: (limit) => outbox.due(limit),
      attempt: (item, work) => outbox.attempt(item, work),
      sent: (item, cardId) => outbox.sent(item, cardId),
      failed: (item, kind) => outbox.failed(item, kind),
    },
    conversations: {
      post: (conversation, { summary }) => take(conversation, summary),
      async say(conversation, words) {
        const { kind, ...rest } = await take(conversation, words);
        return kind === 'done' ? { kind } : ({ kind, ...rest } as NotSent);
      },
    },
    pacing: createPacing(),
    keyOf: (conversation) => conversation,
    showed: async (drawing: Drawing) => void shown.push(drawing.live.id),
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
    expect(told).toEqual(['sent copy-1 card-1', 'sent notice-7 null']);
    expect(shown).toEqual(['copy-1']);
  });

  it('posts an announcement as it is, and reports nothing of it to the card updater', async () => {
    due.push(post(7), text(7));

    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['revision 7', 'text 7']);
    expect(told).toEqual(['sent announcement-7 card-1', 'sent notice-7 null']);
    expect(shown).toEqual([]);
  });

  it('keeps the order within a conversation, and lets no conversation wait for another', async () => {
    const slow = Promise.withResolvers<Posted>();
    answers.push(slow.promise);
    due.push(text(1, 'alex'), text(2, 'alex'), text(3, 'patti'), text(4, 'patti'));

    outboxSender.wake();
    await eventually(() => told.length === 2);
    const meanwhile = [...told];
    slow.resolve({ kind: 'done', cardId: 'late' });
    await outboxSender.settled();

    expect(meanwhile).toEqual(['sent notice-3 null', 'sent notice-4 null']);
    expect(told.slice(2)).toEqual(['sent notice-1 null', 'sent notice-2 null']);
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
    expect(told).toEqual(['sent notice-1 null']);
  });
});

describe('a message that Teams does not accept', () => {
  it.each([
    ['failed', 503],
    ['gone', 403],
  ] as const)('goes back into the outbox as %s, and the rest goes on', async (kind, status) => {
    answers.push(notSent(kind, status));
    due.push(card('copy-1'), text(2));

    await outboxSender.settled();

    expect(told).toEqual([`${kind} copy-1`, 'sent notice-2 null']);
    expect(shown).toEqual([]);
    expect(codes).toEqual(['outbox_not_taken']);
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
    expect(told).toEqual(['sent notice-1 null']);
  });

  it('and cannot note what was sent gets it noted later, and Teams gets it once', async () => {
    const works = outbox.sent;
    outbox.sent = () => Promise.reject(new Error('the database is away'));
    due.push(card('copy-1'));
    outboxSender.wake();
    await eventually(() => codes.includes('outbox_failed'));

    outbox.sent = works;
    due.push(card('copy-1'));
    await outboxSender.settled();

    expect(taken).toHaveLength(1);
    expect(told).toEqual(['sent copy-1 card-1']);
    expect(shown).toEqual(['copy-1']);
  });

  it('keeps an announcement that it could not note apart from a notice of the same number', async () => {
    const works = outbox.sent;
    outbox.sent = () => Promise.reject(new Error('the database is away'));
    due.push(post(7));
    outboxSender.wake();
    await eventually(() => codes.includes('outbox_failed'));

    outbox.sent = works;
    due.push(text(7), post(7));
    await outboxSender.settled();

    expect(taken.map(({ what }) => what)).toEqual(['revision 7', 'text 7']);
    expect(told).toEqual(['sent notice-7 null', 'sent announcement-7 card-1']);
  });

  it('and cannot note anything is not asked again and again in a row', async () => {
    let asked = 0;
    outbox.due = async () => {
      asked += 1;
      if (asked > 100) ending.abort();
      return [text(1)];
    };
    outbox.sent = () => Promise.reject(new Error('the database is away'));

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
