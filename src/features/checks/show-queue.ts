import { deny } from '../../access/policy.ts';
import { isVisible, visibleTo } from '../../access/seeing.ts';
import { wholeLine } from '../../chat/grammar/short-lines.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { type LineItem, mostRead, readLineNow } from '../../requests/line.ts';
import { QUEUE_ROWS, queueCard } from './cards/queue-card.ts';

/** `queue`: the running and waiting tasks, their requesters, and when they start. */
async function queue(parts: CommandParts, turn: Turn): Promise<Reply> {
  const visible = await visibleTo(parts.access, turn.caller);
  if (!visible.ok) return troubleReply(turn.words, visible.trouble);
  const isPart = visible.value.kind === 'own';
  const whole = await readLineNow(parts.store, isPart ? mostRead : QUEUE_ROWS);
  const isSeen = ({ requestedBy, subject }: LineItem) =>
    isVisible(visible.value, requestedBy.id, subject === null ? [] : [subject.id]);
  // Tasks that the caller may not see are counted and not named.
  const line = isPart ? { ...whole, items: whole.items.filter(isSeen).slice(0, QUEUE_ROWS) } : whole;
  const canCancel = deny(turn.caller, 'request.cancel') === null;
  const now = parts.store.clock.now();
  const pauses = await parts.registry.pausesIn(parts, turn.words, null);
  return { kind: 'card', inPlace: true, message: queueCard(turn.words, { ...line, canCancel, now, pauses }) };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Lists running and waiting tasks. */
    queue: object;
  }
}

export const queueCommand = defineCommand({
  verb: 'queue',
  ...wholeLine({ verb: 'queue' }, 'queue', 2, 'unquoted'),
  permission: 'queue.show',
  chapter: 'check',
  examples: ['queue'],
  offeredByTeams: { personal: 8, team: 9, groupChat: 7 },
  tryIt: 'queue',
  run: queue,
});
