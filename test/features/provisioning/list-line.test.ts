import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Parsed } from '../../../src/chat/command.ts';
import { readEntries } from '../../../src/chat/grammar/entries.ts';
import { splitWords } from '../../../src/chat/grammar/tokens.ts';
import { parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const adele = 'adele@contoso.com';
const isaiah = 'isaiah@contoso.com';
const guid = '5eed0000-0000-4000-8000-000000000003';
const dn = 'CN=Adele Vance,OU=Sales,DC=contoso,DC=com';
const otherDn = 'CN=Gu\\, Lee,OU=Sales,DC=contoso,DC=com';

function list(subjects: readonly string[], app = 'Salesforce'): Parsed {
  return { kind: 'command', command: { verb: 'provisionList', subjects, app } };
}
function didYouMean(suggestion: string): Parsed {
  return { kind: 'didYouMean', suggestion };
}
function missing(what: 'subject' | 'app', ...said: readonly string[]): Parsed {
  return { kind: 'incomplete', verb: 'provisionList', missing: what, said };
}

describe('a list of people', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'commas',
      `provision users ${adele}, ${isaiah}, lee.gu@contoso.com to Salesforce`,
      [adele, isaiah, 'lee.gu@contoso.com'],
    ],
    ['no white space', `provision users ${adele},${isaiah};x@y to Salesforce`, [adele, isaiah, 'x@y']],
    ['semicolons', `provision users ${adele}; ${isaiah}; to Salesforce`, [adele, isaiah]],
    ['white space only', `provision users ${adele} ${isaiah} to Salesforce`, [adele, isaiah]],
    [
      'commas between quotes',
      'provision users "Vance, Adele","Langer, Isaiah",lee to Salesforce',
      ['Vance, Adele', 'Langer, Isaiah', 'lee'],
    ],
    ['"and"', 'provision users adele, Isaiah Langer, and Lee Gu to Salesforce', ['adele', 'Isaiah Langer', 'Lee Gu']],
    ['an ampersand', 'provision users adele & isaiah to Salesforce', ['adele', 'isaiah']],
    ['names and addresses', `provision users Adele Vance, ${isaiah} to Salesforce`, ['Adele Vance', isaiah]],
    ['a single name', 'provision users Adele Vance to Salesforce', ['Adele Vance']],
    ['a single address', `provision users ${adele} to Salesforce`, [adele]],
    [
      'the same person twice',
      `provision users ${adele}, ${adele.toUpperCase()}, ${adele} to Salesforce`,
      [adele, adele.toUpperCase(), adele],
    ],
    [
      'quotes',
      'provision users "Lee to Gu", “Vance, Adele”, isaiah to Salesforce',
      ['Lee to Gu', 'Vance, Adele', 'isaiah'],
    ],
    ['a colon', 'provision users: adele, isaiah to Salesforce.', ['adele', 'isaiah']],
    [
      'other words',
      'Hey, can you please provision the following users: adele, isaiah to Salesforce? Thanks!',
      ['adele', 'isaiah'],
    ],
    ['people', 'provision people adele, isaiah into Salesforce', ['adele', 'isaiah']],
    ['in to', 'provision users adele, isaiah in to Salesforce', ['adele', 'isaiah']],
    ['for', 'provision users adele, isaiah for Salesforce', ['adele', 'isaiah']],
    ['object ids', `provision users ${guid}, ${guid} to Salesforce`, [guid, guid]],
    ['a full-width comma', 'provision users 李明，王芳、张伟 to Salesforce', ['李明', '王芳', '张伟']],
    ['empty places', `provision users ,, ${adele},, ;${isaiah}, to Salesforce`, [adele, isaiah]],
    ['a surname To', 'provision users Anh To, Adele Vance to Salesforce', ['Anh To', 'Adele Vance']],
    ['at signs', 'provision users @Adele Vance, @Isaiah Langer to Salesforce', ['Adele Vance', 'Isaiah Langer']],
  ])('is separated by %s', (_what, text, subjects) => {
    expect(parse(text)).toEqual(list(subjects));
  });

  it.each<[string, string]>([
    ['the app first', `provision users to Salesforce\n${adele}\nIsaiah Langer\n${guid}`],
    ['the app first, a colon', `provision users to Salesforce:\n${adele}\n\n  Isaiah Langer  \n${guid}\n`],
    ['the app first on a line of its own', `provision users\nto Salesforce\n${adele}\nIsaiah Langer\n${guid}`],
    ['the app last', `provision users\n${adele}\nIsaiah Langer\n${guid}\nto Salesforce`],
    ['the app at the end of the last line', `provision users\n${adele}\nIsaiah Langer\n${guid} to Salesforce`],
    ['the app below its "to"', `provision users ${adele}, Isaiah Langer, ${guid} to\nSalesforce`],
    ['commas at the ends', `provision users ${adele},\r\nIsaiah Langer,\r\n${guid}\r\nto Salesforce`],
    ['a person on the first line', `provision users ${adele} to Salesforce\nIsaiah Langer\n${guid}`],
    ['bullets', `provision users to Salesforce\n- ${adele}\n* Isaiah Langer\n•${guid}`],
    ['numbers', `provision users to Salesforce\n1. ${adele}\n2) Isaiah Langer\n(3)${guid}`],
    ['the rows of a table', `provision users to Salesforce\nAdele\t${adele}\tMegan\nIsaiah Langer\tMegan\n${guid}\tIT`],
    ['the people behind the app', `provision users to Salesforce: ${adele}, Isaiah Langer, ${guid}`],
    ['a signature', `Hi,\nprovision users to Salesforce\n${adele}\nIsaiah Langer\n${guid}\n\nThanks,\nAlex`],
  ])('may span several lines: %s', (_what, text) => {
    expect(parse(text)).toEqual(list([adele, 'Isaiah Langer', guid]));
  });

  it.each<[string, string, readonly string[], string]>([
    [
      'names that hold separators, below',
      'provision users to Salesforce\nAnh To\nKim In Sook\nTo Lam\n"Lee to Gu"',
      ['Anh To', 'Kim In Sook', 'To Lam', 'Lee to Gu'],
      'Salesforce',
    ],
    [
      'names that hold separators, above',
      'provision users\nAnh To\nKim In Sook\nTo Lam\nto Salesforce',
      ['Anh To', 'Kim In Sook', 'To Lam'],
      'Salesforce',
    ],
    ['an app that holds one', `provision users ${adele}, ${isaiah} to Log in to Box`, [adele, isaiah], 'Log in to Box'],
    ['an app that holds one, above', `provision users to Log in to Box\n${adele}`, [adele], 'Log in to Box'],
    [
      'an app that holds one, quoted',
      'provision users adele, isaiah to "Data for Good, Inc."',
      ['adele', 'isaiah'],
      'Data for Good, Inc.',
    ],
    [
      'an app of two words',
      `provision users ${adele}, isaiah to GitHub Enterprise`,
      [adele, 'isaiah'],
      'GitHub Enterprise',
    ],
  ])('separates people from app in spite of %s', (_what, text, subjects, app) => {
    expect(parse(text)).toEqual(list(subjects, app));
  });

  it.each<[string, string, readonly string[]]>([
    ['commas', `Adele Vance <${adele}>, Isaiah Langer <${isaiah}>`, [adele, isaiah]],
    ['semicolons', `Adele Vance <${adele}>; Isaiah Langer <${isaiah}>;`, [adele, isaiah]],
    ['nothing', `Adele Vance <${adele}> Isaiah Langer<${isaiah}>`, [adele, isaiah]],
    ['surnames first without addresses', 'Vance, Adele; Langer, Isaiah', ['Vance, Adele', 'Langer, Isaiah']],
    ['small names between two marks', 'adele, isaiah; grady, diego', ['adele', 'isaiah', 'grady', 'diego']],
    [
      'an apostrophe',
      `O'Neil, Ann <ann.o'neil@contoso.com>; Vance, Adele <${adele}>`,
      ["ann.o'neil@contoso.com", adele],
    ],
    ['a bent apostrophe', `ann.o’neil@contoso.com; ${adele}`, ["ann.o'neil@contoso.com", adele]],
    [
      'quoted names',
      `"O'Neil, Ann" <ann.o'neil@contoso.com>; "Vance, Adele" <${adele}>`,
      ["ann.o'neil@contoso.com", adele],
    ],
    [
      'every mark that an address may hold',
      `!#$%&'*+-/=?^_\`{|}~.x@contoso.com, {svc}@contoso.com, \`svc@contoso.com, -svc@contoso.com, ${adele}`,
      ["!#$%&'*+-/=?^_`{|}~.x@contoso.com", '{svc}@contoso.com', '`svc@contoso.com', '-svc@contoso.com', adele],
    ],
    ['surnames first', `Vance, Adele <${adele}>; Langer, Isaiah <${isaiah}>`, [adele, isaiah]],
    ['surnames first, quoted', `"Vance, Adele" <${adele}>, "Langer, Isaiah" <${isaiah}>`, [adele, isaiah]],
    ['names only and bare addresses between', `Lee Gu; Adele Vance <${adele}>; ${isaiah}`, ['Lee Gu', adele, isaiah]],
    ['mailto', `mailto:${adele}; <mailto:${isaiah}>`, [adele, isaiah]],
  ])('takes the addresses of copied contacts, separated by %s', (_what, people, subjects) => {
    expect(parse(`provision users ${people} to Salesforce`)).toEqual(list(subjects));
  });

  it('loses no person whose name stands before a comma and another person’s address', () => {
    const parsed = parse(`provision users isaiah, Adele Vance <${adele}> to Salesforce`);

    expect(parsed).toEqual(list(['isaiah', adele]));
  });

  it.each<[string, string, readonly string[]]>([
    ['quoted', `"${dn}", "${otherDn}"`, [dn, otherDn]],
    ['bare', `${dn}, ${otherDn}`, [dn, otherDn]],
    ['bare, other people around', `adele, ${dn}, isaiah`, ['adele', dn, 'isaiah']],
    ['parted by semicolons', `${dn}; ${otherDn}`, [dn, otherDn]],
    ['with blanks', dn.replaceAll(',', ', '), [dn.replaceAll(',', ', ')]],
    [
      'with a separator inside',
      `CN=Back to School,OU=Data for Good,DC=a,DC=b, ${dn}`,
      ['CN=Back to School,OU=Data for Good,DC=a,DC=b', dn],
    ],
  ])('keeps distinguished names whole: %s', (_what, people, subjects) => {
    expect(parse(`provision users ${people} to Contoso AD`)).toEqual(list(subjects, 'Contoso AD'));
    expect(parse(`provision users to Contoso AD\n${people.replaceAll('; ', '\n')}`)).toEqual(
      list(subjects, 'Contoso AD'),
    );
  });

  it.each([
    `provision ${adele}, ${isaiah} to Salesforce`,
    `provision ${adele} and ${isaiah} to Salesforce`,
    `provision user ${adele} ${isaiah} to Salesforce`,
    `provision to Salesforce\n${adele}\n${isaiah}`,
    `provision\n- ${adele}\n- ${isaiah}\nto Salesforce`,
    `provision Adele Vance <${adele}>; Isaiah Langer <${isaiah}> to Salesforce`,
  ])('needs no announcement where it has two addresses: %j', (text) => {
    expect(parse(text)).toEqual(list([adele, isaiah]));
  });

  it.each([
    [`provision ${adele}, Isaiah Langer to X`, `provision users ${adele}, Isaiah Langer to X`],
    ['provision adele, isaiah, lee to X', 'provision users adele, isaiah, lee to X'],
    ['provision adele and isaiah to X', 'provision users adele, isaiah to X'],
    [`provision users ${adele}, ${isaiah} X Y`, `provision users ${adele}, ${isaiah} to X Y`],
    ['provision users Lee to Gu\nadele to X', 'provision users Lee, "adele to X" to Gu'],
    ['provison users adele, isaiah to X', 'provision users adele, isaiah to X'],
    ['provision uesrs adele, isaiah to X', 'provision users adele, isaiah to X'],
    [`provison ${adele}, ${isaiah} to X`, `provision users ${adele}, ${isaiah} to X`],
    ['add adele, isaiah, lee to X', 'provision users adele, isaiah, lee to X'],
  ])('is offered where it is a guess: %j', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    ['provision Vance, Adele to X', 'Vance, Adele'],
    ['provision user Health, Safety to X', 'Health, Safety'],
    [`provision user "${adele}, ${isaiah}" to X`, `${adele}, ${isaiah}`],
    [`provision ${dn} to X`, dn],
  ])('is not read from one person: %s', (text, subject) => {
    expect(parse(text)).toEqual(
      subject === null ? missing('subject') : { kind: 'command', command: { verb: 'provision', subject, app: 'X' } },
    );
  });

  it.each([
    ['provision users', 'subject'],
    ['provision users:', 'subject'],
    ['provision users to', 'subject'],
    ['provision users to Salesforce', 'subject'],
    ['provision users , ; to Salesforce', 'subject'],
    ['provision users to Salesforce\n-\n•', 'subject'],
    ['provision users "" to Salesforce', 'subject'],
  ] as const)('knows what is missing: %j', (text, what) => {
    expect(parse(text)).toEqual(missing(what));
  });

  it.each([
    ['provision users adele, isaiah', 'adele, isaiah'],
    ['provision users\nadele\nisaiah', 'adele, isaiah'],
    ['provision users "Langer, Isaiah", adele', '"Langer, Isaiah", adele'],
    [`provision users ${adele}, ${isaiah}`, `${adele}, ${isaiah}`],
    [`provision ${adele}, ${isaiah}`, `${adele}, ${isaiah}`],
    ['provision users adele, isaiah to', 'adele, isaiah'],
    ['provision users adele, isaiah to ""', 'adele, isaiah'],
  ])('without its app says who was named, for the form to keep: %j', (text, people) => {
    expect(parse(text)).toEqual(missing('app', people));
  });

  it.each(['provision adele, isaiah', 'provision adele and isaiah', 'provision adele\nisaiah'])(
    'that is not announced says the same: %j',
    (text) => {
      expect(parse(text)).toEqual({ ...missing('app', 'adele, isaiah'), verb: 'provision' });
    },
  );
});

