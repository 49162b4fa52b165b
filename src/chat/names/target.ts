import { createHash } from 'node:crypto';
import { deny } from '../../access/policy.ts';
import { assertNever } from '../../assert-never.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
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
import { runs } from '../views/problem.ts';
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
      const { apps, more } = found.value;
      const message = await pickApp(parts, turn, command.app, apps, more, (id) => ({ ...command, app: id }));
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
  const seen = await seeJob(parts, found.app, objectType);
  return seen.kind === 'app' ? seen : answered(await obstacleReply(parts, turn, command, seen));
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
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found;
  const seen = await seeTarget(parts, turn, found.app, objectType);
  if (seen.kind === 'target' || seen.kind === 'reply') return seen;
  return answered(await obstacleReply(parts, turn, command, seen));
}

/** What keeps an app from taking a call. */
export type Obstacle =
  | { readonly kind: 'blocked'; readonly app: Application; readonly why: Blocked }
  | { readonly kind: 'trouble'; readonly trouble: GraphTrouble };

type Blocked = Extract<Parameters<typeof say>[1], { readonly app: string }>;

/** The target on this app, or what keeps it from being one. */
export async function seeTarget(
  parts: CommandParts,
  turn: Turn,
  app: Application,
  objectType: 'User' | 'Group',
): Promise<TargetFound | Obstacle> {
  const seen = await seeJob(parts, app, objectType);
  if (seen.kind !== 'app') return seen;
  const { job } = seen;
  const obstacle = jobObstacle(parts, app, job);
  if (obstacle !== null) return { kind: 'blocked', app, why: obstacle };

  const rule = await parts.synchronization.findRule(app.id, job.id, objectType);
  if (!rule.ok) return { kind: 'trouble', trouble: rule.trouble };
  const chosen = rule.value ?? (await sourceRule(parts, app, job, objectType));
  if (chosen === null) {
    const kind = objectType === 'Group' ? 'appTakesNoGroups' : 'appTakesNoUsers';
    return { kind: 'blocked', app, why: { kind, app: app.displayName } };
  }
  const ground = { cloudSync: chosen.source === 'activeDirectory' };
  const outOfBounds = await refuseOnGround(parts, turn, 'provision.run', ground);
  if (outOfBounds !== null) return answered(outOfBounds);
  return { kind: 'target', target: { app, job, rule: chosen } };
}

/** The app's synchronization job, whatever its state; or what keeps the app from having one. */
export async function seeJob(
  parts: CommandParts,
  app: Application,
  objectType: 'User' | 'Group',
): Promise<Exclude<AppFound, Answered> | Obstacle> {
  const [setUp, enabled] = await Promise.all([
    parts.synchronization.findJob(app.id, objectType),
    parts.applications.isEnabled(app.id),
  ]);
  // If Graph does not tell, the call will.
  if (enabled.ok && enabled.value === false)
    return { kind: 'blocked', app, why: { kind: 'appDisabled', app: app.displayName } };
  if (!setUp.ok) return { kind: 'trouble', trouble: setUp.trouble };
  if (setUp.value.kind === 'none')
    return { kind: 'blocked', app, why: { kind: 'appNotConfigured', app: app.displayName } };
  return { kind: 'app', app, job: setUp.value.job };
}

/** The answer for an app that takes no call. */
export async function obstacleReply(
  parts: CommandParts,
  turn: Turn,
  command: Command,
  obstacle: Obstacle,
): Promise<Reply> {
  if (obstacle.kind === 'blocked') {
    const { app, why } = obstacle;
    if (why.kind === 'appQuarantined' && mayRepair(parts, turn)) {
      const name = app.displayName;
      return blocked(parts, turn, app, why, [
        runs('testJob', parts.grammar.format({ verb: 'test', app: name })),
        runs('repairJob', parts.grammar.format({ verb: 'repair', app: name, how: null, reason: null })),
      ]);
    }
    if (why.kind !== 'jobMustStop' || !mayRepair(parts, turn)) return blocked(parts, turn, app, why);
    const isPlain = command.verb === 'provision' && command.term === undefined && command.ticket === undefined;
    if (!isPlain) return sayPauseFirst(parts, turn, app);
    const text = parts.grammar.format({ verb: 'provisionPaused', subject: command.subject, app: app.displayName });
    return blocked(parts, turn, app, { ...why, paused: 'yes' }, [runs('aroundProvisioning', text)]);
  }
  return troubleReply(turn.words, obstacle.trouble, tryAgain(parts, command));
}

