import type { Incoming } from '../../src/chat/incoming.ts';
import type { CardAction, CardMessage, Drawing, Reply } from '../../src/chat/reply.ts';
import { createLog } from '../../src/log.ts';
import type { Pausing, PostEnd } from '../../src/outbox/message.ts';
import type { Posted, Sent } from '../../src/teams/conversations.ts';
import { createInvokeHandler, type InvokeHandler } from '../../src/teams/invoke-handler.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import { createTurnAnswerer, type TurnAnswerer } from '../../src/teams/turn-answerer.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { storedMessage, summaryOf } from './painter-stage.ts';

/** A chat with one access card of the id `copy-1`, a Teams that accepts everything, and the answering between them. */
export interface AnsweringStage {
  readonly answering: TurnAnswerer;
  readonly invokeHandler: InvokeHandler;
  readonly clock: TestClock;
  /** Posts, edits and texts in their order, e.g. `edit card-9 pending`. */
  readonly sent: readonly string[];
  readonly touched: readonly string[];
  readonly codes: readonly unknown[];
  /** How the posts of the access card ended, as the outbox was told, e.g. `done stray`. */
  readonly ends: readonly string[];
  readonly turnEnds: readonly string[];
  /** What was noted of how many messages may show the answer. */
  readonly copies: readonly number[];
  /** What Teams answers to the next posts, and to the next edits, instead of taking them. */
  readonly answers: Posted[];
  readonly editAnswers: Sent[];
  /** Whether Teams answers a read. */
  isAnswering: boolean;
  /** Stores how many messages may show an answer. */
  noteCopies(copies: number): Promise<void>;
  /** How often Teams refuses each of the next posts for now before it takes it. */
  readonly pauses: number[];
  /** Usher ends. */
  end(): void;
  /** What the chat returns for each message or click. */
  whenAsked(answer: (incoming: Incoming) => Promise<Reply>): void;
  /** The activity id of the access card; null where it has not been posted. */
  liveCardId: string | null;
  /** The errors, one after the other, before the activity id of the access card is stored. */
  readonly attachTroubles: (() => unknown)[];
  /** Cards that belong to other requests. */
  readonly otherLiveCards: string[];
  /** The text of the access card; it cannot be drawn when this is null. */
  state: string | null;
}

export const live: Reply = { kind: 'live', liveId: 'copy-1' };
export const refusal: Reply = { kind: 'card', message: cardOf('You may not decide on this.') };

export function cardOf(text: string): CardMessage {
  const body = [{ type: 'TextBlock', text }];
  return { card: { type: 'AdaptiveCard', version: '1.5', fallbackText: text, body }, summary: text };
}

/** A click on a button of the card `card-9`. */
export function clickOn(action: CardAction, cardId = 'card-9'): Incoming {
  return {
    id: 'chat|click-1',
    speaker: { id: 'alex', tenantId: 'contoso' },
    conversation: JSON.stringify({ serviceUrl: 'https://smba.example', conversation: { id: 'chat' } }),
    place: { key: 'https://smba.example|chat', kind: 'shared' },
    reader: { locale: 'en-US', timeZone: 'UTC' },
    what: { kind: 'action', action, cardId },
    mentions: [],
  };
}

export const approve: CardAction = { verb: 'approve', requestId: 'R7K3MQ' };
export const ask: CardAction = {
  verb: 'submit',
  form: 'requestAccess',
  on: 'form',
  picked: '',
  subject: 'isaiah',
  app: 'Salesforce',
  start: '',
  end: '',
  reason: '',
  ticket: '',
};

