import { assertNever } from '../assert-never.ts';
import { leavesAssignment } from '../graph/outcome/removal-outcome.ts';
import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import type { GateFault } from '../rate-gate/fault.ts';
import type { TaskEnd } from './task-end.ts';

/**
 * A request is what a person asked for; a task is one Graph call for it. The stored row is the only truth: cards are
 * drawn from it, and a replica that restarts continues from it.
 *
 * A task's states:
 *
 *     held ──confirmed──▶ waiting ──claimed with a grant──▶ running ──outcome read──▶ done
 *      │                   │  ▲                                │                        │
 *      │                   │  ├──throttled, no answer, or ─────┘                        │
 *      │                   │  │  the lease expired                                      │
 *      └──cancelled◀───────┘  └───────────────────────retry by a person─────────────────┘
 *
 * A long list is `held` until its requester has seen and confirmed what would happen. `waiting` may have the reason why
 * it waits again, and a time before which it is not due. A sent call cannot be undone.
 *
 * A step may come before the call: an app role assignment is made, or the person's own assignments are deleted. Its task
 * is `waiting`, out of line and without a grant, until the step is behind it (`assigner.ts`):
 *
 *     none                                           in line
 *     (un)assign: wanted ──▶ begun ──────┬──▶ made   in line
 *                   │          ▲         ├──▶ refused, and the task is done
 *                   │          │         ▼
 *                   │          └──── unanswered ──▶ after a day the task is done
 *                   └──it is so already──▶ found     in line
 *     unassign: byHand ──it is gone──▶ found         in line
 *                 └──after an hour the task is done; a person may have Usher look again
 *
 * `byHand` is an assignment that people delete in Entra, as Usher may not or must not: it only looks whether it is gone.
 * A task that leaves `waiting` keeps its step, so that its card says whether an assignment was made or may have been.
 */
export interface Request {
  /** Six characters that a person can read aloud, e.g. `R7K3MQ`. */
  readonly id: string;
  readonly requestedBy: Person;
  /** Each app of its tasks once, in the order in which they were named; at least one. */
  readonly apps: readonly [AppRef, ...AppRef[]];
  /** The requester's language and time zone, for the card. */
  readonly reader: Reader;
  /** Where the card is; opaque to this module. */
  readonly conversation: string;
  /** Counts every change, so that the newest drawing wins. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly removal?: Removal;
  /** Missing, or null, where none was given. */
  readonly ticket?: Ticket | null;
  /** It needs a ticket number, which its confirmation gives; missing for no. */
  readonly awaitsTicket?: true;
  /** Where that ticket will be, with `{ticket}` in it, if the line named a kit that says so. */
  readonly ticketUrl?: string;
  readonly tasks: readonly Task[];
  /** What was named and does not become a call, with the reason; empty for a single person. */
  readonly leftOut: readonly LeftOut[];
}

/** A request whose tasks take access away. */
export interface Removal {
  /** Not the requester but an approver has to confirm it. */
  readonly secondPerson: boolean;
  /** It takes people out of all their apps. */
  readonly leaving?: true;
  /** It takes away what another request gave until now. */
  readonly atEnd?: true;
  /** Why, as typed; missing where no reason was given. */
  readonly reason?: string | undefined;
  /** Of the second person, or of the person who confirmed it where none was needed; `by`: their name. */
  readonly decision?: { readonly how: 'confirmed' | 'rejected'; readonly by: string };
}

/** What a request was made for, in the service desk's system. */
export interface Ticket {
  /** In capitals. */
  readonly number: string;
  /** Its page, as `ticketLink` makes it; null where the app's entry names none. */
  readonly url: string | null;
}

