import type { Access, PersonKey } from '../../../access/access.ts';
import { mayAskFor } from '../../../access/asking.ts';
import { basisOf, deciderBasis } from '../../../access/basis.ts';
import { mayDecide } from '../../../access/deciding.ts';
import { stillMay } from '../../../access/still-may.ts';
import { endAfter } from '../../../access-ends.ts';
import { roleAssignedBy } from '../../../apps-file.ts';
import { assertNever } from '../../../assert-never.ts';
import type { Application, Applications } from '../../../graph/applications.ts';
import type { Directory } from '../../../graph/directory.ts';
import type { Job, Synchronization } from '../../../graph/synchronization.ts';
import { isGuest } from '../../../graph/user.ts';
import { accessSource, type NewRequest, type NewTask } from '../../../requests/store.ts';
import type { AccessRequest, LapseReason, StartBasis } from './access-request.ts';
import type { StartVerdict } from './approval-scheduler.ts';
import { asAskedFor } from './asked-app.ts';
import { type AwaitingParts, lookForAssignment } from './awaiting.ts';

/**
 * What happens when an approved access request is due. Days may have passed since the decision, so everything is read
 * from Graph again: the requester's role, whose report the person is, the person, the app, its job, and whether the
 * approver may still decide on it. Where the app's entry in `APPS_FILE` says so, the task has the app role assigned
 * before its call. A request that waits for an assignment is first checked in Entra, and goes no further while the
 * assignment is missing. The scheduler stores the provisioning request.
 */
export interface StartParts extends AwaitingParts {
  readonly access: Access;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly synchronization: Synchronization;
  readonly requestFor: 'reports' | 'anyone';
}

const askAgainMs = 60_000;
const quarantineMs = 15 * 60_000;

export async function prepareStart(parts: StartParts, accessRequest: AccessRequest): Promise<StartVerdict> {
  const unassigned = accessRequest.heldUp === 'assignment' ? await lookForAssignment(parts, accessRequest) : null;
  if (unassigned !== null) return unassigned;
  const requester = await checkRequester(parts, accessRequest);
  if (requester !== null) return requester;
  const { subject } = accessRequest;
  const user = await parts.directory.getUser(subject.id);
  if (!user.ok) return later;
  if (user.value === null) return lapsed('subjectGone');

  const target = await findTarget(parts, accessRequest);
  if (target.kind !== 'target') return target;
  const decider = await checkDecider(parts, accessRequest, target.app);
  if (decider !== null) return decider;
  const ends = endOf(accessRequest, parts.store.clock.now());
  if (ends === 'passed') return lapsed('endPassed');
  const { app, job, rule } = target;
  const request: NewRequest = {
    source: accessSource + accessRequest.id,
    requestedBy: accessRequest.requestedBy,
    reader: accessRequest.reader,
    conversation: accessRequest.conversation,
    // Those of a joint request take turns with other people's, as the calls of a list do.
    ...(accessRequest.joint == null ? { lane: 'interactive' } : { lane: 'bulk', behind: accessRequest.joint.position }),
    leftOut: [],
    ticket: accessRequest.ticket ?? null,
    held: false,
    tasks: [
      {
        subject: {
          id: user.value.id,
          type: rule.objectTypeName,
          name: user.value.displayName,
          label: user.value.userPrincipalName,
          guest: isGuest(user.value),
        },
        members: [],
        app: { id: app.id, name: app.displayName },
        jobId: job.id,
        ruleId: rule.id,
        ...(ends === null ? {} : { ends }),
        ...assignmentOf(accessRequest, app),
      },
    ],
  };
  return { kind: 'ready', request, ...(await basisOfStart(parts, accessRequest, app)) };
}

/** On what basis it starts, as the checks have just read it. */
async function basisOfStart(
  { access }: StartParts,
  { requestedBy, state }: AccessRequest,
  { approvers }: Application,
): Promise<{ readonly basis?: StartBasis }> {
  const deciderId = state.kind === 'approved' ? state.decision.by.id : '';
  const read = (id: string) => access.identify({ id, tenantId: '' });
  const [requester, decider] = await Promise.all([read(requestedBy.id), read(deciderId)]);
  if (requester.kind !== 'caller' || decider.kind !== 'caller') return {};
  const basis = {
    requester: basisOf(requester.caller, 'access.request'),
    decider: deciderBasis(decider.caller, [approvers]),
  };
  return { basis };
}

