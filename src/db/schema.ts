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
  state: 'waiting' | 'running' | 'done';
  /** 0 interactive, 1 bulk; the lower goes first. */
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
  finished_at: number | null;
  outcome: string | null;
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
