import type { Message } from '../outbox/message.ts';
import { findMessage, findPosted, noteShown } from '../outbox/message-store.ts';
import { writeAudit } from '../requests/audit-log.ts';
import type { Reader } from '../requests/request.ts';
import { withinMs } from '../time-limit.ts';
import { createOutbox } from './create-outbox.ts';
import { answerWithout, databaseAway } from './database-away.ts';
import { besideEarlier, drawMessage } from './draw-message.ts';
import { tellGivenUp } from './give-up.ts';
import { createGrammar, keepingLatest } from './grammar/grammar.ts';
import type { Incoming, Speaker } from './incoming.ts';
import { createMessages, type Messages } from './messages.ts';
import { commandsFor } from './not-understood.ts';
import type { Outbox } from './outbox.ts';
import type { CommandParts, OpenedExport, Registry } from './registry/define-command.ts';
import type { CardMessage, Drawing, ExportContext, Reply } from './reply.ts';
import { requireSignIn, type SignedInCallers } from './require-sign-in.ts';
import { createResponder, remember } from './responder.ts';
import { checking, placeholder } from './views/notice.ts';
import { problem } from './views/problem.ts';
import type { SignInProblem } from './views/sign-in-problems.ts';

/** The conversation: turns incoming messages into replies. It knows nothing of Teams. */
export interface Chat {
  /** Replies to expected refusals and failures; throws only for bugs. */
  answer(incoming: Incoming): Promise<Reply>;
  /** A message as it would look now; null when the id is unknown, or there is nothing to show. */
  draw(id: string): Promise<Drawing | null>;
  /**
   * Tells the card's conversation that the card crashed processes, and leaves it as it is; false where Teams did not
   * take the message.
   */
  giveUpCard(id: string, reference: string): Promise<boolean>;
  /** Whether this Teams activity is a message of the outbox, whose card no answer may replace. */
  isPosted(activityId: string): Promise<boolean>;
  /** The same card, which says that an earlier one may still say that its request waits. */
  besideEarlier(message: CardMessage, reader: Reader): CardMessage;
  /** What Usher posts: the cards of requests, notices, announcements. */
  readonly outbox: Outbox;
  checking(reader: Reader): CardMessage;
  /** Tells nothing yet: an outcome, or a question to a person, replaces it. */
  placeholder(reader: Reader): CardMessage;
  /**
   * The card on installation. It lists what this person may do, if Graph answers in time; without a person it lists
   * nothing.
   */
  welcome(speaker: Speaker | null, reader: Reader, where: Where): Promise<CardMessage>;
  apology(reference: string, reader: Reader): CardMessage;
  /** The request crashed or froze its processes repeatedly, and is not tried again. */
  givenUp(reference: string, reader: Reader): CardMessage;
  /** `begun`: part of the request may have been stored before the database failed. */
  databaseAway(begun: boolean, reader: Reader): CardMessage;
  /** The agreed file, if this speaker may still have it. */
  openExport(speaker: Speaker, reader: Reader, context: ExportContext): Promise<OpenedExport>;
  /** The outcome of an offered file, in a short plain sentence. */
  exportWords(kind: 'declined' | 'failed' | 'stored', reader: Reader): string;
  /** The outcome of a sign-in, where it is more than the answer that waited for it. */
  signInNews(what: SignInProblem, reader: Reader): CardMessage;
  /** The text for a person whom authentication turns away; counts the refusal. */
  turnAway(why: TurnedAwayReason, reader: Reader): string;
  /** Writes one or more turned-away activities to the audit log. */
  recordTurnedAway(sum: TurnedAwayTogether): Promise<void>;
  /** The text for a person who sends more than `limit` commands a minute; `waitMs` until the next command runs. */
  tooMany(limit: number, waitMs: number, reader: Reader): string;
  /** The text for a person who edits a message that was answered. */
  editedTooLate(reader: Reader): string;
}

/** Where a person met Usher: after a personal chat, Usher can write to the person there. */
export type Where = Pick<Incoming, 'conversation' | 'place'>;

export type TurnedAwayReason = 'issuer' | 'service' | 'channel' | 'tenant' | 'noPerson';

/** The activities of one tenant that were turned away within a minute. */
export interface TurnedAwayTogether {
  /** Empty for none, or for several. */
  readonly tenantId: string;
  /** Empty for none, or several. */
  readonly actorId: string;
  readonly reasons: readonly TurnedAwayReason[];
  readonly count: number;
}

