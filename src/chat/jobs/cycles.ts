import type { Application } from '../../graph/applications.ts';
import { holdsDeletionsBack, type JobState } from '../../graph/synchronization.ts';
import type { Messages } from '../messages.ts';
import type { CommandParts } from '../registry/define-command.ts';
import { lengthOf } from '../views/length-words.ts';
import { short } from '../views/parts.ts';

/**
 * What an app's regular cycles do, for a person whom no on-demand call reaches: one who is disabled or deleted in Entra.
 * `never`: no cycle is scheduled, or at an interval that means "never".
 */
export interface Cycle {
  readonly app: string;
  readonly kind: 'runs' | 'never' | 'quarantined' | 'deletionsHeld' | 'notSetUp' | 'unread';
  /** Null where the job does not tell. */
  readonly everyMs: number | null;
  readonly nextRun: number | null;
}

/** By two reads that are cached together. */
export async function readCycle(
  { synchronization }: Pick<CommandParts, 'synchronization'>,
  { id, displayName: app }: Application,
): Promise<Cycle> {
  const [found, status] = await Promise.all([synchronization.findJob(id), synchronization.findStatus(id)]);
  if (!found.ok) return { app, kind: 'unread', everyMs: null, nextRun: null };
  if (found.value.kind === 'none') return { app, kind: 'notSetUp', everyMs: null, nextRun: null };
  const { state, cycleMs } = found.value.job;
  const nextRun = status.ok && status.value.kind === 'one' ? status.value.status.nextRun : null;
  return { app, kind: kindOf(state, cycleMs), everyMs: cycleMs ?? null, nextRun };
}

function kindOf(state: JobState, cycleMs: number | null | undefined): Cycle['kind'] {
  if (holdsDeletionsBack(state)) return 'deletionsHeld';
  if (state.kind === 'quarantined') return 'quarantined';
  if (state.kind === 'notConfigured') return 'notSetUp';
  return cycleMs === null ? 'never' : 'runs';
}

/** The app in a list: "Salesforce (every 40 min, next at 14:05)". */
export const cycleInList = (words: Messages, cycle: Cycle, now: number): string =>
  words.card('cycle.inList', valuesOf(words, cycle, now));

/** What happens to the account of a single app, and what to do where nothing does. */
export const cycleSentence = (words: Messages, cycle: Cycle, now: number): string =>
  words.card('cycle.sentence', valuesOf(words, cycle, now));

function valuesOf(words: Messages, { app, kind, everyMs, nextRun }: Cycle, now: number) {
  return {
    app: short(app, 60),
    kind,
    every: everyMs === null ? 'unknown' : lengthOf(words, everyMs),
    next: nextRun === null ? 'unknown' : words.moment(nextRun, now),
    due: nextRun !== null && nextRun <= now ? 'yes' : 'no',
  };
}
