import { phraseList, wordList } from '../../grammar/word-lists.ts';
import type { DateWords } from './shape.ts';

export const ROMANCE = {
  es: {
    begin: phraseList(`
      el | desde | desde el | a partir de | a partir del | del | empezando el | con efecto desde el | no antes del
      no antes de
    `),
    end: phraseList('hasta | hasta el | al | termina el | con fin el | válido hasta | válido hasta el'),
    during: phraseList('por | durante | durante los | por un período de | por un máximo de | máximo | para'),
    ahead: phraseList('en | dentro de'),
    fillers: wordList(`
      el la los las de del próximos próximas próximo próxima resto unos unas todo toda este esta solo otros otras final
      finales fin día aproximadamente
    `),
    units: {
      minute: ['minutos'],
      hour: wordList('hora horas'),
      day: wordList('día días'),
      week: wordList('semana semanas'),
      month: wordList('mes meses'),
      quarter: wordList('trimestre trimestres'),
      year: wordList('año años'),
    },
    otherUnits: wordList('quincena semestre'),
    counts: phraseList('un una uno | dos | tres | cuatro | cinco | seis | siete | ocho | nueve | diez'),
    near: phraseList('hoy | mañana | ayer'),
    days: { 'pasado mañana': 2, 'pasado manana': 2, anteayer: -2, 'antes de ayer': -2 },
  },
  fr: {
    begin: phraseList(`
      le | dès | dès le | à partir de | à partir du | à compter du | à compter de | du | pas avant le | pas avant
      au plus tôt le
    `),
    since: phraseList('depuis le | depuis'),
    end: phraseList(`
      jusqu'au | jusqu'à | jusqu'a | jusqu'en | jusque | jusque au | au | se terminant le | expire le | valable jusqu'au
      au plus tard le | d'ici au
    `),
    during: phraseList('pendant | pour | durant | pour une durée de | au maximum | maximum | pour les'),
    ahead: phraseList("dans | sous | d'ici | en"),
    fillers: wordList(`
      le la les des de du prochains prochaines prochaine prochain reste environ toute tout encore seulement fin quelques
      cette ce une l' durée
    `),
    units: {
      minute: ['minutes'],
      hour: wordList('heure heures'),
      day: wordList('jour jours journée journées'),
      week: wordList('semaine semaines'),
      month: ['mois'],
      quarter: wordList('trimestre trimestres'),
      year: wordList("an ans année années l'année"),
    },
    otherUnits: wordList("l'après-midi quinzaine semestre"),
    counts: phraseList('un une | deux | trois | quatre | cinq | six | sept | huit | neuf | dix'),
    otherCounts: { douze: 12, quinze: 15, vingt: 20, trente: 30, soixante: 60 },
    near: phraseList("aujourd'hui | demain | hier"),
    days: {
      'après-demain': 2,
      'apres-demain': 2,
      'après demain': 2,
      'apres demain': 2,
      'avant-hier': -2,
      'avant hier': -2,
      maintenant: 0,
      immédiatement: 0,
      'tout de suite': 0,
      'dès que possible': 0,
      'des que possible': 0,
      'au plus tôt': 0,
      'au plus vite': 0,
    },
  },
  it: {
    begin: phraseList(`
      il | dal | dalla | a partire da | a partire dal | a decorrere dal | non prima del | non prima di
    `),
    end: phraseList(`
      fino | sino | fino al | fino a | fino alla | sino al | sino a | al | entro il | con scadenza il | scade il
      valido fino al | termina il
    `),
    during: phraseList('per | durante | per la durata di | per un massimo di | massimo | al massimo | per i | per le'),
    ahead: phraseList('in | tra | fra | entro'),
    fillers: wordList(`
      il lo la i gli le di del prossimi prossime prossimo prossima resto circa tutto tutta altri altre solo fine questo
      questa l'
    `),
    units: {
      minute: ['minuti'],
      hour: wordList('ora ore'),
      day: wordList('giorno giorni'),
      week: wordList('settimana settimane'),
      month: wordList('mese mesi'),
      quarter: wordList('trimestre trimestri'),
      year: wordList('anno anni'),
    },
    otherUnits: ['semestre'],
    counts: phraseList('un una uno | due | tre | quattro | cinque | sei | sette | otto | nove | dieci'),
    near: phraseList('oggi | domani | ieri'),
    days: { dopodomani: 2, 'dopo domani': 2, "l'altroieri": -2, "l'altro ieri": -2, 'altro ieri': -2 },
  },
  pt: {
    begin: phraseList(`
      em | no dia | a partir de | a partir do | a partir do dia | desde | do dia | a contar de | não antes de
      não antes do dia
    `),
    end: phraseList(`
      até | até o | até ao | até dia | até o dia | até ao dia | ao | termina em | válido até | no máximo até
    `),
    during: phraseList('por | durante | pelos | pelas | por um período de | por no máximo | no máximo | para'),
    ahead: phraseList('em | daqui a | daqui | dentro de'),
    fillers: wordList(`
      o a os as de do da próximos próximas próximo próxima resto cerca dia todo toda este esta mais fim final uns umas
    `),
    units: {
      minute: wordList('minuto minutos'),
      hour: wordList('hora horas'),
      day: wordList('dia dias'),
      week: wordList('semana semanas'),
      month: wordList('mês meses'),
      quarter: wordList('trimestre trimestres'),
      year: wordList('ano anos'),
    },
    otherUnits: wordList('quinzena semestre'),
    counts: phraseList('um uma | dois duas | três | quatro | cinco | seis | sete | oito | nove | dez'),
    otherCounts: { onze: 11, doze: 12, treze: 13, catorze: 14, quatorze: 14, quinze: 15, vinte: 20, trinta: 30 },
    near: phraseList('hoje | amanhã | ontem'),
    days: { 'depois de amanhã': 2, 'depois de amanha': 2, 'depois d’amanhã': 2, anteontem: -2 },
  },
} satisfies Readonly<Record<string, DateWords>>;
