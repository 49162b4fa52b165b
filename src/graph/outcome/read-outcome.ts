import { assertNever } from '../../assert-never.ts';
import type { IsShown } from '../../masking/attributes.ts';
import { cutOutcome } from '../../masking/cut-outcome.ts';
import type { Outcome, ServiceWarning } from '../outcome.ts';
import { readEntry } from './entry.ts';
import { overAll } from './over-all.ts';
import { readPair } from './pair.ts';
import { judge, unreadable } from './read-status.ts';
import { mergeReports } from './report.ts';

/**
 * What a 2xx body of provisionOnDemand says became of the call. Never throws, and never takes a body that it cannot
 * read for a success: that is `unknown`, with why `unreadable`.
 *
 * It is judged on all that the service says; what is handed out holds the values of shown attributes alone, and texts
 * without secrets and personal data.
 *
 * When `value` lists several objects (a group's members, perhaps: Microsoft does not say), the worst one decides.
 */
export function readOutcome(body: unknown, isShown?: IsShown): Outcome {
  return cutOutcome(readWhole(body), isShown);
}

function readWhole(body: unknown): Outcome {
  const pair = readPair(body);
  if (pair === null) return unreadable;
  const entries = pair.entries.length > 0 ? pair.entries : [readEntry({})];
  const outcomes = entries.map((entry) => judge(pair.announced, entry));
  let worst = outcomes[0] ?? unreadable;
  for (const outcome of outcomes) {
    if (gravity(outcome) > gravity(worst)) worst = outcome;
  }
  if (!('report' in worst)) return worst;
  const reports = outcomes.flatMap((outcome) => ('report' in outcome ? [outcome.report] : []));
  const warnings = outcomes.flatMap((outcome) => ('warning' in outcome ? [outcome.warning] : []));
  const told: Outcome = { ...worst, report: mergeReports(worst.report, reports), ...firstOf(worst, warnings) };
  return pair.damaged === true ? despiteDamage(told) : told;
}

/** One member's warning is not to vanish behind the others' success. */
function firstOf(worst: Outcome, warnings: readonly (ServiceWarning | undefined)[]): { warning?: ServiceWarning } {
  const warning = warnings.find((candidate) => candidate !== undefined);
  return warning !== undefined && isWell(worst) ? { warning } : {};
}

function isWell({ kind }: Outcome): boolean {
  return ['created', 'updated', 'disabled', 'deleted', 'otherChange', 'inSync'].includes(kind);
}

/** A readable failure counts even if the rest is unreadable; a readable success does not, as the rest may contradict it. */
function despiteDamage(told: Outcome): Outcome {
  if (told.kind === 'failed') return told;
  return isWell(told) ? unreadable : overAll('unreadable', told);
}

/** Not knowing about one object outweighs all but a failure: the others' good news must not stand for it. */
function gravity(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'failed':
      return 5;
    case 'unknown':
    case 'refused':
      return 4;
    case 'skipped':
      return 3;
    case 'notInScope':
      return 2;
    case 'created':
    case 'updated':
    case 'disabled':
    case 'deleted':
    case 'otherChange':
      return 1;
    case 'inSync':
      return 0;
    default:
      return assertNever(outcome, 'outcome');
  }
}
