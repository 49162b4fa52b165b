import { assertNever } from '../../assert-never.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { provisioningPageUrl } from '../../chat/views/entra-link.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import { runs } from '../../chat/views/problem.ts';
import { asOperator } from '../../chat/views/viewpoint.ts';
import type { JobFound } from './find-job.ts';
import type { RefusedAs } from './next-step.ts';
import { say } from './problems.ts';

/** Why nothing is sent to a job as it is now, with the lines that lead on. */
export function sayRefused(
  { grammar, entraPortal }: CommandParts,
  { words }: Turn,
  why: RefusedAs,
  { app: { id, displayName: app } }: Pick<JobFound, 'app'>,
): Reply {
  const link = provisioningPageUrl(entraPortal, id);
  const toRepair = [
    runs('testJob', grammar.format({ verb: 'test', app })),
    runs('repairJob', grammar.format({ verb: 'repair', app, how: null, reason: null })),
  ] satisfies SayButton[];
  switch (why) {
    case 'notConfigured':
      return say(words, { kind: 'appNotConfigured', app, viewpoint: asOperator }, [], link);
    case 'unknownState':
      return say(words, { kind: 'jobUnclear', app }, undefined, link);
    case 'deletionsHeldBack':
      return say(words, { kind: 'jobHoldsDeletions', app }, toRepair.slice(1));
    case 'quarantined':
    case 'switchedOff':
    case 'needsLift':
      return say(words, { kind: 'jobInQuarantine', app }, toRepair);
    case 'neverStarted':
    case 'needsStartOver':
      return say(words, { kind: 'jobNeverStarted', app }, undefined, link);
    case 'firstCycle':
      return say(words, { kind: 'jobInFirstCycle', app });
    case 'pausedAlready':
      return say(words, { kind: 'jobPausedAlready', app }, [
        runs('startJob', grammar.format({ verb: 'start', app, reason: null })),
      ]);
    case 'wouldEndPause':
      return say(words, { kind: 'wouldEndPause', app }, [
        runs('startJob', grammar.format({ verb: 'start', app, reason: null })),
      ]);
    case 'forgottenByService':
      return say(words, { kind: 'failuresForgotten', app });
    case 'runs':
      return say(words, { kind: 'jobRuns', app });
    case 'notQuarantined':
      return say(words, { kind: 'jobNotQuarantined', app });
    case 'nothingHeldBack':
      return say(words, { kind: 'noDeletionsHeld', app });
    default:
      return assertNever(why, 'refusal');
  }
}
