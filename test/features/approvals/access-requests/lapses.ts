import type { LapseReason } from '../../../../src/features/approvals/access-requests/access-request.ts';

/** Whether what lapsed for this reason may be retried; each reason, so that one that comes later cannot be left out. */
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
};

export const lapses = Object.entries(retriedLapses) as [LapseReason, boolean][];