export function createAnsweringStage(): AnsweringStage {
  const clock = createTestClock();
  const ending = new AbortController();
  const copies: number[] = [];
  const sent: string[] = [];
  const touched: string[] = [];
  const codes: unknown[] = [];
  const ends: string[] = [];
  const turnEnds: string[] = [];
  const answers: Posted[] = [];
  const editAnswers: Sent[] = [];
  const otherLiveCards: string[] = [];
  let answerWith: (incoming: Incoming) => Promise<Reply> = () => Promise.resolve(live);

  const chat = {
    answer: (incoming: Incoming) => answerWith(incoming),
    async draw(id: string): Promise<Drawing | null> {
      if (id !== 'copy-1' || stage.state === null) return null;
      const { conversation } = clickOn(approve);
      return {
        stored: { ...storedMessage, id, conversation, activityId: stage.liveCardId },
        content: cardOf(stage.state),
        fingerprint: stage.state,
        finished: false,
      };
    },
    outbox: {
      due: () => Promise.resolve([]),
      dueInMs: () => null,
      attempt: () => Promise.resolve(null),
      async ended({ stored }: Drawing, end: PostEnd) {
        const trouble = stage.attachTroubles.shift();
        if (trouble !== undefined) throw trouble();
        ends.push(`${end.kind}${stored.hasEarlierCard ? ' stray' : ''}`);
        if (end.kind !== 'done') return 'latest' as const;
        stage.liveCardId ??= end.activityId;
        return stage.liveCardId === end.activityId ? 'latest' : 'tooLate';
      },
    },
    isPosted: (cardId: string) => Promise.resolve(cardId === stage.liveCardId || otherLiveCards.includes(cardId)),
    besideEarlier: ({ card, summary }: CardMessage) => ({ card, summary: `${summary} An earlier card may wait.` }),
    checking: () => cardOf('One moment.'),
    apology: (reference: string) => cardOf(`Something went wrong. ${reference}`),
    givenUp: () => cardOf('Usher stopped twice.'),
    databaseAway: (begun: boolean) => cardOf(begun ? 'The database was lost.' : 'The database is away.'),
  };
  /** Notes what was sent; Teams takes it, unless the test has another answer. */
  const posted = async (what: string, activityId: string, pausing?: Pausing): Promise<Posted> => {
    for (let pauses = stage.pauses.shift() ?? 0; pauses > 0; pauses -= 1) {
      await pausing?.begins();
      await pausing?.ends();
    }
    sent.push(what);
    return answers.shift() ?? { kind: 'done', activityId };
  };
  const edited = async (what: string): Promise<Sent> => {
    sent.push(what);
    return editAnswers.shift() ?? { kind: 'done' };
  };
  const answering = createTurnAnswerer({
    chat,
    conversations: {
      post: (_conversation, content, pausing) => posted(`post ${summaryOf(content)}`, 'card-new', pausing),
      offerFile: (_conversation, { fileName }) => posted(`offer ${fileName}`, 'card-new'),
      askToSignIn: (_conversation, _connection, { summary }) => posted(`invite ${summary}`, 'card-new'),
      showFile: (_conversation, { name }) => posted(`file ${name}`, 'card-new'),
      edit: (_conversation, cardId, content) => edited(`edit ${cardId} ${summaryOf(content)}`),
      remove: (_conversation, cardId) => edited(`remove ${cardId}`),
      answers: async () => stage.isAnswering,
      findMember: () => Promise.resolve(null),
    },
    pacing: createPacing(),
    turns: {
      open: () => Promise.resolve(true),
      meet: () => Promise.resolve(true),
      openEdited: () => Promise.resolve('opened'),
      leaveUnread: () => Promise.resolve(),
      showed: () => Promise.resolve(),
      noteCopies: (_incomingId, copies) => stage.noteCopies(copies),
      close: async () => void turnEnds.push('closed'),
      takeUp: () => Promise.resolve([]),
      begin: () => Promise.resolve(1),
      handBack: async () => void turnEnds.push('handed back'),
      prune: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    },
    posted: () => undefined,
    showed: () => Promise.resolve(),
    touch: (liveId) => void touched.push(liveId),
    clock,
    ending: ending.signal,
    log: createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) }),
  });
  const stage: AnsweringStage = {
    answering,
    invokeHandler: createInvokeHandler({ chat, answering, clock }),
    clock,
    sent,
    touched,
    codes,
    ends,
    turnEnds,
    copies,
    answers,
    editAnswers,
    isAnswering: true,
    pauses: [],
    noteCopies: async (count) => void copies.push(count),
    end: () => ending.abort(),
    whenAsked(answer) {
      answerWith = answer;
    },
    liveCardId: 'card-9',
    attachTroubles: [],
    otherLiveCards,
    state: 'pending',
  };
  return stage;
}
