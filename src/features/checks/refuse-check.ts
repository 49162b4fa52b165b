import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { recordAudit } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { say } from './problems.ts';

/** Refuses a requester's check on a person who is not one of their reports, and records the refusal. */
export async function refuseCheckOn(parts: CommandParts, turn: Turn, id: string, person: string): Promise<Reply> {
  await recordAudit(parts, turn.caller.id, 'denied', {
    permission: 'others.show',
    reason: 'notTheirReport',
    subject: id,
  });
  return say(turn.words, { kind: 'checkNotYourReport', person });
}
