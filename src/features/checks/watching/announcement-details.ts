import type { JobChange, WatchedStatus } from '../../../chat/jobs/job-change.ts';
import type { LogEntry } from '../../../graph/provisioning-log-entry.ts';
import type { WatchedApp } from './watch-row.ts';

/** What a card for a conversation says about an app that it watches. */
export interface JobChangeDetails {
  readonly app: WatchedApp;
  readonly change: JobChange;
  /** The status when the change was seen, which may be a while before the card is drawn. */
  readonly status: WatchedStatus;
  /** When it was seen; milliseconds since 1970. */
  readonly at: number;
}

/** What a card tells, with the `kind` of those that tell more than a single change. */
export type AnnouncementDetails =
  | (JobChangeDetails & { readonly kind?: undefined })
  /** Oldest first. */
  | { readonly kind: 'folded'; readonly news: readonly FoldedNews[] }
  | FailuresDetails;

/** `keptBack`: until the end of quiet hours. */
export type FoldedNews = JobChangeDetails & { readonly keptBack?: true };

/** The people whom an app's job could not provision. */
export interface FailuresDetails {
  readonly kind: 'failures';
  readonly app: WatchedApp;
  /** The newest first, and no more than fit on a card. */
  readonly people: readonly FailedPerson[];
  /** How many people there are; at least so many where the log could not be read to its end. */
  readonly count: number;
  readonly isComplete: boolean;
  /** When the first of the failures was. */
  readonly since: number;
  readonly at: number;
}

/** A person's name is read when the card is drawn. */
export interface FailedPerson extends Pick<LogEntry, 'objectIds' | 'outcome'> {
  readonly at: number;
  readonly times: number;
}
