import { attachCopyCard, copyWithCard, markCopyDrawn } from '../requests/access-requests/copies.ts';
import { rememberPerson } from '../requests/access-requests/places.ts';
import type { Reader } from '../requests/request.ts';
import { attachCard, isRequestCard, markDrawn } from '../requests/store.ts';
import type { Parsed } from './command.ts';
import { decide } from './commands/access/decide.ts';
import { accessForm, ask } from './commands/access/form.ts';
import { confirm } from './commands/cancel.ts';
import { openExport } from './commands/checks/export.ts';
import { commandsFor, notUnderstood } from './commands/help.ts';
import { page } from './commands/page.ts';
import { withoutSeparator } from './commands/provision.ts';
import { provisionFile } from './commands/provision-file.ts';
import { retry } from './commands/retry.ts';
import { cancelEither, runCommand } from './commands/run.ts';
import { withKnownApp } from './commands/target.ts';
import { type CommandParts, record, refuseStranger, say, type Turn, troubleReply } from './commands/turn.ts';
import { createOutbox } from './create-outbox.ts';
import { answerWithout, databaseAway } from './database-away.ts';
import { drawRequest } from './draw.ts';
import { drawCopy, isCopyId } from './draw-copy.ts';
import { format } from './grammar/format.ts';
import { parse } from './grammar/parse.ts';
import type { Incoming, Speaker } from './incoming.ts';
import type { Outbox } from './outbox.ts';
import type { CardAction, CardMessage, Drawing, ExportContext, ExportFile, Reply } from './reply.ts';
import { checking } from './views/checking.ts';
import { exportWords } from './views/checks/export-card.ts';
import { didYouMean } from './views/did-you-mean.ts';
import { problem } from './views/problem.ts';
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
  /** Whether this message is a live card; nothing else may take its place. */
  isRequestCard(cardId: string): Promise<boolean>;
  /** The cards and texts that nobody has asked for just now, but that somebody is owed. */
  readonly outbox: Outbox;
  checking(reader: Reader): CardMessage;
  /** The card on installation; it lists what this person may do, where Graph tells in time. */
  welcome(speaker: Speaker, reader: Reader, where: Where): Promise<CardMessage>;
  apology(reference: string, reader: Reader): CardMessage;
  /** `begun`: something of what was asked for may have been stored before the database went away. */
  databaseAway(begun: boolean, reader: Reader): CardMessage;
  /** The file that was agreed to, if this speaker may still have it. */
  openExport(speaker: Speaker, reader: Reader, context: ExportContext): Promise<OpenedExport>;
  /** What became of a file that was offered, in a short plain sentence. */
  exportWords(kind: 'declined' | 'failed' | 'stored', reader: Reader): string;
  /** Plain words for somebody whom the door does not admit; records it. */
  turnAway(why: TurnedAwayReason, actorId: string, reader: Reader): Promise<string>;
  /** Plain words for somebody who sends more than `limit` commands a minute; `waitMs` until the next one is run. */
  tooMany(limit: number, waitMs: number, reader: Reader): string;
}

/** Where somebody met Usher: who did so in a personal chat can be written to there. */
export type Where = Pick<Incoming, 'conversation' | 'place'>;

export type OpenedExport =
  | { readonly kind: 'file'; readonly file: ExportFile }
  | { readonly kind: 'refused'; readonly message: CardMessage };

export type TurnedAwayReason = 'issuer' | 'service' | 'channel' | 'tenant' | 'noPerson';

/** A greeting is due at once; Graph may be slower than that. */
const welcomePatienceMs = 2_000;

