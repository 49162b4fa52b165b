import type { CardMessage } from '../../../../src/chat/reply.ts';
import { confirmCard, nobodyFoundCard } from '../../../../src/features/provisioning/cards/confirm-card.ts';
import { countCalls, type GroupCardInput, groupCard } from '../../../../src/features/provisioning/cards/group-card.ts';
import { groupPicker } from '../../../../src/features/provisioning/cards/group-picker.ts';
import { type ListCounts, type ListOverview, listCard } from '../../../../src/features/provisioning/cards/list-card.ts';
import { OUTCOME_KINDS } from '../../../../src/features/provisioning/cards/outcome-words.ts';
import { PEOPLE_PER_PAGE, pageCard } from '../../../../src/features/provisioning/cards/page-card.ts';
import { type TermNotice, termCard } from '../../../../src/features/provisioning/cards/term-card.ts';
import type { ListProblem } from '../../../../src/features/provisioning/problems.ts';
import { problem } from '../../../../src/features/provisioning/problems.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import type { Account } from '../../../../src/requests/overview.ts';
import type { LeftOut, Request, Subject, Task, TaskState } from '../../../../src/requests/request.ts';
import {
  doneWith,
  draw,
  drawnWords,
  emptyReport,
  NOW,
  outcomesSaying,
  requestIn,
} from '../../../chat/views/drawings.ts';

/** A list of the shape that the store returns, every text in it being `text` where one is given. */
export function overviewOf(
  counts: Partial<ListCounts>,
  more: Partial<Omit<ListOverview, 'counts'>> & { text?: string; leftOut?: readonly LeftOut[] } = {},
): ListOverview {
  const { text, leftOut = [], ...rest } = more;
  const request = requestIn({ kind: 'held' }, text === undefined ? {} : { text });
  const none = { total: 500, held: 0, waiting: 0, running: 0, cancelled: 0, byOutcome: {} };
  return {
    request: { ...request, leftOut },
    counts: { ...none, ...counts },
    failures: [],
    running: [],
    finishesAt: null,
    ...rest,
  };
}

export const subject = (name: string, type = 'User'): Subject => ({ id: name, type, name, label: `${name} label` });

/** A request over these apps for so many people, whose accounts are in these states in turn. */
export function accountsOf(
  apps: Request['apps'],
  people: number,
  states: readonly Pick<Account, 'state' | 'outcome'>[],
  text?: string,
): Account[] {
  return Array.from({ length: people * apps.length }, (_, position): Account => {
    const person = Math.floor(position / apps.length);
    const name = text ?? `Person ${person}`;
    const done = { state: 'done', outcome: 'created' } as const;
    return {
      position,
      subject: { id: `person ${person}`, name, label: text ?? `person-${person}@contoso.com` },
      appId: apps[position % apps.length]?.id ?? '',
      ...(states[position % states.length] ?? done),
    };
  });
}

export function appsNamed(...names: readonly [string, ...string[]]): Request['apps'] {
  const [first, ...others] = names.map((name, index) => ({ id: `app ${index}`, name }));
  return [first ?? { id: '', name: '' }, ...others];
}

/** A group whose calls are in these states, with so many members in each. */
export function groupIn(
  states: readonly TaskState[],
  more: { members?: number; text?: string; leftOut?: readonly LeftOut[] } = {},
): Request {
  const { members = 5, text, leftOut = [] } = more;
  const request = requestIn({ kind: 'held' }, text === undefined ? {} : { text });
  const tasks = states.map((state, position): Task => {
    return {
      id: `task-${position}`,
      requestId: request.id,
      position,
      subject: { id: 'group', type: 'Group', name: text ?? 'Sales Team', label: null },
      members: Array.from({ length: members }, (_, n) => subject(text ?? `Member ${position * 5 + n + 1}`)),
      app: request.apps[0],
      jobId: 'job',
      ruleId: 'rule',
      state,
      attempts: 1,
      throttles: 0,
      assignment: { kind: 'none' },
      awaitsAssignment: false,
      assignmentMisses: 0,
    };
  });
  return { ...request, apps: [{ ...request.apps[0], name: text ?? 'GitHub Enterprise' }], tasks, leftOut };
}

