import { findMessage } from '../outbox/message-store.ts';
import { noteEnd } from './create-outbox.ts';
import { drawMessage } from './draw-message.ts';
import { isSent } from './give-up.ts';
import { findKnownPeople, personalKey } from './known-people.ts';
import { refuseRoleless } from './not-understood.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';
import { refuseVerb, runCommand } from './registry/run.ts';
import { say } from './registry/turn.ts';
import type { Reply } from './reply.ts';

/**
 * The button on a card that leaves something out because others read along: runs the same line with the clicker's
 * roles, and answers in the clicker's personal chat.
 */
export async function bringToPersonalChat(parts: CommandParts, turn: Turn, line: string): Promise<Reply> {
  const { caller, incoming, words } = turn;
  const parsed = parts.grammar.parse(line);
  if (parsed.kind !== 'command' || parts.registry.commands[parsed.command.verb].inPersonalChat !== true)
    return (await refuseRoleless(parts, turn, null)) ?? say(words, { kind: 'unknownButton' });
  const { command } = parsed;
  const refusal = await refuseVerb(parts, turn, command.verb);
  if (refusal !== null) return refusal;
  if (incoming.place.kind === 'personal') return runCommand(parts, turn, command);
  const [known] = await findKnownPeople(parts.store.database, [caller.id]);
  if (known === undefined) return say(words, { kind: 'noPersonalChat' });

  const { conversation } = known;
  const there: Turn = {
    ...turn,
    incoming: {
      ...incoming,
      conversation,
      place: { kind: 'personal', key: personalKey(caller.id) },
      what: { kind: 'text', text: line, attachments: 0, files: [] },
    },
  };
  const reply = await runCommand(parts, there, command);
  return say(words, {
    kind: (await deliver(parts, conversation, reply)) ? 'sentToPersonalChat' : 'personalChatFailed',
  });
}

async function deliver(parts: CommandParts, conversation: string, reply: Reply): Promise<boolean> {
  if (reply.kind === 'card') return isSent(await parts.post(conversation, reply.message));
  const message = reply.kind === 'live' ? await findMessage(parts.store.database, reply.liveId) : null;
  const drawing = message === null ? null : await drawMessage(parts, message);
  if (drawing === null) return false;
  const end = await parts.post(conversation, drawing.content);
  const { noted } = await noteEnd(parts, drawing, end);
  const { kind, reference } = drawing.stored;
  if (noted === 'outdated') parts.publish(kind === 'access' ? 'access' : 'cards', reference);
  return isSent(end);
}
