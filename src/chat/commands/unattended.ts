import type { Verb } from '../command.ts';
import type { Reply } from '../reply.ts';
import { type CommandParts, say, type Turn } from './turn.ts';

/** Commands whose work goes on when the caller has long left: approvals, start dates, watches. */
const unattended: ReadonlySet<Verb> = new Set<Verb>([
  'requestAccess',
  'accessForm',
  'approve',
  'deny',
  'pending',
  'sendApprovalsHere',
  'stopSendingApprovals',
  'watch',
  'unwatch',
  'watches',
  'approvalPlaces',
  'removeApprovalPlace',
  'allWatches',
  'removeWatch',
]);

/** Whether a command works with this permission type. */
export function isPossible(verb: Verb, rights: CommandParts['rights']): boolean {
  return rights === 'own' || !unattended.has(verb);
}

/** Refuses commands that need application permission; null where the command is possible. */
export function refuseUnattended({ rights }: CommandParts, turn: Turn, verb: Verb): Reply | null {
  return isPossible(verb, rights) ? null : say(turn.words, { kind: 'needsApplicationPermission' });
}
