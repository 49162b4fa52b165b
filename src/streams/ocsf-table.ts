import type { AuditEntry, AuditKind } from '../requests/audit-log.ts';

/**
 * Which event of OCSF each kind of entry is. In 1.9.0, which is in the making, 3001 and 3005 give way to User
 * Management (3007): there 1 Create, 2 Update, 3 Delete, 4 Enable, 5 Disable, 14 to 17 for privileges and roles.
 * OCSF has no activity for an approval or a denial, so both are an update of their access request.
 * https://schema.ocsf.io/1.8.0/categories/iam
 */
export const ocsfVersion = '1.8.0';

/** The classes, each with the name of its page. */
export const classes = {
  entity: { uid: 3004, page: 'entity_management' },
  account: { uid: 3001, page: 'account_change' },
  access: { uid: 3005, page: 'user_access' },
} as const;

/** The numbers of a class's own activities; one name never has two captions. */
export const activities = {
  create: { id: 1, caption: 'Create' },
  read: { id: 2, caption: 'Read' },
  update: { id: 3, caption: 'Update' },
  delete: { id: 4, caption: 'Delete' },
  suspend: { id: 12, caption: 'Suspend' },
  resume: { id: 13, caption: 'Resume' },
  createAccount: { id: 1, caption: 'Create' },
  disableAccount: { id: 5, caption: 'Disable' },
  deleteAccount: { id: 6, caption: 'Delete' },
  assign: { id: 1, caption: 'Assign Privileges' },
  revoke: { id: 2, caption: 'Revoke Privileges' },
  other: { id: 99, caption: 'Other' },
} as const;

type Activity = keyof typeof activities;
type AccountActivity = Extract<Activity, `${string}Account`>;
type AccessActivity = 'assign' | 'revoke';

/** `unknown`: what became of it is not known, or not yet. */
type Status = 'success' | 'failure' | 'unknown';
type Details = AuditEntry['details'];

export type Mapped =
  | {
      readonly class: 'entity';
      readonly activity: Exclude<Activity, AccountActivity | AccessActivity>;
      /** OCSF's own types fit none of them. */
      readonly entity: string;
      readonly status?: Status;
    }
  | { readonly class: 'account'; readonly activity: AccountActivity | 'other'; readonly status?: Status }
  | { readonly class: 'access'; readonly activity: AccessActivity; readonly status?: Status };

/** Where the details decide, a function. */
export type Mapping = Mapped | ((details: Details) => Mapped);

const entity = (type: string, activity: Extract<Mapped, { class: 'entity' }>['activity'], status?: Status): Mapped => ({
  class: 'entity',
  activity,
  entity: type,
  ...(status === undefined ? {} : { status }),
});
const access =
  (activity: AccessActivity) =>
  (details: Details): Mapped => ({
    class: 'access',
    activity,
    status: statusOf(details.step),
  });
const [provisioning, asking, place, watch, line, job] = [
  'Provisioning request',
  'Access request',
  'Approval channel',
  'Watch',
  'Command',
  'Synchronization job',
];

export const mappings: Readonly<Record<AuditKind, Mapping>> = {
  asked: entity(provisioning, 'create'),
  confirmed: entity(provisioning, 'update'),
  retried: entity(provisioning, 'update'),
  cancelled: entity(provisioning, 'delete'),
  assignmentOrdered: entity(provisioning, 'update'),
  verificationOrdered: entity(provisioning, 'update'),
  accessEnd: ({ step }) => entity('Access that ends', 'update', statusOf(step)),
  managerTold: entity('Message', 'create'),

  sent: { class: 'account', activity: 'other', status: 'unknown' },
  waitsAgain: { class: 'account', activity: 'other', status: 'unknown' },
  finished: ({ outcome, how }) => ({
    class: 'account',
    activity: accountActivity(outcome === 'removed' ? how : outcome),
    status: statusOf(outcome),
  }),
  assigned: access('assign'),
  unassigned: access('revoke'),

  accessAsked: entity(asking, 'create'),
  accessShown: entity(asking, 'other'),
  accessNotShown: entity(asking, 'other', 'failure'),
  accessApproved: entity(asking, 'update'),
  accessDenied: entity(asking, 'update'),
  accessCancelled: entity(asking, 'delete'),
  accessExpired: entity(asking, 'delete'),
  accessLapsed: entity(asking, 'delete'),
  accessReminded: entity(asking, 'other'),
  accessAssigned: entity(asking, 'update'),
  accessStarted: entity(asking, 'update'),
  accessAwaits: entity(asking, 'update', 'unknown'),
  accessFinished: ({ outcome }) => entity(asking, 'update', statusOf(outcome)),
  accessRetried: entity(asking, 'update'),
  accessRefused: entity(asking, 'other', 'failure'),

  denied: entity(line, 'other', 'failure'),
  turnedAway: entity(line, 'other', 'failure'),
  refusalsCounted: entity(line, 'other', 'failure'),
  blocked: entity(line, 'other', 'failure'),
  repair: ({ repair, step }) => entity(job, jobActivity(repair), statusOf(step)),
  placeAdded: entity(place, 'create'),
  placeRemoved: entity(place, 'delete'),
  watchAdded: entity(watch, 'create'),
  watchRemoved: entity(watch, 'delete'),
  quietHoursSet: entity('Quiet hours', 'update'),
  exported: entity('Audit log', 'read'),
  personForgotten: entity('Person', 'update'),
  usherStarted: entity('Usher', 'other'),
  configurationChanged: entity('Usher', 'update'),
  eventsGivenUp: entity('Event stream', 'other', 'failure'),
};

function accountActivity(outcome: Details[string] | undefined): AccountActivity | 'other' {
  switch (outcome) {
    case 'created':
      return 'createAccount';
    case 'disabled':
      return 'disableAccount';
    case 'deleted':
      return 'deleteAccount';
    default:
      // OCSF has no activity for an update here, and a removal may have found no account.
      return 'other';
  }
}

function jobActivity(repair: Details[string] | undefined): 'read' | 'update' | 'suspend' | 'resume' {
  switch (repair) {
    case 'pause':
      return 'suspend';
    case 'start':
      return 'resume';
    case 'test':
      return 'read';
    default:
      return 'update';
  }
}

/** Outcomes and steps by what they say of the act; the others say nothing yet, or that it is not known. */
function statusOf(said: Details[string] | undefined): Status {
  if (typeof said !== 'string') return 'unknown';
  return ends.success.has(said) ? 'success' : ends.failure.has(said) ? 'failure' : 'unknown';
}

const ends: Readonly<Record<'success' | 'failure', ReadonlySet<string>>> = {
  success: new Set([
    ...['created', 'updated', 'disabled', 'deleted', 'otherChange', 'inSync', 'removed'],
    ...['made', 'found', 'verified', 'endedEarly', 'extended', 'givenForGood'],
    ...['done', 'paused', 'started', 'startedEarly', 'startedAlready', 'passed'],
  ]),
  failure: new Set([
    ...['failed', 'refused', 'skipped', 'notInScope', 'notRemoved'],
    ...['overdue', 'neverGiven', 'rejected', 'notConfirmed', 'stillRunning', 'quarantined', 'unsent'],
  ]),
};
