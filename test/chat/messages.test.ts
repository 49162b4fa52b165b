import { describe, expect, it } from '@jest/globals';
import en from '../../src/chat/languages/en/messages.json' with { type: 'json' };
import { createMessages, messagesFrom } from '../../src/chat/messages.ts';

const words = createMessages('en-US', 'Europe/Berlin');

/** These name a line for somebody else, a line with a gap, or one for a place where cards have no buttons. */
const TYPED =
  /^(?:access\.lapsedNext|access\.fallback|accessNotice|problem\.(?:channel|notAChannel|approvalWithdrawn|grantRemoved|askOneByOne|signIn|signedIn)|help\.signOut|welcome\.askSignIn|refused\.signInGone|announcement|failures\.footer|watchPicker|apps\.more|statusList\.more|status\.entryErrors|problem\.incompleteApp)/;

describe('the messages', () => {
  it('ask nobody to type a line that a button could run', () => {
    const asking = Object.entries(en).filter(([, text]) => /\btyp(?:e|ing) “/i.test(text));

    expect(asking.map(([key]) => key).filter((key) => !TYPED.test(key))).toEqual([]);
  });

  it('fill values in unchanged where Markdown is read', () => {
    const text = words.card('problem.unknownUser.happened', { typed: '*Adele*_v' });

    expect(text).toBe('Usher found nobody named “\\*Adele\\*\\_v” in your organization.');
  });

  it('do not escape values where no reader applies Markdown', () => {
    const text = words.plain('problem.unknownUser.happened', { typed: '*Adele*_v\n<at>x</at>' });

    expect(text).toBe('Usher found nobody named “*Adele*_v x” in your organization.');
  });

  it('cut a value that is too long, and not the sentence around it', () => {
    const text = words.plain('problem.unknownUser.happened', { typed: 'a'.repeat(1_000) });

    expect(text).toBe(`Usher found nobody named “${'a'.repeat(199)}…” in your organization.`);
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

  it('throw when a message lacks a value, rather than show a gap', () => {
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
  ])('print %d ms as %s', (ms, said) => {
    expect(words.duration(ms)).toBe(said);
  });

  it('join names as English does', () => {
    expect(words.list(['Alex', 'Megan', 'Patti'])).toBe('Alex, Megan, and Patti');
    expect(words.either(['Alex', 'Megan', 'Patti'])).toBe('Alex, Megan, or Patti');
  });
});

describe('the catalogues', () => {
  const at = Date.UTC(2026, 11, 1, 12);
  const later = at + 40 * 86_400_000;
  const inFrench = {
    'button.retry': 'Réessayer',
    'label.moreSteps': '{count, plural, one {# étape} other {# étapes}}',
  };
  const messages = messagesFrom({ en, fr: inFrench, 'pt-BR': { 'button.retry': 'Tentar de novo' }, 'zh-Hans': {} });

  it.each(['ar-SA', 'de-DE', 'zh-TW', 'th-TH-u-ca-buddhist'])(
    'keep dates and lists in English where there is no catalogue for %s',
    (locale) => {
      const { moment, day, list } = createMessages(locale, 'UTC');

      expect(moment(at, later)).toBe('Dec 1, 2026, 12:00 UTC');
      expect(day(at, 'UTC')).toBe('Tuesday, December 1, 2026');
      expect(list(['Alex', 'Megan'])).toBe('Alex and Megan');
    },
  );

  it.each([
    ['fr-FR', 'mardi 1er décembre 2026', 'Alex, Megan et Patti'],
    ['fr-u-ca-buddhist', 'mardi 1er décembre 2026', 'Alex, Megan et Patti'],
    ['pt-BR', 'terça-feira, 1º de dezembro de 2026', 'Alex, Megan e Patti'],
    ['zh-CN', '2026年12月1日星期二', 'Alex、Megan 和 Patti'],
  ])('write the first of a month and lists as the readers of %s do', (locale, day, list) => {
    const words = createMessages(locale, 'UTC');

    expect(words.day(at, 'UTC')).toBe(day);
    expect(words.list(['Alex', 'Megan', 'Patti'])).toBe(list);
  });

  it.each([
    ['fr-FR', '1,4 s'],
    ['pt-BR', '1,4 s'],
    ['zh-CN', '1.4 秒'],
  ])('write tenths of a second with the decimal sign of %s', (locale, said) => {
    expect(createMessages(locale, 'UTC').duration(1_449)).toBe(said);
  });

  it('write no other day as the first', () => {
    const words = createMessages('fr-FR', 'UTC');

    expect(words.day(at + 10 * 86_400_000, 'UTC')).toBe('vendredi 11 décembre 2026');
    expect(createMessages('fr-CA', 'UTC').moment(at, at)).toBe('12 h 00');
  });

  it('leave an English reader the dates of their region', () => {
    expect(createMessages('en-GB', 'UTC').day(at, 'UTC')).toBe('Tuesday, 1 December 2026');
  });

  it('fall back to English sentence by sentence', () => {
    const french = messages('fr-CA', 'UTC');

    expect(french.plain('button.retry')).toBe('Réessayer');
    // In French, zero is singular.
    expect(french.plain('label.moreSteps', { count: 0 })).toBe('0 étape');
    expect(french.plain('button.cancel')).toBe(createMessages('en').plain('button.cancel'));
    expect(french.list(['Alex', 'Megan'])).toBe('Alex et Megan');
    expect(french.day(at, 'UTC')).toBe('mardi 1er décembre 2026');
  });

  it('join sentences as the language does', () => {
    const english = createMessages('en');
    const chinese = createMessages('zh-CN');
    const french = createMessages('fr-FR');

    expect(english.sentences([english.sentence('Done'), null, 'Two more.', ''])).toBe('Done. Two more.');
    expect(chinese.sentences([chinese.sentence('完成'), '还有两个。'])).toBe('完成。还有两个。');
    expect([english, chinese].map((words) => words.ended('Why?'))).toEqual(['Why?', 'Why?']);
    expect(chinese.ended('因为新项目')).toBe('因为新项目。');
    expect([english, french, chinese].map((words) => words.labelled('A', 'B'))).toEqual(['A: B', 'A\u00a0: B', 'A：B']);
    expect([english, chinese].map((words) => words.commas(['A', 'B']))).toEqual(['A, B', 'A、B']);
    expect([english, chinese].map((words) => words.remarked('A', 'B'))).toEqual(['A (B)', 'A（B）']);
    expect(english.dotted(['A', null, '', 'B'])).toBe('A · B');
  });
});
