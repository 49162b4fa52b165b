import type { CardMessage } from '../../../../src/chat/reply.ts';
import type {
  AccessRequest,
  AccessState,
  FinishedAs,
  LapseReason,
} from '../../../../src/features/approvals/access-requests/access-request.ts';
import { type AccessCardInput, accessCard } from '../../../../src/features/approvals/cards/access-card.ts';
import type { AccountFacts } from '../../../../src/features/approvals/cards/account-facts.ts';
import type { DecisionFacts } from '../../../../src/features/approvals/cards/decision-facts.ts';
import { jointCard } from '../../../../src/features/approvals/cards/joint-card.ts';
import type { JointLine } from '../../../../src/features/approvals/cards/joint-words.ts';
import { pendingList } from '../../../../src/features/approvals/cards/pending-list.ts';
import type { AccessProblem } from '../../../../src/features/approvals/problems.ts';
import { problem } from '../../../../src/features/approvals/problems.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import type { AssignmentStep, Task, TaskState } from '../../../../src/requests/request.ts';
import { doneWith, drawnFor, drawnWords, NOW, outcomesSaying, requestIn } from '../../../chat/views/drawings.ts';
import { jobIn, quarantined } from '../../checks/cards/check-drawings.ts';
import { removalIn } from '../../leaving/cards/removal-drawings.ts';
import { lapses } from '../access-requests/lapses.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Tuesday, December 1, 2026, 00:00 in Berlin. */
export const DECEMBER = Date.UTC(2026, 10, 30, 23, 0, 0);

/** What Megan asks for Isaiah; every text in it being `text` where one is given. */
export function accessIn(state: AccessState, more: Partial<AccessRequest> & { text?: string } = {}): AccessRequest {
  const { text, ...rest } = more;
  return {
    id: 'K3M7QA',
    requestedBy: { id: 'megan', name: text ?? 'Megan Bowen' },
    subject: { id: 'isaiah', name: text ?? 'Isaiah Langer', label: text ?? 'isaiah@contoso.com' },
    app: { id: '5eed0000-0000-4000-8000-0000000000a1', name: text ?? 'Salesforce' },
    reason: text ?? 'He joins Sales',
    startsAt: null,
    askedAs: 'request',
    reader: drawnFor(),
    conversation: 'conversation',
    createdAt: NOW - 60_000,
    expiresAt: NOW + 7 * DAY,
    remindedAt: null,
    routed: true,
    heldUp: null,
    heldUpSince: null,
    awaiting: null,
    requestId: 'requestId' in state ? state.requestId : null,
    assigning: null,
    revision: 1,
    state,
    ...rest,
  };
}

export const decisionOf = (text?: string, reason: string | null = null) => ({
  by: { id: 'patti', name: text ?? 'Patti Fernandez' },
  at: NOW - 30_000,
  reason,
});

export const pending: AccessState = { kind: 'pending' };
export const approved = (text?: string): AccessState => ({ kind: 'approved', decision: decisionOf(text) });
export const denied = (reason: string | null, text?: string): AccessState => {
  return { kind: 'denied', decision: decisionOf(text, reason) };
};
export const cancelledBy = (id: string, name: string): AccessState => ({
  kind: 'cancelled',
  at: NOW,
  by: { id, name },
});
export const lapsed = (why: LapseReason, text?: string): AccessState => {
  return { kind: 'lapsed', decision: decisionOf(text), at: NOW, why };
};
export const started = (text?: string): AccessState => {
  return { kind: 'started', decision: decisionOf(text), requestId: 'R7K3MQ', calledOffBy: null };
};
export const finished = (outcome: FinishedAs, text?: string): AccessState => {
  return {
    kind: 'finished',
    decision: decisionOf(text),
    requestId: 'R7K3MQ',
    calledOffBy: null,
    at: NOW,
    outcome,
  };
};

/** All but the one whose card has a title of its own. */
export const lapseReasons: readonly LapseReason[] = lapses.map(([why]) => why).filter((why) => why !== 'notAssigned');

/** A task whose app role assignment has come this far. */
export const assigns = (step: AssignmentStep, appRole = 'User') => ({
  assignment: { kind: 'assign', appRole, step } as const,
});

