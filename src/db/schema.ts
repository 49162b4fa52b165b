import type { Generated } from 'kysely';
import type { ArchivedLineRow, ArchivedRow } from './archive-schema.ts';
import type { PackRow, SealAnchorRow, SealRow, SpentIdRow } from './seals-schema.ts';
import type { SettingSeenRow } from './settings-schema.ts';
import type { StreamRow } from './streams-schema.ts';
import type { HeldNewsRow, PlaceColumns, QuietHoursRow, WatchedJobRow, WatchRow } from './watching-schema.ts';

/**
 * The tables. Times are milliseconds since 1970; JSON is in text columns, written and read by the module that owns the
 * table. The same schema serves SQLite and PostgreSQL. It has more than 400 lines because it names every column.
 */
export interface Schema {
  requests: RequestRow;
  tasks: TaskRow;
  gates: GateRow;
  turns: TurnRow;
  audit_log: AuditLogRow;
  access_requests: AccessRequestRow;
  messages: MessageRow;
  approval_channels: ApprovalChannelRow;
  known_people: KnownPersonRow;
  watches: WatchRow;
  watched_jobs: WatchedJobRow;
  seen_jobs: SeenJobRow;
  quiet_hours: QuietHoursRow;
  held_news: HeldNewsRow;
  attempts: AttemptRow;
  rounds: RoundRow;
  app_bindings: AppBindingRow;
  card_owners: CardOwnerRow;
  known_names: KnownNameRow;
  entitlements: EntitlementRow;
  repairs: RepairRow;
  seals: SealRow;
  seal_anchors: SealAnchorRow;
  entry_packs: PackRow;
  spent_ids: SpentIdRow;
  places: PlaceRow;
  streams: StreamRow;
  settings_seen: SettingSeenRow;
  archived: ArchivedRow;
  archived_lines: ArchivedLineRow;
}

/** The process that works on the row, and until when other processes leave it alone. */
interface LeaseColumns {
  lease_owner: string | null;
  lease_until: number | null;
}

/** What a provisioning request and an access request have in common. */
interface RequestedColumns extends PlaceColumns {
  id: string;
  /** Where it came from, e.g. conversation and activity id; unique, so a repeat finds the existing request. */
  source: string;
  requested_by_id: string;
  requested_by_name: string;
  app_id: string;
  app_name: string;
  revision: number;
  created_at: number;
  /** The ticket number, in capitals; empty where the confirmation is to give it, null for none. */
  ticket: Generated<string | null>;
  /** The ticket's page. */
  ticket_url: Generated<string | null>;
}

interface SubjectColumns {
  subject_id: string;
  subject_name: string;
  subject_label: string | null;
  /** 1 for a guest. */
  subject_guest: Generated<number>;
}

export interface RequestRow extends RequestedColumns {
  /** JSON array of each app's id and name, where its tasks are in several; the columns of the app then hold the first. */
  apps: Generated<string | null>;
  /** JSON array: what the line named that does not become a task. */
  left_out: Generated<string>;
  /** When the access request was made that this request carries out; kept by the database, see `search.ts`. */
  access_at: Generated<number | null>;
  /** `removal`: its tasks take access away; null: they give it. */
  purpose: Generated<'removal' | 'offboarding' | 'end' | null>;
  /** 1 where a second person has to confirm it. */
  second_person: Generated<number>;
  /** JSON: how the second person decided, and their name. */
  second_person_decision: Generated<string | null>;
  /** Why the removal is asked for, as typed. */
  reason: Generated<string | null>;
  /** Where its conversation stands once that is empty. */
  place_id: Generated<number | null>;
}

