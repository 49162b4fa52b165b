import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Gauges } from '../src/gauges.ts';
import { createLog } from '../src/log.ts';
import { createMetrics, type Metrics, type MetricsParts } from '../src/metrics.ts';
import { createTestClock, type TestClock } from './support/clock.ts';
import { lint, readExposition, type Sample } from './support/exposition.ts';

const quiet: Gauges = {
  gate: { isBlocked: false, slotsLeft: 5 },
  tasks: [{ state: 'waiting', lane: 'bulk', count: 7 }],
  accessRequests: [{ state: 'pending', count: 2 }],
  jobs: [
    { app: 'Zscaler', isQuarantined: true },
    { app: 'Salesforce', isQuarantined: false },
  ],
  overdueAccess: 3,
  sealedEntries: 1_200,
  streams: [{ name: 'events', waiting: 3, isOff: true }],
};

let clock: TestClock;
beforeEach(() => {
  clock = createTestClock();
});

function start(parts: Partial<MetricsParts> = {}): Metrics {
  return createMetrics({ gauges: async () => quiet, checks: {}, clock, log: createLog('silent'), ...parts });
}

/** One event of each kind, reported to the observer. */
function tellAll({ observer }: Metrics): void {
  observer.graphCall({ endpoint: '/users/{id}', method: 'GET', status: 200, seconds: 0.2 });
  observer.graphCall({ endpoint: '/users/{id}', method: 'GET', status: 'none', seconds: 10 });
  observer.message({ kind: 'edit', result: 'failed' });
  observer.dispatcher.granted();
  observer.dispatcher.throttled();
  observer.dispatcher.taskFinished({ outcomeKind: 'created', app: 'Salesforce', waitedSeconds: 3, ranSeconds: 1.2 });
  observer.chat.requested('person');
  observer.chat.denied({ permission: 'provision.run', reason: 'needsRole' });
  observer.chat.denied({ permission: null, reason: 'guest' });
  observer.chat.turnedAway('tenant');
  observer.givenUp('card');
  observer.stream({ stream: 'events', result: 'givenUp', count: 12 });
}

async function samplesOf(metrics: Metrics): Promise<readonly Sample[]> {
  return readExposition(await metrics.text()).flatMap(({ samples }) => samples);
}

