import { expect, it } from '@jest/globals';
import { onceFor } from '../src/once-for.ts';

it('makes one thing for each object, and another for an equal one', () => {
  let made = 0;
  const numbered = onceFor((_source: object) => {
    made += 1;
    return made;
  });
  const one = {};

  const got = [numbered(one), numbered(one), numbered({})];

  expect(got).toEqual([1, 1, 2]);
});

it('makes nothing twice where nothing was made of an object', () => {
  let asked = 0;
  const nothing = onceFor((_source: object) => {
    asked += 1;
    return undefined;
  });
  const one = {};

  nothing(one);
  nothing(one);

  expect(asked).toBe(1);
});
