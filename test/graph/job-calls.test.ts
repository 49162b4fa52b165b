import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobAddress } from '../../src/graph/job-address.ts';
import {
  type CallEnd,
  endOf,
  type JobCallParts,
  pauseJob,
  restartJob,
  startJob,
  testCredentials,
} from '../../src/graph/job-calls.ts';
import { createSynchronization, type Synchronization } from '../../src/graph/synchronization.ts';
import { type Application, apps } from '../../src/sandbox/tenant/applications.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce, zscaler, figma } = apps;

let bench: Bench;
let synchronization: Synchronization;
let parts: JobCallParts;

beforeEach(async () => {
  bench = await startBench();
  synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
  parts = { graph: bench.graph, synchronization };
});

afterEach(() => bench.close());

const at = (app: Application): JobAddress => ({ servicePrincipalId: app.id, jobId: app.job?.id ?? '' });
const stateOf = async (app: Application) => {
  const found = await synchronization.findJob(app.id);
  return found.ok && found.value.kind === 'one' ? found.value.job.state : null;
};
const sent = () => bench.sandbox.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);

describe('the calls that change a job', () => {
  it('pause and start it, and the next reading sees it', async () => {
    const before = await stateOf(salesforce);
    const paused = await pauseJob(parts, at(salesforce));
    const meanwhile = await stateOf(salesforce);
    const started = await startJob(parts, at(salesforce));
    const after = await stateOf(salesforce);

    expect([paused, started]).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect([before?.kind, meanwhile?.kind, after?.kind]).toEqual(['active', 'paused', 'running']);
  });

  it('begin the first cycle of a job that was never started', async () => {
    const before = await stateOf(figma);
    await startJob(parts, at(figma));

    expect([before, await stateOf(figma)]).toMatchObject([
      { kind: 'neverRun', isScheduled: false },
      { kind: 'neverRun', isScheduled: true, cycle: { total: expect.any(Number) } },
    ]);
  });

  it.each([
    ['quarantine', 'QuarantineState'],
    ['escrows', 'Escrows'],
    ['watermark', 'Watermark'],
    ['forceDeletes', 'ForceDeletes'],
  ] as const)('restart it with one scope alone: %s', async (scope, resetScope) => {
    await restartJob(parts, at(salesforce), scope);

    expect(sent()).toEqual([{ criteria: { resetScope } }]);
  });

  it('carry out what a job holds back', async () => {
    bench.sandbox.tenant.changeJob(salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });
    const before = await stateOf(salesforce);
    await restartJob(parts, at(salesforce), 'forceDeletes');

    expect([before?.kind, (await stateOf(salesforce))?.kind]).toEqual(['deletionsHeldBack', 'running']);
  });

  it.each<[string, Parameters<Bench['sandbox']['failNext']>[1], object]>([
    ['a missing permission', { kind: 'status', status: 401 }, { why: 'permission' }],
    ['a missing permission', { kind: 'status', status: 403 }, { why: 'permission' }],
    [
      'throttling',
      { kind: 'status', status: 429, headers: { 'Retry-After': '7' } },
      { why: 'throttled', retryAfterMs: 7_000 },
    ],
    ['a cloud without the call', { kind: 'status', status: 405 }, { why: 'cloudLacksCall' }],
    ['a cloud without the call', { kind: 'status', status: 501 }, { why: 'cloudLacksCall' }],
    ['a job that is gone', { kind: 'status', status: 404 }, { why: 'notFound' }],
    ['two writers', { kind: 'status', status: 409 }, { why: 'conflict' }],
    ['a bad request', { kind: 'status', status: 400, code: 'RequestParameterInvalid' }, { why: 'other' }],
    ['no credentials', { kind: 'status', status: 400, code: 'CredentialsMissing' }, { why: 'credentialsMissing' }],
  ])('are refused for %s, as a value, and are not repeated', async (_why, fault, expected) => {
    bench.sandbox.failNext(/\/pause$/, fault);

    const end = await pauseJob(parts, at(salesforce));

    expect(end).toMatchObject({ kind: 'refused', ...expected });
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it('are told from a missing job where the path is unknown', async () => {
    bench.sandbox.tenant.guess({ lacking: { pause: 404 } });

    expect(await pauseJob(parts, at(salesforce))).toMatchObject({ kind: 'refused', why: 'cloudLacksCall' });
  });

  it.each([
    ['a gateway that gave up', { kind: 'status', status: 504 }, 'gatewayTimeout'],
    ['a fault of Graph’s', { kind: 'status', status: 503 }, 'serverError'],
    ['a lost connection', { kind: 'reset' }, 'connectionLost'],
    ['a web page', { kind: 'html' }, 'unreadable'],
  ] as const)('have an unknown end after %s, and the job is read again: done or not', async (_why, fault, why) => {
    const ends: CallEnd[] = [];
    for (const workDone of [true, false]) {
      bench.sandbox.failNext(/\/(pause|start)$/, { ...fault, workDone });
      ends.push(await (workDone ? pauseJob : startJob)(parts, at(salesforce)));
    }

    // The pause was carried out, and the start after it was not.
    const paused = { ok: true, value: { state: { kind: 'paused' } } };
    expect(ends).toMatchObject([
      { kind: 'unknown', why, job: paused },
      { kind: 'unknown', why, job: paused },
    ]);
  });

  it('tell a call that was never sent', async () => {
    await bench.sandbox.close();

    expect(await pauseJob(parts, at(salesforce))).toMatchObject({ kind: 'unsent', trouble: { why: 'unreachable' } });
  });

  it('count a delegated caller’s refusal as their own', async () => {
    const delegated = await startBench({ onBehalf: true });
    delegated.sandbox.failNext(/\/start$/, { kind: 'status', status: 403 });

    const end = await startJob({ ...parts, graph: delegated.graph }, at(salesforce));
    await delegated.close();

    expect(end).toMatchObject({ kind: 'refused', why: 'ownRole' });
  });

  it('are not known to have failed after a time-out', () => {
    const trace = { clientRequestId: '', requestId: null, date: null };

    expect(endOf({ kind: 'noAnswer', why: 'timeout', trace })).toEqual({ kind: 'unknown', why: 'timeout' });
  });
});

describe('the test of a job’s credentials', () => {
  it('passes, and sends no secret', async () => {
    expect(await testCredentials(parts, at(salesforce))).toEqual({ kind: 'passed' });
    expect(sent()).toEqual([{ useSavedCredentials: true }]);
  });

  it('fails for Zscaler with what the app answered, and passes once they are mended', async () => {
    const before = await testCredentials(parts, at(zscaler));
    bench.sandbox.tenant.changeJob(zscaler.id, { credentials: 'working' });

    expect(before).toEqual({
      kind: 'failed',
      code: 'SystemForCrossDomainIdentityManagementCredentialValidationUnavailable',
      message: expect.stringMatching(/^We received this unexpected response .*Unauthorized \(401\)$/),
      app: 'unauthorized',
    });
    expect(await testCredentials(parts, at(zscaler))).toEqual({ kind: 'passed' });
  });

  it.each([400, 401, 422, 500, 503])('is known by its code, whatever the status: %s', async (testFailureStatus) => {
    bench.sandbox.tenant.guess({ testFailureStatus });
    bench.sandbox.tenant.changeJob(salesforce.id, { credentials: 'notFound' });
    const failed = await testCredentials(parts, at(salesforce));
    bench.sandbox.tenant.changeJob(salesforce.id, { credentials: 'missing' });

    expect(failed).toMatchObject({ kind: 'failed', app: 'notFound' });
    expect(await testCredentials(parts, at(salesforce))).toEqual({ kind: 'noCredentials' });
  });

  it('shows what an app answered in several lines as one', async () => {
    const message = JSON.stringify({ code: 'Inner', message: 'It said:\r\n"No"\tto \\new' });
    bench.sandbox.failNext(/validateCredentials$/, {
      ...{ kind: 'status', status: 400, code: 'CredentialValidationUnavailable', message },
    });

    expect(await testCredentials(parts, at(salesforce))).toMatchObject({ message: 'It said: "No" to \\new' });
  });

  it('shows an answer that is no JSON as it came, without its secrets', async () => {
    const message = 'The app said: password=hunter2, no';
    bench.sandbox.failNext(/validateCredentials$/, {
      ...{ kind: 'status', status: 400, code: 'CredentialValidationUnavailable', message },
    });

    const failed = await testCredentials(parts, at(salesforce));

    expect(failed).toMatchObject({ kind: 'failed', code: 'CredentialValidationUnavailable', app: null });
    expect(JSON.stringify(failed)).not.toContain('hunter2');
  });

  it.each([
    [
      { kind: 'status', status: 403 },
      { kind: 'refused', why: 'permission' },
    ],
    [
      { kind: 'status', status: 502 },
      { kind: 'unknown', why: 'serverError' },
    ],
    [{ kind: 'reset' }, { kind: 'unknown', why: 'connectionLost' }],
  ] as const)('has another end for %j', async (fault, expected) => {
    bench.sandbox.failNext(/validateCredentials$/, fault);

    expect(await testCredentials(parts, at(salesforce))).toMatchObject(expected);
  });
});
