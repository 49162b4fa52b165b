import type { IsShown } from '../../masking/attributes.ts';
import { cutOutcome } from '../../masking/cut-outcome.ts';
import type { Outcome, ServiceWarning } from '../outcome.ts';
import { readEntry } from './entry.ts';
import { overAll } from './over-all.ts';
import { readPair } from './pair.ts';
import { judge, unreadable } from './read-status.ts';
import { mergeReports } from './report.ts';
import { gravities, isWorthRetrying } from './worth-retrying.ts';

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
  const [worst = unreadable] = outcomes.toSorted((one, other) => gravities[other.kind] - gravities[one.kind]);
  if (!('report' in worst)) return worst;
  const reports = outcomes.flatMap((outcome) => ('report' in outcome ? [outcome.report] : []));
  const warnings = outcomes.flatMap((outcome) => ('warning' in outcome ? [outcome.warning] : []));
  const told: Outcome = { ...worst, report: mergeReports(worst.report, reports), ...firstOf(worst, warnings) };
  return pair.damaged === true ? despiteDamage(told) : told;
}

/** One member's warning is not to vanish behind the others' success. */
function firstOf(worst: Outcome, warnings: readonly (ServiceWarning | undefined)[]): { warning?: ServiceWarning } {
  const warning = warnings.find((candidate) => candidate !== undefined);
  return warning !== undefined && !isWorthRetrying(worst) ? { warning } : {};
}

/** A readable failure counts even if the rest is unreadable; a readable success does not, as the rest may contradict it. */
function despiteDamage(told: Outcome): Outcome {
  if (told.kind === 'failed') return told;
  return isWorthRetrying(told) ? overAll('unreadable', told) : unreadable;
}
