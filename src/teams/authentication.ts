import { type Activity, ActivityTypes, type TurnContext } from 'botbuilder';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { isTooSlow, withinMs } from '../time-limit.ts';
import type { Adapter } from './adapter.ts';
import { consentName } from './consent.ts';
import { actionName, type InvokeResponse, saySentence } from './invoke-handler.ts';
import { isSignIn, type SignInResponse } from './sign-in-flow.ts';
import { fieldsOf, textOf } from './wire.ts';

/**
 * Makes a turn of an HTTP request. The token is checked here and not by `adapter.process`, which writes an error's
 * own message into its answers and the whole error to stderr, and answers a bad signature with 500. botbuilder still
 * performs the check; CloudAdapter takes its result and runs the turn.
 *
 * The claimed issuer is compared first: botbuilder also accepts the issuers of its emulator, of skills and of
 * AseChannel, and with such a token a holder of the bot's own secret could pose as any person. It also remembers,
 * without limit, each tenant that an unverified emulator token names.
 */
export interface Authentication {
  /** Rejects on unexpected errors, which the caller answers with 500. */
  receive(authorization: string, activity: unknown): Promise<Reception>;
}

export type Reception =
  /** All work is done or running; the body is the response to an invoke. */
  | { readonly kind: 'taken'; readonly body?: unknown; readonly status?: number }
  /** The token is missing or invalid. */
  | { readonly kind: 'refused' }
  /** An invoke that Usher does not know. */
  | { readonly kind: 'notImplemented' }
  /** The signing keys cannot be fetched, so no token can be checked. */
  | { readonly kind: 'unavailable' };

export interface AuthenticationParts extends Adapter {
  /** Resolves with the response to an invoke; null for all else. */
  readonly onTurn: (context: TurnContext, issuer: string | undefined) => Promise<InvokeResponse | null>;
  /** The same for sign-in; absent, or null, where there is none. */
  readonly onSignIn?: (activity: Activity, issuer: string | undefined) => Promise<SignInResponse | null>;
  /** The only issuer whose tokens are validated; null where activities come without a token. */
  readonly issuer: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

type Identity = Awaited<ReturnType<Adapter['authentication']['authenticateRequest']>>;

/** Teams gives up after ten seconds at the earliest. */
const keysTimeoutMs = 8_000;
const longestReason = 100;

export function createAuthentication(parts: AuthenticationParts): Authentication {
  const { adapter, authentication, onTurn, issuer, clock, log } = parts;
  function refuse(why: string): Reception {
    log.warn({ code: 'token_refused', why: why.slice(0, longestReason) }, 'a token was refused');
    return { kind: 'refused' };
  }

  function unavailable(error: unknown): Reception {
    log.error({ error, code: 'no_signing_keys' }, 'the signing keys of the channel service cannot be had');
    return { kind: 'unavailable' };
  }

  async function identify(authorization: string, activity: Activity): Promise<Identity | Reception> {
    if (issuer !== null && claimedIssuer(authorization) !== issuer) return refuse('another issuer, or no token');
    try {
      const proving = authentication.authenticateRequest(activity, authorization);
      const identity = await withinMs(proving, keysTimeoutMs, clock);
      if (isTooSlow(identity)) return unavailable(new Error('no answer in time'));
      // botbuilder accepts a token that never expires.
      if (issuer !== null && identity.claimsIdentity.getClaimValue('exp') === null) return refuse('no expiry');
      return identity;
    } catch (error) {
      if (isAboutKeys(error)) return unavailable(error);
      return refuse(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    async receive(authorization, received) {
      const activity = received as Activity;
      const identity = await identify(authorization, activity);
      if ('kind' in identity) return identity;
      const proven = identity.claimsIdentity.getClaimValue('iss') ?? undefined;
      const signIns: SignInResponse[] = [];
      const responses: InvokeResponse[] = [];
      await adapter.processActivityDirect(identity, activity, async (context) => {
        if (activity.type === ActivityTypes.Invoke && isSignIn(activity.name)) {
          const answer = await parts.onSignIn?.(context.activity, proven);
          if (answer !== null && answer !== undefined) signIns.push(answer);
          return;
        }
        const response = await onTurn(context, proven);
        if (response !== null) responses.push(response);
      });
      const [signIn] = signIns;
      if (signIn !== undefined) return { kind: 'taken', status: signIn.status, body: signIn.body };
      // For a file consent Teams only wants to know that it has arrived.
      if (activity.type !== ActivityTypes.Invoke || activity.name === consentName) return { kind: 'taken' };
      if (activity.name !== actionName) return { kind: 'notImplemented' };
      return { kind: 'taken', body: responses[0] ?? saySentence('') };
    },
  };
}

/** The claims of an unverified token, so this may only ever refuse. */
function claimedIssuer(authorization: string): string | undefined {
  const [, payload = ''] = authorization.split('.', 3);
  try {
    return textOf(fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).iss);
  } catch {
    return undefined;
  }
}

/** Errors of fetching the keys; all others concern the token. */
function isAboutKeys(error: unknown): boolean {
  const { statusCode } = fieldsOf(error);
  if (typeof statusCode === 'number') return statusCode >= 500;
  return error instanceof Error && error.name === 'FetchError';
}
