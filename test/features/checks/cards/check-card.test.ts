import { describe, expect, it } from '@jest/globals';

import { LARGEST_CARD_BYTES } from '../../../../src/chat/cards/render.ts';
import { asOperator } from '../../../../src/chat/views/viewpoint.ts';

import { checkCard } from '../../../../src/features/checks/cards/check-card.ts';
import { checkList, type NamedApps } from '../../../../src/features/checks/cards/check-list.ts';
import type { CheckFacts } from '../../../../src/features/checks/diagnosis.ts';
import type { LogRead } from '../../../../src/graph/provisioning-log.ts';
import { NOW, openedText, words } from '../../../chat/views/drawings.ts';
import { outOfScope, report } from '../../provisioning/cards/outcomes.ts';
import {
  accessEntry,
  conflict,
  created,
  DAY,
  entryOf,
  factsOf,
  HOUR,
  historyEntryOf,
  jobIn,
  logOf,
  neverRun,
  PORTAL,
  quarantined,
  salesforce,
} from './check-drawings.ts';

const person = (name: string) => ({
  id: name,
  name,
  principalName: `${name.split(' ')[0]?.toLowerCase()}@contoso.com`,
});
const check = (
  facts: Partial<CheckFacts>,
  { name = 'Adele Vance', app = salesforce, canProvision = true, canRepair = false } = {},
) =>
  checkCard(words, {
    person: person(name),
    app,
    facts: factsOf(facts),
    canProvision,
    canRepair,
    now: NOW,
    entraPortalUrl: PORTAL,
    viewpoint: canProvision ? asOperator : { as: 'viewer', helpdesk: ['Alex Wilber'] },
  });
const failure = { kind: 'failed', code: '', reason: null, recommendedAction: null, report } as const;
const cause = {
  ...{ reason: null, since: NOW - HOUR, nextAttempt: null, endsAt: null, seriesBegan: null, seriesCount: null },
  error: null,
};
const textOf = (...input: Parameters<typeof check>) => openedText(check(...input).card);

describe('the test of the connection', () => {
  const testButton = { data: expect.objectContaining({ verb: 'run', text: 'test Salesforce' }) };
  const failed = (code: string) => logOf(entryOf({ ...failure, code }));
  const heldBack = jobIn({ kind: 'quarantined', quarantine: { ...cause, reason: 'TooManyDeletes' } });

  it.each<[cause: string, facts: Partial<CheckFacts>]>([
    ['a quarantine', { jobState: quarantined() }],
    ['a quarantine, whatever keeps the person out', { jobState: quarantined(), assignment: { kind: 'missing' } }],
    ['a failed run', { jobState: jobIn('failing') }],
    ['credentials that the app did not take', { log: failed('InvalidCredentials') }],
    ['an app that did not answer', { log: failed('Timeout') }],
  ])('is offered for %s, to a reader who may repair', (_, facts) => {
    const { card } = check(facts, { canRepair: true });

    expect(card.actions).toContainEqual(expect.objectContaining(testButton));
    expect(check(facts).card.actions).not.toContainEqual(expect.objectContaining(testButton));
  });

  it.each<[cause: string, facts: Partial<CheckFacts>]>([
    ['deletions that are held back', { jobState: heldBack }],
    ['an account of the same name', { log: failed('EntryConflict') }],
    ['a paused job', { jobState: jobIn('paused') }],
    ['a person who is not assigned', { assignment: { kind: 'missing' } }],
    ['a person in order', { log: logOf(created) }],
  ])('is not offered for %s', (_, facts) => {
    const { card } = check(facts, { canRepair: true });

    expect(card.actions).not.toContainEqual(expect.objectContaining(testButton));
  });
});

