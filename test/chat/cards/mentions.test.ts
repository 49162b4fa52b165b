import { describe, expect, it } from '@jest/globals';
import { mentioning } from '../../../src/chat/cards/mentions.ts';
import { LARGEST_CARD_BYTES } from '../../../src/chat/cards/render.ts';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { words } from '../views/drawings.ts';

const card = (text = ''): CardMessage => ({
  card: { type: 'AdaptiveCard', version: '1.5', fallbackText: 'a card', body: [{ type: 'TextBlock', text }] },
  summary: 'a card',
});
const patti = { id: '5eed-05', name: 'Patti Fernandez' };

function mentioned(...args: Parameters<typeof mentioning> extends [unknown, unknown, ...infer Rest] ? Rest : never) {
  const message = mentioning(words, card(), ...args);
  const { entities } = Object(message?.card.msteams) as { entities: { text: string; mentioned: unknown }[] };
  return { line: String(Object(message?.card.body.at(-1)).text), entities };
}

describe('a card with mentions', () => {
  it('names each person in a line of its own, and in an entity with the same text', () => {
    const { line, entities } = mentioned([patti, { id: '5eed-01', name: 'Alex Wilber' }], ['4 others in Approvers']);

    expect(line).toBe('For <at>Patti Fernandez</at>, <at>Alex Wilber</at>, and 4 others in Approvers');
    expect(entities).toEqual([
      { type: 'mention', text: '<at>Patti Fernandez</at>', mentioned: patti },
      { type: 'mention', text: '<at>Alex Wilber</at>', mentioned: { id: '5eed-01', name: 'Alex Wilber' } },
    ]);
  });

  it.each(['R & D > all', '<at>everyone</at> Ann', '*Ann*', '§1§', "$& $' Ann"])(
    'writes a name the same way in the line and in the entity: %s',
    (name) => {
      const { line, entities } = mentioned([{ id: '1', name }, patti]);

      expect(entities.map(({ text }) => line.split(text).length)).toEqual([2, 2]);
      expect(line.match(/<at>/g)).toHaveLength(2);
    },
  );

  it('escapes what would be read as markup', () => {
    const [entity] = mentioned([{ id: '1', name: 'R & D > all' }]).entities;

    expect(entity).toEqual({
      ...{ type: 'mention', text: '<at>R &amp; D &gt; all</at>' },
      mentioned: { id: '1', name: 'R & D > all' },
    });
  });

  it('is none without people, and where it would be larger than Teams takes', () => {
    expect(mentioning(words, card(), [], ['4 others in Approvers'])).toBeNull();
    expect(mentioning(words, card('x'.repeat(LARGEST_CARD_BYTES - 200)), [patti])).toBeNull();
  });
});