/**
 * Where one act does not do it all: several people, a group, a ticket, an end. Usher's pause ends by itself, and all that
 * is asked for meanwhile is provisioned as to any other app.
 */
export function sayPauseFirst(parts: CommandParts, turn: Turn, app: Application): Promise<Reply> {
  const text = parts.grammar.format({ verb: 'pause', app: app.displayName, end: '1 hour', reason: null });
  const why = { kind: 'jobMustStop', app: app.displayName, paused: 'first' } as const;
  return blocked(parts, turn, app, why, [{ label: 'line', verb: 'run', text }]);
}

/** Whether the caller may repair jobs here. It only controls what is offered: each line is checked again. */
export const mayRepair = ({ graphAccess }: CommandParts, { caller }: Turn): boolean =>
  graphAccess === 'appOnly' && deny(caller, 'repair.run') === null;

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

/** Asks which of these apps is meant; `instead`: the command with the chosen one. */
export async function pickApp(
  parts: CommandParts,
  turn: Turn,
  typed: string,
  apps: readonly Application[],
  more: boolean,
  instead: (id: string) => Command,
) {
  return appPicker(turn.words, {
    typed,
    candidates: await appCandidates(parts, apps),
    more,
    choose: (id) => parts.grammar.format(instead(id)),
  });
}

/** What keeps a job from taking a call now, before one is spent on it; null for a job that takes one. */
export function jobObstacle(parts: CommandParts, app: Application, job: Job): Blocked | null {
  const { state, mustStopFirst } = job;
  switch (state.kind) {
    case 'active':
    case 'running':
    case 'other':
    // No cycle is scheduled, but on-demand calls still work: new jobs are tested that way.
    case 'paused':
    case 'pausedByService':
    case 'neverRun':
      return mustStopFirst ? { kind: 'jobMustStop', app: app.displayName, paused: 'no' } : null;
    case 'notConfigured':
      return { kind: 'appNotConfigured', app: app.displayName };
    case 'quarantined':
    case 'deletionsHeldBack':
    case 'switchedOff': {
      const { reason, since, nextAttempt, endsAt, error } = state.quarantine;
      return {
        kind: 'appQuarantined',
        app: app.displayName,
        ...{ reason, since, nextAttempt, endsAt },
        errorCode: error?.code ?? null,
        message: error?.message ?? null,
        tenantActionable: error?.tenantActionable ?? null,
        now: parts.store.clock.now(),
      };
    }
    default:
      return assertNever(state, 'job state');
  }
}

export async function blocked(
  parts: CommandParts,
  turn: Turn,
  app: Application,
  why: Parameters<typeof say>[1],
  buttons: readonly SayButton[] = [],
): Promise<Reply> {
  await recordAudit(parts, turn.caller.id, 'blocked', { app: app.id, reason: why.kind });
  const viewpoint = await viewpointOf(parts, turn.caller, true);
  // The provisioning settings do not explain a disabled app, and only an operator can change them.
  const isOfUse = why.kind !== 'appDisabled' && actsInEntra(viewpoint);
  const link = isOfUse ? provisioningPageUrl(parts.entraPortal, app.id) : null;
  const isForReader = why.kind === 'appNotConfigured' || why.kind === 'appDisabled';
  return say(turn.words, isForReader ? { ...why, viewpoint } : why, buttons, link);
}

/**
 * The key by which a repeated delivery yields the same request: the message, or for a choice the card, so that a double
 * click requests once; for a form the card with what was filled in, as a client may leave it open for the next person.
 */
export function sourceOf({ incoming }: Turn): string {
  const { what } = incoming;
  if (what.kind !== 'action' || what.cardId === '') return incoming.id;
  const card = `${incoming.id.split('|')[0]}|card|${what.cardId}`;
  if (what.action.verb === 'choose' || what.action.verb === 'ticket') return card;
  return what.action.verb === 'submit' ? `${card}|${digestOf(what.action)}` : incoming.id;
}

/** Tells apart what was filled in without storing it. */
function digestOf(action: Extract<CardAction, { verb: 'submit' }>): string {
  return createHash('sha256').update(JSON.stringify(action)).digest('hex').slice(0, 16);
}
