import { describe, expect, it } from '@jest/globals';
import { policy } from '../../src/access/policy.ts';
import { verbs } from '../../src/chat/grammar/phrases.ts';
import { registry } from '../../src/features/registry.ts';
import { permissions } from '../scenarios/matrix-cells.ts';

describe('the declarations', () => {
  it('have the permission that stands a second time in the matrix, also where another one has the same roles', () => {
    const declared = Object.values(registry.commands).map(({ verb, permission }) => [verb, permission] as const);

    expect(Object.fromEntries(declared)).toEqual(permissions);
  });

  it('stand under their own verb, one for each verb with phrases', () => {
    for (const [verb, declaration] of Object.entries(registry.commands)) expect(declaration.verb).toBe(verb);
    expect(Object.keys(registry.commands).toSorted()).toEqual([...verbs].toSorted());
  });

  it('name only permissions of the policy, alternatives included', () => {
    const named = [...Object.values(registry.commands), ...Object.values(registry.buttons)].flatMap((declaration) => [
      declaration.permission,
      ...('or' in declaration && declaration.or !== undefined ? [declaration.or] : []),
    ]);

    expect(named.filter((permission) => !(permission in policy))).toEqual([]);
  });
});
