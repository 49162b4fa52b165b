import { setImmediate } from 'node:timers/promises';
import { assertNever } from '../assert-never.ts';
import { takeOut } from '../requests/archive/archive.ts';
import type { Reader } from '../requests/request.ts';
import { idsIn } from '../requests/request-id.ts';
import { answerWithTicket, askWhichTicket } from './ask-ticket.ts';
import type { Command, CommandOf, Parsed, Verb } from './command.ts';
import { withDaysOfOtherLanguages } from './dates/other-languages.ts';
import { quoteName } from './grammar/names.ts';
import type { Incoming, IncomingFile, Speaker } from './incoming.ts';
import { rememberPerson } from './known-people.ts';
import { createMessages } from './messages.ts';
import { answerAside, answerBeyond, answerThanks, notUnderstood, refuseRoleless } from './not-understood.ts';
import { intentOf } from './offers/intent.ts';
import { lookAtLine } from './offers/look-at-line.ts';
import { lookAtMatter } from './offers/matters.ts';
import { offerIfFound } from './offers/offer.ts';
import { offerMeant } from './offers/second-look.ts';
import { lookAtLines } from './offers/several-lines.ts';
import { bringToPersonalChat } from './personal-chat.ts';
import { formFor, formOf, openForm, submitForm } from './registry/command-form.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';
import { appsSaid } from './registry/form-apps.ts';
import {
  decidesByItself,
  pressButton,
  readsFreshRoles,
  refuseUnattended,
  refuseVerb,
  runCommand,
} from './registry/run.ts';
import { refuseStranger, say, troubleReply } from './registry/turn.ts';
import { type CardAction, type Reply, unreadReply } from './reply.ts';
import { readTyped, type Typed } from './typed-line.ts';

const helpButton = { label: 'help', verb: 'run', text: 'help' } as const;
/** What this process has stored lately of its speakers; another one may have stored something else since. */
const rememberedForMs = 10 * 60_000;
const mostRemembered = 10_000;

