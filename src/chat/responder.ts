import { deny } from '../access/policy.ts';
import { assertNever } from '../assert-never.ts';
import { rememberPerson } from '../features/approvals/access-requests/approval-channels.ts';
import type { Reader } from '../requests/request.ts';
import type { Command, Parsed } from './command.ts';
import { accessForm } from '../features/approvals/form.ts';
import { notUnderstood, refuseRoleless } from '../features/help/help.ts';
import { intentOf } from './offers/intent.ts';
import { lookAtGroupLine, lookAtLine, offerMeant } from './offers/second-look.ts';
import { lookAtLines } from './offers/several-lines.ts';
import { bringToPersonalChat } from './personal-chat.ts';
import { provisionFile } from '../features/provisioning/provision-file.ts';
import { refuseStranger, say, troubleReply } from './registry/turn.ts';
import { untimely } from '../features/provisioning/untimely.ts';
import { parse } from './grammar/parse.ts';
import type { Incoming, Speaker } from './incoming.ts';
import { createMessages } from './messages.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';
import {
  decidesByItself,
  pressButton,
  readsRolesAnew,
  refuseUnattended,
  refuseVerb,
  runCommand,
} from './registry/run.ts';
import type { CardAction, Reply } from './reply.ts';

/** From an incoming message to the reply: identifies the caller, parses the message, runs the command. */
export function createResponder(parts: CommandParts): (incoming: Incoming) => Promise<Reply> {
  async function answer(incoming: Incoming): Promise<Reply> {
    const words = createMessages(incoming.reader.locale, incoming.reader.timeZone);
    const who = await (startsWork(parts, incoming) ? parts.access.identifyAnew : parts.access.identify)(
      incoming.speaker,
    );
    switch (who.kind) {
      case 'trouble':
        return troubleReply(words, who.trouble);
      case 'denied':
        return refuseStranger(parts, words, incoming.speaker.id, who.denial);
      case 'caller':
        await remember(parts, incoming.speaker, incoming.reader, incoming);
        return answerCaller({ incoming, caller: who.caller, words });
      default:
        return assertNever(who, 'identification');
    }
  }

  async function answerCaller(turn: Turn): Promise<Reply> {
    const { what } = turn.incoming;
    switch (what.kind) {
      case 'text':
        if (what.text === '' && what.attachments > 0)
          return (await refuseRoleless(parts, turn, null)) ?? say(turn.words, { kind: 'attachmentOnly' });
        if (what.files[0] !== undefined) return provisionFile(parts, turn, what.text, what.files[0]);
        return answerLine(turn, what.text);
      case 'action':
        return answerAction(turn, what.action);
      case 'unknownAction':
        return (await refuseRoleless(parts, turn, null)) ?? say(turn.words, { kind: 'unknownButton' });
      default:
        return assertNever(what, 'content');
    }
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
      case 'confirm':
      case 'ask':
      case 'page':
        return pressButton(parts, turn, action.verb, action);
      default:
        return assertNever(action, 'action');
    }
  }

  async function answerLine(turn: Turn, line: string): Promise<Reply> {
    const parsed: Parsed = parse(line);
    // Permission before help: suggestions must not tell an unauthorized caller which apps and people exist.
    const refusal = await refuseRoleless(parts, turn, parsed);
    if (refusal !== null) return refusal;
    const several = turn.caller.roles.length === 0 ? null : await lookAtLines(parts, turn, line);
    if (several !== null) return several;
    switch (parsed.kind) {
      case 'command':
        return runCommand(parts, turn, parsed.command);
      case 'didYouMean':
        return correct(turn, parsed.suggestion);
      case 'incomplete':
        return complete(turn, line, parsed);
      case 'tooLong':
      case 'tooManyWords':
        return say(turn.words, parsed);
      case 'empty':
        return say(turn.words, { kind: 'empty' }, [{ label: 'help', verb: 'run', text: 'help' }]);
      case 'unclear':
        return (await lookAtLine(parts, turn, line)) ?? notUnderstood(parts, turn, line);
      default:
        return assertNever(parsed, 'reading');
    }
  }

  /** Offers what a nearly correct line probably meant, if that can be done. */
  async function correct(turn: Turn, suggestion: string): Promise<Reply> {
    const parsed = parse(suggestion);
    if (parsed.kind !== 'command') return notUnderstood(parts, turn, suggestion);
    const refusal = decidesByItself(parts, parsed.command.verb)
      ? null
      : await refuseVerb(parts, turn, parsed.command.verb);
    if (refusal !== null) return refusal;
    // A line with an end is never carried out: its alternatives are offered at once.
    if (hasEnd(parsed.command)) return runCommand(parts, turn, parsed.command);
    return (await offerInTime(parts, turn, parsed.command)) ?? offerMeant(parts, turn, parsed.command);
  }

  /** Half a command; if the words end in an app's name, only the "to" is missing. */
  async function complete(
    turn: Turn,
    line: string,
    { verb, missing, said }: Extract<Parsed, { kind: 'incomplete' }>,
  ): Promise<Reply> {
    const refusal = (await refuseVerb(parts, turn, verb)) ?? refuseUnattended(parts, turn, verb);
    if (refusal !== null) return refusal;
    if (verb === 'retry' || verb === 'cancel' || verb === 'approve' || verb === 'deny' || verb === 'show')
      return say(turn.words, { kind: 'missingId', verb });
    if (verb === 'requestAccess') return accessForm(parts, turn);
    if (verb === 'check') return say(turn.words, { kind: 'incompleteCheck' });
    if (verb === 'watch' || verb === 'unwatch') return say(turn.words, { kind: 'incompleteWatch' });
    if (verb === 'provisionGroup')
      return (await lookAtGroupLine(parts, turn, line)) ?? say(turn.words, { kind: 'incompleteGroup' });
    // A line that may mean the opposite is not completed either.
    const mayMean = missing === 'app' && intentOf(line) !== null;
    const offered = mayMean ? await lookAtLine(parts, turn, said.join(' '), 'provision') : null;
    return offered ?? say(turn.words, { kind: 'incomplete', missing });
  }

  return answer;
}

/** For callers who may provision: `provision` carries out no start either. Null for all others. */
async function offerInTime(parts: CommandParts, turn: Turn, command: Command): Promise<Reply | null> {
  if (!('term' in command) || deny(turn.caller, 'provision.run') !== null) return null;
  return untimely(parts, turn, command);
}

/** Whether the caller's roles are read anew for this click; the registry does so for approve and deny. */
function startsWork(parts: CommandParts, { what }: Incoming): boolean {
  if (what.kind !== 'action') return false;
  const { action } = what;
  if (action.verb !== 'run' && action.verb !== 'choose') return readsRolesAnew(parts, action.verb);
  const parsed = parse(action.text);
  return parsed.kind === 'command' && readsRolesAnew(parts, parsed.command.verb);
}

function hasEnd(command: Command): boolean {
  if (command.verb === 'requestAccess') return command.end !== null;
  return 'term' in command && command.term?.end !== null && command.term !== undefined;
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