export function createChat(parts: CommandParts): Chat {
  const { database } = parts.store;
  const draw = (liveId: string) => (isCopyId(liveId) ? drawCopy(parts, liveId) : drawRequest(parts, liveId));

  async function answer(incoming: Incoming): Promise<Reply> {
    const words = wordsFor(incoming.reader);
    const who = await parts.access.identify(incoming.speaker);
    switch (who.kind) {
      case 'trouble':
        return troubleReply(words, who.trouble);
      case 'denied':
        return refuseStranger(parts, words, incoming.speaker.id, who.denial);
      case 'caller':
        await remember(incoming.speaker, incoming.reader, incoming);
        return answerCaller({ incoming, caller: who.caller, words });
      default: {
        const never: never = who;
        throw new Error(`unexpected identification ${JSON.stringify(never)}`);
      }
    }
  }

  /** Where somebody can be written to: their personal chat, the latest one. */
  async function remember(
    speaker: Speaker,
    reader: Reader,
    { conversation, place }: Pick<Incoming, 'conversation' | 'place'>,
  ): Promise<void> {
    if (place.kind !== 'personal') return;
    const { database, clock } = parts.store;
    await rememberPerson(database, { personId: speaker.id, conversation, reader, seenAt: clock.now() });
  }

  async function answerCaller(turn: Turn): Promise<Reply> {
    const { what } = turn.incoming;
    switch (what.kind) {
      case 'text':
        if (what.text === '' && what.attachments > 0) return say(turn.words, { kind: 'attachmentOnly' });
        if (what.files[0] !== undefined) return provisionFile(parts, turn, what.text, what.files[0]);
        return answerLine(turn, what.text);
      case 'action':
        return answerAction(turn, what.action);
      case 'unknownAction':
        return say(turn.words, { kind: 'unknownButton' });
      default: {
        const never: never = what;
        throw new Error(`unexpected content ${JSON.stringify(never)}`);
      }
    }
  }

  function answerAction(turn: Turn, action: CardAction): Promise<Reply> {
    switch (action.verb) {
      case 'run':
      case 'choose':
        return answerLine(turn, action.text);
      case 'retry':
        return retry(parts, turn, action.requestId);
      case 'cancel':
        return cancelEither(parts, turn, action.requestId);
      case 'confirm':
        return confirm(parts, turn, action.requestId);
      case 'approve':
        return decide(parts, turn, action.requestId, { kind: 'approve' });
      case 'deny':
        return decide(parts, turn, action.requestId, { kind: 'deny', reason: action.reason });
      case 'ask':
        return ask(parts, turn, action);
      case 'page':
        return page(parts, turn, action.requestId, action.page);
      default: {
        const never: never = action;
        throw new Error(`unexpected action ${JSON.stringify(never)}`);
      }
    }
  }

  async function answerLine(turn: Turn, line: string): Promise<Reply> {
    const parsed: Parsed = parse(line);
    switch (parsed.kind) {
      case 'command':
        return runCommand(parts, turn, parsed.command);
      case 'didYouMean':
        return correct(turn, parsed.suggestion);
      case 'incomplete':
        return complete(turn, parsed);
      case 'tooLong':
        return say(turn.words, parsed);
      case 'empty':
        return say(turn.words, { kind: 'empty' }, [{ label: 'help', verb: 'run', text: 'help' }]);
      case 'unclear':
        return notUnderstood(turn, line);
      default: {
        const never: never = parsed;
        throw new Error(`unexpected reading ${JSON.stringify(never)}`);
      }
    }
  }

  /** Half a command; where the words end in the name of an app, only the "to" is missing. */
  async function complete(
    turn: Turn,
    { verb, missing, said }: Extract<Parsed, { kind: 'incomplete' }>,
  ): Promise<Reply> {
    if (verb === 'retry' || verb === 'cancel' || verb === 'approve' || verb === 'deny' || verb === 'show')
      return say(turn.words, { kind: 'missingId', verb });
    if (verb === 'requestAccess') return accessForm(parts, turn);
    if (verb === 'check') return say(turn.words, { kind: 'incompleteCheck' });
    if (verb === 'watch' || verb === 'unwatch') return say(turn.words, { kind: 'incompleteWatch' });
    if (verb === 'provisionGroup') return say(turn.words, { kind: 'incompleteGroup' });
    const command = missing === 'app' ? await withoutSeparator(parts, said) : null;
    if (command === null) return say(turn.words, { kind: 'incomplete', missing });
    return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion: format(command) }) };
  }

  /** A mistyped verb; if the app is mistyped as well, one suggestion puts both right. */
  async function correct(turn: Turn, suggestion: string): Promise<Reply> {
    const parsed = parse(suggestion);
    const command = parsed.kind === 'command' ? parsed.command : null;
    const namesApp = command !== null && 'app' in command && command.app !== null;
    const line = namesApp ? format(await withKnownApp(parts, { ...command, app: command.app })) : suggestion;
    return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion: line }) };
  }

  return {
    answer: (incoming) => answerWithout(answer, incoming),
    draw,
    outbox: createOutbox({ ...parts, draw }),
    async isRequestCard(cardId) {
      return (await isRequestCard(database, cardId)) || (await copyWithCard(database, cardId)) !== null;
    },
    async attachCard(liveId, cardId, instead) {
      if (isCopyId(liveId)) return attachCopyCard(database, liveId, cardId, instead);
      const attached = await attachCard(database, liveId, cardId, instead);
      parts.wake();
      return attached;
    },
    markDrawn: (liveId, revision) =>
      isCopyId(liveId) ? markCopyDrawn(database, liveId, revision) : markDrawn(database, liveId, revision),
    checking: (reader) => checking(wordsFor(reader)),
    async welcome(speaker, reader, where) {
      const enough = new AbortController();
      const { clock } = parts.store;
      const inTime = clock.sleep(welcomePatienceMs, enough.signal);
      const who = await Promise.race([parts.access.identify(speaker), inTime]);
      enough.abort();
      const caller = who?.kind === 'caller' ? who.caller : null;
      if (caller !== null) await remember(speaker, reader, where);
      const commands = caller === null ? [] : commandsFor(caller);
      const canUse = caller !== null && caller.roles.length > 0;
      return welcome(wordsFor(reader), { name: caller?.name ?? null, canUse, commands });
    },
    databaseAway,
    apology: (reference, reader) => problem(wordsFor(reader), { kind: 'apology', reference }),
    openExport: (speaker, reader, context) => openExport(parts, wordsFor(reader), speaker, context),
    exportWords: (kind, reader) => exportWords(wordsFor(reader), kind),
    async turnAway(why, actorId, reader) {
      await record(parts, actorId, 'turnedAway', { reason: why });
      return wordsFor(reader).plain(`turnedAway.${why}`);
    },
    tooMany: (limit, waitMs, reader) =>
      wordsFor(reader).plain('tooMany.said', { limit, seconds: Math.ceil(waitMs / 1_000) }),
  };
}

function wordsFor(reader: Reader): Words {
  return createWords(reader.locale, reader.timeZone);
}
