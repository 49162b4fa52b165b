import { assertNever } from '../../assert-never.ts';
import type { CallEnd, CredentialTest, JobRefusal } from '../../graph/job-calls.ts';
import { allowed, callFor, type JobChangeCall, type JobVerb, type NotAllowed } from '../../graph/job-verbs.ts';
import type { Job, JobState } from '../../graph/synchronization.ts';
import { isPause, longestWatchMs, type Repair, type RepairKind, type RepairWhy } from './repair.ts';
import type { Next } from './repair-rows.ts';

/** The decisions of the repairs, without any call: what follows from the job as it is. `repair.ts` has the picture. */

/** The act that the job has to allow. */
function verbOf(kind: RepairKind): JobVerb {
  return kind === 'aroundProvisioning' ? 'pause' : kind;
}

/** The call of a repair, for a job in this state. */
export const callOf = (kind: RepairKind, { state }: Pick<Job, 'state'>): JobChangeCall => callFor(verbOf(kind), state);

/** Why nothing is sent. `needsLift`, `needsStartOver`: the call would be that act, which has a card of its own. */
export type RefusedAs = NotAllowed | 'needsLift' | 'needsStartOver';

/** Why this may not be sent to the job as it is; null where it may. Where Graph's pages warn of a call, it never leaves. */
export function whyNot(kind: RepairKind, { state }: Pick<Job, 'state'>): RefusedAs | null {
  // The start at the end of the pause would lift the quarantine, unasked.
  if (isPause(kind) && state.kind === 'quarantined') return 'quarantined';
  if (isPause(kind) && state.kind === 'deletionsHeldBack') return 'deletionsHeldBack';
  const may = allowed(verbOf(kind), state);
  switch (may.kind) {
    case 'allowed':
      return null;
    case 'asConfirmed':
      return may.as === 'lift' ? 'needsLift' : 'needsStartOver';
    case 'refused':
      return may.why;
    default:
      return assertNever(may, 'verdict');
  }
}

const minuteMs = 60_000;
const pollsMs = [15_000, 30_000, minuteMs, 2 * minuteMs, 5 * minuteMs] as const;
/** So long is a call tried that nothing came of. */
const unsentMs = 60 * minuteMs;
/** So long is the job read after a call without an answer, which may show late; less where the call may be repeated. */
const unclearMs = 10 * minuteMs;
const unclearHarmlessMs = 2 * minuteMs;
/** Microsoft's clock and this one may be so far apart. */
const clocksMs = minuteMs;
const startAgainMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, 60 * minuteMs] as const;

const pauseOf = (steps: readonly number[], tries: number): number =>
  steps[Math.min(tries, steps.length - 1)] ?? minuteMs;

export const pollAt = (now: number, tries: number): number => now + pauseOf(pollsMs, tries);

const ended = (as: Extract<Next, { kind: 'ended' }>['as'], why?: RepairWhy): Next => ({
  kind: 'ended',
  as,
  ...(why === undefined ? {} : { why }),
});
const because = (word: string, { code = null, message = null }: Partial<RepairWhy> = {}): RepairWhy => ({
  word,
  code,
  message,
});

/** Whether the credentials are tested first: before all that makes the job run. */
export const needsTest = (kind: RepairKind): boolean => !isPause(kind);

/** What a test of the credentials means for a repair; null where it goes on. */
export function afterTest(test: CredentialTest, repair: Repair, now: number): Next | null {
  switch (test.kind) {
    case 'passed':
      return null;
    case 'failed':
      return ended('refused', because('credentials', test));
    case 'noCredentials':
      return ended('refused', because('notConfigured'));
    case 'refused':
      // The job, read next, tells whether it is gone.
      return test.why === 'cloudLacksCall' || test.why === 'notFound' ? null : afterRefusal(test, repair, now);
    case 'unsent':
    case 'unknown':
      return laterOrNever(repair, now);
    default:
      return assertNever(test, 'test');
  }
}

/** What follows the answer to the call. */
export function afterCall(end: CallEnd, repair: Repair, now: number): Next {
  switch (end.kind) {
    case 'done':
      return begun(repair.kind, repair.pauseUntil, now);
    case 'refused':
      return afterRefusal(end, repair, now);
    case 'unsent':
      return laterOrNever(repair, now);
    case 'unknown':
      return end.job.ok ? afterSilence(repair, end.job.value, now) : { kind: 'again', dueAt: pollAt(now, 0) };
    default:
      return assertNever(end, 'end of a call');
  }
}

/** Nothing was done. What may pass is tried again. */
function afterRefusal(refusal: JobRefusal, repair: Repair, now: number): Next {
  switch (refusal.why) {
    case 'throttled':
    case 'conflict':
      return laterOrNever(repair, now, refusal.retryAfterMs ?? 0);
    case 'cloudLacksCall':
      return ended('refused', because('notOffered'));
    case 'credentialsMissing':
      return ended('refused', because('notConfigured'));
    case 'permission':
    case 'ownRole':
    case 'notFound':
    case 'other':
      return ended('refused', because('refused', refusal));
    default:
      return assertNever(refusal.why, 'refusal');
  }
}

