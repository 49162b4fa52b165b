import { createHash } from 'node:crypto';
import { assertNever } from '../../assert-never.ts';
import type { Application } from '../../graph/applications.ts';
import type { Rule } from '../../graph/rules.ts';
import type { Job } from '../../graph/synchronization.ts';
import type { Subject } from '../../requests/request.ts';
import type { NewRequest, NewTask } from '../../requests/store.ts';
import type { Command } from '../command.ts';
import type { AppCommand } from '../offers/guesses.ts';
import { lookAgainForApp } from '../offers/second-look.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { type Answered, answered, recordAudit, refuseOnGround, say, troubleReply } from '../registry/turn.ts';
import type { CardAction, Reply } from '../reply.ts';
import { provisioningPageUrl } from '../views/entra-link.ts';
import type { SayButton } from '../views/parts.ts';
import { appPicker } from '../views/person-picker.ts';
import { actsInEntra, viewpointOf } from '../views/viewpoint.ts';
import { appCandidates, onlyProvisioned } from './app-candidates.ts';

/** An app that can take a call now, with its job and rule. */
export interface Target {
  readonly app: Application;
  readonly job: Job;
  readonly rule: Rule;
}

export type TargetFound = { readonly kind: 'target'; readonly target: Target } | Answered;

export type ApplicationFound = { readonly kind: 'application'; readonly app: Application } | Answered;

/** The app that is meant; else a reply that asks which, or says that none was found. */
export async function findApplication(parts: CommandParts, turn: Turn, command: AppCommand): Promise<ApplicationFound> {
  const found = await parts.applications.find(command.app);
  if (!found.ok) return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
  switch (found.value.kind) {
    case 'none':
      return answered(await lookAgainForApp(parts, turn, command));
    case 'several': {
      const only = found.value.more ? null : await onlyProvisioned(parts, found.value.apps);
      if (only !== null) return { kind: 'application', app: only };
      const message = await pickApp(parts, turn, command, found.value.apps, found.value.more);
      return answered({ kind: 'card', inPlace: true, message });
    }
    case 'one':
      return { kind: 'application', app: found.value.app };
    default:
      return assertNever(found.value, 'match');
  }
}

export type AppFound = { readonly kind: 'app'; readonly app: Application; readonly job: Job } | Answered;

/** The app that is meant, and its synchronization job for objects of this type. A disabled app takes no people. */
export async function findApp(
  parts: CommandParts,
  turn: Turn,
  command: AppCommand,
  objectType: 'User' | 'Group' = 'User',
): Promise<AppFound> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found;
  const { app } = found;
  const [setUp, enabled] = await Promise.all([
    parts.synchronization.findJob(app.id, objectType),
    parts.applications.isEnabled(app.id),
  ]);
  // If Graph does not tell, the call will.
  if (enabled.ok && enabled.value === false)
    return answered(await blocked(parts, turn, app, { kind: 'appDisabled', app: app.displayName }));
  if (!setUp.ok) return answered(troubleReply(turn.words, setUp.trouble, tryAgain(parts, command)));
  if (setUp.value.kind === 'none')
    return answered(await blocked(parts, turn, app, { kind: 'appNotConfigured', app: app.displayName }));
  return { kind: 'app', app, job: setUp.value.job };
}

/**
 * Finds everything about the app that can be known before a rate-limited call is spent: which one is meant, its setup,
 * whether its job is in quarantine, the rule for this type of object, and whether the caller may use it.
 */
export async function findTarget(
  parts: CommandParts,
  turn: Turn,
  command: AppCommand,
  objectType: 'User' | 'Group',
): Promise<TargetFound> {
  const found = await findApp(parts, turn, command, objectType);
  if (found.kind === 'reply') return found;
  const { app, job } = found;
  const obstacle = await blockedBy(parts, turn, app, job);
  if (obstacle !== null) return answered(obstacle);

  const rule = await parts.synchronization.findRule(app.id, job.id, objectType);
  if (!rule.ok) return answered(troubleReply(turn.words, rule.trouble, tryAgain(parts, command)));
  const chosen = rule.value ?? (await sourceRule(parts, app, job, objectType));
  if (chosen === null) {
    const kind = objectType === 'Group' ? 'appTakesNoGroups' : 'appTakesNoUsers';
    return answered(await blocked(parts, turn, app, { kind, app: app.displayName }));
  }
  const ground = { cloudSync: chosen.source === 'activeDirectory' };
  const outOfBounds = await refuseOnGround(parts, turn, 'provision.run', ground);
  if (outOfBounds !== null) return answered(outOfBounds);
  return { kind: 'target', target: { app, job, rule: chosen } };
}

