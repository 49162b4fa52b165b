import { describe, expect, it } from '@jest/globals';
import { foldDuplicates, mostPeople } from '../../../../src/features/provisioning/lists/people-list.ts';

describe('a list that names a person twice', () => {
  it('keeps the first of each, in order, and reports the others', () => {
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

  it('compares two encodings of one letter as equal, and ignores blanks', () => {
    expect(foldDuplicates(['Zo\u00eb', 'Zoe\u0308', ' ', ''])).toEqual({ entries: ['Zoë'], duplicates: ['Zoe\u0308'] });
    expect(foldDuplicates([])).toEqual({ entries: [], duplicates: [] });
  });

  it('may hold no more than five hundred people', () => {
    expect(mostPeople).toBe(500);
  });
});
