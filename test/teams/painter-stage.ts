import type { Content, Drawing } from '../../src/chat/reply.ts';
import { createLog } from '../../src/log.ts';
import type { Message } from '../../src/outbox/message.ts';
import { createPrecedence, type Precedence } from '../../src/precedence.ts';
import { type CardUpdater, createCardUpdater } from '../../src/teams/card-updater.ts';
import type { NotSent, Sent } from '../../src/teams/conversations.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';

/** A store of requests, a Teams that accepts edits or does not, and the card updater between them. */
export interface Stage {
  readonly cardUpdater: CardUpdater;
  readonly clock: TestClock;
  readonly precedence: Precedence;
  readonly edits: readonly Exchange[];
  /** What was let go or made due, e.g. `R1 let go, due`. */
  readonly handed: readonly string[];
  readonly codes: readonly unknown[];
  readonly ending: AbortController;
  /** The highest revision of each request that was noted as shown. */
  readonly drawn: Map<string, number>;
  /** How often two edits of one card ran at a time. */
  readonly overlaps: () => number;
  /** A new revision of the request, announced. */
  change(id: string, change?: Partial<Omit<Shape, 'id' | 'revision'>>): void;
  answerEdits(...answers: (Sent | Promise<Sent>)[]): void;
  failDraws(count: number): void;
  /** Called each time that a revision is noted as drawn. */
  whenDrawn(listener: () => void): void;
}

export interface Exchange {
  readonly conversation: string;
  readonly what: string;
  readonly at: number;
}

export const notSent = <Kind extends string>(kind: Kind, status: number): NotSent<Kind> => ({
  kind,
  status,
  error: new Error('no'),
});

export function createStage(): Stage {
  const clock = createTestClock();
  const precedence = createPrecedence(clock);
  const ending = new AbortController();
  const requests = new Map<string, Drawing>();
  const drawn = new Map<string, number>();
  const edits: Exchange[] = [];
  const handed: string[] = [];
  const codes: unknown[] = [];
  const editAnswers: (Sent | Promise<Sent>)[] = [];
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
    async noteShown(id, revision) {
      drawn.set(id, Math.max(revision, drawn.get(id) ?? 0));
      drawnListener();
    },
    async noteUncertain(id, told) {
      handed.push(`${id} perhaps told ${told}`);
      const request = requests.get(id);
      if (request === undefined) return;
      const isLast = request.stored.told === told && request.stored.leftOpen !== 'edit';
      const stored = { ...request.stored, told, leftOpen: isLast ? 'nothing' : 'edit' } as const;
      requests.set(id, { ...request, stored });
    },
    beginEdit: async () => ({ revision: 0, end: async () => true }),
    conversations: {
      async edit(conversation, cardId, content) {
        if (busy.has(cardId)) overlaps += 1;
        busy.add(cardId);
        edits.push({ conversation, what: `${cardId} ${summaryOf(content)}`, at: clock.monotonic() });
        const answer = await (editAnswers.shift() ?? { kind: 'done' });
        busy.delete(cardId);
        return answer;
      },
    },
    async letGo({ id }, isDue) {
      handed.push(`${id} let go${isDue ? ', due' : ''}`);
      const request = requests.get(id);
      if (request !== undefined) requests.set(id, { ...request, stored: { ...request.stored, activityId: null } });
    },
    makeDue: async (id) => void handed.push(`${id} due`),
    pacing: createPacing(),
    keyOf: (conversation) => conversation,
    clock,
    giveWay: precedence.giveWay,
    ending: ending.signal,
    log: createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) }),
  });

  return {
    cardUpdater,
    clock,
    precedence,
    edits,
    handed,
    codes,
    ending,
    drawn,
    overlaps: () => overlaps,
    change(id, { finished = false, conversation = 'chat', ...more } = {}) {
      const revision = (requests.get(id)?.stored.revision ?? 0) + 1;
      requests.set(id, drawingOf({ id, conversation, activityId: `card-${id}`, revision, finished, ...more }));
      cardUpdater.touch(id);
    },
    answerEdits: (...answers) => void editAnswers.push(...answers),
    failDraws(count) {
      drawFailures = count;
    },
    whenDrawn(listener) {
      drawnListener = listener;
    },
  };
}

interface Shape extends Pick<Message, 'id' | 'conversation' | 'activityId' | 'revision'> {
  readonly finished: boolean;
  readonly needsAnswer?: boolean;
  readonly shownRevision?: number;
  readonly dueAt?: number | null;
  readonly gone?: Message['gone'];
  readonly leftOpen?: Message['leftOpen'];
  readonly told?: string | null;
}

export function drawingOf({ finished, needsAnswer = false, ...message }: Shape): Drawing {
  const { revision } = message;
  return {
    stored: { ...storedMessage, reference: message.id, ...message },
    content: {
      card: { type: 'AdaptiveCard', version: '1.5', fallbackText: '', body: [] },
      summary: `revision ${revision}`,
    },
    fingerprint: `revision ${revision}`,
    finished,
    needsAnswer,
  };
}

/** A card of a request that has not been posted. */
export const storedMessage: Message = {
  id: 'R1',
  kind: 'request',
  reference: 'R1',
  source: null,
  conversation: 'chat',
  reader: { locale: 'en-US', timeZone: 'UTC' },
  audience: null,
  details: null,
  activityId: null,
  revision: 1,
  shownRevision: 0,
  createdAt: Number.POSITIVE_INFINITY,
  dueAt: null,
  failures: 0,
  gone: 'no',
  isInterrupted: false,
  leftOpen: 'nothing',
  hasEarlierCard: false,
  told: null,
};

export const summaryOf = (content: Content): string => ('text' in content ? content.text : content.summary);
