import type { CommandOf } from '../../chat/command.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { runCommand } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { findJob } from './find-job.ts';
import { whyNot } from './next-step.ts';
import { orderRepair, sayOpen } from './order-repair.ts';
import { say } from './problems.ts';
import { sayRefused } from './refused.ts';
import { readStart, writeStart } from './repair-line.ts';
import { endPause, openRepairs } from './repair-rows.ts';

type StartCommand = CommandOf<'start'>;

/**
 * `start <app>`: ends a pause. On a job in quarantine it lifts that, and on one that has never run it begins the first
 * cycle over all people, so there it is the repair of that name, with its card.
 */
async function start(parts: CommandParts, turn: Turn, command: StartCommand): Promise<Reply> {
  const found = await findJob(parts, turn, command, 'repair.run');
  if (found.kind === 'reply') return found.reply;
  const { store } = parts;
  const [open] = await openRepairs(store.database, found.app.id);
  if (open !== undefined) {
    if (open.kind !== 'pause' || !(await endPause(store, open.id, turn.caller.id)))
      return sayOpen(turn, open, store.clock.now());
    parts.publish('repairs', null);
    // A typed line may be far from the card.
    return turn.incoming.what.kind === 'action'
      ? { kind: 'live', liveId: open.id }
      : say(turn.words, { kind: 'jobStarts', app: found.app.displayName });
  }
  const refused = whyNot('start', found.job);
  const { app, reason } = command;
  switch (refused) {
    case 'needsLift':
      return runCommand(parts, turn, { verb: 'repair', app, how: 'lift', reason });
    case 'needsStartOver':
      return runCommand(parts, turn, { verb: 'repair', app, how: 'startOver', reason });
    case null:
      return orderRepair(parts, turn, command, found, { kind: 'start', reason, held: false });
    default:
      return sayRefused(parts, turn, refused, found);
  }
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Starts a paused job. */
    start: { readonly app: string; readonly reason: string | null };
  }
}

export const startCommand = defineCommand({
  verb: 'start',
  read: readStart,
  write: writeStart,
  permission: 'repair.run',
  freshRoles: 'always',
  appOnly: true,
  ground: 'job',
  chapter: 'repair',
  examples: ['start Salesforce'],
  tryIt: null,
  incomplete: async (_parts, turn) => say(turn.words, { kind: 'repairWhichApp' }),
  run: start,
});
