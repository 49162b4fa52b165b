import type { Messages, MessageValues } from '../messages.ts';
import { short } from './parts.ts';
import { type ProblemKeys, problemKeys } from './problem-keys.ts';

/** Texts about signing in, and about what prevents it. */
export type SignInProblem =
  | {
      readonly kind:
        | 'signInEnded'
        | 'signInElsewhere'
        | 'signedOut'
        | 'notSignedIn'
        | 'signInUnavailable'
        | 'signInRefused'
        | 'needsApplicationPermission';
    }
  /** Times in milliseconds since 1970. */
  | { readonly kind: 'signedIn'; readonly until: number; readonly now: number }
  /** `code`: Entra's or Teams' own, for the operator of Usher. */
  | { readonly kind: 'signInConsent' | 'signInFailed' | 'graphRefusedYou'; readonly code: string | null }
  | { readonly kind: 'othersRequest'; readonly id: string };

const KEYS: Readonly<Record<SignInProblem['kind'], ProblemKeys>> = problemKeys({
  signInEnded: 'warning',
  signInElsewhere: 'neutral',
  signedIn: 'good',
  signedOut: 'neutral',
  notSignedIn: 'neutral',
  signInConsent: 'bad',
  signInRefused: 'bad',
  signInFailed: 'bad',
  signInUnavailable: 'bad',
  graphRefusedYou: 'bad',
  needsApplicationPermission: 'warning',
  othersRequest: 'warning',
});

export function isSignInProblem(what: { readonly kind: string }): what is SignInProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function signInProblem(
  words: Messages,
  what: SignInProblem,
): { readonly keys: ProblemKeys; readonly values: MessageValues; readonly code: string | null } {
  return { keys: KEYS[what.kind], values: valuesOf(words, what), code: 'code' in what ? what.code : null };
}

function valuesOf(words: Messages, what: SignInProblem): MessageValues {
  if (what.kind === 'signedIn') return { until: words.moment(what.until, what.now) };
  return what.kind === 'othersRequest' ? { id: short(what.id) } : {};
}
