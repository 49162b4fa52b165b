import { describe, expect, it } from '@jest/globals';
import type { Parsed } from '../../../src/chat/command.ts';
import { parse } from '../../support/grammar.ts';

function status(app: string | null): Parsed {
  return { kind: 'command', command: { verb: 'status', app } };
}
function check(subject: string, app: string | null): Parsed {
  return { kind: 'command', command: { verb: 'check', subject, app } };
}
function history(about: string | null, since: string | null = null, page = 1): Parsed {
  return { kind: 'command', command: { verb: 'history', about, since, page } };
}
function didYouMean(suggestion: string): Parsed {
  return { kind: 'didYouMean', suggestion };
}
const unclear: Parsed = { kind: 'unclear' };
const distinguishedName = 'CN=Adele Vance,OU=Sales,DC=contoso,DC=com';

describe('the synchronization status', () => {
  it.each([
    ...['status', 'Status?', 'show status', 'show me the status please', 'health', 'status of all apps', 'status all'],
    ...['is everything ok?', 'how is everything', 'which apps are broken?', 'which apps are in quarantine'],
    ...['is the sync running', 'check the status'],
  ])('is asked of all apps by %s', (text) => {
    expect(parse(text)).toEqual(status(null));
  });

  it.each([
    ['status Salesforce', 'Salesforce'],
    ['status of Salesforce', 'Salesforce'],
    ['what is the status of Salesforce?', 'Salesforce'],
    ['status of the Salesforce sync', 'Salesforce'],
    ['status Contoso Sync', 'Contoso Sync'],
    ['check status of Salesforce', 'Salesforce'],
    ['health of GitHub Enterprise', 'GitHub Enterprise'],
    ['status Data for Good', 'Data for Good'],
    ['status "Log in to Box"', 'Log in to Box'],
    ['is Salesforce healthy?', 'Salesforce'],
    ['is the Salesforce sync still down', 'Salesforce'],
    ['is Salesforce in quarantine?', 'Salesforce'],
    ['is GitHub Enterprise running now', 'GitHub Enterprise'],
    ['how is Salesforce?', 'Salesforce'],
    ["how's GitHub Enterprise doing?", 'GitHub Enterprise'],
  ])('is asked of one by %s', (text, app) => {
    expect(parse(text)).toEqual(status(app));
  });

  it.each([
    ['stauts Salesforce', 'status Salesforce'],
    ['how is GitHub Enterprise', 'status GitHub Enterprise'],
    ['what is wrong with Salesforce', 'status Salesforce'],
    ['status of adele in Salesforce', 'check adele in Salesforce'],
    ['status R7K3MQ', 'show R7K3MQ'],
    ['status of request r7k3mq', 'show R7K3MQ'],
  ])('is only offered for %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    ...['how is the weather', 'how are you', 'is it ok', 'starts Salesforce', 'static Salesforce', 'is lunch ready'],
    ...['show salesforce', 'how is it going', 'status of my cat'],
  ])('is not read from %s', (text) => {
    expect(parse(text)).toEqual(unclear);
  });

  it('leaves the questions about apps alone', () => {
    expect(parse('which apps')).toEqual({ kind: 'command', command: { verb: 'apps', search: null } });
    expect(parse('apps status')).toEqual({ kind: 'command', command: { verb: 'apps', search: 'status' } });
    expect(parse('provision status to check')).toEqual({
      kind: 'command',
      command: { verb: 'provision', subject: 'status', app: 'check' },
    });
  });
});

