import { describe, expect, it } from '@jest/globals';
import { firstName } from '../../../src/chat/views/parts.ts';

describe('the name in a greeting', () => {
  it.each([
    ['Alex Wilber', 'Alex'],
    ['Wilber, Alex', 'Alex'],
    ['Müller, Jürgen (Sales)', 'Jürgen'],
    ['Megan', 'Megan'],
    ['(External) Alex Wilber', '(External) Alex Wilber'],
    ['Wilber,', 'Wilber'],
    ['', ''],
  ])('of %j is %j', (name, called) => {
    expect(firstName(name)).toBe(called);
  });
});
