import { findTicket } from '../../chat/ask-ticket.ts';
import type { CommandOf } from '../../chat/command.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { toSubject } from '../../chat/names/people.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { requestOf, sayPauseFirst, taskOn } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { readProvisionGroup } from '../provisioning/group-line.ts';
import { endOfLine, endTermsOf } from '../provisioning/line-ends.ts';
import { readProvisionList } from '../provisioning/list-line.ts';
import { readProvision, writeProvision } from '../provisioning/provision-line.ts';
import { isOfEntra } from '../provisioning/targets.ts';
import { findJob } from './find-job.ts';
import { whyNot } from './next-step.ts';
import { orderRepair, sayOpen } from './order-repair.ts';
import { say } from './problems.ts';
import { sayRefused } from './refused.ts';
import { openRepairs } from './repair-rows.ts';

type PausedCommand = CommandOf<'provisionPaused'>;

/**
 * `pause and provision <person> to <app>`: for a connector that provisions on demand only while its job is stopped. The
 * request is stored with its task held; the pause lets it go, and starts the job again whatever happens.
 */
async function provisionPaused(parts: CommandParts, turn: Turn, command: PausedCommand): Promise<Reply> {
  const { words } = turn;
  const found = await findJob(parts, turn, command, 'repair.run');
  if (found.kind === 'reply') return found.reply;
  const { app, job } = found;
  const [open] = await openRepairs(parts.store.database, app.id);
  if (open !== undefined) return sayOpen(turn, open, parts.store.clock.now());
  const { subject, app: typed } = command;
  if (!job.mustStopFirst) return runCommand(parts, turn, { verb: 'provision', subject, app: typed });
  const refused = whyNot('aroundProvisioning', job);
  if (refused !== null) return sayRefused(parts, turn, refused, found);
  const rule = await parts.synchronization.findRule(app.id, job.id, 'User');
  if (!rule.ok) return troubleReply(words, rule.trouble);
  if (rule.value === null || !isOfEntra(rule.value))
    return say(words, { kind: 'appTakesNoUsers', app: app.displayName });
  // The line has no room for a number: the one that provisions during a pause does.
  if (findTicket(parts, turn, [app], { ticket: undefined, command: null }).kind === 'missing')
    return sayPauseFirst(parts, turn, app);
  const person = await findPerson(parts, turn, command, null);
  if (person.kind === 'reply') return person.reply;
  const task = taskOn({ app, job, rule: rule.value }, toSubject(person.user, rule.value.objectTypeName));
  const ends = endOfLine(parts, turn, undefined, endTermsOf([app], []));
  const asked = requestOf(turn);
  return orderRepair(parts, turn, command, found, {
    kind: 'aroundProvisioning',
    reason: null,
    held: true,
    request: {
      ...asked,
      source: `${asked.source}|paused`,
      lane: 'interactive',
      held: true,
      leftOut: [],
      tasks: [ends === undefined ? task : { ...task, ends }],
    },
  });
}

/**
 * One person and one app. A list or a group is provisioned as usual, which tells to pause the job first where that is
 * needed; and so is a line with an end or a ticket.
 */
function read(words: readonly Word[]): Reading | null {
  const [first, ...rest] = words;
  if (['group', 'groups'].includes(fold(first))) return readProvisionGroup(rest);
  if (['users', 'people'].includes(fold(first))) return readProvisionList(rest);
  const reading = readProvision(words);
  if (reading.kind === 'incomplete') return { ...reading, verb: 'provisionPaused' };
  const { command } = reading;
  if (command.verb === 'provisionList' || command.verb === 'provisionGroup') return reading;
  if (command.verb !== 'provision') return null;
  if (command.term !== undefined || command.ticket !== undefined) return reading;
  return { kind: reading.kind, command: { verb: 'provisionPaused', subject: command.subject, app: command.app } };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Provisions while the app's job is paused. */
    provisionPaused: { readonly subject: string; readonly app: string };
  }
}

export const provisionPausedCommand = defineCommand({
  verb: 'provisionPaused',
  read,
  write: ({ subject, app }) =>
    writeProvision({ verb: 'provision', subject, app }).replace(/^provision user/, 'pause and provision'),
  permission: 'repair.run',
  freshRoles: 'always',
  appOnly: true,
  ground: 'job',
  chapter: 'repair',
  examples: ['pause and provision adele@contoso.com to Slack'],
  tryIt: null,
  run: provisionPaused,
});