/** A line of a list, or a member of a group, for which no call is made. */
export interface LeftOut {
  /** As it was typed, or the object's name. */
  readonly text: string;
  readonly reason:
    | 'unknown'
    /** A pronoun or the like: no person was looked up. */
    | 'noName'
    | 'ambiguous'
    | 'notUnderstood'
    | 'duplicate'
    | 'nestedGroup'
    | 'device'
    | 'otherObject'
    | 'notAMember'
    /** An address, where the app identifies people by ids of an HR system. */
    | 'noSourceId'
    /** Of several apps, one that takes people by their names in Active Directory. */
    | 'noDirectoryName'
    /** An app that takes no call now. */
    | 'appDisabled'
    | 'appNotConfigured'
    | 'appQuarantined'
    /** Its job holds deletions back, and no call is made before a person has looked at that. */
    | 'deletionsHeld'
    | 'appTakesNoUsers'
    | 'jobMustStop'
    | 'repeatedApp'
    /** A name among the people. */
    | 'isApp'
    /** Of an access request over several: one that waits or is carried out already. */
    | 'alreadyAsked'
    /** Of a removal: nothing of the person's own assigns them. */
    | 'notAssigned'
    | 'onlyThroughGroup'
    /** The account is disabled in Entra, so that on-demand provisioning skips it. */
    | 'accountOff'
    /** The same of an app that has no regular cycle scheduled, which would disable the account. */
    | 'accountOffNever'
    | 'removalOpen'
    | 'yourself'
    /** An app that takes its people from elsewhere, so no assignment can be deleted. */
    | 'removalNeedsEntraApp'
    /** A person in Entra's recycle bin, whom no on-demand call reaches. */
    | 'deletedInEntra'
    /** An app whose provisioning, or a person whose assignments, Usher may not read, or could not. */
    | 'appForbidden'
    | 'appUnread'
    | 'personUnread'
    | 'notYourReport'
    | 'forYourself'
    /** No approver decides on people of another source than Entra. */
    | 'accessNeedsEntraApp'
    /** An app of a kit that leads to no app of the tenant. */
    | 'appGone'
    /** In a file whose rows name their apps. */
    | 'unknownApp'
    | 'ambiguousApp'
    | 'noApp';
  /** Names or addresses that may have been meant, best first; at most three. */
  readonly suggestions: readonly string[];
}

/** The service principal's object id and display name. */
export interface AppRef {
  readonly id: string;
  readonly name: string;
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
  /** For a group: the members that this call provisions with it. Otherwise empty. */
  readonly members: readonly Subject[];
  readonly app: AppRef;
  readonly jobId: string;
  readonly ruleId: string;
  /** What comes before its call. */
  readonly assignment: TaskAssignment;
  /** When the access that it gives ends; missing for never. */
  readonly ends?: TaskEnd;
  /**
   * The subject has just been assigned to the app; Graph takes minutes to replicate that, and says "not in scope"
   * meanwhile.
   */
  readonly awaitsAssignment: boolean;
  readonly state: TaskState;
  /** Calls sent so far, the running one included. A call that could not be sent does not count. */
  readonly attempts: number;
  /** How many of those Graph answered with 429, which says nothing about the subject or the service. */
  readonly throttles: number;
  /** How many of those came before Graph had replicated the assignment of `awaitsAssignment`. */
  readonly assignmentMisses: number;
  /** How many of those were probes of a gate closed by a fault, which found the service still in trouble. */
  readonly excused?: number;
  /**
   * How an attempt ended whose effect is unknown, also one before a retry by a person: then no answer to a later
   * attempt proves that nothing was done. Null or missing when there was none.
   */
  readonly perhaps?: UnknownEnd | null;
}

export type TaskAssignment =
  | { readonly kind: 'none' }
  /** `appRole`: its display name or value. */
  | { readonly kind: 'assign'; readonly appRole: string; readonly step: AssignmentStep }
  /**
   * The person's own assignments to the app are deleted: these, by their ids, or all where `only` is null. `through`: the
   * names of the groups through which the person was still assigned then. `others`: the person also had assignments of
   * their own then that are not among these, and stay. `roles`: of the person's own assignments when the removal was
   * asked for.
   */
  | {
      readonly kind: 'unassign';
      readonly only: readonly string[] | null;
      readonly roles: readonly string[];
      readonly through: readonly string[];
      readonly others?: boolean;
      readonly step: AssignmentStep;
    };

/**
 * `begun`: the call to Entra may have been sent. `unanswered`: it was, and may have made or deleted the assignment.
 * `found`: it was as it should be already, and not by Usher. `byHand`: people delete it, and Usher looks whether it is gone.
 */
export type AssignmentStep = 'wanted' | 'begun' | 'unanswered' | 'made' | 'found' | 'refused' | 'byHand';

