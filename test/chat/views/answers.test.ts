import { describe, expect, it } from '@jest/globals';
import type { Denial, Role } from '../../../src/access/caller.ts';
import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { commandsFor } from '../../../src/chat/not-understood.ts';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { denied } from '../../../src/chat/views/denied.ts';
import { didYouMean } from '../../../src/chat/views/did-you-mean.ts';
import type { Quarantine } from '../../../src/chat/views/explained.ts';
import { type CommandHelp, help } from '../../../src/chat/views/help-card.ts';
import { checking, placeholder } from '../../../src/chat/views/notice.ts';
import { appPicker, personPicker } from '../../../src/chat/views/person-picker.ts';
import { problem } from '../../../src/features/approvals/problems.ts';
import { apps } from '../../../src/features/help/cards/apps-card.ts';
import { welcome } from '../../../src/features/help/cards/welcome-card.ts';
import { whoami } from '../../../src/features/help/cards/whoami-card.ts';
import { registry } from '../../../src/features/registry.ts';
import { accessProblemsSaying } from '../../features/approvals/cards/access-drawings.ts';
import { listProblemsSaying } from '../../features/provisioning/cards/list-drawings.ts';

import { parse } from '../../support/grammar.ts';
import { contactIn, elementsOf, NOW, problemsSaying, words } from './drawings.ts';

const submitsOf = ({ card }: CardMessage) => elementsOf(card).filter(({ type }) => type === 'Action.Submit');
const linesOf = (message: CardMessage) => submitsOf(message).map(({ data }) => Object(data));

describe('the person picker', () => {
  const lee = (name: string, more: object = {}) => {
    const id = name.toLowerCase().replace(' ', '.');
    return {
      id,
      name,
      principalName: `${id}@contoso.com`,
      title: 'Engineer',
      department: 'Sales',
      enabled: true,
      ...more,
    };
  };
  const pick = (candidates: ReturnType<typeof lee>[], more = false) => {
    const choose = (id: string) => `provision user ${id}@contoso.com to Salesforce`;
    return personPicker(words, { typed: 'lee', app: 'Salesforce', candidates, more, choose });
  };

  it('shows what distinguishes the people, and who is disabled', () => {
    const message = pick([lee('Lee Gu'), lee('Lee Parker', { enabled: false, title: null })]);

    const text = cardAsText(message.card);
    expect(text).toMatch(/Which “lee”\?[\s\S]*Salesforce/);
    expect(text).toContain('Lee Gu  [Choose]\nlee.gu@contoso.com\nEngineer · Sales');
    expect(text).toContain('Lee Parker  [Choose]\nlee.parker@contoso.com\nSales\n! Account disabled');
    expect(message.summary).toBe('Which “lee”? Usher found several people.');
    expect(message.card.fallbackText).toContain('Lee Gu and Lee Parker');
  });

  it('gives each person a button that sends the whole line in place of the card', () => {
    const [first] = submitsOf(pick([lee('Lee Gu'), lee('Lee Parker')]));

    expect(first).toMatchObject({
      title: 'Choose',
      tooltip: 'Choose Lee Gu',
      data: { verb: 'choose', text: 'provision user lee.gu@contoso.com to Salesforce' },
    });
  });

  it.each([
    ['the search found more', 6, true, true],
    ['more came than it shows', 7, false, true],
    ['these are all', 6, false, false],
  ])('shows six at most, and says so when %s', (_, count, more, saysSo) => {
    const message = pick(
      Array.from({ length: count }, (_none, n) => lee(`Lee ${n}`)),
      more,
    );

    expect(submitsOf(message)).toHaveLength(6);
    expect(cardAsText(message.card).includes('There are more.')).toBe(saysSo);
  });

  it.each([
    ['a long line', 'x'.repeat(301)],
    ['a line with hidden characters', 'provision user a\u202Eb to Salesforce'],
  ])('has no button for %s, which would send what no reader can see', (_, line) => {
    const message = personPicker(words, {
      typed: 'l',
      app: null,
      candidates: [lee('Lee')],
      more: false,
      choose: () => line,
    });

    expect(submitsOf(message)).toEqual([]);
    expect(cardAsText(message.card)).toContain('Lee');
  });
});

