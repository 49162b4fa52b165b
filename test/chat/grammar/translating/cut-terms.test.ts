import { describe, expect, it } from '@jest/globals';
import { readIn } from '../../../support/lines.ts';

describe('what lies behind a reason and a comma', () => {
  it.each([
    ['fr', 'demander l’accès pour adele à Salesforce car audit, jusqu’au 31/12', 'until "31/12" because audit'],
    ['fr', 'demander l’accès pour adele à Salesforce car audit, pendant 3 mois', 'for 3 mois because audit'],
    [
      'pt-BR',
      'provisionar ana no Salesforce porque entrou em vendas, até 31/12',
      'until "31/12" because entrou em vendas',
    ],
    [
      'pt-BR',
      'solicitar acesso para ana ao Salesforce porque precisa, a partir de segunda, até 31/12',
      'starting "segunda" until "31/12" because precisa',
    ],
    ['zh-Hans', '把王伟预配到Salesforce，因为测试，到12月31日', 'until 12月31日 because 测试'],
    ['zh-Hans', '把王伟预配到Salesforce，因为加入销售部，下周一开始', 'starting "下周一" because 加入销售部'],
    ['zh-Hans', '暂停 Salesforce，因为维护，30 分钟', 'for 30 分钟 because 维护'],
  ] as const)('is a day or a length of the line: %s: %s', (language, line, end) => {
    expect(readIn(language, line)).toMatch(new RegExp(`^says .*${end}$`));
  });

  it.each([
    ['fr', 'demander l’accès pour adele à Salesforce car audit, le 31/12'],
    ['fr', 'demander l’accès pour adele à Salesforce jusqu’au 1/3 car audit, jusqu’au 31/12'],
    ['pt-BR', 'solicitar acesso para ana ao Salesforce porque a auditoria termina, 31/12'],
  ] as const)('stays in the reason where that may speak of it, or the line has one: %s: %s', (language, line) => {
    expect(readIn(language, line)).toMatch(/31\/12"?$/);
    expect(readIn(language, line)).not.toMatch(/(?:until|on|starting) "?31\/12/);
  });
});

describe('a start', () => {
  it.each([
    ['fr', 'provisionner adele dans Salesforce depuis lundi', 'since lundi'],
    ['pt-BR', 'provisionar ana no Salesforce desde segunda', 'since segunda'],
  ] as const)('behind a word for the past is none to come: %s: %s', (language, line, start) => {
    expect(readIn(language, line)).toMatch(new RegExp(`"?${start}"?$`));
  });
});

describe('an end', () => {
  it.each([
    ['fr', 'suspendre Salesforce jusqu’à 17 heures', 'until 17:00'],
    ['pt-BR', 'pausar Salesforce até às 18 horas', 'until 18:00'],
    ['pt-BR', 'pausar Salesforce por 18 horas', 'for 18 horas'],
    ['fr', 'suspendre Salesforce pendant 17 heures', 'for 17 heures'],
  ] as const)('is an hour behind “until”, and a length behind “for”: %s: %s', (language, line, end) => {
    expect(readIn(language, line)).toBe(`says pause Salesforce ${end}`);
  });
});
