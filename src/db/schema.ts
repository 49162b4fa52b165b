import type { Generated } from 'kysely';

/**
 * The tables. Times are milliseconds since 1970; JSON stands in text columns, written and read by the floor that owns
 * the table. The same schema serves SQLite and PostgreSQL.
 */
export interface Schema {
  requests: RequestRow;
  tasks: TaskRow;
  gates: GateRow;
  turns: TurnRow;
  records: RecordRow;
  access_requests: AccessRequestRow;
  access_cards: AccessCardRow;
  notices: NoticeRow;
  approval_places: ApprovalPlaceRow;
  known_people: KnownPersonRow;
  watches: WatchRow;
  watched_jobs: WatchedJobRow;
  seen_jobs: SeenJobRow;
  attempts: AttemptRow;
  rounds: RoundRow;
  announcements: AnnouncementRow;
  card_edits: CardEditRow;
  app_bindings: AppBindingRow;
  card_owners: CardOwnerRow;
  known_names: KnownNameRow;
}

export interface RequestRow {
  id: string;
  /** What the request came of, e.g. conversation and activity id; unique, so a repeat finds the request made first. */
  source: string;
  asker_id: string;
  asker_name: string;
  app_id: string;
  app_name: string;
  locale: string;
  time_zone: string;
  conversation: string;
  card_id: string | null;
  revision: number;
  /** The revision that the card last showed. */
  drawn_revision: number;
  created_at: number;
  /** JSON array: what was named and does not become a task. */
  left_out: Generated<string>;
  /** When the access request was made that it carries out; kept by the database, see `search.ts`. */
  access_at: Generated<number | null>;
}

export interface TaskRow {
  id: string;
  request_id: string;
  /** When its request was asked for; kept by the database, see `search.ts`. */
  asked_at: Generated<number | null>;
  position: number;
  subject_id: string;
  subject_type: string;
  subject_name: string;
  subject_label: string | null;
  /** 1 for a guest. */
  subject_guest: Generated<number>;
  job_id: string;
  rule_id: string;
  /** JSON array: the members that a group's call takes along. */
  members: Generated<string>;
  /** 1 where Usher has just assigned the subject to the app, which Graph takes minutes to see. */
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
  /** How an attempt ended of which nobody can say what it did, its own or an earlier one's; else null. */
  perhaps: string | null;
  attempts: number;
  throttles: Generated<number>;
  /** How many were probes that found the service in trouble, which is no fault of the task. */
  excused: Generated<number>;
  /** 1 once its running call may have left, and the record says so. */
  sent: Generated<number>;
  /** How many processes died in the middle of its calls. */
  crashes: Generated<number>;
  lease_owner: string | null;
  lease_until: number | null;
  started_at: number | null;
  /** When it was done or cancelled. */
  finished_at: number | null;
  /** Who set it going, where that is not the asker of its request: by a yes, or by a retry. */
  ordered_by: Generated<string | null>;
  /** Who took it back; on a running task: who wants it taken back. */
  cancelled_by: string | null;
  outcome: string | null;
  /** The outcome's kind by itself, so that hundreds can be counted without reading their reports. */
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
  /** When a block was noted that is longer than a clock's mistake may be; else null. */
  blocked_from: number | null;
  /** JSON array: the virtual time of each lane. */
  turns: string;
  /** JSON array: the lanes of the latest grants, oldest first. */
  lanes: Generated<string>;
  /** JSON of what keeps Graph from being reached, see `rate-gate/fault.ts`; null while nothing does. */
  health: string | null;
}

export interface TurnRow {
  /** Conversation and activity id: Teams may deliver an activity twice. */
  id: string;
  received_at: number;
  /** The cleaned message, so that a turn cut off by a crash can be taken up again. Null once answered. */
  incoming: string | null;
  card_id: string | null;
  /** How often a process has begun to answer it and not come to an end; see `teams/turns.ts`. */
  attempts: Generated<number>;
  /** Who answers it, and until when the others leave it alone. */
  lease_owner: string | null;
  lease_until: number | null;
}

export interface RecordRow {
  id: Generated<number>;
  at: number;
  actor_id: string;
  kind: string;
  request_id: string | null;
  /** JSON; ids and codes only. */
  details: string;
}

/** See `requests/access-requests/access-request.ts`. Person columns hold Entra object ids and display names. */
export interface AccessRequestRow {
  id: string;
  /** What it came of; unique, so a repeat finds the request made first. */
  source: string;
  asker_id: string;
  asker_name: string;
  subject_id: string;
  subject_name: string;
  subject_label: string | null;
  subject_guest: Generated<number>;
  app_id: string;
  app_name: string;
  reason: string | null;
  starts_at: number | null;
  asked_as: 'request' | 'provision';
  locale: string;
  time_zone: string;
  conversation: string;
  created_at: number;
  expires_at: number;
  remind_at: number;
  reminded_at: number | null;
  /** 1 once the approvers' cards have been made out. */
  routed: Generated<number>;
  held_up: string | null;
  /** Since when something has held it up without a break. */
  held_up_since: number | null;
  /** Since when, and until when, it waits for the person to count as assigned; kept through its tries and its end. */
  awaiting_since: number | null;
  awaiting_until: number | null;
  revision: number;
  state: 'pending' | 'denied' | 'expired' | 'cancelled' | 'approved' | 'lapsed' | 'started' | 'finished';
  decided_by_id: string | null;
  decided_by_name: string | null;
  decided_at: number | null;
  decision_reason: string | null;
  /** Where and how the decider reads: JSON of `DecidedFrom`. */
  decided_from: string | null;
  /** The provisioning request that carries it out. */
  request_id: string | null;
  /** How far the app role assignment has come that the approval makes; null before it is begun. */
  assigning: 'begun' | 'unanswered' | 'made' | 'refused' | null;
  /** 1 where Usher made the app role assignment. */
  assigned: Generated<number>;
  /** When it ended, for the states that are ends. */
  ended_at: number | null;
  /** Who took it back, or called it off once it had started. */
  ended_by_id: string | null;
  ended_by_name: string | null;
  /** Why it lapsed, or the outcome's kind when it is finished. */
  ended_as: string | null;
  /** How many processes died while they saw to it. */
  crashes: Generated<number>;
  /** When something is to be done about it next; null when nothing is. */
  due_at: number | null;
  lease_owner: string | null;
  lease_until: number | null;
}