/** From an incoming message to the reply: identifies the caller, parses the message, runs the command. */
export function createResponder(parts: CommandParts): (incoming: Incoming) => Promise<Reply> {
  const remembered = new Map<string, { readonly told: string; readonly at: number }>();

  async function answer(incoming: Incoming): Promise<Reply> {
    const words = createMessages(incoming.reader.locale, incoming.reader.timeZone);
    const who = await parts.access.identify(incoming.speaker, { fresh: startsWork(parts, incoming) });
    switch (who.kind) {
      case 'trouble':
        return troubleReply(words, who.trouble);
      case 'denied':
        return refuseStranger(parts, words, incoming.speaker.id, who.denial);
      case 'caller':
        void rememberNews(incoming);
        return answerCaller({ incoming, caller: who.caller, words });
      default:
        return assertNever(who, 'identification');
    }
  }

  /** The answer does not wait for it: most messages bring nothing new, and the next one tells the same. Never rejects. */
  async function rememberNews({ speaker, reader, conversation, place }: Incoming): Promise<void> {
    if (place.kind !== 'personal') return;
    const now = parts.store.clock.monotonic();
    const told = JSON.stringify([conversation, reader]);
    const last = remembered.get(speaker.id);
    if (last?.told === told && now - last.at < rememberedForMs) return;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(speaker.id, { told, at: now });
    // On SQLite a statement occupies the process. By then the answer is mostly waiting for Graph.
    await setImmediate();
    await remember(parts, speaker, reader, { conversation, place }).catch((error: unknown) => {
      remembered.delete(speaker.id);
      parts.log.warn({ error, code: 'chat_not_remembered' }, 'where a person can be written to was not stored');
    });
  }

  async function answerCaller(turn: Turn): Promise<Reply> {
    const { what } = turn.incoming;
    // What it names may be archived.
    await takeOut(parts.store, idsIn(what.kind === 'text' ? what.text : JSON.stringify(what)));
    switch (what.kind) {
      case 'text':
        if (what.text === '' && what.attachments > 0)
          return (await refuseRoleless(parts, turn, null)) ?? say(turn.words, { kind: 'attachmentOnly' });
        return answerTyped(turn, readTyped(parts.grammar, what.text, turn.words.language), what.files[0]);
      case 'action':
        return answerAction(turn, what.action);
      case 'unknownAction':
        return answerUnknownButton(turn);
      default:
        return assertNever(what, 'content');
    }
  }

  async function answerUnknownButton(turn: Turn): Promise<Reply> {
    return (await refuseRoleless(parts, turn, null)) ?? say(turn.words, { kind: 'unknownButton' });
  }

  async function answerAction(turn: Turn, action: CardAction): Promise<Reply> {
    switch (action.verb) {
      case 'run':
      case 'choose':
        return answerLine(turn, action.text);
      case 'personal':
        return bringToPersonalChat(parts, turn, action.text);
      case 'retry':
      case 'cancel':
      case 'approve':
      case 'deny':
        return runCommand(parts, turn, action);
      case 'ticket':
        return (await answerWithTicket(parts, turn, action)) ?? answerUnknownButton(turn);
      case 'confirm':
      case 'page':
      case 'assign':
      case 'removeNow':
      case 'keepAccess':
      case 'repairNow':
      case 'leaveJob':
      case 'tellManager':
        return pressButton(parts, turn, action.verb, action);
      case 'submit': {
        const form = formOf(parts, action.form);
        return form === null ? answerUnknownButton(turn) : submitForm(parts, turn, form, action);
      }
      default:
        return assertNever(action, 'action');
    }
  }

  /** From here on, a line in the language of its writer is the same line in English. */
  async function answerTyped(turn: Turn, typed: Typed, file: IncomingFile | undefined): Promise<Reply> {
    if (typed.kind === 'guesses') {
      const offered = await offerTyped(turn, typed.lines);
      return offered ?? answerTyped(turn, { kind: 'line', line: typed.typed }, file);
    }
    const own = saying(turn, typed.line);
    return file === undefined ? answerLine(own, typed.line) : parts.registry.answerFile(parts, own, typed.line, file);
  }

  /** Offers what a line in another language may say; null where nothing that it names is there. */
  async function offerTyped(turn: Turn, lines: readonly [string, ...string[]]): Promise<Reply | null> {
    const [first, ...others] = lines;
    const parsed = { kind: 'didYouMean', suggestion: first } as const;
    const own = saying(turn, first);
    const refusal = await refuseRoleless(parts, own, parsed);
    if (refusal !== null) return refusal;
    if (others.length === 0) return unreadReply(await correct(own, first));
    const guesses = lines.flatMap((line) => {
      const read = parts.grammar.parse(line);
      return read.kind === 'command' ? [{ command: inKnownDays(turn, read.command).command }] : [];
    });
    return offerIfFound(parts, saying(turn, lines.join('\n')), { guesses, leftOut: [] });
  }

  async function answerLine(turn: Turn, line: string): Promise<Reply> {
    const parsed: Parsed = parts.grammar.parse(line);
    // Permission before help: suggestions must not tell an unauthorized caller which apps and people exist.
    const refusal = await refuseRoleless(parts, turn, parsed);
    if (refusal !== null) return refusal;
    const table = await parts.registry.answerTable(parts, turn, line);
    if (table !== null) return table;
    const several = turn.caller.roles.length === 0 ? null : await lookAtLines(parts, turn, line);
    if (several !== null) return several;
    const beyond = parsed.kind === 'command' ? null : answerBeyond(parts, turn, line, 'atOnce');
    if (beyond !== null) return beyond;
    const matter = parsed.kind === 'command' ? null : await lookAtMatter(parts, turn, line);
    if (matter !== null) return matter;
    if (parsed.kind !== 'command') return unreadReply(await answerOther(turn, line, parsed));
    const meant = inKnownDays(turn, parsed.command);
    if (meant.command === parsed.command) return runCommand(parts, turn, parsed.command);
    return unreadReply(await correct(meant.turn, parts.grammar.format(meant.command)));
  }

  /** A day in a language that is not the reader's is only guessed. */
  function inKnownDays(turn: Turn, command: Command): { readonly turn: Turn; readonly command: Command } {
    const { what, reader } = turn.incoming;
    const known = withDaysOfOtherLanguages(command, reader, parts.store.clock.now());
    if (known === null) return { turn, command };
    const text = [...known.days].reduce(
      (line, [typed, day]) => line.replaceAll(quoteName(typed), day).replaceAll(typed, day),
      what.kind === 'text' ? what.text : '',
    );
    return { turn: saying(turn, text), command: known.command };
  }

  /** Answers a line that is no whole command. */
  async function answerOther(turn: Turn, line: string, parsed: Exclude<Parsed, { kind: 'command' }>): Promise<Reply> {
    switch (parsed.kind) {
      case 'didYouMean':
        return correct(turn, parsed.suggestion);
      case 'incomplete':
        return complete(turn, line, parsed);
      case 'severalTickets':
        return askWhichTicket(parts, turn, parsed);
      case 'tooLong':
      case 'tooManyWords':
        return say(turn.words, parsed, [helpButton]);
      case 'empty':
        return say(turn.words, { kind: 'empty' });
      case 'unclear':
        return (
          answerAside(turn, line) ??
          (await lookAtLine(parts, turn, line)) ??
          answerBeyond(parts, turn, line, 'nothing') ??
          answerThanks(turn, line) ??
          notUnderstood(parts, turn, line)
        );
      default:
        return assertNever(parsed, 'reading');
    }
  }

  /** Offers what a nearly correct line probably meant, if that can be done. */
  async function correct(turn: Turn, suggestion: string): Promise<Reply> {
    const parsed = parts.grammar.parse(suggestion);
    if (parsed.kind !== 'command') return notUnderstood(parts, turn, suggestion);
    const { turn: own, command } = inKnownDays(turn, parsed.command);
    const refusal = decidesByItself(parts, command.verb) ? null : await refuseVerb(parts, own, command.verb);
    if (refusal !== null) return refusal;
    return (await nearly(parts, own, command.verb, command)) ?? offerMeant(parts, own, command);
  }

  /** Half a command; if the words end in an app's name, only the "to" is missing. */
  async function complete(
    turn: Turn,
    line: string,
    { verb, missing, said, ticket = '', end = '' }: Extract<Parsed, { kind: 'incomplete' }>,
  ): Promise<Reply> {
    const refusal = (await refuseVerb(parts, turn, verb)) ?? refuseUnattended(parts, turn, verb);
    if (refusal !== null) return refusal;
    const own = await parts.registry.commands[verb].incomplete?.(parts, turn, line, said);
    if (own !== undefined && own !== null) return own;
    const [example = ''] = parts.registry.commands[verb].examples;
    if (missing === 'id') return say(turn.words, { kind: 'missingId', example });
    // A line that may mean the opposite is not completed either.
    const intent = intentOf(line);
    const mayMean = intent !== null && intent !== 'open';
    const text = missing === 'app' ? said.join(' ') : line;
    const offered = mayMean ? await lookAtLine(parts, turn, text, 'provision', false) : null;
    if (offered !== null) return offered;
    const form = formFor(parts, turn, verb);
    if (form === null) return say(turn.words, { kind: 'incomplete', missing, example });
    const subject = missing === 'app' && mayMean ? said.join(' ') : '';
    const app = missing === 'subject' && mayMean ? await appsSaid(parts, line) : '';
    return openForm(parts, turn, form, { subject, app, ticket, end });
  }

  return answer;
}

