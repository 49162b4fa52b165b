import { describe, expect, it } from '@jest/globals';
import {
  doesNotParse,
  isEnglish,
  lacksTerms,
  misspelled,
  readingsOf,
  saysNever,
  shapeDiffers,
  type Terms,
  type Translation,
} from './language-rules.ts';

const glossary: Terms = {
  terms: {
    app: { says: ['application'], never: ['appli'] },
    request: { says: ['demand'], never: ['requête*'], except: { 'a.other': 'says it with a verb' } },
  },
  never: ['statut'],
  same: ['Kits'],
};

describe('the readings of a message', () => {
  it('have each choice at least once, within other choices, too', () => {
    const text = '{a, select, x {X {n, plural, one {# y} other {# ys}}} other {Z}}, {b}.';

    expect(readingsOf(text, 'en')).toEqual(['X 1 y, \ufffc.', 'X 1 ys, \ufffc.', 'Z, \ufffc.']);
  });
});

describe('the rules for a translation', () => {
  it('find a message that does not parse', () => {
    expect(doesNotParse('{count, plural, one {# demande}}', 'fr')).toHaveLength(1);
    expect(doesNotParse('{count, plural, one {# demande} other {# demandes}}', 'fr')).toEqual([]);
  });

  it.each<[Translation, string, string, readonly string[]]>([
    ['fr', '{person} waits.', '{personne} attend.', ['lacks the value {person}', 'has a value of its own, {personne}']],
    ['fr', '{a, select, yes {A} other {B}}', '{a, select, oui {A} other {B}}', ['{a} lacks yes', '{a} has oui']],
    ['fr', '{n, plural, =0 {No} one {#} other {#}}', '{n, plural, one {#} other {#}}', ['{n} lacks =0']],
    ['zh-Hans', '{n, plural, one {#} other {#}}', '{n, plural, one {#} other {#}}', ['{n} has one']],
    [
      'fr',
      '{n, plural, one {One call} other {# calls}}',
      '{n, plural, one {Un appel} other {# appels}}',
      ['{n} says “one” of 0, too: write =1 or =0'],
    ],
    [
      'fr',
      '{n, plural, one {One call} other {# calls}}',
      '{n, plural, =1 {Un appel} one {# appel} other {# appels}}',
      [],
    ],
    ['zh-Hans', '{n, plural, =0 {No} one {#} other {#}}', '{n, plural, =0 {无} other {#}}', []],
  ])('find another shape in %s: %s', (language, english, text, found) => {
    expect(shapeDiffers(english, text, language)).toEqual(found);
  });

  it.each<[Translation, string, string, string]>([
    ['fr', "l'application", 'l’application', 'apostrophe'],
    ['fr', 'Tapez "aide"', 'Tapez «\u00a0aide\u00a0»', 'straight quote'],
    ['fr', 'Début : {time}', 'Début\u00a0: {time}', 'U+00A0 before'],
    ['fr', 'Approuver?', 'Approuver\u00a0?', 'U+00A0 before'],
    ['fr', 'Tapez « aide »', 'Tapez «\u00a0aide\u00a0»', 'U+00A0 inside'],
    ['fr', 'Tapez “aide”', 'Tapez «\u00a0dire “aide”\u00a0»', 'outside of « »'],
    ['fr', '12\u202f345 comptes', '12 comptes', 'U+202F'],
    ['fr', '{person} est approuvé(e)', 'Approbation\u00a0: {person}', 'two genders'],
    ['fr', 'Le compte d’{person}', 'Le compte de {person}', 'elides'],
    ['fr', 'Prévu à {time}', 'Début\u00a0: {time}', '“à” before a time'],
    ['fr', 'L’accès de {app}', 'Tapez «\u00a0échecs de {app}\u00a0»', '“de” before an app'],
    ['fr', 'L’état de {app}', 'L’accès à {app}', '“de” before an app'],
    ['pt-BR', 'Provisionar ?', 'Provisionar?', 'space before a mark'],
    ['pt-BR', 'Digite «ajuda»', 'Digite “ajuda”', '« »'],
    ['pt-BR', 'Atribuído(a)', 'Atribuição', 'two genders'],
    ['pt-BR', 'Acesso ao {app}', 'Acesso a {app}', 'contracts'],
    ['pt-BR', 'Início em {time}', 'Início: {time}', 'before a time'],
    ['zh-Hans', '已批准,请稍候', '已批准，请稍候', 'half-width'],
    ['zh-Hans', '已批准.', '已批准。', 'half-width'],
    ['zh-Hans', '{app}!', '{app}！', 'half-width'],
    ['zh-Hans', '销售(华东)', '销售（华东）', 'half-width'],
    ['zh-Hans', '开始： {time}', '开始：{time}', 'space beside'],
    ['zh-Hans', '在Salesforce中', '在 Salesforce 中', 'between Han and Latin'],
    ['zh-Hans', '共3 人，12月1日', '共 3 人，12月1日', 'between Han and Latin'],
    ['zh-Hans', '**销售（华东）**中', '**销售（华东）** 中', 'bold'],
    ['zh-Hans', '键入「帮助」', '键入“帮助”', '「」'],
    ['zh-Hans', '通知他们', '通知其他人', 'gender'],
  ])('find a wrong spelling in %s: %s', (language, wrong, right, why) => {
    expect(misspelled('', wrong, language)).toEqual([expect.stringContaining(why)]);
    expect(misspelled('', right, language)).toEqual([]);
  });

  it('let a line to type have the quotes of the English one', () => {
    expect(misspelled('Type: provision group "Sales Team"', '键入：预配组 "Sales Team"', 'zh-Hans')).toEqual([]);
  });

  it('find a word that the language never says', () => {
    expect(saysNever('Le statut de l’appli', 'fr', glossary)).toEqual(['says statut', 'says appli']);
    expect(saysNever('Les requêtes', 'fr', glossary)).toEqual(['says requête*']);
    expect(saysNever('L’état de l’application', 'fr', glossary)).toEqual([]);
    expect(saysNever('您的帐户', 'zh-Hans', { ...glossary, never: ['您'] })).toEqual(['says 您']);
  });

  it('find a term of the glossary that is said in other words, outside of what is quoted', () => {
    const found = (key: string, english: string, text: string) => lacksTerms(key, english, text, 'fr', glossary);

    expect(found('a', 'The apps', 'Les programmes')).toEqual(['“app” is none of application']);
    expect(found('a', 'The apps', 'Les applications')).toEqual([]);
    expect(found('a', 'Press “Request”', 'Sélectionnez ceci')).toEqual([]);
    expect(found('a.other', 'You requested it', 'Vous le vouliez')).toEqual([]);
    expect(found('a.other', 'You requested it', 'Votre demande')).toEqual(['“request” needs no exception any more']);
  });

  it('find English that is left over, except for names and what both languages share', () => {
    const found = (english: string, text: string) => isEnglish(english, text, 'fr', glossary);

    expect(found('Groups', 'Groups')).toEqual(['equals the English text']);
    expect(found('The group of {app}', 'Le groupe of {app}')).toEqual(['has the English word “of”']);
    expect(found('Press “Show the card”', 'Sélectionnez “Show the card”')).toEqual([]);
    expect(found('Kits', 'Kits')).toEqual([]);
    expect(found('{count, number} %', '{count, number} %')).toEqual([]);
  });
});
