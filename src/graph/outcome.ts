/**
 * What became of one on-demand provisioning call. HTTP 200 is not success: the verdict stands inside the body, in
 * one of two shapes, and a body that cannot be read is `unknown`, never success.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
 */
export type Outcome =
  | {
      readonly kind: 'created' | 'updated' | 'disabled' | 'deleted' | 'otherChange';
      readonly report: Report;
      /** Done, though the service warns of something. */
      readonly warning?: ServiceWarning;
    }
  /** `RedundantExport`: source and target already match. */
  | {
      readonly kind: 'inSync';
      readonly report: Report;
      readonly warning?: ServiceWarning;
      /**
       * An attempt before this one had an unknown end, so it may have been the one that brought both sides to match.
       */
      readonly earlier?: UnknownEnd;
    }
  /** `NotEffectivelyEntitled` and its like; `failedChecks` names what kept the object out, most telling first. */
  | { readonly kind: 'notInScope'; readonly failedChecks: readonly ScopingCheck[]; readonly report: Report }
  /**
   * After an unassignment: the person is out of the app, which the answer proves. `nothingThere`: the app has no account.
   * `inactiveAlready`: it has one, which was inactive before the call.
   */
  | {
      readonly kind: 'removed';
      readonly how: 'disabled' | 'deleted' | 'nothingThere' | 'inactiveAlready';
      readonly report: Report;
    }
  /** After an unassignment: no proof of that. */
  | { readonly kind: 'notRemoved'; readonly why: NotRemoved; readonly report: Report }
  /** Nothing was done for another reason, e.g. `AttributeValidationFailed` for `property`. */
  | {
      readonly kind: 'skipped';
      /** As the service spells it; `''` when it gave none. */
      readonly code: string;
      readonly property: string | null;
      readonly reason: string | null;
      readonly report: Report;
    }
  | {
      readonly kind: 'failed';
      /** As the service spells it, connector prefix included; `''` when it gave none. */
      readonly code: string;
      readonly reason: string | null;
      readonly recommendedAction: string | null;
      readonly report: Report;
    }
  /** Graph said no, with this HTTP status and OData code. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly cause: RefusalCause;
      /** How long Graph asked to be left alone, in milliseconds from its answer. */
      readonly retryAfterMs?: number;
    }
  /**
   * It may have been done: one of the attempts ended so that nothing can tell. Asking again is safe: the service
   * matches again and ends as `inSync`.
   */
  | {
      readonly kind: 'unknown';
      readonly why: UnknownEnd;
      /** What a later attempt was told; it says nothing about the attempt before. */
      readonly last?: LastAnswer;
    };

/** Why a removal is not verified; see `outcome/removal-verdict.ts`. */
export type NotRemoved =
  | 'accountAlive'
  | 'stillEntitled'
  | 'heldBack'
  /** No call can ever tell of these three. */
  | 'syncsAll'
  | 'skipsDeletions'
  | 'noActiveMapping'
  /** The answer does not show the account's state. */
  | 'unproven'
  /** The provisioning service had not seen the unassignment after several calls. */
  | 'unseen';

/**
 * How an attempt ended whose effect is unknown. `serverError`: a 5xx other than 504. `noAnswer`: no answer came, and no
 * details were kept. `interrupted`: the process that had sent it died or stopped.
 */
export type UnknownEnd =
  | 'timeout'
  | 'gatewayTimeout'
  | 'connectionLost'
  | 'unreadable'
  | 'serverError'
  | 'noAnswer'
  | 'interrupted';

/** An attempt that did nothing, by what it was told. */
export type LastAnswer = Extract<Outcome, { readonly kind: 'notInScope' | 'skipped' | 'failed' | 'refused' }>;

/** What the service warns of although it went on; either part may be missing. */
export interface ServiceWarning {
  readonly code: string;
  readonly reason: string | null;
}

export type OutcomeKind = Outcome['kind'];

/** Why Graph refused, as far as status, code and the job's state tell. */
export type RefusalCause =
  | 'quarantined'
  | 'permission'
  /** The same for a delegated call: the requester's own role is not enough. */
  | 'ownRole'
  /** The requester's sign-in had ended, so nothing was sent. */
  | 'signInGone'
  /** The person who had started it was no longer allowed to when its turn came, so nothing was sent. */
  | 'ordererMayNot'
  /** The app role that comes before the call was not assigned, and nothing was sent. `code`: Graph's or Usher's own. */
  | 'assignmentRefused'
  /** The same, as Graph gave no clear answer for a day: it may have been assigned. */
  | 'assignmentUnanswered'
  /** The same for the deletion of the person's assignments; some of them may have been deleted. */
  | 'unassignRefused'
  | 'unassignUnanswered'
  /** What Entra said before the deletion kept Usher from it, and nothing was sent. `code`: see `RemovalLeft`. */
  | 'removalLeft'
  /** People were to take the assignment away, and after an hour Entra listed it still, or did not tell. */
  | 'stillAssigned'
  | 'wrongRule'
  | 'notFound'
  | 'credentialsMissing'
  | 'throttled'
  | 'serviceUnavailable'
  | 'other';

/** One of the conditions that scoping looks at; the service spells them in three ways, these are ours. */
export type ScopingCheck = 'active' | 'assigned' | 'entitled' | 'scopingFilter';

/** The service's own account of the call. Everything in it may be missing. */
export interface Report {
  readonly steps: readonly Step[];
  /** What the service lists as modified; unless the outcome is a change, it was only considered or attempted. */
  readonly changes: readonly Change[];
  readonly changeId: string | null;
  /** A name a person knows the subject by, e.g. the user principal name. */
  readonly subjectLabel: string | null;
  readonly sourceSystem: string | null;
  readonly targetSystem: string | null;
  /** The subject's id in the target application. */
  readonly targetId: string | null;
}

/** Nothing told. */
export const emptyReport: Report = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};

export interface Step {
  readonly type: StepType;
  /** The service's own name for the step, e.g. `EntryExportAdd`. Kept for engineers; people see `type`. */
  readonly name: string;
  readonly status: StepStatus;
  readonly description: string | null;
  readonly details: Readonly<Record<string, string>>;
}

/** https://learn.microsoft.com/graph/api/resources/provisioningstep */
export type StepType =
  | 'import'
  | 'scoping'
  | 'matching'
  | 'processing'
  | 'referenceResolution'
  | 'export'
  | 'unknownFutureValue';

export type StepStatus = 'success' | 'failure' | 'skipped' | 'warning' | 'unknownFutureValue';

export interface Change {
  readonly attribute: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}
