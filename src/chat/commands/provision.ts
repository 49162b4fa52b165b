import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Rule } from '../../graph/rules.ts';
import type { Job } from '../../graph/synchronization.ts';
import type { Subject } from '../../requests/request.ts';
import { createRequest } from '../../requests/store.ts';
import type { Command } from '../command.ts';
import { closest } from '../grammar/closest.ts';
import { format } from '../grammar/format.ts';
import type { Reply } from '../reply.ts';
import { didYouMean } from '../views/did-you-mean.ts';
import { provisioningPageUrl } from '../views/entra-link.ts';
import type { SayButton } from '../views/parts.ts';
import { appPicker, personPicker } from '../views/person-picker.ts';
import { type CommandParts, record, refuseUnless, say, type Turn, troubleReply } from './turn.ts';

/** In words. */
const longestAppName = 3;

type ProvisionCommand = Extract<Command, { verb: 'provision' }>;

/**
 * `provision <subject> to <app>`. Everything that can be known beforehand is looked up before a call of the limited
 * kind is spent: the app, how it is set up, whether its job is in quarantine, the rule, the person. What is stored in
 * the end is a request; the dispatcher does the rest.
 */
export async function provision(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'provision.run');
  if (refusal !== null) return refusal;
  const { words } = turn;
  const again: SayButton[] = [{ label: 'tryAgain', verb: 'choose', text: format(command) }];

  const found = await parts.applications.find(command.app);
  if (!found.ok) return troubleReply(words, found.trouble, again);
  switch (found.value.kind) {
    case 'none':
      return unknownApp(turn, command, found.value.known);
    case 'several':
      return { kind: 'card', message: pickApp(turn, command, found.value.apps, found.value.more) };
    case 'one':
      break;
    default: {
      const never: never = found.value;
      throw new Error(`unexpected match ${JSON.stringify(never)}`);
    }
  }
  const { app } = found.value;

  const setUp = await parts.synchronization.findJob(app.id);
  if (!setUp.ok) return troubleReply(words, setUp.trouble, again);
  if (setUp.value.kind === 'none') return blocked(parts, turn, app, { kind: 'appNotConfigured', app: app.displayName });
  const { job } = setUp.value;
  const obstacle = await blockedBy(parts, turn, app, job);
  if (obstacle !== null) return obstacle;

  const rule = await parts.synchronization.findRule(app.id, job.id, 'User');
  if (!rule.ok) return troubleReply(words, rule.trouble, again);
  if (rule.value === null) return blocked(parts, turn, app, { kind: 'appTakesNoUsers', app: app.displayName });
  const ground = { cloudSync: rule.value.source === 'activeDirectory' };
  const outOfBounds = await refuseUnless(parts, turn, 'provision.run', ground);
  if (outOfBounds !== null) return outOfBounds;

  const subject = await findSubject(parts, turn, command, app, rule.value, again);
  if (subject.kind === 'reply') return subject.reply;
  const request = await createRequest(parts.store, {
    source: sourceOf(turn),
    asker: { id: turn.caller.id, name: turn.caller.name },
    app: { id: app.id, name: app.displayName },
    reader: turn.incoming.reader,
    conversation: turn.incoming.conversation,
    lane: 'interactive',
    jobId: job.id,
    ruleId: rule.value.id,
    subjects: [subject.subject],
  });
  parts.wake();
  return { kind: 'request', requestId: request.id };
}

type SubjectFound =
  | { readonly kind: 'subject'; readonly subject: Subject }
  | { readonly kind: 'reply'; readonly reply: Reply };

async function findSubject(
  parts: CommandParts,
  turn: Turn,
  command: ProvisionCommand,
  app: Application,
  rule: Rule,
  again: readonly SayButton[],
): Promise<SubjectFound> {
  const reply = (answer: Reply): SubjectFound => ({ kind: 'reply', reply: answer });
  const typed = command.subject;
  const { words } = turn;
  if (rule.source === 'activeDirectory') {
    if (!isDistinguishedName(typed))
      return reply(say(words, { kind: 'userNeedsDirectoryName', typed, app: app.displayName }));
    const subject = { id: typed, type: rule.objectTypeName, name: commonName(typed), label: typed };
    return { kind: 'subject', subject };
  }
  if (isDistinguishedName(typed))
    return reply(say(words, { kind: 'directoryNameUnexpected', typed, app: app.displayName }));
  const found = await parts.directory.findUsers(typed);
  if (!found.ok) return reply(troubleReply(words, found.trouble, again));
  switch (found.value.kind) {
    case 'none':
      return reply(await unknownUser(parts, turn, command));
    case 'several':
      return reply({ kind: 'card', message: pickPerson(turn, command, app, found.value.users, found.value.more) });
    case 'one':
      return { kind: 'subject', subject: toSubject(found.value.user, rule) };
    default: {
      const never: never = found.value;
      throw new Error(`unexpected match ${JSON.stringify(never)}`);
    }
  }
}

/** Nobody of that name; a near miss is offered like that of an app. */
async function unknownUser(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  const similar = await parts.directory.findSimilar(command.subject);
  const people = similar.ok ? similar.value : [];
  const near = closest(
    command.subject,
    people.flatMap((user) => [user.displayName, localPart(user.userPrincipalName), user.userPrincipalName]),
  );
  const meant = people.find((user) =>
    [user.displayName, user.userPrincipalName, localPart(user.userPrincipalName)].includes(near ?? ''),
  );
  if (meant === undefined) return say(turn.words, { kind: 'unknownUser', typed: command.subject });
  const suggestion = format({ ...command, subject: meant.userPrincipalName });
  return { kind: 'card', message: didYouMean(turn.words, { suggestion }) };
}

