import { writeCheckName } from '../../chat/grammar/check-names.ts';
import { sayWith } from '../../chat/registry/turn.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import { type Problem, problem, problemsWith, runs } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';

/** What keeps Usher from acting on a job, before anything is stored. */
export type RepairProblem =
  | { readonly kind: 'pauseHowLong'; readonly app: string }
  | { readonly kind: 'pauseTooLong' | 'pauseTooShort'; readonly app: string; readonly limit: string }
  | { readonly kind: 'pauseUnclear' | 'pausePast'; readonly app: string; readonly typed: string }
  | {
      readonly kind:
        | 'jobStarts'
        | 'jobRuns'
        | 'jobPausedAlready'
        | 'jobNotQuarantined'
        | 'jobInQuarantine'
        | 'jobNeverStarted'
        | 'jobInFirstCycle'
        | 'jobUnclear'
        | 'wouldEndPause'
        | 'noFailures'
        | 'noFailuresNamed'
        | 'failuresUnread'
        | 'failuresForgotten'
        | 'noDeletionsHeld'
        | 'jobHoldsDeletions';
      readonly app: string;
    }
  | { readonly kind: 'repairOpen'; readonly app: string; readonly what: string }
  | { readonly kind: 'pausedAlready'; readonly app: string; readonly until: string }
  | { readonly kind: 'repairWhichApp' | 'repairNotYours' | 'repairExpired' | 'approversUnread' };

const KEYS: Readonly<Record<RepairProblem['kind'], ProblemKeys>> = problemKeys({
  pauseHowLong: 'unknown',
  pauseTooLong: 'warning',
  pauseTooShort: 'warning',
  pauseUnclear: 'unknown',
  pausePast: 'warning',
  jobStarts: 'working',
  jobRuns: 'neutral',
  jobPausedAlready: 'neutral',
  jobNotQuarantined: 'neutral',
  jobInQuarantine: 'warning',
  jobNeverStarted: 'warning',
  jobInFirstCycle: 'neutral',
  jobUnclear: 'warning',
  wouldEndPause: 'warning',
  noFailures: 'neutral',
  noFailuresNamed: 'neutral',
  failuresUnread: 'warning',
  failuresForgotten: 'neutral',
  noDeletionsHeld: 'neutral',
  jobHoldsDeletions: 'warning',
  repairOpen: 'neutral',
  pausedAlready: 'neutral',
  repairWhichApp: 'unknown',
  repairNotYours: 'bad',
  repairExpired: 'warning',
  approversUnread: 'warning',
});

function buttonsOf(what: RepairProblem): readonly SayButton[] {
  if (what.kind === 'repairWhichApp') return [runs('status', 'status')];
  if (!('app' in what) || what.kind === 'pauseHowLong') return [];
  const name = writeCheckName(what.app);
  return [
    ...(what.kind === 'pausedAlready' ? [runs('startJob', `start ${name}`)] : []),
    runs('status', `status ${name}`),
  ];
}

/** A problem of this feature or a common one, as a reply. */
export const say = sayWith(
  problemsWith<RepairProblem, Problem>(problem, { keys: KEYS, valuesOf: valuesIn, buttonsOf }),
);
