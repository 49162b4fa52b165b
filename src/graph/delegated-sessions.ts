import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import type { Clock } from '../clock.ts';
import type { Exchange } from './on-behalf-of.ts';

/**
 * The people who are signed in, and each one's view of Graph by delegated permission.
 *
 *     signed out ──the person's own assertion, exchanged──▶ signed in ──token expired, `forget`, restart──▶ signed out
 *
 * All of it is in the memory of this process and nowhere else; `Services` is whatever the caller builds over a person's
 * token, its caches included, so that no person is ever answered from what another one may read.
 *
 * Until Entra has accepted an assertion, its claims are unverified and may only lead to a refusal. It must be meant for
 * this app and be of the person whom Teams names as its sender, or a person who obtains a colleague's token could act
 * with that colleague's permissions.
 */
export interface DelegatedSessions<Services> {
  signIn(person: SignedPerson, assertion: string): Promise<SignInResult>;
  /** Null when the person is not signed in, or no longer. */
  servicesOf(personId: string): Services | null;
  /** When the sign-in ends by itself, milliseconds since 1970; null when the person is not signed in. */
  endOf(personId: string): number | null;
  /** The ids of all people who are signed in. */
  present(): readonly string[];
  /** Whether there was a sign-in to forget. */
  forget(personId: string): boolean;
}

/** The sender according to Teams. */
export interface SignedPerson {
  /** Entra object id, in lower case. */
  readonly id: string;
  readonly tenantId: string;
}

export type SignInResult =
  | { readonly kind: 'signedIn' }
  /** Entra needs the person in a browser window. */
  | { readonly kind: 'interaction'; readonly code: string }
  /** `why` is for the log. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly code: string; readonly error: unknown };

export interface DelegatedSessionsParts<Services> {
  readonly exchange: Exchange;
  /** The application id that assertions are meant for. */
  readonly appId: string;
  readonly clock: Clock;
  /** Builds a person's view; `token` rejects when the sign-in is over. */
  readonly open: (token: () => Promise<string>) => Services;
  /** The most people at a time: the least recently used sign-in goes first. */
  readonly most?: number;
}

interface SignIn<Services> {
  readonly services: Services;
  readonly expiresAt: number;
  /** Aborted when the sign-in ends early. */
  readonly over: AbortController;
}

const defaultMost = 1_000;
const exchangeTimeoutMs = 8_000;
/** A sign-in that is about to end counts as ended: a call with it would come too late. */
const marginMs = 60_000;
/** Longer than any Entra token with all its claims. */
const longestAssertion = 16_384;

export function createDelegatedSessions<Services>(
  parts: DelegatedSessionsParts<Services>,
): DelegatedSessions<Services> {
  const { exchange, appId, clock, open, most = defaultMost } = parts;
  const known = new Map<string, SignIn<Services>>();

  /** The most recently used are last. */
  function find(personId: string): SignIn<Services> | null {
    const signIn = known.get(personId);
    if (signIn === undefined) return null;
    known.delete(personId);
    if (clock.now() >= signIn.expiresAt - marginMs) return null;
    known.set(personId, signIn);
    return signIn;
  }

  function keep(personId: string, token: string, expiresAt: number): void {
    const over = new AbortController();
    const whileItLasts = async () => {
      if (clock.now() >= expiresAt || over.signal.aborted) throw new Error('the sign-in is over');
      return token;
    };
    // The same person's earlier sign-in stays valid for work that is still using it.
    known.delete(personId);
    known.set(personId, { services: open(whileItLasts), expiresAt, over });
    for (const longestUnseen of known.keys()) {
      if (known.size <= most) break;
      end(longestUnseen);
    }
  }

  function end(personId: string): void {
    known.get(personId)?.over.abort();
    known.delete(personId);
  }

  return {
    async signIn(person, assertion) {
      const mismatch = mismatchOf(assertion, person, appId);
      if (mismatch !== null) return { kind: 'refused', why: mismatch };
      const exchanged = await exchange(assertion, AbortSignal.timeout(exchangeTimeoutMs));
      switch (exchanged.kind) {
        case 'token':
          // Should Entra ever answer with another person's token, it must not be used for this person.
          if (ownerOf(exchanged.token, person) === 'another')
            return { kind: 'refused', why: 'token of another person' };
          keep(person.id, exchanged.token, exchanged.expiresAt);
          return { kind: 'signedIn' };
        case 'refused':
          return { kind: 'refused', why: exchanged.code === '' ? 'refused by Entra' : exchanged.code };
        case 'interaction':
        case 'unavailable':
          return exchanged;
        default:
          return assertNever(exchanged, 'exchange');
      }
    },
    servicesOf: (personId) => find(personId)?.services ?? null,
    endOf: (personId) => find(personId)?.expiresAt ?? null,
    present: () => [...known.keys()].filter((id) => clock.now() < (known.get(id)?.expiresAt ?? 0) - marginMs),
    forget(personId) {
      const was = find(personId) !== null;
      end(personId);
      return was;
    },
  };
}

const claimsSchema = z.object({ aud: z.string(), oid: z.guid().toLowerCase(), tid: z.guid().toLowerCase() });

/** Why an assertion cannot be this person's for this app; null when nothing contradicts it. */
function mismatchOf(assertion: string, person: SignedPerson, appId: string): string | null {
  const claims = claimsSchema.safeParse(payloadOf(assertion));
  if (!claims.success) return 'no token of a person';
  const { aud, oid, tid } = claims.data;
  if (!isFor(aud.toLowerCase(), appId.toLowerCase())) return 'meant for another app';
  if (tid !== person.tenantId.toLowerCase()) return 'of another tenant';
  return oid === person.id.toLowerCase() ? null : 'of another person';
}

/** By its id, or by a URI that contains the id: `api://HOST/botid-ID`, `api://botid-ID`, `api://ID`. */
function isFor(audience: string, appId: string): boolean {
  if (audience === appId) return true;
  return audience.startsWith('api://') && new RegExp(`[/-]${appId}$`).test(audience);
}

/** Graph's tokens are opaque to clients and may become unreadable any day; then the owner is unknown. */
function ownerOf(token: string, person: SignedPerson): 'this' | 'another' | 'unknown' {
  const claims = claimsSchema.omit({ aud: true }).safeParse(payloadOf(token));
  if (!claims.success) return 'unknown';
  const { oid, tid } = claims.data;
  return oid === person.id.toLowerCase() && tid === person.tenantId.toLowerCase() ? 'this' : 'another';
}

/** A token's claims, unverified; null for a text that is no token. */
export function payloadOf(token: string): unknown {
  const [, payload = ''] = token.slice(0, longestAssertion).split('.', 3);
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