/** A card of an access request in some conversation; there may be many of one request. */
export interface AccessCardRow {
  /** Begins with `copy-`. */
  id: string;
  access_request_id: string;
  /** Unique: what this copy came of, so that a repeat finds it. */
  source: string;
  conversation: string;
  locale: string;
  time_zone: string;
  audience: 'asker' | 'approvers';
  /** Null until it has been posted. */
  card_id: string | null;
  /** The revision it last showed: the access request's and its provisioning request's added up. */
  drawn_revision: number;
  /** What it would show if it were drawn now; kept by the database, see `search.ts`. */
  latest_revision: Generated<number | null>;
  created_at: number;
  /** Sending failed so often; it is not tried before `due_at`, and never again when that is null. */
  failures: Generated<number>;
  /** 1 once Teams would not post it there for good: nobody reads it. 2 once it may not be shown there any more. */
  gone: Generated<number>;
  due_at: number | null;
}

/** A short text that somebody is owed. */
export interface NoticeRow {
  id: Generated<number>;
  access_request_id: string;
  conversation: string;
  locale: string;
  time_zone: string;
  kind: string;
  created_at: number;
  failures: Generated<number>;
  /** When it is to be sent; null once it was, or never can be. */
  due_at: number | null;
}

/** A channel or group chat that wants to see what there is to decide. */
export interface ApprovalPlaceRow {
  /** Tells one conversation from another. */
  key: string;
  conversation: string;
  locale: string;
  time_zone: string;
  /** 1 for the requests of all apps that have no approvers of their own. */
  general: number;
  /** JSON array: service principal ids of apps with approvers of their own. */
  apps: string;
  /** Who added it last. */
  added_by: string;
  added_at: number;
  /** JSON array of `PlaceGrant`: who has added it, and for what. Null where only the row tells. */
  grants: Generated<string | null>;
}

/** Whoever has talked to Usher in a personal chat can be written to there. */
export interface KnownPersonRow {
  person_id: string;
  conversation: string;
  locale: string;
  time_zone: string;
  seen_at: number;
}

/** A conversation that wants to know when an app's synchronization changes for better or worse. */
export interface WatchRow {
  /** Tells one conversation from another; unique together with the app. */
  key: string;
  /** Service principal id. */
  app_id: string;
  app_name: string;
  conversation: string;
  locale: string;
  time_zone: string;
  added_by: string;
  added_at: number;
}

/** How a watched job stood when somebody last looked. */
export interface WatchedJobRow {
  app_id: string;
  state: 'runs' | 'quarantined' | 'stopped';
  /** JSON: the status in full, or `"none"`. */
  status: string;
  /** When it was first seen in this state. */
  since: number;
}

/** Whether an app's synchronization was in quarantine when a command or a round last looked. */
export interface SeenJobRow {
  app_id: string;
  app_name: string;
  quarantined: 0 | 1;
  seen_at: number;
}

/** Work that is under way, or that a process died of; see `requests/crash-guard.ts`. */
export interface AttemptRow {
  /** The kind of work and what it is about. */
  name: string;
  owner: string;
  /** How often it was begun and did not come to an end. */
  count: number;
  /** Another process takes the owner for dead after this. */
  until: number;
  /** The version of Usher that it was begun by. */
  version: string;
}

/** Work that one process at a time does for all, every so often. */
export interface RoundRow {
  name: string;
  due_at: number;
  lease_owner: string | null;
  lease_until: number | null;
}

/** A card that a conversation is owed because of what it watches. */
export interface AnnouncementRow {
  id: Generated<number>;
  /** The watch that it is owed to. */
  key: string;
  app_id: string;
  conversation: string;
  locale: string;
  time_zone: string;
  kind: string;
  /** JSON; see `requests/watching/announcements.ts`. */
  details: string;
  created_at: number;
  failures: Generated<number>;
  /** When it is to be sent; null once it was, or never can be. */
  due_at: number | null;
}

/** Which app an entry of `APPS_FILE` that names a display name is about, since it was first seen. */
export interface AppBindingRow {
  /** The name in small letters. */
  entry: string;
  /** Service principal id. */
  app_id: string;
  bound_at: number;
}

/** Who and what stands in the history; kept by the database, see `search.ts`. */
export interface KnownNameRow {
  /** An id, a name or a second line, in small letters. */
  folded: string;
  /** An actor stands in the record by id alone. */
  kind: 'person' | 'app' | 'actor';
  id: string;
  name: string;
}

/** For whom a card was made that others see as well. */
export interface CardOwnerRow {
  /** Conversation and activity id. */
  card: string;
  person_id: string;
  noted_at: number;
}

/** Who edits a card at this moment, so that no two processes do. */
export interface CardEditRow {
  /** The id of a live card. */
  id: string;
  owner: string;
  /** Nobody else edits it before this. */
  until: number;
}
