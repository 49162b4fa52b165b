import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalChatOf } from '../support/usher.ts';
import {
  assertionOf,
  connectionName,
  type DelegatedStage,
  graphTokenOf,
  openDelegatedStage,
  signInCard,
} from './delegated-stage.ts';

/** Delegated permissions: one Usher, and what happens to it from its first message to its end. */
let stage: DelegatedStage;

beforeAll(async () => {
  stage = await openDelegatedStage();
});
afterAll(() => stage.close());

const callers = (from = 0) => [
  ...new Set(stage.graph.calls.slice(from).map(({ authorization }) => authorization.replace('Bearer ', ''))),
];

describe('a person who is not signed in', () => {
  it('is asked to sign in by Teams’ own card, and Usher does not call Graph', async () => {
    await stage.say('alex', 'provision isaiah@contoso.com to Salesforce');
    await stage.usher.settled();

    const card = stage.last('alex');
    expect(card.contentType).toBe(signInCard);
    expect(card.summary).toBe('Usher asks you to sign in.');
    expect(card.content).toMatchObject({
      connectionName,
      tokenExchangeResource: { uri: stage.service.resource },
      buttons: [{ type: 'signin', title: 'Sign in', value: `${stage.service.url}/sign-in` }],
    });
    expect(callers()).toEqual([]);
  });

  it('reads in a channel to sign in in the personal chat, as others would see the button here', async () => {
    const channel = { conversationId: 'channel-1', kind: 'channel' } as const;

    await stage.say('megan', 'whoami', channel);
    await stage.usher.settled();

    const card = stage.usher.lastCard('channel-1');
    expect(card.text).toContain('Open your personal chat with Usher and type “sign in”');
    expect(callers()).toEqual([]);
  });

  it('is greeted with how to begin, and gets the same answer to a click', async () => {
    await stage.install('johanna');
    const greeting = stage.last('johanna').text;
    const heard = await stage.click('johanna', { verb: 'run', text: 'whoami' });
    await stage.usher.settled();

    expect(greeting).toContain('Type “sign in” to begin');
    expect(heard).toBe('Usher asks you to sign in.');
    expect(stage.last('johanna').contentType).toBe(signInCard);
    expect(callers()).toEqual([]);
  });

  it('does not make Usher unready: that Graph wants a token is an answer', async () => {
    const response = await fetch(stage.usher.endpoint.replace('/api/messages', '/readyz'));

    expect(await response.json()).toEqual({ status: 'ready', database: 'ok', graph: 'ok' });
    expect(callers()).toEqual(['']);
  });
});

describe('a sign-in that cannot work', () => {
  it('is reported at once where the token service does not know the connection, and runs nothing', async () => {
    stage.service.refuse(404);

    await stage.say('lynne', 'status');
    await stage.usher.settled();

    stage.service.refuse(null);
    expect(stage.last('lynne').text).toContain('Signing in does not work right now');
    expect(stage.usher.logLines.some(({ code }) => code === 'no_sign_in_card')).toBe(true);
  });

  it('is reported once where the login does not accept the registration, to the person who waits', async () => {
    await stage.say('lynne', 'status');
    stage.whenExchanged({
      status: 401,
      body: { error: 'invalid_client', error_description: 'AADSTS7000222: too old', error_codes: [7000222] },
    });

    const statuses = [await stage.bringToken('lynne'), await stage.bringToken('lynne')];
    await stage.usher.settled();

    stage.whenExchanged(null);
    expect(statuses).toEqual([500, 500]);
    const told = stage.usher.cardsFor(personalChatOf('lynne').conversationId);
    expect(told.filter(({ text }) => text.includes('Signing in does not work right now'))).toHaveLength(2);
    expect(stage.usher.logLines.at(-1)).toMatchObject({ code: 'sign_in_unavailable', why: 'AADSTS7000222' });
  });
});

