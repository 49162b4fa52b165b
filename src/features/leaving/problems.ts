import { sayWith } from '../../chat/registry/turn.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import { problemsWith, runs } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';
import { problem as provisioningProblem } from '../provisioning/problems.ts';

/** What keeps Usher from taking a person out of an app. */
export type RemovalProblem =
  | { readonly kind: 'removesAtOnce' | 'removesNotYourself' | 'removalNotYours' | 'removalExpired' | 'endNotYours' }
  | { readonly kind: 'noEnd' | 'endedAlready' | 'nothingToVerify'; readonly id: string }
  /** Answers rather than problems. */
  | { readonly kind: 'endsNow' | 'endedByHand' | 'verifies'; readonly id: string; readonly count: number }
  | { readonly kind: 'removesEntraOnly'; readonly app: string }
  | { readonly kind: 'removesTooMany'; readonly count: number; readonly limit: number }
  | { readonly kind: 'removesNoGroup'; readonly group: string }
  /** The app has no provisioning, so that no call can disable an account there. */
  | { readonly kind: 'removesNotSetUp'; readonly app: string }
  | { readonly kind: 'removesNothing'; readonly person: string; readonly app: string }
  | { readonly kind: 'offboardsNothing' | 'removesFromNothing'; readonly person: string }
  | { readonly kind: 'removesWhom' | 'removesListWhere' | 'removesNoRows' | 'approversUnread' }
  | { readonly kind: 'removesWhere'; readonly person: string }
  | { readonly kind: 'removalOpen'; readonly person: string; readonly app: string; readonly id: string };

const KEYS: Readonly<Record<RemovalProblem['kind'], ProblemKeys>> = problemKeys({
  removesAtOnce: 'warning',
  removesNotYourself: 'warning',
  removalNotYours: 'bad',
  removalExpired: 'warning',
  removesEntraOnly: 'warning',
  removesTooMany: 'warning',
  removesNoGroup: 'warning',
  removesNotSetUp: 'warning',
  removesNothing: 'neutral',
  offboardsNothing: 'neutral',
  removesFromNothing: 'neutral',
  removesWhom: 'neutral',
  removesListWhere: 'neutral',
  removesNoRows: 'warning',
  removesWhere: 'neutral',
  approversUnread: 'warning',
  removalOpen: 'neutral',
  endNotYours: 'bad',
  noEnd: 'unknown',
  endedAlready: 'neutral',
  nothingToVerify: 'neutral',
  endsNow: 'working',
  verifies: 'working',
  endedByHand: 'good',
});

function buttonsOf(what: RemovalProblem): readonly SayButton[] {
  switch (what.kind) {
    case 'removalOpen':
      return [runs('open', `show ${what.id}`)];
    case 'noEnd':
    case 'endedAlready':
      return [runs('ends', 'ends')];
    default:
      return [];
  }
}

/** A problem of this feature or of those that it builds on, as a card, and as a reply. */
export const problem = problemsWith(provisioningProblem, {
  keys: KEYS,
  valuesOf: (what: RemovalProblem) => valuesIn(what),
  buttonsOf,
});
export const say = sayWith(problem);
