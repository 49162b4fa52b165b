import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { LARGEST_CARD_BYTES } from './render.ts';
import { markdownText, plainText } from './safe-text.ts';

/** A person whom a card addresses, so that Teams notifies them. */
export interface Mention {
  /** Entra object id, which Teams takes as well as its own. */
  readonly id: string;
  readonly name: string;
}

const LONGEST_MENTION = 80;

/**
 * The same card with a line that mentions people. Teams may notify them again for each edit, so only a first post has
 * it. Null where the card would be too large.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format#mention-support-within-adaptive-cards
 *
 * @param others comes after the names in the list, in plain text
 */
export function mentioning(
  words: Messages,
  { card, summary }: CardMessage,
  people: readonly Mention[],
  others: readonly string[] = [],
): CardMessage | null {
  if (people.length === 0) return null;
  // A list of stand-ins, as the names would lose their tags in a message of the catalogue.
  const standIns = people.map((_, index) => `§${index}§`);
  const rest = others.map((other) => other.replaceAll('§', ''));
  const list = words.card('mention.line', { people: words.list([...standIns, ...rest]) });
  const entities = people.map(mentionOf);
  const text = list.replace(/§(\d+)§/g, (_, index) => entities[Number(index)]?.text ?? '');
  const mentioned = {
    ...card,
    body: [...card.body, { type: 'TextBlock', text, wrap: true }],
    msteams: { entities },
  };
  const isTooLarge = Buffer.byteLength(JSON.stringify(mentioned)) > LARGEST_CARD_BYTES;
  return isTooLarge ? null : { card: mentioned, summary };
}

/** Teams looks for the entity's text in the card letter by letter, so both are made here. */
function mentionOf({ id, name }: Mention) {
  const text = `<at>${markdownText(name, LONGEST_MENTION).replaceAll('&', '&amp;').replaceAll('>', '&gt;')}</at>`;
  return { type: 'mention', text, mentioned: { id, name: plainText(name, LONGEST_MENTION) } } as const;
}
