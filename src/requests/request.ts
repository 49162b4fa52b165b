import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import type { GateFault } from '../rate-gate/fault.ts';

/**
 * A request is what a person asked for; a task is one Graph call of it. The stored row is the only truth: cards are
 * drawn from it, and a replica that starts anew goes on from it.
 *
 * A task's states:
 *
 *     held ──confirmed──▶ waiting ──claimed with a grant──▶ running ──outcome read──▶ done
 *      │                   │  ▲                                │                        │
 *      │                   │  ├──throttled, no answer, or ─────┘                        │
 *      │                   │  │  the lease ran out                                      │
 *      └──cancelled◀───────┘  └───────────────────────retry by a person─────────────────┘
 *
 * A long list is `held` until its asker has seen what would happen and said yes. `waiting` may carry the reason why it
 * waits again, and a time before which it is not due. What has been sent cannot be taken back.
 */
export interface Request {
  /** Six characters that a person can read aloud, e.g. `R7K3MQ`. */
  readonly id: string;
  readonly asker: Person;
  /** The service principal's object id and display name. */
  readonly app: { readonly id: string; readonly name: string };
  /** How the asker reads: language and time zone of the card. */
  readonly reader: Reader;
  /** Where the card is; opaque to this floor. */
  readonly conversation: string;
  /** The activity id of the card; null until it has been posted. */
  readonly cardId: string | null;
  /** Counts every change, so that the newest card wins. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly tasks: readonly Task[];
  /** What was named and does not become a call, with the reason; empty for a single person. */
  readonly leftOut: readonly LeftOut[];
}

/** A line of a list, or a member of a group, that no call is made for. */
export interface LeftOut {
  /** As it was typed, or the object's name. */
  readonly text: string;
  readonly reason:
    | 'unknown'
    /** A pronoun or the like: nobody was looked up. */
    | 'noName'
    | 'ambiguous'
    | 'notUnderstood'
    | 'duplicate'
    | 'nestedGroup'
    | 'device'
    | 'otherObject'
    | 'notAMember'
    /** An address, where the app's people go by ids of an HR system. */
    | 'noSourceId';
  /** Names or addresses that may have been meant, best first; at most three. */
  readonly suggestions: readonly string[];
}

export interface Person {
  /** Entra object id. */
  readonly id: string;
  readonly name: string;
}

export interface Reader {
  /** BCP 47, e.g. `en-US`. */
  readonly locale: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
}

export interface Task {
  readonly id: string;
  readonly requestId: string;
  /** From 0, in the order in which the subjects were named. */
  readonly position: number;
  readonly subject: Subject;
  /** Of a group: the members that this call provisions with it. Empty for everybody else. */
  readonly members: readonly Subject[];
  readonly jobId: string;
  readonly ruleId: string;
  /** Usher has just assigned the subject to the app; Graph takes minutes to see it, and says "not in scope" until then. */
  readonly awaitsAssignment: boolean;
  readonly state: TaskState;
  /** Calls sent so far, the running one included. One that could not leave does not count. */
  readonly attempts: number;
  /** How many of those Graph turned away with 429, so that they say nothing about the subject or the service. */
  readonly throttles: number;
  /** How many of those came before Graph saw the assignment that `awaitsAssignment` is about. */
  readonly unseen: number;
  /** How many of those were probes of a gate closed by a fault, which found the service in trouble still. */
  readonly excused?: number;
  /**
   * How an attempt ended of which nobody can say what it did, before a retry by a person as well: then nothing that a
   * later attempt is told proves that nothing was done. Null or missing when there was none.
   */
  readonly perhaps?: UnknownEnd | null;
}

/** How many calls have been sent for a task; those before a retry by a person count as one, where that may have been done. */
export function sentCalls({ attempts, perhaps = null }: Task): number {
  return Math.max(attempts, perhaps === null ? 0 : 1);
}

/** Whom or what to provision. */
export interface Subject {
  /** As Graph wants it: an Entra object id for applications. */
  readonly id: string;
  /** As the job's rule spells it, e.g. `User`. */
  readonly type: string;
  readonly name: string;
  /** A second line to know the subject by, e.g. the user principal name. */
  readonly label: string | null;
  /** A guest is called one wherever the subject is shown. */
  readonly guest?: boolean;
}

/** Graph takes at most this many members of a group in one call, and one group a call. */
export const membersPerCall = 5;

export type TaskState =
  | { readonly kind: 'held' }
  | { readonly kind: 'cancelled'; readonly at: number; readonly by: string }
  | {
      readonly kind: 'waiting';
      /** Not before this time; milliseconds since 1970. */
      readonly dueAt: number;
      /** Why it waits again after a call; null when none was sent yet. */
      readonly again: WaitReason | null;
    }
  | {
      readonly kind: 'running';
      readonly startedAt: number;
      readonly lease: Lease;
      /** Why it was sent again; missing at the first call. */
      readonly again?: WaitReason;
    }
  | {
      readonly kind: 'done';
      readonly startedAt: number;
      readonly finishedAt: number;
      readonly outcome: Outcome;
      /** Graph's `request-id`, for Microsoft's support. */
      readonly graphRequestId: string | null;
      readonly clientRequestId: string | null;
    };

export type WaitReason =
  | 'throttled'
  | 'serviceUnavailable'
  | 'noAnswer'
  /** No connection came about, so nothing was sent. */
  | 'unreachable'
  /** No token could be had to call with, so nothing was sent. */
  | 'noToken'
  /** Graph did not take the token, and another one is had. */
  | 'tokenRefused'
  /** Another provisioning of the same is under way in the service. */
  | 'inProgress'
  | 'ruleChanged'
  | 'interrupted'
  | 'retried'
  /** The app role assignment that Usher made has not reached the provisioning service yet. */
  | 'assignmentUnseen';

/** Who works on a task, and until when the others leave it alone. */
export interface Lease {
  readonly owner: string;
  readonly until: number;
}

/** Where a waiting task stands: exact by the gate's arithmetic, barring throttling and being overtaken. */
export interface Forecast {
  /** 1 is next. */
  readonly place: number;
  /** Milliseconds since 1970. While there is a fault, if that ended now. */
  readonly startsAt: number;
  /** What keeps every call from getting through at this moment. */
  readonly fault?: WaitingFault;
}

/** A fault as one that waits because of it has to know. */
export interface WaitingFault extends Pick<GateFault, 'cause' | 'code' | 'since'> {
  /** Milliseconds since 1970: what waits until then ends as not sent. */
  readonly endsAt: number;
}
