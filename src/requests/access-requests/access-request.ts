import { assertNever } from '../../assert-never.ts';
import type { OutcomeKind } from '../../graph/outcome.ts';
import type { Person, Reader, Subject } from '../request.ts';

/**
 * An access request is what a requester asks an approver for: one person, one app. It is a row of its own; once it is
 * approved and due, it becomes an ordinary provisioning request, which it points to from then on.
 *
 *                      ┌──denied──▶ denied
 *                      ├──expired─▶ expired            (nobody decided within the configured days)
 *     pending ─────────┤                                           ┌───────retry────────┐
 *        │             │                                           ▼                    │
 *        │             └──approved─▶ approved ──started──────────▶ started ──finished──▶ finished
 *        │                             │  │ ▲ ▲                     │           (with the outcome's kind)
 *        │                             │  │ │ └──────awaits─────────┘
 *        │                             │  │ │        (the service does not count the person as assigned yet)
 *        │                             │  │ └───retry───┐
 *        └──cancelled──▶ cancelled ◀───┘  └──lapsed──▶ lapsed
 *                                                      (at its start the asker may not ask any more, the decider
 *                                                       may not decide, the person or the app is gone, the
 *                                                       assignment was refused, or what it waited for did not come
 *                                                       in time: `LapseReason`)
 *
 * Every arrow is a compare-and-set on the stored state (`act` in `store.ts`), so of fifty clicks one decides. What is
 * not drawn is impossible. After its time a pending one can only expire or be cancelled, whoever decides. What was
 * started is called off by cancelling the provisioning request, which then finishes; when somebody has that request
 * run once more, it is started again. Denied, expired and cancelled are ends, and so is lapsed, unless it lapsed for
 * want of something that may have come since (`mayRetryLapsed`): then an operator has it approved as before, and all that
 * it rests on is read anew at its start.
 *
 * An approval is not used up by a person who is not assigned to the app yet (`awaiting.ts`). The request is then
 * approved as before, held up by `assignment`, `replication` or `entitlement`, and keeps its provisioning request, which
 * is run once more when it starts again. `awaiting` says until when; the time does not begin anew with each try.
 *
 * Where an approval assigns the app role as well, that comes right before the start (`assigning.ts`), in steps of
 * their own beside the state:
 *
 *     approved: none ──begun──▶ begun ──────────────────────▶ made      (it starts)
 *                                 │                           ▲
 *                                 ├───────▶ unanswered ───────┤         (it is tried again)
 *                                 │                           ▼
 *                                 └─────────────────────────▶ refused   (it lapses)
 *
 * `begun` is written before the call is sent, and only where the request is still approved, under the lock of its row.
 * So whoever takes it back either comes before that, and no call is sent, or finds the step in the row: then the
 * assignment was made or may have been, which is said wherever the end is told. The answer of a call that was under
 * way is noted in any state.
 */
export interface AccessRequest {
  /** Six characters like those of a provisioning request, and never the same as one of those. */
  readonly id: string;
  readonly asker: Person;
  /** For whom access is asked; `label` is the user principal name. */
  readonly subject: Person & Pick<Subject, 'label' | 'guest'>;
  /** The service principal's object id and display name. */
  readonly app: { readonly id: string; readonly name: string };
  /** In the asker's own words, as it was typed; null when none was given. */
  readonly reason: string | null;
  /** Milliseconds since 1970: the start of the day in the asker's time zone; null for "as soon as it is approved". */
  readonly startsAt: number | null;
  /** `provision` where the asker had typed that, and may only ask: their card says so. */
  readonly askedAs: 'request' | 'provision';
  /** How the asker reads, and where; the conversation is opaque to this floor. */
  readonly reader: Reader;
  readonly conversation: string;
  readonly createdAt: number;
  /** When it ends undecided. */
  readonly expiresAt: number;
  /** When the approvers were reminded; null as long as they were not. */
  readonly remindedAt: number | null;
  /** True once the approvers' cards have been made out; see `routing.ts`. */
  readonly routed: boolean;
  /** Why an approved request that is due does not start; null when nothing holds it up. Once started: why it did not. */
  readonly heldUp: HeldUp | null;
  /** Since when that has held it up without a break. */
  readonly heldUpSince: number | null;
  /** The time within which the person has to be assigned, once the service has said that they are not. */
  readonly awaiting: { readonly since: number; readonly until: number } | null;
  /** The provisioning request that carries it out or has tried to; null before its first start. */
  readonly requestId: string | null;
  /** How far the app role assignment has come that its approval makes; null before it is begun, and where none is. */
  readonly assigning: AssigningStep | null;
  /** Counts every change. */
  readonly revision: number;
  readonly state: AccessState;
}