export interface TaskRow extends SubjectColumns, LeaseColumns {
  id: string;
  request_id: string;
  /** When its request was made; kept by the database, see `search.ts`. */
  asked_at: Generated<number | null>;
  position: number;
  subject_type: string;
  /** The service principal's object id and display name; those of the request where a process of an earlier version wrote the row. */
  app_id: Generated<string>;
  app_name: Generated<string>;
  /** 1 where the app is not the first of its request. */
  is_further: Generated<number>;
  job_id: string;
  rule_id: string;
  /** JSON array: the members that a group's call takes along. */
  members: Generated<string>;
  /** The app role that is assigned before its call; null for none. */
  assign_role: Generated<string | null>;
  /** How far that is; null where it was not begun. See `requests/request.ts`. */
  assigning: Generated<'begun' | 'unanswered' | 'made' | 'found' | 'refused' | 'byHand' | null>;
  /** When the access that it gives ends, and whether by the clock; null for never. */
  ends_at: Generated<number | null>;
  ends_timed: Generated<number>;
  /** The assignment that Usher made before its call; null for none, and where Graph did not tell. */
  assignment_id: Generated<string | null>;
  /** The assignments that are deleted before its call: JSON of `Unassignment`; null for none. */
  unassign: Generated<string | null>;
  /** 1 where the subject has just been assigned to the app, or is not assigned any more, which takes Graph minutes to replicate. */
  awaits_assignment: Generated<number>;
  /** How many calls found the subject not assigned yet. */
  unseen: Generated<number>;
  state: 'held' | 'waiting' | 'running' | 'done' | 'cancelled';
  /** 0 interactive, 1 bulk. */
  lane: number;
  /** Virtual time of the lane: requests that wait together take turns. */
  turn: number;
  enqueued_at: number;
  due_at: number;
  again: string | null;
  /** How an attempt ended whose effect is unknown, its own or an earlier one's; else null. */
  perhaps: string | null;
  attempts: number;
  throttles: Generated<number>;
  /** How many attempts were probes that found the service in trouble, which do not count against the task. */
  excused: Generated<number>;
  /** 1 once its running call may have been sent, and the audit log says so. */
  sent: Generated<number>;
  /** How many processes died during its calls. */
  crashes: Generated<number>;
  started_at: number | null;
  /** When it was done or cancelled. */
  finished_at: number | null;
  /** The caller who confirmed or last retried it; null where none did. */
  ordered_by: Generated<string | null>;
  /** Who cancelled it; on a running task: who wants to cancel it. */
  cancelled_by: string | null;
  outcome: string | null;
  /** 1 once its report is left out, which is long; see `requests/lean.ts`. */
  is_lean: Generated<number>;
  /** The outcome's kind alone, so that hundreds can be counted without reading their reports. */
  outcome_kind: string | null;
  graph_request_id: string | null;
  client_request_id: string | null;
}

export interface GateRow {
  /** What the limit applies to: the tenant. */
  scope: string;
  /** JSON array of the last grant times, oldest first, on the gate's clock. */
  grants: string;
  blocked_until: number;
  /** When a block was noted that is too long to be a clock error; else null. */
  blocked_from: number | null;
  /** JSON array: the virtual time of each lane. */
  turns: string;
  /** JSON array: the lanes of the latest grants, oldest first. */
  lanes: Generated<string>;
  /** JSON of what keeps Usher from reaching Graph, see `rate-gate/fault.ts`; null while nothing does. */
  health: string | null;
}

export interface TurnRow extends LeaseColumns {
  /** Conversation and activity id: Teams may deliver an activity twice. */
  id: string;
  received_at: number;
  /** The cleaned message, so that a turn cut off by a crash can be resumed. Null once answered. */
  incoming: string | null;
  card_id: string | null;
  /** How often a process has begun to answer it without finishing; see `teams/turns.ts`. */
  attempts: Generated<number>;
  /** 1 where its line was not understood, so that it is read again once its sender edits it. */
  unread: Generated<number>;
  /** How many messages may show its answer; see `teams/turns.ts`. */
  copies: Generated<number>;
}

export interface AuditLogRow {
  id: Generated<number>;
  at: number;
  actor_id: string;
  kind: string;
  request_id: string | null;
  /** JSON; ids and codes only. */
  details: string;
}

/** Access that ends; see `requests/entitlement.ts`. */
export interface EntitlementRow extends LeaseColumns {
  /** The task that gives it. */
  task_id: string;
  request_id: string;
  subject_id: string;
  subject_name: string;
  subject_label: string | null;
  app_id: string;
  app_name: string;
  ends_at: number;
  /** 1 where it ends by the clock, and not with a day. */
  timed: Generated<number>;
  /** When its end is to be announced; null once it was. */
  remind_at: number | null;
  state: 'active' | 'ending' | 'overdue' | 'ended';
  ended_as: Generated<'verified' | 'byHand' | 'extended' | 'neverGiven' | null>;
  /** Of an overdue one. */
  why: Generated<string | null>;
  /** The assignment that Usher made for an earlier entitlement, which this one extends. */
  inherited_assignment: string | null;
  /** The task of the later entitlement that extends this one. */
  extended_by: Generated<string | null>;
  /** The provisioning request that takes it away. */
  removal_id: Generated<string | null>;
  tries: Generated<number>;
  /** The name of the person who ended it early, or who said that it was done by hand. */
  ended_by: Generated<string | null>;
  due_at: number | null;
}