/** Nothing was sent yet: the whole of it again, for an hour. */
function laterOrNever(repair: Repair, now: number, leastMs = 0): Next {
  return isTooLate(repair, now)
    ? ended('refused', because('noAnswer'))
    : { kind: 'due', dueAt: now + Math.max(minuteMs, leastMs) };
}

const isTooLate = (repair: Repair, now: number): boolean =>
  now - repair.createdAt > unsentMs || isPauseOver(repair, now);

/** Whether a pause would end before it began. */
export const isPauseOver = ({ pauseUntil }: Repair, now: number): boolean => pauseUntil !== null && now >= pauseUntil;

function begun(kind: RepairKind, pauseUntil: number | null, now: number): Next {
  if (kind === 'start') return ended('started');
  if (kind === 'aroundProvisioning') return { kind: 'paused', dueAt: now };
  return isPause(kind) ? { kind: 'paused', dueAt: pauseUntil ?? now } : { kind: 'watching', dueAt: pollAt(now, 0) };
}

/** What the job tells of a call that was not answered. */
export function afterSilence(repair: Repair, job: Job, now: number): Next {
  const { kind, pauseUntil, tries } = repair;
  const { since } = repair.state;
  if (tookEffect(kind, job, since)) return begun(kind, pauseUntil, now);
  // These do nothing to a job that is already so, and may be sent again, once its state is read anew. Not at once: a pause
  // that shows only then would be taken for another person's, and no process would end it.
  const isHarmless = isPause(kind) || kind === 'start' || kind === 'lift';
  if (now - since <= (isHarmless ? unclearHarmlessMs : unclearMs)) return { kind: 'again', dueAt: pollAt(now, tries) };
  return isHarmless && !isTooLate(repair, now) ? { kind: 'due', dueAt: now } : ended('unknown');
}

const isAtWork = ({ kind }: JobState): boolean => kind === 'active' || kind === 'running';

/** Whether the job's present or last cycle began after the call, rather than going on from before it. */
const isNewCycle = (lastRun: Job['lastRun'], since: number): boolean => (lastRun?.began ?? 0) > since - clocksMs;

function tookEffect(kind: RepairKind, { state, lastRun }: Job, since: number): boolean {
  switch (kind) {
    case 'pause':
    case 'aroundProvisioning':
      return state.kind === 'paused' || (state.kind === 'neverRun' && !state.isScheduled);
    case 'start':
    case 'lift':
      return isAtWork(state) || (state.kind === 'neverRun' && state.isScheduled);
    case 'startOver':
      return isAtWork(state) && isNewCycle(lastRun, since);
    case 'allowDeletions':
      return isAtWork(state);
    // Nothing shows it.
    case 'forgetFailures':
      return false;
    default:
      return assertNever(kind, 'repair');
  }
}

/**
 * What a watched job tells: whether a cycle that began or went on after the call has ended. One that went on has not
 * looked at everyone again.
 */
export function whileWatched({ kind, state: { since }, tries }: Repair, { state, lastRun }: Job, now: number): Next {
  const isWhole = kind !== 'startOver' || isNewCycle(lastRun, since);
  const hasEnded = state.kind !== 'running' && (lastRun?.ended ?? 0) > since && isWhole;
  // A quarantine that has not been lifted yet may show for a while; one after a cycle is a new failure.
  if (hasEnded) return ended(isStuck(state) ? 'quarantined' : 'done');
  return now - since > longestWatchMs ? ended('stillRunning') : { kind: 'again', dueAt: pollAt(now, tries) };
}

const isStuck = ({ kind }: JobState): boolean =>
  kind === 'quarantined' || kind === 'deletionsHeldBack' || kind === 'switchedOff';

/** What a paused job tells at the end of its pause; `send` where it is to be started. */
export function atPauseEnd({ state }: Job): Next | 'send' {
  switch (state.kind) {
    case 'paused':
      // A start would lift it, which a person has to decide.
      return state.quarantine === null ? 'send' : ended('quarantined');
    case 'neverRun':
      // Usher paused its first cycle, which a start goes on with.
      return state.isScheduled ? ended('startedAlready') : 'send';
    case 'pausedByService':
    case 'other':
      return 'send';
    case 'quarantined':
    case 'deletionsHeldBack':
    case 'switchedOff':
      return ended('quarantined');
    case 'active':
    case 'running':
      return ended('startedAlready');
    case 'notConfigured':
      return ended('refused', because('notConfigured'));
    default:
      return assertNever(state, 'state');
  }
}

/** Whether a cycle is under way, which a pause does not stop. */
export function cycleRuns({ state }: Job): boolean {
  return state.kind === 'running' || ('cycle' in state && state.cycle !== null);
}

/** What follows the answer to the start that ends a pause: it is tried until the job runs. */
export function afterStart(end: CallEnd, repair: Repair, now: number): Next {
  return end.kind === 'done' ? ended('started') : startAgain(repair, now);
}

export const startAgain = ({ tries }: Repair, now: number): Next => ({
  kind: 'again',
  dueAt: now + pauseOf(startAgainMs, tries),
});
