import type { JobChange } from '../../../../src/chat/jobs/job-change.ts';
import type { JobReading } from '../../../../src/chat/jobs/job-words.ts';
import type { CardMessage } from '../../../../src/chat/reply.ts';
import { asOperator } from '../../../../src/chat/views/viewpoint.ts';
import type { AccessStateKind } from '../../../../src/features/approvals/access-requests/access-request.ts';
import { announcementCard } from '../../../../src/features/checks/cards/announcement-card.ts';
import { checkCard } from '../../../../src/features/checks/cards/check-card.ts';
import { checkList } from '../../../../src/features/checks/cards/check-list.ts';
import { exportOnlyPersonal } from '../../../../src/features/checks/cards/export-card.ts';
import { failuresCard } from '../../../../src/features/checks/cards/failures-card.ts';
import { historyCard } from '../../../../src/features/checks/cards/history-card.ts';
import { newsCard } from '../../../../src/features/checks/cards/news-card.ts';
import { type QueueItem, queueCard } from '../../../../src/features/checks/cards/queue-card.ts';
import { statusCard } from '../../../../src/features/checks/cards/status-card.ts';
import { statusList } from '../../../../src/features/checks/cards/status-list.ts';
import { watchesCard } from '../../../../src/features/checks/cards/watches-card.ts';
import type { CheckFacts } from '../../../../src/features/checks/diagnosis.ts';
import type { HistoryEntry } from '../../../../src/features/checks/history/history-entry.ts';
import type { JobHealth, JobStatus, LastRun } from '../../../../src/graph/job-status.ts';
import type { Outcome } from '../../../../src/graph/outcome.ts';
import type { LogRead } from '../../../../src/graph/provisioning-log.ts';
import type { LogEntry } from '../../../../src/graph/provisioning-log-entry.ts';
import { drawnWords, emptyReport, NOW, outcomesSaying } from '../../../chat/views/drawings.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const PORTAL = 'https://entra.microsoft.com';

export const salesforce = { id: '5eed0000-0000-4000-8000-0000000000a1', name: 'Salesforce' };
export const adele = { id: 'adele', name: 'Adele Vance', principalName: 'adele@contoso.com' };

export const wellRun: LastRun = {
  began: NOW - 23 * MINUTE - 90_000,
  ended: NOW - 23 * MINUTE,
  result: { kind: 'succeeded' },
  error: null,
  counts: { entitled: 76, inScope: 76, imported: 76, exported: 1, escrowed: 0 },
};

/** A job as it runs day by day; for a `health` that has none, without a run. */
export function jobIn(health: JobHealth | JobHealth['kind'], more: Partial<JobStatus> = {}): JobStatus {
  return {
    id: 'salesforce.5eed.job',
    template: 'salesforce',
    health: typeof health === 'string' ? ({ kind: health } as JobHealth) : health,
    lastRun: wellRun,
    lastSuccess: wellRun.ended,
    nextRun: NOW + 16 * MINUTE,
    counts: [{ type: 'User', count: 76 }],
    ...more,
  };
}

const credentials = 'SystemForCrossDomainIdentityManagementInvalidCredentials';

export const quarantined = (text?: string): JobStatus =>
  jobIn(
    {
      kind: 'quarantined',
      quarantine: {
        reason: text ?? 'EncounteredQuarantineException',
        since: NOW - 2 * DAY,
        nextAttempt: NOW + DAY,
        endsAt: NOW + 26 * DAY,
        seriesBegan: null,
        seriesCount: 3,
        error: {
          code: text ?? credentials,
          message: text ?? 'Please provide a valid tenant URL and secret token for your application.',
          tenantActionable: true,
        },
      },
    },
    {
      lastRun: { ...wellRun, result: { kind: 'failed' }, counts: { ...wellRun.counts, inScope: 0, exported: 0 } },
      lastSuccess: null,
      nextRun: null,
    },
  );

export const neverRun = jobIn('neverRun', { lastRun: null, lastSuccess: null, nextRun: null, counts: [] });

