import { readStrictRequestId, writeRequestId } from '../../chat/grammar/id-lines.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { verifyRemoval } from '../../requests/removals.ts';
import { findRequest } from '../../requests/store.ts';
import { entitlementsOf } from './ends/end-access.ts';
import { say } from './problems.ts';

/**
 * `verify removal ID`: the assignment that Usher may not or must not delete is deleted by hand. Usher looks for up to an
 * hour whether Entra lists it still, on the same card; then it has the account disabled and that proven. Nothing is
 * deleted by it. The id may be that of a removal, or of a request whose access should have ended.
 */
async function verify(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const { store } = parts;
  const ends = await entitlementsOf(parts, id);
  if (ends.length === 0 && (await findRequest(store.database, id)) === null)
    return say(turn.words, { kind: 'unknownRequest', id });
  let count = 0;
  for (const removal of ends.length === 0 ? [id] : ends.map(({ removalId }) => removalId ?? ''))
    count += await verifyRemoval(store, removal, turn.caller.id);
  if (count > 0) parts.publish('tasks', null);
  // A removal shows it on its own card; the end of access has none.
  if (ends.length === 0 && turn.incoming.what.kind === 'action') return { kind: 'live', liveId: id };
  return say(turn.words, count === 0 ? { kind: 'nothingToVerify', id } : { kind: 'verifies', id, count });
}

declare module '../../chat/command.ts' {
  interface Commands {
    verifyRemoval: { readonly requestId: string };
  }
}

export const verifyRemovalCommand = defineCommand({
  verb: 'verifyRemoval',
  read: (words) => readStrictRequestId('verifyRemoval', words),
  write: ({ requestId }) => writeRequestId({ verb: 'verify removal', requestId }),
  permission: 'removal.confirm',
  freshRoles: 'clicked',
  appOnly: true,
  chapter: 'leaving',
  examples: ['verify removal R7K3MQ'],
  tryIt: null,
  run: (parts, turn, { requestId }) => verify(parts, turn, requestId),
});