function localPart(principalName: string): string {
  return principalName.split('@')[0] ?? principalName;
}

function toSubject(user: DirectoryUser, rule: Rule): Subject {
  return { id: user.id, type: rule.objectTypeName, name: user.displayName, label: user.userPrincipalName };
}

/** `CN=Adele Vance,OU=Sales,DC=contoso,DC=com`: how Active Directory names its objects. */
function isDistinguishedName(text: string): boolean {
  return /^\s*(cn|ou|uid)\s*=.+,\s*dc\s*=/i.test(text);
}

function commonName(distinguishedName: string): string {
  const first = /^\s*[a-z]+\s*=\s*((?:\\.|[^,\\])+)/i.exec(distinguishedName)?.[1] ?? distinguishedName;
  return first.replace(/\\(.)/g, '$1');
}

function unknownApp(turn: Turn, command: ProvisionCommand, known: readonly string[]): Reply {
  const near = closest(command.app, known);
  if (near === null) {
    const buttons: SayButton[] = [{ label: 'apps', verb: 'run', text: 'apps' }];
    return say(turn.words, { kind: 'unknownApp', typed: command.app }, buttons);
  }
  const suggestion = format({ ...command, app: near });
  return { kind: 'card', message: didYouMean(turn.words, { suggestion }) };
}

/** "isaiah salesforce": a person and an app with nothing between them; null when the words end in no app's name. */
export async function withoutSeparator(parts: CommandParts, said: readonly string[]): Promise<ProvisionCommand | null> {
  for (let length = Math.min(said.length - 1, longestAppName); length > 0; length -= 1) {
    const app = said.slice(-length).join(' ');
    const found = await parts.applications.find(app);
    if (!found.ok) return null;
    if (found.value.kind === 'one')
      return { verb: 'provision', subject: said.slice(0, -length).join(' '), app: found.value.app.displayName };
  }
  return null;
}

/** The command with its app put right, if that is a near miss of one that there is; else as it was. */
export async function withKnownApp(parts: CommandParts, command: ProvisionCommand): Promise<ProvisionCommand> {
  const found = await parts.applications.find(command.app);
  if (!found.ok || found.value.kind !== 'none') return command;
  return { ...command, app: closest(command.app, found.value.known) ?? command.app };
}

function pickApp(turn: Turn, command: ProvisionCommand, apps: readonly Application[], more: boolean) {
  return appPicker(turn.words, {
    typed: command.app,
    candidates: apps.map((app) => ({ id: app.id, name: app.displayName, configured: null, enabled: null })),
    more,
    choose: (id) => format({ ...command, app: id }),
  });
}

function pickPerson(
  turn: Turn,
  command: ProvisionCommand,
  app: Application,
  users: readonly DirectoryUser[],
  more: boolean,
) {
  return personPicker(turn.words, {
    typed: command.subject,
    app: app.displayName,
    candidates: users.map((user) => ({
      id: user.id,
      name: user.displayName,
      principalName: user.userPrincipalName,
      title: user.jobTitle,
      department: user.department,
      enabled: user.accountEnabled,
    })),
    more,
    choose: (id) => format({ ...command, subject: id, app: app.id }),
  });
}

/** The answer for a job that cannot take a call now, before one is spent on it; null for one that can. */
async function blockedBy(parts: CommandParts, turn: Turn, app: Application, job: Job): Promise<Reply | null> {
  const { state } = job;
  switch (state.kind) {
    case 'active':
    case 'paused':
    case 'neverRun':
    case 'other':
      return null;
    case 'notConfigured':
      return blocked(parts, turn, app, { kind: 'appNotConfigured', app: app.displayName });
    case 'disabled':
      return blocked(parts, turn, app, { kind: 'appDisabled', app: app.displayName });
    case 'quarantined':
      return blocked(parts, turn, app, {
        kind: 'appQuarantined',
        app: app.displayName,
        reason: state.reason,
        since: toTime(state.since),
        nextAttempt: toTime(state.nextAttempt),
        errorCode: state.errorCode,
        message: state.message,
        tenantActionable: state.tenantActionable,
        now: parts.store.clock.now(),
      });
    default: {
      const never: never = state;
      throw new Error(`unexpected job state ${JSON.stringify(never)}`);
    }
  }
}

async function blocked(
  parts: CommandParts,
  turn: Turn,
  app: Application,
  why: Parameters<typeof say>[1],
): Promise<Reply> {
  await record(parts, turn.caller.id, 'blocked', { app: app.id, reason: why.kind });
  // What keeps people out of a disabled app is not among its provisioning settings.
  const link = why.kind === 'appDisabled' ? null : provisioningPageUrl(parts.entraPortal, app.id);
  return say(turn.words, why, [], link);
}

/** Graph writes the year 1 for "never". */
function toTime(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? null : time;
}

/**
 * What makes a second delivery the same request: the message, or for a choice the card on which it was made, so that a
 * double click asks once.
 */
function sourceOf({ incoming }: Turn): string {
  const { what } = incoming;
  if (what.kind !== 'action' || what.action.verb !== 'choose' || what.cardId === '') return incoming.id;
  return `${incoming.id.split('|')[0]}|card|${what.cardId}`;
}