describe('the check of one person in one app', () => {
  it('says of Diego: it is the user, not assigned', () => {
    const { card, summary } = check({ assignment: { kind: 'missing' } }, { name: 'Diego Siciliani' });

    const text = openedText(card);
    expect(text).toMatch(
      /^! {2}It is the user: not assigned to Salesforce\n {3}Diego Siciliani in Salesforce\n {3}diego@contoso.com\n/,
    );
    expect(text).toContain('neither directly nor through a group');
    expect(text).toContain('Assign Diego Siciliani to Salesforce');
    expect(text).not.toContain('Provision now');
    expect(summary).toContain(
      'Diego Siciliani in Salesforce: It is the user: not assigned to Salesforce. Diego Siciliani is not',
    );
    expect(card.actions).toMatchObject([
      { title: 'Look again', data: { verb: 'choose', text: 'check diego@contoso.com in Salesforce' } },
      { title: 'Show details' },
      { url: expect.stringContaining('/Users/objectId/') },
    ]);
  });

  it('says of Nestor: it is the user, disabled', () => {
    const text = textOf({ account: 'disabled' }, { name: 'Nestor Wilke' });

    expect(text).toContain('It is the user: account disabled');
    expect(text).toMatch(/Account: +Disabled in Entra ID/);
  });

  it('says of Grady: the conflict that the log has, in the words of the outcomes', () => {
    const text = textOf({ log: logOf(conflict), scope: 'in' }, { name: 'Grady Archie' });

    expect(text).toContain('It is the user: the last attempt failed');
    expect(text).toContain('An account with the same name already exists in Salesforce');
    expect(text).toContain('In Salesforce, rename or remove the other account');
    expect(text).toContain('Code: SalesforceEntryConflict');
    expect(text).toContain(
      '✗  Create: Failed\n   13:03 · Failed – an account with the same name already exists · SalesforceEntryConflict',
    );
    expect(text).toMatch(/Scope: +In scope when last evaluated/);
  });

  it('says of Isaiah before: nothing provisioned yet, and offers to do it', () => {
    const { card } = check({}, { name: 'Isaiah Langer' });

    const text = openedText(card);
    expect(text).toContain('Nothing is wrong, but nothing is provisioned yet');
    expect(text).toMatch(/Log: +No entry about this person in this app/);
    expect(text).toMatch(/By Usher: +Usher has not provisioned this person to this app individually/);
    expect(card.actions).toMatchObject([
      { title: 'Provision now', data: { verb: 'run', text: 'provision user isaiah@contoso.com to Salesforce' } },
      { title: 'Look again' },
      { title: 'Show details' },
      { title: 'Open in Entra' },
    ]);
  });

  it('says of Isaiah after: in order, by the log and by what Usher did', () => {
    const text = textOf({ log: logOf(created), scope: 'in', lastEntry: historyEntryOf() }, { name: 'Isaiah Langer' });

    expect(text).toMatch(/^✓ {2}No problem found: neither the sync nor the user\n/);
    expect(text).toContain('✓  Create: Done\n   13:03 · Account created');
    expect(text).toMatch(/By Usher: +Account created, requested by Alex Wilber at 13:53/);
  });

  it('says of any person in Zscaler: it is the sync, and what is wrong besides', () => {
    const zscaler = { id: 'zscaler', name: 'Zscaler' };
    const text = textOf({ jobState: quarantined(), assignment: { kind: 'missing' } }, { app: zscaler });

    expect(text).toMatch(/^✗ {2}It is the sync: in quarantine – the connection fails\n/);
    expect(text).toContain('Code: SystemForCrossDomainIdentityManagementInvalidCredentials');
    expect(text).toContain('In quarantine since Feb 28, 2026');
    expect(text).toContain('Your own application administrator can fix this');
    expect(text).toContain('Also, Adele Vance is not assigned to Zscaler.');
    expect(text).not.toContain('Provision now');
  });

  it.each([
    ['never run', neverRun, 'It is the sync: never run'],
    ['without a synchronization', 'none', 'It is the sync: not set up'],
    ['paused', jobIn('paused'), 'It is the sync: paused'],
    ['off', jobIn('disabled'), 'It is the sync: automatic provisioning is off'],
    ['disabled in Entra', 'appDisabled', 'It is the app: disabled in Entra ID'],
  ] as const)('blames the sync of an app that is %s', (_, jobState, title) => {
    expect(textOf({ jobState })).toContain(title);
  });

  it.each<[LogRead, string]>([
    [{ kind: 'notAvailable', why: 'cloud' }, 'this cloud has no provisioning log'],
    [{ kind: 'notAvailable', why: 'licence' }, 'it requires a Microsoft Entra ID P1 license'],
    [{ kind: 'notAvailable', why: 'permission' }, 'Usher lacks the permission AuditLog.Read.All'],
    [{ kind: 'unread', why: 'busy' }, 'Usher has made as many calls as Microsoft allows'],
    [{ kind: 'unread', why: 'throttled' }, 'Microsoft asked Usher to slow down'],
    [{ kind: 'unread', why: 'tooSlow' }, 'Microsoft did not answer in time'],
  ])('says why the log could not be read, and shows the rest: $why', (log, why) => {
    const text = textOf({ log });

    expect(text).toMatch(new RegExp(`Log: +Could not be read: ${why}`));
    expect(text).toContain('Could not be read: the provisioning log.');
    expect(text).toMatch(/Assignment: +Assigned to Salesforce/);
  });

  it('says of each part separately that it could not be read', () => {
    const text = textOf({ account: 'unread', assignment: { kind: 'unread' }, jobState: 'unread' });

    expect(text).toContain('No problem that Usher can see');
    expect(text).toContain('Could not be read: the state of the sync, the account, and the assignment.');
    expect(text).toMatch(/Sync: +Could not be read\nAccount: +Could not be read\nAssignment: +Could not be read\n/);
  });

  it('shows Graph’s own refusal to read the job', () => {
    const trace = { clientRequestId: 'client', requestId: 'request-1', date: null };
    const jobTrouble = {
      kind: 'refused',
      status: 403,
      code: 'Forbidden',
      message: '',
      retryAfterMs: null,
      trace,
    } as const;

    expect(textOf({ jobState: 'unread', jobTrouble })).toContain('Code: Forbidden (HTTP 403) · request request-1');
    expect(textOf({ jobState: 'unread' })).not.toContain('HTTP');
  });

  it.each([
    ['in order', { log: logOf(created) }, /is enabled( and assigned)?, the sync is healthy/],
    ['not come to yet', { log: logOf() }, /is enabled( and assigned)?, and the sync is healthy/],
  ])('calls a person assigned only where the app asks for it: %s', (_what, facts, said) => {
    const assigned = said.exec(textOf({ ...facts, assignment: { kind: 'assigned', through: null } }));
    const elsewhere = said.exec(textOf({ ...facts, assignment: { kind: 'notNeeded' } }));

    expect([assigned?.[1], elsewhere?.[1]]).toEqual([' and assigned', undefined]);
    expect(elsewhere).not.toBeNull();
  });

  it('says that what kept a person out has been fixed since', () => {
    const text = textOf({ log: logOf(entryOf(outOfScope('assigned'))), scope: 'out' });

    expect(text).toContain('was not assigned to Salesforce. That has changed since.');
    expect(text).toContain('[Provision now]');
  });

  it('names the group through which a person is assigned', () => {
    const text = textOf({ assignment: { kind: 'assigned', through: 'Sales Team' } });

    expect(text).toMatch(/Assignment: +Assigned to Salesforce through the group Sales Team/);
  });

  it('shows actions and states that Microsoft has added under their own names', () => {
    const entry = entryOf(
      { kind: 'unknown', why: 'unreadable' },
      {
        action: { kind: 'unknown', code: 'teleport' },
        status: { kind: 'unknown', code: 'pondering' },
        at: null,
      },
    );

    expect(textOf({ log: logOf(entry) })).toContain('?  teleport: pondering\n   Time unknown');
  });

  it('shows the newest five entries, and says that there are more', () => {
    const entries = Array.from({ length: 7 }, (_, n) =>
      entryOf({ kind: 'inSync', report }, { skipReason: `Code${n}` }),
    );

    const text = textOf({ log: logOf(...entries) });
    expect(text.match(/Create: Done/g)).toHaveLength(5);
    expect(text).toContain('There are older entries in Entra.');
  });

  it('folds entries that say the same one after the other, and no others', () => {
    const tries = Array.from({ length: 5 }, (_, n) => entryOf(outOfScope('assigned'), { at: NOW - n * HOUR }));

    const text = textOf({ log: logOf(...tries, created, ...tries.slice(0, 1)) });

    expect(text).toContain('5 attempts since 10:03, all: Not provisioned – not assigned to the app\n');
    expect(text.match(/not assigned to the app/g)).toHaveLength(2);
    expect(text).not.toContain('There are older entries');
  });

  it('shows an access request that never ran as what Usher last did', () => {
    expect(textOf({ lastEntry: accessEntry('denied') })).toMatch(
      /By Usher: +Denied, requested by Megan Bowen at 13:43/,
    );
  });

  it('offers no provisioning to a caller who may not run it', () => {
    const text = textOf({}, { canProvision: false });

    expect(text).not.toContain('Provision now');
    expect(text).not.toContain('Provision Adele Vance');
    expect(text).toContain(
      'If that is too long, Adele Vance can be provisioned right away. Ask the helpdesk: Alex Wilber.',
    );
  });

  it('does not send the reader to the helpdesk where people come from another source', () => {
    const text = textOf({ assignment: { kind: 'notNeeded' } }, { canProvision: false });

    expect(text).not.toContain('helpdesk');
    expect(text).toContain('Wait for the next run.');
  });

  it('names the day on which an approved request starts, until it has come', () => {
    const later = { timeZone: 'Europe/Berlin', startsAt: NOW + 9 * DAY };

    const { card, summary } = check({ lastEntry: accessEntry('approved', later) });
    const reached = textOf({ lastEntry: accessEntry('approved', { ...later, startsAt: NOW - HOUR }) });

    const text = openedText(card);
    expect(text).toMatch(/By Usher: +Approved, starts on Wednesday, March 11, 2026, requested by Megan Bowen/);
    for (const said of [text, summary])
      expect(said).toContain('Usher provisions Adele Vance to Salesforce automatically on Wednesday, March 11, 2026');
    expect(reached).toMatch(/By Usher: +Approved, requested by/);
    expect(reached).not.toContain('automatically on');
  });

  it('says that the log lags only where there can be a log', () => {
    expect(textOf({})).toContain('The log is a few minutes behind');
    expect(textOf({ jobState: 'none' })).not.toContain('minutes behind');
    expect(textOf({ jobState: 'none' })).toContain('Usher only looked, and changed nothing.');
  });
});

