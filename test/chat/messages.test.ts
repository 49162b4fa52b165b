import { describe, expect, it } from '@jest/globals';
import { createMessages } from '../../src/chat/messages.ts';

const words = createMessages('en-US', 'Europe/Berlin');

describe('the words', () => {
  it('fill values in as they are written where Markdown is read', () => {
    const text = words.card('problem.unknownUser.happened', { typed: '*Adele*_v' });

    expect(text).toBe('Usher found nobody called “\\*Adele\\*\\_v” in your organization.');
  });

  it('leave values alone where nothing is read as Markdown', () => {
    const text = words.plain('problem.unknownUser.happened', { typed: '*Adele*_v\n<at>x</at>' });

    expect(text).toBe('Usher found nobody called “*Adele*_v x” in your organization.');
  });

  it('cut a value that is too long, and not the sentence around it', () => {
    const text = words.plain('problem.unknownUser.happened', { typed: 'a'.repeat(1_000) });

    expect(text).toBe(`Usher found nobody called “${'a'.repeat(199)}…” in your organization.`);
  });

  it('do not read a value as a message', () => {
    const text = words.plain('problem.unknownUser.happened', { typed: '{typed, plural, other {#}} </b>' });

    expect(text).toContain('“{typed, plural, other {#}} </b>”');
  });

  it.each(['de-DE', 'xx', '', 'not a locale at all', '__proto__', 'constructor'])(
    'are English for the locale "%s"',
    (locale) => {
      const strange = createMessages(locale, 'Nowhere/At_All');

      expect(strange.plain('button.retry')).toBe('Retry');
      expect(strange.plain('label.moreSteps', { count: 1 })).toBe('And 1 more step.');
      expect(strange.time(0, 0)).toBe('00:00:00');
    },
  );

  it('throw when a message lacks a value, rather than show a hole', () => {
    const say = () => words.card('problem.unknownUser.happened');

    expect(say).toThrow(/typed/);
  });

  it.each([
    [0, '0 s'],
    [1_449, '1.4 s'],
    [9_949, '9.9 s'],
    [9_951, '10 s'],
    [59_499, '59 s'],
    [59_960, '1 min 0 s'],
    [130_000, '2 min 10 s'],
    [3_599_800, '1 h 0 min'],
    [7_500_000, '2 h 5 min'],
    [-5, '0 s'],
    [Number.NaN, '0 s'],
  ])('say %d ms as %s', (ms, said) => {
    expect(words.duration(ms)).toBe(said);
  });

  it('join names as English does', () => {
    expect(words.list(['Alex', 'Megan', 'Patti'])).toBe('Alex, Megan, and Patti');
    expect(words.either(['Alex', 'Megan', 'Patti'])).toBe('Alex, Megan, or Patti');
  });
});
