import type { Message } from '../outbox/message.ts';
import { renderCard } from './cards/render.ts';
import { createMessages, type Messages } from './messages.ts';
import type { CommandParts } from './registry/define-command.ts';
import type { CardMessage, Drawing } from './reply.ts';

/** A stored message as it would look now; null where there is nothing to show, or not yet. */
export async function drawMessage(parts: CommandParts, stored: Message): Promise<Drawing | null> {
  const drawn = await parts.registry.messages[stored.kind].draw(parts, stored);
  return drawn === null ? null : { ...drawn, content: contentOf(stored, drawn), stored };
}

/** Its outcome says so where an earlier card, which cannot be edited, may still say that the request waits. */
function contentOf({ isStray, reader }: Message, { content, finished }: Pick<Drawing, 'content' | 'finished'>) {
  if (!isStray || !finished || 'text' in content) return content;
  return besideEarlier(createMessages(reader.locale, reader.timeZone), content);
}

/** The same card, which says that an earlier one may still say that its request waits. */
export function besideEarlier(words: Messages, { card, summary }: CardMessage): CardMessage {
  const fallbackText = words.sentences([summary, words.plain('earlierCard')]);
  const { body } = renderCard('earlier', { fallbackText, text: words.card('earlierCard') });
  return { card: { ...card, fallbackText, body: [...card.body, ...body] }, summary: fallbackText };
}
