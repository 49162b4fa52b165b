import type { Reader } from '../requests/request.ts';
import { attachCard, isRequestCard } from '../requests/store.ts';
import type { Command, Parsed } from './command.ts';
import { apps } from './commands/apps.ts';
import { cancel, confirm } from './commands/cancel.ts';
import { commandsFor, help, notUnderstood } from './commands/help.ts';
import { page } from './commands/page.ts';
import { provision, withoutSeparator } from './commands/provision.ts';
import { provisionFile } from './commands/provision-file.ts';
import { provisionGroup } from './commands/provision-group.ts';
import { provisionList } from './commands/provision-list.ts';
import { retry } from './commands/retry.ts';
import { withKnownApp } from './commands/target.ts';
import { type CommandParts, record, refuseStranger, say, type Turn, troubleReply } from './commands/turn.ts';
import { drawRequest } from './draw.ts';
import { format } from './grammar/format.ts';
import { parse } from './grammar/parse.ts';
import type { Incoming, Speaker } from './incoming.ts';
import type { CardAction, CardMessage, Drawing, Reply } from './reply.ts';
import { checking } from './views/checking.ts';
import { didYouMean } from './views/did-you-mean.ts';
import { problem } from './views/problem.ts';
import { welcome } from './views/welcome.ts';
import { whoami } from './views/whoami.ts';
import { createWords, type Words } from './words.ts';

/** The conversation: what people say made into what Usher answers. It knows nothing of Teams. */
export interface Chat {
  /** Expected refusals and troubles are replies; it throws only for what nobody foresaw. */
  answer(incoming: Incoming): Promise<Reply>;
  /** The card of a request as it would look now; null when there is no such request. */
  draw(requestId: string): Promise<Drawing | null>;
  attachCard(requestId: string, cardId: string): Promise<void>;
  /** Whether a request has this card; nothing else may take its place. */
  isRequestCard(cardId: string): Promise<boolean>;
  checking(reader: Reader): CardMessage;
  /** The card on installation; it lists what this person may do, where Graph tells in time. */
  welcome(speaker: Speaker, reader: Reader): Promise<CardMessage>;
  apology(reference: string, reader: Reader): CardMessage;
  /** Plain words for somebody whom the door does not admit; records it. */
  turnAway(why: TurnedAwayReason, actorId: string, reader: Reader): Promise<string>;
}

export type TurnedAwayReason = 'issuer' | 'channel' | 'tenant' | 'noPerson';

/** A greeting is due at once; Graph may be slower than that. */
const welcomePatienceMs = 2_000;

export function createChat(parts: CommandParts): Chat {
  async function answer(incoming: Incoming): Promise<Reply> {
    const words = wordsFor(incoming.reader);
    const who = await parts.access.identify(incoming.speaker);
    switch (who.kind) {
      case 'trouble':
        return troubleReply(words, who.trouble);
      case 'denied':
        return refuseStranger(parts, words, incoming.speaker.id, who.denial);
      case 'caller':
        return answerCaller({ incoming, caller: who.caller, words });
      default: {
        const never: never = who;
        throw new Error(`unexpected identification ${JSON.stringify(never)}`);
      }
    }
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
        return cancel(parts, turn, action.requestId);
      case 'confirm':
        return confirm(parts, turn, action.requestId);
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
        return runCommand(turn, parsed.command);
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

  function runCommand(turn: Turn, command: Command): Promise<Reply> | Reply {
    switch (command.verb) {
      case 'provision':
        return provision(parts, turn, command);
      case 'provisionList':
        return provisionList(parts, turn, command);
      case 'provisionGroup':
        return provisionGroup(parts, turn, command);
      case 'retry':
        return retry(parts, turn, command.requestId);
      case 'cancel':
        return cancel(parts, turn, command.requestId);
      case 'apps':
        return apps(parts, turn, command.search);
      case 'whoami':
        return { kind: 'card', message: whoami(turn.words, { caller: turn.caller }) };
      case 'help':
        return help(turn, command.topic);
      default: {
        const never: never = command;
        throw new Error(`unexpected command ${JSON.stringify(never)}`);
      }
    }
  }

  /** Half a command; where the words end in the name of an app, only the "to" is missing. */
  async function complete(
    turn: Turn,
    { verb, missing, said }: Extract<Parsed, { kind: 'incomplete' }>,
  ): Promise<Reply> {
    if (verb === 'retry' || verb === 'cancel') return say(turn.words, { kind: 'missingId', verb });
    if (verb === 'provisionGroup') return say(turn.words, { kind: 'incompleteGroup' });
    const command = missing === 'app' ? await withoutSeparator(parts, said) : null;
    if (command === null) return say(turn.words, { kind: 'incomplete', missing });
    return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion: format(command) }) };
  }

  /** A mistyped verb; if the app is mistyped as well, one suggestion puts both right. */
  async function correct(turn: Turn, suggestion: string): Promise<Reply> {
    const parsed = parse(suggestion);
    const namesApp = parsed.kind === 'command' && 'app' in parsed.command;
    const line = namesApp ? format(await withKnownApp(parts, parsed.command)) : suggestion;
    return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion: line }) };
  }

  return {
    answer,
    draw: (requestId) => drawRequest(parts, requestId),
    isRequestCard: (cardId) => isRequestCard(parts.store.database, cardId),
    async attachCard(requestId, cardId) {
      await attachCard(parts.store.database, requestId, cardId);
      parts.wake();
    },
    checking: (reader) => checking(wordsFor(reader)),
    async welcome(speaker, reader) {
      const enough = new AbortController();
      const { clock } = parts.store;
      const inTime = clock.sleep(welcomePatienceMs, enough.signal);
      const who = await Promise.race([parts.access.identify(speaker), inTime]);
      enough.abort();
      const caller = who?.kind === 'caller' ? who.caller : null;
      const commands = caller === null ? [] : commandsFor(caller);
      const canUse = caller !== null && caller.roles.length > 0;
      return welcome(wordsFor(reader), { name: caller?.name ?? null, canUse, commands });
    },
    apology: (reference, reader) => problem(wordsFor(reader), { kind: 'apology', reference }),
    async turnAway(why, actorId, reader) {
      await record(parts, actorId, 'turnedAway', { reason: why });
      return wordsFor(reader).plain(`turnedAway.${why}`);
    },
  };
}

function wordsFor(reader: Reader): Words {
  return createWords(reader.locale, reader.timeZone);
}
