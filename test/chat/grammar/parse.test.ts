import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Parsed } from '../../../src/chat/command.ts';
import { parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const SEED = 20261121;
const guid = '5eed0000-0000-4000-8000-000000000003';
const distinguishedName = 'CN=Adele Vance,OU=Sales,DC=contoso,DC=com';

function provision(subject: string, app: string): Parsed {
  return { kind: 'command', command: { verb: 'provision', subject, app } };
}
function apps(search: string | null): Parsed {
  return { kind: 'command', command: { verb: 'apps', search } };
}
function help(topic: string | null): Parsed {
  return { kind: 'command', command: { verb: 'help', topic } };
}
function didYouMean(suggestion: string): Parsed {
  return { kind: 'didYouMean', suggestion };
}
const whoami: Parsed = { kind: 'command', command: { verb: 'whoami' } };
const unclear: Parsed = { kind: 'unclear' };

describe('provision', () => {
  it.each([
    ['provision user adele@contoso.com to Salesforce', 'adele@contoso.com', 'Salesforce'],
    ['provision adele@contoso.com to Salesforce', 'adele@contoso.com', 'Salesforce'],
    ['PROVISION User Adele@Contoso.com TO salesforce', 'Adele@Contoso.com', 'salesforce'],
    ['provision adele in ServiceNow', 'adele', 'ServiceNow'],
    ['provision adele into ServiceNow', 'adele', 'ServiceNow'],
    ['provision adele in to ServiceNow', 'adele', 'ServiceNow'],
    ['provision adele for ServiceNow', 'adele', 'ServiceNow'],
    ['provision the user Adele  Vance\nto GitHub   Enterprise', 'Adele Vance', 'GitHub Enterprise'],
    ['/provision: adele to Salesforce', 'adele', 'Salesforce'],
    [`provision ${guid} to Salesforce`, guid, 'Salesforce'],
    [
      'provision adele_fabrikam.com#EXT#@contoso.onmicrosoft.com to X',
      'adele_fabrikam.com#EXT#@contoso.onmicrosoft.com',
      'X',
    ],
  ])('reads %s', (text, subject, app) => {
    expect(parse(text)).toEqual(provision(subject, app));
  });

  it.each([
    ['provision adele@contoso.com, to Salesforce.', 'adele@contoso.com', 'Salesforce'],
    ['provision adele@contoso.com. to Salesforce!!', 'adele@contoso.com', 'Salesforce'],
    ['provision <adele@contoso.com> to Salesforce?', 'adele@contoso.com', 'Salesforce'],
    ['provision mailto:adele@contoso.com to Salesforce …', 'adele@contoso.com', 'Salesforce'],
    ['provision Adele Vance, to Salesforce', 'Adele Vance', 'Salesforce'],
    ['provision @Adele Vance to Salesforce', 'Adele Vance', 'Salesforce'],
    ['provision <adele> to <Salesforce>', 'adele', 'Salesforce'],
  ])('cuts the punctuation off %s', (text, subject, app) => {
    expect(parse(text)).toEqual(provision(subject, app));
  });

  it.each([
    ['provision "Lee to Gu" to "Data for Good"', 'Lee to Gu', 'Data for Good'],
    ['provision “Lee to Gu” to “Data for Good”', 'Lee to Gu', 'Data for Good'],
    ['provision „Lee to Gu“ to «Data for Good».', 'Lee to Gu', 'Data for Good'],
    ['provision “Lee to Gu" to "Data for Good”', 'Lee to Gu', 'Data for Good'],
    ["provision 'Lee to Gu' to ‘Data for Good’, please", 'Lee to Gu', 'Data for Good'],
    ['provision `Lee to Gu` to `Data for Good`', 'Lee to Gu', 'Data for Good'],
    ['provision user "user" to "Yahoo!"', 'user', 'Yahoo!'],
    ['provision "5"" Disk" to "a "" b"', '5" Disk', 'a " b'],
    ['provision "  O’Brien " to Salesforce', '  O’Brien ', 'Salesforce'],
    ["provision Miles O'Brien to Salesforce", "Miles O'Brien", 'Salesforce'],
    ['provision Miles O’Brien to Salesforce', "Miles O'Brien", 'Salesforce'],
    ["provision 'Miles O'Brien' to Salesforce", "Miles O'Brien", 'Salesforce'],
    ["provision James' to Salesforce", "James'", 'Salesforce'],
    ['provision "Lee Gu to Salesforce', 'Lee Gu', 'Salesforce'],
    ["provision 'Lee Gu to Salesforce", "'Lee Gu", 'Salesforce'],
    ['provision "Lee Gu"to Salesforce', 'Lee Gu', 'Salesforce'],
    ['"provision adele to Salesforce"', 'adele', 'Salesforce'],
    [`provision "${distinguishedName}" to Contoso AD`, distinguishedName, 'Contoso AD'],
  ])('keeps what is quoted in %s', (text, subject, app) => {
    expect(parse(text)).toEqual(provision(subject, app));
  });

  it.each([
    [
      'a whole address ends the subject',
      'provision adele@contoso.com to Data for Good',
      'adele@contoso.com',
      'Data for Good',
    ],
    [
      'so does it before a weak word',
      'provision adele@contoso.com in Log in to Box',
      'adele@contoso.com',
      'Log in to Box',
    ],
    ['so does a GUID', `provision ${guid} to Log in to Box`, guid, 'Log in to Box'],
    ['so does a quoted name', 'provision "Adele" to Log in to Box', 'Adele', 'Log in to Box'],
    ['so does a DN', `provision ${distinguishedName} to Sign in to AD`, distinguishedName, 'Sign in to AD'],
    [
      'a DN may hold separators',
      'provision CN=Sales to Go,DC=contoso,DC=com to AD',
      'CN=Sales to Go,DC=contoso,DC=com',
      'AD',
    ],
    ['to beats for', 'provision Adele Vance to Data for Good', 'Adele Vance', 'Data for Good'],
    ['to beats in', 'provision Kim In Sook to Salesforce', 'Kim In Sook', 'Salesforce'],
    ['the last to wins', 'provision Lee to Gu to Salesforce', 'Lee to Gu', 'Salesforce'],
    ['a surname To', 'provision Anh To to Salesforce', 'Anh To', 'Salesforce'],
    ['a first name To', 'provision To Lam to Salesforce', 'To Lam', 'Salesforce'],
    ['a first name In', 'provision In Sook Kim to Salesforce', 'In Sook Kim', 'Salesforce'],
    ['an app that ends in a separator', 'provision adele to Log in', 'adele', 'Log in'],
  ])('splits the line at the likeliest word: %s', (_why, text, subject, app) => {
    expect(parse(text)).toEqual(provision(subject, app));
  });

  it.each([
    'please provision adele to Salesforce',
    'Please, provision adele to Salesforce',
    'can you provision adele to Salesforce for me?',
    'Could you please provision user adele to Salesforce, thanks!',
    'hey, can you provision adele to Salesforce please?',
    'Hi there! I need to provision adele to Salesforce asap',
    'Hey Usher, I’d like you to provision adele to Salesforce. Thank you so much!!! 🙏',
    ', provision adele to Salesforce :)',
    '- provision adele to Salesforce',
    'provision adele to Salesforce\n\nThanks,\nAlex Wilber\nHelpdesk',
    'provision adele to Salesforce\nKind regards\nAlex',
  ])('ignores polite words: %s', (text) => {
    expect(parse(text)).toEqual(provision('adele', 'Salesforce'));
  });

  it.each([
    ['an app that sounds impatient', 'provision adele to Service Now', 'Service Now'],
    ['an app that sounds polite, quoted', 'provision adele to "Thank You"', 'Thank You'],
    ['a second line that is no signature', 'provision adele to GitHub\nEnterprise', 'GitHub Enterprise'],
  ])('does not change %s', (_what, text, app) => {
    expect(parse(text)).toEqual(provision('adele', app));
  });

  it.each([
    ['provision', 'subject'],
    ['provision?', 'subject'],
    ['provision user', 'subject'],
    ['provision to Salesforce', 'subject'],
    ['provision user to Salesforce', 'subject'],
    ['provision to Data for Good', 'subject'],
    ['provision to', 'subject'],
    ['provision "" to Salesforce', 'subject'],
    ['provision " " to Salesforce', 'subject'],
    ['provision adele', 'app'],
    ['provision Adele Vance', 'app'],
    ['provision adele@contoso.com', 'app'],
    ['provision adele to', 'app'],
    ['provision adele to please', 'app'],
    ['provision adele to ""', 'app'],
    ['provison adele', 'app'],
  ] as const)('knows what is missing: %s', (text, missing) => {
    expect(parse(text)).toMatchObject({ kind: 'incomplete', verb: 'provision', missing });
  });

  it.each([
    ['the parts in reverse order', 'provision Salesforce for adele@contoso.com', 'adele@contoso.com', 'Salesforce'],
    ['no separator', 'provision adele@contoso.com GitHub Enterprise', 'adele@contoso.com', 'GitHub Enterprise'],
    ['a copied contact', 'provision Adele Vance <adele@contoso.com> to X', 'adele@contoso.com', 'X'],
    [
      'a name beside the address of another person',
      'provision isaiah (cc adele@contoso.com) to X',
      '"isaiah (cc adele@contoso.com)"',
      'X',
    ],
    ['a negated address', 'provision not adele@contoso.com to X', '"not adele@contoso.com"', 'X'],
  ])('offers its guess, and does nothing, for %s', (_what, text, subject, app) => {
    expect(parse(text)).toEqual(didYouMean(`provision user ${subject} to ${app}`));
  });
});

describe('the questions', () => {
  it.each([
    ['apps', apps(null)],
    ['Apps.', apps(null)],
    ['list apps please', apps(null)],
    ['can you show me the apps?', apps(null)],
    ['apps sales', apps('sales')],
    ['apps "Data for Good"', apps('Data for Good')],
    ['apps github enterprise', apps('github enterprise')],
    ['whoami', whoami],
    ['whoamI', whoami],
    ['Who am I?', whoami],
    ['hey usher, who am i', whoami],
    ['help', help(null)],
    ['HELP!', help(null)],
    ['/help', help(null)],
    ['?', help(null)],
    ['???', help(null)],
    ['help me please', help(null)],
    ['i need help', help(null)],
    ['can you help me with provision?', help('provision')],
    ['help provision', help('provision')],
    ['how do I provision a user?', help('provision a user')],
    ['what can you do?', help(null)],
    ['hi', help(null)],
    ['Hello!', help(null)],
    ['hey there 👋', help(null)],
    ['Good morning', help(null)],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});

describe('near misses', () => {
  it.each([
    ['provison adele to Salesforce', 'provision user adele to Salesforce'],
    ['porvision user adele@contoso.com in salesforce', 'provision user adele@contoso.com to salesforce'],
    ['please proviison Adele Vance to GitHub Enterprise, thanks', 'provision user Adele Vance to GitHub Enterprise'],
    ['provsion "Lee to Gu" to "Data for Good"', 'provision user "Lee to Gu" to "Data for Good"'],
    [`provison ${distinguishedName} to Contoso AD`, `provision user "${distinguishedName}" to Contoso AD`],
    ['pro vision adele to Salesforce', 'provision user adele to Salesforce'],
    ['hepl', 'help'],
    ['hlep provision', 'help provision'],
    ['helpp', 'help'],
    ['whoaim', 'whoami'],
    ['who ami', 'whoami'],
    ['who im i?', 'whoami'],
    ['who am i here', 'whoami'],
    ['aps', 'apps'],
    ['app sales', 'apps sales'],
    ['aps s', 'apps s'],
    ['aps "to go"', 'apps "to go"'],
  ])('corrects %s to a whole line', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    'happy birthday',
    'un provision adele in Salesforce',
    'what is the weather',
    'thanks!',
    'ok thank you',
    'adele to Salesforce',
    '"provision" adele to Salesforce',
    '""',
    '👍',
    '…',
    '<at>',
    '李',
  ])('offers nothing for %s', (text) => {
    expect(parse(text)).toEqual(unclear);
  });
});

describe('the parser', () => {
  it.each(['', ' ', '\n\t \u00a0'])('finds %j empty', (text) => {
    expect(parse(text)).toEqual({ kind: 'empty' });
  });

  it('does not read past the limit, not counting white space around the text', () => {
    expect(parse(` ${'a'.repeat(4001)} `)).toEqual({ kind: 'tooLong', length: 4001, limit: 4000 });
    expect(parse(` ${'a'.repeat(4000)} `)).toEqual(unclear);
    expect(parse('whoami', { limit: 5 })).toEqual({ kind: 'tooLong', length: 6, limit: 5 });
  });
});

describe('any text at all', () => {
  const scrap = fc.oneof(
    fc.constantFrom(
      ...['provision', 'provison', 'user', 'to', 'in', 'into', 'for', 'apps', 'help', '?', 'who am i', 'please', 'hi'],
      ...['"', '“', "'", '’', '`', ',', '.', '@', '<at>', '</at>', '<b>', '&nbsp;', '{{DATE()}}', 'a@b.c', guid],
      ...['users', 'group', 'with members', 'and', ';', ',', '\t', '- ', '1. ', '<a@b.c>', 'retry', 'cancel', 'R7K3MQ'],
      ...['request', 'request access', 'access', 'because', 'as he', 'on', 'starting', '1 December', 'approve', 'deny'],
      ...['status', 'check', 'queue', 'history', 'since', 'page 2', 'requests', 'export history', 'watch', 'unwatch'],
      ...['is', 'how is', 'why is', 'healthy', 'not', 'last week', 'of', 'watches', 'stop watching', 'yesterday'],
      ...['pending', 'show', 'send approvals here', 'reason:', 'next Monday', '(', 'he', 'get'],
      ...['$', '{x}', '🙂', '\u202e', '\u200d', '\ud800', '\udfff', '\u0000', '\n', 'CN=a', 'DC=b', 'İ', 'ß', '李'],
    ),
    fc.string({ unit: 'binary' }),
  );
  const line = fc
    .tuple(fc.array(scrap, { maxLength: 40 }), fc.constantFrom('', ' ', '  '))
    .map(([scraps, gap]) => scraps.join(gap));

  it('becomes exactly one reading, and a suggestion reads back as a command', () => {
    fc.assert(
      fc.property(line, (text) => {
        const parsed = parse(text);

        expect(['command', 'didYouMean', 'incomplete', 'empty', 'tooLong', 'unclear']).toContain(parsed.kind);
        if (parsed.kind === 'didYouMean') expect(parse(parsed.suggestion).kind).toBe('command');
        if (parsed.kind === 'command' && parsed.command.verb === 'provision') {
          expect(parsed.command.subject.trim()).not.toBe('');
          expect(parsed.command.app.trim()).not.toBe('');
        }
        if (parsed.kind === 'command' && parsed.command.verb === 'requestAccess') {
          const { subject, app, start, reason } = parsed.command;
          for (const part of [subject, app, start ?? '-', reason ?? '-']) expect(part.trim()).not.toBe('');
        }
        if (parsed.kind === 'command' && parsed.command.verb === 'provisionList') {
          expect(parsed.command.subjects).not.toHaveLength(0);
          for (const subject of parsed.command.subjects) expect(subject.trim()).not.toBe('');
        }
      }),
      { seed: SEED, numRuns: propertyRuns(2500) },
    );
  });
});

describe('half a command', () => {
  it('keeps the words that may name what is missing', () => {
    expect(parse('provision isaiah salesforce')).toEqual({
      kind: 'incomplete',
      verb: 'provision',
      missing: 'app',
      said: ['isaiah', 'salesforce'],
    });
  });
});

describe('other words for provision', () => {
  it.each(['add adele to Salesforce', 'create user adele in Salesforce', 'onboard adele to Salesforce'])(
    'are offered and never done: %s',
    (text) => {
      expect(parse(text)).toEqual(didYouMean('provision user adele to Salesforce'));
    },
  );

  it('are no command when half of the line is missing, as they can mean many things', () => {
    expect(parse('add adele')).toEqual(unclear);
    expect(parse('create a ticket')).toEqual(unclear);
  });
});