/** Whether the assignment comes first, so that the task is not in line yet. */
export function isToAssign({ assignment, state }: Pick<Task, 'assignment' | 'state'>): boolean {
  if (state.kind !== 'waiting' || assignment.kind === 'none') return false;
  return assignment.step !== 'made' && assignment.step !== 'found';
}

/** Whether it takes access away. */
export const isRemoval = ({ assignment }: Pick<Task, 'assignment'>): boolean => assignment.kind === 'unassign';

/** Whether Usher has deleted the person's assignments, or may have. */
export const mayHaveUnassigned = ({ assignment }: Pick<Task, 'assignment'>): boolean =>
  assignment.kind === 'unassign' && !['wanted', 'found', 'refused', 'byHand'].includes(assignment.step);

/** Whether what assigns the person has to be taken away by people, so that Usher can only look whether it is gone. */
export const isLeftToPeople = ({ assignment }: Pick<Task, 'assignment'>): boolean =>
  assignment.kind === 'unassign' && assignment.step === 'byHand';

/** Whether a removal has ended with an assignment that people may have taken away since. */
export const isVerifiable = ({ state }: Pick<Task, 'state'>): boolean =>
  state.kind === 'done' && leavesAssignment(state.outcome);

/** Whether the person may have an account by it. */
export function gaveAccess({ state, perhaps = null }: Pick<Task, 'state' | 'perhaps'>): boolean {
  if (perhaps !== null) return true;
  return (
    state.kind === 'done' && ['created', 'updated', 'otherChange', 'inSync', 'unknown'].includes(state.outcome.kind)
  );
}

/** What Usher leaves in Entra of an assignment: one that it made, or that it may have made. */
export function assignmentLeft({ assignment }: Pick<Task, 'assignment'>): 'made' | 'perhaps' | 'none' {
  if (assignment.kind !== 'assign') return 'none';
  switch (assignment.step) {
    case 'made':
      return 'made';
    case 'begun':
    case 'unanswered':
      return 'perhaps';
    case 'wanted':
    case 'found':
    case 'refused':
    case 'byHand':
      return 'none';
    default:
      return assertNever(assignment.step, 'step');
  }
}

/**
 * How many calls have been sent for a task. All those before a retry by a person count as one, if they may have had an
 * effect.
 */
export function sentCalls({ attempts, perhaps = null }: Task): number {
  return Math.max(attempts, perhaps === null ? 0 : 1);
}

/** The person or object to provision. */
export interface Subject {
  /** The id that Graph expects: an Entra object id for applications. */
  readonly id: string;
  /** As the job's rule spells it, e.g. `User`. */
  readonly type: string;
  readonly name: string;
  /** A second line that identifies the subject, e.g. the user principal name. */
  readonly label: string | null;
  /** A guest is marked as one wherever the subject is shown. */
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
      readonly waitReason: WaitReason | null;
    }
  | {
      readonly kind: 'running';
      readonly startedAt: number;
      readonly lease: Lease;
      /** Why it was sent again; missing at the first call. */
      readonly waitReason?: WaitReason;
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
  /** No connection was made, so nothing was sent. */
  | 'unreachable'
  /** No token could be obtained, so nothing was sent. */
  | 'noToken'
  /** Graph rejected the token, and a fresh one is obtained. */
  | 'tokenRefused'
  /** The service is already provisioning the same object. */
  | 'inProgress'
  | 'ruleChanged'
  | 'interrupted'
  | 'retried'
  /** The app role assignment that Usher made has not reached the provisioning service yet. */
  | 'assignmentUnseen'
  /** The same for a deletion of the assignment. */
  | 'unassignmentUnseen';

/** The process that works on a task, and until when others leave it alone. */
export interface Lease {
  readonly owner: string;
  readonly until: number;
}

/**
 * Position and start of a waiting task: exact by the gate's arithmetic, unless Graph throttles or other tasks go ahead.
 */
export interface Forecast {
  /** 1 is next. */
  readonly position: number;
  /** Milliseconds since 1970. During a fault, it assumes that the fault ends now. */
  readonly startsAt: number;
  /** What blocks every call at this moment. */
  readonly fault?: WaitingFault;
}

/** A fault as it concerns a task that waits because of it. */
export interface WaitingFault extends Pick<GateFault, 'cause' | 'code' | 'since'> {
  /** Milliseconds since 1970: tasks that still wait then end as not sent. */
  readonly endsAt: number;
}