describe('the check of one person in all apps', () => {
  const item = (name: string, facts: Partial<CheckFacts>) => ({ app: { id: name, name }, facts: factsOf(facts) });
  const list = (...items: ReturnType<typeof item>[]) =>
    checkList(words, { person: person('Adele Vance'), items, listComplete: true, now: NOW });

  it('has a line for each app, with problems first', () => {
    const { card, summary } = list(
      item('Payroll', { jobState: 'none' }),
      item('Salesforce', { log: logOf(created) }),
      item('GitHub', { assignment: { kind: 'missing' } }),
      item('Zscaler', { jobState: quarantined() }),
    );

    const text = openedText(card);
    expect(text).toMatch(
      /Zscaler\n {3}It is the sync: in quarantine – the connection fails · Since .*\n.*GitHub\n {3}It is the user: not assigned to GitHub · Last ran .*\n.*Salesforce\n {3}No problem found.*\n.*Payroll\n {3}It is the sync: not set up/,
    );
    expect(summary).toBe('Adele Vance: 4 apps checked, 2 with something to look at.');
  });

  const refused = {
    kind: 'refused',
    status: 403,
    code: 'Authorization_RequestDenied',
    message: '',
    retryAfterMs: null,
    trace: { clientRequestId: 'client', requestId: 'request-1', date: null },
  } as const;

  it('has no line for an app that was not read, and counts it in the first one', () => {
    const { card, summary } = list(
      item('Salesforce', { log: logOf(created) }),
      item('Miro', { jobState: 'unread', jobTrouble: refused }),
    );

    const text = openedText(card);
    expect(text).not.toContain('Miro');
    expect(card.fallbackText).not.toContain('Miro');
    expect(text).toContain('1 of 2 apps have been checked so far; nothing is known about the others yet.');
    expect(text).toContain('Authorization_RequestDenied (HTTP 403)');
    expect(summary).toContain('nothing wrong found so far');
  });

  it('says once why the log is missing', () => {
    const { card } = list(item('Salesforce', { log: { kind: 'notAvailable', why: 'licence' } }));

    expect(openedText(card)).toContain(
      'Provisioning log: Could not be read: it requires a Microsoft Entra ID P1 license',
    );
  });

  it('says when there are no apps', () => {
    expect(openedText(list().card)).toContain('Usher found no apps.');
  });
});

