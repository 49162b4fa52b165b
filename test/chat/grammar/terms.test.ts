import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command, Parsed } from '../../../src/chat/command.ts';
import { DATE_WORDS } from '../../../src/chat/dates/date-words.ts';
import { readEndDate } from '../../../src/chat/dates/end-date.ts';
import { readStartDate } from '../../../src/chat/dates/start-date.ts';
import type { DateWords } from '../../../src/chat/dates/words/shape.ts';
import { parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
const SEED = 20261118;

/** How a line states start and end, as a reader of that language reads it: "2026-12-01 … 2 weeks". */
function read(line: string, locale: string): string {
  const command = commandOf(parse(line));
  const { start, end } = termsOf(command);
  const reader = { locale, timeZone: 'UTC' };
  const found = start === null ? null : readStartDate(start, reader, NOW);
  const begins = found === null ? '' : sayStart(found);
  if (end === null) return begins === '' ? 'none' : begins;
  const ends = readEndDate(end, reader, NOW, found?.kind === 'date' ? found.startsAt : null);
  if (ends.kind !== 'at') return `${begins} … ${ends.kind === 'unreadable' ? 'unclear' : ends.kind} ${end}`.trim();
  if (ends.length !== null) return `${begins} … length ${end}`.trim();
  return `${begins} … ${day(ends.endsAt)}${ends.hasTime ? ' with a time' : ''}`.trim();
}

function commandOf(parsed: Parsed): Command | null {
  if (parsed.kind === 'didYouMean') return commandOf(parse(parsed.suggestion));
  return parsed.kind === 'command' ? parsed.command : null;
}

function termsOf(command: Command | null): { start: string | null; end: string | null } {
  if (command?.verb === 'requestAccess') return command;
  return command !== null && 'term' in command && command.term !== undefined
    ? command.term
    : { start: null, end: null };
}

function sayStart(found: ReturnType<typeof readStartDate>): string {
  const time = 'hasTime' in found && found.hasTime ? ' with a time' : '';
  if ('rest' in found && found.rest !== '') return `unclear ${found.rest}`;
  return 'startsAt' in found && found.kind === 'date' ? `${day(found.startsAt)}${time}` : `${found.kind}${time}`;
}

const day = (at: number) => new Date(at).toISOString().slice(0, 10);

describe('what a line says of the time', () => {
  it.each([
    ['en', 'next monday', '2026-11-23'],
    ['en', 'on Friday', '2026-11-20'],
    ['en', 'on Sunday', '2026-11-22'],
    ['en', 'on 16/12/2026', '2026-12-16'],
    ['en', 'starting at the end of March', '2027-03-31'],
    ['en', 'by 31 March', '2027-03-31'],
    ['en', 'tomorrow at noon', '2026-11-19 with a time'],
    ['en', 'at 9am on Monday', '2026-11-23 with a time'],
    ['en', 'starting in 8 hours', 'today with a time'],
    ['en', 'for 2 weeks', '… length 2 weeks'],
    ['en', 'for 90 days', '… length 90 days'],
    ['en', 'for 90d', '… length 90d'],
    ['en', 'for a day', '… length a day'],
    ['en', 'for an hour', '… length an hour'],
    ['en', 'for 8 hours', '… length 8 hours'],
    ['en', 'for 2-3 weeks', '… unclear 2-3 weeks'],
    ['en', 'for two or three weeks', '… unclear two or three weeks'],
    ['en', 'for one and a half months', '… length one and a half months'],
    ['en', 'for a couple of days', '… length a couple of days'],
    ['en', 'for a fortnight', '… length a fortnight'],
    ['en', 'for half a year', '… length half a year'],
    ['en', 'for the next two weeks', '… length the next two weeks'],
    ['en', 'for the rest of the year', '… 2026-12-31'],
    ['en', 'for the weekend', '… unclear the weekend'],
    ['en', 'for up to 30 days', '… length 30 days'],
    ['en', '(2 weeks)', '… length 2 weeks'],
    ['en', 'until 31 March', '… 2027-03-31'],
    ['en', 'till 31 March 2027', '… 2027-03-31'],
    ['en', "'til friday", '… 2026-11-20'],
    ['en', 'through 31 March', '… 2027-03-31'],
    ['en', 'thru Dec 31', '… 2026-12-31'],
    ['en', 'up to 31 March', '… 2027-03-31'],
    ['en', 'ending 31 March', '… 2027-03-31'],
    ['en', 'expires on 2027-03-31', '… 2027-03-31'],
    ['en', 'until the end of March', '… 2027-03-31'],
    ['en', 'through the end of the year', '… 2026-12-31'],
    ['en', 'until further notice', '… endless further notice'],
    ['en', 'until 31 February', '… unclear 31 February'],
    ['en', 'for tomorrow', '2026-11-19 … 2026-11-19'],
    ['en', 'for December', '2026-12-01 … unclear December'],
    ['en', 'on 1 December for 2 weeks', '2026-12-01 … length 2 weeks'],
    ['en', 'for 2 weeks from 1 December', '2026-12-01 … length 2 weeks'],
    ['en', 'from 1 December until 31 March', '2026-12-01 … 2027-03-31'],
    ['en', 'from 1 December to 31 March', '2026-12-01 … 2027-03-31'],
    ['en', '1 December - 31 March', '2026-12-01 … 2027-03-31'],
    ['en', '1 to 31 December', '2026-12-01 … 2026-12-31'],
    ['en', '1-31 December', '2026-12-01 … 2026-12-31'],
    ['en', 'between 1 and 31 December', '2026-12-01 … 2026-12-31'],
    ['en', 'from Monday to Friday', '2026-11-23 … 2026-11-27'],
    ['en', '2026-12-01 to 2026-12-31', '2026-12-01 … 2026-12-31'],
    ['en', 'the day after tomorrow', '2026-11-20'],
    ['en', 'on the day after tomorrow', '2026-11-20'],
    ['en', 'on the day after 1 December', '2026-12-02'],
    ['en', 'on the day before 1 December', '2026-11-30'],
    ['en', 'a week from today', '2026-11-25'],
    ['en', 'starting two weeks from tomorrow', '2026-12-03'],
    ['en', 'two weeks from monday', 'unclear'],
    ['en', 'tomorrow week', 'unclear week'],
    ['en', 'monday week', 'unclear week'],
    ['en', 'a week tomorrow', 'several'],
    ['en', 'after 1 December', 'unclear after'],
    ['en', 'not before monday', '2026-11-23'],
    ['en', 'no earlier than monday', '2026-11-23'],
    ['en', 'not earlier than 1 December', '2026-12-01'],
    ['en', 'from now on', 'today'],
    ['en', 'since monday', 'past'],
    ['en', 'since yesterday', 'past'],
    ['en', 'since 1 December', 'past'],
    ['en', 'since last week', 'past'],
    ['en', 'for 1.5 years', '… length 1.5 years'],
    ['en', 'for 1.5 months', '… length 1.5 months'],
    ['en', 'for 2½ weeks', '… length 2½ weeks'],
    ['en', 'for 1 1/2 years', '… length 1 1/2 years'],
    ['en', 'for one and a half years', '… length one and a half years'],
    ['en', 'for a year and a half', '… length a year and a half'],
    ['en', 'for two (2) weeks', '… length two (2) weeks'],
    ['en', 'for now', '… unclear now'],
    ['en', 'for a while', '… unclear a while'],
    ['en', 'for the time being', '… unclear the time being'],
    ['en', 'permanently', '… endless permanently'],
    ['en', 'forever', '… endless forever'],
    ['en', 'for ever', '… endless for ever'],
    ['en', 'until 18:00', '… 2026-11-18 with a time'],
    ['en', 'until 6pm tomorrow', '… 2026-11-19 with a time'],
    ['en', 'for next week', 'unclear … unclear next week'],
    ['en', 'until next week', '… unclear next week'],
    ['en', 'until christmas', '… unclear christmas'],
    ['en', 'until friday at 5pm', '… 2026-11-20 with a time'],
    ['en', 'until the project ends on 31 March', '… unclear the project ends on 31 March'],
    ['en', 'until the project ends in March', '… unclear the project ends in March'],
    ['en', 'until his last day on friday', '… unclear his last day on friday'],
    ['en', 'until his last day', '… unclear his last day'],
    ['en', 'until the end of his contract on 31 March', '… unclear the end of his contract on 31 March'],
    ['en', 'until he moves to Sales on monday', '… unclear he moves to Sales on monday'],
    ['en', 'till he is back on monday', '… unclear he is back on monday'],
    ['en', "'til he is back on monday", '… unclear he is back on monday'],
    ['en', 'until further notice from monday', '2026-11-23 … endless further notice'],
    ['en', 'from tomorrow until the day after tomorrow', '2026-11-19 … 2026-11-20'],
    ['en', 'from 15 December to 15 January', '2026-12-15 … 2027-01-15'],
    ['en', 'on 31 February', 'unclear'],
    ['en', 'Feb 31', 'unclear'],
    ['en', 'on 2026-02-30', 'unclear'],
    ['en', 'on 29/02/2027', 'unclear'],
    ['en', 'on 2027-13-01', 'unclear'],
    ['de', 'ab dem 1. Dezember', '2026-12-01'],
    ['de', 'ab übermorgen', '2026-11-20'],
    ['de', 'am 31. Februar', 'unclear'],
    ['de', 'für 1,5 Jahre', '… length 1,5 Jahre'],
    ['de', 'für anderthalb Jahre', '… length anderthalb Jahre'],
    ['de', 'für nächste Woche', 'unclear … unclear nächste Woche'],
    ['de', 'frühestens am 1. Dezember', '2026-12-01'],
    ['de', 'nach dem 1. Dezember', 'unclear nach dem'],
    ['de', 'seit Montag', 'past'],
    ['de', 'bis das Projekt am 31. März endet', '… unclear das Projekt am 31. März endet'],
    ['fr', 'depuis lundi', 'past'],
    ['fr', 'depuis le 1er novembre', 'past'],
    ['fr', 'pas avant le 1er décembre', '2026-12-01'],
    ['fr', 'après le 1er décembre', 'unclear après le'],
    ['fr', 'pour un an et demi', '… length un an et demi'],
    ['fr', 'pour la semaine prochaine', 'unclear … unclear la semaine prochaine'],
    ['fr', "jusqu'à ce que le projet finisse le 31 mars", '… unclear ce que le projet finisse le 31 mars'],
    ['es', 'por un año y medio', '… length un año y medio'],
    ['es', 'no antes del 1 de diciembre', '2026-12-01'],
    ['es', 'hasta que termine el proyecto el 31 de marzo', '… unclear que termine el proyecto el 31 de marzo'],
    ['pt', 'por um ano e meio', '… length um ano e meio'],
    ['pt', 'não antes de 1 de dezembro', '2026-12-01'],
    ['pt', 'até que o projeto termine em 31 de março', '… unclear que o projeto termine em 31 de março'],
    ['nl', 'sinds maandag', 'past'],
    ['de', 'bis morgen', '… 2026-11-19'],
    ['de', 'bis zum 31.03.2027', '… 2027-03-31'],
    ['de', 'bis Ende März', '… unclear Ende März'],
    ['de', 'für 3 Monate', '… length 3 Monate'],
    ['de', 'vom 1. bis 31. Dezember', '2026-12-01 … 2026-12-31'],
    ['de', 'ab dem 1. Dezember bis zum 31. März', '2026-12-01 … 2027-03-31'],
    ['fr', 'à partir du 1er décembre', '2026-12-01'],
    ['fr', 'starting après-demain', '2026-11-20'],
    ['fr', 'jusqu’au 31 mars', '… 2027-03-31'],
    ['fr', "jusqu'à demain", '… 2026-11-19'],
    ['fr', 'pendant 2 semaines', '… length 2 semaines'],
    ['fr', 'du 1er au 31 décembre', '2026-12-01 … 2026-12-31'],
    ['es', 'hasta mañana', '… 2026-11-19'],
    ['es', 'hasta el 31 de marzo', '… 2027-03-31'],
    ['es', 'durante un mes', '… length un mes'],
    ['es', 'desde el 1 de diciembre hasta el 31 de marzo', '2026-12-01 … 2027-03-31'],
    ['it', 'fino al 31 marzo', '… 2027-03-31'],
    ['it', 'per due settimane', '… length due settimane'],
    ['it', 'dal 1 al 31 dicembre', '2026-12-01 … 2026-12-31'],
    ['nl', 'vanaf 1 december', '2026-12-01'],
    ['nl', 't/m 31 maart', '… 2027-03-31'],
    ['nl', 'voor 2 weken', '… length 2 weken'],
    ['pt', 'a partir de amanhã', '2026-11-19'],
    ['pt', 'starting depois de amanhã', '2026-11-20'],
    ['pt', 'até amanhã', '… 2026-11-19'],
    ['pt', 'até 31 de março', '… 2027-03-31'],
    ['pt', 'por 2 semanas', '… length 2 semanas'],
    ['ru', 'до 31 марта', '… 2027-03-31'],
    ['ru', 'на 2 недели', '… length 2 недели'],
    ['ru', 'с 1 декабря по 31 марта', '2026-12-01 … 2027-03-31'],
    ['uk', 'до 31 березня', '… 2027-03-31'],
    ['uk', 'на 2 тижні', '… length 2 тижні'],
    ['sv', 'till 31 mars', '… 2027-03-31'],
    ['sv', 't.o.m. 31 mars', '… 2027-03-31'],
    ['sv', 'i 2 veckor', '… length 2 veckor'],
    ['fi', '31. maaliskuuta asti', '… 2027-03-31'],
    ['fi', '2 viikon ajan', '… length 2 viikon'],
    ['id', 'sampai 31 Maret', '… 2027-03-31'],
    ['id', 'selama 2 minggu', '… length 2 minggu'],
    ['vi', 'đến 31 tháng 3', '… 2027-03-31'],
    ['vi', 'trong 2 tuần', '… length 2 tuần'],
    ['ar', 'حتى 31 مارس', '… 2027-03-31'],
    ['ar', 'لمدة أسبوعين', '… length أسبوعين'],
    ['ja', '3月31日まで', '… 2027-03-31'],
    ['ja', '2週間', '… length 2週間'],
    ['ja', '12月1日から3月31日まで', '2026-12-01 … 2027-03-31'],
    ['zh', '到3月31日', '… 2027-03-31'],
    ['zh', '直到 3月31日', '… 2027-03-31'],
    ['zh', '两周', '… length 两周'],
    ['zh', '从12月1日到12月31日', '2026-12-01 … 2026-12-31'],
  ])('%s: “%s” is %s', (locale, tail, expected) => {
    expect(read(`request access for isaiah to Concur ${tail}`, locale === 'en' ? 'en-GB' : locale)).toBe(expected);
    expect(read(`provision isaiah to Concur ${tail}`, locale === 'en' ? 'en-GB' : locale)).toBe(expected);
  });

  it.each([
    'provision max von der heide to box',
    'provision may to box',
    'provision June to Monday',
    'provision till to box',
    'provision jan to box',
    'provision adele to data for good',
    'provision adele to "for 2 weeks"',
    'provision adele to "Leave until Friday"',
    'provision adele to Through Thick and Thin',
    'request access to Box for Till Lindemann',
    'request access for Max Till Lindemann to Box',
    'request access for isaiah to GitHub since he joins Sales',
    // Each of the two days has its own time.
    'provision isaiah to salesforce now and github tomorrow',
    'request access to Box for May',
    'request access for isaiah to "Data for Good" for the project',
    'request access for isaiah to GitHub because his contract ends on 31 March',
    'request access for isaiah to GitHub because of the release in the next 2 weeks',
    'request access for isaiah to GitHub because "he stays until 31 march"',
  ])('is nothing in %s', (line) => {
    expect(read(line, 'en')).toBe('none');
  });

  it('leaves the people of a list apart, and each in it', () => {
    const lines = {
      'provision users adele until 31 march, isaiah to Box': ['adele', 'isaiah'],
      'provision users to Box for 3 months:\nadele\nisaiah': ['adele', 'isaiah'],
      'provision adele@contoso.com, isaiah@contoso.com in Box for 2 weeks': ['adele@contoso.com', 'isaiah@contoso.com'],
    };

    for (const [line, subjects] of Object.entries(lines))
      expect(parse(line)).toMatchObject({ kind: 'command', command: { subjects, app: 'Box' } });
  });

  it('is read of a group and its members', () => {
    expect(parse('provision group Sales Team with members adele to GitHub until friday')).toEqual({
      kind: 'command',
      command: {
        verb: 'provisionGroup',
        group: 'Sales Team',
        members: ['adele'],
        app: 'GitHub',
        term: { start: null, end: 'friday', reason: null },
      },
    });
  });
});

describe('a line with an end, in any language', () => {
  const lines = [
    'request access for isaiah to Concur',
    'provision isaiah to Concur',
    'provision users isaiah, adele to Box',
  ];
  const languages = Object.entries(DATE_WORDS as Readonly<Record<string, DateWords>>);

  /** Every word that leads in an end, with a day as that language writes it. */
  const days = languages.flatMap(([locale, { end, endBehind = [] }]) => {
    const written = [0, 5, 11].map((month) =>
      new Intl.DateTimeFormat(`${locale}-u-ca-gregory-nu-latn`, {
        day: 'numeric',
        month: 'long',
        timeZone: 'UTC',
      }).format(Date.UTC(2027, month, 12)),
    );
    const glue = locale === 'zh' || locale === 'ja' ? '' : ' ';
    return written.flatMap((date) => [
      ...end.map((word) => [locale, `${word}${glue}${date}`] as const),
      ...endBehind.map((word) => [locale, `${date}${glue}${word}`] as const),
    ]);
  });
  const lengths = languages.flatMap(([locale, { during, units }]) =>
    during.flatMap((word) =>
      Object.values(units)
        .flat()
        .map((unit) => [locale, `${word} 3 ${unit}`] as const),
    ),
  );

  it('never takes the day or the length for a start', () => {
    const tails = fc.constantFrom(...days, ...lengths);
    const readers = fc.constantFrom(...languages.map(([locale]) => locale));

    fc.assert(
      fc.property(tails, readers, fc.constantFrom(...lines), fc.boolean(), ([own, tail], other, line, isOwn) => {
        const locale = isOwn ? own : other;
        const command = commandOf(parse(`${line} ${tail}`));
        const { start, end } = termsOf(command);
        const app = command !== null && 'app' in command ? command.app : null;

        if (start !== null && end === null)
          expect(readStartDate(start, { locale, timeZone: 'UTC' }, NOW).kind).not.toMatch(/date|today/);
        // What the grammar does not read becomes part of the app's name, and no app has that name.
        if (end === null) expect(app).not.toMatch(/^(?:Concur|Box)$/);
      }),
      { seed: SEED, numRuns: propertyRuns(4000) },
    );
  });

  it.each([
    ...new Map(
      [...days, ...lengths].map(([locale, tail]) => [tail.replace(/\d+.*/, ''), [locale, tail] as const]),
    ).values(),
  ])('%s: “%s” is read as an end', (_locale, tail) => {
    const command = commandOf(parse(`${lines[0]} ${tail}`));

    expect(termsOf(command).end).not.toBeNull();
    expect(command).toMatchObject({ app: 'Concur' });
  });
});
