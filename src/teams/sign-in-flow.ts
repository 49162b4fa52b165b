import type { Activity } from 'botbuilder';
import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import type { Incoming, Speaker } from '../chat/incoming.ts';
import type { SignInInvitation } from '../chat/reply.ts';
import type { Clock } from '../clock.ts';
import type { DelegatedSessions, SignInResult } from '../graph/delegated-sessions.ts';
import type { Log } from '../log.ts';
import { isTooSlow, type TooSlow, withinMs } from '../time-limit.ts';
import type { Conversations, Posted } from './conversations.ts';
import { readerOf, whereOf } from './to-incoming.ts';
import type { UserTokens } from './user-tokens.ts';
import { fieldsOf, statusOf, textOf } from './wire.ts';

/**
 * How Teams signs a person in. Usher posts a card; then one of these invokes comes:
 *
 *     signin/tokenExchange   the client brings the person's token for Usher, without a window. 200 when it is accepted;
 *                            412 makes the client show the card's button, as Entra needs to see the person
 *     signin/verifyState     the person used the button; the page gave their client a code, for which the Bot
 *                            Framework's token service gives the token
 *     signin/failure         the client could not get a token, and shows nothing to the person
 *
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-code
 *
 * The message sent before the sign-in waits in memory, one for each person, for some minutes; a message in the database
 * would count as answered. Each of a person's clients may bring the token: the same one is exchanged once. Tokens are
 * neither stored nor logged, and none is trusted before Entra has accepted it: see `graph/delegated-sessions.ts`.
 */
export interface SignInFlow {
  /** Posts the card; the message is answered after the sign-in. */
  ask(incoming: Incoming, invitation: SignInInvitation): Promise<Posted>;
  /** `finished` resolves when the waiting message is answered, and does not reject. */
  take(activity: Partial<Activity>, speaker: Speaker): Promise<{ response: SignInResponse; finished: Promise<void> }>;
}