/** The provisioning request of an access request, its only task being in this state. */
export function progressIn(
  state: TaskState,
  more: { text?: string; attempts?: number; position?: number; task?: Partial<Task> } = {},
): NonNullable<AccessCardInput['progress']> {
  const { text, attempts, position, task } = more;
  const request = requestIn(state, {
    ...(text === undefined ? {} : { text }),
    ...(attempts === undefined ? {} : { attempts }),
  });
  return {
    request: { ...request, tasks: request.tasks.map((each) => ({ ...each, ...task })) },
    forecast: position === undefined ? null : { position, startsAt: NOW + 5_000 },
  };
}

export const goodFacts: AccountFacts = {
  account: { kind: 'enabled' },
  assignment: { kind: 'assigned', through: null },
  assigns: false,
  roleName: null,
  waitHours: 24,
};

export const goodAbout: DecisionFacts = {
  jobTitle: 'Account Executive',
  department: 'Sales',
  manager: { kind: 'person', id: 'megan', name: 'Megan Bowen' },
  job: jobIn('healthy'),
  last: null,
  why: { kind: 'group', group: 'Approvers' },
};

/** Everything that an approver may be told, every text in it being `text`. */
const aboutSaying = (text: string): DecisionFacts => ({
  jobTitle: text,
  department: text,
  manager: { kind: 'person', id: text, name: text },
  job: quarantined(text),
  last: { outcome: 'otherChange', at: NOW - 9 * DAY },
  why: { kind: 'group', group: text },
});

export function drawAccess(accessRequest: AccessRequest, more: Partial<AccessCardInput> = {}): CardMessage {
  return accessCard(drawnWords(), {
    accessRequest,
    audience: 'approvers',
    facts: null,
    progress: null,
    now: NOW,
    entraPortalUrl: 'https://entra.microsoft.com',
    canCancel: true,
    ...more,
  });
}

const lease = { owner: 'one', until: NOW };

/** A request that was tried and waits for the assignment. */
export const awaiting = { requestId: 'R7K3MQ', awaiting: { since: NOW, until: NOW + DAY } } as const;

