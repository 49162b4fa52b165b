import { assertNever } from '../../assert-never.ts';
import { emptyReport, type NotRemoved, type Outcome } from '../outcome.ts';
import { lastTold } from './over-all.ts';
import { judgeRemoval } from './removal-verdict.ts';

/**
 * What the call after an unassignment came to, as a removal; null where provisioning does not see yet that the person is
 * unassigned. A call that failed, was refused or was not answered stays what it is.
 *
 * @param left the groups through which the person is still assigned, and whether by an assignment of their own as well
 */
export function removalOutcome(
  outcome: Outcome,
  { through, others = false }: { readonly through: readonly string[]; readonly others?: boolean },
): Outcome | null {
  const verdict = judgeRemoval(outcome, through.length > 0 || others ? 'some' : 'none');
  const told = lastTold(outcome);
  const report = 'report' in told ? told.report : emptyReport;
  const notRemoved = (why: NotRemoved): Outcome => ({ kind: 'notRemoved', why, report });
  switch (verdict.kind) {
    case 'verified':
      return { kind: 'removed', how: verdict.how, report };
    case 'notRemoved':
    case 'cannotBeVerified':
      return notRemoved(verdict.why);
    case 'notYet':
      return null;
    case 'unknown':
      return 'report' in told && told.kind !== 'failed' ? notRemoved('unproven') : outcome;
    default:
      return assertNever(verdict, 'verdict');
  }
}

/** The same where no further call is made for it. */
export function lastRemovalOutcome(outcome: Outcome): Outcome {
  const told = lastTold(outcome);
  return { kind: 'notRemoved', why: 'unseen', report: 'report' in told ? told.report : emptyReport };
}

/** Whether the removal that ended so has left an assignment that people can take away. */
export function leavesAssignment(outcome: Outcome): boolean {
  const told = lastTold(outcome);
  if (told.kind === 'notRemoved') return told.why === 'stillEntitled';
  if (told.kind !== 'refused' || told.code === 'microsoftApp') return false;
  return told.cause === 'stillAssigned' || told.cause === 'unassignRefused';
}
