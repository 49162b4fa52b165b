import type { CommandParts, Turn } from '../../registry/define-command.ts';
import type { Reply } from '../../reply.ts';
import { record, say } from '../turn.ts';

/** A requester may not check on this person, who is not one of their reports. Recorded. */
export async function refuseCheckOn(parts: CommandParts, turn: Turn, id: string, person: string): Promise<Reply> {
  await record(parts, turn.caller.id, 'denied', { permission: 'others.show', reason: 'notTheirReport', subject: id });
  return say(turn.words, { kind: 'checkNotYourReport', person });
}
