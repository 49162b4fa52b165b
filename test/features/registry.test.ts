import { describe, expect, it } from '@jest/globals';
import { registry } from '../../src/features/registry.ts';
import { permissions } from '../scenarios/matrix-cells.ts';

describe('the declarations', () => {
  it('have the permission that stands a second time in the matrix, also where another one has the same roles', () => {
    const declared = Object.values(registry.commands).map(({ verb, permission }) => [verb, permission] as const);

    expect(Object.fromEntries(declared)).toEqual(permissions);
  });
});
