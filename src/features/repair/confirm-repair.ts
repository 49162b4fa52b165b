import { type Basis, basisOf, ownBasis } from '../../access/basis.ts';
import { deny } from '../../access/policy.ts';
import { type CommandParts, defineButton, type Turn } from '../../chat/registry/define-command.ts';
import { recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import { findPosted } from '../../outbox/message-store.ts';
import { sayOpen } from './order-repair.ts';
import { say } from './problems.ts';
import type { Repair } from './repair.ts';
import { confirmRepair, dropRepair, findRepair } from './repair-rows.ts';

/**
 * Confirms a repair, or takes it back. The person who asked confirms what needs no second person, and so does any other
 * operator. Otherwise an approver of the app does who did not ask for it. The button names a repair and carries no right:
 * all of it is read again here.
 */
async function confirm(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const { words, caller } = turn;
  const repair = await findRepair(parts.store.database, id);
  if (repair === null) return say(words, { kind: 'staleButton' });
  const may = await mayConfirm(parts, turn, repair);
  if (!may.ok) return troubleReply(words, may.trouble);
  if (may.value === null) return refuse(parts, turn, repair);
  const as = repair.needsSecondPerson ? 'secondPerson' : 'requester';
  const confirmed = await confirmRepair(
    { ...parts.store, basis: may.value },
    id,
    { id: caller.id, name: caller.name },
    as,
  );
  if (typeof confirmed === 'object') return sayOpen(turn, confirmed.repair, parts.store.clock.now());
  tellOf(parts, id);
  return confirmed === 'expired' ? say(words, { kind: 'repairExpired' }) : clicked(parts, turn, id);
}

async function mayConfirm(parts: CommandParts, { caller }: Turn, repair: Repair): Promise<Fetched<Basis | null>> {
  if (!repair.needsSecondPerson)
    return fetched(deny(caller, 'repair.run') === null ? basisOf(caller, 'repair.run') : null);
  if (caller.id === repair.requestedBy.id || deny(caller, 'access.decide') !== null) return fetched(null);
  return parts.registry.accessRequests.decidesOn(parts, caller, [repair.app.id]);
}

/** The person who asked takes it back; a person who may confirm it may reject it. */
async function leave(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const { words, caller } = turn;
  const repair = await findRepair(parts.store.database, id);
  if (repair === null) return say(words, { kind: 'staleButton' });
  const isOwn = caller.id === repair.requestedBy.id;
  const may = isOwn ? fetched(ownBasis(caller)) : await mayConfirm(parts, turn, repair);
  if (!may.ok) return troubleReply(words, may.trouble);
  if (may.value === null) return refuse(parts, turn, repair);
  const store = { ...parts.store, basis: may.value };
  await dropRepair(store, id, { id: caller.id, name: caller.name }, isOwn ? 'requester' : 'secondPerson');
  tellOf(parts, id);
  return clicked(parts, turn, id);
}

function tellOf(parts: CommandParts, id: string): void {
  parts.publish('repairs', null);
  parts.publish('cards', id);
}

async function refuse(parts: CommandParts, turn: Turn, repair: Repair): Promise<Reply> {
  await recordAudit(parts, turn.caller.id, 'denied', { permission: 'repair.confirm', request: repair.id });
  return say(turn.words, { kind: 'repairNotYours' });
}

/** The clicked question of this repair, else its own card. */
async function clicked({ store }: CommandParts, { incoming }: Turn, id: string): Promise<Reply> {
  const { what, conversation } = incoming;
  const card = what.kind === 'action' ? await findPosted(store.database, what.cardId) : null;
  // The client names the clicked card; the person may not see one that is in another conversation.
  const isHere = card !== null && store.conversationKey(card.conversation) === store.conversationKey(conversation);
  return { kind: 'live', liveId: isHere && card.kind === 'repair' && card.reference === id ? card.id : id };
}

export const repairNowButton = defineButton({
  verb: 'repairNow',
  permission: 'repair.confirm',
  appOnly: true,
  freshRoles: 'clicked',
  run: (parts, turn, { requestId }) => confirm(parts, turn, requestId),
});

export const leaveJobButton = defineButton({
  verb: 'leaveJob',
  permission: 'repair.confirm',
  appOnly: true,
  freshRoles: 'clicked',
  run: (parts, turn, { requestId }) => leave(parts, turn, requestId),
});