export function entryOf(outcome: Outcome, more: Partial<LogEntry> = {}): LogEntry {
  return {
    id: 'entry',
    changeId: 'change',
    jobId: 'salesforce.5eed.job',
    servicePrincipalId: salesforce.id,
    objectIds: [],
    at: NOW - HOUR,
    action: { kind: 'create' },
    status: { kind: 'success' },
    outcome,
    scope: 'in',
    error: null,
    skipReason: null,
    stoppedAt: null,
    initiatedBy: { type: 'system', name: 'Azure AD Provisioning Service' },
    ...more,
  };
}

export const conflict = entryOf(
  { kind: 'failed', code: 'SalesforceEntryConflict', reason: 'HTTP 409', recommendedAction: null, report: emptyReport },
  {
    status: { kind: 'failure' },
    error: { code: 'SalesforceEntryConflict', reason: 'HTTP 409', recommendedAction: null },
  },
);
export const created = entryOf({ kind: 'created', report: emptyReport });

export const logOf = (...entries: LogEntry[]): LogRead => ({ kind: 'read', entries, complete: true });

/** A user and an app without any problem. */
export function factsOf(more: Partial<CheckFacts> = {}): CheckFacts {
  return {
    account: 'enabled',
    assignment: { kind: 'assigned', through: null },
    scope: 'notTold',
    log: logOf(),
    lastEntry: null,
    jobState: jobIn('healthy'),
    ...more,
  };
}

export function historyEntryOf(
  more: Partial<Extract<HistoryEntry, { kind: 'provisioning' }>> = {},
  text?: string,
): HistoryEntry {
  return {
    kind: 'provisioning',
    at: NOW - 10 * MINUTE,
    requestId: 'R7K3MQ',
    requestedBy: { id: 'alex', name: text ?? 'Alex Wilber' },
    apps: [{ id: salesforce.id, name: text ?? 'Salesforce' }],
    subject: { id: 'adele', name: text ?? 'Adele Vance', label: text ?? 'adele@contoso.com' },
    people: 1,
    isGroup: false,
    result: { kind: 'done', counts: { created: 1 }, cancelled: 0 },
    approvedBy: null,
    ...more,
  };
}

export function accessEntry(
  state: AccessStateKind,
  more: Partial<Extract<HistoryEntry, { kind: 'access' }>> = {},
  text?: string,
): HistoryEntry {
  return {
    kind: 'access',
    at: NOW - 20 * MINUTE,
    accessRequestId: 'K3M7QA',
    requestedBy: { id: 'megan', name: text ?? 'Megan Bowen' },
    apps: [{ id: salesforce.id, name: text ?? 'Salesforce' }],
    subject: { id: 'isaiah', name: text ?? 'Isaiah Langer', label: text ?? 'isaiah@contoso.com' },
    state,
    startsAt: null,
    timeZone: 'Europe/Berlin',
    decidedBy: { id: 'patti', name: text ?? 'Patti Fernandez' },
    requestId: null,
    result: null,
    ...more,
  };
}

export function queued(more: Partial<QueueItem> = {}, text?: string): QueueItem {
  return {
    requestId: 'R7K3MQ',
    requestedBy: { name: text ?? 'Alex Wilber' },
    apps: [{ name: text ?? 'Salesforce' }],
    subject: { name: text ?? 'Isaiah Langer', label: text ?? 'isaiah@contoso.com' },
    calls: 1,
    people: 1,
    state: 'waiting',
    position: 3,
    startsAt: NOW + 21_000,
    ...more,
  };
}

export const gate = { slotsLeft: 2, blockedUntil: null, limit: 5, windowMs: 10_000 };

const unreadLogs: readonly LogRead[] = [
  ...(['cloud', 'licence', 'permission'] as const).map((why): LogRead => ({ kind: 'notAvailable', why })),
  ...(['busy', 'throttled', 'tooSlow', 'refused', 'away', 'unreadable'] as const).map(
    (why): LogRead => ({ kind: 'unread', why }),
  ),
];

