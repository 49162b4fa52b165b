import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listOfNames, namesInList } from '../../../src/chat/grammar/name-list.ts';
import { format, parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const names = [
  'isaiah',
  'Isaiah Langer',
  'isaiah@contoso.com',
  'Vance, Adele',
  'Rosa And Lee',
  "Seán O'Brien",
  'not adele',
  'Bill To',
  '5eed0000-0000-4000-8000-000000000004',
  'CN=Adele Vance,OU=Sales,DC=contoso,DC=com',
];

describe('a list of names', () => {
  it.each([
    ['isaiah and lee', ['isaiah', 'lee']],
    ['isaiah, Isaiah Langer and lee', ['isaiah', 'Isaiah Langer', 'lee']],
    ['isaiah, "Vance, Adele"', ['isaiah', 'Vance, Adele']],
    ['isaiah, not adele', ['isaiah, not adele']],
    ['isaiah', ['isaiah']],
  ])('is read as the names in it, and as a whole where one is taken back: %s', (text, read) => {
    const found = namesInList(text);

    expect(found).toEqual(read);
  });

  it('of any names is read as the same names, alone and in the line of a request', () => {
    const some = fc.uniqueArray(fc.constantFrom(...names), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(some, (given) => {
        const text = listOfNames(given);
        const command = {
          verb: 'requestAccess',
          subject: text,
          app: 'Salesforce',
          start: null,
          end: null,
          reason: null,
        } as const;

        const read = parse(format(command));

        expect(namesInList(text)).toEqual(given);
        expect(read).toEqual({ kind: 'command', command });
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
