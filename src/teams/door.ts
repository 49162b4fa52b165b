import { type Activity, ActivityTypes, type TurnContext } from 'botbuilder';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Adapter } from './adapter.ts';
import { consentName } from './consent.ts';
import { actionName, type InvokeResponse, saySentence } from './invoking.ts';
import { isSignIn, type SignInResponse } from './signing-in.ts';
import { fieldsOf, textOf } from './wire.ts';

/**
 * Where an HTTP request becomes a turn. The token is checked here and not by `adapter.process`, which writes an error's
 * own message into its answers and the whole error to stderr, and answers a bad signature with 500. The check is
 * botbuilder's all the same; CloudAdapter takes its result and runs the turn.
 *
 * Before it, the issuer that a token claims is compared: botbuilder also knows the issuers of its emulator, of skills
 * and of AseChannel, and with a token of those whoever holds the bot's own secret could speak as anybody. It also
 * remembers each tenant that an unverified emulator token names, without end.
 */
export interface Door {
  /** Rejects for what nobody foresaw; the caller answers with 500 then. */
  receive(authorization: string, activity: unknown): Promise<Reception>;
}

export type Reception =
  /** Whatever was to be done is done or under way; the body is what an invoke wants to hear. */
  | { readonly kind: 'taken'; readonly body?: unknown; readonly status?: number }
  /** The token proves nothing. */
  | { readonly kind: 'refused' }
  /** An invoke that Usher does not know. */
  | { readonly kind: 'notImplemented' }
  /** The signing keys cannot be had, so no token can be checked. */
  | { readonly kind: 'unavailable' };

export interface DoorParts extends Adapter {
  /** Resolves with what an invoke is to hear; null for all else. */
  readonly onTurn: (context: TurnContext, issuer: string | undefined) => Promise<InvokeResponse | null>;
  /** The same for signing in; absent, or null, where nobody does. */
  readonly onSignIn?: (activity: Activity, issuer: string | undefined) => Promise<SignInResponse | null>;
  /** The only issuer whose tokens are looked at; null where activities come without a token. */
  readonly issuer: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

type Identity = Awaited<ReturnType<Adapter['authentication']['authenticateRequest']>>;

/** Teams gives up after ten seconds at the earliest. */
const keysTimeoutMs = 8_000;
const longestReason = 100;

export function createDoor(parts: DoorParts): Door {
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
    const enough = new AbortController();
    try {
      const identity = await Promise.race([
        authentication.authenticateRequest(activity, authorization),
        clock.sleep(keysTimeoutMs, enough.signal),
      ]);
      if (identity === undefined) return unavailable(new Error('no answer in time'));
      // botbuilder takes a token that never expires.
      if (issuer !== null && identity.claimsIdentity.getClaimValue('exp') === null) return refuse('no expiry');
      return identity;
    } catch (error) {
      if (isAboutKeys(error)) return unavailable(error);
      return refuse(error instanceof Error ? error.message : String(error));
    } finally {
      enough.abort();
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
      // Of a file consent Teams wants to hear that it has arrived, and no more.
      if (activity.type !== ActivityTypes.Invoke || activity.name === consentName) return { kind: 'taken' };
      if (activity.name !== actionName) return { kind: 'notImplemented' };
      return { kind: 'taken', body: responses[0] ?? saySentence('') };
    },
  };
}

/** What a token says of itself. Nothing is verified yet, so this may only ever refuse. */
function claimedIssuer(authorization: string): string | undefined {
  const [, payload = ''] = authorization.split('.', 3);
  try {
    return textOf(fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).iss);
  } catch {
    return undefined;
  }
}

/** Errors of fetching the keys; all others come of the token. */
function isAboutKeys(error: unknown): boolean {
  const { statusCode } = fieldsOf(error);
  if (typeof statusCode === 'number') return statusCode >= 500;
  return error instanceof Error && error.name === 'FetchError';
}
