import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { createMessages, type Messages } from '../../../src/chat/messages.ts';
import type { CardMessage } from '../../../src/chat/reply.ts';
import { denied } from '../../../src/chat/views/denied.ts';
import { didYouMean, offersCard } from '../../../src/chat/views/did-you-mean.ts';
import { help } from '../../../src/chat/views/help-card.ts';
import { checking, placeholder } from '../../../src/chat/views/notice.ts';
import { appPicker, personPicker } from '../../../src/chat/views/person-picker.ts';
import { type Problem, problem } from '../../../src/chat/views/problem.ts';
import { canCarry, ticketCard } from '../../../src/chat/views/ticket-views.ts';
import { apps } from '../../../src/features/help/cards/apps-card.ts';
import { welcome } from '../../../src/features/help/cards/welcome-card.ts';
import { whoami } from '../../../src/features/help/cards/whoami-card.ts';
import { type RequestCardInput, requestCard } from '../../../src/features/provisioning/cards/request-card.ts';
import type { GraphTrouble } from '../../../src/graph/answer.ts';
import type {
  Change,
  NotRemoved,
  Outcome,
  RefusalCause,
  Report,
  Step,
  UnknownEnd,
} from '../../../src/graph/outcome.ts';
import type { AssignmentStep, Reader, Request, TaskState } from '../../../src/requests/request.ts';
import { everyStartCardSaying } from '../../features/help/start-drawings.ts';

export const words = createMessages('en-US', 'Europe/Berlin');

let locale = 'en-US';

/** What is drawn meanwhile is in the language of that locale; otherwise all drawings are in English. */
export function drawnIn<Drawn>(other: string, draws: () => Drawn): Drawn {
  const before = locale;
  locale = other;
  try {
    return draws();
  } finally {
    locale = before;
  }
}

/** Whom the drawings are for, in Berlin if the drawing names no other time zone. */
export const drawnFor = (timeZone = 'Europe/Berlin'): Reader => ({ locale, timeZone });

/** The words that a drawing is made with. */
export const drawnWords = (timeZone?: string): Messages => {
  const reader = drawnFor(timeZone);
  return createMessages(reader.locale, reader.timeZone);
};

/** 2026-03-02, 14:03:06 in Berlin. */
export const NOW = Date.UTC(2026, 2, 2, 13, 3, 6);

export function step(more: Partial<Step>): Step {
  return { type: 'import', name: 'EntryImport', status: 'success', description: null, details: {}, ...more };
}

export { emptyReport } from '../../../src/graph/outcome.ts';

export function requestIn(
  state: TaskState,
  more: {
    text?: string;
    attempts?: number;
    type?: string;
    perhaps?: UnknownEnd;
    assigning?: AssignmentStep;
    awaitsAssignment?: boolean;
  } = {},
): Request {
  const { text, attempts = 1, type = 'User', perhaps = null, assigning: step, awaitsAssignment = false } = more;
  const app = { id: '5eed0000-0000-4000-8000-0000000000a1', name: text ?? 'Salesforce' };
  return {
    id: 'R7K3MQ',
    requestedBy: { id: 'alex', name: text ?? 'Alex Wilber' },
    apps: [app],
    reader: drawnFor(),
    conversation: 'conversation',
    revision: 1,
    createdAt: NOW,
    tasks: [
      {
        id: 'task',
        requestId: 'R7K3MQ',
        position: 0,
        subject: { id: 'isaiah', type, name: text ?? 'Isaiah Langer', label: text ?? 'isaiah@contoso.com' },
        members: [],
        app,
        jobId: 'job',
        ruleId: 'rule',
        state,
        attempts,
        throttles: 0,
        assignment: step === undefined ? { kind: 'none' } : { kind: 'assign', appRole: text ?? 'User', step },
        awaitsAssignment,
        assignmentMisses: 0,
        perhaps,
      },
    ],
    leftOut: [],
  };
}

export function doneWith(outcome: Outcome, ids: string | null = 'graph-request-1'): TaskState {
  const [startedAt, finishedAt] = [NOW, NOW + 1_400];
  return { kind: 'done', startedAt, finishedAt, outcome, graphRequestId: ids, clientRequestId: ids };
}

export function draw(request: Request, more: Partial<RequestCardInput> = {}): CardMessage {
  const entraPortalUrl = 'https://entra.microsoft.com';
  return requestCard({ request, forecast: null, now: NOW, entraPortalUrl, canRetry: true, ...more });
}

export function drawOutcome(outcome: Outcome, more: Partial<RequestCardInput> = {}): CardMessage {
  return draw(requestIn(doneWith(outcome)), more);
}

const NOT_REMOVED: readonly NotRemoved[] = [
  ...(['accountAlive', 'stillEntitled', 'heldBack', 'syncsAll', 'skipsDeletions', 'noActiveMapping'] as const),
  ...(['unproven', 'unseen'] as const),
];

