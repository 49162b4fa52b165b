import { describe, expect, it } from '@jest/globals';
import type { Parsed } from '../../../src/chat/command.ts';
import { format, parse } from '../../support/grammar.ts';

function request(
  subject: string,
  app: string,
  start: string | null = null,
  reason: string | null = null,
  end: string | null = null,
): Parsed {
  return { kind: 'command', command: { verb: 'requestAccess', subject, app, start, end, reason } };
}
function didYouMean(suggestion: string): Parsed {
  return { kind: 'didYouMean', suggestion };
}
const form: Parsed = { kind: 'command', command: { verb: 'accessForm' } };
const unclear: Parsed = { kind: 'unclear' };
const whole = request('isaiah', 'Salesforce', '1 December', 'he joins Sales');

describe('a request for access', () => {
  it.each([
    'request access for isaiah to Salesforce on 1 December because he joins Sales',
    'Request access for isaiah to Salesforce, on 1 December, because he joins Sales.',
    'request access on 1 December for isaiah to Salesforce because he joins Sales',
    'request access for isaiah on 1 December to Salesforce because he joins Sales',
    'request access to Salesforce for isaiah on 1 December as he joins Sales',
    'request access for isaiah in Salesforce from 1 December since he joins Sales',
    'request access for isaiah to Salesforce starting on 1 December - reason: he joins Sales',
    'request access for isaiah to Salesforce as of 1 December for the reason that he joins Sales',
    'request access for isaiah to Salesforce 1 December because he joins Sales',
    'request access for isaiah to Salesforce (on 1 December) (because he joins Sales)',
    'request access for isaiah to Salesforce because "he joins Sales" on 1 December',
    'request access because “he joins Sales” for isaiah to Salesforce on “1 December”',
    'request Salesforce for isaiah on 1 December because he joins Sales',
    'ask for access for the user isaiah to Salesforce on 1 December because he joins Sales, thanks!',
    'Hi Usher, can I request access for isaiah\nto Salesforce\non 1 December\nbecause he joins Sales?',
    'request access for isaiah to Salesforce on\u00a01 December because he joins Sales\n\nKind regards\nMegan',
  ])('is whole in %j', (text) => {
    expect(parse(text)).toEqual(whole);
  });

  it.each([
    ['request access for isaiah to Salesforce', request('isaiah', 'Salesforce')],
    ['request access isaiah to Salesforce', request('isaiah', 'Salesforce')],
    ['request access to Data for Good for Lee Gu', request('Lee Gu', 'Data for Good')],
    ['request access for Lee Gu to Data for Good', request('Lee Gu', 'Data for Good')],
    ['request access for "Lee to Gu" to "Log on 1 May"', request('Lee to Gu', 'Log on 1 May')],
    ['request access for <isaiah@contoso.com> to Box', request('isaiah@contoso.com', 'Box')],
    ['request access for mailto:isaiah@contoso.com to Box', request('isaiah@contoso.com', 'Box')],
    ['request Salesforce access for isaiah', request('isaiah', 'Salesforce')],
    ['request access for isaiah access to Salesforce', request('isaiah', 'Salesforce')],
  ])('needs neither date nor reason: %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ['to Salesforce tomorrow', 'Salesforce', 'tomorrow'],
    ['to Salesforce next Monday', 'Salesforce', 'next Monday'],
    ['to Salesforce Tuesday, Dec 1, 2026', 'Salesforce', 'Tuesday, Dec 1, 2026'],
    ['to Salesforce 2026-12-01', 'Salesforce', '2026-12-01'],
    ['to Salesforce as soon as possible', 'Salesforce', 'as soon as possible'],
    ['to Salesforce on 1/12', 'Salesforce', '1/12'],
    ['to Salesforce on Montag', 'Salesforce', 'Montag'],
    ['to Salesforce on le 1er décembre', 'Salesforce', 'le 1er décembre'],
    ['to Salesforce on the first of December', 'Salesforce', 'the first of December'],
    ['to Salesforce in two weeks', 'Salesforce', 'in two weeks'],
    ['to Salesforce in December', 'Salesforce', 'December'],
    ['to Salesforce starting in a couple of days', 'Salesforce', 'in a couple of days'],
    ['to Salesforce starting at Easter', 'Salesforce', 'Easter'],
    ['to Monday on Monday', 'Monday', 'Monday'],
  ])('finds the date in “%s”', (text, app, start) => {
    expect(parse(`request access for isaiah ${text}`)).toEqual(request('isaiah', app, start));
  });

  it.each([
    'Log on Pro',
    'Monday',
    'Starting Point',
    'Platform as a Service',
    'Office 365',
    'Bank of America',
    'By Design',
  ])('leaves an app called %s whole', (app) => {
    expect(parse(`request access for isaiah to ${app}`)).toEqual(request('isaiah', app));
  });

  it.each([
    ['request access for isaiah to Box because of the audit', 'because of the audit'],
    ['request access for isaiah to Box due to his transfer', 'because of his transfer'],
    ['request access for isaiah to Box because the audit starts', 'because the audit starts'],
    ['request access for isaiah to Box because he joins Sales', 'because he joins Sales'],
  ])('rewrites the reason of %s so that it reads well', (text, reason) => {
    const parsed = parse(text);

    const line = parsed.kind === 'command' ? format(parsed.command) : '';

    expect(line).toBe(`request access for isaiah to Box ${reason}`);
    expect(parse(line)).toEqual(parsed);
  });

  it.each([
    ['tomorrow', 'starting tomorrow'],
    ['on today', 'starting today'],
    ['from now on', 'starting "now on"'],
    ['in two weeks', 'starting "in two weeks"'],
    ['the day after tomorrow', 'starting the day after tomorrow'],
    ['a week from today', 'starting "a week from today"'],
    ['on monday', 'on monday'],
    ['since monday', 'starting "since monday"'],
  ])('rewrites a start that was typed as “%s” so that it reads back', (tail, start) => {
    const parsed = parse(`request access for isaiah to Box ${tail}`);

    const line = parsed.kind === 'command' ? format(parsed.command) : '';

    expect(line).toBe(`request access for isaiah to Box ${start}`);
    expect(parse(line)).toEqual(parsed);
  });

  it('keeps the date at the end of a reason in the reason', () => {
    expect(parse('request access for isaiah to Box because he joins Sales on 1 December')).toEqual(
      request('isaiah', 'Box', null, 'he joins Sales on 1 December'),
    );
    expect(parse('request access for isaiah to Box because he moves from Sales to Data for Good')).toEqual(
      request('isaiah', 'Box', null, 'he moves from Sales to Data for Good'),
    );
  });

  it.each(['request', 'Request!', 'request access', 'new request', 'can I request access please?', 'access request'])(
    'is a form for %s',
    (text) => {
      expect(parse(text)).toEqual(form);
    },
  );
});

