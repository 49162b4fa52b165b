import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Parsed } from '../../../src/chat/command.ts';
import { parse } from '../../../src/chat/grammar/parse.ts';

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
function missing(what: 'subject' | 'app'): Parsed {
  return { kind: 'incomplete', verb: 'provisionList', missing: what, said: [] };
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
  ])('is parted by %s', (_what, text, subjects) => {
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
    ['somebody on the first line', `provision users ${adele} to Salesforce\nIsaiah Langer\n${guid}`],
    ['bullets', `provision users to Salesforce\n- ${adele}\n* Isaiah Langer\n•${guid}`],
    ['numbers', `provision users to Salesforce\n1. ${adele}\n2) Isaiah Langer\n(3)${guid}`],
    ['tabs', `provision users to Salesforce\n${adele}\tIsaiah Langer\t${guid}`],
    ['the people behind the app', `provision users to Salesforce: ${adele}, Isaiah Langer, ${guid}`],
    ['a signature', `Hi,\nprovision users to Salesforce\n${adele}\nIsaiah Langer\n${guid}\n\nThanks,\nAlex`],
  ])('may stand on several lines: %s', (_what, text) => {
    expect(parse(text)).toEqual(list([adele, 'Isaiah Langer', guid]));
  });

  it.each<[string, string, readonly string[], string]>([
    [
      'names that hold separators, below',
      'provision users to Salesforce\nAnh To\nKim In Sook\nTo Lam\nLee to Gu',
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
  ])('parts people from app in spite of %s', (_what, text, subjects, app) => {
    expect(parse(text)).toEqual(list(subjects, app));
  });

  it.each<[string, string, readonly string[]]>([
    ['commas', `Adele Vance <${adele}>, Isaiah Langer <${isaiah}>`, [adele, isaiah]],
    ['semicolons', `Adele Vance <${adele}>; Isaiah Langer <${isaiah}>;`, [adele, isaiah]],
    ['nothing', `Adele Vance <${adele}> Isaiah Langer<${isaiah}>`, [adele, isaiah]],
    ['surnames first', `Vance, Adele <${adele}>; Langer, Isaiah <${isaiah}>`, [adele, isaiah]],
    ['surnames first, quoted', `"Vance, Adele" <${adele}>, "Langer, Isaiah" <${isaiah}>`, [adele, isaiah]],
    ['names only and bare addresses between', `Lee Gu; Adele Vance <${adele}>; ${isaiah}`, ['Lee Gu', adele, isaiah]],
    ['mailto', `mailto:${adele}; <mailto:${isaiah}>`, [adele, isaiah]],
  ])('takes the addresses of copied contacts, parted by %s', (_what, people, subjects) => {
    expect(parse(`provision users ${people} to Salesforce`)).toEqual(list(subjects));
  });

  it('loses nobody whose name stands before a comma and somebody else’s address', () => {
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
  ])('is not made of one person: %s', (text, subject) => {
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
    ['provision users adele, isaiah', 'app'],
    [`provision users ${adele}, ${isaiah}`, 'app'],
    [`provision ${adele}, ${isaiah}`, 'app'],
    ['provision users adele, isaiah to', 'app'],
    ['provision users adele, isaiah to ""', 'app'],
  ] as const)('knows what is missing: %j', (text, what) => {
    expect(parse(text)).toEqual(missing(what));
  });
});

