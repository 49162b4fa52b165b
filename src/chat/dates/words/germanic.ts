import { phraseList, wordList } from '../../grammar/word-lists.ts';
import type { DateWords } from './shape.ts';

export const GERMANIC = {
  en: {
    begin: phraseList(`
      on | from | start | starts | starting | starting on | starting from | beginning | beginning on | effective
      effective from | as of | as from | with effect from | start date | not before | no earlier than | not earlier than
      no sooner than | not sooner than | earliest
    `),
    since: phraseList('since | ever since'),
    end: phraseList(`
      until | up until | till | up till | til | 'til | through | through to | thru | up to | upto | ending | ending on
      ending at | ends | ends on | end | end on | end date | end date is | with end date | expiring | expiring on
      expires | expires on | expiry | expiry date | valid until | valid till | valid through | valid to | not after
      no later than | not later than | not beyond | no longer than | not longer than | up to and including | finishing
      finishing on | terminating | terminating on | remove on | remove it on | revoke on | and ending | and ends
      and end
    `),
    during: phraseList(`
      for | during | throughout | lasting | for up to | up to | valid for | limited to | max | maximum | at most
      no longer than | not longer than | no more than | not more than | only for | just for | for at least | for at most
      for no more than | for no longer than | for max | for a maximum of | for a period of | for a duration of
      for a total of | duration | expires in | expiring in | ends in | ending in | expires after | ends after
      expiring after | temporarily for
    `),
    ahead: phraseList('in | within | after'),
    fillers: wordList(`
      the a of next coming following this rest remainder whole entire full about around approximately roughly only just
      another further additional first more extra business working calendar consecutive current upcoming all and half
      end remaining least at period max maximum
    `),
    units: {
      minute: wordList('minute minutes min mins'),
      hour: wordList('hour hours hr hrs h'),
      day: wordList('day days d'),
      week: wordList('week weeks wk wks w'),
      month: wordList('month months mo mos mth mths'),
      quarter: wordList('quarter quarters'),
      year: wordList('year years yr yrs y'),
    },
    otherUnits: wordList(`
      night nights weekend weekends workday workdays fortnight fortnights sprint sprints semester semesters term decade
    `),
    counts: phraseList(`
      a an one single | two couple | three | four | five | six | seven | eight | nine | ten | eleven | twelve | thirteen
      fourteen | fifteen | sixteen | seventeen | eighteen | nineteen | twenty
    `),
    otherCounts: {
      thirty: 30,
      forty: 40,
      fifty: 50,
      sixty: 60,
      seventy: 70,
      eighty: 80,
      ninety: 90,
      hundred: 100,
      few: null,
      several: null,
      some: null,
    },
    near: phraseList('today | tomorrow | tonight | yesterday'),
    days: {
      'the day after tomorrow': 2,
      'day after tomorrow': 2,
      overmorrow: 2,
      'the day before yesterday': -2,
      'day before yesterday': -2,
    },
  },
  de: {
    begin: phraseList(`
      ab | ab dem | am | vom | beginnend am | beginnend ab | mit wirkung vom | frühestens | frühestens am
      frühestens ab | nicht vor | nicht vor dem
    `),
    since: phraseList('seit | seit dem'),
    end: phraseList(`
      bis | bis zum | bis zu | bis einschliesslich | bis inklusive | bis einschließlich | endet am | endend am
      befristet bis | befristet bis zum | gültig bis | gültig bis zum | längstens bis
    `),
    during: phraseList('für | für die dauer von | während | befristet auf | maximal | höchstens | längstens | bis zu'),
    duringBehind: phraseList('lang'),
    ahead: phraseList('in | nach | binnen'),
    fillers: wordList(`
      der die das den dem des nächsten nächste kommenden kommende restlichen rest etwa ca circa rund nur weitere
      weiteren ganzen ganze ende diese diesen maximal höchstens paar ganzes halbes halben
    `),
    units: {
      minute: ['minuten'],
      hour: wordList('stunde stunden std'),
      day: wordList('tag tage tagen tages'),
      week: wordList('woche wochen'),
      month: wordList('monat monate monaten monats'),
      quarter: wordList('quartal quartale quartals'),
      year: wordList('jahr jahre jahren jahres'),
    },
    otherUnits: wordList('wochenende semester'),
    counts: phraseList(`
      ein eine einen einem einer | zwei | drei | vier | fünf | sechs | sieben | acht | neun | zehn
    `),
    otherCounts: { anderthalb: 1.5, eineinhalb: 1.5, zweieinhalb: 2.5 },
    near: phraseList('heute | morgen | gestern'),
    days: { übermorgen: 2, überübermorgen: 3, vorgestern: -2 },
  },
  nl: {
    begin: phraseList(`
      op | vanaf | met ingang van | per | ingaand op | niet voor | niet eerder dan | op zijn vroegst op
    `),
    since: phraseList('sinds'),
    end: phraseList('tot | tot en met | t/m | tm | tot aan | eindigend op | eindigt op | geldig tot | uiterlijk'),
    during: phraseList('voor | gedurende | voor de duur van | maximaal | hoogstens | ten hoogste'),
    duringBehind: phraseList('lang'),
    ahead: phraseList('over | binnen | in | na'),
    fillers: wordList('de het een komende volgende rest van ongeveer nog hele gehele eind einde deze dit alleen paar'),
    units: {
      minute: ['minuten'],
      hour: wordList('uur uren'),
      day: wordList('dag dagen'),
      week: wordList('week weken'),
      month: wordList('maand maanden'),
      quarter: wordList('kwartaal kwartalen'),
      year: wordList('jaar jaren'),
    },
    counts: phraseList('één een | twee | drie | vier | vijf | zes | zeven | acht | negen | tien'),
    otherCounts: { anderhalf: 1.5, anderhalve: 1.5 },
    near: phraseList('vandaag | morgen | gisteren'),
    days: { overmorgen: 2, eergisteren: -2 },
  },
  sv: {
    begin: phraseList('den | från | från och med | fr.o.m | från den | på | med början | med start | med start den'),
    end: phraseList(`
      till | till den | till och med | till och med den | t.o.m | tom | fram till | fram till den | tills | senast
    `),
    during: phraseList('i | under | högst | max | som längst'),
    ahead: phraseList('om | inom | efter'),
    fillers: wordList('de den det närmaste kommande nästa resten av cirka ungefär hela slutet bara'),
    units: {
      minute: ['minuter'],
      hour: wordList('timme timmar'),
      day: wordList('dag dagar dygn'),
      week: wordList('vecka veckor veckan'),
      month: wordList('månad månader månaden'),
      quarter: wordList('kvartal kvartalet'),
      year: wordList('år året'),
    },
    counts: phraseList('en ett | två | tre | fyra | fem | sex | sju | åtta | nio | tio'),
    near: phraseList('idag | i dag | imorgon | i morgon | igår'),
    days: { 'i övermorgon': 2, övermorgon: 2, 'i förrgår': -2, förrgår: -2 },
  },
} satisfies Readonly<Record<string, DateWords>>;
