import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createApplications } from '../../src/graph/applications.ts';
import { startWarming, surveyJobs } from '../../src/graph/job-survey.ts';
import { createSynchronization, type Synchronization } from '../../src/graph/synchronization.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type Bench, captureLog, startBench } from './support.ts';

const { salesforce, payroll, zscaler } = apps;

let bench: Bench;
let graphClock: TestClock;
let synchronization: Synchronization;

beforeEach(async () => {
  graphClock = createTestClock();
  bench = await startBench({}, { clock: graphClock });
  synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
});

afterEach(() => bench.close());

const survey = (...ids: readonly string[]) => surveyJobs({ synchronization, clock: bench.clock }, ids, 2_000);
const jobsAsked = () => bench.sandbox.requests.filter(({ path }) => path.endsWith('/jobs')).map(({ path }) => path);

describe('the survey of the jobs of all apps', () => {
  it('shows how each stands, and which could not be read', async () => {
    bench.sandbox.failNext(`/servicePrincipals/${zscaler.id}`, { kind: 'status', status: 403 });

    const found = await survey(salesforce.id, payroll.id, zscaler.id);

    expect(found.get(salesforce.id)).toMatchObject({ ok: true, value: { kind: 'one' } });
    expect(found.get(payroll.id)).toMatchObject({ ok: true, value: { kind: 'none' } });
    expect(found.get(zscaler.id)).toMatchObject({ ok: false });
  });

  it('asks an app without a job once in half an hour', async () => {
    await survey(salesforce.id, payroll.id);
    await bench.clock.advance(60_000);
    await survey(payroll.id, salesforce.id);
    const within = jobsAsked();
    await bench.clock.advance(30 * 60_000);
    await survey(payroll.id);

    expect(within).toHaveLength(3);
    expect(jobsAsked()).toHaveLength(4);
  });

  it('leaves out what does not come in time, and has it for the next caller', async () => {
    bench.sandbox.failNext(`/servicePrincipals/${payroll.id}`, { kind: 'slow', ms: 3_000 });
    const first = survey(salesforce.id, payroll.id);
    await eventually(() => synchronization.knowsJob(salesforce.id) === true && graphClock.pending() === 1);
    await bench.clock.advance(2_000);
    const inTime = await first;
    await graphClock.advance(3_000);
    await eventually(() => synchronization.knowsJob(payroll.id) !== null);

    expect([...inTime.keys()]).toEqual([salesforce.id]);
    expect((await survey(payroll.id)).get(payroll.id)).toMatchObject({ value: { kind: 'none' } });
  });
});

describe('a tenant whose survey is kept warm', () => {
  it('has been read before the first caller asks, and is read again', async () => {
    const { graph, clock } = bench;
    const applications = createApplications({ graph, clock, entries: [] });
    const warming = startWarming({ applications, synchronization, clock, log: captureLog().log });
    await clock.advance(30_000);
    await eventually(() => synchronization.knowsJob(zscaler.id) === true);
    await clock.advance(25 * 60_000);
    await eventually(() => jobsAsked().filter((path) => path.includes(zscaler.id)).length === 2);
    await warming.stop();

    expect(synchronization.knowsJob(payroll.id)).toBe(false);
  });
});
