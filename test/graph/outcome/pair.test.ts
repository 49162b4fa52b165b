import { describe, expect, it } from '@jest/globals';

import { readPair } from '../../../src/graph/outcome/pair.ts';
import { typeName } from './answers.ts';

describe('readPair', () => {
  it('reads the outcome in the key of shape A', () => {
    const pair = readPair({
      key: '{"result":"SKIPPED","details":{"errorCode":"RedundantExport","new":1}}',
      value: '{}',
    });

    expect(pair).toEqual({
      announced: { result: 'skipped', errorCode: 'RedundantExport', errorMessage: null },
      entries: [],
    });
  });

  it('does not read the type name that is the key of shape B as the outcome', () => {
    expect(readPair({ key: typeName, value: '[]' })).toEqual({ announced: null, entries: [] });
  });

  it.each([
    ['one object', '{"action":"Create"}', 1],
    ['a list of one', '[{"action":"Create"}]', 1],
    ['a list of two', '[{"action":"Create"},{}]', 2],
    ['an empty object', '{}', 0],
    ['nothing', '', 0],
    ['JSON null', 'null', 0],
  ])('counts the entries of %s', (_, value, count) => {
    expect(readPair({ key: typeName, value })?.entries).toHaveLength(count);
  });

  it('reads on when the key or the value is missing', () => {
    expect(readPair({ value: '{"action":"Create"}' })).toMatchObject({
      announced: null,
      entries: [{ action: 'create' }],
    });
    expect(readPair({ key: '{"result":"Failure"}' })).toMatchObject({ announced: { result: 'failure' }, entries: [] });
  });

  it('reads each part separately when the other is damaged', () => {
    const failure = '{"result":"Failure","details":{"errorCode":"EntryConflict"}}';

    expect(readPair({ key: failure, value: '{"action":"Cre' })).toMatchObject({
      announced: { result: 'failure', errorCode: 'EntryConflict' },
      entries: [],
      damaged: true,
    });
    expect(readPair({ key: '{"result":"Suc', value: '{"action":"Create"}' })).toMatchObject({
      announced: null,
      entries: [{ action: 'create' }],
      damaged: true,
    });
  });

  it.each([
    ['a value that is no JSON', { key: typeName, value: 'Success' }],
    ['a key that breaks off', { key: '{"result":', value: '{}' }],
    ['a value that is no string', { key: typeName, value: { action: 'Create' } }],
    ['a body that is no object', 'Success'],
  ])('is null for %s', (_, body) => {
    expect(readPair(body)).toBeNull();
  });
});