/** An act on a synchronization job; see `features/repair/repair.ts`. */
export interface RepairRow extends LeaseColumns, PlaceColumns {
  id: string;
  source: string;
  kind: 'pause' | 'start' | 'lift' | 'forgetFailures' | 'startOver' | 'allowDeletions' | 'aroundProvisioning';
  app_id: string;
  app_name: string;
  job_id: string;
  requested_by_id: string;
  requested_by_name: string;
  reason: string | null;
  /** 1 where an approver has to confirm it. */
  needs_second_person: number;
  /** The name of the person who confirmed or rejected it as the second one. */
  second_person: Generated<string | null>;
  pause_until: number | null;
  request_id: string | null;
  state: 'held' | 'due' | 'sent' | 'paused' | 'starting' | 'watching' | 'ended';
  since: number;
  ended_as: Generated<
    | 'done'
    | 'started'
    | 'startedAlready'
    | 'quarantined'
    | 'stillRunning'
    | 'jobGone'
    | 'rejected'
    | 'notConfirmed'
    | 'refused'
    | 'unknown'
    | null
  >;
  /** JSON. */
  why: Generated<string | null>;
  tries: Generated<number>;
  due_at: number | null;
  revision: Generated<number>;
  created_at: number;
}

/** See `features/approvals/access-requests/access-request.ts`. Person columns hold Entra object ids and display names. */
export interface AccessRequestRow extends RequestedColumns, SubjectColumns, LeaseColumns {
  reason: string | null;
  starts_at: number | null;
  asked_as: 'request' | 'provision';
  expires_at: number;
  remind_at: number;
  reminded_at: number | null;
  /** 1 once the approvers' cards have been queued. */
  routed: Generated<number>;
  held_up: string | null;
  /** Since when something has held it up without interruption. */
  held_up_since: number | null;
  /** Since and until when it waits for the person to count as assigned; kept through its attempts and its end. */
  awaiting_since: number | null;
  awaiting_until: number | null;
  state: 'pending' | 'denied' | 'expired' | 'cancelled' | 'approved' | 'lapsed' | 'started' | 'finished';
  decided_by_id: string | null;
  decided_by_name: string | null;
  decided_at: number | null;
  decision_reason: string | null;
  /** Where the decider decided and in which language: JSON of `DecidedFrom`. */
  decided_from: string | null;
  /** The provisioning request that carries it out. */
  request_id: string | null;
  /** How far an earlier version came with the app role assignment. Now its task has that step. */
  assigning: 'begun' | 'unanswered' | 'made' | 'refused' | null;
  /** Written by an earlier version alone: 1 where it made the app role assignment. */
  assigned: Generated<number>;
  /** When it ended, for the final states. */
  ended_at: number | null;
  /** Who withdrew it, or cancelled it after its start. */
  ended_by_id: string | null;
  ended_by_name: string | null;
  /** Why it lapsed, or the outcome's kind when it is finished. */
  ended_as: string | null;
  /** How many processes died while working on it. */
  crashes: Generated<number>;
  /** When the next action is due; null when none is. */
  due_at: number | null;
  /** The id of the joint request that it belongs to; null for one that was made alone. */
  joint_id: Generated<string | null>;
  /** Identifies those of the joint request that the same approvers decide; begins with its id. */
  joint_group: Generated<string | null>;
  /** From 0, in the order in which people and apps were named. */
  joint_position: Generated<number | null>;
  /** 1 where none of the joint request starts unless all are approved. */
  joint_whole: Generated<number | null>;
  /** JSON of `AskedKit`: the kit through which the app was asked for. */
  kit: Generated<string | null>;
  /** JSON of `AccessEnd`; null where the access has no end. */
  ends: Generated<string | null>;
  /** JSON array: what the line named that becomes no access request; on the first of a joint request alone. */
  joint_left_out: Generated<string | null>;
}

