import { describe, expect, it } from '@jest/globals';
import { aboveSignature } from '../../../src/chat/offers/signature.ts';

describe('a text above its signature', () => {
  it.each([
    ['provision diego to snow\n--\nAlex Wilber\nContoso', 'provision diego to snow'],
    ['isaiah needs github\n\nKind regards,\nAlex', 'isaiah needs github\n'],
    ['isaiah needs github\nThanks!\nAlex', 'isaiah needs github'],
  ])('ends where the goodbye begins: %j', (text, above) => {
    expect(aboveSignature(text)).toBe(above);
  });

  it.each(['--\nisaiah needs github', 'thanks\nisaiah needs github', 'thanks for adding lee\nand github for adele'])(
    'is all of it where there is none: %j',
    (text) => {
      expect(aboveSignature(text)).toBe(text);
    },
  );
});
