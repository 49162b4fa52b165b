import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createMessages } from '../../src/chat/messages.ts';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher, unlimited } from '../support/usher.ts';

jest.setTimeout(60_000);

/** A Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
let teams: TestUsher;
afterEach(() => teams.close());

async function start(content?: unknown): Promise<void> {
  const begun = systemClock.now();
  const clock: Clock = { ...systemClock, now: () => NOW + systemClock.now() - begun };
  const folder = mkdtempSync(join(tmpdir(), 'usher-terms-'));
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify(content ?? []));
  const environment = { PROVISION_WINDOW_MS: '100', COMMANDS_PER_MINUTE: unlimited, APPS_FILE: file };
  teams = await startTestUsher({ environment, usherOptions: { clock } });
  rmSync(folder, { recursive: true });
}

async function says(person: keyof typeof people, line: string, locale = 'en-US'): Promise<void> {
  await teams.send({ ...teams.message(person, line), locale });
  await teams.settled();
}

const last = (person: string) => teams.lastCard(`personal-${person}`);
const readBy = (person: string) =>
  teams
    .cardsFor(`personal-${person}`)
    .map(({ text }) => text)
    .join('\n');
/** The lines that the buttons of the last card say. */
const offered = (person: string): string[] =>
  last(person).buttons.flatMap(({ data }) => ((data as { text?: string }).text ?? '').split('\n').filter(Boolean));
const asked = async () => (await teams.records()).filter(({ kind }) => kind === 'accessAsked').length;

/** How many accounts have an end. */
async function ended(): Promise<number> {
  const database = await openDatabase({ kind: 'sqlite', path: teams.databasePath }, systemClock);
  const rows = await database.query.selectFrom('entitlements').select('task_id').execute();
  await database.close();
  return rows.length;
}

/** Types the line; returns the last card, and what was done. */
async function outcome(person: keyof typeof people, line: string, locale?: string) {
  const before = await asked();
  await says(person, line, locale);
  return {
    text: last(person).text,
    lines: offered(person),
    asked: (await asked()) - before,
    calls: teams.sandbox.stats().arrivals.length,
  };
}

const snow = 'request access for isaiah to ServiceNow';

