import type { CommandOf } from '../../chat/command.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { provisioningPageUrl } from '../../chat/views/entra-link.ts';
import { noticeCard } from '../../chat/views/notice.ts';
import { type SayButton, short } from '../../chat/views/parts.ts';
import { runs } from '../../chat/views/problem.ts';
import { findJob, type JobFound } from './find-job.ts';
import { cycleRuns, whyNot } from './next-step.ts';
import { orderRepair, sayOpen } from './order-repair.ts';
import { say } from './problems.ts';
import { sayRefused } from './refused.ts';
import { readRepair, writeRepair } from './repair-line.ts';
import { openRepairs } from './repair-rows.ts';
import { retryFailed } from './retry-failed.ts';

type RepairCommand = CommandOf<'repair'>;

/**
 * `repair <app>` offers what helps a job in this state, each act by its own name. Named, an act shows its card first:
 * what it will do, to how many, and how long the last cycle took.
 */
async function repair(parts: CommandParts, turn: Turn, command: RepairCommand): Promise<Reply> {
  const found = await findJob(parts, turn, command, 'repair.run');
  if (found.kind === 'reply') return found.reply;
  const { store } = parts;
  const [open] = await openRepairs(store.database, found.app.id);
  if (open !== undefined) return sayOpen(turn, open, store.clock.now());
  const { job } = found;
  const { how, reason } = command;
  if (how === null) return offerActs(parts, turn, found);
  if (how === 'retryFailed') return retryFailed(parts, turn, found);
  const refused = whyNot(how, job);
  if (refused !== null) return sayRefused(parts, turn, refused, found);
  // A cycle that still runs has not counted them yet.
  if (how === 'forgetFailures' && !cycleRuns(job) && job.lastRun?.counts.escrowed === 0)
    return say(turn.words, { kind: 'noFailures', app: found.app.displayName });
  return orderRepair(parts, turn, command, found, { kind: how, reason, held: true });
}

/** What can be done about a job as it is. Where it holds deletions back, nothing that may carry them out unasked. */
function offerActs({ grammar, entraPortal }: CommandParts, { words }: Turn, { app, job }: JobFound): Reply {
  const name = app.displayName;
  const act = (how: NonNullable<RepairCommand['how']>): SayButton =>
    runs(how, grammar.format({ verb: 'repair', app: name, how, reason: null }));
  const failed = job.lastRun?.counts.escrowed ?? 0;
  const isWell = job.state.kind === 'active' || job.state.kind === 'running';
  const buttons = [
    runs('testJob', grammar.format({ verb: 'test', app: name })),
    ...(whyNot('lift', job) === null ? [act('lift')] : []),
    ...(whyNot('start', job) === null
      ? [runs('startJob', grammar.format({ verb: 'start', app: name, reason: null }))]
      : []),
    ...(failed > 0 && isWell ? [act('retryFailed')] : []),
    ...(failed > 0 && whyNot('forgetFailures', job) === null ? [act('forgetFailures')] : []),
    ...(whyNot('startOver', job) === null ? [act('startOver')] : []),
    ...(whyNot('allowDeletions', job) === null ? [act('allowDeletions')] : []),
  ];
  const values = { app: short(name), state: job.state.kind, failed };
  return {
    kind: 'card',
    inPlace: true,
    message: noticeCard(words, {
      tone: isWell ? 'neutral' : 'warning',
      title: words.card('repairOffers.title', values),
      paragraphs: [words.card('repairOffers.state', values), words.card('repairOffers.acts', values)],
      buttons,
      link: provisioningPageUrl(entraPortal, app.id),
      summary: words.sentences([
        words.sentence(words.plain('repairOffers.title', values)),
        words.plain('repairOffers.state', values),
      ]),
    }),
  };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `how`: the act, where the line names one. */
    repair: {
      readonly app: string;
      readonly how: 'lift' | 'retryFailed' | 'forgetFailures' | 'startOver' | 'allowDeletions' | null;
      readonly reason: string | null;
    };
  }
}

export const repairCommand = defineCommand({
  verb: 'repair',
  questions: {
    lift: readRepair('lift'),
    retryFailed: readRepair('retryFailed'),
    forgetFailures: readRepair('forgetFailures'),
    startOver: readRepair('startOver'),
    allowDeletions: readRepair('allowDeletions'),
  },
  read: readRepair(null),
  write: writeRepair,
  permission: 'repair.run',
  freshRoles: 'always',
  appOnly: true,
  ground: 'job',
  chapter: 'repair',
  examples: [
    'repair Salesforce',
    'lift the quarantine of Salesforce',
    'forget the failures of Salesforce',
    'start over Salesforce',
  ],
  tryIt: null,
  incomplete: async (_parts, turn) => say(turn.words, { kind: 'repairWhichApp' }),
  run: repair,
});
