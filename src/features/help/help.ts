import { LEADING_WORDS, readName, writeName } from '../../chat/grammar/names.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { commandsFor } from '../../chat/not-understood.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { ALL, help as helpCard } from '../../chat/views/help-card.ts';
import { startButtons } from './start-buttons.ts';

/** `help [command]`: only what this caller may do. */
function help(parts: CommandParts, turn: Turn, topic: string | null): Reply {
  const named = topic === null || topic.toLowerCase() === ALL ? topic : (parts.grammar.verbNamed(topic) ?? topic);
  const commands = commandsFor(parts, turn.caller);
  const signsIn = parts.graphAccess === 'delegated';
  const buttons = startButtons(turn.words, commands, 'elsewhere');
  return { kind: 'card', message: helpCard(turn.words, { commands, topic: named, signsIn, buttons }) };
}

function readHelp(words: readonly Word[]): Reading {
  const start = words.findIndex((word) => !LEADING_WORDS.has(fold(word)));
  return { kind: 'command', command: { verb: 'help', topic: start < 0 ? null : readName(words.slice(start)) } };
}

export const helpCommand = defineCommand({
  verb: 'help',
  read: readHelp,
  write: ({ topic }) => (topic === null ? 'help' : `help ${writeName(topic)}`),
  permission: 'help.show',
  chapter: 'about',
  examples: ['help'],
  offeredByTeams: { personal: 12, team: 12, groupChat: 12 },
  tryIt: null,
  run: async (parts, turn, { topic }) => help(parts, turn, topic),
});