const lapsed = (why: LapseReason): StartVerdict => ({ kind: 'lapsed', why });
const later: StartVerdict = { kind: 'later', heldUp: 'graphAway', delayMs: askAgainMs };

/** Null when the requester still may ask for this person. */
async function checkRequester(
  parts: StartParts,
  { requestedBy, subject }: AccessRequest,
): Promise<StartVerdict | null> {
  // The tenant only separates callers of several tenants in the cache, which is bypassed here.
  const who = await parts.access.identify({ id: requestedBy.id, tenantId: '' }, { fresh: true });
  switch (who.kind) {
    case 'trouble':
      return later;
    case 'denied':
      return lapsed('askerGone');
    case 'caller': {
      const may = await mayAskFor(parts, who.caller, subject.id);
      if (!may.ok) return later;
      return may.value === 'may' ? null : lapsed('askerMayNot');
    }
    default:
      return assertNever(who, 'identification');
  }
}

/** Null when the approver may still decide on this app. */
async function checkDecider(
  { access }: StartParts,
  { state }: AccessRequest,
  { approvers }: Application,
): Promise<StartVerdict | null> {
  if (state.kind !== 'approved') return { kind: 'overtaken' };
  const identify = (person: PersonKey) => access.identify(person, { fresh: true });
  const may = await stillMay({ identify }, state.decision.by.id, (caller) => mayDecide(caller, approvers));
  switch (may) {
    case 'may':
      return null;
    case 'mayNot':
      return lapsed('deciderMayNot');
    case 'unread':
    case 'unknown':
      return later;
    default:
      return assertNever(may, 'standing');
  }
}

async function findTarget({ applications, synchronization }: StartParts, accessRequest: AccessRequest) {
  const wanted = accessRequest.app;
  const found = await applications.find(wanted.id);
  if (!found.ok) return later;
  if (found.value.kind !== 'one') return lapsed('appGone');
  const app = asAskedFor(found.value.app, accessRequest);
  if (app.unsettled === true) return { kind: 'later', heldUp: 'appsFile', delayMs: quarantineMs } as const;
  const [setUp, enabled] = await Promise.all([synchronization.findJob(app.id, 'User'), applications.isEnabled(app.id)]);
  if (!setUp.ok || !enabled.ok) return later;
  if (enabled.value === false) return lapsed('appDisabled');
  if (setUp.value.kind === 'none') return lapsed('appNotSetUp');
  const { job } = setUp.value;
  const obstacle = obstacleOf(job);
  if (obstacle !== null) return obstacle;
  const rule = await synchronization.findRule(app.id, job.id, 'User');
  if (!rule.ok) return later;
  if (rule.value?.source !== 'entra') return lapsed('appNotSetUp');
  return { kind: 'target', app, job, rule: rule.value } as const;
}

function obstacleOf({ state, mustStopFirst }: Job): StartVerdict | null {
  switch (state.kind) {
    case 'active':
    case 'running':
    case 'other':
    // No cycle is scheduled, but on-demand calls work all the same.
    case 'paused':
    case 'pausedByService':
    case 'neverRun':
      return mustStopFirst ? { kind: 'later', heldUp: 'jobRuns', delayMs: quarantineMs } : null;
    case 'notConfigured':
      return lapsed('appNotSetUp');
    case 'quarantined':
    case 'deletionsHeldBack':
    case 'switchedOff':
      return { kind: 'later', heldUp: 'quarantine', delayMs: quarantineMs };
    default:
      return assertNever(state, 'job state');
  }
}

/** A length counts from the start, which is now. */
function endOf({ ends = null, reader }: AccessRequest, now: number): NonNullable<NewTask['ends']> | 'passed' | null {
  if (ends === null) return null;
  const { endsAt, hasTime } =
    ends.length === null ? ends : endAfter(ends.length, { startsAt: now, timeZone: reader.timeZone });
  return endsAt <= now ? 'passed' : { endsAt, isTimed: hasTime };
}

/** An earlier version assigned before the start: its step goes on as the task's. */
function assignmentOf(
  { assigning }: AccessRequest,
  app: Application,
): Pick<NewTask, 'assignRole' | 'assigning' | 'awaitsAssignment'> {
  const role = roleAssignedBy('approval', app);
  const awaitsAssignment = assigning === 'made';
  if (role === null) return { awaitsAssignment };
  return { awaitsAssignment, assignRole: role, assigning: assigning === 'refused' ? null : assigning };
}
