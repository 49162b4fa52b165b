import type { Caller } from '../access/caller.ts';
import { deny, policy } from '../access/policy.ts';
import type { Parsed, Verb } from './command.ts';
import { spellingOf } from './grammar/phrases.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';
import { isPossible } from './registry/run.ts';
import { refuseUnless } from './registry/turn.ts';
import type { Reply } from './reply.ts';
import { type Chapter, type CommandHelp, notUnderstoodCard } from './views/help-card.ts';

/**
 * Refuses a caller without a role before anything is looked up, in the same words whatever was typed, and records the
 * refusal. Null for help and whoami, for a whole command, which refuses by itself, and for callers with a role.
 */
export async function refuseRoleless(parts: CommandParts, turn: Turn, said: Parsed | null): Promise<Reply | null> {
  if (turn.caller.roles.length > 0 || said?.kind === 'command') return null;
  return refuseUnless(parts, turn, parts.registry.commands[nearestVerb(parts, said)].permission);
}

/** The command that a line probably is; listing apps, which every role may, where that is unclear. */
function nearestVerb({ registry, grammar }: CommandParts, said: Parsed | null): Verb {
  const isForAnyone = (verb: Verb) => policy[registry.commands[verb].permission] === 'anyone';
  if (said?.kind === 'incomplete') return isForAnyone(said.verb) ? 'apps' : said.verb;
  const meant = said?.kind === 'didYouMean' ? grammar.parse(said.suggestion) : null;
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

/** The answer to a line that is no command: not an error, but what this caller could type instead. */
export function notUnderstood(parts: CommandParts, turn: Turn, typed: string): Reply {
  return { kind: 'card', message: notUnderstoodCard(turn.words, { commands: commandsFor(parts, turn.caller), typed }) };
}
