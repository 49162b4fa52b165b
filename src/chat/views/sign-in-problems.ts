import type { WordKey, Words, WordValues } from '../words.ts';
import { short } from './parts.ts';
import type { Tone } from './tone.ts';

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

type Keys = readonly [tone: Tone, title: WordKey, happened: WordKey, next: WordKey];

const KEYS: Readonly<Record<SignInProblem['kind'], Keys>> = {
  signInEnded: ['warning', 'problem.signInEnded.title', 'problem.signInEnded.happened', 'problem.signInEnded.next'],
  signInElsewhere: [
    'neutral',
    'problem.signInElsewhere.title',
    'problem.signInElsewhere.happened',
    'problem.signInElsewhere.next',
  ],
  signedIn: ['good', 'problem.signedIn.title', 'problem.signedIn.happened', 'problem.signedIn.next'],
  signedOut: ['neutral', 'problem.signedOut.title', 'problem.signedOut.happened', 'problem.signedOut.next'],
  notSignedIn: ['neutral', 'problem.notSignedIn.title', 'problem.notSignedIn.happened', 'problem.notSignedIn.next'],
  signInConsent: ['bad', 'problem.signInConsent.title', 'problem.signInConsent.happened', 'problem.signInConsent.next'],
  signInRefused: ['bad', 'problem.signInRefused.title', 'problem.signInRefused.happened', 'problem.signInRefused.next'],
  signInFailed: ['bad', 'problem.signInFailed.title', 'problem.signInFailed.happened', 'problem.signInFailed.next'],
  signInUnavailable: [
    'bad',
    'problem.signInUnavailable.title',
    'problem.signInUnavailable.happened',
    'problem.signInUnavailable.next',
  ],
  graphRefusedYou: [
    'bad',
    'problem.graphRefusedYou.title',
    'problem.graphRefusedYou.happened',
    'problem.graphRefusedYou.next',
  ],
  needsApplicationPermission: [
    'warning',
    'problem.needsApplicationPermission.title',
    'problem.needsApplicationPermission.happened',
    'problem.needsApplicationPermission.next',
  ],
  othersRequest: [
    'warning',
    'problem.othersRequest.title',
    'problem.othersRequest.happened',
    'problem.othersRequest.next',
  ],
};

export function isSignInProblem(what: { readonly kind: string }): what is SignInProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function signInProblem(
  words: Words,
  what: SignInProblem,
): { readonly keys: Keys; readonly values: WordValues; readonly code: string | null } {
  return { keys: KEYS[what.kind], values: valuesOf(words, what), code: 'code' in what ? what.code : null };
}

function valuesOf(words: Words, what: SignInProblem): WordValues {
  if (what.kind === 'signedIn') return { until: words.moment(what.until, what.now) };
  return what.kind === 'othersRequest' ? { id: short(what.id) } : {};
}
