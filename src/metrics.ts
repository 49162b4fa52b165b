import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ChatObserver, RequestKind } from './chat/observer.ts';
import type { Clock } from './clock.ts';
import type { Gauges } from './gauges.ts';
import type { ObservedCall } from './graph/client.ts';
import { version } from './graph/version.ts';
import type { Log } from './log.ts';
import type { FaultCause } from './rate-gate/fault.ts';
import type { GuardedKind } from './requests/crash-guard.ts';
import type { DispatcherObserver } from './requests/dispatcher.ts';
import type { PrunedTable } from './requests/expired.ts';
import type { StreamNews } from './streams/streams.ts';
import type { ObservedMessage } from './teams/conversations.ts';
import { isTooSlow, withinMs } from './time-limit.ts';

/**
 * The Prometheus metrics at `/metrics`. The modules below do not know of it: they call plain callbacks, and here the
 * events are counted. Counters belong to this process, so replicas are added up; the gauges of gate, queue and access
 * requests come from the shared database, so those of any one replica are enough.
 *
 * No label contains personal data, and the number of values of each label is bounded: beyond a number that no
 * reasonable tenant reaches, further applications and endpoints count as `other`.
 * https://prometheus.io/docs/practices/naming/
 */
export interface Metrics {
  readonly observer: Observer;
  /** Everything in Prometheus' text format. What cannot be read now is left out; it never rejects for that. */
  text(): Promise<string>;
  /** The media type of that text. */
  readonly contentType: string;
}

/** The parts of Usher call these; none of them throws. */
export interface Observer {
  readonly graphCall: (call: ObservedCall) => void;
  readonly message: (message: ObservedMessage) => void;
  readonly dispatcher: DispatcherObserver;
  readonly chat: ChatObserver;
  /** Work that killed two processes, and is not retried. */
  readonly givenUp: (kind: GivenUp) => void;
  /** Rows past their time that were deleted. */
  readonly pruned: (table: PrunedTable, rows: number) => void;
  readonly stream: (news: StreamNews) => void;
}

type GivenUp = GuardedKind | 'turn';

export interface MetricsParts {
  /** Read at each scrape. */
  readonly gauges: () => Promise<Gauges>;
  /** The number of broken entries of `APPS_FILE`; absent for none. */
  readonly brokenEntries?: () => number;
  /** The checks behind readiness, by name; run at most twice a minute. */
  readonly checks: Readonly<Record<string, () => Promise<boolean>>>;
  readonly clock: Clock;
  readonly log: Log;
}

const faultCauses: readonly FaultCause[] = ['unreachable', 'noToken', 'serviceUnavailable'];
const guarded: readonly GivenUp[] = ['turn', 'card', 'message', 'send', 'watch', 'survey', 'ending'];
const mostApps = 200;
const mostEndpoints = 100;
const other = 'other';
/** Prometheus allows ten seconds for a scrape; slower values are left out of it. */
const patienceMs = 3_000;
const checkEveryMs = 30_000;

