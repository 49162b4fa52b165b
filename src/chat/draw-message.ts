import type { Message } from '../outbox/message.ts';
import { renderCard } from './cards/render.ts';
import { createMessages, type Messages } from './messages.ts';
import type { CommandParts } from './registry/define-command.ts';
import { type CardMessage, type Drawing, outcomeOf } from './reply.ts';

/** A stored message as it would look now; null where there is nothing to show, or not yet. */
export async function drawMessage(parts: CommandParts, stored: Message): Promise<Drawing | null> {
  const drawn = await parts.registry.messages[stored.kind].draw(parts, stored);
  return drawn === null ? null : withEarlierNote({ ...drawn, stored });
}

/** Its outcome says so where an earlier card, which cannot be edited, may still say that the request waits. */
export function withEarlierNote(drawing: Drawing): Drawing {
  const { content, finished, fingerprint, stored } = drawing;
  if (!stored.hasEarlierCard || !finished || 'text' in content) return drawing;
  const words = createMessages(stored.reader.locale, stored.reader.timeZone);
  const noted = { content: besideEarlier(words, content), fingerprint: `${fingerprint} beside an earlier card` };
  return { ...drawing, ...noted, outcome: outcomeOf(drawing) };
}

/** The same card, which says that an earlier one may still say that its request waits. */
export function besideEarlier(words: Messages, { card, summary }: CardMessage): CardMessage {
  const fallbackText = words.sentences([summary, words.plain('earlierCard')]);
  const { body } = renderCard('earlier', { fallbackText, text: words.card('earlierCard') });
  return { card: { ...card, fallbackText, body: [...card.body, ...body] }, summary: fallbackText };
}
