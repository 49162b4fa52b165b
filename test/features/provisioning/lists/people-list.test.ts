import { describe, expect, it } from '@jest/globals';
import { foldDuplicates, mostPeople } from '../../../../src/features/provisioning/lists/people-list.ts';

describe('a list with somebody in it twice', () => {
  it('keeps the first of each, in order, and says which were left out', () => {
    const folded = foldDuplicates([
      'adele@contoso.com',
      ' Isaiah Langer',
      'ADELE@contoso.com ',
      'isaiah langer',
      'adele',
    ]);

    expect(folded).toEqual({
      entries: ['adele@contoso.com', 'Isaiah Langer', 'adele'],
      duplicates: ['ADELE@contoso.com', 'isaiah langer'],
    });
  });

  it('takes two ways to write one letter for the same, and blanks for nothing', () => {
    expect(foldDuplicates(['Zo\u00eb', 'Zoe\u0308', ' ', ''])).toEqual({ entries: ['Zoë'], duplicates: ['Zoe\u0308'] });
    expect(foldDuplicates([])).toEqual({ entries: [], duplicates: [] });
  });

  it('is not allowed to have more than five hundred people', () => {
    expect(mostPeople).toBe(500);
  });
});
