import { describe, expect, it } from '@jest/globals';
import { markOf } from '../../../src/requests/archive/lines.ts';
import { noRows, type PackedRows, pack, unpack } from '../../../src/requests/archive/packing.ts';

const rows: PackedRows = {
  ...noRows,
  requests: [
    { id: 'R23456', requested_by_name: 'Zoë “👩‍🚀”', revision: 3, reason: null },
  ] as unknown as PackedRows['requests'],
  messages: [{ id: 'card', kind: 'request' }] as unknown as PackedRows['messages'],
};

describe('a packed request', () => {
  it('is unpacked to the same rows', () => {
    const unpacked = unpack(pack(rows));

    expect(unpacked).toEqual(rows);
  });

  it('is read as it was written by earlier versions, so its dictionary is never changed', () => {
    const stored = 'AcNfu2GrwpBCBlotILs6yMjYxNRMSUcpKv/waoVHDXM+zJ+48lFD74f5sxoeNcwFOQxexBOMemSDoQEICxKQ2wE=';

    const unpacked = unpack(Buffer.from(stored, 'base64'));

    expect(unpacked).toEqual(rows);
  });

  it('is not read where it was written in a way that this version does not know', () => {
    const later = Buffer.from([9, ...pack(rows).subarray(1)]);

    expect(() => unpack(later)).toThrow('in a way that Usher does not know');
  });

  it('has numbers for people that SQLite keeps whole, and the same in all versions', () => {
    const marks = ['5eed0000-0000-4000-8000-000000000001', 'alex'].map(markOf);

    expect(marks).toEqual([108255496703622, 286795006150369]);
    expect(Math.max(...marks)).toBeLessThan(2 ** 50);
  });
});
