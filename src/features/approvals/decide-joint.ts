import { deciderBasis } from '../../access/basis.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { openAccessCard } from './access-requests/access-cards.ts';
import type { AccessAction, AccessRequest } from './access-requests/access-request.ts';
import { actOnAll } from './access-requests/acting.ts';
import { type JointRequest, referencesOf } from './access-requests/joint-request.ts';
import { approversOf, clickedCardOf, isTheirs, placeKeyOf } from './found-request.ts';
import { say } from './problems.ts';

/**
 * A decision on a joint request: on all lines that wait and are the caller's to decide, or on those of them that were
 * ticked. Lines of other approvers stay as they are. One transaction writes it, so no crash leaves half a decision.
 */
export async function decideJoint(
  parts: CommandParts,
  turn: Turn,
  joint: JointRequest,
  { action, shown, ticked, refuse }: Decided,
): Promise<Reply> {
  const { words, incoming, caller } = turn;
  if (ticked !== null && ticked.length === 0) return say(words, { kind: 'tickOne' });
  const named = joint.lines.filter(({ id }) => [shown, ticked].every((some) => some === null || some.includes(id)));
  const theirs: AccessRequest[] = [];
  const decidedBy: (readonly string[])[] = [];
  for (const line of named) {
    const approvers = await approversOf(parts, line.app.id, line);
    if (!approvers.ok) return troubleReply(words, approvers.trouble);
    if (!isTheirs(caller, line, approvers.value)) continue;
    theirs.push(line);
    decidedBy.push(approvers.value ?? []);
  }
  const [first] = named;
  if (theirs.length === 0 && first !== undefined) {
    const refusal = await refuse(first);
    if (refusal !== null) return refusal;
  }
  await actOnAll(
    { ...parts.store, basis: deciderBasis(caller, decidedBy) },
    theirs.map(({ id }) => id),
    action,
  );
  parts.publish('access', joint.id);
  const clicked =
    incoming.what.kind === 'text'
      ? null
      : await clickedCardOf(parts, incoming, referencesOf(joint), incoming.what.cardId);
  const liveId =
    clicked?.id ??
    (await openAccessCard(parts.store, {
      accessRequestId: joint.id,
      source: incoming.id,
      conversation: incoming.conversation,
      reader: incoming.reader,
      audience: 'approvers',
      shownBy: { actorId: caller.id, key: placeKeyOf(incoming) },
    }));
  return { kind: 'live', liveId };
}

interface Decided {
  readonly action: AccessAction;
  /** Ids of lines; null for all. */
  readonly shown: readonly string[] | null;
  readonly ticked: readonly string[] | null;
  /** Records and says why the caller may not decide on this line; null where they may. */
  readonly refuse: (line: AccessRequest) => Promise<Reply | null>;
}
