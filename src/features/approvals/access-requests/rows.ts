import type { Selectable } from 'kysely';
import type { AccessEnd } from '../../../access-ends.ts';
import { assertNever } from '../../../assert-never.ts';
import type { AccessRequestRow } from '../../../db/schema.ts';
import { guestMark, ticketMark } from '../../../requests/rows.ts';
import type {
  AccessRequest,
  AccessState,
  AskedKit,
  DecidedFrom,
  Decision,
  FinishedAs,
  HeldUp,
  LapseReason,
  Started,
} from './access-request.ts';

/**
 * Converts a row to the type that the rest of Usher uses. As in `requests/rows.ts`, a column that its state lacks is a bug.
 */
export function toAccessRequest(row: Selectable<AccessRequestRow>): AccessRequest {
  return {
    id: row.id,
    requestedBy: { id: row.requested_by_id, name: row.requested_by_name },
    subject: { id: row.subject_id, name: row.subject_name, label: row.subject_label, ...guestMark(row) },
    app: { id: row.app_id, name: row.app_name },
    reason: row.reason,
    ...ticketMark(row),
    startsAt: row.starts_at,
    askedAs: row.asked_as,
    reader: { locale: row.locale, timeZone: row.time_zone },
    conversation: row.conversation,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    remindedAt: row.reminded_at,
    routed: row.routed === 1,
    heldUp: row.held_up as HeldUp | null,
    heldUpSince: row.held_up_since,
    awaiting:
      row.awaiting_since === null || row.awaiting_until === null
        ? null
        : { since: row.awaiting_since, until: row.awaiting_until },
    requestId: row.request_id,
    assigning: row.assigning,
    revision: row.revision,
    state: toState(row),
    ...jointMark(row),
    ...(row.ends === null ? {} : { ends: JSON.parse(row.ends) as AccessEnd }),
    ...(row.kit === null ? {} : { kit: JSON.parse(row.kit) as AskedKit }),
  };
}

function jointMark(row: Selectable<AccessRequestRow>) {
  const { joint_id: id, joint_group: group, joint_position: position, joint_whole: whole } = row;
  return id === null ? {} : { joint: { id, group: present(group), position: position ?? 0, whole: whole === 1 } };
}

function toState(row: Selectable<AccessRequestRow>): AccessState {
  switch (row.state) {
    case 'pending':
      return { kind: 'pending' };
    case 'denied':
    case 'approved':
      return { kind: row.state, decision: toDecision(row) };
    case 'expired':
      return { kind: 'expired', at: present(row.ended_at) };
    case 'cancelled': {
      const by = { id: present(row.ended_by_id), name: present(row.ended_by_name) };
      return { kind: 'cancelled', at: present(row.ended_at), by };
    }
    case 'lapsed': {
      const why = present(row.ended_as) as LapseReason;
      return { kind: 'lapsed', decision: toDecision(row), at: present(row.ended_at), why };
    }
    case 'started':
      return { kind: 'started', ...toStart(row) };
    case 'finished': {
      const outcome = present(row.ended_as) as FinishedAs;
      return { kind: 'finished', ...toStart(row), at: present(row.ended_at), outcome };
    }
    default:
      return assertNever(row.state, 'action');
  }
}

function toStart(row: Selectable<AccessRequestRow>): Started {
  const { ended_by_id: id, ended_by_name: name } = row;
  const calledOffBy = id === null ? null : { id, name: present(name) };
  return { decision: toDecision(row), requestId: present(row.request_id), calledOffBy };
}

function toDecision(row: Selectable<AccessRequestRow>): Decision {
  const by = { id: present(row.decided_by_id), name: present(row.decided_by_name) };
  return { by, at: present(row.decided_at), reason: row.decision_reason };
}

/** Where the approver reads; null while there is no decision. */
export function toDecidedFrom(row: Selectable<AccessRequestRow>): DecidedFrom | null {
  return row.decided_from === null ? null : (JSON.parse(row.decided_from) as DecidedFrom);
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('an access request lacks a column that its state needs');
  return value;
}
