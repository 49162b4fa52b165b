import { deny } from '../../../access/policy.ts';
import { type CommandParts, defineCommand, type Turn } from '../../../chat/registry/define-command.ts';
import type { Reply } from '../../../chat/reply.ts';
import { findEnding } from '../../../requests/find-entitlements.ts';
import { endsCard } from '../cards/ends-card.ts';

const dayMs = 24 * 60 * 60_000;
const aheadMs = 30 * dayMs;
/** One more than fits, to tell that there are more. */
const mostListed = 21;

/** `ends`: what ends in the next 30 days and what is overdue; for operators all, for others what they asked for or have. */
async function ends(parts: CommandParts, { caller, words }: Turn): Promise<Reply> {
  const now = parts.store.clock.now();
  const visibleTo = deny(caller, 'others.show') === null ? null : caller.id;
  const found = await findEnding(parts.store.database, { until: now + aheadMs, limit: mostListed, visibleTo });
  return {
    kind: 'card',
    inPlace: true,
    message: endsCard(words, { entitlements: found, isAll: visibleTo === null }),
  };
}

declare module '../../../chat/command.ts' {
  interface Commands {
    /** Lists access that ends soon, or should have ended. */
    ends: Record<never, never>;
  }
}

export const endsCommand = defineCommand({
  verb: 'ends',
  read: (words) => (words.length === 0 ? { kind: 'command', command: { verb: 'ends' } } : null),
  write: () => 'ends',
  permission: 'history.show',
  chapter: 'leaving',
  examples: ['ends'],
  tryIt: 'ends',
  run: ends,
});
