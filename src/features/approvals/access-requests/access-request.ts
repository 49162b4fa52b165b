import type { Basis } from '../../../access/basis.ts';
import type { AccessEnd } from '../../../access-ends.ts';
import { assertNever } from '../../../assert-never.ts';
import type { OutcomeKind } from '../../../graph/outcome.ts';
import {
  assignmentLeft,
  type Person,
  type Reader,
  type Subject,
  type Task,
  type Ticket,
} from '../../../requests/request.ts';

/**
 * An access request is what a requester asks an approver for: one person, one app. It is a row of its own; once it is
 * approved and due, it becomes an ordinary provisioning request, which it points to from then on. A line for several
 * people or apps makes several, which stand together as a joint request (`joint-request.ts`) and go these ways each by
 * itself.
 *
 *                      ┌──denied──▶ denied
 *                      ├──expired─▶ expired            (no decision within the configured days)
 *     pending ─────────┤                                           ┌───────retry────────┐
 *        │             │                                           ▼                    │
 *        │             └──approved─▶ approved ──started──────────▶ started ──finished──▶ finished
 *        │                             │  │ ▲ ▲                     │           (with the outcome's kind)
 *        │                             │  │ │ └──────awaits─────────┘
 *        │                             │  │ │        (the service does not count the person as assigned yet)
 *        │                             │  │ └───retry───┐
 *        └──cancelled──▶ cancelled ◀───┘  └──lapsed──▶ lapsed
 *                                                      (at its start the requester may no longer ask, the approver
 *                                                       may no longer decide, the person or the app is gone, the
 *                                                       assignment was refused, or what it awaited did not come
 *                                                       in time: `LapseReason`)
 *
 * Every arrow is a compare-and-set on the stored state (`act` in `acting.ts`), so of fifty clicks one decides. Other
 * transitions are impossible. A pending one that is past its time can only expire or be cancelled; a decision expires
 * it. A started one is cancelled through its provisioning request, which then finishes; an operator who retries that
 * request starts it again. Denied, expired and cancelled are final, and so is lapsed, unless what was missing may have
 * come since (`mayRetryLapsed`): then an operator can retry it, which makes it approved again, and its start checks
 * everything again.
 *
 * An approval stays valid while the person is not assigned to the app yet (`awaiting.ts`). The request then goes back
 * to approved, held up by `assignment`, `replication` or `entitlement`, and keeps its provisioning request, which is
 * rerun when it starts again. `awaiting` says until when; further attempts do not extend that time.
 *
 * Where an approval assigns the app role as well, its task does that before its call (`requests/assigner.ts`).
 */
export interface AccessRequest {
  /** Six characters like a provisioning request's id, and never the same as one of those. */
  readonly id: string;
  readonly requestedBy: Person;
  /** The person who is to get access; `label` is the user principal name. */
  readonly subject: Person & Pick<Subject, 'label' | 'guest'>;
  /** The service principal's object id and display name. */
  readonly app: { readonly id: string; readonly name: string };
  /** The requester's own words, as typed; null when none were given. */
  readonly reason: string | null;
  /** Its provisioning request has the same. */
  readonly ticket?: Ticket | null;
  /**
   * Milliseconds since 1970: the start of the day in the requester's time zone; null for "as soon as it is approved".
   */
  readonly startsAt: number | null;
  /** When the access ends; a length counts from its start. Missing or null for never. */
  readonly ends?: AccessEnd | null;
  /** `provision` where the requester typed that but may only ask: their card says so. */
  readonly askedAs: 'request' | 'provision';
  /** The requester's language and time zone, and the conversation, which is opaque to this module. */
  readonly reader: Reader;
  readonly conversation: string;
  readonly createdAt: number;
  /** When it ends undecided. */
  readonly expiresAt: number;
  /** When the approvers were reminded; null if not yet. */
  readonly remindedAt: number | null;
  /** True once the approvers' cards are queued; see `routing.ts`. */
  readonly routed: boolean;
  /**
   * Why an approved request that is due does not start; null when nothing holds it up. Once started: what it awaited
   * before.
   */
  readonly heldUp: HeldUp | null;
  /** Since when that has held it up without interruption. */
  readonly heldUpSince: number | null;
  /** The time within which the person must become assigned, once the service has said that they are not. */
  readonly awaiting: { readonly since: number; readonly until: number } | null;
  /** The provisioning request that carries it out or has tried to; null before its first start. */
  readonly requestId: string | null;
  /** How far an earlier version came with the app role assignment; null for none. Its task has the step by now. */
  readonly assigning: AssigningStep | null;
  /** Counts every change. */
  readonly revision: number;
  readonly state: AccessState;
  /** The joint request that it is a line of; missing or null where it was made alone. */
  readonly joint?: Joint | null;
  /** The kit through which the app was asked for, as it was then; missing or null where the line named the app. */
  readonly kit?: AskedKit | null;
}

