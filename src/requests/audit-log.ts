import type { Kysely, Selectable } from 'kysely';
import type { Basis } from '../access/basis.ts';
import { compiledOnce } from '../db/compiled-once.ts';
import type { AuditLogRow, Schema } from '../db/schema.ts';

/**
 * The append-only record of who did what. People appear by Entra object id; details are ids and codes. It holds no text
 * that a person typed: reasons stand in their requests, so that a person can be forgotten and the record stays as it is.
 */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Entra object id; empty when the activity carried none. */
  readonly actorId: string;
  readonly kind: AuditKind;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}

export type AuditKind =
  | 'asked'
  | 'confirmed'
  | 'sent'
  | 'finished'
  | 'waitsAgain'
  | 'retried'
  | 'cancelled'
  | 'denied'
  /** Further refusals of a person within an hour, which have no entries of their own. */
  | 'refusalsCounted'
  | 'turnedAway'
  /** People who are not assigned are to be assigned, and provisioned again. */
  | 'assignmentOrdered'
  /** A step of the assignment of a task's subject, before its call. */
  | 'assigned'
  /** A step of the deletion of its assignments, before its call. */
  | 'unassigned'
  /** A person has Usher look whether the assignments that people take away by hand are gone. */
  | 'verificationOrdered'
  /** A step of access that ends. */
  | 'accessEnd'
  /** A step of an act on a synchronization job. */
  | 'repair'
  /** The result was sent to the manager of its person. */
  | 'managerTold'
  | 'blocked'
  // For access requests, whose id takes the place of a provisioning request's:
  | 'accessAsked'
  | 'accessShown'
  /** Teams refused a card of it, so its readers there did not see it. */
  | 'accessNotShown'
  | 'accessApproved'
  | 'accessDenied'
  | 'accessCancelled'
  | 'accessExpired'
  | 'accessReminded'
  | 'accessAssigned'
  | 'accessStarted'
  | 'accessLapsed'
  /** The person is not assigned to the app yet, so it waits for that. */
  | 'accessAwaits'
  | 'accessFinished'
  | 'accessRetried'
  | 'accessRefused'
  | 'placeAdded'
  | 'placeRemoved'
  | 'watchAdded'
  | 'watchRemoved'
  | 'quietHoursSet'
  /** An operator had a person forgotten. */
  | 'personForgotten'
  /** The record itself was exported. */
  | 'exported'
  /** Entries that the receiver of events did not get in time, by the numbers of their seals. */
  | 'eventsGivenUp'
  /** Usher was started, with which version and configuration. */
  | 'usherStarted'
  /** It was started with other settings than the time before. */
  | 'configurationChanged';

/**
 * Appends one entry, in a transaction when one is given.
 *
 * @param basis on what basis its actor acted; one of another person does not count
 */
export async function writeAudit(database: Kysely<Schema>, entry: AuditEntry, basis?: Basis): Promise<void> {
  const { actorId: actor_id, requestId: request_id, ...rest } = entry;
  const details = basis?.actorId === actor_id ? { ...entry.details, ...basis.details } : entry.details;
  await insertEntry(database, { ...rest, actor_id, request_id, details: JSON.stringify(details) });
}

const insertEntry = compiledOnce(
  (db, { at, actor_id, kind, request_id, details }: Omit<Selectable<AuditLogRow>, 'id'>) =>
    db.insertInto('audit_log').values({ at, actor_id, kind, request_id, details }),
);
