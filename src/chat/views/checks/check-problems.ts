import type { WordKey, WordValues } from '../../words.ts';
import { short } from '../parts.ts';
import type { Tone } from '../tone.ts';

/** What keeps Usher from showing the history; and confirmations about watches that no card shows. */
export type CheckProblem =
  | { readonly kind: 'unclearSince' | 'sinceFuture'; readonly typed: string }
  /** A command without its person or app. */
  | { readonly kind: 'incompleteCheck' | 'incompleteWatch' }
  /** About the button that shows in the personal chat what is left out where others read along. */
  | { readonly kind: 'sentToPersonalChat' | 'noPersonalChat' | 'personalChatFailed' }
  | { readonly kind: 'watchAdded' | 'watchedAlready' | 'watchRemoved' | 'notWatched'; readonly app: string };

type Keys = readonly [tone: Tone, title: WordKey, happened: WordKey, next: WordKey];

const KEYS: Readonly<Record<CheckProblem['kind'], Keys>> = {
  unclearSince: ['unknown', 'problem.unclearSince.title', 'problem.unclearSince.happened', 'problem.unclearSince.next'],
  sinceFuture: ['warning', 'problem.sinceFuture.title', 'problem.sinceFuture.happened', 'problem.sinceFuture.next'],
  incompleteCheck: [
    'unknown',
    'problem.incompleteCheck.title',
    'problem.incompleteCheck.happened',
    'problem.incompleteCheck.next',
  ],
  incompleteWatch: [
    'unknown',
    'problem.incompleteWatch.title',
    'problem.incompleteWatch.happened',
    'problem.incompleteWatch.next',
  ],
  sentToPersonalChat: [
    'good',
    'problem.sentToPersonalChat.title',
    'problem.sentToPersonalChat.happened',
    'problem.sentToPersonalChat.next',
  ],
  noPersonalChat: [
    'warning',
    'problem.noPersonalChat.title',
    'problem.noPersonalChat.happened',
    'problem.noPersonalChat.next',
  ],
  personalChatFailed: [
    'warning',
    'problem.personalChatFailed.title',
    'problem.personalChatFailed.happened',
    'problem.personalChatFailed.next',
  ],
  watchAdded: ['good', 'problem.watchAdded.title', 'problem.watchAdded.happened', 'problem.watchAdded.next'],
  watchedAlready: [
    'neutral',
    'problem.watchedAlready.title',
    'problem.watchedAlready.happened',
    'problem.watchedAlready.next',
  ],
  watchRemoved: ['neutral', 'problem.watchRemoved.title', 'problem.watchRemoved.happened', 'problem.watchRemoved.next'],
  notWatched: ['neutral', 'problem.notWatched.title', 'problem.notWatched.happened', 'problem.notWatched.next'],
};

export function isCheckProblem(what: { readonly kind: string }): what is CheckProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function checkProblem(what: CheckProblem): { readonly keys: Keys; readonly values: WordValues } {
  return { keys: KEYS[what.kind], values: valuesOf(what) };
}

function valuesOf(what: CheckProblem): WordValues {
  if ('app' in what) return { app: short(what.app) };
  return 'typed' in what ? { typed: short(what.typed) } : {};
}
