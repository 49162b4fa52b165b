import { describe, expect, it } from '@jest/globals';
import { startIn } from '../../../src/chat/offers/start-in.ts';

/** A Friday. */
const now = Date.parse('2026-11-27T10:00:00Z');
const reader = { locale: 'en-US', timeZone: 'UTC' };

describe('the day on which a wish starts', () => {
  it.each([
    ['hi! isaiah starts monday, can he have salesforce please', '2026-11-30', 'starts monday'],
    ['can diego get servicenow from 14 dec', '2026-12-14', 'from 14 dec'],
    ['salesforce for lee on December 1 please', '2026-12-01', 'on December 1'],
    ['adele joins on 2027-01-15 and needs github', '2027-01-15', 'joins on 2027-01-15'],
  ])('is found among the words: %s', (line, start, said) => {
    expect(startIn(line, reader, now)).toEqual({ start, said });
  });

  it.each([
    'can diego get servicenow',
    'adele gets a 404 on github since this morning',
    'isaiah starts soon',
    'from adele: give lee github',
    'lee joined on 1 November',
  ])('is none where no day to come is named: %s', (line) => {
    expect(startIn(line, reader, now)).toBeNull();
  });
});