function find(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const isIt = (sample: Sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return samples.find((sample) => sample.name === `usher_${name}` && isIt(sample))?.value;
}

describe('the metrics', () => {
  it('keep to the format and to the conventions for names', async () => {
    const metrics = start({ checks: { database: async () => true } });
    tellAll(metrics);

    const text = await metrics.text();

    expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(lint(text, 'usher_')).toEqual([]);
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('count the events that they observe', async () => {
    const metrics = start();
    tellAll(metrics);

    const samples = await samplesOf(metrics);

    expect(find(samples, 'graph_request_duration_seconds_count', { status: '200', endpoint: '/users/{id}' })).toBe(1);
    expect(find(samples, 'graph_request_duration_seconds_bucket', { status: 'none', le: '5' })).toBe(0);
    expect(find(samples, 'graph_request_duration_seconds_bucket', { status: 'none', le: '10' })).toBe(1);
    expect(find(samples, 'teams_messages_total', { kind: 'edit', result: 'failed' })).toBe(1);
    expect(find(samples, 'teams_messages_total', { kind: 'edit', result: 'gone' })).toBe(0);
    expect(find(samples, 'gate_grants_total')).toBe(1);
    expect(find(samples, 'gate_throttled_total')).toBe(1);
    expect(find(samples, 'tasks_total', { outcome: 'created', app: 'Salesforce' })).toBe(1);
    expect(find(samples, 'task_wait_seconds_sum')).toBe(3);
    expect(find(samples, 'task_run_seconds_sum')).toBe(1.2);
    expect(find(samples, 'requests_total', { kind: 'person' })).toBe(1);
    expect(find(samples, 'denials_total', { permission: 'provision.run', reason: 'needsRole' })).toBe(1);
    expect(find(samples, 'denials_total', { permission: 'any', reason: 'guest' })).toBe(1);
    expect(find(samples, 'turned_away_total', { reason: 'tenant' })).toBe(1);
    expect(find(samples, 'job_quarantined', { app: 'Zscaler' })).toBe(1);
    expect(find(samples, 'job_quarantined', { app: 'Salesforce' })).toBe(0);
    expect(find(samples, 'record_unsent', { stream: 'events' })).toBe(3);
    expect(find(samples, 'record_receiver_off', { stream: 'events' })).toBe(1);
    expect(find(samples, 'record_entries_total', { stream: 'events', result: 'givenUp' })).toBe(12);
    expect(find(samples, 'record_entries_total', { stream: 'events', result: 'sent' })).toBe(0);
  });

  it('name the version that runs', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

    expect(find(await samplesOf(start()), 'build_info', { version })).toBe(1);
  });

  it('share nothing with other metrics of the same process', async () => {
    const [one, other] = [start(), start()];
    one.observer.dispatcher.granted();

    expect(find(await samplesOf(other), 'gate_grants_total')).toBe(0);
  });

  it('list two hundred applications by name, and all further ones together', async () => {
    const metrics = start();
    const finish = (app: string) =>
      metrics.observer.dispatcher.taskFinished({ outcomeKind: 'inSync', app, waitedSeconds: 0, ranSeconds: 1 });
    for (let index = 0; index < 250; index += 1) finish(`App ${index}`);
    finish('App 0');

    const tasks = (await samplesOf(metrics)).filter(({ name }) => name === 'usher_tasks_total');

    expect(tasks).toHaveLength(201);
    expect(find(tasks, 'tasks_total', { app: 'other' })).toBe(50);
    expect(find(tasks, 'tasks_total', { app: 'App 0' })).toBe(2);
  });

  it('accept an application of any name', async () => {
    const metrics = start({
      gauges: async () => ({ ...quiet, jobs: [{ app: 'The "new"\\old\napp', isQuarantined: true }] }),
    });

    expect(lint(await metrics.text(), 'usher_')).toEqual([]);
  });

  it('count a span that a clock made negative as zero', async () => {
    const metrics = start();
    const finished = { outcomeKind: 'created', app: 'Salesforce', ranSeconds: 1 } as const;

    metrics.observer.dispatcher.taskFinished({ ...finished, waitedSeconds: -3_600 });

    expect(find(await samplesOf(metrics), 'task_wait_seconds_sum')).toBe(0);
  });
});

describe('a gauge that is read at a scrape', () => {
  it('shows the present', async () => {
    let gauges = quiet;
    const metrics = start({ gauges: async () => gauges });
    await metrics.text();
    gauges = { ...quiet, gate: { isBlocked: true, slotsLeft: 0, fault: 'noToken' }, accessRequests: [] };

    const samples = await samplesOf(metrics);

    expect(find(samples, 'gate_blocked')).toBe(1);
    expect(find(samples, 'gate_slots_left')).toBe(0);
    expect(find(samples, 'gate_fault', { cause: 'noToken' })).toBe(1);
    expect(find(samples, 'gate_fault', { cause: 'unreachable' })).toBe(0);
    expect(find(samples, 'queue_tasks', { state: 'waiting', lane: 'bulk' })).toBe(7);
    expect(find(samples, 'access_requests', { state: 'pending' })).toBeUndefined();
    expect(find(samples, 'access_overdue')).toBe(3);
    expect(find(samples, 'audit_log_sealed_entries')).toBe(1_200);
  });

  it('is left out while the database does not answer, and the rest is served', async () => {
    let isAway = false;
    const metrics = start({ gauges: () => (isAway ? Promise.reject(new Error('gone')) : Promise.resolve(quiet)) });
    await metrics.text();
    isAway = true;

    const samples = await samplesOf(metrics);

    expect(find(samples, 'gate_slots_left')).toBeUndefined();
    expect(find(samples, 'queue_tasks')).toBeUndefined();
    expect(find(samples, 'audit_log_sealed_entries')).toBeUndefined();
    expect(find(samples, 'gate_grants_total')).toBe(0);
  });

  it('is left out when it takes longer than a scrape may', async () => {
    const metrics = start({ gauges: () => new Promise(() => {}), checks: { graph: () => new Promise(() => {}) } });

    const telling = samplesOf(metrics);
    await clock.advance(3_000);
    const samples = await telling;

    expect(find(samples, 'gate_slots_left')).toBeUndefined();
    expect(find(samples, 'ready', { check: 'graph' })).toBe(0);
  });

  it('asks whether Usher is ready twice a minute at most, however often it is scraped', async () => {
    let asked = 0;
    let answers = true;
    const graph = async () => {
      asked += 1;
      return answers;
    };
    const metrics = start({ checks: { graph, database: () => Promise.reject(new Error('gone')) } });

    const first = await samplesOf(metrics);
    answers = false;
    const second = await samplesOf(metrics);
    await clock.advance(30_000);
    const third = await samplesOf(metrics);

    expect([first, second, third].map((samples) => find(samples, 'ready', { check: 'graph' }))).toEqual([1, 1, 0]);
    expect(find(first, 'ready', { check: 'database' })).toBe(0);
    expect(asked).toBe(2);
  });
});

describe('docs', () => {
  const dashboard = readFileSync(new URL('../docs/grafana-dashboard.json', import.meta.url), 'utf8');
  const alerts = readFileSync(new URL('../docs/alerts.yml', import.meta.url), 'utf8');
  const named = (text: string) => [...new Set(text.match(/\busher_[a-z_]+/g))];
  /** Label names in selectors and groupings. */
  const labelsIn = (text: string) => [
    ...[...text.matchAll(/([a-z]+)(?:=~?|!=|!~)\\?"/g)].map(([, label]) => label),
    ...[...text.matchAll(/\bby \(([^)]+)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/)),
  ];

  it.each([
    ['the dashboard', dashboard, 15],
    ['the alerts', alerts, 7],
  ])('%s asks only for metrics and labels that exist', async (_name, text, least) => {
    const metrics = start({ checks: { graph: async () => true } });
    tellAll(metrics);
    const samples = (await samplesOf(metrics)).filter(({ name }) => name.startsWith('usher_'));
    const names = new Set(samples.map(({ name }) => name));
    const labels = new Set(['job', 'instance', ...samples.flatMap((sample) => Object.keys(sample.labels))]);

    expect(named(text).length).toBeGreaterThanOrEqual(least);
    expect(named(text).filter((name) => !names.has(name))).toEqual([]);
    expect(labelsIn(text).filter((label) => label === undefined || !labels.has(label))).toEqual([]);
  });

  it('the dashboard is one that Grafana accepts: every panel has an id, a position, a title and a query', () => {
    const { title, panels } = JSON.parse(dashboard) as { title: string; panels: Record<string, unknown>[] };
    const asking = panels.filter(({ type }) => type !== 'row') as { targets?: { expr?: string }[] }[];

    expect(title).toBe('Usher');
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const panel of panels)
      expect(panel).toMatchObject({ gridPos: { x: expect.any(Number) }, title: expect.stringMatching(/./) });
    for (const panel of asking)
      expect(panel.targets?.every(({ expr }) => expr !== undefined && expr !== '')).toBe(true);
  });

  it('every alert says for how long, how bad, and what to do', () => {
    const rules = alerts.split(/^ {6}- alert: /m).slice(1);

    expect(rules.length).toBeGreaterThanOrEqual(7);
    for (const rule of rules) {
      expect(rule).toMatch(/^Usher[A-Za-z0-9]+\n {8}expr: /);
      expect(rule).toMatch(/^ {8}for: \d+[mh]$/m);
      expect(rule).toMatch(/^ {10}severity: (warning|critical)$/m);
      expect(rule).toMatch(/^ {10}summary: .+/m);
      expect(rule).toMatch(/^ {10}description: .+/m);
    }
  });
});

describe('the linter', () => {
  it.each([
    ['a counter without _total', '# HELP a_calls Calls.\n# TYPE a_calls counter\na_calls 1\n', /_total/],
    ['a gauge with _total', '# HELP a_total All.\n# TYPE a_total gauge\na_total 1\n', /_total/],
    ['no HELP', '# TYPE a_total counter\na_total 1\n', /no HELP/],
    ['no TYPE', '# HELP a_b Some.\na_b 1\n', /no TYPE/],
    ['milliseconds', '# HELP a_milliseconds Time.\n# TYPE a_milliseconds gauge\na_milliseconds 1\n', /base unit/],
    ['a series twice', '# HELP a_b B.\n# TYPE a_b gauge\na_b{x="1",y="2"} 1\na_b{y="2",x="1"} 1\n', /series twice/],
    ['a family in two places', '# HELP a_b B.\n# TYPE a_b gauge\na_b 1\na_c 1\na_b{x="1"} 1\n', /two places/],
    ['camelCase', '# HELP a_bC B.\n# TYPE a_bC gauge\na_bC 1\n', /snake_case/],
    [
      'a histogram without +Inf',
      '# HELP a_seconds T.\n# TYPE a_seconds histogram\na_seconds_bucket{le="1"} 1\na_seconds_sum 1\na_seconds_count 1\n',
      /\+Inf/,
    ],
    [
      'buckets that fall',
      '# HELP a_seconds T.\n# TYPE a_seconds histogram\na_seconds_bucket{le="1"} 2\na_seconds_bucket{le="+Inf"} 1\na_seconds_sum 1\na_seconds_count 1\n',
      /do not rise/,
    ],
  ])('recognizes %s', (_name, text, fault) => {
    expect(lint(text, 'a_')).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });

  it.each(['a_b{x="1} 1\n', 'a_b{x=1} 1\n', 'a_b one\n', 'a-b 1\n', 'a_b 1'])('does not read %j', (text) => {
    expect(() => readExposition(text)).toThrow();
  });
});
