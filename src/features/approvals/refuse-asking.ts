import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { recordAudit } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { say } from './problems.ts';

/** Refuses requesters who ask for themselves or for a person outside their reports; records the refusal. */
export async function refuseAsking(
  parts: CommandParts,
  { caller, words }: Turn,
  { id, displayName }: Pick<DirectoryUser, 'id' | 'displayName'>,
  reason: string,
  app?: string,
): Promise<Reply> {
  const about = { permission: 'access.request', reason, ...(app === undefined ? {} : { app }), subject: id } as const;
  await recordAudit(parts, caller.id, 'denied', about);
  return say(words, id === caller.id ? { kind: 'askForSelf' } : { kind: 'notYourReport', person: displayName });
}
