import type { Drawing } from '../../src/chat/reply.ts';
import { createLog } from '../../src/log.ts';
import { type CardUpdater, createCardUpdater } from '../../src/teams/card-updater.ts';
import type { NotSent, Sent } from '../../src/teams/conversations.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';

/** A store of requests, a Teams that accepts edits or does not, and the card updater between them. */
export interface Stage {
  readonly cardUpdater: CardUpdater;
  readonly clock: TestClock;
  readonly edits: readonly Exchange[];
  readonly texts: readonly Exchange[];
  readonly codes: readonly unknown[];
  readonly ending: AbortController;
  /** The highest revision of each request that was noted as drawn. */
  readonly drawn: Map<string, number>;
  /** How often two edits of one card ran at a time. */
  readonly overlaps: () => number;
  /** A new revision of the request, announced. */
  change(id: string, change?: { finished?: boolean; conversation?: string; cardId?: string | null }): void;
  answerEdits(...answers: (Sent | Promise<Sent>)[]): void;
  answerTexts(...answers: Sent[]): void;
  failDraws(count: number): void;
  /** Called each time that a revision is noted as drawn. */
  whenDrawn(listener: () => void): void;
}

export interface Exchange {
  readonly conversation: string;
  readonly what: string;
  readonly at: number;
}

export const notSent = (kind: NotSent['kind'], status: number): NotSent => ({ kind, status, error: new Error('no') });

export function createStage(): Stage {
  const clock = createTestClock();
  const ending = new AbortController();
  const requests = new Map<string, Drawing>();
  const drawn = new Map<string, number>();
  const edits: Exchange[] = [];
  const texts: Exchange[] = [];
  const codes: unknown[] = [];
  const editAnswers: (Sent | Promise<Sent>)[] = [];
  const textAnswers: Sent[] = [];
  const busy = new Set<string>();
  let overlaps = 0;
  let drawFailures = 0;
  let drawnListener = () => {};

  const cardUpdater = createCardUpdater({
    async draw(id) {
      if (drawFailures > 0) {
        drawFailures -= 1;
        throw new Error('the database is away');
      }
      return requests.get(id) ?? null;
    },
    async markDrawn(id, revision) {
      drawn.set(id, Math.max(revision, drawn.get(id) ?? 0));
      drawnListener();
    },
    beginEdit: async () => ({ end: async () => true }),
    conversations: {
      async edit(conversation, cardId, message) {
        if (busy.has(cardId)) overlaps += 1;
        busy.add(cardId);
        edits.push({ conversation, what: `${cardId} ${message.summary}`, at: clock.monotonic() });
        const answer = await (editAnswers.shift() ?? { kind: 'done' });
        busy.delete(cardId);
        return answer;
      },
      async say(conversation, text) {
        texts.push({ conversation, what: text, at: clock.monotonic() });
        return textAnswers.shift() ?? { kind: 'done' };
      },
    },
    pacing: createPacing(),
    keyOf: (conversation) => conversation,
    clock,
    ending: ending.signal,
    log: createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) }),
  });

  return {
    cardUpdater,
    clock,
    edits,
    texts,
    codes,
    ending,
    drawn,
    overlaps: () => overlaps,
    change(id, { finished = false, conversation = 'chat', cardId = `card-${id}` } = {}) {
      const revision = (requests.get(id)?.live.revision ?? 0) + 1;
      requests.set(id, drawingOf({ id, conversation, cardId, revision, finished }));
      cardUpdater.touch(id);
    },
    answerEdits: (...answers) => void editAnswers.push(...answers),
    answerTexts: (...answers) => void textAnswers.push(...answers),
    failDraws(count) {
      drawFailures = count;
    },
    whenDrawn(listener) {
      drawnListener = listener;
    },
  };
}

interface Shape {
  readonly id: string;
  readonly conversation: string;
  readonly cardId: string | null;
  readonly revision: number;
  readonly finished: boolean;
}

export function drawingOf({ id, conversation, cardId, revision, finished }: Shape): Drawing {
  return {
    live: { id, conversation, cardId, revision },
    message: {
      card: { type: 'AdaptiveCard', version: '1.5', fallbackText: '', body: [] },
      summary: `revision ${revision}`,
    },
    fingerprint: String(revision),
    finished,
  };
}