/** Every state and outcome of an account. */
export const accountStates = [
  ...(['held', 'waiting', 'running', 'cancelled'] as const).map((state) => ({ state, outcome: null })),
  ...OUTCOME_KINDS.map((outcome) => ({ state: 'done' as const, outcome })),
];

export function drawGroup(request: Request, more: Partial<GroupCardInput> = {}): CardMessage {
  const [task] = request.tasks;
  if (task === undefined) throw new Error('a group has at least one call');
  const { tasks } = request;
  return groupCard({
    request,
    group: task.subject,
    counts: countCalls(tasks),
    calls: tasks,
    finishesAt: null,
    now: NOW,
    canRetry: true,
    ...more,
  });
}

export function leftOutSaying(text: string): LeftOut[] {
  const reasons = [
    'unknown',
    'ambiguous',
    'notUnderstood',
    'duplicate',
    'nestedGroup',
    'device',
    'otherObject',
    'notAMember',
    'noSourceId',
  ] as const;
  return Array.from({ length: 80 }, () => reasons).flatMap((each) =>
    each.map((reason): LeftOut => ({ text, reason, suggestions: [text, text, text] })),
  );
}

const lease = { owner: 'one', until: NOW };

/** The cards of a person whose app role comes first. */
function assignmentsSaying(text: string): CardMessage[] {
  const waiting = (dueAt: number) => ({ kind: 'waiting', dueAt, waitReason: null }) as const;
  const cancelled = { kind: 'cancelled', at: NOW, by: text } as const;
  const unassigned: Outcome = { kind: 'notInScope', failedChecks: ['assigned'], report: emptyReport };
  return [
    draw(requestIn(waiting(NOW), { text, assigning: 'wanted' })),
    draw(requestIn(waiting(NOW + 60_000), { text, assigning: 'unanswered' })),
    draw(requestIn(cancelled, { text, assigning: 'made', attempts: 0 })),
    draw(requestIn(cancelled, { text, assigning: 'begun', attempts: 0 })),
    draw(requestIn(doneWith(unassigned, text), { text }), { assigns: text }),
    draw(requestIn(doneWith(unassigned, text), { text, assigning: 'found', awaitsAssignment: true })),
    draw(requestIn(doneWith({ kind: 'created', report: emptyReport }, text), { text, assigning: 'made' })),
  ];
}

/** Every card of lists and groups at its fullest, every text of others in it being `text`. */
/** The times of a line that Usher cannot carry out. */
function termCardsSaying(text: string): CardMessage[] {
  const buttons = [{ label: 'withoutEnd', verb: 'choose', text }] as const;
  const why = ['past', 'beforeStart', 'tooLong', 'endless', 'unreadable', 'only'] as const;
  const dates = { date: text, from: text };
  const notices: TermNotice[] = [
    ...why.map((one) => ({ kind: 'badEnd', app: text, end: text, why: one, ...dates, longest: text }) as const),
    { kind: 'time', typed: text, day: text },
    { kind: 'reasonDay', reason: text, day: text },
    { kind: 'start', who: text, app: text, typed: text, day: text, canAsk: true },
  ];
  return notices.map((what) => termCard(drawnWords(), { what, buttons, lostReason: text, lostTime: text }));
}