describe('the app picker', () => {
  it('warns of apps that cannot be provisioned', () => {
    const candidates = [
      { id: '1', name: 'Salesforce', configured: true, enabled: true },
      { id: '2', name: 'Salesforce Sandbox', configured: false, enabled: true },
      { id: '3', name: 'Salesforce Old', configured: true, enabled: false },
    ];

    const message = appPicker(words, { typed: 'sales', candidates, more: false, choose: (id) => `provision ${id}` });

    const text = cardAsText(message.card);
    expect(text).toContain('Which app is “sales”?');
    expect(text).toContain('Salesforce Sandbox  [Choose]\n! Provisioning is not set up');
    expect(text).toContain('Salesforce Old  [Choose]\n! App disabled');
    expect(linesOf(message)).toMatchObject([{ text: 'provision 1' }, { text: 'provision 2' }, { text: 'provision 3' }]);
  });
});

describe('a typo', () => {
  it('is corrected by one click', () => {
    const message = didYouMean(words, { suggestion: 'provision user adele to Salesforce' });

    expect(cardAsText(message.card)).toContain('provision user adele to Salesforce');
    expect(cardAsText(message.card)).toContain('Press the button to do it, or type it differently.');
    expect(linesOf(message)).toEqual([
      { verb: 'choose', text: 'provision user adele to Salesforce', msteams: { feedback: { hide: true } } },
    ]);
  });
});

describe('a denial', () => {
  const contacts = [contactIn('Helpdesk', ['Alex Wilber', 'Megan Bowen'], null), contactIn('On Call', [], null)];
  const reasons: [Denial, string, string][] = [
    [{ reason: 'noRole' }, 'Johanna, you have no role in Usher', 'Helpdesk: Alex Wilber and Megan Bowen'],
    [
      { reason: 'needsRole', permission: 'provision.run', anyOf: ['operator', 'cloudSyncOperator'] },
      'you don’t have permission to provision people. You need one of these roles: operator or operator for Active Directory apps.',
      'Helpdesk: Alex Wilber',
    ],
    [
      { reason: 'needsRole', permission: 'provision.run', anyOf: ['operator'] },
      'you don’t have permission to provision people. You need the role operator.',
      'Helpdesk: Alex Wilber',
    ],
    [{ reason: 'guest' }, 'you are a guest', 'manages accounts'],
    [{ reason: 'accountDisabled' }, 'your account is disabled', 'manages accounts'],
    [{ reason: 'unknownPerson' }, 'cannot tell who you are', 'manages accounts'],
  ];

  it.each(reasons)('says why, and whom to ask: %j', (denial, why, whom) => {
    const message = denied(words, { denial, contacts, callerName: 'Johanna' });

    const text = cardAsText(message.card);
    expect(text).toMatch(/^✗ {2}You don’t have permission to do this/);
    expect(text).toContain(why);
    expect(text).toContain(whom);
    expect(message.summary).toContain(why);
    expect(submitsOf(message)).toEqual([]);
  });

  it('lists what each group may do when that differs', () => {
    const groups = [
      contactIn('On Call', ['Lynne Robbins'], 'viewer' as const),
      contactIn('Managers', [], 'requester' as const),
      contactIn('Approvers', [], 'approver' as const),
      contactIn('Helpdesk', ['Alex Wilber'], 'operator' as const),
    ];

    const { card } = denied(words, { denial: { reason: 'noRole' }, contacts: groups, callerName: null });

    expect(cardAsText(card)).toContain(
      'On Call (can view): Lynne Robbins\n\nManagers (can request access)\n\nApprovers (can approve access)\n\nHelpdesk (can provision): Alex Wilber',
    );
  });

  it('names the operator of Usher when it knows no other contact', () => {
    const { card } = denied(words, { denial: { reason: 'noRole' }, contacts: [], callerName: null });

    expect(cardAsText(card)).toContain('Ask your Usher administrator');
    expect(cardAsText(card)).toContain('Hello, you have no role');
  });
});

