import { basisOf, ownBasis } from '../../../access/basis.ts';
import type { Permission } from '../../../access/caller.ts';
import { deny } from '../../../access/policy.ts';
import { readStrictRequestId, writeRequestId } from '../../../chat/grammar/id-lines.ts';
import { type CommandParts, defineCommand, type Turn } from '../../../chat/registry/define-command.ts';
import { recordAudit } from '../../../chat/registry/turn.ts';
import type { Reply } from '../../../chat/reply.ts';
import type { Entitlement } from '../../../requests/entitlement.ts';
import { type Announce, endByHand, endNow } from '../../../requests/entitlement-steps.ts';
import { findEntitlements } from '../../../requests/find-entitlements.ts';
import { accessSource } from '../../../requests/store.ts';
import { say } from '../problems.ts';
import { queueEndNotes } from './end-notes.ts';

/** The entitlements behind an id that people read on a card: of a provisioning request, or of an access request. */
export async function entitlementsOf(parts: CommandParts, id: string): Promise<readonly Entitlement[]> {
  const { database } = parts.store;
  const own = await findEntitlements(database, id);
  if (own.length > 0) return own;
  const requests = await database.query
    .selectFrom('access_requests')
    .select('request_id')
    .where((row) => row.or([row('id', '=', id), row('joint_id', '=', id)]))
    .where('request_id', 'is not', null)
    .execute();
  const found: Entitlement[] = [];
  for (const { request_id } of requests) found.push(...(await findEntitlements(database, request_id ?? '')));
  return found;
}

/** Whether the caller asked for the access, has it, or decided on it; or has this permission. */
export async function isConcerned(
  parts: CommandParts,
  { caller }: Turn,
  entitlements: readonly Entitlement[],
  permission: Permission,
): Promise<boolean> {
  if (deny(caller, permission) === null || entitlements.every(({ subject }) => subject.id === caller.id)) return true;
  const [first] = entitlements;
  if (first === undefined) return false;
  const request = await parts.store.database.query
    .selectFrom('requests')
    .select(['requested_by_id', 'source'])
    .where('id', '=', first.requestId)
    .executeTakeFirst();
  if (request?.requested_by_id === caller.id) return true;
  if (request === undefined || !request.source.startsWith(accessSource)) return false;
  const access = await parts.store.database.query
    .selectFrom('access_requests')
    .select('decided_by_id')
    .where('id', '=', request.source.slice(accessSource.length))
    .executeTakeFirst();
  return access?.decided_by_id === caller.id;
}

/** `end ID now`: the person who asked, the person who has it, the approver or an operator ends access before its time. */
async function endAccess(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  return actOn(parts, turn, requestId, 'removal.run', async (store, one) => endNow(store, one, turn.caller), 'endsNow');
}

/** `done by hand ID`: an operator or the approver says that overdue access was taken away by hand. */
async function byHand(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  return actOn(
    parts,
    turn,
    requestId,
    'removal.confirm',
    async (store, one) => {
      const said = { name: turn.caller.name, conversation: turn.incoming.conversation };
      const announce: Announce = (transaction, step) => queueEndNotes(store, transaction, step, said);
      return endByHand(store, one, turn.caller, announce);
    },
    'endedByHand',
  );
}

async function actOn(
  parts: CommandParts,
  turn: Turn,
  id: string,
  permission: Permission,
  act: (store: CommandParts['store'], entitlement: Entitlement) => Promise<boolean>,
  done: 'endsNow' | 'endedByHand',
): Promise<Reply> {
  const { words, caller } = turn;
  const found = await entitlementsOf(parts, id);
  if (found.length === 0) return say(words, { kind: 'noEnd', id });
  if (!(await isConcerned(parts, turn, found, permission))) {
    await recordAudit(parts, caller.id, 'denied', { permission, request: id });
    return say(words, { kind: 'endNotYours' });
  }
  const basis = deny(caller, permission) === null ? basisOf(caller, permission) : ownBasis(caller);
  let count = 0;
  for (const one of found) if (await act({ ...parts.store, basis }, one)) count += 1;
  parts.publish('tasks', null);
  parts.publish('outbox', null);
  return count === 0 ? say(words, { kind: 'endedAlready', id }) : say(words, { kind: done, id, count });
}

declare module '../../../chat/command.ts' {
  interface Commands {
    endAccess: { readonly requestId: string };
    endByHand: { readonly requestId: string };
  }
}

const idAlone = (requestId: string): string => writeRequestId({ verb: '', requestId }).trim();

export const endAccessCommand = defineCommand({
  verb: 'endAccess',
  read: (words) => readStrictRequestId('endAccess', words),
  write: ({ requestId }) => `end ${idAlone(requestId)} now`,
  permission: 'history.show',
  freshRoles: 'always',
  appOnly: true,
  chapter: 'leaving',
  examples: ['end R7K3MQ now'],
  tryIt: null,
  run: (parts, turn, { requestId }) => endAccess(parts, turn, requestId),
});

export const endByHandCommand = defineCommand({
  verb: 'endByHand',
  read: (words) => readStrictRequestId('endByHand', words),
  write: ({ requestId }) => `done by hand ${idAlone(requestId)}`,
  permission: 'history.show',
  freshRoles: 'always',
  appOnly: true,
  chapter: 'leaving',
  examples: ['done by hand R7K3MQ'],
  tryIt: null,
  run: (parts, turn, { requestId }) => byHand(parts, turn, requestId),
});
