import type { Verb } from '../command.ts';
import type { Reply } from '../reply.ts';
import { type CommandParts, say, type Turn } from './turn.ts';

/** What these set going goes on when whoever said it has long left: approvals, start dates, watching. */
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

/** Whether a command makes sense where Graph is called by this right. */
export function isPossible(verb: Verb, rights: CommandParts['rights']): boolean {
  return rights === 'own' || !unattended.has(verb);
}

/** A reply that refuses what nobody's sign-in can carry; null where it can be done. */
export function refuseUnattended({ rights }: CommandParts, turn: Turn, verb: Verb): Reply | null {
  return isPossible(verb, rights) ? null : say(turn.words, { kind: 'needsApplicationPermission' });
}
