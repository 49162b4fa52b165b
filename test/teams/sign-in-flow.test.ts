import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Incoming } from '../../src/chat/incoming.ts';
import type { SignInResult } from '../../src/graph/delegated-sessions.ts';
import { createLog } from '../../src/log.ts';
import { messageActivity } from '../../src/sandbox/teams/activity.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import type { Posted } from '../../src/teams/conversations.ts';
import { createSignInFlow, isSignIn, type SignInFlow } from '../../src/teams/sign-in-flow.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { cardOf, clickOn } from './answering-stage.ts';
import { summaryOf } from './painter-stage.ts';

const connection = 'usher';
const invitation = { text: 'Please sign in.', button: 'Sign in', summary: 'Sign in' };
const alex = { id: people.alex.id, tenantId: 'contoso' };
const megan = { id: people.megan.id, tenantId: 'contoso' };

let clock: TestClock;
let signInFlow: SignInFlow;
/** The messages that were resumed after a sign-in. */
let resumed: string[];
let news: string[];
let exchanges: number;
let result: SignInResult;
let signedIn: boolean;
let code: string;
let posted: Posted;

const said = (text: string, speaker = alex): Incoming => ({
  ...clickOn({ verb: 'run', text }),
  speaker,
  what: { kind: 'text', text, attachments: 0, files: [] },
});

beforeEach(() => {
  clock = createTestClock();
  [resumed, news, exchanges] = [[], [], 0];
  [result, signedIn, code] = [{ kind: 'signedIn' }, true, ''];
  posted = { kind: 'done', activityId: 'card-1' };
  const made = createSignInFlow(
    {
      signIn: async () => {
        exchanges += 1;
        return result;
      },
      endOf: () => (signedIn ? clock.now() + 3_600_000 : null),
    },
    {
      connection,
      userTokens: { redeem: async (_conversation, given) => (given === code ? 'an assertion' : null) },
      chat: { signInNews: ({ kind }) => cardOf(kind) },
      conversations: {
        askToSignIn: async () => posted,
        post: async (_conversation, content) => {
          news.push(summaryOf(content));
          return { kind: 'done', activityId: 'card-2' };
        },
      },
      resume: async ({ what }) => void resumed.push(what.kind === 'text' ? what.text : what.kind),
      clock,
      log: createLog('silent'),
    },
  );
  if (made === null) throw new Error('the exchange made no session');
  signInFlow = made;
});

async function take(name: string, value: unknown, speaker = alex): Promise<number> {
  const place = { serviceUrl: 'https://smba.example', conversationId: 'chat' };
  const activity = { ...messageActivity({ id: speaker.id, name: '' }, place, ''), type: 'invoke', name, value };
  const { response, finished } = await signInFlow.take(activity, speaker);
  await finished;
  return response.status;
}

const bring = (id = 'exchange-1', speaker = alex) =>
  take('signin/tokenExchange', { id, connectionName: connection, token: 'an assertion' }, speaker);

describe('a message that waits for a sign-in', () => {
  it('is the last one of this person, and is resumed once', async () => {
    await signInFlow.ask(said('apps'), invitation);
    await signInFlow.ask(said('status'), invitation);
    await signInFlow.ask(said('queue', megan), invitation);

    await bring();
    await bring('exchange-2');

    expect(resumed).toEqual(['status']);
  });

  it('is forgotten after ten minutes', async () => {
    await signInFlow.ask(said('provision isaiah to Salesforce'), invitation);
    await clock.advance(10 * 60_000);

    const status = await bring();

    expect(status).toBe(200);
    expect(resumed).toEqual([]);
  });

  it('does not wait where no sign-in card can be shown', async () => {
    posted = { kind: 'gone', status: 404, error: new Error('no such connection') };

    await signInFlow.ask(said('apps'), invitation);
    await bring();

    expect(resumed).toEqual([]);
    expect(news).toEqual(['signInUnavailable']);
  });
});

describe('an exchange', () => {
  it('happens once for all clients of a person, and anew after they have signed out', async () => {
    await Promise.all([bring(), bring(), bring()]);
    const together = exchanges;
    signedIn = false;
    await bring();

    expect(together).toBe(1);
    expect(exchanges).toBe(2);
  });

  it('happens for each person, whatever id their clients name', async () => {
    await bring('the same');
    await bring('the same', megan);

    expect(exchanges).toBe(2);
  });

  it('leaves the message waiting while Entra needs the person’s interaction', async () => {
    await signInFlow.ask(said('apps'), invitation);
    result = { kind: 'interaction', code: 'AADSTS50076' };
    const first = await bring();
    result = { kind: 'signedIn' };
    code = '123456';

    const second = await take('signin/verifyState', { state: '123456' });

    expect([first, second]).toEqual([412, 200]);
    expect(resumed).toEqual(['apps']);
    expect(news).toEqual([]);
  });
});

describe('the code of the page', () => {
  beforeEach(() => {
    code = '123456';
  });

  it.each<[SignInResult, string]>([
    [{ kind: 'signedIn' }, 'signedIn'],
    [{ kind: 'interaction', code: 'AADSTS65001' }, 'signInConsent'],
    [{ kind: 'refused', why: 'of another person' }, 'signInRefused'],
    [{ kind: 'unavailable', code: '', error: null }, 'signInUnavailable'],
  ])('is answered in the chat where no message waits, as the window says nothing: %j', async (outcome, told) => {
    result = outcome;

    const status = await take('signin/verifyState', { state: '123456' });

    expect(status).toBe(200);
    expect(news).toEqual([told]);
  });

  it.each([
    ['654321', 404],
    ['CancelledByUser', 200],
    ['', 404],
    [null, 404],
  ])('is not %j, and signs no person in', async (state, status) => {
    expect(await take('signin/verifyState', { state })).toBe(status);
    expect(exchanges).toBe(0);
  });
});

describe('a failure of Teams’ own', () => {
  it('is reported to the person who waits, once', async () => {
    await signInFlow.ask(said('apps'), invitation);

    const statuses = [
      await take('signin/failure', { code: 'resourcematchfailed' }),
      await take('signin/failure', { code: 'resourcematchfailed' }),
    ];

    expect(statuses).toEqual([200, 200]);
    expect(news).toEqual(['signInFailed']);
  });
});

describe('the invokes of signing in', () => {
  it('are these three and no others', () => {
    const names = ['signin/tokenExchange', 'signin/verifyState', 'signin/failure', 'adaptiveCard/action', undefined];

    expect(names.map(isSignIn)).toEqual([true, true, true, false, false]);
  });

  it('are not handled where Usher has permissions of its own', () => {
    expect(createSignInFlow(null, {} as Parameters<typeof createSignInFlow>[1])).toBeNull();
  });
});