/** The response to the invoke, as HTTP status and body. */
export interface SignInResponse {
  readonly status: 200 | 400 | 404 | 412 | 500;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SignInFlowParts {
  readonly connection: string;
  readonly userTokens: UserTokens;
  readonly chat: Pick<Chat, 'signInNews'>;
  readonly conversations: Pick<Conversations, 'askToSignIn' | 'post'>;
  /** Answers the waiting message, as if it were sent now; resolves when the answer is posted. */
  readonly resume: (incoming: Incoming) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

type News = Parameters<Chat['signInNews']>[0];

const waitMs = 10 * 60_000;
const mostWaiting = 1_000;
const redeemTimeoutMs = 8_000;

const names = ['signin/tokenExchange', 'signin/verifyState', 'signin/failure'] as const;
type Name = (typeof names)[number];

/** Whether an invoke is about signing in. */
export function isSignIn(name: string | undefined): name is Name {
  return names.some((known) => known === name);
}

/** @returns null where people do not sign in, as Usher has its own permission. */
export function createSignInFlow(
  signIns: Pick<DelegatedSessions<unknown>, 'signIn' | 'endOf'> | null,
  parts: SignInFlowParts,
): SignInFlow | null {
  return signIns === null ? null : signingInBy(signIns, parts);
}

function signingInBy(
  signIns: Pick<DelegatedSessions<unknown>, 'signIn' | 'endOf'>,
  parts: SignInFlowParts,
): SignInFlow {
  const { connection, userTokens, chat, conversations, clock, log } = parts;
  const waiting = new Map<string, { readonly incoming: Incoming; readonly until: number }>();
  const exchanges = new Map<string, { readonly result: Promise<SignInResult>; readonly until: number }>();

  function wait(incoming: Incoming): void {
    waiting.delete(incoming.speaker.id);
    waiting.set(incoming.speaker.id, { incoming, until: clock.monotonic() + waitMs });
    forgetOld(waiting);
  }

  /** The message that waited for this person's sign-in; returned only once. */
  function takeWaiting(speaker: Speaker): Incoming | null {
    forgetOld(waiting);
    const found = waiting.get(speaker.id)?.incoming ?? null;
    waiting.delete(speaker.id);
    return found;
  }

  function forgetOld(kept: Map<string, { readonly until: number }>): void {
    const now = clock.monotonic();
    for (const [key, { until }] of kept) if (until <= now || kept.size > mostWaiting) kept.delete(key);
  }

  /** Clients of one person bring the same exchange at the same time, and it is made once. */
  async function exchangeOnce(speaker: Speaker, id: string, assertion: string): Promise<SignInResult> {
    forgetOld(exchanges);
    const key = `${speaker.id}|${id}`;
    const known = exchanges.get(key);
    if (known !== undefined) {
      const result = await known.result;
      if (result.kind === 'signedIn' && signIns.endOf(speaker.id) !== null) return result;
    }
    const result = signIns.signIn(speaker, assertion);
    exchanges.set(key, { result, until: clock.monotonic() + waitMs });
    return result;
  }

  async function exchange(value: unknown, speaker: Speaker, where: Where): Promise<Taken> {
    const read = exchangeSchema.safeParse(value);
    if (!read.success || read.data.connectionName !== connection) return answered(400, {});
    const { id, token } = read.data;
    const result = await exchangeOnce(speaker, id, token);
    noteFailure(result, speaker);
    const about = { id, connectionName: connection };
    switch (result.kind) {
      case 'signedIn':
        return answered(200, about, goOn(takeWaiting(speaker)));
      case 'interaction':
        return answered(412, { ...about, failureDetail: 'Microsoft Entra wants to see you sign in.' });
      case 'refused':
        return answered(400, { ...about, failureDetail: 'This sign-in was not accepted.' });
      case 'unavailable': {
        // Each of the person's clients asks, and one message is enough.
        const isNews = takeWaiting(speaker) !== null;
        return answered(500, about, isNews ? tell(where, { kind: 'signInUnavailable' }) : undefined);
      }
      default:
        return assertNever(result, 'result');
    }
  }

  async function verify(value: unknown, speaker: Speaker, where: Where): Promise<Taken> {
    const code = textOf(fieldsOf(value).state);
    // A client whose person closes the window sends a word instead of a code.
    if (!/^\d{4,12}$/.test(code)) return answered(/cancel/i.test(code) ? 200 : 404, {});
    let assertion: string | null | TooSlow;
    try {
      assertion = await withinMs(userTokens.redeem(where.conversation, code), redeemTimeoutMs, clock);
      if (isTooSlow(assertion)) throw new Error('no answer in time');
    } catch (error) {
      // The error includes the request, with the code in its address.
      log.error({ code: 'token_service_away', status: statusOf(error) }, 'the token service did not answer');
      return answered(500, {}, tell(where, { kind: 'signInUnavailable' }));
    }
    if (assertion === null) return answered(404, {});
    const result = await signIns.signIn(speaker, assertion);
    noteFailure(result, speaker);
    switch (result.kind) {
      case 'signedIn': {
        const until = signIns.endOf(speaker.id) ?? clock.now();
        const isGreeted = waiting.has(speaker.id);
        const next = goOn(takeWaiting(speaker));
        return answered(200, {}, isGreeted ? next : tell(where, { kind: 'signedIn', until, now: clock.now() }));
      }
      case 'interaction':
        return answered(200, {}, tell(where, { kind: 'signInConsent', code: result.code }));
      case 'refused':
        return answered(200, {}, tell(where, { kind: 'signInRefused' }));
      case 'unavailable':
        return answered(200, {}, tell(where, { kind: 'signInUnavailable' }));
      default:
        return assertNever(result, 'result');
    }
  }

  function fail(value: unknown, speaker: Speaker, where: Where): Taken {
    const code = /^[\w.-]{1,60}$/.exec(textOf(fieldsOf(value).code))?.[0] ?? '';
    log.warn({ code: 'sign_in_failed', why: code, actorId: speaker.id }, 'Teams could not sign the user in');
    const isNews = takeWaiting(speaker) !== null;
    return answered(200, {}, isNews ? tell(where, { kind: 'signInFailed', code }) : undefined);
  }

  function noteFailure(result: SignInResult, { id: actorId }: Speaker): void {
    if (result.kind === 'refused')
      log.warn({ code: 'sign_in_refused', why: result.why, actorId }, 'a sign-in was refused');
    if (result.kind === 'interaction')
      log.info(
        { code: 'sign_in_interaction', why: result.code, actorId },
        'Entra requires the user to sign in interactively',
      );
    if (result.kind === 'unavailable')
      log.error({ error: result.error, code: 'sign_in_unavailable', why: result.code }, 'no user can be signed in');
  }

  async function goOn(incoming: Incoming | null): Promise<void> {
    if (incoming !== null) await parts.resume(incoming);
  }

  async function tell({ conversation, reader }: Where, what: News): Promise<void> {
    const posted = await conversations.post(conversation, chat.signInNews(what, reader));
    if (posted.kind !== 'done')
      log.warn({ error: posted.error, status: posted.status, code: 'sign_in_news_not_taken' }, 'Teams took no news');
  }

  return {
    async ask(incoming, invitation) {
      // The token may arrive before Teams has confirmed the card.
      wait(incoming);
      const posted = await conversations.askToSignIn(incoming.conversation, connection, invitation);
      if (posted.kind === 'done') return posted;
      if (waiting.get(incoming.speaker.id)?.incoming === incoming) waiting.delete(incoming.speaker.id);
      const { status, error } = posted;
      log.error({ error, status, code: 'no_sign_in_card' }, 'no user can be asked to sign in');
      // The card needs the token service. If Teams was the one that refused it, it will refuse this card as well.
      return conversations.post(incoming.conversation, chat.signInNews({ kind: 'signInUnavailable' }, incoming.reader));
    },
    async take(activity, speaker) {
      const where = { ...whereOf(activity), reader: readerOf(activity) };
      const name = isSignIn(activity.name) ? activity.name : 'signin/failure';
      switch (name) {
        case 'signin/tokenExchange':
          return exchange(activity.value, speaker, where);
        case 'signin/verifyState':
          return verify(activity.value, speaker, where);
        case 'signin/failure':
          return fail(activity.value, speaker, where);
        default:
          return assertNever(name, 'sign-in');
      }
    },
  };
}

type Where = Pick<Incoming, 'conversation' | 'reader'>;

interface Taken {
  readonly response: SignInResponse;
  readonly finished: Promise<void>;
}

const exchangeSchema = z.object({
  id: z.string().max(200).default(''),
  connectionName: z.string(),
  token: z.string().min(1),
});

function answered(status: SignInResponse['status'], body: SignInResponse['body'], finished = Promise.resolve()): Taken {
  return { response: { status, body }, finished };
}
