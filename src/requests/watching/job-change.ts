import { assertNever } from '../../assert-never.ts';
import type { WatchedJobRow } from '../../db/schema.ts';
import type { JobStatus } from '../../graph/job-status.ts';

/**
 * What whoever watches an app is told about its synchronization job. The many states of a job are three here:
 *
 *     runs ──entered quarantine──▶ quarantined
 *       ▲  ◀─left quarantine──────     │
 *       │                              │ stopped
 *       ├──stopped──▶ stopped ◀────────┘
 *       └◀─runs again── │
 *                       └──entered quarantine──▶ quarantined
 *
 * A job that has not run yet, or says what Usher does not know, is none of them: it stays what it was until it shows.
 */
export type WatchedState = WatchedJobRow['state'];

export type JobChange = 'enteredQuarantine' | 'leftQuarantine' | 'stopped' | 'runsAgain';

/** `none`: the app has no job. `appDisabled`: the app itself is disabled in Entra. */
export type WatchedStatus = JobStatus | 'none' | 'appDisabled';

/** Of an app with several jobs, the one in quarantine is the news; else how the one for people stands. */
export function newsOf({ status, others }: { readonly status: JobStatus; readonly others: readonly JobStatus[] }) {
  return [status, ...others].find(({ health }) => health.kind === 'quarantined') ?? status;
}

/** Null for what says nothing about it. */
export function watchedStateOf(status: WatchedStatus): WatchedState | null {
  if (status === 'none' || status === 'appDisabled') return 'stopped';
  const { kind } = status.health;
  switch (kind) {
    case 'healthy':
    case 'running':
    case 'failing':
      return 'runs';
    case 'quarantined':
      return 'quarantined';
    case 'paused':
    case 'disabled':
    case 'notConfigured':
      return 'stopped';
    case 'neverRun':
    case 'other':
      return null;
    default:
      return assertNever(kind, 'health');
  }
}

/** What is told of it; at the first look (`before` is null) only a quarantine is news. */
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
