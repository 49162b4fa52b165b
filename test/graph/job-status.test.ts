import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { JobStatus } from '../../src/graph/job-status.ts';
import { createSynchronization, type JobStatusMatch, type Synchronization } from '../../src/graph/synchronization.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Bench, startBench } from './support.ts';

const minuteMs = 60_000;
const daysAgo = (count: number) => systemClock.now() - count * 24 * 60 * minuteMs;

let bench: Bench;
let synchronization: Synchronization;

beforeEach(async () => {
  bench = await startBench();
  synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
});

afterEach(() => bench.close());

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../fixtures/graph/${name}.json`, import.meta.url), 'utf8'));
}

async function matchOf(...value: readonly unknown[]): Promise<JobStatusMatch | null> {
  bench.sandbox.failNext(/\/synchronization\/jobs$/, { kind: 'status', status: 200, body: { value } });
  const found = await synchronization.findStatus('an app');
  return found.ok ? found.value : null;
}

async function statusOf(stored: unknown): Promise<JobStatus | null> {
  const found = await matchOf(stored);
  return found?.kind === 'one' ? found.status : null;
}

async function statusOfApp(servicePrincipalId: string): Promise<JobStatus | null> {
  const found = await synchronization.findStatus(servicePrincipalId);
  return found.ok && found.value.kind === 'one' ? found.value.status : null;
}

const began = '2026-01-05T08:00:00.6330529Z';
const ended = '2026-01-05T08:02:00.1234567Z';
const beganMs = Date.parse('2026-01-05T08:00:00.633Z');
const endedMs = Date.parse('2026-01-05T08:02:00.123Z');

interface Parts {
  readonly code?: unknown;
  readonly schedule?: unknown;
  readonly lastExecution?: unknown;
  readonly more?: Record<string, unknown>;
}

/** A healthy job with these changes. */
function job({ code = 'Active', schedule = {}, lastExecution = {}, more = {} }: Parts = {}) {
  const run = { state: 'Succeeded', timeBegan: began, timeEnded: ended, error: null };
  return {
    id: 'a job',
    schedule: schedule === null ? null : { state: 'Active', interval: 'PT40M', ...Object(schedule) },
    status: {
      code,
      lastExecution: lastExecution === null ? null : { ...run, ...Object(lastExecution) },
      ...more,
    },
  };
}

describe('the status of an app of the sandbox', () => {
  it('is healthy for Salesforce, with its last and next run and its counts', async () => {
    const status = await statusOfApp(apps.salesforce.id);

    expect(status).toMatchObject({
      id: apps.salesforce.job?.id,
      health: { kind: 'healthy' },
      lastRun: { result: { kind: 'succeeded' }, error: null },
      counts: [{ type: 'User', count: bench.sandbox.tenant.accountCount(apps.salesforce.id, 'User') }],
    });
    expect(status?.lastSuccess).toBe(status?.lastRun?.ended);
    expect(status?.nextRun).toBe((status?.lastRun?.began ?? 0) + 40 * minuteMs);
  });

  it('is quarantine for Zscaler, with the credential error that an admin can fix', async () => {
    const status = await statusOfApp(apps.zscaler.id);

    expect(status).toMatchObject({
      health: {
        kind: 'quarantined',
        quarantine: {
          reason: 'EncounteredQuarantineException',
          since: expect.any(Number),
          nextAttempt: expect.any(Number),
          endsAt: expect.any(Number),
          seriesCount: 3,
          error: {
            code: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
            message: expect.stringContaining('secret token'),
            tenantActionable: true,
          },
        },
      },
      lastRun: { result: { kind: 'failed' } },
      nextRun: null,
    });
  });

  it('is "never run" for Concur, and has no run, no error and no next one', async () => {
    expect(await statusOfApp(apps.concur.id)).toEqual({
      id: apps.concur.job?.id,
      template: 'concur',
      health: { kind: 'neverRun' },
      lastRun: null,
      lastSuccess: null,
      nextRun: null,
      counts: [],
    });
  });

  it('is none for Payroll, which has no job', async () => {
    expect(await synchronization.findStatus(apps.payroll.id)).toEqual({ ok: true, value: { kind: 'none' } });
  });

  it('shares one reading with the job itself', async () => {
    await synchronization.findStatus(apps.salesforce.id);
    await synchronization.findJob(apps.salesforce.id);

    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it('is an error, and not "none", when Graph refuses', async () => {
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 403 });

    expect(await synchronization.findStatus(apps.salesforce.id)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });
});

describe("Microsoft's own examples", () => {
  it('read as a quarantine with all its details', async () => {
    const error = {
      code: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
      message: 'Please provide a valid tenant URL for your application.',
      tenantActionable: true,
    };

    expect(await statusOf(sample('job-quarantined'))).toMatchObject({
      health: {
        kind: 'quarantined',
        quarantine: {
          reason: 'EncounteredQuarantineException',
          since: Date.parse('2021-05-24T21:45:54.498Z'),
          nextAttempt: Date.parse('2021-05-24T21:50:54.498Z'),
          seriesCount: 1,
          error,
        },
      },
      lastRun: {
        began: Date.parse('2021-05-24T21:45:53.633Z'),
        ended: Date.parse('2021-05-24T21:45:54.558Z'),
        result: { kind: 'failed' },
        error,
        counts: { entitled: 0, inScope: 0, imported: 0, exported: 0, escrowed: 0 },
      },
      lastSuccess: null,
      nextRun: null,
      counts: [],
    });
  });

  it('read as a job that never ran', async () => {
    expect(await statusOf(sample('job-never-run'))).toMatchObject({ health: { kind: 'neverRun' }, lastRun: null });
  });
});

describe('the health of a job', () => {
  it.each([
    ['paused as failures were dropped', { health: 'paused', escrowsPruned: true }, 'failures'],
    ['paused', { health: 'paused' }, undefined],
    ['in quarantine for a day', { health: 'quarantined', quarantinedAt: daysAgo(1) }, undefined],
    ['in quarantine for four weeks', { health: 'quarantined', quarantinedAt: daysAgo(28) }, 'quarantine'],
  ] as const)('tells whether Microsoft itself has stopped a job that is %s', async (_what, changes, by) => {
    bench.sandbox.tenant.changeJob(apps.salesforce.id, { credentials: 'refused', ...changes });

    const found = await synchronization.findStatus(apps.salesforce.id);

    expect(found.ok && found.value.kind === 'one' ? found.value.status.stoppedByService : null).toBe(by);
  });

  const neverExecuted = {
    state: 'Failed',
    timeBegan: '0001-01-01T00:00:00Z',
    timeEnded: '0001-01-01T00:00:00Z',
    error: { code: 'None', message: '', tenantActionable: false },
  };

  const inQuarantine = { quarantine: { reason: 'EncounteredQuarantineException', currentBegan: began } };

  it.each([
    ['healthy', {}],
    ['healthy', { lastExecution: null }],
    ['healthy', { lastExecution: { state: 'EntryLevelErrors' } }],
    ['healthy', { lastExecution: { state: 'SomethingNew' } }],
    ['failing', { lastExecution: { state: 'Failed', error: { code: 'Timeout', message: 'slow' } } }],
    ['running', { lastExecution: { timeEnded: '0001-01-01T00:00:00Z' } }],
    ['running', { code: 'InProgress' }],
    ['neverRun', { lastExecution: neverExecuted }],
    ['neverRun', { code: 'NotRun', lastExecution: neverExecuted }],
    ['neverRun', { code: 'NotStarted' }],
    ['paused', { code: 'Paused' }],
    ['paused', { schedule: { state: 'Paused' } }],
    ['disabled', { schedule: { state: 'Disabled' } }],
    ['notConfigured', { code: 'NotConfigured' }],
    ['notConfigured', { code: 'NotConfigured', schedule: { state: 'Disabled' } }],
    ['disabled', { code: 'Paused', schedule: { state: 'Disabled' }, lastExecution: null }],
    ['quarantined', { code: 'Quarantine' }],
    ['quarantined', { code: 'Quarantine', schedule: { state: 'Disabled' }, more: inQuarantine }],
    ['quarantined', { code: 'Quarantine', schedule: { state: 'Paused' }, more: inQuarantine }],
    ['paused', { code: 'Paused', more: inQuarantine }],
  ] satisfies [string, Parts][])('is %s for %j', async (kind, parts) => {
    expect((await statusOf(job(parts)))?.health.kind).toBe(kind);
  });

  it('is passed on by its code where Microsoft has added one', async () => {
    expect((await statusOf(job({ code: 'Hibernating' })))?.health).toEqual({ kind: 'other', code: 'Hibernating' });
  });

  it.each([
    ['nothing', { id: 'a job' }],
    ['something odd', { id: 'a job', schedule: 'Active', status: { code: 7, lastExecution: 'yesterday' } }],
  ])('is unknown, and not healthy, where the job says %s', async (_what, stored) => {
    expect(await statusOf(stored)).toEqual({
      id: 'a job',
      template: null,
      health: { kind: 'other', code: '' },
      lastRun: null,
      lastSuccess: null,
      nextRun: null,
      counts: [],
    });
  });

  it('is quarantine even where Graph says nothing else about it', async () => {
    expect((await statusOf(job({ code: 'Quarantine', more: { quarantine: null } })))?.health).toEqual({
      kind: 'quarantined',
      quarantine: {
        ...{ reason: null, since: null, nextAttempt: null, seriesBegan: null },
        ...{ endsAt: null, seriesCount: null, error: null },
      },
    });
  });
});

describe('the last run', () => {
  it('has its times, its counts and its result as Graph sends it', async () => {
    const lastExecution = {
      state: 'SomethingNew',
      countEntitled: 7,
      countEntitledForProvisioning: '6',
      countImported: 5,
      countExported: 4,
      countEscrowed: 'many',
    };

    expect((await statusOf(job({ lastExecution })))?.lastRun).toEqual({
      began: beganMs,
      ended: endedMs,
      result: { kind: 'other', code: 'SomethingNew' },
      error: null,
      counts: { entitled: 7, inScope: 6, imported: 5, exported: 4, escrowed: null },
    });
  });

  it('has no error where the error is called "None"', async () => {
    const lastExecution = { error: { code: 'None', message: '', tenantActionable: false } };

    expect((await statusOf(job({ lastExecution })))?.lastRun?.error).toBeNull();
  });

  it('is a failure, and not "never", where it has an error but no times', async () => {
    const lastExecution = { state: 'Failed', timeBegan: null, timeEnded: null, error: { code: 'Timeout' } };

    expect(await statusOf(job({ lastExecution }))).toMatchObject({
      health: { kind: 'failing' },
      lastRun: { began: null, ended: null, error: { code: 'Timeout', message: null, tenantActionable: null } },
    });
  });
});

describe('the next run', () => {
  it.each([
    ['PT40M', beganMs + 40 * minuteMs],
    ['PT2H30M', beganMs + 150 * minuteMs],
    ['P1D', beganMs + 24 * 60 * minuteMs],
    // A run that takes longer than the interval.
    ['PT1M', endedMs],
    ['PT0S', null],
    // .NET's longest span stands for "never".
    ['P10675199DT2H48M5.4775807S', null],
    ['soon', null],
    [null, null],
  ])('with an interval of %s is %s', async (interval, expected) => {
    expect((await statusOf(job({ schedule: { interval } })))?.nextRun).toBe(expected);
  });

  it.each([
    ['the schedule is paused', { schedule: { state: 'Paused' } }],
    ['the job is in quarantine', { code: 'Quarantine' }],
    ['a run goes on', { lastExecution: { timeEnded: null } }],
    ['there is no schedule', { schedule: null }],
    ['nothing ever ran', { lastExecution: null }],
  ] satisfies [string, Parts][])('is not predicted where %s', async (_why, parts) => {
    expect((await statusOf(job(parts)))?.nextRun).toBeNull();
  });
});

describe('the objects in the app', () => {
  it('are counted by type, types as they come, odd pairs left out', async () => {
    const synchronizedEntryCountByType = [
      { key: 'User', value: 12 },
      { key: 'urn:new', value: '3' },
      { key: 'Group', value: null },
      7,
    ];

    expect((await statusOf(job({ more: { synchronizedEntryCountByType } })))?.counts).toEqual([
      { type: 'User', count: 12 },
      { type: 'urn:new', count: 3 },
    ]);
  });
});

describe('an app with several jobs', () => {
  it('shows the one that can work, the others beside it', async () => {
    const found = await matchOf(
      { ...job({ code: 'Quarantine' }), id: 'quarantined' },
      { ...job({ code: 'NotRun' }), id: 'never run' },
      { ...job(), id: 'active' },
    );

    expect(found).toMatchObject({
      kind: 'one',
      status: { id: 'active' },
      others: [{ id: 'never run' }, { id: 'quarantined' }],
    });
  });
});
