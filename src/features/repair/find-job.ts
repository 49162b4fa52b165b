import type { Permission } from '../../access/caller.ts';
import { findApplication, tryAgain } from '../../chat/names/target.ts';
import type { AppCommand } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, refuseOnGround, troubleReply } from '../../chat/registry/turn.ts';
import { provisioningPageUrl } from '../../chat/views/entra-link.ts';
import { asOperator } from '../../chat/views/viewpoint.ts';
import type { Application } from '../../graph/applications.ts';
import type { Job } from '../../graph/synchronization.ts';
import { say } from './problems.ts';

export interface JobFound {
  readonly kind: 'job';
  readonly app: Application;
  readonly job: Job;
}

/**
 * The app's job, in any state, also that of a disabled app. A Hybrid Identity Administrator may act on cloud sync alone,
 * so Usher looks where the job's people come from.
 */
export async function findJob(
  parts: CommandParts,
  turn: Turn,
  command: AppCommand,
  permission: Permission,
): Promise<JobFound | Answered> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found;
  const { app } = found;
  const read = await parts.synchronization.findJob(app.id);
  if (!read.ok) return answered(troubleReply(turn.words, read.trouble, tryAgain(parts, command)));
  if (read.value.kind === 'none') {
    const why = { kind: 'appNotConfigured', app: app.displayName, viewpoint: asOperator } as const;
    return answered(say(turn.words, why, [], provisioningPageUrl(parts.entraPortal, app.id)));
  }
  const { job } = read.value;
  const rule = await parts.synchronization.findSourceRule(app.id, job.id);
  const ground = { cloudSync: rule.ok && rule.value?.source === 'activeDirectory' };
  const refusal = await refuseOnGround(parts, turn, permission, ground);
  return refusal === null ? { kind: 'job', app, job } : answered(refusal);
}
