import type { Command } from '../command.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import type { Reply } from '../reply.ts';
import { offer } from './offer.ts';
import { remainderOf } from './person-words.ts';
import { aboveSignature } from './signature.ts';

/** Several lines, each a whole command about people: offers each and runs none. Null for any other text. */
export async function lookAtLines(parts: CommandParts, turn: Turn, text: string): Promise<Reply | null> {
  if (!text.includes('\n')) return null;
  const lines = aboveSignature(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length > mostLines) return null;
  const read = lines.map((line) => ({ line, command: wholeCommand(parts, line) }));
  const commands = read.flatMap(({ command }) => command ?? []);
  if (commands.length < 2) return null;
  const leftOut = read.flatMap(({ line, command }) => (command === null ? [remainderOf(line)] : []));
  return offer(parts, turn, { guesses: commands.map((command) => ({ command })), leftOut });
}

/** With more lines, the message is a list. */
const mostLines = 20;

/** A line that names both the person and the app. */
function wholeCommand({ grammar }: CommandParts, line: string): Command | null {
  const parsed = grammar.parse(line);
  const meant = parsed.kind === 'didYouMean' ? grammar.parse(parsed.suggestion) : parsed;
  return meant.kind === 'command' && isWhole(meant.command) ? meant.command : null;
}

function isWhole(command: Command): boolean {
  return (
    'app' in command && command.app !== null && ('subject' in command || 'group' in command || 'subjects' in command)
  );
}