/** The turn as if this had been typed. */
function saying(turn: Turn, text: string): Turn {
  const { what } = turn.incoming;
  return what.kind === 'text' ? { ...turn, incoming: { ...turn.incoming, what: { ...what, text } } } : turn;
}

/** The answer to a nearly correct line, where it is not just offered. */
async function nearly<V extends Verb>(
  parts: CommandParts,
  turn: Turn,
  verb: V,
  command: CommandOf<V>,
): Promise<Reply | null> {
  return (await parts.registry.commands[verb].nearly?.(parts, turn, command)) ?? null;
}

/** Whether the caller's roles are read anew for this click; the registry does so for approve and deny. */
function startsWork(parts: CommandParts, { what }: Incoming): boolean {
  if (what.kind !== 'action') return false;
  const { action } = what;
  if (action.verb === 'submit') {
    const form = formOf(parts, action.form);
    return form !== null && readsFreshRoles(parts, form.verb);
  }
  if (action.verb !== 'run' && action.verb !== 'choose' && action.verb !== 'ticket')
    return readsFreshRoles(parts, action.verb);
  const parsed = parts.grammar.parse(action.text);
  return parsed.kind === 'command' && readsFreshRoles(parts, parsed.command.verb);
}

/** Stores where Usher can write to a person: their latest personal chat. */
export async function remember(
  parts: CommandParts,
  speaker: Speaker,
  reader: Reader,
  { conversation, place }: Pick<Incoming, 'conversation' | 'place'>,
): Promise<void> {
  if (place.kind !== 'personal') return;
  const { database, clock } = parts.store;
  await rememberPerson(database, { personId: speaker.id, conversation, reader, seenAt: clock.now() });
}
