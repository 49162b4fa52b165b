import { describe, expect, it } from '@jest/globals';
import { parse } from '../../support/grammar.ts';

const kits = (kit: string | null) => ({ kind: 'command', command: { verb: 'kits', kit } });

describe('a line about kits', () => {
  it.each([
    ['kits', null],
    ['Kits!', null],
    ['list kits', null],
    ['show me the kits, please', null],
    ['which kits are there?', null],
    ['what is a kit?', null],
    ['kits sales', 'sales'],
    ['kit sales', 'sales'],
    ['kits "Sales, Marketing and Ops"', 'Sales, Marketing and Ops'],
    ['kits Sales, Marketing and Ops', 'Sales, Marketing and Ops'],
    ['kits 5eed0000-0000-4000-8000-0000000000a1', '5eed0000-0000-4000-8000-0000000000a1'],
    ['show kits sales starter', 'sales starter'],
    ['what is in the sales kit?', 'sales'],
    ["what's in our Sales kit", 'Sales'],
    ['which apps are in the sales starter kit', 'sales starter'],
    ['which apps does the sales kit have?', 'sales'],
    ['what does the Sales kit contain?', 'Sales'],
    ['show me the sales kit', 'sales'],
    ['what is in the "R&D and Ops" kit', 'R&D and Ops'],
  ])('is read: %s', (line, kit) => {
    expect(parse(line)).toEqual(kits(kit));
  });

  it.each(['kist', 'lits kits'])('is only offered when it is misspelled: %s', (line) => {
    expect(parse(line)).not.toMatchObject({ kind: 'command' });
  });

  it.each([
    ['what is in the queue', 'queue'],
    ['show the history', 'history'],
    ['show me the apps', 'apps'],
    ['which apps', 'apps'],
    ['list the apps', 'apps'],
    ['show the status', 'status'],
  ])('is not meant by what other commands are about: %s', (line, verb) => {
    expect(parse(line)).toMatchObject({ kind: 'command', command: { verb } });
  });

  it.each(['its not working', 'hits', 'what is in the kit', 'what does the salesforce sync do', 'show the kit'])(
    'is not meant by %j',
    (line) => {
      expect(parse(line)).not.toMatchObject({ command: { verb: 'kits' } });
      expect(parse(line)).not.toMatchObject({ suggestion: expect.stringMatching(/^kits/) });
    },
  );
});
