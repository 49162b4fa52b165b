import type { Command } from '../../command.ts';
import { format } from '../../grammar/format.ts';
import type { Reply } from '../../reply.ts';
import { MOST_OFFERS, offersCard } from '../../views/did-you-mean.ts';
import type { SayButton } from '../../views/parts.ts';
import type { Problem } from '../../views/problem.ts';
import { type CommandParts, say, type Turn } from '../turn.ts';
import { createResolver, firstOf, type Guess, inTurn, type Resolved } from './resolve.ts';

export interface Guesses {
  /** Each is a line of its own; no more than stand on a card are looked at. */
  readonly guesses: readonly Guess[];
  /** What of the typed line may stand in none of them. */
  readonly leftOut: readonly string[];
}

/**
 * The one way by which a line gets onto a card that was not typed: each guess is resolved against tenant and role
 * first, and only what works when it is pressed is offered. Where nothing is left, the answer says what was not found,
 * or refuses. Nothing is done.
 */
export async function offer(parts: CommandParts, turn: Turn, meant: Guesses): Promise<Reply> {
  const resolved = await resolveAll(parts, turn, meant.guesses);
  if (resolved.kind === 'missing') return sayMissing(turn, resolved.problem);
  return tell(turn, meant, resolved);
}

/** The same; null where nothing can be found, for callers that know better what to say then. */
export async function offerIfFound(parts: CommandParts, turn: Turn, meant: Guesses): Promise<Reply | null> {
  const resolved = await resolveAll(parts, turn, meant.guesses);
  return resolved.kind === 'missing' ? null : tell(turn, meant, resolved);
}

/** What was not found, with the way to find it. */
export function sayMissing({ words }: Turn, problem: Problem): Reply {
  const buttons: SayButton[] = [{ label: 'apps', verb: 'run', text: 'apps' }];
  return say(words, problem, problem.kind === 'unknownApp' ? buttons : []);
}

async function resolveAll(parts: CommandParts, turn: Turn, guesses: readonly Guess[]): Promise<Resolved> {
  return firstOf(await inTurn(guesses.slice(0, MOST_OFFERS), createResolver(parts, turn)));
}

async function tell(
  turn: Turn,
  { guesses, leftOut }: Guesses,
  resolved: Exclude<Resolved, { kind: 'missing' }>,
): Promise<Reply> {
  if (resolved.kind === 'refused') return resolved.reply();
  const lines = [...new Set(resolved.commands.map(format))];
  const reasons = guesses.flatMap(({ command }) => ('reason' in command && command.reason) || []);
  // Time is never dropped in silence.
  const times = guesses.flatMap(({ command }) => timesOf(command));
  const isSaid = (text: string) => lines.some((line) => line.toLowerCase().includes(text.toLowerCase()));
  const remainder = [...new Set([...leftOut, ...times, ...reasons, ...(resolved.unused ?? [])])].filter(
    (text) => text !== '' && !isSaid(text),
  );
  const message = offersCard(turn.words, {
    lines,
    leftOut: remainder.length === 0 ? null : remainder.join(', '),
    more: guesses.length > MOST_OFFERS || resolved.more === true,
  });
  return { kind: 'card', inPlace: true, message };
}

/** What a line says of start and end, as typed. */
function timesOf(command: Command): readonly string[] {
  const term = command.verb === 'requestAccess' ? command : 'term' in command ? command.term : undefined;
  return [term?.start ?? '', term?.end ?? ''];
}
