import { describe, expect, it } from '@jest/globals';
import { readEndDate } from '../../../src/chat/dates/end-date.ts';
import { readSince } from '../../../src/chat/dates/since-date.ts';
import { dayOf, readStartDate } from '../../../src/chat/dates/start-date.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-25T12:00:00Z');
const reader = { locale: 'pt-BR', timeZone: 'America/Sao_Paulo' };

describe('a day in Portuguese', () => {
  it.each([
    ['dia 15', '2026-12-15'],
    ['no dia 30', '2026-11-30'],
    ['dia 15 de janeiro', '2027-01-15'],
    ['em 3 dias', '2026-11-28'],
    ['daqui a 2 semanas', '2026-12-09'],
    ['daqui a um mês', '2026-12-25'],
    ['daqui a uma quinzena', '2026-12-10'],
    ['depois de amanhã', '2026-11-27'],
    ['primeiro de dezembro', '2026-12-01'],
    ['1o de dezembro', '2026-12-01'],
    ['1º de dezembro', '2026-12-01'],
    ['2ª feira', '2026-11-30'],
    ['segunda 30', '2026-11-30'],
    ['terça-feira, dia 1º', '2026-12-01'],
    ['2a-feira', '2026-11-30'],
    ['segunda feira', '2026-11-30'],
    ['próxima segunda', '2026-11-30'],
    ['próxima quarta', '2026-12-02'],
    ['próxima sexta, 27/11', '2026-11-27'],
    ['sexta que vem, dia 4', '2026-12-04'],
    ['nessa sexta', '2026-11-27'],
    ['terca', '2026-12-01'],
    ['terca-feira', '2026-12-01'],
    ['1º', '2026-12-01'],
    ['dia 1º', '2026-12-01'],
    ['dia 5 do mês que vem', '2026-12-05'],
    ['31 do mês que vem', '2026-12-31'],
    ['último dia do mês', '2026-11-30'],
    ['segunda que vem', '2026-11-30'],
  ])('starts access: %s', (text, day) => {
    const start = readStartDate(text, reader, NOW);

    expect(start).toMatchObject({ kind: 'date', rest: '' });
    expect('startsAt' in start && dayOf(start.startsAt, reader)).toBe(day);
  });

  it.each(['agora', 'imediatamente', 'o quanto antes'])('is today for %s', (text) => {
    expect(readStartDate(text, reader, NOW).kind).toBe('today');
  });

  it.each([
    'semana que vem',
    'próxima semana',
    'mês que vem',
    'sexta que vem',
    'dia 32',
    'segunda vez',
    'segunda 29',
    'segunda-feira 29',
    'desde segunda',
    'desde 10/11',
    'desde o dia 10',
    'sexta-feira 13',
    'próxima sexta',
    'próximo sábado',
    'próxima sexta 18h',
    'próxima sexta, 28/11',
    '5 da semana que vem',
    '5 do ano que vem',
    'dia 32 do mês que vem',
    'sexta, dia 30',
  ])('is asked for where it is two or none: %s', (text) => {
    const start = readStartDate(text, reader, NOW);

    expect(start.kind === 'date' && start.rest === '').toBe(false);
  });

  it.each([
    ['há 3 dias', '2026-11-22'],
    ['3 dias atrás', '2026-11-22'],
    ['últimos 7 dias', '2026-11-18'],
    ['7 dias', '2026-11-18'],
    ['duas semanas', '2026-11-11'],
    ['anteontem', '2026-11-23'],
    ['segunda passada', '2026-11-23'],
    ['quarta passada', '2026-11-18'],
    ['2ª feira', '2026-11-23'],
    ['dia 15', '2026-11-15'],
    ['dia 30', '2026-10-30'],
    ['primeiro de novembro', '2026-11-01'],
  ])('begins a list: %s', (text, day) => {
    const since = readSince(text, reader, NOW);

    expect(since.kind === 'since' && dayOf(since.at, reader)).toBe(day);
  });

  it.each([
    ['31/03', '2027-03-31'],
    ['dia 15', '2026-12-15'],
    ['quinze dias', '2026-12-10'],
    ['5 do próximo mês', '2026-12-05'],
    ['o final do mês', '2026-11-30'],
    ['fim do dia', '2026-11-25'],
    ['sexta, 27/11', '2026-11-27'],
    ['3 meses', '2027-02-25'],
    ['2ª feira', '2026-11-30'],
  ])('ends access: %s', (text, day) => {
    const end = readEndDate(text, reader, NOW);

    expect(end.kind === 'at' && dayOf(end.endsAt, reader)).toBe(day);
  });

  it.each([
    ['amanhã às 18 horas', '2026-11-26T21:00:00Z'],
    ['amanhã as 9h30', '2026-11-26T12:30:00Z'],
    ['sexta-feira às 18h', '2026-11-27T21:00:00Z'],
    ['sexta 4 às 18 horas', '2026-12-04T21:00:00Z'],
  ])('ends access at an hour: %s', (text, at) => {
    const end = readEndDate(text, reader, NOW);

    expect(end).toMatchObject({ kind: 'at', endsAt: Date.parse(at), hasTime: true });
  });

  it.each([
    'próxima sexta',
    'sexta-feira 13',
    '5 da semana que vem',
    '2 da próxima semana',
    '5 do próximo ano',
    'sexta, 28/11',
    'próximo sábado às 18h',
    '10 dias úteis',
  ])('ends no access where it is two days or none: %s', (text) => {
    expect(readEndDate(text, reader, NOW).kind).toBe('unreadable');
  });
});