const lines: readonly (readonly [line: string, locale: string, understood: string, without: string])[] = [
  [`${snow} for 2 weeks`, 'en-US', 'until Wednesday, December 2, 2026 (“2 weeks”)', snow],
  [`${snow} for 90 days`, 'en-US', 'until Tuesday, February 16, 2027 (“90 days”)', snow],
  [`${snow} for one month`, 'en-US', 'until Friday, December 18, 2026 (“one month”)', snow],
  [`${snow} for a day`, 'en-US', 'until Thursday, November 19, 2026 (“a day”)', snow],
  [`${snow} for 8 hours`, 'en-US', '(“8 hours”)', snow],
  [`${snow} for the next two weeks`, 'en-US', 'until Wednesday, December 2, 2026 (“the next two weeks”)', snow],
  [`${snow} for the rest of the year`, 'en-US', 'until Thursday, December 31, 2026 (“the rest of the year”)', snow],
  [`${snow} until 31 march`, 'en-US', 'until Wednesday, March 31, 2027', snow],
  [`${snow} till tomorrow`, 'en-US', 'until Thursday, November 19, 2026', snow],
  [`${snow} up to 31 March`, 'en-GB', 'until Wednesday, 31 March 2027 ', snow],
  [`${snow}, valid through 2027-03-31`, 'en-US', 'until Wednesday, March 31, 2027', snow],
  [
    `${snow} until the project is over`,
    'en-US',
    'Usher could not tell from “the project is over” when access should end',
    snow,
  ],
  [`${snow} until 31 February`, 'en-US', 'Usher could not tell from “31 February” when access should end', snow],
  [`${snow} 2 weeks`, 'en-US', 'until Wednesday, December 2, 2026 (“2 weeks”)', snow],
  [
    'request access for 2 weeks for isaiah to ServiceNow',
    'en-US',
    'until Wednesday, December 2, 2026 (“2 weeks”)',
    snow,
  ],
  ['provision isaiah to ServiceNow for 3 months', 'en-US', 'until Thursday, February 18, 2027 (“3 months”)', snow],
  [`${snow} from 1 December until 31 March`, 'en-US', 'starting on Tuesday, December 1, 2026', `${snow} on 1 December`],
  [
    `${snow} from monday to friday`,
    'en-US',
    'until Friday, November 27, 2026 (“friday”), starting on Monday, November 23',
    `${snow} on monday`,
  ],
  [
    `${snow} until the project ends on 31 march`,
    'en-US',
    'Usher could not tell from “the project ends on 31 march” when access should end',
    snow,
  ],
  [
    `${snow} until his last day on friday`,
    'en-US',
    'Usher could not tell from “his last day on friday” when access should end',
    snow,
  ],
  [
    `${snow} till he is back on monday`,
    'en-US',
    'Usher could not tell from “he is back on monday” when access should end',
    snow,
  ],
  [`${snow} until friday at 5pm`, 'en-US', '(“friday at 5pm”)', snow],
  [
    `${snow} tomorrow at 9am until friday`,
    'en-US',
    'the time of day in “tomorrow at 9am” is left out',
    `${snow} on 2026-11-19`,
  ],
  [`${snow} for 1.5 years`, 'en-US', 'until Thursday, May 18, 2028 (“1.5 years”)', snow],
  [`${snow} for now`, 'en-US', 'Usher could not tell from “now” when access should end', snow],
  [`${snow} for a while`, 'en-US', 'Usher could not tell from “a while” when access should end', snow],
  [`${snow} for monday`, 'en-US', '“monday” may mean from then on, or only then', `${snow} on monday`],
  [`${snow} for next week`, 'en-US', '“next week” may mean from then on, or only then', `${snow} on 2026-11-23`],
  [`${snow} for today`, 'en-US', 'until Wednesday, November 18, 2026 (“today”)', `${snow} starting today`],
  [`${snow} until next week`, 'en-US', 'Usher could not tell from “next week” when access should end', snow],
  [`${snow} 1 to 31 December`, 'en-US', 'until Thursday, December 31, 2026', `${snow} on 1 December`],
  [`${snow} from 1 until 31 December`, 'en-US', 'starting on Tuesday, December 1', `${snow} on 1 December`],
  [
    'request access for adele to GitHub for 2 weeks because she covers for isaiah',
    'en-US',
    'until Wednesday, December 2, 2026 (“2 weeks”)',
    'request access for adele to GitHub because she covers for isaiah',
  ],
  [
    'request access for adele to GitHub because she covers for isaiah until 31 march',
    'en-US',
    'until Wednesday, March 31, 2027',
    'request access for adele to GitHub because "she covers for isaiah until 31 march"',
  ],
  [`${snow} jusqu’au 31 mars`, 'fr-FR', 'until Wednesday, March 31, 2027', snow],
  [`${snow} pendant 2 semaines`, 'fr-FR', 'until Wednesday, December 2, 2026 (“2 semaines”)', snow],
  [`${snow} bis 31. März`, 'de-DE', 'until Wednesday, March 31, 2027', snow],
  [`${snow} für 3 Monate`, 'de-DE', 'until Thursday, February 18, 2027 (“3 Monate”)', snow],
  [`${snow} até 31 de março`, 'pt-BR', 'until Wednesday, March 31, 2027', snow],
  [`${snow} por 2 semanas`, 'pt-BR', 'until Wednesday, December 2, 2026 (“2 semanas”)', snow],
  [`${snow} hasta el 31 de marzo`, 'es-ES', 'until Wednesday, March 31, 2027', snow],
  [`${snow} fino al 31 marzo`, 'it-IT', 'until Wednesday, March 31, 2027', snow],
  [`${snow} tot 31 maart`, 'nl-NL', 'until Wednesday, March 31, 2027', snow],
  [`${snow} 到3月31日`, 'zh-CN', 'until Wednesday, March 31, 2027', snow],
  [`${snow} 3月31日まで`, 'ja-JP', 'until Wednesday, March 31, 2027', snow],
];
const isOpen = (understood: string) => /Usher could not tell|may mean/.test(understood);
/** The day that the line says itself: a length counts from the start. */
const dayIn = (understood: string) =>
  /(?:until|starting on) ([A-Z][^(“]*?\d{4})(?! \(“(?:[\d.]|one|a |the next|für|por|pendant))/.exec(understood)?.[1] ??
  '';

describe('a request with an end', () => {
  it.each(lines.filter(([, , understood]) => isOpen(understood)))(
    '%s (%s) is not made where the end is open; the line without the end works',
    async (line, locale, understood, without) => {
      await start();

      const said = await outcome('megan', line, locale);

      expect(said.text).toContain('When should access end');
      expect(said.text).toContain(understood);
      expect(said).toMatchObject({ asked: 0, calls: 0, lines: [without] });
      await teams.press('megan', last('megan'), 'Continue without an end date');
      await teams.settled();
      expect(await asked()).toBe(1);
    },
  );

  it.each(lines.filter(([, , understood]) => !isOpen(understood) && !understood.includes('time of day')))(
    '%s (%s) is made, and its card says when it ends',
    async (line, locale, understood) => {
      await start();

      const said = await outcome('megan', line, locale);

      expect(said).toMatchObject({ asked: 1, calls: 0 });
      const read = teams.cardsFor('personal-megan').map(({ text }) => text);
      const words = createMessages(locale, 'UTC');
      const day = dayIn(understood).trim();
      expect(read.join(' ').replace(/\s+/g, ' ')).toContain(`${words.plain('access.fact.end')}: `);
      expect(read.join(' ')).toContain(day === '' ? '' : words.day(Date.parse(`${day} UTC`), 'UTC'));
    },
  );

  it('keeps the end where the time of day of its start is left out', async () => {
    await start();

    const said = await outcome('megan', `${snow} tomorrow at 9am until friday`);

    expect(said).toMatchObject({ asked: 0, lines: [`${snow} on 2026-11-19 until friday`] });
  });

  it('keeps a reason in quotes a reason', async () => {
    await start();

    const said = await outcome('megan', `${snow} because "he stays until 31 march"`);

    expect(said.asked).toBe(1);
  });

  it('is checked for person and app first', async () => {
    await start();

    const nobody = await outcome('megan', 'request access for nobodyhere to ServiceNow for 2 weeks');
    const stranger = await outcome('megan', 'request access for johanna to ServiceNow for 2 weeks');

    for (const { text, asked: made } of [nobody, stranger]) {
      expect(text).not.toContain('cannot end');
      expect(made).toBe(0);
    }
  });
});

describe('an end that cannot be asked for', () => {
  it.each([
    [`${snow} until yesterday`, 'That end has passed', 'was Tuesday, November 17, 2026'],
    [
      `${snow} from 1 December until 2026-11-30`,
      'The end comes before the start',
      'access would start on Tuesday, December 1',
    ],
    [`${snow} until further notice`, 'When should access end?', '“further notice”, which names no end'],
    [`${snow} permanently`, 'When should access end?', '“permanently”, which names no end'],
    [`${snow} until march`, 'When should access end?', 'could not tell from “march”'],
    ['provision isaiah to ServiceNow forever', 'When should access end?', '“forever”, which names no end'],
  ])('is said to be none, with the reason: %s', async (line, title, reason) => {
    await start();

    const asker = await outcome('megan', line);
    const operator = await outcome('alex', line);

    for (const { text, asked: made, calls, lines } of [asker, operator]) {
      expect(text).toContain(title);
      expect(text).toContain(reason);
      expect({ made, calls, lines: lines.length }).toEqual({ made: 0, calls: 0, lines: 1 });
    }
  });

  it.each([
    [`${snow} for 91 days`, '90 days at most, here until Tuesday, February 16, 2027'],
    ['provision isaiah to ServiceNow until 31 March', '90 days at most, here until Tuesday, February 16, 2027'],
    [`${snow} from 1 December until 1 April`, '90 days at most, here until Sunday, February 28, 2027'],
    [
      'request access for isaiah and diego to ServiceNow and GitHub for 9 hours',
      '8 hours at most, here until Nov 18, 2026, 20:00 UTC',
    ],
    ['request access for isaiah to the Dev kit for 2 months', '2 weeks at most, here until Wednesday, December 2'],
    ['provision isaiah to the Dev kit for 2 months', '2 weeks at most, here until Wednesday, December 2'],
  ])('is longer than the app or the kit lets access last: %s', async (line, bound) => {
    const apps = [
      { app: 'ServiceNow', longest: '90d' },
      { app: 'GitHub Enterprise', longest: '8h' },
    ];
    await start({ apps, kits: [{ kit: 'Dev', apps: ['ServiceNow', 'Salesforce'], longest: '2w' }] });
    const who = line.startsWith('provision') ? 'alex' : 'megan';

    const said = await outcome(who, line);

    expect(said.text).toContain('Access cannot last that long');
    expect(said.text).toContain(bound);
    expect(said).toMatchObject({ asked: 0, calls: 0 });
  });

  it('is none within what the app allows', async () => {
    await start([{ app: 'ServiceNow', longest: '90d' }]);

    const said = await outcome('megan', `${snow} for 90 days`);

    expect(said.asked).toBe(1);
  });
});

describe('a day in the reason', () => {
  it.each([
    ['because he starts on monday', 'Monday, November 23, 2026'],
    ['because he starts monday', 'Monday, November 23, 2026'],
    ['because he joins Sales on 1 December', 'Tuesday, December 1, 2026'],
  ])('is the start where the person begins then, and the reason stays whole: %s', async (tail, day) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`);

    expect(said.asked).toBe(1);
    expect(readBy('megan')).toContain(day);
    expect(readBy('megan')).toContain(tail.replace('because ', ''));
  });

  it.each([
    'because the audit is on friday',
    'because her holiday is from 1 december',
    'because she returns the laptop on monday',
    'so that he can renew the contract on 31 december',
  ])('is no start otherwise: %s', async (tail) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`);

    expect(said.asked).toBe(1);
    expect(readBy('megan')).toContain(tail.replace(/^(?:because|so that) /, ''));
    expect(readBy('megan')).toMatch(/Starts: +As soon as it is approved/);
  });

  it.each([
    ['Start on that day', `${snow} on 2026-11-20 because the audit starts on friday`],
    ['Start once approved', `${snow} starting now because the audit starts on friday`],
  ])('leads to a question where it may be either: %s', async (button, line) => {
    await start();

    const said = await outcome('megan', `${snow} because the audit starts on friday`);

    expect(said.text).toContain('When should access start?');
    expect(said.asked).toBe(0);
    expect(said.lines).toContain(line);
    await teams.press('megan', last('megan'), button);
    await teams.settled();
    expect(await asked()).toBe(1);
    expect(readBy('megan')).toContain('the audit starts on friday');
  });
});

