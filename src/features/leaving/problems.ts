import { sayWith } from '../../chat/registry/turn.ts';
import { problemsWith, runs } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';
import { problem as provisioningProblem } from '../provisioning/problems.ts';

/** What keeps Usher from taking a person out of an app. */
export type RemovalProblem =
  | { readonly kind: 'removesAtOnce' | 'removesNotYourself' | 'removalNotYours' | 'removalExpired' }
  | { readonly kind: 'removesEntraOnly'; readonly app: string }
  | { readonly kind: 'removesTooMany'; readonly count: number; readonly limit: number }
  | { readonly kind: 'removesNoGroup'; readonly group: string }
  /** `removesByCycle`: the account is disabled in Entra, so that only the regular cycle disables it in the app. */
  | { readonly kind: 'removesNothing' | 'removesByCycle'; readonly person: string; readonly app: string }
  | {
      readonly kind: 'removesNoGroupAssignment';
      readonly person: string;
      readonly app: string;
      readonly groups: string;
    }
  | { readonly kind: 'removalOpen'; readonly person: string; readonly app: string; readonly id: string };

const KEYS: Readonly<Record<RemovalProblem['kind'], ProblemKeys>> = problemKeys({
  removesAtOnce: 'warning',
  removesNotYourself: 'warning',
  removalNotYours: 'bad',
  removalExpired: 'warning',
  removesEntraOnly: 'warning',
  removesTooMany: 'warning',
  removesNoGroup: 'warning',
  removesNothing: 'neutral',
  removesByCycle: 'warning',
  removesNoGroupAssignment: 'warning',
  removalOpen: 'neutral',
});

/** A problem of this feature or of those that it builds on, as a card, and as a reply. */
export const problem = problemsWith(provisioningProblem, {
  keys: KEYS,
  valuesOf: (what: RemovalProblem) => valuesIn(what),
  buttonsOf: (what: RemovalProblem) => (what.kind === 'removalOpen' ? [runs('open', `show ${what.id}`)] : []),
});
export const say = sayWith(problem);
