import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cut, markdownText, plainText } from '../../../src/chat/cards/safe-text.ts';

describe('a text of others that goes into Markdown', () => {
  it.each([
    ['# head', '\\# head'],
    ['> said', '\\> said'],
    ['- point', '\\- point'],
    ['+ point', '\\+ point'],
    ['1. first', '1\\. first'],
    ['12) twelfth', '12\\) twelfth'],
    ['2026-03-02', '2026-03-02'],
    ['a*b_c`d~e[f]g\\h', 'a\\*b\\_c\\`d\\~e\\[f\\]g\\\\h'],
    ['<b>', '\\<b>'],
    ['one\r\n\ttwo\u2028three', 'one two three'],
    ['<a<at>t>Bob</at>', 'Bob'],
    ['<at id="1">Bob</at>', 'Bob'],
    ['{{{DATE(x)}}', '{ { {DATE(x)}}'],
    ['$${x', '$$ {x'],
    ["O'Brien (Ops) – é", "O'Brien (Ops) – é"],
  ])('%j becomes %j', (text, shown) => {
    expect(markdownText(text)).toBe(shown);
  });

  it('is what it was, once the escapes are taken away', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', '*', '_', '\\', '[', ']', '`', '~', '#', '1', '.', '-', '+'),
      maxLength: 50,
    });

    fc.assert(fc.property(letters, (text) => expect(markdownText(text).replace(/\\(.)/g, '$1')).toBe(text)));
  });

  it('has no Markdown, mention or template left in it, whatever it was', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        'a',
        't',
        'at',
        '/',
        '{',
        '$',
        '[',
        '(',
        '*',
        '\\',
        '`',
        '\n',
        '\u202E',
        '😀',
        '\uD83D',
      ),
      maxLength: 400,
    });

    fc.assert(
      fc.property(nasty, (text) => {
        const shown = markdownText(text, 60);
        expect(shown.replace(/\\./g, 'e')).not.toMatch(/[[`*<]|\{\{|\$\{|\p{Cc}|\u202E/u);
        expect(shown.isWellFormed()).toBe(true);
        expect(plainText(text, 60)).not.toMatch(/<\/?at>|\{\{|\$\{/);
      }),
    );
  });
});

describe('cutting', () => {
  it('leaves a text of the longest length whole', () => {
    expect(cut('abcde', 5)).toBe('abcde');
    expect(cut('abcdef', 5)).toBe('abcd…');
  });

  it('takes an emoji whole or not at all', () => {
    expect(cut('abc😀😀', 5)).toBe('abc…');
    expect(cut('ab😀😀', 5)).toBe('ab😀…');
  });
});
