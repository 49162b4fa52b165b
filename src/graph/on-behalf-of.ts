import { readFile } from 'node:fs/promises';
import type { ManagedIdentityCredential, OnBehalfOfCredential } from '@azure/identity';
import { assertNever } from '../assert-never.ts';
import { type CloudName, clouds } from '../clouds.ts';
import type { Identity } from '../identity.ts';
import { lazily } from '../lazily.ts';
import type { LoginOptions } from './credential.ts';

const azure = lazily<typeof import('@azure/identity')>('@azure/identity');

/**
 * Exchanges a person's token for this app at Entra for the same person's Graph token. Entra checks signature, audience
 * and age of the first one, and grants no more than what both the person and the registration may do.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 *
 * `@azure/identity` would keep the assertion, and a refresh token beside it, for as long as its credential lives. So
 * each exchange gets a credential of its own, and only the token and its expiry are kept.
 */
export type Exchange = (assertion: string, signal: AbortSignal) => Promise<Exchanged>;

export type Exchanged =
  | {
      readonly kind: 'token';
      readonly token: string;
      /** Milliseconds since 1970. */
      readonly expiresAt: number;
    }
  /** Entra needs the person in a browser window: for consent, a second factor, or another policy. */
  | { readonly kind: 'interaction'; readonly code: string }
  /** Entra rejects the person's token: it is too old, or meant for another app. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Entra was not reached, or rejects the registration itself. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly error: unknown };

/**
 * Entra errors that only the person can resolve.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const interactive = /AADSTS(65001|65004|5007[2469]|50125|50127|50129|50131|5015[68]|50097|53\d{3})\b/;
const interactiveWord = /\b(interaction_required|consent_required|login_required)\b/;

/** @throws when the identity is not a registration's: a managed identity cannot act for people. */
export function onBehalfOf(identity: Identity, cloud: CloudName, login: LoginOptions = {}): Exchange {
  if (identity.kind === 'managedIdentity' || identity.kind === 'ambient')
    throw new Error('people can only be signed in by a registration with a proof of its own');
  const registration = identity;
  const { graphRoot, loginAuthority, tokenExchange } = clouds[cloud];
  const options = { ...login, authorityHost: loginAuthority };
  /** Made when first needed, and kept: the machine's own tokens last for a day. */
  let voucher: ManagedIdentityCredential | null = null;
  async function vouchBy(clientId: string): Promise<string> {
    const { ManagedIdentityCredential } = azure();
    voucher ??= new ManagedIdentityCredential({ clientId, ...login });
    return (await voucher.getToken(`${tokenExchange}/.default`)).token;
  }

  async function credentialOver(userAssertionToken: string): Promise<OnBehalfOfCredential> {
    const { OnBehalfOfCredential } = azure();
    const { tenantId, clientId } = registration;
    const shared = { ...options, tenantId, clientId, userAssertionToken };
    switch (registration.kind) {
      case 'secret':
        return new OnBehalfOfCredential({ ...shared, clientSecret: registration.secret.reveal() });
      case 'certificate':
        return new OnBehalfOfCredential({ ...shared, certificatePath: registration.path });
      case 'tokenFile': {
        const { path } = registration;
        return new OnBehalfOfCredential({ ...shared, getAssertion: async () => (await readFile(path, 'utf8')).trim() });
      }
      case 'federatedIdentity':
        return new OnBehalfOfCredential({ ...shared, getAssertion: () => vouchBy(registration.identityId) });
      default:
        return assertNever(registration, 'exchange');
    }
  }

  return async (assertion, abortSignal) => {
    try {
      const credential = await credentialOver(assertion);
      const token = await credential.getToken(`${graphRoot}/.default`, { abortSignal });
      return { kind: 'token', token: token.token, expiresAt: token.expiresOnTimestamp };
    } catch (error) {
      return readFailure(error);
    }
  };
}

/** Entra's errors explain themselves only in their messages; nothing but the code is passed on. */
function readFailure(error: unknown): Exchanged {
  const message = error instanceof Error ? error.message : '';
  const code = /AADSTS\d+/.exec(message)?.[0] ?? '';
  if (interactive.test(message) || interactiveWord.test(message)) return { kind: 'interaction', code };
  if (/\binvalid_grant\b/.test(message)) return { kind: 'refused', code };
  return { kind: 'unavailable', code, error: withoutContent(error, code) };
}

function withoutContent(error: unknown, code: string): Error {
  const name = error instanceof Error ? error.name : typeof error;
  return new Error(code === '' ? `no answer from the login (${name})` : `the login refused the registration: ${code}`);
}
