import { type TicketCommand, withTicket } from './grammar/ticket-words.ts';
import type { CommandParts, Turn } from './registry/define-command.ts';

/** The line as a person typed it, perhaps before a card asked for its ticket; null for one that Usher wrote. */
function typedLine({ grammar }: CommandParts, { incoming: { what } }: Turn, command: TicketCommand) {
  if (what.kind === 'text') return what.text;
  if (what.kind !== 'action' || what.action.verb !== 'ticket') return null;
  const { text } = what.action;
  return text === grammar.format(withTicket(command, null)) ? null : text;
}

/**
 * The grammar drops quotes and brackets around words. A reason at the end of the line is restored letter by letter,
 * since people decide on it.
 */
export function asTyped(line: string, reason: string | null): string | null {
  if (reason === null) return reason;
  const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const wanted = bare(reason);
  // Backward word by word, so that the line is folded once and not once per word.
  let start: number | null = null;
  let length = 0;
  for (const { 0: word, index } of [...line.matchAll(/(?<=\s)\S+/gu)].toReversed()) {
    length += bare(word).length;
    if (length === wanted.length) start = index;
    if (length > wanted.length) break;
  }
  if (start === null || bare(line.slice(start)) !== wanted) return reason;
  return line.slice(start).trim();
}

/** The card shows no more of a reason than this. */
const longestReason = 500;

/** The reason of a line, as typed. */
export function saidReason(parts: CommandParts, turn: Turn, command: TicketCommand, reason: string | null) {
  const line = typedLine(parts, turn, command);
  return (line === null ? reason : asTyped(line, reason))?.slice(0, longestReason) ?? null;
}