export function everyListCardSaying(text: string): CardMessage[] {
  const leftOut = leftOutSaying(text);
  const outcomes = outcomesSaying(text, { steps: 1, changes: 1 });
  const many = (count: number): Outcome[] =>
    Array.from(
      { length: count },
      (_, n) => outcomes.slice(2)[n % (outcomes.length - 2)] ?? { kind: 'unknown', why: 'timeout' },
    );
  const failures = many(500).map((outcome) => ({ name: text, label: text, outcome }));
  const byOutcome = Object.fromEntries(outcomes.map(({ kind }) => [kind, 40]));
  const overview = overviewOf(
    { total: 500, held: 1, waiting: 100, running: 5, cancelled: 9, byOutcome },
    { text, leftOut, failures, running: many(5).map(() => ({ name: text })), finishesAt: NOW + 900_000 },
  );
  const over = overviewOf({ cancelled: 300, byOutcome: { failed: 200 } }, { text, leftOut, failures });
  const left = overviewOf({ cancelled: 300, assigned: 9, byOutcome: { notInScope: 200 } }, { text, leftOut, failures });
  const states = many(60).map((outcome) => doneWith(outcome, text));
  const twenty = appsNamed(text, ...Array<string>(19).fill(text));
  const severalOf = ({ request, ...whole }: ListOverview, people: number) => ({
    ...whole,
    request: { ...request, apps: twenty },
    failures: failures.map((failure) => ({ ...failure, app: text })),
    accounts: accountsOf(twenty, people, accountStates, text),
  });
  return [
    ...termCardsSaying(text),
    listCard({ overview: severalOf(overview, 125), now: NOW, canRetry: true }),
    listCard({ overview: severalOf(over, 125), now: NOW, canRetry: true }),
    listCard({ overview: severalOf(over, 3), now: NOW, canRetry: true }),
    confirmCard({ ...severalOf(overview, 125), count: 2_500, takesMs: 5_000_000, now: NOW }),

    listCard({ overview, now: NOW, canRetry: true }),
    listCard({ overview: over, now: NOW, canRetry: true }),
    listCard({ overview: left, now: NOW, canRetry: true, assigns: { roles: [text, text, text], people: 500 } }),
    confirmCard({ request: overview.request, count: 500, takesMs: 1_000_000, now: NOW }),
    nobodyFoundCard(drawnWords(), { app: text, leftOut }),
    pageCard(drawnWords(), {
      request: overview.request,
      tasks: many(PEOPLE_PER_PAGE).map((outcome) => ({
        subject: { ...subject(text), label: text },
        app: overview.request.apps[0],
        state: doneWith(outcome, text),
      })),
      page: 3,
      pages: 20,
      assigns: { roles: [text, text, text], people: PEOPLE_PER_PAGE },
    }),
    drawGroup(groupIn(states, { text, leftOut })),
    drawGroup(groupIn([{ kind: 'held' }, { kind: 'held' }], { text, leftOut }), { takesMs: 20_000 }),
    drawGroup(groupIn([{ kind: 'running', startedAt: NOW, lease }, ...states.slice(0, 3)], { text, leftOut }), {
      finishesAt: NOW + 60_000,
    }),
    draw(requestIn({ kind: 'held' }, { text })),
    draw(requestIn({ kind: 'cancelled', at: NOW, by: text }, { text, attempts: 0 })),
    ...assignmentsSaying(text),
    ...listProblemsSaying(text).map((what) => problem(drawnWords(), what)),
    groupPicker(drawnWords(), {
      typed: text,
      candidates: Array.from({ length: 60 }, () => ({ id: '1', name: text, description: text })),
      more: true,
      choose: () => text,
    }),
  ];
}

export function listProblemsSaying(text: string): ListProblem[] {
  return [
    { kind: 'pastStart', date: 'Tuesday, December 1, 2026', instead: 'approved' },
    { kind: 'startTooFar', date: 'Tuesday, December 1, 2026' },
    { kind: 'unclearStart', typed: text, instead: 'approved' },
    { kind: 'emptyGroup', group: text },
    { kind: 'tooManyPeople', count: 501, limit: 500 },
    { kind: 'tooManyCalls', count: 2_501, limit: 2_500 },
    { kind: 'alreadySent', sent: 3 },
    { kind: 'stillHeld', id: text },
    { kind: 'stillRuns', id: text },
    { kind: 'wasCancelled', id: text },
    { kind: 'nothingToRetry', id: text },
    { kind: 'retried', id: text, count: 3 },
    { kind: 'cancelledNow', id: text, count: 1 },
    { kind: 'incompleteGroup' },
    { kind: 'fileTooLarge', limit: 1 },
    { kind: 'fileNoColumn', columns: Array.from({ length: 60 }, () => text) },
    { kind: 'fileTooManyRows', rows: 10_000, limit: 500 },
    { kind: 'emptyList' },
    { kind: 'listExpired' },
    { kind: 'nothingToCancel' },
    { kind: 'fileUnreadable' },
    { kind: 'fileNotFromTenant' },
  ];
}
