import { describe, expect, it } from '@jest/globals';
import { endIn } from '../../../src/chat/offers/end-in.ts';

/** A Friday. */
const now = Date.parse('2026-11-27T10:00:00Z');
const reader = { locale: 'en-US', timeZone: 'UTC' };

describe('the end of what a wish is about', () => {
  it.each([
    ['isaiah needs salesforce for 2 weeks', '2 weeks', 'for 2 weeks'],
    ['isaiah needs salesforce until 31 march please', '31 march', 'until 31 march please'],
    ['hi! can isaiah get salesforce till friday 6pm, thanks', 'friday 6pm', 'till friday 6pm, thanks'],
    ['salesforce for 3 months for isaiah', '3 months', 'for 3 months'],
    ['isaiah starts monday, can he have github for 8 hours', '8 hours', 'for 8 hours'],
  ])('is found among the words: %s', (line, end, said) => {
    expect(endIn(line, reader, now)).toEqual({ end, said });
  });

  it.each([
    'isaiah needs salesforce',
    'isaiah has been waiting for 2 weeks for salesforce',
    'isaiah cannot get into salesforce for the last 2 hours',
    'isaiah tried salesforce for 2 hours',
    'isaiah needs salesforce until further notice',
    'isaiah needs salesforce until he is back',
    'isaiah needs salesforce until yesterday',
  ])('is none where no end to come is named: %s', (line) => {
    expect(endIn(line, reader, now)).toBeNull();
  });
});
