import { attachCopyCard, copyWithCard, markCopyDrawn } from '../requests/access-requests/copies.ts';
import { mayBeShown } from '../requests/access-requests/readers.ts';
import { writeRecord } from '../requests/record.ts';
import type { Reader } from '../requests/request.ts';
import { attachCard, isRequestCard, markDrawn } from '../requests/store.ts';
import { mayWatch } from '../requests/watching/watches.ts';
import { openExport } from './commands/checks/export.ts';
import { commandsFor } from './commands/help.ts';
import { registry } from './commands/registry.ts';
import { createConversing, remember } from './conversing.ts';
import { createOutbox } from './create-outbox.ts';
import { answerWithout, databaseAway } from './database-away.ts';
import { drawRequest } from './draw.ts';
import { drawCopy, isCopyId } from './draw-copy.ts';
import { giveUpCard, giveUpWatch } from './give-up.ts';
import type { Incoming, Speaker } from './incoming.ts';
import type { Outbox } from './outbox.ts';
import type { CommandParts } from './registry/define-command.ts';
import type { CardMessage, Drawing, ExportContext, ExportFile, Reply } from './reply.ts';
import { type Callers, createSigning } from './signing.ts';
import { checking } from './views/checking.ts';
import { exportWords } from './views/checks/export-card.ts';
import { problem } from './views/problem.ts';
import type { SignInProblem } from './views/sign-in-problems.ts';
import { welcome } from './views/welcome.ts';
import { createWords, type Words } from './words.ts';

/** The conversation: what people say made into what Usher answers. It knows nothing of Teams. */
export interface Chat {
  /** Expected refusals and troubles are replies; it throws only for what nobody foresaw. */
  answer(incoming: Incoming): Promise<Reply>;
  /** A live card as it would look now; null when there is none of this id. */
  draw(liveId: string): Promise<Drawing | null>;
  /**
   * The live card has been posted as this message, or takes the place of `instead`. Resolves with the message that it
   * is now: another one where that was noted first.
   */
  attachCard(liveId: string, cardId: string, instead: string | null): Promise<string>;
  /** The live card shows this revision. */
  markDrawn(liveId: string, revision: number): Promise<void>;
  /** Tells where the card stands that processes died of it, and leaves it as it is; false where Teams did not take that. */
  giveUpCard(liveId: string, reference: string): Promise<boolean>;
  /** Tells the places that watch an app that it is not looked at any more. */
  giveUpWatch(appId: string, reference: string): Promise<boolean>;
  /** Whether this message is a live card; nothing else may take its place. */
  isRequestCard(cardId: string): Promise<boolean>;
  /** The cards and texts that nobody has asked for just now, but that somebody is owed. */
  readonly outbox: Outbox;
  checking(reader: Reader): CardMessage;
  /** The card on installation; it lists what this person may do, where Graph tells in time; with no person, no rights. */
  welcome(speaker: Speaker | null, reader: Reader, where: Where): Promise<CardMessage>;
  apology(reference: string, reader: Reader): CardMessage;
  /** What was asked ended or froze its processes again and again, and is not tried once more. */
  givenUp(reference: string, reader: Reader): CardMessage;
  /** `begun`: something of what was asked for may have been stored before the database went away. */
  databaseAway(begun: boolean, reader: Reader): CardMessage;
  /** The file that was agreed to, if this speaker may still have it. */
  openExport(speaker: Speaker, reader: Reader, context: ExportContext): Promise<OpenedExport>;
  /** What became of a file that was offered, in a short plain sentence. */
  exportWords(kind: 'declined' | 'failed' | 'stored', reader: Reader): string;
  /** What came of signing in, where it is more than the answer that waited for it. */
  signInNews(what: SignInProblem, reader: Reader): CardMessage;
  /** Plain words for a person whom the door does not admit; counts them. */
  turnAway(why: TurnedAwayReason, reader: Reader): string;
  /** Records one or more that the door did not admit. */
  recordTurnedAway(sum: TurnedAwayTogether): Promise<void>;
  /** Plain words for somebody who sends more than `limit` commands a minute; `waitMs` until the next one is run. */
  tooMany(limit: number, waitMs: number, reader: Reader): string;
}

/** Where somebody met Usher: who did so in a personal chat can be written to there. */
export type Where = Pick<Incoming, 'conversation' | 'place'>;

export type OpenedExport =
  | { readonly kind: 'file'; readonly file: ExportFile }
  | { readonly kind: 'refused'; readonly message: CardMessage };

export type TurnedAwayReason = 'issuer' | 'service' | 'channel' | 'tenant' | 'noPerson';

/** Those of one tenant within a minute. */
export interface TurnedAwayTogether {
  /** Empty for none, or many. */
  readonly tenantId: string;
  /** Empty for none, or several. */
  readonly actorId: string;
  readonly reasons: readonly TurnedAwayReason[];
  readonly count: number;
}

/** A greeting is due at once; Graph may be slower than that. */
const welcomePatienceMs = 2_000;

/** @param callers where Graph is called by each person's own right; what `services` sees of it is then nobody's. */
export function createChat(services: Omit<CommandParts, 'registry'>, callers: Callers | null = null): Chat {
  const parts: CommandParts = { ...services, registry };
  const { database } = parts.store;
  const answer = callers === null ? createConversing(parts) : createSigning(parts, callers);
  const draw = (liveId: string) => (isCopyId(liveId) ? drawCopy(parts, liveId) : drawRequest(parts, liveId));
  const noteDrawn = (liveId: string, revision: number) =>
    isCopyId(liveId) ? markCopyDrawn(database, liveId, revision) : markDrawn(database, liveId, revision);

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
      return (await isRequestCard(database, cardId)) || (await copyWithCard(database, cardId)) !== null;
    },
    async attachCard(liveId, cardId, instead) {
      if (isCopyId(liveId)) return attachCopyCard(database, liveId, cardId, instead);
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
      const access = callers === null ? parts.access : callers.sightOf(speaker.id)?.access;
      if (access === undefined)
        return welcome(wordsFor(reader), { name: null, canUse: false, mustSignIn: true, commands: [] });
      const enough = new AbortController();
      const { clock } = parts.store;
      const inTime = clock.sleep(welcomePatienceMs, enough.signal);
      const who = await Promise.race([access.identify(speaker), inTime]);
      enough.abort();
      const caller = who?.kind === 'caller' ? who.caller : null;
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
      const sight = callers === null ? parts : callers.sightOf(speaker.id);
      if (sight === null) return { kind: 'refused', message: problem(words, { kind: 'signInEnded' }) };
      return openExport({ ...parts, ...sight }, words, speaker, context);
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
      await writeRecord(database.query, { at: clock.now(), actorId, kind: 'turnedAway', requestId: null, details });
    },
    tooMany: (limit, waitMs, reader) =>
      wordsFor(reader).plain('tooMany.said', { limit, seconds: Math.ceil(waitMs / 1_000) }),
  };
}

function wordsFor(reader: Reader): Words {
  return createWords(reader.locale, reader.timeZone);
}
