import { describe, expect, it } from '@jest/globals';
import { markdownText } from '../../src/chat/cards/safe-text.ts';
import { forTerminal, withoutHidden } from '../../src/masking/hidden.ts';
import { tidyCharacters } from '../../src/teams/text.ts';

const flagOfEngland = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';

describe('an invisible character', () => {
  it.each([
    ['tags', 'Ad\u{e0041}\u{e0064}ele', 'Adele'],
    ['the tags of a flag', flagOfEngland, '\u{1f3f4}'],
    ['the Hangul fillers', 'A\u3164d\u115fe\u1160l\uffa0e', 'Adele'],
    ['zero-width characters', 'A\u200bd\u2060e\ufeffl\u00ade', 'Adele'],
    ['direction marks', '\u202eA\u2066dele\u2069\u200f', 'Adele'],
    ['a joiner in Latin', 'Ad\u200del\u200ce', 'Adele'],
    ['a row of variation selectors', 'A\ufe00\ufe01\u{e0100}\u{e01ef}dele', 'Adele'],
    ['the braille blank', 'Adele\u2800Vance', 'Adele Vance'],
  ])('never comes through: %s', (_what, text, seen) => {
    const places = [withoutHidden(text), markdownText(text), tidyCharacters(text), forTerminal(text)];

    expect(places).toEqual([seen, seen, seen, seen]);
  });

  it.each([
    ['an emoji of several people', '\u{1f469}\u200d\u{1f4bb}'],
    ['an emoji in color', '\u2764\ufe0f'],
    ['a key', '1\ufe0f\u20e3'],
    ['a Persian name', '\u0639\u0644\u06cc\u200c\u0631\u0636\u0627'],
    ['an ideograph of a certain form', '\u845b\u{e0100}\u57ce'],
  ])('stays where a script needs it: %s', (_what, text) => {
    expect(withoutHidden(text)).toBe(text);
  });
});

describe('a text for a terminal', () => {
  it.each([
    ['an escape sequence', '\u001b[2JAdele', '␛[2JAdele'],
    ['a link', '\u001b]8;;https://a.example\u0007Adele\u001b]8;;\u0007', '␛]8;;https://a.example␇Adele␛]8;;␇'],
    ['a control of one byte', '\u009b31mAdele', '\ufffd31mAdele'],
    ['what goes back', 'Adele\b\b\rEve\u007f', 'Adele␈␈␍Eve␡'],
  ])('loses the effect of %s', (_what, text, shown) => {
    expect(forTerminal(text)).toBe(shown);
  });

  it('keeps its lines and columns', () => {
    expect(forTerminal('one\ttwo\r\nthree\n')).toBe('one\ttwo\r\nthree\n');
  });
});
