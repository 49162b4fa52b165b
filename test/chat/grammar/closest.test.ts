import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closest, typingDistance } from '../../../src/chat/grammar/closest.ts';

const apps = ['Salesforce Sandbox', 'Salesforce', 'ServiceNow', 'GitHub Enterprise', 'Zscaler', 'Contoso AD', 'Box'];

describe('the name that was probably meant', () => {
  it.each([
    ['salesfroce', 'Salesforce'],
    ['SALESFORCE', 'Salesforce'],
    ['saelsfroce', null],
    ['saelsforce', 'Salesforce'],
    ['sales force', 'Salesforce'],
    ['sales-force sandbox', 'Salesforce Sandbox'],
    ['salesforce sandbxo', 'Salesforce Sandbox'],
    ['service now', 'ServiceNow'],
    ['servicenow', 'ServiceNow'],
    ['sales', 'Salesforce'],
    ['salesforce s', 'Salesforce Sandbox'],
    ['salesforce san', 'Salesforce Sandbox'],
    ['git', 'GitHub Enterprise'],
    ['githb', 'GitHub Enterprise'],
    ['github enterprize', 'GitHub Enterprise'],
    ['zscalar', 'Zscaler'],
    ['contosoad', 'Contoso AD'],
    ['bxo', 'Box'],
    ['bo', null],
    ['gi', null],
    ['workday', null],
    ['', null],
    [' - ', null],
  ])('for %j is %j', (word, expected) => {
    expect(closest(word, apps)).toBe(expected);
  });

  it('forgives as many typos as it is allowed, but never half of the word', () => {
    expect(closest('saelsfroce', apps, { max: 4 })).toBe('Salesforce');
    expect(closest('salesfroce', apps, { max: 0 })).toBeNull();
    expect(closest('abc', ['xyz'], { max: 9 })).toBeNull();
  });

  it('finds nothing among nothing', () => {
    expect(closest('salesforce', [])).toBeNull();
    expect(closest('salesforce', ['', ' '])).toBeNull();
  });

  it('always finds the name itself, in any case and spacing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...apps), fc.boolean(), (app, upper) => {
        const typed = (upper ? app.toUpperCase() : app.toLowerCase()).replaceAll(' ', '');

        expect(closest(typed, apps)).toBe(app);
      }),
      { seed: 20261121, numRuns: 200 },
    );
  });

  it('does not compare letter by letter what is far too long', () => {
    const started = performance.now();

    expect(closest('s'.repeat(100_000), ['s'.repeat(100_001), ...apps])).toBe('s'.repeat(100_001));
    expect(closest(`x${'s'.repeat(100_000)}`, ['s'.repeat(100_001), ...apps])).toBeNull();

    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a typo', () => {
  it.each([
    ['help', 'help', 0],
    ['hepl', 'help', 1],
    ['hlep', 'help', 1],
    ['helpp', 'help', 1],
    ['hel', 'help', 1],
    ['yelp', 'help', 1],
    ['porvison', 'provision', 2],
    ['', 'help', 4],
  ])('from %s to %s number %i', (typed, meant, slips) => {
    expect(typingDistance(typed, meant)).toBe(slips);
  });
});
