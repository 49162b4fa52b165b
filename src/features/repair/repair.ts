import type { Person, Reader } from '../../requests/request.ts';

/**
 * A repair is one act on an app's synchronization job. It is stored before its call leaves, so that a process that dies
 * leaves it to another one, and it stays until its effect is known.
 *
 *     held ──confirmed──▶ due ──▶ are the credentials good, and does the job's state allow it, read anew?
 *      │                   ▲         │ yes                              └──no──▶ ended: refused
 *      │                   │         ▼
 *      │    no effect,     │   `sent` is written ──▶ the call ──refused──▶ ended: refused
 *      │    and harmless   │         │                 ├──answered──▶ the next state
 *      │    to repeat      └─────────┼──the job is ────┴──no answer──▶ the job is read until it tells
 *      │                             │                                   └──it does not──▶ ended: unknown
 *      │                             ▼
 *      │        a pause: paused ──its end, or a person's word──▶ starting ──runs──▶ ended: started
 *      │                             │                              └──no──▶ again, at growing pauses, for good
 *      │                             └──started or quarantined by others──▶ ended: startedAlready, quarantined
 *      │        another: watching ──its next cycle has ended──▶ ended: done
 *      │                             └──a day has passed──▶ ended: stillRunning
 *      └──an hour (a day for a second person) has passed, or it was rejected──▶ ended: notConfirmed, rejected
 *
 * A job that is deleted meanwhile ends it at any step: jobGone. An app has one open repair at a time. Pausing does not stop the cycle that runs: it goes on to its end, and only later
 * ones do not start. `aroundProvisioning` is a pause for a connector that provisions on demand only while its job is
 * stopped: it waits for the end of that cycle, lets the held tasks of its request go, and starts the job when they are
 * done, or after an hour.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart
 */
export interface Repair {
  readonly id: string;
  readonly kind: RepairKind;
  readonly app: { readonly id: string; readonly name: string };
  readonly jobId: string;
  readonly requestedBy: Person;
  readonly reader: Reader;
  readonly conversation: string;
  /** As typed. */
  readonly reason: string | null;
  /** An approver has to confirm it, who did not ask for it. */
  readonly needsSecondPerson: boolean;
  /** The name of the person who confirmed or rejected it as the second one. */
  readonly secondPerson: string | null;
  /** Of a pause: when the job is started again; milliseconds since 1970, as all times here. */
  readonly pauseUntil: number | null;
  /** The provisioning request that waits for the pause. */
  readonly requestId: string | null;
  readonly state: RepairState;
  /** How often the present step was tried. */
  readonly tries: number;
  readonly createdAt: number;
  readonly revision: number;
}

export type RepairKind =
  | 'pause'
  | 'start'
  | 'lift'
  | 'forgetFailures'
  | 'startOver'
  | 'allowDeletions'
  | 'aroundProvisioning';

/** `since`: when it came into this state; of `watching`, when its call was sent. */
export type RepairState =
  | { readonly kind: 'held' | 'due' | 'sent' | 'paused' | 'starting' | 'watching'; readonly since: number }
  | { readonly kind: 'ended'; readonly since: number; readonly as: RepairEnd; readonly why: RepairWhy | null };

export type RepairEnd =
  | 'done'
  | 'started'
  | 'startedAlready'
  | 'quarantined'
  | 'stillRunning'
  | 'jobGone'
  | 'rejected'
  | 'notConfirmed'
  | 'refused'
  | 'unknown';

/** Why it was not carried out: a stable word, and the code and the masked text of the service where it gave some. */
export interface RepairWhy {
  readonly word: string;
  readonly code: string | null;
  readonly message: string | null;
}

/** What deletes, and what touches all people. */
const BIG: ReadonlySet<RepairKind> = new Set(['startOver', 'allowDeletions']);

export const needsSecondPerson = (kind: RepairKind): boolean => BIG.has(kind);

export const isPause = (kind: RepairKind): boolean => kind === 'pause' || kind === 'aroundProvisioning';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The shortest and the longest pause. Regular cycles change no account meanwhile. */
export const shortestPauseMs = minuteMs;
export const longestPauseMs = 7 * dayMs;
/** A held repair can be confirmed for an hour; by a second person for a day. */
export const heldRepairMs = 60 * minuteMs;
export const heldForSecondMs = dayMs;
/** A cycle that takes longer is told as still running. A first cycle over many people may take days. */
export const longestWatchMs = dayMs;
/** A pause around a provisioning ends by then, whatever became of the cycle and the tasks. */
export const longestAroundMs = 60 * minuteMs;