/** What Usher has posted to Teams, or is going to post; see `outbox/message.ts`. */
export interface MessageRow extends PlaceColumns {
  id: string;
  kind:
    | 'request'
    | 'removal'
    | 'access'
    | 'notice'
    | 'announcement'
    | 'managerNote'
    | 'endNote'
    | 'repair'
    | 'repairNote';
  reference: string;
  /** Unique: what caused it, so that a repeat finds it. */
  source: string | null;
  audience: 'requester' | 'approvers' | null;
  details: string | null;
  activity_id: string | null;
  shown_revision: Generated<number>;
  /** What it would show if it were drawn now; kept by the database, see `search.ts`. Null for a text. */
  latest_revision: number | null;
  created_at: number;
  /** When it is to be posted; null once it was, or cannot be. */
  due_at: number | null;
  failures: Generated<number>;
  /** 1 once Teams refuses for good to post it there: it has no readers. 2 once it may not be shown there any more. */
  gone: Generated<number>;
  /** 1 while a process posts it, and after that until an end is noted. */
  posting: Generated<number>;
  /** What may have shown `told`, or not: 0 nothing, 1 a post, 2 an edit; see `LeftOpen`. */
  repeated: Generated<number>;
  /** 1 where an earlier card, which cannot be edited, may still say that the request waits. */
  earlier_card: Generated<number>;
  /** Identifies the outcome or question that was shown last; null before there is one. */
  told: Generated<string | null>;
  /** The process that edits the card, and until when no other one does. */
  edit_owner: Generated<string | null>;
  edit_until: Generated<number | null>;
}

/**
 * The addresses of conversations are long, and a person's requests have the same. A request that finished long ago has
 * the number of a place in their stead, and its card the empty text.
 */
export interface PlaceRow {
  id: Generated<number>;
  conversation: string;
}

/** A channel or group chat that gets the requests waiting for a decision. */
export interface ApprovalChannelRow extends PlaceColumns {
  /** Identifies the conversation. */
  key: string;
  /** 1 for the requests of all apps that have no approvers of their own. */
  general: number;
  /** JSON array: service principal ids of apps with approvers of their own. */
  apps: string;
  /** Who added it last. */
  added_by: string;
  added_at: number;
  /** JSON array of `PlaceGrant`: who has added it, and for what. Null where only this row tells. */
  grants: Generated<string | null>;
}

/** A person who has written to Usher in a personal chat and so can be written to there. */
export interface KnownPersonRow extends PlaceColumns {
  person_id: string;
  seen_at: number;
  /** The language that the person has chosen; null for that of their Teams. */
  language: Generated<string | null>;
}

/** Whether an app's synchronization was in quarantine when a command or the watcher last looked. */
export interface SeenJobRow {
  app_id: string;
  app_name: string;
  quarantined: 0 | 1;
  seen_at: number;
}

/** Work that is running, or during which a process died; see `requests/crash-guard.ts`. */
export interface AttemptRow {
  /** The kind of work and its subject. */
  name: string;
  owner: string;
  /** How often it was begun and not finished. */
  count: number;
  /** After this, other processes consider the owner dead. */
  until: number;
  /** The version of Usher that began it. */
  version: string;
}

/** Work that one process at a time does for all, at intervals. */
export interface RoundRow extends LeaseColumns {
  name: string;
  due_at: number;
}

/** Which app an entry of `APPS_FILE` with a display name stands for, bound when the entry was first seen. */
export interface AppBindingRow {
  /** The name in lower case. */
  entry: string;
  /** Service principal id. */
  app_id: string;
  bound_at: number;
}

/** The people and apps that the history names; kept by the database, see `search.ts`. */
export interface KnownNameRow {
  /** An id, a name or a second line, in lower case. */
  folded: string;
  /** The audit log has only the id of an actor. */
  kind: 'person' | 'app' | 'actor';
  id: string;
  name: string;
}

/** The owner of a card that other people see as well. */
export interface CardOwnerRow {
  /** Conversation and activity id. */
  card: string;
  person_id: string;
  noted_at: number;
}
