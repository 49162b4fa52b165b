import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readTyped } from '../../src/chat/typed-line.ts';
import { registry } from '../../src/features/registry.ts';
import { languages } from '../../src/languages.ts';
import { format, parse, ticketsIn, verbNamed } from '../support/grammar.ts';

const grammar = { format, parse, ticketsIn, verbNamed };

describe('a line that somebody types', () => {
  it.each(languages)('is read as English where it is English, for a reader of %s', (language) => {
    const sentences = readFileSync(new URL('../scenarios/sentences/sentences.md', import.meta.url), 'utf8');
    const examples = Object.values(registry.commands).flatMap((command) => command.examples);
    const quoted = sentences.split('\n').map((row) => row.split('|')[1]?.trim() ?? row.trim());
    const english = [...examples, ...quoted].filter((line) => /^[ -~]+$/.test(line));

    const otherwise = english.filter((line) => {
      const typed = readTyped(grammar, line, language);
      return typed.kind !== 'line' || typed.line !== line;
    });

    expect(english.length).toBeGreaterThan(100);
    expect(otherwise).toEqual([]);
  });

  it('is read in the language of its reader', () => {
    expect(readTyped(grammar, 'approuver R7K3MQ', 'fr')).toEqual({ kind: 'line', line: 'approve R7K3MQ' });
  });

  it('is only offered where it is in another language than the reader’s', () => {
    const typed = 'vérifier adele dans Salesforce';

    expect(readTyped(grammar, typed, 'en')).toEqual({
      kind: 'guesses',
      lines: ['check "adele" in "Salesforce"'],
      typed,
    });
  });

  it.each(['en', 'fr'] as const)('is only offered where it is Chinese, to a reader of %s', (language) => {
    const typed = '批准R7K3MQ';

    expect(readTyped(grammar, typed, language)).toEqual({ kind: 'guesses', lines: ['approve R7K3MQ'], typed });
  });

  it('takes the people below its first line along', () => {
    const typed = 'provisionner les utilisateurs dans Salesforce\nadele\nisaiah\n\nMerci,\nMegan';

    expect(readTyped(grammar, typed, 'fr')).toEqual({
      kind: 'line',
      line: 'provision users to "Salesforce"\nadele\nisaiah',
    });
  });

  it('is several lines where each says something', () => {
    const typed = 'vérifier adele dans Salesforce\nvérifier isaiah dans GitHub';

    expect(readTyped(grammar, typed, 'fr')).toEqual({
      kind: 'line',
      line: 'check "adele" in "Salesforce"\ncheck "isaiah" in "GitHub"',
    });
  });

  it('may be a list of five hundred people', () => {
    const people = Array.from({ length: 500 }, (_, at) => `p${at}@contoso.com`);

    const typed = readTyped(grammar, `provisionner les utilisateurs ${people.join(', ')} dans Salesforce`, 'fr');

    const read = typed.kind === 'line' ? parse(typed.line) : null;
    expect(read).toMatchObject({ kind: 'command', command: { subjects: people, app: 'Salesforce' } });
  });

  it.each([
    ['aprovo R7K3MQ?', 'pt-BR'],
    ['vamos negar R7K3MQ?', 'pt-BR'],
    ['j’annule R7K3MQ ?', 'fr'],
    ['provisionner adele dans Salesforce ?', 'fr'],
    ['我需要批准R7K3MQ？', 'zh-Hans'],
    ['approve R7K3MQ?', 'en'],
    ['request access for adele to Salesforce?', 'en'],
    ['> aprovar R7K3MQ', 'pt-BR'],
    ['> remover ana do Salesforce', 'pt-BR'],
    ['> provisionne adele dans Salesforce', 'fr'],
    ['> 批准R7K3MQ', 'zh-Hans'],
    ['approve R7K3MQ 👎', 'en'],
    ['aprovar R7K3MQ ❌', 'pt-BR'],
  ] as const)('is only offered where it asks back, quotes, or takes itself back: %s', (typed, language) => {
    expect(readTyped(grammar, typed, language)).toMatchObject({ kind: 'guesses', typed });
  });

  it.each([
    ['você pode aprovar R7K3MQ?', 'pt-BR'],
    ['Bom dia, poderia aprovar R7K3MQ?', 'pt-BR'],
    ['peux-tu provisionner adele dans Salesforce ?', 'fr'],
    ['能不能批准R7K3MQ？', 'zh-Hans'],
    ['can you approve R7K3MQ?', 'en'],
    ['état de Salesforce ?', 'fr'],
    ['status Salesforce?', 'en'],
    ['aprovar R7K3MQ 👍', 'pt-BR'],
  ] as const)('is done where it asks Usher for it, or what it asks for changes nothing: %s', (typed, language) => {
    const read = readTyped(grammar, typed, language);

    expect(read.kind === 'line' && parse(read.line).kind).toBe('command');
  });
});