describe('a guess at a request for access', () => {
  const offered = 'request access for isaiah to Salesforce';

  it.each([
    ['request isaiah to Salesforce', offered],
    ['request isaiah access to Salesforce', offered],
    ["request isaiah's access to Salesforce", offered],
    ['request access Salesforce for isaiah', offered],
    ['access for isaiah to Salesforce', offered],
    ['I need access to Salesforce for isaiah', offered],
    ['get isaiah access to Salesforce', offered],
    ['could you give isaiah access to Salesforce please?', offered],
    ['grant access to Salesforce to isaiah', offered],
    ['requst access for isaiah to Salesforce', offered],
    ['requets Salesforce for isaiah', offered],
    ['request access for isaiah to Salesforce by 1 December', `${offered} on 1 December`],
    ['request access for isaiah because he joins Sales to Salesforce', `${offered} because he joins Sales`],
    ['request access because he joins Sales for isaiah to Salesforce', `${offered} because he joins Sales`],
    ['request access for isaiah to Salesforce. He joins Sales', `${offered} because He joins Sales`],
    ['request access for Salesforce to isaiah@contoso.com', 'request access for isaiah@contoso.com to Salesforce'],
    ['request access for isaiah@contoso.com Box', 'request access for isaiah@contoso.com to Box'],
    ['request access for Isaiah <isaiah@contoso.com> to Box', 'request access for isaiah@contoso.com to Box'],
  ])('is offered for %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    ...['get coffee to isaiah', 'give isaiah my regards', 'access denied', 'access', 'get access', 'I need access'],
    ...['conquest', 'the request of isaiah', 'ask for help'],
  ])('is not read from %s', (text) => {
    expect(parse(text)).toEqual(unclear);
  });
});

describe('an incomplete request for access', () => {
  it.each([
    ['request access for isaiah', 'app', ['isaiah']],
    ['request access for isaiah to', 'app', []],
    ['request access for isaiah on 1 December', 'app', ['isaiah']],
    ['request access for isaiah because he joins', 'app', ['isaiah']],
    ['request access for isaiah salesforce', 'app', ['isaiah', 'salesforce']],
    ['request isaiah@contoso.com', 'app', ['isaiah@contoso.com']],
    ['request access to Salesforce', 'subject', []],
    ['request Salesforce', 'subject', ['Salesforce']],
    ['request access on 1 December', 'subject', []],
    ['request access because he joins', 'subject', []],
    ['request access for "" to Salesforce', 'subject', []],
  ])('knows what is missing: %s', (text, missing, said) => {
    expect(parse(text)).toEqual({ kind: 'incomplete', verb: 'requestAccess', missing, said });
  });
});
