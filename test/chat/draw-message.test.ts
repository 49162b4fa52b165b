import { describe, expect, it } from '@jest/globals';
import { besideEarlier, drawMessage } from '../../src/chat/draw-message.ts';
import { createMessages } from '../../src/chat/messages.ts';
import type { CommandParts } from '../../src/chat/registry/define-command.ts';
import { type CardMessage, type Drawn, outcomeOf } from '../../src/chat/reply.ts';
import type { Message } from '../../src/outbox/message.ts';

const card: CardMessage = {
  card: {
    ...{ type: 'AdaptiveCard', version: '1.5', fallbackText: 'Isaiah Langer was provisioned.' },
    ...{ body: [{ type: 'TextBlock', text: 'Provisioned' }], actions: [{ type: 'Action.Submit' }] },
  },
  summary: 'Isaiah Langer was provisioned.',
};
const outcome: Drawn = { content: card, fingerprint: '4', finished: true };
const stray = { kind: 'request', hasEarlierCard: true, reader: { locale: 'en-US', timeZone: 'UTC' } } as Message;

const draw = (message: Message, drawn: Drawn | null) =>
  drawMessage({ registry: { messages: { request: { draw: async () => drawn } } } } as unknown as CommandParts, message);

describe('a message as it would look now', () => {
  it.each([
    ['is no stray', { ...stray, hasEarlierCard: false }, outcome],
    ['only waits', stray, { ...outcome, finished: false }],
    ['is a text', stray, { ...outcome, content: { text: 'Approved.' } }],
  ])('is drawn as its kind draws it where it %s', async (_what, message, drawn) => {
    expect(await draw(message, drawn)).toEqual({ ...drawn, stored: message });
  });

  it('says beside an outcome that an earlier card may still say that the request waits, in the toast as well', async () => {
    const drawing = await draw(stray, outcome);

    const content = drawing?.content as CardMessage;
    const sentence = 'An earlier card of this request may still say that it waits.';
    expect(drawing).toMatchObject({ fingerprint: '4 beside an earlier card', finished: true, stored: stray });
    expect(content.summary).toBe(`Isaiah Langer was provisioned. ${sentence}`);
    expect(content.card.body).toEqual([...card.card.body, expect.objectContaining({ text: sentence })]);
    expect(content.card.actions).toEqual(card.card.actions);
  });

  it('tells the same outcome with the sentence as without it', async () => {
    const [plain, noted] = [await draw({ ...stray, hasEarlierCard: false }, outcome), await draw(stray, outcome)];

    expect(plain === null || noted === null ? [] : [outcomeOf(plain), outcomeOf(noted)]).toEqual(['4', '4']);
  });

  it('is none where there is nothing to show', async () => {
    expect(await draw(stray, null)).toBeNull();
  });
});

describe('the sentence about an earlier card', () => {
  it('changes nothing of the card that it is added to', () => {
    const before = structuredClone(card);

    besideEarlier(createMessages('en-GB', 'Europe/London'), card);

    expect(card).toEqual(before);
  });
});
