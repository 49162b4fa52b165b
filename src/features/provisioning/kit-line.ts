import type { Command, CommandOf } from '../../chat/command.ts';
import { findKit } from '../../chat/names/kit.ts';
import { kitText, saysKit } from '../../chat/names/seek-apps.ts';
import { termOf } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import { say, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { didYouMean } from '../../chat/views/did-you-mean.ts';

type KitCommand = CommandOf<'provision'> | (CommandOf<'check'> & { readonly app: string });

/**
 * "provision the Sales kit for isaiah and lee", "check the Sales kit for isaiah": the grammar reads the kit as the
 * person, since a person may be called Kit and only `APPS_FILE` knows the kits. Where the first name is a kit's, the line
 * is read again with the people first; a similar name is offered. Null for every other line.
 */
export async function kitForPeople(parts: CommandParts, turn: Turn, typed: KitCommand): Promise<Reply | null> {
  const { subject, app } = typed;
  if (!saysKit(subject) || saysKit(app)) return null;
  const found = await findKit(parts, subject);
  if (!found.ok) return troubleReply(turn.words, found.trouble);
  if (found.value.kind === 'none') {
    const named = await parts.applications.find(app);
    const isPerson = !named.ok || named.value.kind !== 'none';
    return isPerson ? null : say(turn.words, { kind: 'unknownKit', typed: subject });
  }
  const kit = kitText(found.value.kit.name);
  const command =
    typed.verb === 'check' ? { ...typed, subject: app, app: kit } : peopleFirst(parts, typed, `${app} to "${kit}"`);
  if (command === null) return null;
  if (found.value.kind === 'one') return runCommand(parts, turn, command);
  const suggestion = parts.grammar.format(command);
  return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion }) };
}

function peopleFirst({ grammar }: CommandParts, typed: CommandOf<'provision'>, line: string): Command | null {
  const [one, many] = [`provision ${line}`, `provision users ${line}`].map((text) => grammar.parse(text));
  const read = one?.kind === 'command' ? one : many;
  if (read?.kind !== 'command' || (read.command.verb !== 'provision' && read.command.verb !== 'provisionList'))
    return null;
  return { ...read.command, ...termOf(typed) };
}