const healths = ['healthy', 'running', 'failing', 'paused', 'disabled', 'notConfigured'] as const;
const states = ['pending', 'denied', 'expired', 'cancelled', 'approved', 'lapsed', 'started', 'finished'] as const;
const results = ['waiting', 'running', 'held', 'cancelled'] as const;
const changes: readonly JobChange[] = ['enteredQuarantine', 'leftQuarantine', 'stopped', 'runsAgain'];

export function readingsSaying(text: string): JobReading[] {
  const failure = { code: text, message: text, tenantActionable: false };
  const types = Array.from({ length: 9 }, () => ({ type: text, count: 1_234_567 }));
  return [
    ...healths.map((kind) => jobIn(kind, { id: text, counts: types })),
    jobIn('failing', { lastRun: { ...wellRun, result: { kind: 'other', code: text }, error: failure } }),
    jobIn({ kind: 'other', code: text }, { lastRun: null }),
    { ...quarantined(text), id: text, counts: types },
    neverRun,
    'none',
    'unread',
  ];
}

function factsSaying(text: string): CheckFacts[] {
  const entries = outcomesSaying(text, { steps: 1, changes: 0 }).map((outcome) =>
    entryOf(outcome, {
      action: { kind: 'unknown', code: text },
      status: { kind: 'unknown', code: text },
      error: { code: text, reason: text, recommendedAction: text },
      skipReason: text,
    }),
  );
  const many = Array.from({ length: 20 }, (_, n) => entries[n % entries.length] ?? created);
  const assignment = { kind: 'assigned', through: text } as const;
  const lastEntry = historyEntryOf({ at: NOW - DAY }, text);
  return [
    ...entries.map((entry) => factsOf({ assignment, lastEntry, log: logOf(entry, ...many) })),
    ...readingsSaying(text).map((jobState) =>
      factsOf({ jobState, lastEntry, account: 'disabled', assignment: { kind: 'missing' }, log: logOf(...many) }),
    ),
    ...unreadLogs.map((log) => factsOf({ log, account: 'unread', assignment: { kind: 'unread' }, jobState: 'unread' })),
    factsOf({
      lastEntry: historyEntryOf(
        { requestId: text, result: { kind: 'done', counts: { failed: 1 }, cancelled: 0 } },
        text,
      ),
    }),
    factsOf({ assignment: { kind: 'notNeeded' }, lastEntry: accessEntry('lapsed', {}, text) }),
    factsOf({ log: logOf(created), scope: 'in' }),
  ];
}

export function historyEntriesSaying(text: string): HistoryEntry[] {
  return [
    ...states.map((state) => accessEntry(state, { accessRequestId: text }, text)),
    ...results.map((kind) => historyEntryOf({ result: { kind }, approvedBy: { id: '1', name: text } }, text)),
    historyEntryOf({ isGroup: true, people: 4, requestId: text }, text),
    historyEntryOf(
      { subject: null, people: 500, result: { kind: 'done', counts: { created: 498, failed: 2 }, cancelled: 0 } },
      text,
    ),
  ];
}