const CAUSES: readonly RefusalCause[] = [
  'quarantined',
  'permission',
  'ownRole',
  'signInGone',
  'ordererMayNot',
  'wrongRule',
  'notFound',
  'credentialsMissing',
  'throttled',
  'serviceUnavailable',
  'assignmentRefused',
  'assignmentUnanswered',
  'unassignRefused',
  'unassignUnanswered',
  'removalLeft',
  'other',
];

/** One outcome of each kind, every text in it being `text`. */
export function outcomesSaying(text: string, { steps = 2, changes = 3 } = {}): Outcome[] {
  const types = ['import', 'scoping', 'matching', 'processing', 'referenceResolution', 'export'] as const;
  const report: Report = {
    steps: Array.from({ length: steps }, (_, index) =>
      step({
        type: types[index % types.length] ?? 'unknownFutureValue',
        name: text,
        status: index === steps - 1 ? 'failure' : 'success',
        description: text,
        details: Object.fromEntries(Array.from({ length: 20 }, (_none, n) => [`${text} ${n}`, text])),
      }),
    ),
    changes: Array.from({ length: changes }, (_, index): Change => {
      return { attribute: `${text} ${index}`, oldValue: text, newValue: `${text}2` };
    }),
    changeId: text,
    subjectLabel: text,
    sourceSystem: text,
    targetSystem: text,
    targetId: text,
  };
  return [
    { kind: 'created', report },
    { kind: 'inSync', report },
    { kind: 'notInScope', failedChecks: ['active', 'assigned', 'entitled', 'scopingFilter'], report },
    { kind: 'skipped', code: text, property: text, reason: text, report },
    { kind: 'failed', code: text, reason: text, recommendedAction: text, report },
    ...CAUSES.map((cause): Outcome => ({ kind: 'refused', status: 400, code: text, message: text, cause })),
    ...(['disabled', 'deleted', 'nothingThere', 'inactiveAlready'] as const).map(
      (how): Outcome => ({ kind: 'removed', how, report }),
    ),
    ...NOT_REMOVED.map((why): Outcome => ({ kind: 'notRemoved', why, report })),
    { kind: 'unknown', why: 'unreadable' },
    { kind: 'inSync', report, earlier: 'timeout', warning: { code: text, reason: text } },
    {
      kind: 'unknown',
      why: 'noAnswer',
      last: { kind: 'failed', code: text, reason: text, recommendedAction: text, report },
    },
  ];
}

export function problemsSaying(text: string): Problem[] {
  return [
    { kind: 'appTakesNoGroups', app: text },
    { kind: 'unknownGroup', typed: text },
    { kind: 'unknownRequest', id: text },
    { kind: 'unknownAccessRequest', id: text },
    { kind: 'accessNeedsEntraApp', app: text },
    { kind: 'missingId', example: 'retry R7K3MQ' },
    { kind: 'unknownUser', typed: text },
    { kind: 'unknownApp', typed: text },
    { kind: 'unknownKit', typed: text },
    { kind: 'emptyKit', kit: text },
    { kind: 'userNeedsDirectoryName', typed: text, app: text },
    { kind: 'directoryNameUnexpected', typed: text, app: text },
    { kind: 'appNotConfigured', app: text },
    { kind: 'appDisabled', app: text },
    { kind: 'appTakesNoUsers', app: text },
    {
      kind: 'appQuarantined',
      app: text,
      reason: 'EncounteredQuarantineException',
      since: NOW - 3_600_000,
      nextAttempt: NOW + 86_400_000,
      endsAt: NOW + 27 * 86_400_000,
      errorCode: text,
      message: text,
      tenantActionable: true,
      now: NOW,
    },
    { kind: 'graphUnavailable', code: text },
    { kind: 'graphRefused', code: text },
    { kind: 'unreadableAnswer', code: text },
    ...troublesSaying(text).map((trouble) => ({ kind: 'graphTrouble', trouble }) as const),
    { kind: 'incomplete', missing: 'subject' },
    { kind: 'incomplete', missing: 'app' },
    { kind: 'tooLong', length: 5_000, limit: 500 },
    { kind: 'apology', reference: text },
    { kind: 'givenUp', reference: text },
    { kind: 'beyondGroup' },
    { kind: 'beyondMembers' },
    { kind: 'empty' },
    { kind: 'attachmentOnly' },
    { kind: 'staleButton' },
    { kind: 'unknownButton' },
  ];
}

