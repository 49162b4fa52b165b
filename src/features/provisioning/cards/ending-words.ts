import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { sayEnd } from '../../../chat/views/ends.ts';
import { short } from '../../../chat/views/parts.ts';
import type { NotRemoved, RefusalCause } from '../../../graph/outcome.ts';

import type { Entitlement } from '../../../requests/entitlement.ts';
import type { OverdueReason } from '../../../requests/task-end.ts';

const KEYS: Readonly<Record<Exclude<OverdueReason, `refused.${RefusalCause}`>, MessageKey>> = {
  accountAlive: 'reason.accountAlive',
  stillEntitled: 'reason.stillEntitled',
  heldBack: 'reason.heldBack',
  syncsAll: 'reason.syncsAll',
  skipsDeletions: 'reason.skipsDeletions',
  noActiveMapping: 'reason.noActiveMapping',
  unproven: 'reason.unproven',
  unseen: 'reason.unseen',
  notAssignedByUsher: 'overdue.notAssignedByUsher',
  failed: 'overdue.failed',
  unknown: 'overdue.unknown',
  other: 'overdue.other',
} satisfies Record<NotRemoved, MessageKey> & Record<string, MessageKey>;

/** Whether it is for want of an assignment's deletion, which people can do by hand and Usher then sees. */
export const isForPeople = (why: string | null): boolean =>
  ['refused.unassignRefused', 'refused.stillAssigned', 'stillEntitled'].includes(why ?? '');

/** Why access that should have ended is not known to have, in half a sentence. */
export function overdueWord(words: Messages, why: string): string {
  if (why === 'refused.quarantined') return words.plain('reason.quarantined');
  if (why === 'refused.unassignRefused') return words.plain('reason.unassignRefused');
  if (why === 'refused.removalLeft') return words.plain('overdue.removalLeft');
  if (why === 'refused.stillAssigned') return words.plain('reason.stillAssigned');
  if (why.startsWith('refused.')) return words.plain('overdue.refused');
  const key = Object.hasOwn(KEYS, why) ? KEYS[why as keyof typeof KEYS] : KEYS.other;
  return words.plain(key, { named: 'no', app: '' });
}

/** When access ends, and once it is over, how; a plain sentence. */
export function endWord(
  words: Messages,
  { endsAt, isTimed, state, endedBy }: Pick<Entitlement, 'endsAt' | 'isTimed' | 'state' | 'endedBy'>,
): string {
  const end = sayEnd(words, { endsAt, hasTime: isTimed });
  const by = endedBy === null ? '' : short(endedBy);
  const early = by === '' ? 'no' : 'yes';
  if (state.kind === 'ended') return words.plain(`ends.as.${state.as}`, { end, by, early });
  const why = state.kind === 'overdue' ? overdueWord(words, state.why) : '';
  return words.plain(`ends.${state.kind}`, { end, why });
}
