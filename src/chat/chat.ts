import {
  accessCardOfActivity,
  attachAccessCard,
  markAccessCardDrawn,
} from '../features/approvals/access-requests/access-cards.ts';
import { mayBeShown } from '../features/approvals/access-requests/readers.ts';
import { writeAudit } from '../requests/audit-log.ts';
import type { Reader } from '../requests/request.ts';
import { attachCard, isRequestCard, markDrawn } from '../requests/store.ts';
import { mayWatch } from '../features/checks/watching/watches.ts';
import { withinMs } from '../time-limit.ts';
import { openExport } from '../features/checks/export.ts';
import { commandsFor } from '../features/help/help.ts';
import { registry } from '../features/registry.ts';
import { createOutbox } from './create-outbox.ts';
import { answerWithout, databaseAway } from './database-away.ts';
import { drawRequest } from '../features/provisioning/draw.ts';
import { drawAccessCard, isAccessCardId } from '../features/approvals/draw-access-card.ts';
import { giveUpCard, giveUpWatch } from './give-up.ts';
import type { Incoming, Speaker } from './incoming.ts';
import { createMessages, type Messages } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { CommandParts } from './registry/define-command.ts';
import type { CardMessage, Drawing, ExportContext, ExportFile, Reply } from './reply.ts';
import { requireSignIn, type SignedInCallers } from './require-sign-in.ts';
import { createResponder, remember } from './responder.ts';
import { checking } from './views/checking.ts';
import { exportWords } from '../features/checks/cards/export-card.ts';
import { problem } from './views/problem.ts';
import type { SignInProblem } from './views/sign-in-problems.ts';
import { welcome } from '../features/help/cards/welcome-card.ts';

/** The conversation: turns incoming messages into replies. It knows nothing of Teams. */
export interface Chat {
  /** Replies to expected refusals and failures; throws only for bugs. */
  answer(incoming: Incoming): Promise<Reply>;
  /** A live card as it would look now; null when the id is unknown. */
  draw(liveId: string): Promise<Drawing | null>;
  /**
   * Records that the live card was posted as this message, or replaces `instead`. Resolves with the message that now
   * holds the card: another one where that was recorded first.
   */
  attachCard(liveId: string, cardId: string, instead: string | null): Promise<string>;
  /** Records that the live card shows this revision. */
  markDrawn(liveId: string, revision: number): Promise<void>;
  /**
   * Tells the card's conversation that the card crashed processes, and leaves it as it is; false where Teams did not
   * take the message.
   */
  giveUpCard(liveId: string, reference: string): Promise<boolean>;
  /** Tells the conversations that watch an app that Usher no longer checks it. */
  giveUpWatch(appId: string, reference: string): Promise<boolean>;
  /** Whether this message is a live card; only such a message may be replaced. */
  isRequestCard(cardId: string): Promise<boolean>;
  /** The messages that Usher sends unprompted: cards not posted yet, announcements, notices. */
  readonly outbox: Outbox;
  checking(reader: Reader): CardMessage;
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
}

/** Where a person met Usher: after a personal chat, Usher can write to the person there. */
export type Where = Pick<Incoming, 'conversation' | 'place'>;

export type OpenedExport =
  | { readonly kind: 'file'; readonly file: ExportFile }
  | { readonly kind: 'refused'; readonly message: CardMessage };

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
export function createChat(services: Omit<CommandParts, 'registry'>, callers: SignedInCallers | null = null): Chat {
  const parts: CommandParts = { ...services, registry };
  const { database } = parts.store;
  const answer = callers === null ? createResponder(parts) : requireSignIn(parts, callers);
  const draw = (liveId: string) =>
    isAccessCardId(liveId) ? drawAccessCard(parts, liveId) : drawRequest(parts, liveId);
  const noteDrawn = (liveId: string, revision: number) =>
    isAccessCardId(liveId) ? markAccessCardDrawn(database, liveId, revision) : markDrawn(database, liveId, revision);

  return {
    answer: (incoming) => answerWithout(answer, incoming, parts.log),
    draw,
    outbox: createOutbox({
      ...parts,
      draw,
      mayBeShown: (appId, key) => mayBeShown({ ...parts, database }, appId, key),
      mayWatch: (watch) => mayWatch(parts.access, watch),
    }),
    async isRequestCard(cardId) {
      return (await isRequestCard(database, cardId)) || (await accessCardOfActivity(database, cardId)) !== null;
    },
    async attachCard(liveId, cardId, instead) {
      if (isAccessCardId(liveId)) return attachAccessCard(database, liveId, cardId, instead);
      const attached = await attachCard(database, liveId, cardId, instead);
      parts.wake();
      return attached;
    },
    markDrawn: noteDrawn,
    giveUpCard: (liveId, reference) => giveUpCard(parts, liveId, reference, noteDrawn),
    giveUpWatch: (appId, reference) => giveUpWatch(parts, appId, reference),
    checking: (reader) => checking(wordsFor(reader)),
    async welcome(speaker, reader, where) {
      if (speaker === null)
        return welcome(wordsFor(reader), { name: null, canUse: false, isKnown: false, commands: [] });
      const access = callers === null ? parts.access : callers.servicesOf(speaker.id)?.access;
      if (access === undefined)
        return welcome(wordsFor(reader), { name: null, canUse: false, mustSignIn: true, commands: [] });
      const who = await withinMs(access.identify(speaker), welcomePatienceMs, parts.store.clock);
      const caller = who.kind === 'caller' ? who.caller : null;
      if (caller !== null) await remember(parts, speaker, reader, where);
      const commands = caller === null ? [] : commandsFor(parts, caller);
      const canUse = caller !== null && caller.roles.length > 0;
      return welcome(wordsFor(reader), { name: caller?.name ?? null, canUse, commands });
    },
    databaseAway,
    apology: (reference, reader) => problem(wordsFor(reader), { kind: 'apology', reference }),
    givenUp: (reference, reader) => problem(wordsFor(reader), { kind: 'givenUp', reference }),
    async openExport(speaker, reader, context) {
      const words = wordsFor(reader);
      const services = callers === null ? parts : callers.servicesOf(speaker.id);
      if (services === null) return { kind: 'refused', message: problem(words, { kind: 'signInEnded' }) };
      return openExport({ ...parts, ...services }, words, speaker, context);
    },
    signInNews: (what, reader) => problem(wordsFor(reader), what),
    exportWords: (kind, reader) => exportWords(wordsFor(reader), kind),
    turnAway(why, reader) {
      parts.observe?.turnedAway(why);
      return wordsFor(reader).plain(`turnedAway.${why}`);
    },
    async recordTurnedAway({ tenantId, actorId, reasons, count }) {
      const details = { reason: reasons.join(', '), tenant: tenantId, count };
      const { clock } = parts.store;
      await writeAudit(database.query, { at: clock.now(), actorId, kind: 'turnedAway', requestId: null, details });
    },
    tooMany: (limit, waitMs, reader) =>
      wordsFor(reader).plain('tooMany.said', { limit, seconds: Math.ceil(waitMs / 1_000) }),
  };
}

function wordsFor(reader: Reader): Messages {
  return createMessages(reader.locale, reader.timeZone);
}