export function createMetrics(parts: MetricsParts): Metrics {
  const { clock, log } = parts;
  const registry = new Registry();
  const meters = createMeters(registry);
  const app = bounded(mostApps);
  const endpoint = bounded(mostEndpoints);
  let watchesProcess = false;
  let checkedAt = Number.NEGATIVE_INFINITY;

  meters.buildInfo.set({ version }, 1);
  // A series that begins with its first event hides that event from `increase` and `rate`.
  for (const kind of ['person', 'list', 'group', 'access'] satisfies RequestKind[]) meters.requests.inc({ kind }, 0);
  for (const kind of ['post', 'edit', 'text', 'remove'] satisfies ObservedMessage['kind'][])
    for (const result of ['done', 'gone', 'failed'] satisfies ObservedMessage['result'][])
      meters.messages.inc({ kind, result }, 0);
  for (const kind of guarded) meters.givenUp.inc({ kind }, 0);

  /** The value, or null when it takes too long. */
  async function inTime<T>(work: () => Promise<T>, code: string): Promise<T | null> {
    try {
      const value = await withinMs(work(), patienceMs, clock);
      return isTooSlow(value) ? null : value;
    } catch (error) {
      log.warn({ error, code }, 'a scrape could not be told everything');
      return null;
    }
  }

  async function gather(): Promise<void> {
    const gauges = await inTime(parts.gauges, 'gauges_unread');
    // A number from the last scrape would look current.
    for (const meter of [meters.gateBlocked, meters.gateSlotsLeft, meters.overdueAccess, meters.sealedEntries])
      meter.remove();
    for (const meter of [meters.queueTasks, meters.accessRequests, meters.gateFault, meters.jobQuarantined])
      meter.reset();
    for (const meter of [meters.streamWaiting, meters.streamOff]) meter.reset();
    meters.brokenEntries.set(parts.brokenEntries?.() ?? 0);
    if (gauges === null) return;
    meters.gateBlocked.set(gauges.gate.isBlocked ? 1 : 0);
    for (const cause of faultCauses) meters.gateFault.set({ cause }, gauges.gate.fault === cause ? 1 : 0);
    meters.gateSlotsLeft.set(gauges.gate.slotsLeft);
    meters.overdueAccess.set(gauges.overdueAccess);
    meters.sealedEntries.set(gauges.sealedEntries);
    for (const { state, lane, count } of gauges.tasks) meters.queueTasks.set({ state, lane }, count);
    for (const { state, count } of gauges.accessRequests) meters.accessRequests.set({ state }, count);
    // Those in quarantine come first, so that the limit on names leaves out none of them.
    const [named, rest] = [gauges.jobs.slice(0, mostApps), gauges.jobs.slice(mostApps)];
    for (const { app: name, isQuarantined } of named) meters.jobQuarantined.set({ app: name }, isQuarantined ? 1 : 0);
    for (const { name, waiting, isOff } of gauges.streams) {
      meters.streamWaiting.set({ stream: name }, waiting);
      meters.streamOff.set({ stream: name }, isOff ? 1 : 0);
      for (const result of ['sent', 'failed', 'givenUp'] satisfies StreamNews['result'][])
        meters.streamEntries.inc({ stream: name, result }, 0);
    }
    const [worst] = rest;
    if (worst !== undefined) meters.jobQuarantined.set({ app: other }, worst.isQuarantined ? 1 : 0);
  }

  async function check(): Promise<void> {
    const now = clock.monotonic();
    if (now < checkedAt + checkEveryMs) return;
    checkedAt = now;
    await Promise.all(
      Object.entries(parts.checks).map(async ([name, ask]) => {
        const isReady = await inTime(ask, 'check_failed');
        meters.ready.set({ check: name }, isReady === true ? 1 : 0);
      }),
    );
  }

  return {
    contentType: registry.contentType,
    async text() {
      if (!watchesProcess) {
        // Started by the first scrape: without scrapes its timers and observers would be a waste.
        collectDefaultMetrics({ register: registry });
        watchesProcess = true;
      }
      await Promise.all([gather(), check()]);
      return registry.metrics();
    },
    observer: {
      graphCall({ endpoint: name, method, status, seconds }) {
        const labels = { endpoint: endpoint(name), method, status: String(status) };
        meters.graphSeconds.observe(labels, notBelowZero(seconds));
      },
      message: ({ kind, result }) => meters.messages.inc({ kind, result }),
      dispatcher: {
        granted: () => meters.gateGrants.inc(),
        throttled: () => meters.gateThrottled.inc(),
        taskFinished({ outcomeKind, app: name, waitedSeconds, ranSeconds }) {
          meters.tasks.inc({ outcome: outcomeKind, app: app(name) });
          meters.taskWaitSeconds.observe(notBelowZero(waitedSeconds));
          meters.taskRunSeconds.observe(notBelowZero(ranSeconds));
        },
      },
      chat: {
        requested: (kind) => meters.requests.inc({ kind }),
        denied: ({ permission, reason }) => meters.denials.inc({ permission: permission ?? 'any', reason }),
        turnedAway: (reason) => meters.turnedAway.inc({ reason }),
      },
      givenUp: (kind) => meters.givenUp.inc({ kind }),
      pruned: (table, rows) => meters.pruned.inc({ table }, rows),
      stream: ({ stream, result, count }) => meters.streamEntries.inc({ stream, result }, count),
    },
  };
}

