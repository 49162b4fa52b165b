import { sayWith } from '../../chat/registry/turn.ts';
import { type Problem, problem, problemsWith } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';
import type { Watched } from './watching/watch-row.ts';

/** What keeps Usher from a check, or from showing the history; and confirmations about watches that no card shows. */
export type CheckProblem =
  | { readonly kind: 'unclearSince' | 'sinceFuture'; readonly typed: string }
  | { readonly kind: 'checkNotYourReport'; readonly person: string }
  | { readonly kind: 'previewOneApp' }
  | { readonly kind: 'previewOnePerson'; readonly app: string }
  | { readonly kind: 'previewOtherSource'; readonly app: string }
  /** Graph did not let Usher read the mapping; with its code. */
  | { readonly kind: 'previewNoSchema'; readonly app: string; readonly code: string }
  | { readonly kind: 'tooManyApps'; readonly count: number; readonly limit: number }
  | {
      readonly kind: 'watchAdded' | 'watchedAlready' | 'watchRemoved' | 'notWatched';
      readonly what: Watched['kind'];
      readonly app: string;
    }
  | { readonly kind: 'failuresUnreadable'; readonly app: string; readonly why: 'cloud' | 'licence' | 'permission' }
  | { readonly kind: 'unclearHours'; readonly typed: string }
  | { readonly kind: 'quietSet'; readonly hours: string; readonly now: 'yes' | 'no' }
  | { readonly kind: 'quietEnded' | 'notQuiet' };

const KEYS: Readonly<Record<CheckProblem['kind'], ProblemKeys>> = problemKeys(
  {
    unclearSince: 'unknown',
    sinceFuture: 'warning',
    tooManyApps: 'warning',
    previewOneApp: 'neutral',
    previewOnePerson: 'neutral',
    previewOtherSource: 'neutral',
    previewNoSchema: 'warning',
    watchAdded: 'good',
    watchedAlready: 'neutral',
    watchRemoved: 'neutral',
    notWatched: 'neutral',
    failuresUnreadable: 'warning',
    unclearHours: 'unknown',
    quietSet: 'good',
    quietEnded: 'neutral',
    notQuiet: 'neutral',
  },
  {
    checkNotYourReport: [
      'bad',
      'problem.notYourReport.title',
      'problem.checkNotYourReport.happened',
      'problem.checkNotYourReport.next',
    ],
  },
);

/** A problem of this feature or a common one, as a reply. */
export const say = sayWith(problemsWith<CheckProblem, Problem>(problem, { keys: KEYS, valuesOf: valuesIn }));
