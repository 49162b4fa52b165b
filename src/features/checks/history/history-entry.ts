import type { AccessRequestRow } from '../../../db/schema.ts';
import type { OutcomeKind } from '../../../graph/outcome.ts';
import type { Entitlement } from '../../../requests/entitlement.ts';
import type { Person, Removal, Ticket } from '../../../requests/request.ts';

/**
 * One line of the history: what was asked for, and its result. An access request and the provisioning request that
 * carries it out are one line, that of the access request. Where only the latter is in the requested period, it has a
 * line of its own, with its approver.
 */
export type HistoryEntry =
  | {
      readonly kind: 'provisioning';
      /** When it was asked for; milliseconds since 1970. */
      readonly at: number;
      readonly requestId: string;
      readonly requestedBy: Person;
      readonly apps: readonly AppName[];
      /** Null for several people; a group is one subject. */
      readonly subject: SubjectName | null;
      /** For a group: how many of its members are provisioned with it. */
      readonly people: number;
      readonly isGroup: boolean;
      readonly result: HistoryResult;
      /** Null where no approval was needed. */
      readonly approvedBy: Person | null;
      /** It takes access away; missing where it gives it. */
      readonly removal?: Removal;
      /** The access that ends here, of a removal at its end. */
      readonly endOf?: Entitlement;
      readonly ends?: readonly Entitlement[];
      readonly ticket?: Ticket | null;
    }
  | {
      readonly kind: 'access';
      readonly at: number;
      readonly accessRequestId: string;
      readonly requestedBy: Person;
      readonly apps: readonly AppName[];
      readonly subject: SubjectName;
      readonly state: AccessRequestRow['state'];
      /**
       * Milliseconds since 1970: the start of a day in `timeZone`, the requester's; null for "as soon as it is
       * approved".
       */
      readonly startsAt: number | null;
      readonly timeZone: string;
      /** The approver who approved or denied it; null while there is no decision. */
      readonly decidedBy: Person | null;
      /** The provisioning request that carries it out, and its result; null while there is none. */
      readonly requestId: string | null;
      readonly result: HistoryResult | null;
      readonly ends?: readonly Entitlement[];
      readonly ticket?: Ticket | null;
    };

export type HistoryResult =
  /** `running`: of several calls some have begun, and not all have ended. */
  | { readonly kind: 'waiting' | 'running' | 'held' | 'cancelled' }
  /** How many calls ended how. Cancelled ones are counted separately. */
  | {
      readonly kind: 'done';
      readonly counts: Readonly<Partial<Record<OutcomeKind, number>>>;
      readonly cancelled: number;
    };

/** The service principal's object id and display name. */
export interface AppName {
  readonly id: string;
  readonly name: string;
}

export interface SubjectName {
  /** Entra object id, or the id in the job's source. */
  readonly id: string;
  readonly name: string;
  /** A second line that identifies it, e.g. the user principal name. */
  readonly label: string | null;
}

/** A person, as requester or subject; an app; or a ticket. Ids alone, as names change. */
export type About = { readonly personId: string } | { readonly appId: string } | { readonly ticket: string };

export interface HistoryFilter {
  readonly about: About | null;
  /** Only what this person asked for. */
  readonly requestedById: string | null;
  /** Nothing asked for before this; milliseconds since 1970. */
  readonly since: number | null;
  /**
   * Only what this person asked for, and what concerns one of these: of another person's request for several, only the
   * part about these is shown. Missing or null for everything.
   */
  readonly only?: OwnPart | null;
  /** Only what did not end well, or only what has not ended; missing or null for both and all else. */
  readonly among?: Among | null;
}

export type Among = 'failed' | 'open';

export interface OwnPart {
  readonly requestedById: string;
  readonly subjectIds: readonly string[];
}

/** A position in the history; what follows it is older. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}
