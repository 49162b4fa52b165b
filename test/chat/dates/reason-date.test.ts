import { describe, expect, it } from '@jest/globals';
import { findReasonDate } from '../../../src/chat/dates/reason-date.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
const london = { locale: 'en-GB', timeZone: 'Europe/London' };

function find(reason: string, locale = london.locale): string | null {
  const found = findReasonDate(reason, { ...london, locale }, NOW);
  return found === null ? null : `${found.startText}${found.sure ? '' : '?'}`;
}

describe('the day on which a reason says that a person begins', () => {
  it.each([
    ['he joins Sales on 1 December', '1 December'],
    ['he moves from Sales to Marketing on December 1, 2026', 'December 1, 2026'],
    ['she joins Sales, starting on 2026-12-01.', '2026-12-01'],
    ['they take over as of next Monday', 'next Monday'],
    ['he joins Sales in two weeks', 'in two weeks'],
    ['he joins Sales tomorrow', 'tomorrow'],
    ['he starts monday', 'monday'],
    ['he starts on monday', 'monday'],
    ['he will start on monday', 'monday'],
    ['he is starting on monday', 'monday'],
    ["she's starting next monday", 'next monday'],
    ['Isaiah Langer starts on Friday', 'Friday'],
    ['his contract starts on 1 December', '1 December'],
    ['the new hire begins 1 December', '1 December'],
    ['his first day is on monday', 'monday'],
    ['she is new from monday', 'monday'],
    ['he arrives on monday at 9am', 'monday at 9am'],
    ['he starts next week', '2026-11-23'],
  ])('is read from %s', (reason, day) => {
    expect(find(reason)).toBe(day);
  });

  it.each([
    ['de', 'sie beginnt am 1. Dezember', 'am 1. Dezember'],
    ['de', 'ihr erster Arbeitstag ist am Montag', 'am Montag'],
    ['fr', 'il commence lundi prochain', 'lundi prochain'],
    ['fr', 'son premier jour est le 1er décembre', 'le 1er décembre'],
    ['es', 'empieza el 1 de diciembre', 'el 1 de diciembre'],
    ['pt', 'ela começa em 1 de dezembro', 'em 1 de dezembro'],
  ])('is read in the reader’s language (%s): %s', (locale, reason, day) => {
    expect(find(reason, locale)).toBe(day);
  });

  it.each([
    ['the audit starts on friday', 'friday?'],
    ['her holiday begins on 1 December', '1 December?'],
    ['he needs it on monday', 'monday?'],
    ['he is on the project from monday', 'monday?'],
    ['she needs access, starting monday', 'monday?'],
    ['on 1 December he joins Sales', '2026-12-01?'],
    ['Anna leaves and he takes over on 1 December', '1 December?'],
    ['he does not start on monday', 'monday?'],
  ])('leads to a question where it may be the day of something else: %s', (reason, day) => {
    expect(find(reason)).toBe(day);
  });

  it.each([
    'the audit is on friday',
    'her holiday is from 1 december',
    'she returns the laptop on monday',
    'he can renew the contract on 31 december',
    'he needs to talk to Salesforce on monday',
    'he joins Sales and the audit is on friday',
    'he joined Sales on monday',
    'he joins Sales',
    'on 1 December',
    'he joined Sales on 1 March 2020',
    'his contract ends on 1 December',
    'Anna leaves on 1 December',
    'he works on project 365',
    '',
  ])('is found in no other text: %j', (reason) => {
    expect(find(reason)).toBeNull();
  });
});
