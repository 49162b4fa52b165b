import type { Caller } from '../../access/caller.ts';
import { deny, policy } from '../../access/policy.ts';
import type { Parsed, Verb } from '../../chat/command.ts';
import { parse } from '../../chat/grammar/parse.ts';
import { spellingOf, verbNamed } from '../../chat/grammar/verbs.ts';
import { type Chapter, type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { isPossible } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { type CommandHelp, help as helpCard, notUnderstoodCard } from '../../chat/views/help.ts';
import { refuseUnless } from '../../chat/registry/turn.ts';

/**
 * Refuses a caller without a role before anything is looked up, in the same words whatever was typed, and records the
 * refusal. Null for help and whoami, for a whole command, which refuses by itself, and for callers with a role.
 */
export async function refuseRoleless(parts: CommandParts, turn: Turn, said: Parsed | null): Promise<Reply | null> {
  if (turn.caller.roles.length > 0 || said?.kind === 'command') return null;
  return refuseUnless(parts, turn, parts.registry.commands[nearestVerb(parts, said)].permission);
}

/** The command that a line probably is; listing apps, which every role may, where that is unclear. */
function nearestVerb({ registry }: CommandParts, said: Parsed | null): Verb {
  const isForAnyone = (verb: Verb) => policy[registry.commands[verb].permission] === 'anyone';
  if (said?.kind === 'incomplete') return isForAnyone(said.verb) ? 'apps' : said.verb;
  const meant = said?.kind === 'didYouMean' ? parse(said.suggestion) : null;
  return meant?.kind === 'command' && !isForAnyone(meant.command.verb) ? meant.command.verb : 'apps';
}

/**
 * Chapters in the order in which most callers want them: first what only few may do, since that is why they have their
 * role. Operators seldom request access.
 */
const order: readonly Chapter[] = ['provision', 'decide', 'ask', 'check', 'requests', 'watch', 'about'];
const orderOfOperators: readonly Chapter[] = ['provision', 'check', 'requests', 'decide', 'ask', 'watch', 'about'];

/** The commands that this caller may use, by chapter. */
export function commandsFor(parts: Pick<CommandParts, 'registry' | 'graphAccess'>, caller: Caller): CommandHelp[] {
  const allowed = Object.values(parts.registry.commands).filter(({ verb, permission, or = permission }) => {
    if (!isPossible(parts, verb)) return false;
    return deny(caller, permission) === null || deny(caller, or) === null;
  });
  const chapters = deny(caller, 'provision.run') === null ? orderOfOperators : order;
  const sorted = chapters.flatMap((wanted) => allowed.filter(({ chapter }) => chapter === wanted));
  const [first] = sorted;
  return sorted.map(({ verb, chapter, examples, tryIt }) => ({
    verb,
    chapter,
    examples: verb === 'help' ? [...examples, `help ${spellingOf(first?.verb ?? 'help')}`] : examples,
    tryIt,
  }));
}

/** `help [command]`: only what this caller may do. */
function help(parts: CommandParts, turn: Turn, topic: string | null): Reply {
  const named = topic === null ? null : (verbNamed(topic) ?? topic);
  const commands = commandsFor(parts, turn.caller);
  const signsIn = parts.graphAccess === 'delegated';
  return { kind: 'card', message: helpCard(turn.words, { commands, topic: named, signsIn }) };
}

export const helpCommand = defineCommand({
  verb: 'help',
  permission: 'help.show',
  chapter: 'about',
  examples: ['help'],
  tryIt: null,
  run: async (parts, turn, { topic }) => help(parts, turn, topic),
});

/** The answer to a line that is no command: not an error, but what this caller could type instead. */
export function notUnderstood(parts: CommandParts, turn: Turn, typed: string): Reply {
  return { kind: 'card', message: notUnderstoodCard(turn.words, { commands: commandsFor(parts, turn.caller), typed }) };
}
