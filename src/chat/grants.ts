import { createHash } from 'node:crypto';
import type { CommandParts, Turn } from './registry/define-command.ts';
import type { Reply } from './reply.ts';
import { type GrantRow, grantsCard, mostGrants } from './views/grants-card.ts';

/** The list of standing grants, first those that no longer count. */
export function listGrants(
  parts: CommandParts,
  turn: Turn,
  kind: 'channels' | 'watches',
  rows: readonly GrantRow[],
): Reply {
  const sorted = rows.toSorted((one, other) => Number(one.counts === 'may') - Number(other.counts === 'may'));
  const input = { kind, rows: sorted.slice(0, mostGrants), total: rows.length, now: parts.store.clock.now() };
  return { kind: 'card', inPlace: true, message: grantsCard(turn.words, input) };
}

/** Stable for as long as the grant exists, whatever other grants are added or removed. */
export const refOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

/** The only one found; null for none or several. */
export function only<T>(found: readonly T[]): T | null {
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The name of the person who gave a grant; the id of one who is gone. */
export async function nameOf({ directory }: CommandParts, id: string): Promise<string> {
  const user = await directory.getUser(id);
  return user.ok ? (user.value?.displayName ?? id) : id;
}
