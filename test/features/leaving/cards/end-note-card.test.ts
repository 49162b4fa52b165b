import { describe, expect, it } from '@jest/globals';
import { createMessages } from '../../../../src/chat/messages.ts';
import { endNoteCard } from '../../../../src/features/leaving/cards/end-note-card.ts';
import { NOW } from '../../../chat/views/drawings.ts';
import { entitlementIn } from './end-drawings.ts';

describe('the reminder of access that ends', () => {
  it.each([
    ['will remove the assignment, where it made one', true, 'Usher will then remove the assignment it made'],
    ['only reminds, where it made none', false, 'Usher did not make the assignment, so it only reminds you then'],
  ])('says that Usher %s', (_what, inherits, said) => {
    const card = endNoteCard(createMessages('en-US', 'UTC'), {
      entitlement: entitlementIn({ kind: 'active' }, undefined, { inherits }),
      note: { news: 'reminder', taskId: 'task 0', why: null },
      now: NOW,
      entraPortal: 'https://entra.microsoft.com',
    });

    expect(JSON.stringify(card.card)).toContain(said);
    expect(card.summary).toContain(said);
  });
});
