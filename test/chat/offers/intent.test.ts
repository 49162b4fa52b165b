import { describe, expect, it } from '@jest/globals';
import { intentOf } from '../../../src/chat/offers/intent.ts';

describe('a line that takes access away in words of its own', () => {
  it.each([
    'take away lynne’s access to Salesforce',
    'take the Salesforce access of lynne away',
    'please take lynne off Salesforce',
    'kick lynne out of Salesforce',
    'deactivate lynne in Salesforce',
    'cut off lynne’s Salesforce access',
    'lock lynne out of Salesforce',
    'block lynne from Salesforce',
    'lynne should lose her Salesforce access',
    'strip lynne of Salesforce',
    'drop lynne from Salesforce',
    'lynne no longer needs Salesforce',
    'lynne does not need Salesforce any more',
    "adele doesn't use Salesforce anymore",
  ])('is taken for a removal: %s', (line) => {
    expect(intentOf(line)).toBe('remove');
  });

  it.each([
    'do not take lynne out of Salesforce',
    "don't cut off lynne's Salesforce access",
    'never block lynne from Salesforce',
    'lynne was kicked out of Salesforce',
    'alex took lynne off Salesforce already',
    'lynne was blocked in Salesforce yesterday',
  ])('is no guess where it says not to, or tells of the past: %s', (line) => {
    expect(intentOf(line)).toBeNull();
  });

  it('is a question where it asks why', () => {
    expect(intentOf('why did lynne lose her Salesforce access')).toBe('check');
  });
});
