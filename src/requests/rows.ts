import type { Selectable } from 'kysely';
import { assertNever } from '../assert-never.ts';
import type { RequestRow, TaskRow } from '../db/schema.ts';
import type { Outcome, UnknownEnd } from '../graph/outcome.ts';
import type {
  AssignmentStep,
  LeftOut,
  Removal,
  Request,
  Subject,
  Task,
  TaskAssignment,
  TaskState,
  Ticket,
  WaitReason,
} from './request.ts';

/**
 * Converts rows to the types that the rest of Usher uses. The columns of a state are set together, by the statements of
 * this folder alone, so a missing one is a bug and throws.
 */
export function withoutTasks(row: Selectable<RequestRow>): Omit<Request, 'tasks'> {
  return {
    id: row.id,
    requestedBy: { id: row.requested_by_id, name: row.requested_by_name },
    apps: appsIn(row),
    reader: { locale: row.locale, timeZone: row.time_zone },
    conversation: row.conversation,
    revision: row.revision,
    createdAt: row.created_at,
    leftOut: JSON.parse(row.left_out) as LeftOut[],
    ...removalMark(row),
    ...ticketMark(row),
    ...(row.ticket === awaitedTicket ? { awaitsTicket: true } : {}),
    ...(row.ticket === awaitedTicket && row.ticket_url !== null ? { ticketUrl: row.ticket_url } : {}),
  };
}

/** The columns of a removal. */
export function removalColumns(removal: Removal | undefined) {
  return {
    purpose: removal === undefined ? null : purposeOf(removal),
    second_person: removal?.secondPerson === true ? 1 : 0,
    reason: removal?.reason ?? null,
  };
}

export function purposeOf({ leaving, atEnd }: Removal): NonNullable<Selectable<RequestRow>['purpose']> {
  if (atEnd === true) return 'end';
  return leaving === true ? 'offboarding' : 'removal';
}

/** What makes a request a removal, left out where it gives access. */
export function removalMark({ purpose, second_person, second_person_decision: decision, reason }: RemovalColumns): {
  readonly removal?: Removal;
} {
  if (purpose === null) return {};
  return {
    removal: {
      secondPerson: second_person === 1,
      ...(purpose === 'offboarding' ? { leaving: true } : {}),
      ...(purpose === 'end' ? { atEnd: true } : {}),
      ...(reason === null ? {} : { reason }),
      ...(decision === null ? {} : { decision: JSON.parse(decision) as NonNullable<Removal['decision']> }),
    },
  };
}

type RemovalColumns = Pick<Selectable<RequestRow>, 'purpose' | 'second_person' | 'second_person_decision' | 'reason'>;

/** The apps of a request's row. */
export function appsIn(row: Pick<Selectable<RequestRow>, 'app_id' | 'app_name' | 'apps'>): Request['apps'] {
  return row.apps === null ? [{ id: row.app_id, name: row.app_name }] : (JSON.parse(row.apps) as Request['apps']);
}

/** In place of a ticket that the confirmation of a held request is to give. */
export const awaitedTicket = '';

/** The ticket of a request of either kind, left out where there is none. */
export function ticketMark({ ticket, ticket_url: url }: TicketColumns): { readonly ticket?: Ticket } {
  return ticket === null || ticket === awaitedTicket ? {} : { ticket: { number: ticket, url } };
}

/** The columns of a ticket. */
export function ticketColumns(ticket: Ticket | null): TicketColumns {
  return { ticket: ticket?.number ?? null, ticket_url: ticket?.url ?? null };
}

type TicketColumns = Pick<Selectable<RequestRow>, 'ticket' | 'ticket_url'>;

export function toTask(row: Selectable<TaskRow>): Task {
  return {
    id: row.id,
    requestId: row.request_id,
    position: row.position,
    subject: {
      id: row.subject_id,
      type: row.subject_type,
      name: row.subject_name,
      label: row.subject_label,
      ...guestMark(row),
    },
    members: JSON.parse(row.members) as Subject[],
    app: { id: row.app_id, name: row.app_name },
    jobId: row.job_id,
    ruleId: row.rule_id,
    assignment: toAssignment(row),
    ...(row.ends_at === null ? {} : { ends: { endsAt: row.ends_at, isTimed: row.ends_timed === 1 } }),
    awaitsAssignment: row.awaits_assignment === 1,
    attempts: row.attempts,
    throttles: row.throttles,
    assignmentMisses: row.unseen,
    excused: row.excused,
    perhaps: row.perhaps as UnknownEnd | null,
    state: toState(row),
  };
}

function toAssignment({ assign_role: appRole, unassign, assigning }: Selectable<TaskRow>): TaskAssignment {
  const step = (assigning as AssignmentStep | null) ?? 'wanted';
  if (unassign !== null) return { kind: 'unassign', ...(JSON.parse(unassign) as Unassignment), step };
  return appRole === null ? { kind: 'none' } : { kind: 'assign', appRole, step };
}

/** What a removal leaves in place. */
export type Stays = Pick<Extract<TaskAssignment, { kind: 'unassign' }>, 'through' | 'others'>;

/** As a task's row has it, in JSON. */
export type Unassignment = Pick<Extract<TaskAssignment, { kind: 'unassign' }>, 'only' | 'roles' | keyof Stays>;

/** The mark is left out for members. */
export function guestMark({ subject_guest }: { readonly subject_guest: number }): { readonly guest?: true } {
  return subject_guest === 1 ? { guest: true } : {};
}

function toState(row: Selectable<TaskRow>): TaskState {
  switch (row.state) {
    case 'held':
      return { kind: 'held' };
    case 'cancelled':
      return { kind: 'cancelled', at: present(row.finished_at), by: present(row.cancelled_by) };
    case 'waiting':
      return { kind: 'waiting', dueAt: row.due_at, waitReason: row.again as WaitReason | null };
    case 'running':
      return {
        kind: 'running',
        startedAt: present(row.started_at),
        lease: { owner: present(row.lease_owner), until: present(row.lease_until) },
        ...waitReasonOf(row.again),
      };
    case 'done':
      return {
        kind: 'done',
        startedAt: present(row.started_at),
        finishedAt: present(row.finished_at),
        outcome: JSON.parse(present(row.outcome)) as Outcome,
        graphRequestId: row.graph_request_id,
        clientRequestId: row.client_request_id,
      };
    default:
      return assertNever(row.state, 'state');
  }
}

/** The columns that an outcome fills. */
export function doneColumns(outcome: Outcome) {
  const outcomeColumns = { outcome: JSON.stringify(outcome), outcome_kind: outcome.kind, is_lean: 0 };
  return { state: 'done', ...outcomeColumns, again: null } as const;
}

/** Why a running task was sent again, where it was. */
export function waitReasonOf(again: string | null): { readonly waitReason?: WaitReason } {
  return again === null ? {} : { waitReason: again as WaitReason };
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('a task lacks a column that its state needs');
  return value;
}