/** Each state of an access request, with what its card needs besides. */
export function everyAccessInput(
  text: string,
): Pick<AccessCardInput, 'accessRequest' | 'facts' | 'about' | 'progress' | 'mayBeDone'>[] {
  const about = aboutSaying(text);
  const facts = { account: { kind: 'disabled' }, assigns: false, roleName: text, waitHours: 24 } as const;
  const role = { ...facts, account: { kind: 'unread' }, assigns: true } as const;
  const run = (state: TaskState, more: { attempts?: number; position?: number; task?: Partial<Task> } = {}) => {
    return {
      accessRequest: accessIn(started(text), { text }),
      facts: null,
      progress: progressIn(state, { text, task: assigns('made', text), ...more }),
    };
  };
  const plain = (state: AccessState, more: Partial<AccessRequest> = {}) => {
    return { accessRequest: accessIn(state, { text, ...more }), facts: null, progress: null };
  };
  const ends = (outcome: Outcome) => ({
    ...plain(finished(outcome.kind, text)),
    progress: progressIn(doneWith(outcome, text), { text, task: assigns('made', text) }),
  });
  const waiting = (waitReason: Extract<TaskState, { kind: 'waiting' }>['waitReason'], dueAt = NOW): TaskState => {
    return { kind: 'waiting', dueAt, waitReason };
  };
  return [
    plain(pending, { reason: null, routed: false, askedAs: 'provision' }),
    { ...plain(pending, { startsAt: DECEMBER }), facts: { ...facts, assignment: { kind: 'missing' } } },
    { ...plain(pending, { startsAt: NOW - DAY }), facts: { ...role, assignment: { kind: 'unread' } } },
    { ...plain(pending), facts: { ...role, assignment: { kind: 'missing' } }, about },
    ...(['none', 'appDisabled', 'unread'] as const).map((job) => {
      const untold = { jobTitle: null, department: null, manager: { kind: 'none' }, last: null } as const;
      return { ...plain(pending), about: { ...about, ...untold, job, why: { kind: 'own' } } as const };
    }),
    { ...plain(pending), about: { ...about, manager: { kind: 'unread' }, why: { kind: 'place' } } },
    { ...plain(pending), about: { ...about, why: null } },
    { ...plain(pending), facts: { ...facts, assignment: { kind: 'assigned', through: text } } },
    { ...plain(pending), facts: { ...facts, account: { kind: 'gone' }, assignment: { kind: 'missing' } } },
    plain(approved(text)),
    plain(approved(text), { startsAt: DECEMBER }),
    plain(approved(text), { heldUp: 'quarantine' }),
    plain(approved(text), { heldUp: 'graphAway' }),
    ...(['assignment', 'replication', 'entitlement'] as const).map((heldUp) =>
      plain(approved(text), { heldUp, ...awaiting }),
    ),
    plain(lapsed('notAssigned', text), awaiting),
    { ...plain(lapsed('notAssigned', text), awaiting), mayBeDone: true },
    { ...plain(approved(text), { heldUp: 'assignment', ...awaiting }), mayBeDone: true },
    { ...plain(cancelledBy('alex', text), awaiting), mayBeDone: true },
    plain(denied(null, text)),
    plain(denied(text, text)),
    plain({ kind: 'expired', at: NOW }),
    plain(cancelledBy('megan', text)),
    plain(cancelledBy('alex', text)),
    plain(cancelledBy('alex', text), { assigning: 'begun' }),
    plain(cancelledBy('megan', text), { assigning: 'made' }),
    plain(lapsed('askerMayNot', text), { assigning: 'unanswered' }),
    ...lapseReasons.map((why) => plain(lapsed(why, text))),
    plain(started(text)),
    run(waiting(null), { position: 3 }),
    run(waiting('assignmentUnseen', NOW + 60_000)),
    run(waiting('serviceUnavailable')),
    run({ kind: 'held' }),
    run({ kind: 'running', startedAt: NOW, lease }, { attempts: 2 }),
    run(waiting(null), { task: assigns('wanted', text) }),
    run(waiting(null, NOW + 60_000), { task: assigns('unanswered', text) }),
    run({ kind: 'cancelled', at: NOW, by: text }, { attempts: 2 }),
    run({ kind: 'cancelled', at: NOW, by: text }, { attempts: 0, task: assigns('begun', text) }),
    {
      ...plain({ ...started(text), calledOffBy: { id: 'alex', name: text } } as AccessState),
      progress: progressIn({ kind: 'cancelled', at: NOW, by: text }, { text, attempts: 0 }),
    },
    ...outcomesSaying(text, { steps: 1, changes: 1 }).map(ends),
    plain(finished('cancelled', text)),
    plain(finished('created', text), { assigning: 'made' }),
  ];
}

export function accessProblemsSaying(text: string): AccessProblem[] {
  return [
    { kind: 'notYourReport', person: text },
    { kind: 'askForSelf' },
    { kind: 'tickOne' },
    { kind: 'tooManyLines', count: 51, limit: 50 },
    { kind: 'allAsked', count: 2, names: text },
    { kind: 'noneFound', names: text },
    { kind: 'notYourKit', kit: text },
    { kind: 'cancelledJoint', id: text, count: 2, sent: 1 },
    { kind: 'tooManyOpen', open: 10 },
    { kind: 'alreadyAsked', id: text, person: text, app: text },
    { kind: 'ownRequest' },
    { kind: 'aboutYourself' },
    { kind: 'notYourApp', app: text },
    { kind: 'alreadyDecided', id: text },
    ...(['none', 'perhaps', 'made'] as const).map((left, attempts) => {
      return { kind: 'cancelledAccess', id: text, person: text, app: text, left, attempts } as const;
    }),
    { kind: 'askedByOther', person: text, app: text },
    { kind: 'accessAppGone', app: text },
    { kind: 'decidedNow', id: text, decision: 'approved', person: text, app: text },
    { kind: 'decidedNow', id: text, decision: 'denied', person: text, app: text },
    { kind: 'notAChannel' },
    { kind: 'approversAre', app: text, people: [text, text], others: [{ group: text, count: 12 }] },
    { kind: 'approversAre', app: text, people: [], others: [{ group: text, count: 1 }] },
    { kind: 'noApprovers', app: text },
    { kind: 'channelAdded', apps: null },
    { kind: 'channelAdded', apps: [text, text] },
    { kind: 'channelAdded', apps: [''] },
    { kind: 'nothingForChannel' },
    { kind: 'channelRemoved' },
    { kind: 'channelShareRemoved' },
    { kind: 'channelNotYours' },
    { kind: 'channelUnknown' },
  ];
}

