import type { JobHealth, JobStatus, LastRun, RunResult } from '../../graph/job-status.ts';
import type { MessageKey, Messages } from '../messages.ts';
import { short } from '../views/parts.ts';
import type { Tone } from '../views/tone.ts';

/** A job that was read; or that there is none, that it could not be read, or that its app is disabled in Entra. */
export type JobReading = JobStatus | 'none' | 'unread' | 'appDisabled';

/** The wording of a job's state, its tone, and its rank in a list, worst first. */
type Look = readonly [tone: Tone, word: MessageKey, rank: number];

const HEALTHS: Readonly<Record<JobHealth['kind'], Look>> = {
  quarantined: ['bad', 'appState.quarantined', 0],
  failing: ['bad', 'jobState.failing', 1],
  disabled: ['warning', 'appState.disabled', 2],
  paused: ['warning', 'appState.paused', 3],
  neverRun: ['neutral', 'appState.neverRun', 4],
  other: ['unknown', 'jobState.other', 5],
  running: ['working', 'jobState.running', 7],
  healthy: ['good', 'appState.healthy', 8],
  notConfigured: ['neutral', 'appState.notConfigured', 9],
};

const LONGEST_CODE = 60;

export interface JobWord {
  readonly tone: Tone;
  /** Plain, a value for a message. */
  readonly word: string;
  /** 0 is the worst. */
  readonly rank: number;
}

/** A state in one or two words; one that Microsoft added later is shown as received. */
export function jobWord(words: Messages, job: JobReading): JobWord {
  if (job === 'unread') return { tone: 'unknown', word: words.plain('jobState.unread'), rank: 6 };
  if (job === 'none') return { tone: 'neutral', word: words.plain('jobState.none'), rank: 10 };
  if (job === 'appDisabled') return { tone: 'warning', word: words.plain('appState.appDisabled'), rank: 2 };
  const { health } = job;
  const [tone, word, rank] = HEALTHS[health.kind];
  const code = short(health.kind === 'other' ? health.code : '', LONGEST_CODE);
  return { tone, word: words.plain(word, { code: code === '' ? '—' : code }), rank };
}

/** An app's worst other job, where it is worse than the job for people. */
export function worstOther(words: Messages, job: JobReading, others: readonly JobStatus[]): JobStatus | null {
  const [worst] = others.toSorted((one, other) => jobWord(words, one).rank - jobWord(words, other).rank);
  if (worst === undefined || jobWord(words, worst).tone !== 'bad') return null;
  return jobWord(words, worst).rank < jobWord(words, job).rank ? worst : null;
}

/** One of several jobs by its connector and its state: "AD2AADPasswordHash: Healthy"; plain. */
export function otherJobLine(words: Messages, job: JobStatus): string {
  const name = short(job.template ?? job.id, LONGEST_CODE);
  return words.plain('statusList.one', { app: name, state: jobWord(words, job).word });
}

/** The time of the last run, and for a job in quarantine its start and deadline; plain, a value for a message. */
export function lastRanLine(words: Messages, job: JobReading, now: number): string | null {
  if (job === 'none' || job === 'appDisabled') return null;
  if (job === 'unread') return words.plain('job.unread');
  const ran = lastRan(words, job, now);
  const parts =
    job.health.kind === 'quarantined' ? [...quarantineTimes(words, job.health.quarantine, now), ran] : [ran];
  return words.dotted(parts);
}

function lastRan(words: Messages, { health, lastRun }: JobStatus, now: number): string {
  if (health.kind === 'running' && lastRun !== null && lastRun.began !== null && lastRun.ended === null)
    return words.plain('job.runningSince', { time: words.momentAgo(lastRun.began, now) });
  const at = lastRun === null ? null : (lastRun.ended ?? lastRun.began);
  if (lastRun === null || at === null)
    return words.plain(health.kind === 'neverRun' ? 'job.neverRan' : 'job.lastRunUntold');
  const result = runResult(words, lastRun.result);
  return words.plain('job.lastRan', { time: words.momentAgo(at, now), result });
}

function quarantineTimes(
  words: Messages,
  { since, nextAttempt }: { readonly since: number | null; readonly nextAttempt: number | null },
  now: number,
): string[] {
  return [
    ...(since === null ? [] : [words.plain('job.since', { time: words.momentAgo(since, now) })]),
    ...(nextAttempt === null ? [] : [words.plain('job.nextAttempt', dueValues(words, nextAttempt, now))]),
  ];
}

/** A future time, or the note that it is past due: Microsoft's schedule runs late at times. */
export function dueValues(
  words: Messages,
  at: number,
  now: number,
): { readonly time: string; readonly due: 'yes' | 'no' } {
  return { time: words.momentAgo(at, now), due: at <= now ? 'yes' : 'no' };
}

/** The last run: when, how long, and its result. */
export function lastRunText(words: Messages, job: JobStatus, now: number): string {
  const { lastRun } = job;
  const line = lastRan(words, job, now);
  const length = lastRun === null ? null : lengthOf(lastRun);
  return length === null ? line : words.plain('job.took', { line, length: words.duration(length) });
}

function lengthOf({ began, ended }: LastRun): number | null {
  return began === null || ended === null || ended < began ? null : ended - began;
}

export function runResult(words: Messages, result: RunResult): string {
  return result.kind === 'other'
    ? words.plain('runResult.other', { code: short(result.code, LONGEST_CODE) || '—' })
    : words.plain(`runResult.${result.kind}`);
}
