import { randomUUID } from 'node:crypto';
import type { Basis } from '../../access/basis.ts';
import type { Caller } from '../../access/caller.ts';
import { deny } from '../../access/policy.ts';
import {
  type CommandParts,
  defineButton,
  type MessageDeclaration,
  type Turn,
  type WaitingRemovals,
} from '../../chat/registry/define-command.ts';
import { recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import { findPosted, insertMessages } from '../../outbox/message-store.ts';
import { rejectRemoval } from '../../requests/confirmation.ts';
import { findHeldForSecondPerson } from '../../requests/removals.ts';
import type { Request } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { drawRequest } from '../provisioning/draw.ts';
import { drawHeldRemoval } from '../provisioning/draw-removal.ts';
import { placeOf } from './hold-removal.ts';
import { say } from './problems.ts';

/** The question to the approvers, in each of their conversations; afterwards it shows how the removal goes. */
export const removalQuestions: MessageDeclaration = {
  async draw(parts, { reference, reader, conversation }) {
    const request = await findRequest(parts.store.database, reference);
    if (request === null) return null;
    if (request.tasks.every(({ state }) => state.kind !== 'held')) {
      const viewpoint = { as: 'anyone', helpdesk: [] } as const;
      return drawRequest(parts, reference, conversation, { viewpoint, canRetry: false, canAssign: false, reader });
    }
    return {
      content: await drawHeldRemoval(parts, { ...request, reader }, 'secondPerson'),
      fingerprint: `${request.revision}`,
      finished: false,
      needsAnswer: true,
      outcome: 'held',
    };
  },
  async mayBePosted(parts, { reference, source }) {
    const request = await findRequest(parts.store.database, reference);
    const apps = request?.apps.map(({ id }) => id) ?? [];
    const key = placeOf(reference, source);
    // A card that a person asked for was allowed then.
    return key === null ? 'may' : parts.registry.accessRequests.mayBeShownThere(parts, apps, key);
  },
};

/** On what basis an approver of these apps confirms who neither asked for the removal nor is taken out by it. */
export async function maySecond(
  parts: CommandParts,
  caller: Caller,
  { requestedBy, apps, tasks }: Request,
): Promise<Fetched<Basis | null>> {
  const isConcerned = caller.id === requestedBy.id || tasks.some(({ subject }) => subject.id === caller.id);
  if (isConcerned || deny(caller, 'access.decide') !== null) return fetched(null);
  return parts.registry.accessRequests.decidesOn(
    parts,
    caller,
    apps.map(({ id }) => id),
  );
}

/** The removals that wait for the caller, and the question about one of them, shown again. */
export const waitingRemovals: WaitingRemovals = {
  async theirs(parts, caller) {
    const theirs: Request[] = [];
    for (const request of await findHeldForSecondPerson(parts.store.database, parts.store.clock.now())) {
      const may = await maySecond(parts, caller, request);
      if (!may.ok) return may;
      if (may.value !== null) theirs.push(request);
    }
    return fetched(theirs);
  },
  async ask(parts, turn, requestId) {
    const request = await findRequest(parts.store.database, requestId);
    const waits = request?.removal?.secondPerson === true && request.tasks.some(({ state }) => state.kind === 'held');
    if (!waits) return null;
    const may = await maySecond(parts, turn.caller, request);
    if (!may.ok) return troubleReply(turn.words, may.trouble);
    return may.value === null ? null : askHere(parts, turn, requestId);
  },
};

/** Another live card of the question, in this conversation. */
async function askHere({ store }: CommandParts, { incoming }: Turn, requestId: string): Promise<Reply> {
  const { id, conversation, reader } = incoming;
  const source = `show|${requestId}|${id}`;
  const card = { id: `removal-${randomUUID()}`, kind: 'removal', reference: requestId, source } as const;
  await insertMessages(
    store.database.query,
    [{ ...card, conversation, reader, audience: 'approvers', dueAt: null }],
    store.clock.now(),
  );
  const shown = store.database.query.selectFrom('messages').select('id').where('source', '=', source);
  return { kind: 'live', liveId: (await shown.executeTakeFirstOrThrow()).id };
}

/** Notes that the caller may not decide on a removal, and says so. */
export async function refuseSecond(parts: CommandParts, turn: Turn, request: Request): Promise<Reply> {
  await recordAudit(parts, turn.caller.id, 'denied', { permission: 'removal.confirm', request: request.id });
  return say(turn.words, { kind: 'removalNotYours' });
}

/** The clicked question of this removal, else the removal's own card. */
export async function cardClicked({ store }: CommandParts, { incoming }: Turn, requestId: string): Promise<Reply> {
  const { what, conversation } = incoming;
  const card = what.kind === 'action' ? await findPosted(store.database, what.cardId) : null;
  // The client names the clicked card; the clicker may not see one that is in another conversation.
  const isHere = card !== null && store.conversationKey(card.conversation) === store.conversationKey(conversation);
  const isIts = isHere && card.kind === 'removal' && card.reference === requestId;
  return { kind: 'live', liveId: isIts ? card.id : requestId };
}

async function reject(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const request = await findRequest(parts.store.database, requestId);
  if (request?.removal?.secondPerson !== true) return say(turn.words, { kind: 'staleButton' });
  const may = await maySecond(parts, turn.caller, request);
  if (!may.ok) return troubleReply(turn.words, may.trouble);
  if (may.value === null) return refuseSecond(parts, turn, request);
  const { id, name } = turn.caller;
  if (await rejectRemoval({ ...parts.store, basis: may.value }, request.id, { id, name }))
    parts.publish('cards', request.id);
  return cardClicked(parts, turn, request.id);
}

export const keepAccessButton = defineButton({
  verb: 'keepAccess',
  permission: 'access.decide',
  appOnly: true,
  freshRoles: 'clicked',
  run: (parts, turn, { requestId }) => reject(parts, turn, requestId),
});