/** The greeting is due at once; Graph may be slower than this. */
const welcomePatienceMs = 2_000;

/** @param callers present for delegated permission; the Graph services in `services` then belong to no person. */
export function createChat(
  services: Omit<CommandParts, 'registry' | 'grammar'>,
  registry: Registry,
  callers: SignedInCallers | null = null,
): Chat {
  const grammar = keepingLatest(createGrammar(registry.commands, services.tickets));
  const parts: CommandParts = { ...services, registry, grammar };
  const { database, clock } = parts.store;
  const answer = callers === null ? createResponder(parts) : requireSignIn(parts, callers);
  const draw = async (message: Message | null) => (message === null ? null : drawMessage(parts, message));

  return {
    answer: (incoming) => answerWithout(answer, incoming, parts.log),
    draw: async (id) => draw(await findMessage(database, id)),
    outbox: createOutbox(parts, draw),
    isPosted: async (activityId) => (await findPosted(database, activityId)) !== null,
    async giveUpCard(id, reference) {
      const message = await findMessage(database, id);
      if (message === null) return true;
      if (!(await tellGivenUp(parts, message, { kind: 'cardGivenUp', id: message.reference }, reference))) return false;
      // A card that can neither be drawn nor sent stays as it is; it counts as shown, so that no restart tries it again.
      await noteShown(database, id, message.revision);
      return true;
    },
    besideEarlier: (message, reader) => besideEarlier(wordsFor(reader), message),
    checking: (reader) => checking(wordsFor(reader)),
    placeholder: (reader) => placeholder(wordsFor(reader)),
    async welcome(speaker, reader, where) {
      const words = wordsFor(reader);
      const unknown = { name: null, canUse: false, commands: [] };
      if (speaker === null) return registry.welcome(words, { ...unknown, isKnown: false });
      const access = callers === null ? parts.access : callers.servicesOf(speaker.id)?.access;
      if (access === undefined) return registry.welcome(words, { ...unknown, mustSignIn: true });
      const who = await withinMs(access.identify(speaker), welcomePatienceMs, clock);
      const caller = who.kind === 'caller' ? who.caller : null;
      if (caller !== null) await remember(parts, speaker, reader, where);
      const commands = caller === null ? [] : commandsFor(parts, caller);
      const canUse = caller !== null && caller.roles.length > 0;
      return registry.welcome(words, { name: caller?.name ?? null, canUse, commands });
    },
    databaseAway,
    apology: (reference, reader) => problemWithReference(wordsFor(reader), { kind: 'apology', reference }),
    givenUp: (reference, reader) => problemWithReference(wordsFor(reader), { kind: 'givenUp', reference }),
    async openExport(speaker, reader, context) {
      const words = wordsFor(reader);
      const own = callers === null ? parts : callers.servicesOf(speaker.id);
      if (own === null) return { kind: 'refused', message: problem(words, { kind: 'signInEnded' }) };
      return registry.openExport({ ...parts, ...own }, words, speaker, context);
    },
    signInNews: (what, reader) => problem(wordsFor(reader), what),
    exportWords: (kind, reader) => registry.exportWords(wordsFor(reader), kind),
    turnAway(why, reader) {
      parts.observe?.turnedAway(why);
      return wordsFor(reader).plain(`turnedAway.${why}`);
    },
    async recordTurnedAway({ tenantId, actorId, reasons, count }) {
      const details = { reason: reasons.join(', '), tenant: tenantId, count };
      await writeAudit(database.query, { at: clock.now(), actorId, kind: 'turnedAway', requestId: null, details });
    },
    tooMany: (limit, waitMs, reader) =>
      wordsFor(reader).plain('tooMany.said', { limit, seconds: Math.ceil(waitMs / 1_000) }),
    editedTooLate: (reader) => wordsFor(reader).plain('edited.tooLate'),
  };
}

function wordsFor(reader: Reader): Messages {
  return createMessages(reader.locale, reader.timeZone);
}

/** The summary may be all that is shown, and is of little use without the reference. */
function problemWithReference(
  words: Messages,
  what: { readonly kind: 'apology' | 'givenUp'; readonly reference: string },
): CardMessage {
  const { card, summary } = problem(words, what);
  return { card, summary: words.sentences([summary, what.reference]) };
}