/** Every card of access requests at its fullest, every text of others in it being `text`. */
export function everyAccessCardSaying(text: string): CardMessage[] {
  const items = Array.from({ length: 60 }, () => ({
    kind: 'access' as const,
    accessRequest: accessIn(pending, { text, startsAt: DECEMBER }),
  }));
  return [
    ...everyAccessInput(text).flatMap((input) => [
      drawAccess(input.accessRequest, input),
      drawAccess(input.accessRequest, { ...input, audience: 'requester' }),
    ]),
    ...accessProblemsSaying(text).map((what) => problem(drawnWords(), what)),
    pendingList(drawnWords(), { items, page: 2, more: true, now: NOW }),
    pendingList(drawnWords(), {
      items: [
        {
          kind: 'removal',
          request: removalIn({
            ...{ text, apps: [text, text, text, text], people: 12 },
            removal: { secondPerson: true, reason: text },
          }),
        },
      ],
      page: 1,
      more: false,
      now: NOW,
    }),
    pendingList(drawnWords(), { items: [], page: 1, more: false, now: NOW }),
    ...everyJointCardSaying(text),
  ];
}

const decided = { decision: decisionOf() };
const lineStates: readonly AccessState[] = [
  pending,
  { kind: 'denied', ...decided },
  { kind: 'expired', at: NOW },
  { kind: 'cancelled', at: NOW, by: { id: 'megan', name: 'Megan Bowen' } },
  { kind: 'approved', ...decided },
  { kind: 'lapsed', ...decided, at: NOW, why: 'notAll' },
  { kind: 'started', ...decided, requestId: 'R7K3MQ', calledOffBy: null },
  {
    kind: 'finished',
    ...decided,
    requestId: 'R7K3MQ',
    calledOffBy: null,
    at: NOW,
    outcome: 'created',
  },
  { kind: 'finished', ...decided, requestId: 'R7K3MQ', calledOffBy: null, at: NOW, outcome: 'failed' },
];

/** As many lines as a joint request may have: all of them waiting, and some in each state. */
export function everyJointCardSaying(text: string): CardMessage[] {
  const linesIn = (stateOf: (index: number) => AccessState): [JointLine, ...JointLine[]] => {
    const lineAt = (index: number): JointLine => {
      const person = { id: `person${index % 10}`, name: text, label: text };
      const app = { id: `app${index % 5}`, name: text };
      const state = stateOf(index);
      const joint = { id: 'J7K3MQ', group: `J7K3MQ.${index % 2}`, position: index, whole: true };
      const id = `L${index + 100}`;
      return {
        accessRequest: accessIn(state, { text, id, subject: person, app, joint }),
        progress: null,
        mayBeDone: false,
      };
    };
    return [lineAt(0), ...Array.from({ length: 49 }, (_, index) => lineAt(index + 1))];
  };
  const leftOut = Array.from({ length: 30 }, () => ({ text, reason: 'notYourReport', suggestions: [] }) as const);
  const common = {
    id: 'J7K3MQ',
    leftOut,
    assigned: Array.from({ length: 5 }, () => ({ app: text, role: text })),
    now: NOW,
  };
  const mixed = linesIn((index) => lineStates[index % lineStates.length] ?? pending);
  const waiting = linesIn(() => pending);
  return [waiting, mixed].flatMap((lines) =>
    [true, false].flatMap((readAlong) =>
      (['requester', 'approvers'] as const).map((audience) =>
        jointCard(drawnWords(), {
          ...common,
          ...{ lines, audience, readAlong, canRetry: true },
          isTheirs: ({ joint }) => joint?.group === 'J7K3MQ.0',
        }),
      ),
    ),
  );
}