export type AccessState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'denied'; readonly decision: Decision }
  | { readonly kind: 'expired'; readonly at: number }
  | { readonly kind: 'cancelled'; readonly at: number; readonly by: Person }
  | { readonly kind: 'approved'; readonly decision: Decision }
  | { readonly kind: 'lapsed'; readonly decision: Decision; readonly at: number; readonly why: LapseReason }
  /**
   * `requestId`: the provisioning request that carries it out. `assigned`: Usher has made the app role assignment.
   * `calledOffBy`: who cancelled the provisioning request by the id of this one; null when nobody did.
   */
  | {
      readonly kind: 'started';
      readonly decision: Decision;
      readonly requestId: string;
      readonly assigned: boolean;
      readonly calledOffBy: Person | null;
    }
  | {
      readonly kind: 'finished';
      readonly decision: Decision;
      readonly requestId: string;
      readonly assigned: boolean;
      readonly calledOffBy: Person | null;
      readonly at: number;
      readonly outcome: FinishedAs;
    };

export type AccessStateKind = AccessState['kind'];

export type AssigningStep =
  /** The call is about to be sent or under way, or its process has died. */
  | 'begun'
  /** No answer told what became of the call, or told it to come later. */
  | 'unanswered'
  | 'made'
  | 'refused';

/** How the provisioning request ended: its outcome's kind, or that it was called off before it was sent. */
export type FinishedAs = OutcomeKind | 'cancelled';

export interface Decision {
  readonly by: Person;
  readonly at: number;
  /** The decider's own words; only a denial has any. */
  readonly reason: string | null;
}

export type LapseReason =
  /** The asker has lost the role, or the person is not their report any more. */
  | 'askerMayNot'
  | 'askerGone'
  /** Who approved it may not decide on the app any more, or has no active account. */
  | 'deciderMayNot'
  | 'subjectGone'
  | 'appGone'
  | 'appNotSetUp'
  /** The app is disabled in Entra. */
  | 'appDisabled'
  /** The app takes nobody on demand while its job runs, and it ran for a day. */
  | 'jobRan'
  /** The app's synchronization stayed in quarantine for a day. */
  | 'quarantined'
  /** Usher found no assignment of the person to the app within the configured time. */
  | 'notAssigned'
  /** Graph refused to make the app role assignment. */
  | 'assignmentRefused'
  /** The app belongs to Microsoft itself; Usher never assigns its roles. */
  | 'microsoftApp'
  /** Graph could not be asked for a day. */
  | 'graphAway'
  /** An entry of `APPS_FILE` for the app's name led to no app, or to several, for a day. */
  | 'appsFile';

/** `jobRuns`: the app takes nobody on demand while its job runs. `appsFile`: an entry for the app's name leads nowhere. */
export type HeldUp = 'quarantine' | 'jobRuns' | 'graphAway' | 'appsFile' | AwaitedThing;

/** What an approved request may wait for after the service has said that the person is not in scope. */
export type AwaitedThing =
  /** The service says that the person is not assigned to the app. */
  | 'assignment'
  /** Entra lists the assignment, and the service does not count it yet. */
  | 'replication'
  /** The service says that the role of the assignment gives no account. */
  | 'entitlement';

/** What may be done to an access request. */
export type AccessAction =
  | { readonly kind: 'approve'; readonly by: Person; readonly from: DecidedFrom }
  | { readonly kind: 'deny'; readonly by: Person; readonly from: DecidedFrom; readonly reason: string | null }
  | { readonly kind: 'cancel'; readonly by: Person }
  | { readonly kind: 'expire' }
  | { readonly kind: 'start'; readonly requestId: string; readonly assigned: boolean }
  | { readonly kind: 'lapse'; readonly why: LapseReason }
  | { readonly kind: 'finish'; readonly outcome: FinishedAs }
  /** What was tried ended for want of this. It is looked at again after `delayMs`, and until `until` at most. */
  | {
      readonly kind: 'await';
      readonly heldUp: AwaitedThing;
      readonly until: number;
      readonly delayMs: number;
    }
  /** An operator has its provisioning request run once more, or what lapsed approved as before. */
  | { readonly kind: 'retry'; readonly by: Person };

/** Where the decider decided, so that the result finds them. */
export interface DecidedFrom {
  readonly conversation: string;
  readonly reader: Reader;
}

/** The only transitions there are; null for one that is not drawn above. */
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
    // Only for want of what may have come since; see `mayRetryLapsed`.
    lapsed: { retry: 'approved' },
  };

/** What it lapsed for the want of may have come since, or never will without another request. */
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
};

/** Whether what lapsed for this reason may start after all, without another approval. */
export function mayRetryLapsed(why: LapseReason): boolean {
  return retriedLapses[why];
}

/** Tells what a request waits for after its first try from what holds up its start. */
export function isAwaited(heldUp: string | null): heldUp is AwaitedThing {
  return heldUp === 'assignment' || heldUp === 'replication' || heldUp === 'entitlement';
}

/** Still to be done by Usher or decided: what counts against the number of requests that one person may have open. */
export const openStates: readonly AccessStateKind[] = ['pending', 'approved', 'started'];

/** What an end leaves behind of the app role assignment that was begun: `perhaps` where no answer has told. */
export function assignmentLeft({ assigning, state }: Pick<AccessRequest, 'assigning' | 'state'>): AssignmentLeft {
  if ('assigned' in state) return state.assigned ? 'made' : 'none';
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
