import { describe, expect, it } from '@jest/globals';
import { createMessages } from '../../../src/chat/messages.ts';
import { ticketCard } from '../../../src/chat/views/ticket-views.ts';
import { openedText } from './drawings.ts';

describe('the card that asks for a ticket number', () => {
  it.each([
    ['en-US', 'Then Usher goes on with: retry R7K3MQ'],
    // No client reads the end of bold between a full-width colon and a letter.
    ['zh-CN', '之后 Usher 将继续处理：retry R7K3MQ'],
  ])('names the line that goes on in %s', (locale, said) => {
    const words = createMessages(locale, 'UTC');

    const { card } = ticketCard(words, {
      app: 'Salesforce',
      line: 'retry R7K3MQ',
      typed: null,
      isNeeded: true,
      examples: ['INC0012345'],
    });

    expect(openedText(card)).toContain(said);
    expect(JSON.stringify(card)).not.toContain('：**');
  });
});