/** What a kit says about the access requests that are made through it. */
export interface AskedKit {
  readonly name: string;
  /** Who decides; empty where each app's own approvers do. */
  readonly approvers: readonly string[];
  /** Whether an approval assigns the app's role; null where the app's entry says it. */
  readonly assign: boolean | null;
}

export interface Joint {
  /** Six characters, like an access request's own id. */
  readonly id: string;
  /** Those of the joint request that the same approvers decide have the same. */
  readonly group: string;
  /** From 0, in the order in which people and apps were named. */
  readonly position: number;
  /** None of them starts unless all are approved. */
  readonly whole: boolean;
}

/** What the approvers' cards of this access request refer to. */
export const cardReference = ({ id, joint }: Pick<AccessRequest, 'id' | 'joint'>): string => joint?.group ?? id;

/** The id by which people know what was asked for in the same line. */
export const askedId = ({ id, joint }: Pick<AccessRequest, 'id' | 'joint'>): string => joint?.id ?? id;

export type AccessState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'denied'; readonly decision: Decision }
  | { readonly kind: 'expired'; readonly at: number }
  | { readonly kind: 'cancelled'; readonly at: number; readonly by: Person }
  | { readonly kind: 'approved'; readonly decision: Decision }
  | { readonly kind: 'lapsed'; readonly decision: Decision; readonly at: number; readonly why: LapseReason }
  | ({ readonly kind: 'started' } & Started)
  | ({ readonly kind: 'finished'; readonly at: number; readonly outcome: FinishedAs } & Started);

export interface Started {
  readonly decision: Decision;
  /** The provisioning request that carries it out. */
  readonly requestId: string;
  /** Who cancelled the provisioning request through this one's id; null where no person did. */
  readonly calledOffBy: Person | null;
}

export type AccessStateKind = AccessState['kind'];

export type AssigningStep =
  /** The call is about to be sent or under way, or its process has died. */
  | 'begun'
  /** No answer came, or the answer was to try again later. */
  | 'unanswered'
  | 'made'
  | 'refused';

/** How the provisioning request ended: its outcome's kind, or cancelled before it was sent. */
export type FinishedAs = OutcomeKind | 'cancelled';

export interface Decision {
  readonly by: Person;
  readonly at: number;
  /** The approver's own words; only a denial has any. */
  readonly reason: string | null;
}

export type LapseReason =
  /** The requester has lost the role, or the person is no longer their report. */
  | 'askerMayNot'
  | 'askerGone'
  /** The approver may no longer decide on the app, or has no active account. */
  | 'deciderMayNot'
  | 'subjectGone'
  | 'appGone'
  | 'appNotSetUp'
  /** The app is disabled in Entra. */
  | 'appDisabled'
  /** The app provisions nothing on demand while its job runs, and it ran for a day. */
  | 'jobRan'
  /** The app's synchronization stayed in quarantine for a day. */
  | 'quarantined'
  /** Usher found no assignment of the person to the app within the configured time. */
  | 'notAssigned'
  /** Graph refused to make the app role assignment, which an earlier version asked for before the start. */
  | 'assignmentRefused'
  /** The same, as the app belongs to Microsoft itself; Usher never assigns its roles. */
  | 'microsoftApp'
  /** Graph did not answer for a day. */
  | 'graphAway'
  /** An entry of `APPS_FILE` for the app's name led to no app, or to several, for a day. */
  | 'appsFile'
  /** Its end had come before it could start. */
  | 'endPassed'
  /** It was to be all or none of a joint request, and another of it was not approved. */
  | 'notAll';

/**
 * `jobRuns`: the app provisions nothing on demand while its job runs. `appsFile`: an entry for the app's name is
 * broken.
 */
export type HeldUp = 'quarantine' | 'jobRuns' | 'graphAway' | 'appsFile' | AwaitedThing;

