import type { NotRemoved, RefusalCause } from '../graph/outcome.ts';

/** When the access that a task gives ends. How far that has come is there where a request is read. */
export interface TaskEnd {
  /** Milliseconds since 1970. `isTimed`: by the clock, and not the end of a day. */
  readonly endsAt: number;
  readonly isTimed: boolean;
  readonly state?: EntitlementState;
  /** The name of the person who ended it early, or who said that it was done by hand. */
  readonly endedBy?: string | null;
  /** Usher has made an assignment, for it or for earlier access whose end it puts off, and takes that away at this end. */
  readonly inherits?: boolean;
}

export type EntitlementState =
  | { readonly kind: 'active' }
  | { readonly kind: 'ending' }
  | { readonly kind: 'overdue'; readonly why: OverdueReason }
  | { readonly kind: 'ended'; readonly as: EndedAs };

export type EndedAs = 'verified' | 'byHand' | 'extended' | 'neverGiven';

/** Why access that should have ended is not known to have. */
export type OverdueReason =
  | NotRemoved
  /** Usher has assigned nothing that it could take away. */
  | 'notAssignedByUsher'
  | 'failed'
  | 'unknown'
  | `refused.${RefusalCause}`
  | 'other';
