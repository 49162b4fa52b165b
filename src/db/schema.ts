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
}

export interface TaskRow {
  id: string;
  request_id: string;
  position: number;
  subject_id: string;
  subject_type: string;
  subject_name: string;
  subject_label: string | null;
  job_id: string;
  rule_id: string;
  /** JSON array: the members that a group's call takes along. */
  members: Generated<string>;
  state: 'held' | 'waiting' | 'running' | 'done' | 'cancelled';
  /** 0 interactive, 1 bulk. */
  lane: number;
  /** Virtual time of the lane: requests that wait together take turns. */
  turn: number;
  enqueued_at: number;
  due_at: number;
  again: string | null;
  attempts: number;
  throttles: Generated<number>;
  lease_owner: string | null;
  lease_until: number | null;
  started_at: number | null;
  /** When it was done or cancelled. */
  finished_at: number | null;
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
  /** JSON array: the virtual time of each lane. */
  turns: string;
  /** JSON array: the lanes of the latest grants, oldest first. */
  lanes: Generated<string>;
}

export interface TurnRow {
  /** Conversation and activity id: Teams may deliver an activity twice. */
  id: string;
  received_at: number;
  /** The cleaned message, so that a turn cut off by a crash can be taken up again. Null once answered. */
  incoming: string | null;
  card_id: string | null;
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
