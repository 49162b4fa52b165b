import { expect, it } from '@jest/globals';
import { onceFor } from '../src/once-for.ts';

it('makes one thing for each object, even where that is nothing, and another for an equal object', () => {
  let made = 0;
  const everyOther = onceFor((_source: object) => {
    made += 1;
    return made === 1 ? undefined : made;
  });
  const one = {};

  const got = [everyOther(one), everyOther(one), everyOther({})];

  expect(got).toEqual([undefined, undefined, 2]);
});
