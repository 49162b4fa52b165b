import { deny } from '../../../access/policy.ts';
import { readLineNow } from '../../../requests/line.ts';
import type { Reply } from '../../reply.ts';
import { QUEUE_ROWS, queueCard } from '../../views/checks/queue-card.ts';
import { type CommandParts, refuseUnless, type Turn } from '../turn.ts';

/** `queue`: what runs and waits, whose, and when it starts. */
export async function queue(parts: CommandParts, turn: Turn): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'queue.show');
  if (refusal !== null) return refusal;
  const line = await readLineNow(parts.store, QUEUE_ROWS);
  const canCancel = deny(turn.caller, 'request.cancel') === null;
  const now = parts.store.clock.now();
  return { kind: 'card', inPlace: true, message: queueCard(turn.words, { ...line, canCancel, now }) };
}