/** Every card of checks and of the history at its fullest, every text of others in it being `text`. */
export function everyCheckCardSaying(text: string): CardMessage[] {
  const app = { id: salesforce.id, name: text };
  const person = { id: 'adele', name: text, principalName: text };
  const readings = readingsSaying(text);
  const facts = factsSaying(text);
  const many = <Thing>(things: readonly Thing[], count = 60): Thing[] =>
    Array.from({ length: count }, (_, n) => things[n % things.length]).flatMap((thing) => thing ?? []);
  const entries = historyEntriesSaying(text);
  const history = {
    entries: [],
    about: null,
    since: null,
    page: 1,
    scope: 'all' as const,
    older: null,
    newer: null,
    now: NOW,
  };
  const queue = { gate, total: 500, canCancel: true, now: NOW };
  const longestLine = `provision user ${text} to ${text}`.slice(0, 1_000).padEnd(1_000, 'x');
  const watch = {
    watched: { kind: 'failures', app },
    addedBy: { name: text },
    addedAt: NOW - DAY,
    status: quarantined(text),
  } as const;
  return [
    statusList(drawnWords(), {
      items: many(readings).map((status) => ({ app, status, others: [quarantined(text)] })),
      listComplete: false,
      now: NOW,
    }),
    statusList(drawnWords(), { items: [], listComplete: true, now: NOW }),
    ...readings.map((status) =>
      statusCard(drawnWords(), {
        app,
        status,
        others: [jobIn('healthy'), quarantined(text)],
        now: NOW,
        entraPortalUrl: PORTAL,
        viewpoint: asOperator,
      }),
    ),
    ...facts.map((what) =>
      checkCard(drawnWords(), {
        person,
        app,
        facts: what,
        canProvision: true,
        now: NOW,
        entraPortalUrl: PORTAL,
        viewpoint: asOperator,
      }),
    ),
    checkList(drawnWords(), {
      person,
      items: many(facts).map((what) => ({ app, facts: what })),
      listComplete: false,
      now: NOW,
    }),
    checkList(drawnWords(), { person, items: [], listComplete: true, now: NOW }),
    ...[many(facts, 18), many(facts.slice(6), 18)].map((these) =>
      checkList(drawnWords(), {
        person,
        items: these.map((what) => ({ app: { ...app, called: text }, facts: what })),
        listComplete: true,
        named: {
          gone: many([text], 2),
          again: `check ${text}`.slice(0, 1_000),
          due: { apps: many([text], 20), line: longestLine },
        },
        now: NOW,
      }),
    ),
    queueCard(drawnWords(), { ...queue, items: many([queued({}, text), queued({ subject: null }, text)]) }),
    queueCard(drawnWords(), { ...queue, items: many([queued({ state: 'running', people: 9 }, text)]), total: 0 }),
    queueCard(drawnWords(), { ...queue, items: [], total: 0, gate: { ...gate, blockedUntil: NOW + MINUTE } }),
    ...[entries, entries.slice(4), entries.toReversed()].map((these) =>
      historyCard(drawnWords(), {
        ...history,
        entries: these,
        about: text,
        since: NOW - DAY,
        older: text,
        newer: text,
        page: 2,
      }),
    ),
    historyCard(drawnWords(), { ...history, entries: many(entries), scope: 'own' as const }),
    historyCard(drawnWords(), { ...history, page: 9 }),
    historyCard(drawnWords(), { ...history, about: text, scope: 'own' as const }),
    historyCard(drawnWords(), { ...history, scope: 'own' as const }),
    historyCard(drawnWords(), history),
    watchesCard(drawnWords(), {
      items: many([watch, { ...watch, status: null }]),
      quiet: '22:00 to 07:00 (America/Argentina/ComodRivadavia)',
      canChange: true,
      now: NOW,
    }),
    watchesCard(drawnWords(), { items: [], quiet: null, canChange: false, now: NOW }),
    ...changes.map((change) =>
      announcementCard(drawnWords(), {
        app,
        change,
        status: quarantined(text),
        now: NOW,
        entraPortalUrl: PORTAL,
        viewpoint: asOperator,
        watches: 'all',
        seenAt: NOW - HOUR,
      }),
    ),
    newsCard(drawnWords(), {
      news: many(changes.map((change) => ({ app, change, status: quarantined(text), at: NOW - HOUR }))),
      now: NOW,
    }),
    ...[true, false].map((showsNames) =>
      failuresCard(drawnWords(), {
        app,
        people: many(outcomesSaying(text), 15).map((outcome) => ({
          ...{ outcome, objectIds: [], at: NOW - MINUTE, times: 3, name: text },
        })),
        count: 999,
        isComplete: false,
        since: NOW - HOUR,
        showsNames,
        now: NOW,
        entraPortalUrl: PORTAL,
        viewpoint: asOperator,
      }),
    ),
    exportOnlyPersonal(drawnWords()),
  ];
}
