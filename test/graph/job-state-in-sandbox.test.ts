import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createJobServices, type JobServices } from '../../src/graph/job-services.ts';
import type { JobState } from '../../src/graph/job-state.ts';
import { createSynchronization, type Synchronization } from '../../src/graph/synchronization.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import type { Guesses, SynchronizationJob } from '../../src/sandbox/tenant/synchronization-job.ts';
import { stillClock } from '../sandbox/support.ts';
import { type Bench, startBench } from './support.ts';

const { salesforce } = apps;
const at = { servicePrincipalId: salesforce.id, jobId: salesforce.job?.id ?? '' };
const day = 24 * 60 * 60_000;
const sandboxClock = stillClock();

let bench: Bench;
let synchronization: Synchronization;
let jobs: JobServices;

beforeAll(async () => {
  bench = await startBench({}, { clock: sandboxClock });
  synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
  jobs = createJobServices({ graph: bench.graph, synchronization });
});
beforeEach(() => bench.sandbox.reset());
afterAll(() => bench.close());

async function stateNow(): Promise<JobState | null> {
  const read = await synchronization.readJob(at.servicePrincipalId, at.jobId);
  return read.ok ? read.value.state : null;
}

/** Every combination of the guesses about what a stopped job says. */
const guesses: readonly Partial<Guesses>[] = (['Disabled', 'Paused'] as const).flatMap((pausedSchedule) =>
  (['Quarantine', 'Paused'] as const).flatMap((switchedOffCode) =>
    [true, false].map((pauseKeepsQuarantine) => ({ pausedSchedule, switchedOffCode, pauseKeepsQuarantine })),
  ),
);

const refused = { health: 'quarantined', credentials: 'refused', quarantinedAt: sandboxClock.now() } as const;
const held = { health: 'quarantined', quarantineReason: 'TooManyDeletes' } as const;

describe.each(guesses)('the state of the sandbox’s job, where it is %j', (guess) => {
  beforeEach(() => bench.sandbox.tenant.guess(guess));

  it.each<[Partial<SynchronizationJob>, object]>([
    [{ health: 'notConfigured' }, { kind: 'notConfigured' }],
    [{ health: 'off' }, { kind: 'neverRun', isScheduled: false }],
    [{ health: 'neverRun' }, { kind: 'neverRun', isScheduled: true }],
    [{}, { kind: 'active' }],
    [{ escrowed: 3 }, { kind: 'active' }],
    [{ cycle: { beganAt: sandboxClock.now(), endsAt: sandboxClock.now() + day } }, { kind: 'running' }],
    [{ health: 'paused' }, { kind: 'paused', quarantine: null, cycle: null }],
    [{ health: 'paused', escrowsPruned: true }, { kind: 'pausedByService' }],
    [refused, { kind: 'quarantined', quarantine: { seriesCount: 1 } }],
    [held, { kind: 'deletionsHeldBack', isPaused: false }],
    [{ ...refused, quarantinedAt: sandboxClock.now() - 28 * day }, { kind: 'switchedOff' }],
  ])('is told: %j', async (changes, expected) => {
    bench.sandbox.tenant.changeJob(salesforce.id, changes);

    expect(await stateNow()).toMatchObject(expected);
  });

  it.each([
    [{}, { kind: 'paused', quarantine: null }],
    [held, { kind: 'deletionsHeldBack', isPaused: true }],
    [refused, { kind: 'paused' }],
    // A start would begin its first cycle anew, for all people.
    [{ health: 'neverRun' }, { kind: 'neverRun', isScheduled: false }],
  ] as const)('is told after a pause: %j', async (changes, expected) => {
    bench.sandbox.tenant.changeJob(salesforce.id, changes);
    await jobs.pause(at);

    const state = await stateNow();

    expect(state).toMatchObject(expected);
    if (state?.kind === 'paused' && changes === refused)
      expect(state.quarantine !== null).toBe(guess.pauseKeepsQuarantine);
  });
});