describe('a problem card', () => {
  it.each([...problemsSaying('Zscaler'), ...listProblemsSaying('Zscaler'), ...accessProblemsSaying('Zscaler')])(
    'says what happened and what to do next: %j',
    (what) => {
      const message = problem(words, what, [{ label: 'apps', verb: 'run', text: 'apps' }]);

      const text = cardAsText(message.card);
      const [title, , happened] = text.split('\n');
      expect(title?.length).toBeGreaterThan(5);
      expect(happened?.length).toBeGreaterThan(10);
      expect(text).toMatch(/What to do next\n.{10}/);
      expect(text).toMatch(/\[List apps\]$/);
      expect(message.summary).toContain(happened);
    },
  );

  it.each<[Parameters<typeof problem>[1], string]>([
    [{ kind: 'unknownApp', typed: 'x' }, 'apps'],
    [{ kind: 'unknownButton' }, 'help'],
    [{ kind: 'unknownAccessRequest', id: 'K3M7QA' }, 'pending'],
    [{ kind: 'grantUnknown', ref: '1f3a9c07' }, 'approval places, watches all'],
    [{ kind: 'notSignedIn' }, 'sign in'],
    [{ kind: 'stillHeld', id: 'R7K3MQ' }, 'show R7K3MQ'],
    [{ kind: 'requestNotSeen', id: 'R7K3MQ' }, 'requests'],
    [{ kind: 'alreadyDecided', id: 'K3M7QA' }, 'show K3M7QA'],
    [{ kind: 'tooManyOpen', open: 20 }, 'my open requests'],
    [{ kind: 'ownRequest' }, ''],
  ])('offers the line that leads on as a button, without the help of its caller: %j', (what, lines) => {
    const { card } = problem(words, what);

    const sent = elementsOf(card).filter(({ type }) => type === 'Action.Submit');
    expect(sent.map(({ data }) => Object(data).text).join(', ')).toBe(lines);
  });

  it('shows the reference of an apology', () => {
    expect(cardAsText(problem(words, { kind: 'apology', reference: 'E-4711' }).card)).toContain('Code: E-4711');
  });

  const quarantine: Quarantine = {
    kind: 'appQuarantined',
    app: 'Zscaler',
    reason: 'EncounteredQuarantineException',
    since: NOW - 86_400_000,
    nextAttempt: NOW + 300_000,
    endsAt: NOW + 27 * 86_400_000,
    errorCode: 'InvalidCredentials',
    message: 'Please provide a valid tenant URL.',
    tenantActionable: true,
    now: NOW,
  };

  it('shows all that is known of a quarantine', () => {
    const text = cardAsText(problem(words, quarantine).card);

    expect(text).toContain('Zscaler is in quarantine');
    expect(text).toContain('The connection to Zscaler fails.');
    expect(text).toContain('In quarantine since Mar 1, 2026, 14:03 GMT+1 (1 day ago).');
    expect(text).toContain('Next attempt by Microsoft: 14:08.');
    expect(text).toContain('Unless this is fixed, Microsoft turns provisioning off around Sunday, March 29, 2026.');
    expect(text).toContain('Microsoft says: Please provide a valid tenant URL.');
    expect(text).toContain('Your own application administrator can fix this');
    expect(text).toContain('Code: InvalidCredentials');
  });

  it('links to where an administrator can end a quarantine, when the caller knows the page', () => {
    const url = 'https://entra.microsoft.com/#view/page';

    expect(problem(words, quarantine, [], url).card.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open in Entra', url },
    ]);
    expect(problem(words, quarantine).card.actions).toBeUndefined();
  });

  it('shows nothing that is not known of it', () => {
    const year1 = Date.parse('0001-01-01T00:00:00Z');
    const text = cardAsText(
      problem(words, {
        ...quarantine,
        reason: 'SomethingNew',
        since: year1,
        nextAttempt: null,
        endsAt: null,
        errorCode: null,
        message: null,
        tenantActionable: null,
      }).card,
    );

    expect(text).not.toMatch(/since|tries again|says/);
    expect(text).toContain('Code: SomethingNew');
  });
});

