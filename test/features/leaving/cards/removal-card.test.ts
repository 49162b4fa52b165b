import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../../src/chat/cards/as-text.ts';
import { elementsOf } from '../../../chat/views/drawings.ts';
import { type DrawnRemoval, drawRemoval } from './removal-drawings.ts';

const titles = (drawn: DrawnRemoval) =>
  elementsOf(drawRemoval(drawn).card)
    .filter(({ type }) => type === 'Action.Submit')
    .map(({ title }) => title);
const textOf = (drawn: DrawnRemoval) => cardAsText(drawRemoval(drawn).card);
const secondPerson = { secondPerson: true } as const;

describe('the card of a removal that waits for its confirmation', () => {
  it('lets its asker confirm it, unless a second person has to', () => {
    expect(titles({})).toEqual(['Remove from Salesforce', 'Cancel']);
    expect(titles({ removal: secondPerson })).toEqual(['Cancel']);
  });

  it('lets the second person confirm or reject it, and a reader without that right do nothing', () => {
    expect(titles({ removal: secondPerson, reads: 'secondPerson' })).toEqual(['Confirm removal', 'Reject']);
    expect(titles({ removal: secondPerson, reads: 'anyone' })).toEqual([]);
  });

  it('says until when the second person can confirm it', () => {
    expect(textOf({ removal: secondPerson, asked: 2 })).toMatch(
      /confirm this by .+\. Usher has asked in 2 conversations\./,
    );
    expect(textOf({ removal: secondPerson, asked: 0 })).toContain('none can be reached');
  });

  it('tells of people who leave what the regular cycle would do instead', () => {
    const hint = 'you can leave this to the regular cycle';

    expect(textOf({ removal: { ...secondPerson, leaving: true } })).toContain(hint);
    expect(textOf({})).not.toContain(hint);
  });

  it('says that groups stay only where there are any', () => {
    expect(textOf({ through: ['Sales Team'] })).toContain('Also through Sales Team; that stays.');
    expect(textOf({})).not.toContain('Access through a group stays');
  });
});