describe('an impossible start', () => {
  it.each([
    ['en-US', `${snow} since monday`, 'problem.pastStart.title'],
    ['de-DE', `${snow} seit Montag`, 'problem.pastStart.title'],
    ['fr-FR', `${snow} depuis lundi`, 'problem.pastStart.title'],
    ['en-US', `${snow} after 1 december`, 'problem.unclearStart.title'],
    ['en-US', `${snow} two weeks from monday`, 'problem.unclearStart.title'],
    ['en-US', `${snow} tomorrow week`, 'problem.unclearStart.title'],
    ['en-US', `${snow} from 1/12 to 31/12`, 'problem.unclearStart.title'],
    ['en-GB', `${snow} from 12/1 to 12/31`, 'problem.unclearStart.title'],
  ] as const)('leads to a question (%s): %s', async (locale, line, title) => {
    await start();

    const said = await outcome('megan', line, locale);

    expect(said.text).toContain(createMessages(locale).plain(title));
    expect(said).toMatchObject({ asked: 0, calls: 0 });
  });

  it('is refused to an operator with what happens without it', async () => {
    await start();

    const said = await outcome('alex', 'provision isaiah to Salesforce at 9am');

    expect(said.text).toContain('leave it out to provision right away');
    expect(said.calls).toBe(0);
  });
});