describe('the help', () => {
  const provision: CommandHelp = {
    verb: 'provision',
    chapter: 'provision',
    examples: ['provision user adele to Salesforce'],
    tryIt: null,
  };
  const list: CommandHelp = { verb: 'apps', chapter: 'check', examples: ['apps', 'apps sales'], tryIt: 'apps' };

  const textOf = (input: Parameters<typeof help>[1]) => cardAsText(help(words, input).card);
  const callerOf = (...roles: Role[]) => ({
    id: '1',
    tenantId: '2',
    name: 'Alex',
    principalName: 'alex@contoso.com',
    roles,
    memberOf: [],
  });
  const commandsOf = (...roles: Role[]) => commandsFor({ registry, graphAccess: 'appOnly' }, callerOf(...roles));

  it('lists what it is given by chapter, each line with a few words, and nothing else', () => {
    const text = textOf({ commands: [provision, list], topic: null });

    expect(text).toBe(
      [
        'What Usher can do for you',
        '',
        'Provision right away',
        'provision user adele to Salesforce – one person',
        '',
        'Is it the sync or the person?',
        'apps – all apps and the state of their provisioning',
        '',
        'For more about one, type for example “help provision”. In a channel, start with @Usher.',
      ].join('\n'),
    );
    expect(help(words, { commands: [provision, list], topic: null }).card.fallbackText).toContain(
      'provision user adele to Salesforce',
    );
  });

  it('keeps to a topic that exists, with all its examples and a button to try it', () => {
    const message = help(words, { commands: [provision, list], topic: 'Apps' });

    expect(cardAsText(message.card)).toMatch(/^Help: apps\n\napps – all apps .*\napps sales\n/);
    expect(linesOf(message)).toMatchObject([
      { verb: 'run', text: 'apps' },
      { verb: 'run', text: 'help all' },
    ]);
  });

  it('says so when there is no such topic, and lists the rest', () => {
    const unknown = textOf({ commands: [provision, list], topic: 'cake' });

    expect(unknown).toContain('no help on “cake”');
    expect(unknown).toContain('– one person');
  });

  it('opens the form of a topic that has one', () => {
    const message = help(words, { commands: commandsOf('operator'), topic: 'check' });

    expect(submitsOf(message)[0]).toMatchObject({ title: 'Check a person', data: { verb: 'run', text: 'check' } });
  });

  it('shows the first two of each chapter where there are many, so that it opens at its beginning', () => {
    const message = help(words, { commands: commandsOf('operator', 'approver'), topic: null });

    const text = cardAsText(message.card);
    expect(text).toMatch(
      /^What Usher can do for you\n\nProvision right away\nprovision adele@contoso.com to Salesforce – one person\n/,
    );
    expect(text).toContain('Is it the sync or the person?\nstatus – ');
    expect(text).not.toMatch(/^(?:queue|deny|retry R7K3MQ) /m);
    expect(text.split('\n').filter((line) => line.includes(' – '))).toHaveLength(14);
    expect(linesOf(message)).toMatchObject([{ text: 'help all' }]);
  });

  it('shows all of them when asked', () => {
    const commands = commandsOf('operator', 'approver');

    const message = help(words, { commands, topic: 'all' });

    const shown = cardAsText(message.card);
    for (const { examples } of commands) expect(shown).toContain(`\n${examples[0]} – `);
    expect(linesOf(message)).toEqual([]);
    expect(JSON.stringify(message.card).length).toBeLessThan(8_000);
  });

  it('names a topic as users type it', () => {
    const request: CommandHelp = {
      verb: 'requestAccess',
      chapter: 'ask',
      examples: ['request access for lee to Box'],
      tryIt: null,
    };

    const text = textOf({ commands: [provision, request], topic: 'requestAccess' });

    expect(text).toContain('Help: request access');
    expect(text).not.toContain('provision user adele');
  });

  it('says so when the caller may run no command', () => {
    expect(textOf({ commands: [], topic: null })).toContain('cannot do anything with Usher');
  });

  it.each([
    [
      ['operator', 'approver'],
      ['Provision a person', 'Check a person', 'Home'],
    ],
    [['approver'], ['Waiting for me', 'Check a person', 'Home']],
    [['requester'], ['Request access', 'Check a person', 'Home']],
    [['viewer'], ['Status', 'Check a person', 'Home']],
  ] as const)('welcomes a caller with the roles %j by first name, in a sentence and with %j', (roles, titles) => {
    const commands = commandsOf(...roles);

    const message = welcome(words, { name: 'Wilber, Alex (IT)', canUse: true, commands });

    const [title, sentence, ...rest] = cardAsText(message.card).split('\n');
    expect(title).toBe('Hello Alex, this is Usher');
    expect(sentence).toMatch(/^Usher [^.]+\.$/);
    expect(rest.join('\n').trim()).toBe(titles.map((one) => `[${one}]`).join(' '));
    for (const { text } of linesOf(message)) expect(['command', 'incomplete']).toContain(parse(text).kind);
  });

  it('welcomes a person without a role with whom to ask', () => {
    const stranger = cardAsText(welcome(words, { name: null, canUse: false, commands: [] }).card);

    expect(stranger).toMatch(/^Hello, this is Usher[\s\S]*You have no role[\s\S]*ask your Usher administrator/);
  });
});

