import type { Command } from '../../chat/command.ts';
import { reasonIn } from '../../chat/grammar/id-lines.ts';
import { readName } from '../../chat/grammar/names.ts';
import { splitWords } from '../../chat/grammar/tokens.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { MOST_BUTTONS, short } from '../../chat/views/parts.ts';
import { isOfEntra, seeTargets } from '../provisioning/targets.ts';
import { findThem } from './leavers.ts';
import { say } from './problems.ts';
import { readAssigned } from './see-removals.ts';

/** "remove adele": a button for each app to which she is assigned directly, and one for all of them. */
export async function askWhichApp(
  parts: CommandParts,
  turn: Turn,
  line: string,
  said: readonly string[],
): Promise<Reply | null> {
  const subject = readName(splitWords(said.join(' ')));
  if (subject === null) return say(turn.words, { kind: 'removesWhom' });
  const [ticket, another] = parts.grammar.ticketsIn(line);
  const command = {
    ...{ verb: 'offboard' as const, subject, app: null },
    term: { start: null, end: null, reason: reasonIn(line) },
    ...(ticket === undefined || another !== undefined ? {} : { ticket }),
  };
  const people = await findThem(parts, turn, command);
  if (people.kind === 'reply') return people.reply;
  const [user, second] = people.users;
  if (user === undefined || second !== undefined) return say(turn.words, { kind: 'removesWhere', person: subject });
  const read = await readAssigned(parts, turn, command, [user]);
  if (read.kind === 'reply') return read.reply;
  const own = read.assigned.flatMap(({ assignments }) => assignments.filter(({ via }) => via === 'direct'));
  const found = await Promise.all(
    [...new Set(own.map((one) => one.servicePrincipalId))].map((id) => parts.applications.find(id)),
  );
  const apps = found.flatMap((one) => (one.ok && one.value.kind === 'one' ? [one.value.app] : []));
  const seen = await seeTargets(parts, turn, { apps, repeated: [], gone: [] });
  const targets = seen.kind === 'seen' ? seen.targets.filter(({ rule }) => isOfEntra(rule)) : [];
  const person = user.displayName;
  if (targets.length === 0) return say(turn.words, { kind: 'removesFromNothing', person });
  const isAlone = ({ displayName }: { readonly displayName: string }) =>
    targets.filter(({ app }) => app.displayName === displayName).length === 1;
  const lines = targets.slice(0, MOST_BUTTONS - 1).map(({ app }) => ({
    ...command,
    verb: 'remove' as const,
    subject: user.userPrincipalName,
    app: isAlone(app) ? app.displayName : app.id,
  }));
  const choice = (one: Command) => ({ verb: 'choose' as const, text: parts.grammar.format(one) });
  const everywhere = { ...command, subject: user.userPrincipalName };
  return say(turn.words, { kind: 'removesWhere', person }, [
    ...lines.map((one) => ({ ...choice(one), label: 'line' as const, named: short(one.app) })),
    { ...choice(everywhere), label: 'allApps' },
  ]);
}