describe('a token that Teams brings', () => {
  it.each([
    ['a colleague’s', () => assertionOf('megan')],
    ['for another app', () => assertionOf('alex', { aud: 'https://graph.microsoft.com' })],
    ['of another tenant', () => assertionOf('alex', { tid: '5eed0000-0000-4000-8000-00000000beef' })],
  ])('is refused when it is %s, and Entra never gets it', async (_name, token) => {
    const before = stage.login.asked.length;

    const status = await stage.bringToken('alex', { token: token() });

    expect(status).toBe(400);
    expect(stage.login.asked.length).toBe(before);
    expect(stage.usher.logLines.at(-1)).toMatchObject({ code: 'sign_in_refused' });
  });

  it('is refused when it is for another connection, or none at all', async () => {
    const statuses = [
      await stage.invoke('alex', 'signin/tokenExchange', { connectionName: 'other', token: assertionOf('alex') }),
      await stage.invoke('alex', 'signin/tokenExchange', { connectionName }),
      await stage.invoke('alex', 'signin/tokenExchange', null),
    ];

    expect(statuses).toEqual([400, 400, 400]);
  });

  it('has Teams show the button when Entra needs the person’s interaction', async () => {
    stage.whenExchanged({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'AADSTS65001: no consent', error_codes: [65001] },
    });

    const status = await stage.bringToken('alex');

    stage.whenExchanged(null);
    expect(status).toBe(412);
  });

  it('resumes the person’s message, with that person’s permission alone, and is exchanged once for all their clients', async () => {
    const token = assertionOf('alex');
    const exchangesBefore = stage.login.asked.filter(({ fields }) => fields.assertion === token).length;

    const statuses = await Promise.all([
      stage.bringToken('alex', { token }),
      stage.bringToken('alex', { token }),
      stage.bringToken('alex', { token }),
    ]);
    await stage.shows('alex', 'Account created');
    await stage.usher.settled();

    expect(statuses).toEqual([200, 200, 200]);
    expect(exchangesBefore).toBe(0);
    expect(stage.login.asked.filter(({ fields }) => fields.assertion === token)).toHaveLength(1);
    expect(callers().filter((caller) => caller !== '')).toEqual([graphTokenOf('alex')]);
    expect(stage.sandbox.stats().calls).toBe(1);
    const created = stage.usher
      .cardsFor(personalChatOf('alex').conversationId)
      .filter(({ text }) => /created/.test(text));
    expect(created).toHaveLength(1);
  });

  it('serves no other person: the next one brings their own', async () => {
    const before = stage.graph.calls.length;

    await stage.say('lynne', 'status Salesforce');
    const status = await stage.bringToken('lynne');
    await stage.shows('lynne', 'Salesforce');
    await stage.usher.settled();

    expect(status).toBe(200);
    expect(callers(before)).toEqual([graphTokenOf('lynne')]);
  });
});