describe('a list that has more than one reading', () => {
  it.each([
    'provision users isaiah, adele to github, and diego to salesforce',
    'provision users isaiah, adele to github because diego moved to salesforce',
    'provision users isaiah, adele to github as they moved to salesforce',
    'provision users isaiah, adele to github, they go to salesforce',
    'provision users isaiah, adele to github; diego, grady to salesforce',
    'provision users isaiah, diego not to github but to salesforce',
    'provision users isaiah, adele in github, diego in salesforce',
    'provision users adele\nto github\nisaiah\nto salesforce',
    'provision users to salesforce\nadele to github\nisaiah',
    `provision users ${adele} to github, ${isaiah}\nto salesforce`,
    'provision users adele, isaiah, but not diego and grady to github',
    'provision users everyone except isaiah, adele to github',
    "provision users isaiah, don't add adele, grady to github",
    `provision ${adele}, ${isaiah}, not grady@contoso.com to github`,
    'provision group sales team with members adele but not isaiah and diego to github',
    'provision group sales team to github with members adele, not isaiah, diego',
  ])('is offered: %j', (text) => {
    expect(parse(text).kind).toBe('didYouMean');
  });

  it.each([
    'provision users Bill To, adele to github',
    'provision users Kim In Sook, adele to github',
    'provision users "Lee to Gu", adele to github',
    'provision users "Not Adele", isaiah to github',
    'provision users No Nguyen, Nor Azizah, adele to github',
    'provision users isaiah, adele to "Data for Good"',
  ])('has no other reading when names only look ambiguous: %j', (text) => {
    expect(parse(text).kind).toBe('command');
  });
});