function troublesSaying(text: string): GraphTrouble[] {
  const trace = { clientRequestId: text, requestId: text, date: null, endpoint: '/users' };
  const refusal = { kind: 'refused', code: text, message: text, retryAfterMs: 40_000, trace } as const;
  const silences = ['timeout', 'connectionLost', 'unreachable', 'stopped', 'noCredential'] as const;
  return [
    ...[400, 401, 403, 404, 409, 418, 429, 503].map((status) => ({ ...refusal, status })),
    { ...refusal, status: 401, code: 'InvalidAuthenticationToken' },
    ...silences.map((why) => ({ kind: 'noAnswer', why, code: text, trace }) as const),
    { kind: 'unreadable', status: 200, trace },
  ];
}

/** A group that gives a role, with some of its members. */
export const contactIn = <Gives>(name: string, people: readonly string[], gives: Gives) => ({
  ...({ id: name, kind: 'group', name, count: people.length } as const),
  people: people.map((one) => ({ id: one, name: one })),
  gives,
});

/**
 * Every card that Usher can render, wherever a text of others can stand being `text`, and as much of it as possible.
 */
export function everyCardSaying(text: string, size: { steps?: number; changes?: number } = {}): CardMessage[] {
  const words = drawnWords();
  const lease = { owner: 'one', until: NOW };
  const person = { id: '1', name: text, principalName: text, title: text, department: text, enabled: false };
  const app = { id: '1', name: text, configured: false, enabled: true };
  const many = <Thing>(thing: Thing, count = 60): Thing[] => Array.from({ length: count }, () => thing);
  const say = { label: 'help', verb: 'run', text } as const;
  const contacts = many(contactIn(text, many(text), 'viewer' as const));
  const caller = {
    id: text,
    tenantId: text,
    name: text,
    principalName: text,
    roles: ['operator'] as const,
    memberOf: [],
  };
  const command = { verb: 'apps', chapter: 'check', examples: many(text), tryIt: text } as const;
  return [
    ...outcomesSaying(text, size).map((outcome) => draw(requestIn(doneWith(outcome, text), { text, attempts: 3 }))),
    draw(requestIn({ kind: 'waiting', dueAt: NOW, waitReason: 'ruleChanged' }, { text }), {
      forecast: { position: 3, startsAt: NOW + 21_000 },
    }),
    draw(requestIn({ kind: 'running', startedAt: NOW, lease }, { text, attempts: 2 })),
    ...problemsSaying(text).map((what) => problem(words, what, many(say, 9), 'https://entra.microsoft.com/#view/page')),
    personPicker(words, { typed: text, app: text, candidates: many(person), more: true, choose: () => text }),
    appPicker(words, { typed: text, candidates: many(app), more: true, choose: () => text }),
    didYouMean(words, { suggestion: text }),
    offersCard(words, { lines: many(text), leftOut: text, more: true }),
    offersCard(words, { lines: [text], leftOut: 'INC0012345', more: false }),
    ticketCard(words, {
      app: text,
      line: canCarry(text) ? text : 'a line',
      typed: text,
      isNeeded: true,
      examples: many(text, 6),
    }),
    denied(words, { denial: { reason: 'noRole' }, contacts, callerName: text }),
    help(words, { commands: many(command), topic: text }),
    problem(words, { kind: 'unclear', typed: text }, many(say, 9)),
    welcome(words, { name: text, canUse: true, commands: many(command) }),
    apps(words, {
      entries: many({
        ...{ id: '5eed0000-0000-4000-8000-0000000000a1', name: text, state: 'paused', aliases: many(text) },
        ends: { longest: '90d', usual: '30d' },
      }),
      count: 700,
      complete: false,
      search: text,
    }),
    apps(words, { entries: [], count: 0, complete: true, search: text }),
    apps(words, {
      entries: [{ id: '1', name: text, state: 'healthy', aliases: [text] }],
      count: 1,
      complete: false,
      search: text,
      isNear: true,
    }),
    whoami(words, { caller, groups: many(text) }),
    ...everyStartCardSaying(words, text),
    checking(words),
    placeholder(words),
  ];
}

/** Every object in a card, the card itself included. */
export function elementsOf(card: unknown): Record<string, unknown>[] {
  if (Array.isArray(card)) return card.flatMap(elementsOf);
  if (typeof card !== 'object' || card === null) return [];
  const element: Record<string, unknown> = { ...card };
  return [element, ...Object.values(element).flatMap(elementsOf)];
}

/** What Teams reads as Markdown: the texts of TextBlocks, and both sides of a fact. */
export function markdownOf(card: unknown): string[] {
  return elementsOf(card).flatMap(({ type, text, facts }) => {
    if (type === 'TextBlock') return [String(text)];
    return Array.isArray(facts) ? facts.flatMap(({ title, value }) => [String(title), String(value)]) : [];
  });
}

/** The card as text, with all that a click would open. */
export function openedText(card: unknown): string {
  return cardAsText(JSON.parse(JSON.stringify(card), (key, value) => (key === 'isVisible' ? true : value)));
}