describe('a person who is signed in', () => {
  it.each([
    ['whoami', 'Alex Wilber'],
    ['apps', 'Salesforce'],
    ['status', 'Salesforce'],
    ['check adele in Salesforce', 'Adele Vance'],
    ['queue', /queue|wait/i],
    ['history', 'Salesforce'],
    ['requests', 'Salesforce'],
    ['sign in', 'You are signed in'],
  ])('can type “%s”', async (line, text) => {
    const before = stage.graph.calls.length;

    await stage.say('alex', line);
    await stage.usher.settled();

    expect(stage.last('alex').text).toMatch(text);
    expect(callers(before).filter((caller) => caller !== graphTokenOf('alex'))).toEqual([]);
  });

  it('is not offered what runs without a signed-in person, and reads why when asking for it', async () => {
    await stage.say('alex', 'help all');
    const { text } = await stage.shows('alex', /provision group/);
    const lines = [
      'request access for isaiah to Salesforce',
      'request',
      'approve R7K3MQ',
      'pending',
      'watch Salesforce',
    ];
    for (const line of [...lines, 'send approvals here']) {
      await stage.say('alex', line);
      await stage.usher.settled();
      expect(stage.last('alex').text).toContain('they need application permissions in Microsoft Graph');
    }

    expect(text).not.toMatch(/request access|watch|approve/);
    expect(text).toContain('sign out');
  });

  it('is not offered that Usher assigns, as it has no permission of its own, and a forged click assigns nothing', async () => {
    await stage.say('alex', 'provision diego@contoso.com to Salesforce');
    const card = await stage.shows('alex', 'not assigned to Salesforce');
    const requestId = /request ([0-9A-Z]{6})/.exec(card.text)?.[1] ?? '';

    await stage.say('alex', `show ${requestId}`);
    await stage.usher.settled();
    const shown = stage.last('alex');
    const answer = await stage.click('alex', { verb: 'assign', requestId });
    await stage.usher.settled();

    for (const { buttons } of [card, shown]) expect(buttons.map(({ title }) => title)).toEqual(['Retry', 'Check']);
    expect(answer).toContain('they need application permissions in Microsoft Graph');
    expect(stage.sandbox.requests.filter(({ path }) => path.endsWith('/appRoleAssignedTo'))).toEqual([]);
  });

  it('cannot run another person’s request again by their own sign-in', async () => {
    const calls = stage.sandbox.stats().calls;
    await stage.say('alex', 'provision grady@contoso.com to Salesforce');
    const { text } = await stage.shows('alex', 'already exists');
    const id = /\b[0-9A-Z]{6}\b/.exec(text)?.[0] ?? '';
    await stage.say('patti', `retry ${id}`);
    await stage.bringToken('patti');

    const refusal = await stage.shows('patti', 'Usher does not use one person’s sign-in for another');
    await stage.say('alex', `retry ${id}`);
    await stage.usher.settled();

    expect(refusal.text).toContain('Type the command yourself');
    expect(stage.sandbox.stats().calls).toBe(calls + 2);
    const sent = stage.graph.calls.filter(({ path }) => path.endsWith('/provisionOnDemand'));
    expect(new Set(sent.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${graphTokenOf('alex')}`]),
    );
  });

  it('reads that the permission is their own where Graph refuses a read', async () => {
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } };
    stage.sandbox.failNext('/users', { kind: 'status', status: 403, body });

    await stage.say('alex', 'check miriam@contoso.com in ServiceNow');
    await stage.usher.settled();

    expect(stage.last('alex').text).toContain('Microsoft Graph does not let you read what this needs');
  });

  it('reads that their own role falls short where Graph refuses a write', async () => {
    stage.sandbox.failNext(/provisionOnDemand$/, {
      kind: 'status',
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } },
    });

    await stage.say('alex', 'provision adele@contoso.com to Salesforce');
    const card = await stage.shows('alex', 'The Entra role of the person who asked does not allow');

    expect(card.text).not.toContain('It is Usher that lacks the permission');
  });
});

describe('the button of the sign-in card', () => {
  it('signs in by the code of the page, and the token service keeps nothing', async () => {
    const token = assertionOf('megan');
    await stage.say('megan', 'whoami');
    await stage.usher.settled();
    stage.service.leave(`29:${'5eed0000-0000-4000-8000-000000000002'}`, '123456', token);

    const wrong = await stage.invoke('megan', 'signin/verifyState', { state: '654321' });
    const cancelled = await stage.invoke('megan', 'signin/verifyState', { state: 'CancelledByUser' });
    const right = await stage.invoke('megan', 'signin/verifyState', { state: '123456' });
    await stage.shows('megan', 'Megan Bowen');

    expect([wrong, cancelled, right]).toEqual([404, 200, 200]);
    expect(stage.service.kept()).toEqual([]);
  });

  it('does not sign in by an account that is not the one in Teams, and says so', async () => {
    await stage.say('megan', 'sign out');
    await stage.say('megan', 'apps');
    await stage.usher.settled();
    stage.service.leave(`29:${'5eed0000-0000-4000-8000-000000000002'}`, '222222', assertionOf('alex'));

    const status = await stage.invoke('megan', 'signin/verifyState', { state: '222222' });
    await stage.usher.settled();

    expect(status).toBe(200);
    expect(stage.last('megan').text).toContain('sign in with the account that you use in Teams');
  });

  it('is not shown when Teams itself fails, so Usher explains what Teams does not', async () => {
    await stage.say('megan', 'apps');
    await stage.usher.settled();

    const status = await stage.invoke('megan', 'signin/failure', { code: 'resourcematchfailed', message: 'x' });
    await stage.usher.settled();

    expect(status).toBe(200);
    expect(stage.last('megan').text).toContain('resourcematchfailed');
  });
});

describe('a sign-in that has ended', () => {
  const many = 'adele, isaiah, diego, nestor, patti, lynne';

  it('ends the waiting tasks of the person, without a grant and without a call', async () => {
    await stage.say('alex', `provision users ${many} to ServiceNow`);
    await stage.shows('alex', /ServiceNow[\s\S]*Waiting/);
    await stage.say('alex', 'sign out');
    await stage.shows('alex', 'You are signed out');
    await stage.usher.settled();

    const granted = (await stage.usher.records()).filter(({ kind }) => kind === 'sent').length;
    await stage.say('alex', 'apps');
    await stage.usher.settled();

    expect((await stage.shows('alex', 'the person who asked was no longer signed in')).text).toContain('ServiceNow');
    // Each call so far is recorded, and what waited is not.
    expect(stage.graph.calls.filter(({ path }) => path.endsWith('/provisionOnDemand'))).toHaveLength(granted);
    expect(stage.last('alex').contentType).toBe(signInCard);
  });

  it('is gone with the process: what waited says so, and nothing of it is sent', async () => {
    await stage.bringToken('alex');
    await stage.say('alex', `provision users ${many} to "GitHub Enterprise"`);
    await stage.shows('alex', /GitHub Enterprise[\s\S]*Waiting/);

    await stage.restart();
    await stage.usher.settled();
    const before = stage.graph.calls.length;
    const { text } = await stage.shows('alex', /GitHub Enterprise[\s\S]*the person who asked was no longer signed in/);
    await stage.say('alex', 'whoami');
    await stage.usher.settled();

    expect(text).toContain('the person who asked was no longer signed in');
    expect(stage.last('alex').contentType).toBe(signInCard);
    expect(callers(before)).toEqual([]);
  });
});

describe('the tokens and secrets', () => {
  it('are neither in the database nor in the log', () => {
    const stored = stage.stored();
    const logged = stage.logged();

    expect(stored.length).toBeGreaterThan(10_000);
    expect(logged).toContain('on-demand call settled');
    for (const secret of ['graph-token-of', 'eyJ', 'secret-of-the-registration', 'access_as_user', '123456']) {
      expect(stored).not.toContain(secret);
      expect(logged).not.toContain(secret);
    }
  });

  it('go to no service but Graph: a call without a person brings none', () => {
    expect(callers().filter((caller) => caller !== '' && !caller.startsWith('graph-token-of-'))).toEqual([]);
  });
});
