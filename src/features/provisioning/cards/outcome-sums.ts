import type { MessageKey } from '../../../chat/messages.ts';
import type { OutcomeKind } from '../../../graph/outcome.ts';

/** The groups in which the verdict line sums up outcomes. */
type Sum = 'done' | 'removed' | 'lostAccess' | 'notProvisioned' | 'notRemoved' | 'failed' | 'unknown';

export const SUM_OF: Readonly<Record<OutcomeKind, Sum>> = {
  created: 'done',
  updated: 'done',
  otherChange: 'done',
  inSync: 'done',
  removed: 'removed',
  disabled: 'lostAccess',
  deleted: 'lostAccess',
  notInScope: 'notProvisioned',
  skipped: 'notProvisioned',
  notRemoved: 'notRemoved',
  failed: 'failed',
  refused: 'failed',
  unknown: 'unknown',
};

export const SUMS: readonly (readonly [Sum, MessageKey])[] = [
  ['done', 'list.sum.done'],
  ['removed', 'list.sum.removed'],
  ['lostAccess', 'list.sum.lostAccess'],
  ['notProvisioned', 'list.sum.notProvisioned'],
  ['notRemoved', 'list.sum.notRemoved'],
  ['failed', 'list.sum.failed'],
  ['unknown', 'list.sum.unknown'],
];

/** Whether an outcome is no failure, and so has no row of its own. */
export function isWell(kind: OutcomeKind): boolean {
  return SUM_OF[kind] === 'done' || SUM_OF[kind] === 'lostAccess' || SUM_OF[kind] === 'removed';
}
