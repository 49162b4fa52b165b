import { deny } from '../../access/policy.ts';
import { createRequest } from '../../requests/store.ts';
import type { Command } from '../command.ts';
import type { Reply } from '../reply.ts';
import { requestAccess } from './access/request-access.ts';
import { findSubject } from './subject.ts';
import { findTarget, requestOf } from './target.ts';
import { type CommandParts, refuseUnless, type Turn } from './turn.ts';
import { untimely } from './untimely.ts';

type ProvisionCommand = Extract<Command, { verb: 'provision' }>;

/**
 * `provision <subject> to <app>`. Looks up everything that can be known before a rate-limited call is spent, then
 * stores a request; the dispatcher does the rest. A caller who may only request access requests it by this command.
 */
export async function provision(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  if (deny(turn.caller, 'provision.run') !== null && deny(turn.caller, 'access.request') === null) {
    const { subject, app, term = { start: null, end: null, reason: null } } = command;
    return requestAccess(parts, turn, { verb: 'requestAccess', subject, app, ...term }, 'provision');
  }
  const refusal = (await refuseUnless(parts, turn, 'provision.run')) ?? (await untimely(parts, turn, command));
  if (refusal !== null) return refusal;
  const found = await findTarget(parts, turn, command, 'User');
  if (found.kind === 'reply') return found.reply;
  const subject = await findSubject(parts, turn, command, found.target);
  if (subject.kind === 'reply') return subject.reply;
  const request = await createRequest(parts.store, {
    ...requestOf(turn, found.target),
    lane: 'interactive',
    held: false,
    leftOut: [],
    tasks: [{ subject: subject.subject, members: [] }],
  });
  parts.observe?.requested('person');
  parts.wake();
  return { kind: 'live', liveId: request.id };
}
