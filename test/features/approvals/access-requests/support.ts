import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import type {
  AccessRequest,
  AccessStateKind,
} from '../../../../src/features/approvals/access-requests/access-request.ts';
import {
  act,
  createAccessRequest,
  findAccessRequest,
  type NewAccessRequest,
} from '../../../../src/features/approvals/access-requests/store.ts';
import type { Message } from '../../../../src/outbox/message.ts';
import { claimDue, notePost } from '../../../../src/outbox/message-store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { noLimits, storeParts } from '../../../requests/support.ts';
import { readAudit } from '../../../support/read-audit.ts';

export const dayMs = 24 * 60 * 60_000;
export const megan = { id: 'megan', name: 'Megan Bowen' };
export const alex = { id: 'alex', name: 'Alex Wilber' };
export const reader = { locale: 'en-US', timeZone: 'Europe/Berlin' };

/** Of `chat#sender` the chat counts: the text of a conversation names the sender, too. */
export function accessParts(database: Database, clock: Clock): AccessParts {
  return {
    ...storeParts(database, clock, noLimits),
    approvals: { remindAfterWorkingDays: 1, expireAfterDays: 7, assignmentWaitHours: 24 },
    conversationKey: (conversation) => conversation.split('#')[0] ?? '',
  };
}

export const approve = { kind: 'approve', by: alex, from: { conversation: 'alex chat', reader } } as const;
export const deny = { ...approve, kind: 'deny', reason: 'not this week' } as const;
export const cancel = { kind: 'cancel', by: megan } as const;

/** Megan asks for Isaiah, from a source of its own unless the test gives one. */
export function wantedAccess(more: Partial<NewAccessRequest> = {}): NewAccessRequest {
  return {
    source: `conversation|${randomUUID()}`,
    requestedBy: megan,
    subject: { id: 'isaiah', name: 'Isaiah Langer', label: 'isaiah@contoso.com' },
    app: { id: 'salesforce', name: 'Salesforce' },
    reason: 'he joins Sales',
    startsAt: null,
    askedAs: 'request',
    reader,
    conversation: 'megan chat',
    ...more,
  };
}

/** Asks where that must make a request. */
export async function askAccess(parts: AccessParts, more: Partial<NewAccessRequest> = {}): Promise<AccessRequest> {
  const creation = await createAccessRequest(parts, wantedAccess(more));
  if (creation.kind !== 'created') throw new Error(`nothing was made: ${creation.kind}`);
  return creation.accessRequest;
}

export async function approved(parts: AccessParts, more: Partial<NewAccessRequest> = {}): Promise<AccessRequest> {
  const acted = await act(parts, (await askAccess(parts, more)).id, approve);
  if (acted.kind !== 'done') throw new Error('it was not approved');
  return acted.accessRequest;
}

export async function stateOf({ database }: AccessParts, id: string): Promise<AccessStateKind | null> {
  return (await findAccessRequest(database, id))?.state.kind ?? null;
}

/** The entries of the audit log, oldest first. */
export async function kindsOf({ database }: AccessParts): Promise<string[]> {
  return (await readAudit(database.query, 1000)).map(({ kind }) => kind).toReversed();
}

/** Takes all notices out of the outbox, as `conversation: kind`, oldest first and those of one moment by their words. */
export async function takeNotices({ database }: AccessParts): Promise<string[]> {
  const rows = await database.query
    .selectFrom('messages')
    .select(['id', 'conversation', 'details'])
    .where('kind', '=', 'notice')
    .where('due_at', 'is not', null)
    .orderBy('created_at')
    .orderBy('conversation')
    .orderBy('details')
    .execute();
  for (const { id } of rows) await notePost(database.query, id, { dueAt: null });
  return rows.map(({ conversation, details }) => `${conversation}: ${details}`);
}

/** The cards and notices that are due, claimed for a minute. */
export function takeDue({ database, clock }: AccessParts, limit = 100): Promise<Message[]> {
  return claimDue(database, clock.now(), limit);
}