describe('the check of one person in several apps', () => {
  const item = (name: string, facts: Partial<CheckFacts>, called = name) => ({
    app: { id: name, name, called },
    facts: factsOf(facts),
  });
  const due = { apps: ['Salesforce', 'GitHub'], line: 'provision user adele@contoso.com to Salesforce, GitHub' };
  const list = (
    items: ReturnType<typeof item>[],
    named: NamedApps = { gone: [], again: 'check adele in these', due: null },
  ) => checkList(words, { person: person('Adele Vance'), items, listComplete: true, named, now: NOW });
  const dataOf = ({ card }: ReturnType<typeof list>) => JSON.stringify(card);

  it('names the person and the apps, and has a row for those that it could not tell about', () => {
    const { card, summary } = list([
      item('Miro', { jobState: 'unread' }),
      item('Workday', { assignment: { kind: 'notNeeded' } }),
      item('Zscaler', { jobState: quarantined(), assignment: { kind: 'notNeeded' } }),
    ]);

    const text = openedText(card);
    expect(text).toContain('Adele Vance in Miro, Workday, and Zscaler\n');
    expect(text).toMatch(/✗ {2}Zscaler\n {3}It is the sync: in quarantine.*\n\? {2}Miro\n.*\n– {2}Workday\n/);
    expect(text).toContain('Miro\n   Not checked · Usher could not read it just now\n');
    expect(text).toContain('Workday\n   Not checked: the app gets its people from elsewhere · Last ran');
    expect(text).not.toMatch(/checked so far|There are more/);
    expect(summary).toContain('1 app with something to look at so far');
  });

  it('has a row for an app of a kit that the tenant does not have', () => {
    const { card } = list([item('Salesforce', {})], { gone: ['Old CRM'], again: 'check adele in these', due: null });

    expect(openedText(card)).toMatch(
      /Salesforce\n.*\n– {2}Old CRM\n {3}Not checked: Entra ID has no such app, or several\n/,
    );
  });

  it('blames no account that is disabled for an app that gets its people from elsewhere', () => {
    const { card } = list([item('Workday', { assignment: { kind: 'notNeeded' }, account: 'disabled' })]);

    expect(openedText(card)).not.toContain('It is the user');
  });

  it('names all apps to which its one button provisions', () => {
    const card = list([item('Salesforce', {}), item('GitHub', {})], { gone: [], again: 'check adele in these', due });

    expect(openedText(card.card)).toContain('Adele Vance can be provisioned to Salesforce and GitHub now.');
    expect(openedText(card.card)).toContain('[Provision to 2 apps] [Look again]');
    expect(dataOf(card)).toContain('{"verb":"run","text":"provision user adele@contoso.com to Salesforce, GitHub"');
    expect(dataOf(card)).toContain('{"verb":"choose","text":"check adele in these"');
  });

  it.each(['x', '山', '*'].flatMap((letter) => [20, 60, 140, 256].map((length) => [letter, length] as const)))(
    'keeps the rows of twenty apps whose names are %s, %i times',
    (letter, length) => {
      const name = letter.repeat(length);
      const items = Array.from({ length: 20 }, () => item(name, { jobState: quarantined(name) }));
      const named = {
        gone: [],
        again: letter.repeat(1_000),
        due: { apps: items.map(() => name), line: 'x'.repeat(1_000) },
      };

      const { card } = list(items, named);

      expect(openedText(card).match(/^✗ {2}/gm)).toHaveLength(20);
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
    },
  );

  it('opens the check of an app by what its line calls it', () => {
    const card = list([item('Webex, Cisco', {}, 'f3b1')]);

    expect(dataOf(card)).toContain('"text":"check adele@contoso.com in f3b1"');
  });

  it.each([
    [1_000, true],
    [1_001, false],
  ])('has a button for a line of %i characters: %s', (length, has) => {
    const line = `provision user adele@contoso.com to ${'x'.repeat(length)}`.slice(0, length);

    const card = list([item('Salesforce', {})], { gone: [], again: 'check adele in these', due: { ...due, line } });

    expect(openedText(card.card).includes('[Provision to 2 apps]')).toBe(has);
  });
});