/** An app fed from another system, such as HR, has no rule for users; its own rule takes that system's ids. */
async function sourceRule(
  parts: CommandParts,
  app: Application,
  job: Job,
  objectType: 'User' | 'Group',
): Promise<Rule | null> {
  if (objectType === 'Group') return null;
  const rule = await parts.synchronization.findSourceRule(app.id, job.id);
  return rule.ok ? rule.value : null;
}

/** The button that repeats the line, for when Graph could not be reached. */
export function tryAgain({ grammar }: CommandParts, command: Command): SayButton[] {
  return [{ label: 'tryAgain', verb: 'choose', text: grammar.format(command) }];
}

/** The fields that every request of this turn shares. */
export function requestOf(turn: Turn): Pick<NewRequest, 'source' | 'requestedBy' | 'reader' | 'conversation'> {
  return {
    source: sourceOf(turn),
    requestedBy: { id: turn.caller.id, name: turn.caller.name },
    reader: turn.incoming.reader,
    conversation: turn.incoming.conversation,
  };
}

/** The call for this subject: a person, or a group with some of its members. */
export function taskOn({ app, job, rule }: Target, subject: Subject, members: readonly Subject[] = []): NewTask {
  return { subject, members, app: { id: app.id, name: app.displayName }, jobId: job.id, ruleId: rule.id };
}

async function pickApp(
  parts: CommandParts,
  turn: Turn,
  command: AppCommand,
  apps: readonly Application[],
  more: boolean,
) {
  return appPicker(turn.words, {
    typed: command.app,
    candidates: await appCandidates(parts, apps),
    more,
    choose: (id) => parts.grammar.format({ ...command, app: id }),
  });
}

/** The answer for a job that cannot take a call now, before one is spent on it; null for a job that can. */
async function blockedBy(parts: CommandParts, turn: Turn, app: Application, job: Job): Promise<Reply | null> {
  const { state, mustStopFirst } = job;
  switch (state.kind) {
    case 'active':
    case 'paused':
    case 'neverRun':
    case 'other':
    // No cycle is scheduled, but on-demand calls still work: new jobs are tested that way.
    case 'disabled':
      return mustStopFirst ? blocked(parts, turn, app, { kind: 'jobMustStop', app: app.displayName }) : null;
    case 'notConfigured':
      return blocked(parts, turn, app, { kind: 'appNotConfigured', app: app.displayName });
    case 'quarantined':
      return blocked(parts, turn, app, {
        kind: 'appQuarantined',
        app: app.displayName,
        reason: state.reason,
        since: toTime(state.since),
        nextAttempt: toTime(state.nextAttempt),
        endsAt: state.endsAt,
        errorCode: state.errorCode,
        message: state.message,
        tenantActionable: state.tenantActionable,
        now: parts.store.clock.now(),
      });
    default:
      return assertNever(state, 'job state');
  }
}

export async function blocked(
  parts: CommandParts,
  turn: Turn,
  app: Application,
  why: Parameters<typeof say>[1],
): Promise<Reply> {
  await recordAudit(parts, turn.caller.id, 'blocked', { app: app.id, reason: why.kind });
  const viewpoint = await viewpointOf(parts, turn.caller, true);
  // The provisioning settings do not explain a disabled app, and only an operator can change them.
  const isOfUse = why.kind !== 'appDisabled' && actsInEntra(viewpoint);
  const link = isOfUse ? provisioningPageUrl(parts.entraPortal, app.id) : null;
  const isForReader = why.kind === 'appNotConfigured' || why.kind === 'appDisabled';
  return say(turn.words, isForReader ? { ...why, viewpoint } : why, [], link);
}

/** Graph uses the year 1 for "never". */
function toTime(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? null : time;
}

/**
 * The key by which a repeated delivery yields the same request: the message, or for a choice the card, so that a double
 * click requests once; for a form the card with what was filled in, as a client may leave it open for the next person.
 */
export function sourceOf({ incoming }: Turn): string {
  const { what } = incoming;
  if (what.kind !== 'action' || what.cardId === '') return incoming.id;
  const card = `${incoming.id.split('|')[0]}|card|${what.cardId}`;
  if (what.action.verb === 'choose') return card;
  return what.action.verb === 'submit' ? `${card}|${digestOf(what.action)}` : incoming.id;
}

/** Tells apart what was filled in without storing it. */
function digestOf(action: Extract<CardAction, { verb: 'submit' }>): string {
  return createHash('sha256').update(JSON.stringify(action)).digest('hex').slice(0, 16);
}
