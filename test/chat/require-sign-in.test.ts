import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Incoming } from '../../src/chat/incoming.ts';
import type { CommandParts } from '../../src/chat/registry/define-command.ts';
import type { Reply } from '../../src/chat/reply.ts';
import { requireSignIn, type SignedInCallers } from '../../src/chat/require-sign-in.ts';
import { createTestClock } from '../support/clock.ts';

const clock = createTestClock();
let woken: number;
let signedIn: boolean;
let answer: (incoming: Incoming) => Promise<Reply>;

beforeEach(() => {
  [woken, signedIn] = [0, false];
  const callers: SignedInCallers = {
    servicesOf: () => (signedIn ? ({} as NonNullable<ReturnType<SignedInCallers['servicesOf']>>) : null),
    endOf: () => (signedIn ? clock.now() + 3_600_000 : null),
    forget: () => {
      const was = signedIn;
      signedIn = false;
      return was;
    },
  };
  const publish = () => {
    woken += 1;
  };
  const parts = { store: { clock }, publish };
  answer = requireSignIn(parts as unknown as CommandParts, callers);
});

const line = (text: string, kind: Incoming['place']['kind'] = 'personal'): Incoming => ({
  id: 'chat|1',
  speaker: { id: 'alex', tenantId: 'contoso' },
  conversation: '{}',
  place: { key: 'chat', kind },
  reader: { locale: 'en-US', timeZone: 'UTC' },
  what: { kind: 'text', text, attachments: 0, files: [] },
  mentions: [],
});
const summaryOf = (reply: Reply) => (reply.kind === 'card' ? reply.message.summary : reply.kind);

describe('a person who is not signed in', () => {
  it.each(['apps', 'sign in', 'provision adele to Salesforce', ''])(
    'is invited to sign in when they say “%s”',
    async (text) => {
      expect(await answer(line(text))).toEqual({
        kind: 'signIn',
        invitation: {
          text: expect.stringContaining('sign in'),
          button: 'Sign in',
          summary: 'Usher asks you to sign in.',
        },
      });
    },
  );

  it('is sent to their own chat from a conversation where others read along', async () => {
    expect(summaryOf(await answer(line('apps', 'shared')))).toContain('Open your personal chat with Usher');
  });

  it('reads that there is no sign-in to forget', async () => {
    expect(summaryOf(await answer(line('sign out')))).toContain('There was no sign-in for Usher');
  });
});

describe('a person who is signed in', () => {
  beforeEach(() => {
    signedIn = true;
  });

  it.each(['sign in', 'Sign in!', 'log in please', 'LOGIN'])('reads until when: “%s”', async (text) => {
    expect(summaryOf(await answer(line(text)))).toContain('until 10:00');
  });

  it.each(['sign out', 'Sign out.', 'log out, please', 'logout'])(
    'is signed out at “%s”, and the dispatcher is told to look at their waiting tasks',
    async (text) => {
      const reply = await answer(line(text));

      expect(summaryOf(reply)).toContain('has forgotten your sign-in');
      expect(signedIn).toBe(false);
      expect(woken).toBe(1);
    },
  );

  it('is not signed out by words that only begin like it', async () => {
    await answer(line('sign out adele from Salesforce')).catch(() => undefined);

    expect(signedIn).toBe(true);
  });
});