describe('the length of a list', () => {
  const people = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => `Person Number ${index} of Contoso <person.number${index}@contoso.com>`,
    );

  it('may be that of five hundred people with their names, in any shape', () => {
    const addresses = people(500).map((_, index) => `person.number${index}@contoso.com`);

    expect(parse(`provision users ${people(500).join('; ')} to Salesforce`)).toEqual(list(addresses));
    expect(parse(`Hi, please provision users to Salesforce\n${people(500).join('\n')}`)).toEqual(list(addresses));
    expect(parse(`provison users to Salesforce\n${people(500).join('\n')}`).kind).toBe('didYouMean');
    expect(parse(`provision group A with members ${people(200).join(', ')} to B`).kind).toBe('command');
  });

  it('is short for everything else', () => {
    const nonsense = 'lorem ipsum '.repeat(1700).trim();

    expect(parse(nonsense)).toEqual({ kind: 'tooLong', length: nonsense.length, limit: 4000 });
    expect(parse(`provision ${nonsense} to X`)).toMatchObject({ kind: 'tooLong', limit: 4000 });
    expect(parse(`apps ${nonsense}`)).toMatchObject({ kind: 'tooLong', limit: 4000 });
    expect(parse(`provision users ${people(2000).join(', ')} to X`)).toMatchObject({ kind: 'tooLong', limit: 64_000 });
  });
});