describe('a check', () => {
  it.each([
    ['check adele in Salesforce', 'adele', 'Salesforce'],
    ['check adele@contoso.com in Salesforce', 'adele@contoso.com', 'Salesforce'],
    ['check @Adele Vance in Salesforce', 'Adele Vance', 'Salesforce'],
    ['check user Adele Vance on GitHub Enterprise', 'Adele Vance', 'GitHub Enterprise'],
    ['check the user adele for Salesforce', 'adele', 'Salesforce'],
    ['check adele in to Salesforce', 'adele', 'Salesforce'],
    ['check adele to Data for Good', 'adele', 'Data for Good'],
    ['check adele in Log in to Box', 'adele', 'Log in to Box'],
    ['check Anh To in Salesforce', 'Anh To', 'Salesforce'],
    ['check Kim In Sook in Salesforce', 'Kim In Sook', 'Salesforce'],
    ['check In Sook Kim in Salesforce', 'In Sook Kim', 'Salesforce'],
    ['check "Lee to Gu" in "Sign in"', 'Lee to Gu', 'Sign in'],
    ['check adele in Salesforce, GitHub and Box', 'adele', 'Salesforce, GitHub and Box'],
    [`check ${distinguishedName} in Contoso AD`, distinguishedName, 'Contoso AD'],
    ['CHECK ADELE IN SALESFORCE', 'ADELE', 'SALESFORCE'],
    ['hey, can you please check adele in Salesforce for me?', 'adele', 'Salesforce'],
  ])('is about a person in an app: %s', (text, subject, app) => {
    expect(parse(text)).toEqual(check(subject, app));
  });

  it.each([
    ['check adele', 'adele'],
    ['check Adele Vance', 'Adele Vance'],
    ['check "R7K3MQ"', 'R7K3MQ'],
  ])('may be about all apps: %s', (text, subject) => {
    expect(parse(text)).toEqual(check(subject, null));
  });

  it.each([
    ['chekc adele in Salesforce', 'check adele in Salesforce'],
    ['chekc adele in Salesforce and GitHub', 'check adele in Salesforce and GitHub'],
    ['why is adele not in Salesforce', 'check adele in Salesforce'],
    ["why isn't Adele Vance in Data for Good yet?", 'check Adele Vance in "Data for Good"'],
    ['why is adele not able to sign in to Salesforce', 'check adele in Salesforce'],
    ['why is adele not provisioned', 'check adele'],
    ['is adele in Salesforce?', 'check adele in Salesforce'],
    ['does adele have an account in Salesforce', 'check adele in Salesforce'],
    ['check if adele is in Salesforce', 'check adele in Salesforce'],
    ["check adele's account in Salesforce", 'check adele in Salesforce'],
    ["what's wrong with adele in Salesforce?", 'check adele in Salesforce'],
    ['verify adele in Salesforce', 'check adele in Salesforce'],
    ['check adele in', 'check adele'],
    ['check Salesforce for adele@contoso.com', 'check adele@contoso.com in Salesforce'],
    ['check adele@contoso.com Salesforce', 'check adele@contoso.com in Salesforce'],
    ['check Adele Vance <adele@contoso.com> in Box', 'check adele@contoso.com in Box'],
    ['check R7K3MQ', 'show R7K3MQ'],
  ])('is only offered for %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each(['check', 'check user', 'check in Salesforce', 'check for Salesforce', 'check ""', 'chek'])(
    'wants a person: %s',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'incomplete', verb: 'check', missing: 'subject', said: [] });
    },
  );

  it.each([
    ...['check this out', 'check the logs', 'check your mail', 'checked adele in Salesforce', 'click adele in Box'],
    ...['why is the sky blue', 'is adele here', 'does it work in Teams', 'is anyone in the office', '"check" adele'],
  ])('is not read from %s', (text) => {
    expect(parse(text)).toEqual(unclear);
  });
});

describe('the queue', () => {
  it.each(['queue', 'Queue?', 'show me the queue', 'check the queue', 'what is running?', 'what runs and waits'])(
    'is asked for by %s',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'queue' } });
    },
  );

  it('is offered for a typo, and not read from other words', () => {
    expect(parse('quue')).toEqual(didYouMean('queue'));
    expect(parse('queue of people')).toEqual(didYouMean('queue'));
    for (const text of ['query', 'quote', 'queen', 'queue up over there']) expect(parse(text)).toEqual(unclear);
  });
});

describe('the history', () => {
  it.each([
    ['history', history(null)],
    ['show me the history', history(null)],
    ['history of everything', history(null)],
    ['history page 2', history(null, null, 2)],
    ['history 2', history(null, null, 2)],
    ['history adele', history('adele')],
    ['history for adele', history('adele')],
    ['history of @Adele Vance', history('Adele Vance')],
    ['history about Data for Good', history('Data for Good')],
    ['history of Salesforce since monday', history('Salesforce', 'monday')],
    ['history Salesforce since 2026-11-01 page 3', history('Salesforce', '2026-11-01', 3)],
    ['history since 1 November', history(null, '1 November')],
    ['history since the 1st of November', history(null, 'the 1st of November')],
    ['history since monday for adele', history('adele', 'monday')],
    ['history from 1 November', history(null, '1 November')],
    ['history since “last week”', history(null, 'last week')],
    ['history yesterday', history(null, 'yesterday')],
    ['history of the last 3 days', history(null, 'the last 3 days')],
    ['history adele last week', history('adele', 'last week')],
    ['history "Since Monday"', history('Since Monday')],
    ['history Escape from Tarkov', history('Escape from Tarkov')],
  ])('is shown for %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ['histroy of adele', 'history adele'],
    ['history of adele in Salesforce', 'history adele'],
    ['what happened to adele yesterday?', 'history adele since yesterday'],
    ['who provisioned adele to Salesforce', 'history adele'],
  ])('is only offered for %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each(['story of adele', 'historic', 'history of my life', 'what happened'])('is not read from %s', (text) => {
    expect(parse(text)).toEqual(unclear);
  });

  it.each([
    ['requests', 1],
    ['my requests', 1],
    ['show my requests', 1],
    ['my history', 1],
    ['requests page 2', 2],
    ['my requests 3', 3],
  ])('of one’s own is shown for %s', (text, page) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'requests', page } });
  });

  it.each([
    ['what happened to my request', 'one'],
    ['status of my request', 'one'],
    ['my open requests', 'open'],
    ['cancel my request', 'open'],
    ['withdraw everything', 'open'],
    ['my failed requests', 'failed'],
    ['try again', 'failed'],
  ])('of one’s own is shown in part for %s', (text, among) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'requests', page: 1, among } });
  });

  it.each<[string, string | null, string | null]>([
    ['history failed', null, null],
    ['what failed', null, null],
    ['what failed today', null, 'today'],
    ['show the failures', null, null],
    ['history failed adele', 'adele', null],
    ['history adele failed', 'adele', null],
    ['history of failures since 2 hours', null, '2 hours'],
    ['what failed for Salesforce since monday', 'Salesforce', 'monday'],
  ])('of what failed is shown for %s', (text, about, since) => {
    expect(parse(text)).toEqual({
      kind: 'command',
      command: { verb: 'history', about, since, page: 1, among: 'failed' },
    });
  });

  it.each([
    ['since 2 hours', '2 hours'],
    ['history last 2 hours', 'last 2 hours'],
    ['history since 02:00', '02:00'],
    ['history past 30 minutes', 'past 30 minutes'],
  ])('is shown since a time for %s', (text, since) => {
    expect(parse(text)).toEqual(history(null, since));
  });

  it.each(['requests page 0', 'requests of adele', 'requested', 'requests page'])(
    'of one’s own is not read from %s',
    (text) => {
      expect(parse(text)).toEqual(unclear);
    },
  );

  it.each([
    ['export history', null, null],
    ['export the history as csv', null, null],
    ['export history since 1 November', null, '1 November'],
    ['export history of adele', 'adele', null],
    ['history export', null, null],
    ['export history of Salesforce since last week to Excel', 'Salesforce', 'last week'],
  ])('is a file for %s', (text, about, since) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'exportHistory', about, since } });
  });

  it('is a file only by its own words', () => {
    expect(parse('export')).toEqual(didYouMean('export history'));
    expect(parse('exprot history since monday')).toEqual(didYouMean('export history since monday'));
    expect(parse('export report to Excel')).toEqual(unclear);
    expect(parse('export history page 2')).toEqual(unclear);
  });
});

