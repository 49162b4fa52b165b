import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filterText, graphPath, readODataError, retryAfterMs, searchTerm } from '../../src/graph/odata.ts';
import { createTestClock } from '../support/clock.ts';

describe('a path', () => {
  it('encodes the special characters of ids and principal names', () => {
    const path = graphPath('users', 'guest_fabrikam.com#EXT#@contoso.com');

    expect(path).toBe('/users/guest_fabrikam.com%23EXT%23%40contoso.com');
  });

  it('treats ids as opaque', () => {
    const path = graphPath('jobs', '33f7c90d-bf71#V2', 'a/../b?c=d&e', 'CN=Adele Vance,OU=Sales');

    expect(path).toBe('/jobs/33f7c90d-bf71%23V2/a%2F..%2Fb%3Fc%3Dd%26e/CN%3DAdele%20Vance%2COU%3DSales');
  });

  it('never throws, and never lets a segment become two, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const segments = graphPath('users', id).split('/');

        expect(segments).toHaveLength(3);
        expect(decodeURIComponent(segments[2] ?? '')).toBe(id.toWellFormed());
      }),
    );
  });

  it('survives half a surrogate pair', () => {
    expect(graphPath('users', '\ud83d@contoso.com')).toBe('/users/%EF%BF%BD%40contoso.com');
  });
});

describe('a text in a filter', () => {
  it('escapes its apostrophes', () => {
    expect(filterText("O'Brien' or displayName eq 'x")).toBe("'O''Brien'' or displayName eq ''x'");
  });

  it('is one literal, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        expect(filterText(typed)).toMatch(/^'(?:[^']|'')*'$/);
      }),
    );
  });
});

describe('a term of a search', () => {
  it.each([
    ['Lee "the boss" Gu', '"displayName:Lee \\"the boss\\" Gu"'],
    ['a\\', '"displayName:a\\\\"'],
    ['a\\" OR "mail:', '"displayName:a\\\\\\" OR \\"mail:"'],
  ])('escapes %s', (typed, term) => {
    expect(searchTerm('displayName', typed)).toBe(term);
  });

  it('is one term, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', 'a', ' ', ':', "'") }), (typed) => {
        expect(searchTerm('displayName', typed)).toMatch(/^"displayName:(?:[^"\\]|\\["\\])*"$/);
      }),
    );
  });
});

describe('the body of an error', () => {
  it.each([
    [{ error: { code: 'Authorization_RequestDenied', message: 'No.' } }, 'Authorization_RequestDenied', 'No.'],
    [{ error: { code: 'UnknownError', message: '' } }, 'UnknownError', ''],
    [{ error: { code: null, innerError: {} } }, '', ''],
    [{ error: 'invalid_client' }, '', ''],
    [undefined, '', ''],
    ['<html>', '', ''],
  ])('%j', (body, code, message) => {
    expect(readODataError(body)).toEqual({ code, message });
  });
});

describe('Retry-After', () => {
  const clock = createTestClock(Date.parse('2026-01-05T09:00:00Z'));

  it.each([
    ['10', 10_000],
    [' 0 ', 0],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
  ])('of %j is %i ms', (value, ms) => {
    expect(retryAfterMs(value, clock)).toBe(ms);
  });

  it.each([null, '', 'soon', '-1', '1.5', '10 s'])('of %j is ignored', (value) => {
    expect(retryAfterMs(value, clock)).toBeNull();
  });
});
