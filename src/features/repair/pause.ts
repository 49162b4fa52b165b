import type { CommandOf } from '../../chat/command.ts';
import { readEndDate } from '../../chat/dates/end-date.ts';
import type { Messages } from '../../chat/messages.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { lengthOf } from '../../chat/views/length-words.ts';
import type { SayButton } from '../../chat/views/parts.ts';
import { findJob } from './find-job.ts';
import { whyNot } from './next-step.ts';
import { orderRepair, sayOpen } from './order-repair.ts';
import { say } from './problems.ts';
import { sayRefused } from './refused.ts';
import { longestPauseMs, shortestPauseMs } from './repair.ts';
import { readPause, writePause } from './repair-line.ts';
import { openRepairs } from './repair-rows.ts';

type PauseCommand = CommandOf<'pause'>;

/**
 * `pause <app> for 30 minutes because …`: stops the job's later cycles, and starts it again at the end, which every pause
 * has. It can be taken back by `start`, so it goes without a card first.
 */
async function pause(parts: CommandParts, turn: Turn, command: PauseCommand): Promise<Reply> {
  const { words } = turn;
  const found = await findJob(parts, turn, command, 'repair.run');
  if (found.kind === 'reply') return found.reply;
  const app = found.app.displayName;
  const now = parts.store.clock.now();
  const [open] = await openRepairs(parts.store.database, found.app.id);
  if (open !== undefined) return sayOpen(turn, open, now);
  const refused = whyNot('pause', found.job);
  if (refused !== null) return sayRefused(parts, turn, refused, found);
  if (command.end === null) return say(words, { kind: 'pauseHowLong', app }, lengths(words, parts, command));
  const end = readEndDate(command.end, turn.incoming.reader, now);
  if (end.kind === 'past' || end.kind === 'beforeStart')
    return say(words, { kind: 'pausePast', app, typed: command.end }, lengths(words, parts, command));
  if (end.kind === 'unreadable')
    return say(words, { kind: 'pauseUnclear', app, typed: command.end }, lengths(words, parts, command));
  const lastsMs = end.kind === 'endless' ? Number.POSITIVE_INFINITY : end.endsAt - now;
  if (end.kind === 'endless' || lastsMs > longestPauseMs)
    return say(
      words,
      { kind: 'pauseTooLong', app, limit: lengthOf(words, longestPauseMs) },
      lengths(words, parts, command),
    );
  if (lastsMs < shortestPauseMs)
    return say(
      words,
      { kind: 'pauseTooShort', app, limit: lengthOf(words, shortestPauseMs) },
      lengths(words, parts, command),
    );
  const order = { kind: 'pause', reason: command.reason, pauseUntil: end.endsAt, held: false } as const;
  return orderRepair(parts, turn, command, found, order);
}

/** In the line as English reads it; the button names it in the reader's words. */
const OFFERED = [
  { end: '30 minutes', unit: 'minute', count: 30 },
  { end: '2 hours', unit: 'hour', count: 2 },
  { end: '8 hours', unit: 'hour', count: 8 },
] as const;

function lengths(words: Messages, { grammar }: CommandParts, command: PauseCommand): readonly SayButton[] {
  return OFFERED.map(({ end, unit, count }) => ({
    label: 'line',
    named: words.plain('end.length', { unit, count }),
    verb: 'choose',
    text: grammar.format({ ...command, end }),
  }));
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `end` as typed; null where the line names none. */
    pause: { readonly app: string; readonly end: string | null; readonly reason: string | null };
  }
}

export const pauseCommand = defineCommand({
  verb: 'pause',
  read: readPause,
  write: writePause,
  permission: 'repair.run',
  freshRoles: 'always',
  appOnly: true,
  ground: 'job',
  chapter: 'repair',
  examples: ['pause Salesforce for 30 minutes because of maintenance'],
  tryIt: null,
  incomplete: async (_parts, turn) => say(turn.words, { kind: 'repairWhichApp' }),
  run: pause,
});
