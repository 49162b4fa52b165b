import { sayWith } from '../../chat/registry/turn.ts';
import { type Problem, problem, problemsWith } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';

/** What keeps Usher from a check, or from showing the history; and confirmations about watches that no card shows. */
export type CheckProblem =
  | { readonly kind: 'unclearSince' | 'sinceFuture'; readonly typed: string }
  | { readonly kind: 'checkNotYourReport'; readonly person: string }
  | { readonly kind: 'tooManyApps'; readonly count: number; readonly limit: number }
  | { readonly kind: 'watchAdded' | 'watchedAlready' | 'watchRemoved' | 'notWatched'; readonly app: string };

const KEYS: Readonly<Record<CheckProblem['kind'], ProblemKeys>> = problemKeys(
  {
    unclearSince: 'unknown',
    sinceFuture: 'warning',
    tooManyApps: 'warning',
    watchAdded: 'good',
    watchedAlready: 'neutral',
    watchRemoved: 'neutral',
    notWatched: 'neutral',
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
