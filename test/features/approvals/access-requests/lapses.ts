import type { LapseReason } from '../../../../src/features/approvals/access-requests/access-request.ts';

/**
 * Whether a request that lapsed for this reason may be retried; each reason, so that the compiler asks for a later one.
 */
export const retriedLapses: Readonly<Record<LapseReason, boolean>> = {
  askerMayNot: false,
  askerGone: false,
  deciderMayNot: false,
  subjectGone: false,
  appGone: false,
  appNotSetUp: false,
  appDisabled: false,
  jobRan: true,
  quarantined: true,
  notAssigned: true,
  assignmentRefused: true,
  microsoftApp: false,
  graphAway: true,
  appsFile: true,
  endPassed: false,
  notAll: false,
};

export const lapses = Object.entries(retriedLapses) as [LapseReason, boolean][];
