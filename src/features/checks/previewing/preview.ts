import { deny } from '../../../access/policy.ts';
import type { CommandOf } from '../../../chat/command.ts';
import { findApplications } from '../../../chat/names/named-apps.ts';
import { findPerson } from '../../../chat/names/subject.ts';
import { jobObstacle, type Obstacle, obstacleReply, seeJob, tryAgain } from '../../../chat/names/target.ts';
import type { Resolved } from '../../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../../chat/registry/define-command.ts';
import { troubleReply } from '../../../chat/registry/turn.ts';
import type { Reply } from '../../../chat/reply.ts';
import { viewpointOf } from '../../../chat/views/viewpoint.ts';
import type { GraphTrouble } from '../../../graph/answer.ts';
import type { Application } from '../../../graph/applications.ts';
import type { DirectoryUser } from '../../../graph/directory.ts';
import type { MappedPerson } from '../../../graph/preview/previewing.ts';
import { previewOf } from '../../../graph/preview/verdict.ts';
import type { Job } from '../../../graph/synchronization.ts';
import { isTooSlow, withinMs } from '../../../time-limit.ts';
import { previewCard } from '../cards/preview-card.ts';
import { outOfTime, personOf, resolveCheck, seenOf } from '../check.ts';
import { say } from '../problems.ts';
import { readPreview, readWould, writePreview } from './preview-line.ts';

type PreviewCommand = CommandOf<'preview'>;

const readMs = 2_000;
const evaluateMs = 2_000;

/** `preview <person> to <app>`: what provisioning would do. It asks Graph, and writes nothing. */
async function preview(parts: CommandParts, turn: Turn, command: PreviewCommand): Promise<Reply> {
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const [app, ...others] = found.apps;
  if (others.length + found.gone.length > 0) return previewOneOf(parts, turn, command, found.apps);
  if (/^(?:the )?group /i.test(command.subject))
    return say(turn.words, { kind: 'previewOnePerson', app: app.displayName });
  const person = await findPerson(parts, turn, command, app);
  if (person.kind === 'reply') return person.reply;
  const seen = await seenOf(parts, turn, person.user);
  if (seen.kind === 'reply') return seen.reply;
  const setUp = await seeJob(parts, app, 'User');
  if (setUp.kind !== 'app') return obstacleReply(parts, turn, command, setUp);
  // A look needs no stopped job; the button to provision tells what that needs.
  const why = jobObstacle(parts, app, { ...setUp.job, mustStopFirst: false });
  const obstacle: Obstacle | null = why === null ? null : { kind: 'blocked', app, why };
  // What provisioning would answer, and does.
  if (obstacle !== null) return obstacleReply(parts, turn, command, obstacle);
  return previewIn(parts, turn, command, { app, job: setUp.job, user: person.user, readAlong: seen.readAlong });
}

/** Several apps would need a card each. */
function previewOneOf(
  { grammar }: CommandParts,
  { words }: Turn,
  command: PreviewCommand,
  apps: readonly Application[],
): Reply {
  const lines = apps.map(({ displayName }) => grammar.format({ ...command, app: displayName }));
  return say(
    words,
    { kind: 'previewOneApp' },
    lines.map((text) => ({ label: 'line', verb: 'run', text })),
  );
}

interface Previewed {
  readonly app: Application;
  readonly job: Job;
  readonly user: DirectoryUser;
  readonly readAlong: boolean;
}

async function previewIn(
  parts: CommandParts,
  turn: Turn,
  command: PreviewCommand,
  { app, job, user, readAlong }: Previewed,
): Promise<Reply> {
  const { clock } = parts.store;
  const ref = { servicePrincipalId: app.id, jobId: job.id };
  const [read, log, assigned] = await Promise.all([
    withinMs(parts.previewing.readMapped(ref, user.id), readMs, clock),
    parts.provisioningLog.read({ personId: user.id, entraIs: 'source', jobId: job.id }, readMs),
    withinMs(parts.assignments.find(app.id, user.id), readMs, clock),
  ]);
  if (isTooSlow(read)) return troubleReply(turn.words, outOfTime, tryAgain(parts, command));
  if (!read.ok) return unreadMapping(parts, turn, command, app, read.trouble);
  if (read.value === null) return say(turn.words, { kind: 'previewOtherSource', app: app.displayName });
  const canProvision = deny(turn.caller, 'provision.run', { cloudSync: false }) === null;
  const previewed = previewOf({
    ...read.value,
    accountEnabled: user.accountEnabled,
    assigned: assigned.ok ? (assigned.value.kind === 'assigned' ? 'yes' : 'no') : 'unread',
    log,
  });
  const showsValues = canProvision && !readAlong;
  const isShown = showsValues ? parts.isShown : () => false;
  const mapped: MappedPerson & typeof ref = { ...read.value, ...ref };
  const values =
    showsValues && previewed.verdict.kind !== 'accountDisabled'
      ? await parts.previewing.evaluate(mapped, parts.isShown, evaluateMs)
      : [];
  const shown = values.filter(({ found }) => found.kind !== 'notAsked');
  const message = previewCard(turn.words, {
    person: personOf(user),
    app: { id: app.id, name: app.displayName },
    ...previewed,
    ...read.value,
    log,
    assignment: assigned.ok ? assigned.value : { kind: 'unread' },
    account: user.accountEnabled,
    values: shown,
    unshown: values.length - shown.length,
    isShown,
    canProvision,
    elsewhere: readAlong && canProvision ? parts.grammar.format(command) : null,
    entraPortalUrl: parts.entraPortal,
    viewpoint: await viewpointOf(parts, turn.caller, turn.incoming.place.kind === 'personal'),
  });
  return { kind: 'card', inPlace: true, message };
}

/** A refusal is about the schema alone: the job has just been read. */
function unreadMapping(
  parts: CommandParts,
  turn: Turn,
  command: PreviewCommand,
  app: Application,
  trouble: GraphTrouble,
): Reply {
  const isRefused = trouble.kind === 'refused' && [401, 403, 404, 405].includes(trouble.status);
  if (!isRefused || trouble.onBehalf === true) return troubleReply(turn.words, trouble, tryAgain(parts, command));
  const code = trouble.code === '' ? `HTTP ${trouble.status}` : `${trouble.code}, HTTP ${trouble.status}`;
  return say(turn.words, { kind: 'previewNoSchema', app: app.displayName, code });
}

/** The same person and app as for a check. */
async function resolvePreview(look: Lookup, command: PreviewCommand, others: readonly string[]): Promise<Resolved> {
  const resolved = await resolveCheck(look, { ...command, verb: 'check' }, others);
  if (resolved.kind !== 'commands') return resolved;
  const previews = resolved.commands.flatMap((one) =>
    one.verb === 'check' && one.app !== null ? [{ ...one, verb: 'preview' as const, app: one.app }] : [],
  );
  return { ...resolved, commands: previews };
}

declare module '../../../chat/command.ts' {
  interface Commands {
    /** What provisioning this person to this app would do. Only asks. */
    preview: { readonly subject: string; readonly app: string };
  }
}

export const previewCommand = defineCommand({
  verb: 'preview',
  read: readPreview,
  questions: { would: readWould },
  write: writePreview,
  permission: 'check.run',
  inPersonalChat: true,
  chapter: 'check',
  examples: ['preview adele to Salesforce'],
  tryIt: null,
  form: {
    fields: { person: 'required', app: 'required' },
    toCommand: ({ subjects: [subject = ''], app }) => ({ verb: 'preview', subject, app }),
  },
  resolve: resolvePreview,
  run: preview,
});