describe('the list of apps', () => {
  const entry = (
    name: string,
    state: Parameters<typeof apps>[1]['entries'][number]['state'],
    aliases: string[] = [],
  ) => ({
    id: `${name} id`,
    name,
    state,
    aliases,
  });

  it('shows each state by glyph and word', () => {
    const entries = [
      entry('Salesforce', 'healthy', ['sf']),
      entry('Concur', 'neverRun'),
      entry('Box', 'paused'),
      entry('Zscaler', 'quarantined'),
      entry('Old', 'disabled'),
      entry('Payroll', 'notConfigured'),
      entry('Odd', 'unknown'),
    ];

    const message = apps(words, { entries, count: entries.length, complete: true, search: null });

    const text = cardAsText(message.card);
    expect(text).toContain('✓  Salesforce  Healthy\n   Also: sf');
    expect(text).toContain(
      '–  Concur  Not run yet\n!  Box  Paused\n✗  Zscaler  In quarantine\n–  Old  Automatic provisioning is off',
    );
    expect(text).toContain('–  Payroll  Not set up\n?  Odd  Unknown');
    expect(text).toMatch(/^Apps\n/);
    expect(message.summary).toMatch(/^7 apps: Salesforce, /);
    const colors = elementsOf(message.card)
      .filter(({ color }) => color !== undefined)
      .map(({ color }) => color);
    expect(colors).toEqual(['Good', 'Default', 'Default', 'Attention', 'Default', 'Default', 'Default']);
  });

  it('opens an app by its name, and one of two with the same name by its id', () => {
    const entries = [
      entry('Salesforce', 'healthy'),
      ...['D1', 'D2'].map((id) => ({ ...entry('DocuSign', 'healthy'), id })),
    ];

    const { card } = apps(words, { entries, count: entries.length, complete: true, search: null });

    const sent = elementsOf(card).flatMap(({ selectAction }) => (selectAction === undefined ? [] : [selectAction]));
    expect(sent.map((action) => Object(action).data.text)).toEqual(['status Salesforce', 'status D1', 'status D2']);
  });

  it('tells how long access to an app lasts', () => {
    const entries = [{ ...entry('Salesforce', 'healthy', ['sf']), ends: { longest: '90d', usual: '30d' } }];

    const { card } = apps(words, { entries, count: 1, complete: true, search: null });

    expect(cardAsText(card)).toContain(
      'Also: sf\n   Access for 90 days at most, and for 30 days where the request names no end.',
    );
  });

  it('offers the app with a similar name where none matches', () => {
    const message = apps(words, {
      entries: [entry('Salesforce', 'healthy')],
      ...{ count: 1, complete: false, search: 'salesfroce', isNear: true },
    });

    const text = cardAsText(message.card);
    expect(text).toMatch(/^No app matches “salesfroce”\nAn app has a similar name\./);
    expect(text).toContain('✓  Salesforce  Healthy');
    expect(text).toContain('[List apps]');
    expect(message.summary).toBe('No app matches “salesfroce”. Did you mean Salesforce?');
  });

  it('says when there are more than it shows', () => {
    const entries = Array.from({ length: 26 }, (_, n) => entry(`App ${n}`, 'healthy'));

    const text = cardAsText(apps(words, { entries, count: entries.length, complete: true, search: null }).card);

    expect(text).toContain('App 24');
    expect(text).not.toContain('App 25');
    expect(text).toContain('There are more.');
  });

  it.each([
    [null, 'Usher found no apps.'],
    ['cake', 'no app that matches “cake”'],
  ])('says so when there is none, searching for %s', (search, said) => {
    const message = apps(words, { entries: [], count: 0, complete: true, search });

    expect(cardAsText(message.card)).toContain(said);
    expect(message.summary).toBe('No apps found');
  });
});

