import { assertNever } from '../../assert-never.ts';
import type { WatchedJobRow } from '../../db/watching-schema.ts';
import type { JobHealth, JobStatus } from '../../graph/job-status.ts';

/**
 * What watchers of an app are told about its synchronization job. The many states of a job are reduced to three:
 *
 *     runs ──entered quarantine──▶ quarantined
 *       ▲  ◀─left quarantine──────     │
 *       │                              │ stopped
 *       ├──stopped──▶ stopped ◀────────┘
 *       └◀─runs again── │
 *                       └──entered quarantine──▶ quarantined
 *
 * A job that has not run yet, or has a status unknown to Usher, is none of them: its last state stays until a new one
 * shows.
 */
export type WatchedState = WatchedJobRow['state'];

export type JobChange = 'enteredQuarantine' | 'leftQuarantine' | 'stopped' | 'runsAgain';

/** `none`: the app has no job. `appDisabled`: the app itself is disabled in Entra. */
export type WatchedStatus = JobStatus | 'none' | 'appDisabled';

/** For an app with several jobs, a quarantined one counts; else the job for people. */
export function newsOf({ status, others }: { readonly status: JobStatus; readonly others: readonly JobStatus[] }) {
  return [status, ...others].find(({ health }) => health.kind === 'quarantined') ?? status;
}

/** Null for a status that tells nothing about it. */
export function watchedStateOf(status: WatchedStatus): WatchedState | null {
  if (status === 'none' || status === 'appDisabled') return 'stopped';
  return STATES[status.health.kind];
}

const STATES: Readonly<Record<JobHealth['kind'], WatchedState | null>> = {
  healthy: 'runs',
  running: 'runs',
  failing: 'runs',
  quarantined: 'quarantined',
  paused: 'stopped',
  disabled: 'stopped',
  notConfigured: 'stopped',
  neverRun: null,
  other: null,
};

/** The change to report; at the first check (`before` is null) only a quarantine is reported. */
export function changeBetween(before: WatchedState | null, after: WatchedState): JobChange | null {
  if (before === after) return null;
  switch (after) {
    case 'quarantined':
      return 'enteredQuarantine';
    case 'stopped':
      return before === null ? null : 'stopped';
    case 'runs':
      if (before === null) return null;
      return before === 'quarantined' ? 'leftQuarantine' : 'runsAgain';
    default:
      return assertNever(after, 'state');
  }
}