/** A call takes 0.3 to 30 seconds, more when Graph is slow. */
const callBuckets = [0.1, 0.3, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 30, 60];
/** From an immediate start to a list of hundreds. */
const waitBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600];
const graphBuckets = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30];

function createMeters(registry: Registry) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Counter({ name: `usher_${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Gauge({ name: `usher_${name}`, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, buckets: number[], ...labelNames: T[]) =>
    new Histogram({ name: `usher_${name}`, help, buckets, labelNames, registers });
  return {
    buildInfo: gauge('build_info', 'Always 1; the version of Usher that runs.', 'version'),
    ready: gauge('ready', 'Whether a part that readiness rests on answers, asked twice a minute.', 'check'),
    requests: counter('requests_total', 'Requests that people made, by what for.', 'kind'),
    tasks: counter('tasks_total', 'On-demand calls that came to an end, by outcome.', 'outcome', 'app'),
    taskWaitSeconds: histogram(
      'task_wait_seconds',
      'From the place in line to the start of the call that settled the task.',
      waitBuckets,
    ),
    taskRunSeconds: histogram('task_run_seconds', 'From that start until its outcome was stored.', callBuckets),
    gateGrants: counter('gate_grants_total', 'Starts that the rate gate granted.'),
    gateThrottled: counter('gate_throttled_total', 'On-demand calls that Graph answered 429; none are to be seen.'),
    gateBlocked: gauge('gate_blocked', 'Whether the rate gate is closed after a 429.'),
    gateFault: gauge(
      'gate_fault',
      'Whether the rate gate is closed as no call gets through to Graph, by why.',
      'cause',
    ),
    gateSlotsLeft: gauge('gate_slots_left', 'Starts that the rate gate allows at this moment.'),
    queueTasks: gauge('queue_tasks', 'Tasks that are not at their end; held ones wait for a yes.', 'state', 'lane'),
    graphSeconds: histogram(
      'graph_request_duration_seconds',
      'Exchanges with Microsoft Graph, repeats included.',
      graphBuckets,
      'endpoint',
      'method',
      'status',
    ),
    messages: counter('teams_messages_total', 'Messages to Teams, by what became of them.', 'kind', 'result'),
    denials: counter('denials_total', 'Commands refused for lack of permission.', 'permission', 'reason'),
    turnedAway: counter('turned_away_total', 'Activities that the door did not admit.', 'reason'),
    accessRequests: gauge('access_requests', 'Access requests that are not at their end.', 'state'),
    overdueAccess: gauge('access_overdue', 'Access that should have ended, and that nothing shows to have ended.'),
    givenUp: counter('work_given_up_total', 'What processes died of twice, so that it is not tried again.', 'kind'),
    pruned: counter('pruned_rows_total', 'Rows past their time that this process has deleted, by table.', 'table'),
    streamEntries: counter(
      'record_entries_total',
      'Entries of the record by what became of them in a stream; of failures, the attempts.',
      'stream',
      'result',
    ),
    streamWaiting: gauge('record_unsent', 'Entries of the record that a stream has not sent yet.', 'stream'),
    streamOff: gauge(
      'record_receiver_off',
      'Whether the receiver of a stream wants no more, until Usher starts.',
      'stream',
    ),
    brokenEntries: gauge('apps_file_broken_entries', 'Entries of APPS_FILE that lead to no app, or to several.'),
    sealedEntries: gauge('audit_log_sealed_entries', 'Entries of the audit log that were ever sealed; it never falls.'),
    jobQuarantined: gauge(
      'job_quarantined',
      'Whether the synchronization job was last seen in quarantine, within the hour.',
      'app',
    ),
  };
}

/** Lets this many names through, first come first served; all further ones become one. */
function bounded(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.size < most) known.add(name);
    return known.has(name) ? name : other;
  };
}

/** A wall clock that was set back meanwhile makes a duration negative. */
function notBelowZero(seconds: number): number {
  return Math.max(0, seconds);
}