describe('a start by its distance', () => {
  it.each([
    ['the day after tomorrow', 'November 20, 2026'],
    ['on the day after 1 december', 'December 2, 2026'],
    ['a week from today', 'November 25, 2026'],
    ['not before monday', 'November 23, 2026'],
    ['no earlier than monday', 'November 23, 2026'],
    ['from now on', 'No reason'],
  ])('is read as a whole: %s', async (tail, day) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`);

    expect(said.asked).toBe(1);
    expect(readBy('megan')).toContain(day);
  });

  it('names the part that it leaves out where a time belongs to one of two apps', async () => {
    await start();

    const said = await outcome('alex', 'provision isaiah to salesforce now and github tomorrow');

    expect(said.calls).toBe(0);
    expect(said.lines).toEqual(['provision user isaiah to Salesforce', 'provision user isaiah to GitHub Enterprise']);
    expect(said.text).toMatch(/tomorrow/);
  });

  it.each(['for good', 'permanently', 'indefinitely', 'by end of month', 'until further notice'])(
    'is not read from “%s”, which the answer says',
    async (tail) => {
      await start();

      const said = await outcome('megan', `${snow} ${tail}`);

      expect(said).toMatchObject({ asked: 0, lines: [expect.stringContaining(snow)] });
      expect(said.text).toContain(tail.replace('until ', ''));
    },
  );
});

describe('provisioning with an end or a start', () => {
  it.each([
    ['provision isaiah to Salesforce until 31 march', 1],
    ['provision isaiah in Salesforce for 2 weeks', 1],
    ['provision users isaiah, adele to Salesforce for 3 months', 2],
    ['provision users isaiah, adele and diego to Salesforce until friday', 3],
  ])('is carried out, and keeps the end of each account: %s', async (line, accounts) => {
    await start();

    const said = await outcome('alex', line);

    expect(said).toMatchObject({ asked: 0, calls: accounts });
    expect(await ended()).toBe(accounts);
  });

  it.each([
    ['provision isaiah to Zscaler for 3 months', 'Zscaler is in quarantine', ['test Zscaler', 'repair Zscaler']],
    [
      'provision group Sales Team to GitHub until 31 march',
      'No end for a group',
      ['provision group Sales Team to GitHub'],
    ],
    [
      'provision isaiah to Salesforce from 1 December until 31 March',
      'Usher provisions right away',
      [
        'provision user isaiah to Salesforce until 31 March',
        'request access for isaiah to Salesforce on 2026-12-01 until 31 March',
      ],
    ],
    [
      'provsion isaiah to Salesforce for 2 weeks',
      'Did you mean this?',
      ['provision user isaiah to Salesforce for 2 weeks'],
    ],
    ['provision isaiah to Salesforce until further notice', 'names no end', ['provision user isaiah to Salesforce']],
  ])('does nothing of %s, and offers what works', async (line, title, offers) => {
    await start();

    const said = await outcome('alex', line);

    expect(said.text).toContain(title);
    expect(said).toMatchObject({ asked: 0, calls: 0, lines: offers });
    expect(await ended()).toBe(0);
  });

  it.each<['alex' | 'megan', string, readonly string[]]>([
    [
      'alex',
      'provision isaih to Salesforce until friday',
      ['provision user isaiah@contoso.com to Salesforce until friday'],
    ],
    ['alex', 'provision servicenow to diego for 2 weeks', ['provision user diego to ServiceNow for 2 weeks']],
    ['alex', 'provision Sales Team to GitHub for 2 weeks', ['provision group Sales Team to GitHub for 2 weeks']],
    ['alex', 'provision group isaiah to GitHub for 2 weeks', ['provision user isaiah to GitHub for 2 weeks']],
    [
      'alex',
      'provision adele,isaiah to Salesforce until friday',
      ['provision users adele, isaiah to Salesforce until friday'],
    ],
    [
      'alex',
      'provision isaiah & adele to GitHub until friday',
      ['provision users isaiah, adele to GitHub until friday'],
    ],
    [
      'alex',
      'request access for isaiah to githob for 2 weeks',
      ['provision user isaiah to GitHub Enterprise for 2 weeks'],
    ],
    [
      'megan',
      'provision isaiah and diego to GitHub tomorrow',
      ['request access for "isaiah, diego" to GitHub starting tomorrow'],
    ],
  ])('keeps the time on the line that is offered (%s: %s)', async (who, line, expected) => {
    await start();

    const said = await outcome(who, line);

    expect(said).toMatchObject({ asked: 0, calls: 0, lines: expected });
  });

  it.each([
    'provision isaiah to salesforce on 1 december',
    'provision isaiah to salesforce by 1 december',
    'add isaiah to salesforce starting 1 december',
  ])('is not put off silently: now and that day are offered (%s)', async (line) => {
    await start();

    const said = await outcome('alex', line);

    expect(said.text).toMatch(/provisions right away/);
    expect(said.text).toContain('Tuesday, December 1, 2026');
    expect(said).toMatchObject({
      asked: 0,
      calls: 0,
      lines: ['provision user isaiah to salesforce', 'request access for isaiah to salesforce on 2026-12-01'],
    });
    await teams.press('alex', last('alex'), 'Provision now');
    await teams.settled();
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('says that it leaves out the time of day of a start', async () => {
    await start();

    const said = await outcome('alex', 'provision isaiah to salesforce tomorrow at 9am');

    expect(said.text).toContain('the time of day in “tomorrow at 9am” is left out');
    expect(said.calls).toBe(0);
  });

  it('is done at once where the line says today', async () => {
    await start();

    await outcome('alex', 'provision isaiah to Salesforce today');

    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('rejects a day that is past or does not exist', async () => {
    await start();

    for (const line of ['on 1 March 2020', 'on 31 February', 'on 2026-02-30', 'starting 29/02/2027']) {
      const said = await outcome('alex', `provision isaiah to Salesforce ${line}`);
      expect(said.text).toMatch(/That day has passed|Which day\?/);
      expect(said.calls).toBe(0);
    }
  });
});

describe('a time of day', () => {
  it.each([
    ['tomorrow at 9am', `${snow} on 2026-11-19`],
    ['on 1 December 14:00', `${snow} on 2026-12-01`],
    ['on Monday morning', `${snow} on 2026-11-23`],
    ['at 9am tomorrow', `${snow} on 2026-11-19`],
    ['starting tonight', snow],
  ])('in “%s” is left out, which the answer says, and the day alone is offered', async (tail, line) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`);

    expect(said.text).toContain('the time of day would be left out');
    expect(said).toMatchObject({ asked: 0, lines: [line] });
    await teams.press('megan', last('megan'), 'Continue without a time');
    await teams.settled();
    expect(await asked()).toBe(1);
  });

  it.each(['at noon', 'at 5 pm'])('without a day leads to a question: %s', async (tail) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`);

    expect(said.asked).toBe(0);
  });
});

describe('a day as a word', () => {
  it.each([
    ['fr-FR', 'starting après-demain', 20],
    ['fr-FR', 'à partir d’après-demain', null],
    ['pt-BR', 'starting depois de amanhã', 20],
    ['pt-BR', 'a partir de depois de amanhã', 20],
    ['de-DE', 'starting übermorgen', 20],
    ['de-DE', 'ab übermorgen', 20],
    ['es-ES', 'desde pasado mañana', 20],
    ['it-IT', 'starting dopodomani', 20],
    ['nl-NL', 'vanaf overmorgen', 20],
    ['ru-RU', 'starting послезавтра', 20],
    ['ja-JP', 'starting 明後日', 20],
    ['zh-CN', 'starting 后天', 20],
    ['en-US', 'starting day after tomorrow', 20],
  ])('%s: “%s” is the day after tomorrow', async (locale, tail, day) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`, locale);

    if (day === null) expect(said.asked).toBe(0);
    else {
      expect(said.asked).toBe(1);
      const words = createMessages(locale, 'UTC');
      expect(readBy('megan')).toContain(words.day(Date.UTC(2026, 10, day), 'UTC'));
      expect(readBy('megan')).toContain(words.plain('access.noReason'));
    }
  });

  it.each([
    ['fr-FR', 'demain'],
    ['de-DE', 'morgen'],
    ['ja-JP', '明日'],
  ])('%s: “%s” behind the app without a preposition is offered', async (locale, tail) => {
    await start();

    const said = await outcome('megan', `${snow} ${tail}`, locale);

    expect(said).toMatchObject({ asked: 0, lines: [expect.stringContaining(`${snow} `)] });
  });

  it.each(['tomorrow week', 'starting a week tomorrow', 'on Monday fortnight', 'starting de demain en huit'])(
    'of which a part is a date leads to a question: %s',
    async (tail) => {
      await start();

      const said = await outcome('megan', `${snow} ${tail}`, 'fr-FR');

      expect(said.asked).toBe(0);
    },
  );
});