describe('a watch', () => {
  it.each([
    ['watch Salesforce', 'watch', 'Salesforce'],
    ['watch the Salesforce app', 'watch', 'Salesforce'],
    ['watch Data for Good in this channel, please', 'watch', 'Data for Good'],
    ['start watching Salesforce here', 'watch', 'Salesforce'],
    ['unwatch Salesforce', 'unwatch', 'Salesforce'],
    ['stop watching Salesforce', 'unwatch', 'Salesforce'],
    ["don't watch Salesforce", 'unwatch', 'Salesforce'],
    ['watch "Here"', 'watch', 'Here'],
  ])('is asked for by %s', (text, verb, app) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb, app } });
  });

  it.each([
    ['watch Salesforce failures', 'watch', 'Salesforce'],
    ['watch failures in Salesforce', 'watch', 'Salesforce'],
    ["watch Salesforce's failures here", 'watch', 'Salesforce'],
    ['watch the failures of GitHub Enterprise', 'watch', 'GitHub Enterprise'],
    ['stop watching Salesforce failures', 'unwatch', 'Salesforce'],
  ])('is about the people whom an app could not provision: %s', (text, verb, app) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb, app, failures: true } });
  });

  it('is about an app that is called so where the name is quoted', () => {
    expect(parse('watch "Data Failures"')).toEqual({
      kind: 'command',
      command: { verb: 'watch', app: 'Data Failures' },
    });
  });

  it.each([
    ['watch all', 'watchAll'],
    ['watch everything', 'watchAll'],
    ['watch all the apps in this channel', 'watchAll'],
    ['unwatch all', 'unwatchAll'],
    ['stop watching everything', 'unwatchAll'],
  ])('is about all apps: %s', (text, verb) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb } });
  });

  it('is about one app whose name begins so', () => {
    expect(parse('watch All Hands')).toEqual({ kind: 'command', command: { verb: 'watch', app: 'All Hands' } });
  });

  it.each([
    ['quiet', null],
    ['quiet hours', null],
    ['quiet off', 'off'],
    ['quiet 22:00 to 7:00', '22:00 to 7:00'],
    ['quiet hours 10 pm - 7 am', '10 pm - 7 am'],
  ])('is quiet by %s', (text, hours) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'quiet', hours } });
  });

  it.each([
    ['wacth Salesforce', 'watch Salesforce'],
    ['keep an eye on Salesforce', 'watch Salesforce'],
    ['unwtach Salesforce', 'unwatch Salesforce'],
    ['wathces', 'watches'],
  ])('is only offered for %s', (text, suggestion) => {
    expect(parse(text)).toEqual(didYouMean(suggestion));
  });

  it.each([
    ['watch', 'watch'],
    ['watch here', 'watch'],
    ['unwatch', 'unwatch'],
    ['stop watching', 'unwatch'],
  ])('wants an app: %s', (text, verb) => {
    expect(parse(text)).toEqual({ kind: 'incomplete', verb, missing: 'app', said: [] });
  });

  it.each(['watch out', 'match Salesforce', 'which Salesforce', 'switch Salesforce', 'watch this', 'with Salesforce'])(
    'is not read from %s',
    (text) => {
      expect(parse(text)).toEqual(unclear);
    },
  );

  it.each(['watches', 'what is watched?', 'watch list', 'show watches', 'which apps are watched here'])(
    'is listed for %s',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'watches' } });
    },
  );
});