describe('any list at all', () => {
  it('names every person whose address was typed, once for each time', () => {
    const address = fc.integer({ min: 0, max: 30 }).map((number) => `p${number}@contoso.com`);
    const shape = fc.constantFrom(
      (text: string) => text,
      (text: string) => `<${text}>`,
      (text: string) => `Some One <${text}>`,
      (text: string) => `"One, Some" <${text}>`,
      (text: string) => `mailto:${text}`,
    );
    const mark = fc.constantFrom(', ', ',', '; ', ';', '\n', '\n- ', ',\n', ' and ', '\t', ' , , ');
    const item = fc.tuple(address, shape, mark);

    fc.assert(
      fc.property(fc.array(item, { minLength: 2, maxLength: 12 }), fc.boolean(), (items, appFirst) => {
        const people = items.map(([text, write, gap]) => gap + write(text)).join('');
        const line = appFirst ? `provision users to X\n${people}` : `provision users ${people} to X`;

        expect(parse(line)).toEqual(
          list(
            items.map(([text]) => text),
            'X',
          ),
        );
      }),
      { seed: 20261122, numRuns: propertyRuns(1000) },
    );
  });
});

describe('a single plain word', () => {
  it('is one entry, and an address only where it has a sign for that: a line of one is not read as a list', () => {
    const part = fc.constantFrom(
      'adele',
      '李娜',
      '和',
      'and',
      'et',
      'É',
      'contoso.com',
      '@',
      '.',
      '-',
      '_',
      '42',
      'cn',
      'или',
    );
    const word = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const property = fc.property(word, (text) => {
      const entries = readEntries(splitWords(text));

      expect(entries.length).toBeLessThanOrEqual(1);
      if (!text.includes('@')) expect(entries.some(({ isAddress }) => isAddress)).toBe(false);
    });

    fc.assert(property, { numRuns: propertyRuns(1000) });
  });
});

describe('a line of one person with another address below', () => {
  it('is a list of both', () => {
    const line = 'provision adele@contoso.com to Salesforce\nisaiah@contoso.com';

    expect(parse(line)).toEqual(list(['adele@contoso.com', 'isaiah@contoso.com'], 'Salesforce'));
  });
});

describe('a list of a great many words', () => {
  it.each([
    ['a ', 32_000],
    ['a,', 64_000],
    ['a; ', 30_000],
  ])('is refused before the grammar reads it: %j', (unit, length) => {
    const people = unit.repeat(length / unit.length);

    expect(parse(`provision users ${people} to Salesforce`.slice(0, 64_000))).toMatchObject({
      kind: 'tooManyWords',
      limit: 8_000,
    });
  });

  it('is read where each of five hundred people has a dozen of them', () => {
    const row = (index: number) => `p${index}@contoso.com\ta b c d e f g h i j k`;
    const rows = Array.from({ length: 500 }, (_, index) => row(index)).join('\n');

    expect(parse(`provision users to Salesforce\n${rows}`)).toMatchObject({ kind: 'command' });
  });
});
