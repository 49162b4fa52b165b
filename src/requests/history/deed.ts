import type { OutcomeKind } from '../../graph/outcome.ts';
import type { AccessStateKind } from '../access-requests/access-request.ts';
import type { Person } from '../request.ts';

/**
 * One line of the history: something that somebody asked for, and what came of it. An access request and the
 * provisioning request that carries it out are one line, that of the access request. Where only the latter is in the
 * stretch of time that was asked for, it has a line of its own, with who approved it.
 */
export type Deed =
  | {
      readonly kind: 'provisioning';
      /** When it was asked for; milliseconds since 1970. */
      readonly at: number;
      readonly requestId: string;
      readonly asker: Person;
      readonly app: AppName;
      /** Null for several people; a group is one subject. */
      readonly subject: SubjectName | null;
      /** Of a group: its members that are provisioned with it. */
      readonly people: number;
      readonly isGroup: boolean;
      readonly result: DeedResult;
      /** Null where nobody had to. */
      readonly approvedBy: Person | null;
    }
  | {
      readonly kind: 'access';
      readonly at: number;
      readonly accessRequestId: string;
      readonly asker: Person;
      readonly app: AppName;
      readonly subject: SubjectName;
      readonly state: AccessStateKind;
      /** Milliseconds since 1970: the start of a day in `timeZone`, the asker's; null for "as soon as it is approved". */
      readonly startsAt: number | null;
      readonly timeZone: string;
      /** Who approved or denied it; null as long as nobody did. */
      readonly decidedBy: Person | null;
      /** The provisioning request that carries it out, and how that stands; null as long as there is none. */
      readonly requestId: string | null;
      readonly result: DeedResult | null;
    };

export type DeedResult =
  /** `running`: of several calls some have begun, and not all are at their end. */
  | { readonly kind: 'waiting' | 'running' | 'held' | 'cancelled' }
  /** How many calls ended how; those that were cancelled are not among them, and counted by themselves. */
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
  /** Entra object id, or whatever the job's source knows it by. */
  readonly id: string;
  readonly name: string;
  /** A second line to know it by, e.g. the user principal name. */
  readonly label: string | null;
}

/** Somebody, as asker or as the one it is about; or an app. Ids alone, as names come and go. */
export type About = { readonly personId: string } | { readonly appId: string };

export interface HistoryFilter {
  readonly about: About | null;
  /** Only what this person asked for. */
  readonly askerId: string | null;
  /** Not what was asked for before; milliseconds since 1970. */
  readonly since: number | null;
  /**
   * Only what this person asked for, and what concerns one of these: of what others asked for several people, only what
   * concerns these is told. Missing or null for everything.
   */
  readonly only?: OwnPart | null;
}

export interface OwnPart {
  readonly askerId: string;
  readonly subjectIds: readonly string[];
}

/** A place in the history; what follows it is older. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}