describe('a group', () => {
  function group(name: string, members: readonly string[] | null, app = 'GitHub'): Parsed {
    return { kind: 'command', command: { verb: 'provisionGroup', group: name, members, app } };
  }
  const three = ['adele', 'isaiah', 'lee.gu@contoso.com'];

  it.each<[string, Parsed]>([
    ['provision group "Sales Team" to GitHub', group('Sales Team', null)],
    ['provision group Sales Team to GitHub', group('Sales Team', null)],
    ['Please provision the group “Sales Team” in GitHub, thanks', group('Sales Team', null)],
    ['provision group Group to GitHub', group('Group', null)],
    ['provision group "Sales Team" to "GitHub with Friends"', group('Sales Team', null, 'GitHub with Friends')],
    ['provision group "Back to School" to GitHub Enterprise', group('Back to School', null, 'GitHub Enterprise')],
    ['provision group Friends with Benefits to GitHub', group('Friends with Benefits', null)],
  ])('without members means all of them: %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    'provision group "Sales Team" to GitHub with members adele, isaiah, lee.gu@contoso.com',
    'provision group "Sales Team" to GitHub with the members adele, isaiah and lee.gu@contoso.com',
    'provision group "Sales Team" to GitHub with adele, isaiah, and lee.gu@contoso.com',
    'provision group "Sales Team" to GitHub with the adele, isaiah, lee.gu@contoso.com',
    'provision group Sales Team to GitHub with members: adele; isaiah; lee.gu@contoso.com',
    'provision group Sales Team to GitHub with members\n- adele\n- isaiah\n- lee.gu@contoso.com',
    'provision group Sales Team with members adele, isaiah, lee.gu@contoso.com to GitHub',
    'provision group Sales Team with only the members adele, isaiah, lee.gu@contoso.com to GitHub',
    'provision group Sales Team with members\nadele\nisaiah\nLee Gu <lee.gu@contoso.com>\nto GitHub',
  ])('may come with some members only: %j', (text) => {
    expect(parse(text)).toEqual(group('Sales Team', three));
  });

  it('may come with one member, or with more than one call takes', () => {
    const many = Array.from({ length: 30 }, (_, index) => `person${index}`);

    expect(parse('provision group A to B with member adele')).toEqual(group('A', ['adele'], 'B'));
    expect(parse(`provision group A with members ${many.join(', ')} to B`)).toEqual(group('A', many, 'B'));
  });

  it.each([
    ['provision group', 'subject'],
    ['provision group to GitHub', 'subject'],
    ['provision group "" to GitHub', 'subject'],
    ['provision group with members adele to GitHub', 'subject'],
    ['provision group Sales Team to GitHub with members', 'subject'],
    ['provision group Sales Team with members to GitHub', 'subject'],
    ['provision group Sales Team', 'app'],
    ['provision group Sales Team to', 'app'],
    ['provision group Sales Team with members adele, isaiah', 'app'],
  ] as const)('knows what is missing: %s', (text, what) => {
    expect(parse(text)).toEqual({ kind: 'incomplete', verb: 'provisionGroup', missing: what, said: [] });
  });

  it.each([
    ['provison group "Sales Team" to GitHub', 'provision group Sales Team to GitHub'],
    ['provision gruop Sales Team to GitHub with adele', 'provision group Sales Team with members adele to GitHub'],
    ['provision groups Sales Team to GitHub', 'provision group Sales Team to GitHub'],
    [
      'provision group Back to School with members adele to GitHub',
      'provision group Back with members "adele to GitHub" to School',
    ],
  ])('is offered where it is a guess: %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    ['provision user Group to X', 'Group'],
    ['provision "Group" to X', 'Group'],
    ['provision group@contoso.com to X', 'group@contoso.com'],
    ['provision Ann Group to X', 'Ann Group'],
    ['provision user group leader to X', 'group leader'],
  ])('is no person: %s', (text, subject) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'provision', subject, app: 'X' } });
  });
});

describe('a request by its id', () => {
  it.each([
    ['retry R7K3MQ', 'retry', 'R7K3MQ'],
    ['Retry r7k3mq please', 'retry', 'R7K3MQ'],
    ['retry #R7K3MQ', 'retry', 'R7K3MQ'],
    ['retry request R7K3MQ failed', 'retry', 'R7K3MQ'],
    ['retry the failed ones of R7K3MQ.', 'retry', 'R7K3MQ'],
    ['cancel R7K3MQ', 'cancel', 'R7K3MQ'],
    ['/cancel request # 2345', 'cancel', '2345'],
    ['can you cancel my request r7k3mq for me?', 'cancel', 'R7K3MQ'],
  ])('is read from %s', (text, verb, requestId) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb, requestId } });
  });

  it.each([
    ['cancle ABC123', 'cancel ABC123'],
    ['cancell abc123', 'cancel ABC123'],
    ['rerty #abc123', 'retry ABC123'],
    ['re try abc123', 'retry ABC123'],
  ])('is offered for a slip: %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each(['retry', 'cancel', 'retry failed', 'cancel the request'])('is missing from %s', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'incomplete', missing: 'subject' });
  });

  it.each([
    'cancel my order of yesterday',
    'retry ab1',
    'cancel R7K3MQ-2',
    'channel updates',
    'ready',
    'entry 12345',
    'retry ABCDEFGHIJKLM',
  ])('is not made of %s', (text) => {
    expect(parse(text)).toEqual({ kind: 'unclear' });
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

  it('costs time in proportion', () => {
    const started = performance.now();

    for (const unit of [
      'a, ',
      'a\n',
      'CN=a,',
      'CN=a,DC=b, ',
      'a <a@b> ',
      '<',
      'with members ',
      'to a\n',
      'and ',
      '1. ',
      'a\\,',
      '"a", ',
    ]) {
      for (const head of ['provision users ', 'provision group ', 'provision ']) {
        parse(`${head}${unit.repeat(60_000 / unit.length)} to x`, { limit: Number.POSITIVE_INFINITY });
      }
    }

    // A quadratic pass over 60,000 characters takes far longer; the bound leaves room for a busy machine.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('any list at all', () => {
  it('names everybody whose address was written, once for each time', () => {
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
      { seed: 20261122, numRuns: 2000 },
    );
  });
});