describe('the card of whoami', () => {
  const caller = {
    id: 'id-1',
    tenantId: 'tenant-1',
    name: 'Alex Wilber',
    principalName: 'alex@contoso.com',
    memberOf: [],
  };

  it('lists the roles, where they come from and what they allow', () => {
    const message = whoami(words, { caller: { ...caller, roles: ['operator', 'approver'] }, groups: ['Helpdesk'] });

    const text = cardAsText(message.card);
    expect(text).toContain('You are Alex Wilber');
    expect(text).toMatch(
      /User name: +alex@contoso\.com\nRoles in Usher: +operator and approver\nGranted by: +Helpdesk/,
    );
    expect(text).toContain(
      'You can: view apps with their people and history, provision people right away, request access for other people, approve or deny access requests, and export the history.',
    );
    expect(message.summary).toBe('You are Alex Wilber. Roles in Usher: operator and approver.');
  });

  it.each([
    ['viewer', 'view apps with their people and history'],
    ['requester', 'view apps with their people and history and request access for other people'],
    ['approver', 'view apps with their people and history, approve or deny access requests, and export the history'],
    ['appApprover', 'view apps with their people and history and approve or deny access requests'],
    [
      'cloudSyncOperator',
      'view apps with their people and history and provision people to apps fed from Active Directory',
    ],
    [
      'operator',
      'view apps with their people and history, provision people right away, request access for other people, and export the history',
    ],
  ] as const)('promises no right without a command for it, to a %s', (role, rights) => {
    const text = cardAsText(whoami(words, { caller: { ...caller, roles: [role] } }).card);

    expect(text).toContain(`You can: ${rights}.`);
  });

  it('says so to a caller without roles', () => {
    const text = cardAsText(whoami(words, { caller: { ...caller, roles: [] } }).card);

    expect(text).toMatch(/Roles in Usher: +none/);
    expect(text).toContain('You have no role in Usher.');
    expect(text).not.toContain('Granted by');
  });
});

describe('the "one moment" message', () => {
  it('asks for patience in a sentence', () => {
    expect(checking(words).summary).toBe(
      'One moment… Usher is waiting for an answer from Microsoft Graph. The result will appear here.',
    );
  });

  it('says of a card that could not be edited what will take its place, and supposes no cause', () => {
    expect(placeholder(words).summary).toBe(
      'One moment… The earlier card of this request may be out of date. The request’s current state will appear here.',
    );
  });
});