/** What an approved request may wait for after the service has said that the person is not in scope. */
export type AwaitedThing =
  /** The service says that the person is not assigned to the app. */
  | 'assignment'
  /** Entra lists the assignment, but the service does not count it yet. */
  | 'replication'
  /** The service says that the assigned role gives no account. */
  | 'entitlement';

/** On what basis it starts: that of the person who asked, and that of the person who decided. */
export interface StartBasis {
  readonly requester: Basis;
  readonly decider: Basis;
}

/** The actions on an access request. */
export type AccessAction =
  /** `ends`: an earlier end than was asked for. */
  | { readonly kind: 'approve'; readonly by: Person; readonly from: DecidedFrom; readonly ends?: AccessEnd }
  | { readonly kind: 'deny'; readonly by: Person; readonly from: DecidedFrom; readonly reason: string | null }
  | { readonly kind: 'cancel'; readonly by: Person }
  | { readonly kind: 'expire' }
  | { readonly kind: 'start'; readonly requestId: string; readonly basis?: StartBasis }
  | { readonly kind: 'lapse'; readonly why: LapseReason }
  | { readonly kind: 'finish'; readonly outcome: FinishedAs }
  /** The attempt ended because this is missing. It is checked again after `delayMs`, and until `until` at most. */
  | ({ readonly kind: 'await' } & Wait)
  /** An operator reruns its provisioning request, or makes a lapsed one approved again. */
  | { readonly kind: 'retry'; readonly by: Person };

export interface Wait {
  readonly heldUp: AwaitedThing;
  readonly until: number;
  readonly delayMs: number;
}

/** Where the approver decided, so that the result is sent there. */
export interface DecidedFrom {
  readonly conversation: string;
  readonly reader: Reader;
}

/** The only transitions there are; null for one that is not in the diagram above. */
export function stateAfter(state: AccessStateKind, action: AccessAction['kind']): AccessStateKind | null {
  return transitions[state][action] ?? null;
}

const transitions: Readonly<Record<AccessStateKind, Partial<Readonly<Record<AccessAction['kind'], AccessStateKind>>>>> =
  {
    pending: { approve: 'approved', deny: 'denied', cancel: 'cancelled', expire: 'expired' },
    approved: { start: 'started', lapse: 'lapsed', cancel: 'cancelled' },
    started: { finish: 'finished', await: 'approved' },
    finished: { retry: 'started' },
    denied: {},
    expired: {},
    cancelled: {},
    // Only where what was missing may have come since; see `mayRetryLapsed`.
    lapsed: { retry: 'approved' },
  };

/** True where what was missing may have come since; false where only a new request helps. */
const retriedLapses: Readonly<Record<LapseReason, boolean>> = {
  askerMayNot: false,
  askerGone: false,
  deciderMayNot: false,
  subjectGone: false,
  appGone: false,
  appNotSetUp: false,
  appDisabled: false,
  jobRan: true,
  quarantined: true,
  notAssigned: true,
  assignmentRefused: true,
  microsoftApp: false,
  graphAway: true,
  appsFile: true,
  endPassed: false,
  notAll: false,
};

/** Whether a request that lapsed for this reason may start after all, without another approval. */
export function mayRetryLapsed(why: LapseReason): boolean {
  return retriedLapses[why];
}

/** Tells what a request awaits after its first attempt from what holds up its start. */
export function isAwaited(heldUp: string | null): heldUp is AwaitedThing {
  return heldUp === 'assignment' || heldUp === 'replication' || heldUp === 'entitlement';
}

/** Not decided, or not carried out yet: these count against the number of open requests that one person may have. */
export const openStates: readonly AccessStateKind[] = ['pending', 'approved', 'started'];

/** What a request leaves of its app role assignment: `perhaps` where no answer has come. `task` carries it out. */
export function leftOfAssignment(
  { assigning }: Pick<AccessRequest, 'assigning'>,
  task: Pick<Task, 'assignment'> | null,
): AssignmentLeft {
  if (task !== null && task.assignment.kind !== 'none') return assignmentLeft(task);
  switch (assigning) {
    case null:
    case 'refused':
      return 'none';
    case 'begun':
    case 'unanswered':
      return 'perhaps';
    case 'made':
      return 'made';
    default:
      return assertNever(assigning, 'step');
  }
}

export type AssignmentLeft = 'none' | 'perhaps' | 'made';
