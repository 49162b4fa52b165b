import type { MessageValues } from '../../chat/messages.ts';
import { short } from '../../chat/views/parts.ts';
import { type ProblemKeys, problemKeys } from '../../chat/views/problem-keys.ts';

/** What keeps Usher from showing the history; and confirmations about watches that no card shows. */
export type CheckProblem =
  | { readonly kind: 'unclearSince' | 'sinceFuture'; readonly typed: string }
  /** A command without its person or app. */
  | { readonly kind: 'incompleteCheck' | 'incompleteWatch' }
  /** About the button that shows in the personal chat what is left out where others read along. */
  | { readonly kind: 'sentToPersonalChat' | 'noPersonalChat' | 'personalChatFailed' }
  | { readonly kind: 'watchAdded' | 'watchedAlready' | 'watchRemoved' | 'notWatched'; readonly app: string };

const KEYS: Readonly<Record<CheckProblem['kind'], ProblemKeys>> = problemKeys({
  unclearSince: 'unknown',
  sinceFuture: 'warning',
  incompleteCheck: 'unknown',
  incompleteWatch: 'unknown',
  sentToPersonalChat: 'good',
  noPersonalChat: 'warning',
  personalChatFailed: 'warning',
  watchAdded: 'good',
  watchedAlready: 'neutral',
  watchRemoved: 'neutral',
  notWatched: 'neutral',
});

export function isCheckProblem(what: { readonly kind: string }): what is CheckProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function checkProblem(what: CheckProblem): { readonly keys: ProblemKeys; readonly values: MessageValues } {
  return { keys: KEYS[what.kind], values: valuesOf(what) };
}

function valuesOf(what: CheckProblem): MessageValues {
  if ('app' in what) return { app: short(what.app) };
  return 'typed' in what ? { typed: short(what.typed) } : {};
}
