import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type JobState, stateOf } from '../../src/graph/job-state.ts';
import { storedJobSchema } from '../../src/graph/stored-job.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/graph/${name}.json`, import.meta.url), 'utf8'));
const examples: readonly { readonly what: string; readonly job: unknown }[] = read('jobs-in-their-states');
const example = (index: number) => Object(examples[index]?.job);

const state = (stored: unknown): JobState => stateOf(storedJobSchema.parse(stored));
const at = (iso: string) => Date.parse(iso);

const noQuarantine = {
  ...{ reason: null, since: null, nextAttempt: null, seriesBegan: null },
  ...{ endsAt: null, seriesCount: null, error: null },
};
const day = 24 * 60 * 60_000;

/** A job that ran and works, changed. */
function job(schedule: string, code: string, status: Record<string, unknown> = {}) {
  const lastExecution = {
    state: 'Succeeded',
    timeBegan: '2026-11-25T08:40:00Z',
    timeEnded: '2026-11-25T08:41:30Z',
    error: null,
  };
  return { id: 'a job', schedule: { state: schedule, interval: 'PT40M' }, status: { code, lastExecution, ...status } };
}

const quarantine = (reason: string, more: Record<string, unknown> = {}) => ({
  quarantine: {
    currentBegan: '2026-11-01T00:00:00Z',
    seriesBegan: '2026-11-01T00:00:00Z',
    nextAttempt: '2026-11-26T00:00:00Z',
    reason,
    seriesCount: 4,
    error: null,
    ...more,
  },
});

describe('the state of a job', () => {
  it.each([
    [
      'Microsoft’s example in quarantine',
      read('job-quarantined'),
      {
        kind: 'quarantined',
        quarantine: {
          reason: 'EncounteredQuarantineException',
          since: at('2021-05-24T21:45:54.498Z'),
          nextAttempt: at('2021-05-24T21:50:54.498Z'),
          seriesBegan: at('2021-05-24T21:45:54.498Z'),
          endsAt: at('2021-05-24T21:45:54.498Z') + 28 * day,
          seriesCount: 1,
          error: expect.objectContaining({ code: 'SystemForCrossDomainIdentityManagementInvalidCredentials' }),
        },
      },
    ],
    [
      'Microsoft’s example that was just started',
      read('job-never-run'),
      {
        kind: 'neverRun',
        isScheduled: true,
        cycle: null,
      },
    ],
    [examples[0]?.what, example(0), { kind: 'notConfigured' }],
    [examples[1]?.what, example(1), { kind: 'neverRun', isScheduled: false, cycle: null }],
    [examples[2]?.what, example(2), { kind: 'paused', cycle: null, quarantine: null }],
    [
      examples[3]?.what,
      example(3),
      {
        kind: 'running',
        cycle: { began: at('2026-11-25T09:20:00Z'), done: 12, total: 61 },
      },
    ],
    [examples[4]?.what, example(4), { kind: 'active' }],
    [
      examples[5]?.what,
      example(5),
      {
        kind: 'deletionsHeldBack',
        isPaused: false,
        quarantine: {
          reason: 'TooManyDeletes',
          since: at('2026-11-25T08:41:30Z'),
          nextAttempt: at('2026-11-25T14:41:30Z'),
          seriesBegan: at('2026-11-25T08:41:30Z'),
          endsAt: at('2026-12-23T08:41:30Z'),
          seriesCount: 1,
          error: expect.objectContaining({ code: 'TooManyDeletes' }),
        },
      },
    ],
  ])('is told by the example: %s', (_what, stored, expected) => {
    expect(state(stored)).toEqual(expected);
  });

  it.each<[string, unknown, object]>([
    ['paused, whichever word the schedule has', job('Paused', 'Active'), { kind: 'paused', quarantine: null }],
    ['paused by the schedule alone', job('Disabled', 'Active'), { kind: 'paused' }],
    ['paused by the code alone', job('Active', 'Paused'), { kind: 'paused' }],
    ['paused by the service', job('Disabled', 'Paused', { escrowsPruned: true }), { kind: 'pausedByService' }],
    ['at work in spite of an earlier pruning', job('Active', 'Active', { escrowsPruned: true }), { kind: 'active' }],
    [
      'paused while its cycle goes on',
      job('Disabled', 'Paused', {
        lastExecution: { timeBegan: '2026-11-25T09:20:00Z', timeEnded: '2026-11-25T08:41:30Z' },
      }),
      { kind: 'paused', cycle: { began: at('2026-11-25T09:20:00Z'), done: null, total: null } },
    ],
    [
      'paused in quarantine',
      job('Disabled', 'Paused', quarantine('EncounteredQuarantineException')),
      { kind: 'paused', quarantine: expect.objectContaining({ seriesCount: 4 }) },
    ],
    [
      'paused in quarantine, by the schedule alone',
      job('Disabled', 'Quarantine', quarantine('EncounteredQuarantineException')),
      { kind: 'paused', quarantine: expect.objectContaining({ seriesCount: 4 }) },
    ],
    [
      'switched off after its last attempt',
      job(
        'Disabled',
        'Quarantine',
        quarantine('EncounteredQuarantineException', { nextAttempt: '2026-11-29T00:00:00Z' }),
      ),
      { kind: 'switchedOff' },
    ],
    [
      'switched off, and called paused',
      job('Disabled', 'Paused', quarantine('EncounteredQuarantineException', { nextAttempt: '2026-11-29T00:00:00Z' })),
      { kind: 'switchedOff' },
    ],
    [
      'switched off without any date',
      job('Disabled', 'Quarantine', { lastExecution: null }),
      { kind: 'switchedOff', quarantine: noQuarantine },
    ],
    [
      'holding deletions back though it is paused',
      job('Paused', 'Paused', quarantine('tooManyDeletes')),
      { kind: 'deletionsHeldBack', isPaused: true },
    ],
    [
      'holding deletions back, which only its last run tells once it is paused',
      job('Disabled', 'Paused', {
        lastExecution: {
          timeBegan: '2026-11-25T08:40:00Z',
          timeEnded: '2026-11-25T08:41:00Z',
          error: { code: 'TooManyDeletes' },
        },
      }),
      { kind: 'deletionsHeldBack', isPaused: true },
    ],
    [
      'never started: paused without a run',
      job('Paused', 'Paused', { lastExecution: null }),
      {
        kind: 'neverRun',
        isScheduled: false,
      },
    ],
    [
      'in its first cycle',
      job('Active', 'NotRun', { progress: [{ completedUnits: '3', totalUnits: 9 }] }),
      {
        kind: 'neverRun',
        isScheduled: true,
        cycle: { began: at('2026-11-25T08:40:00Z'), done: 3, total: 9 },
      },
    ],
    ['running, by its progress alone', job('Active', 'Active', { progress: [{}] }), { kind: 'running' }],
    ['running, by a code seen in the field', job('Active', 'InProgress'), { kind: 'running' }],
    ['not configured, whatever its schedule', job('Disabled', 'NotConfigured'), { kind: 'notConfigured' }],
    [
      'in quarantine, with nothing else told',
      job('Active', 'quarantine', { quarantine: null }),
      {
        kind: 'quarantined',
        quarantine: noQuarantine,
      },
    ],
    ['unknown, by its code', job('Disabled', 'Hibernating'), { kind: 'other', code: 'Hibernating' }],
    ['unknown, without a word', { id: 'a job' }, { kind: 'other', code: '' }],
    ['unknown, without a status', { id: 'a job', schedule: null, status: null }, { kind: 'other', code: '' }],
    [
      'unknown, by something odd',
      { id: 'a job', schedule: 'Active', status: { code: 7, quarantine: 'yes' } },
      { kind: 'other', code: '' },
    ],
    ['at work, whatever the case', job('active', 'ACTIVE'), { kind: 'active' }],
    ['at work, without a schedule', { ...job('', 'Active'), schedule: null }, { kind: 'active' }],
    ['believed to be at work without any run', job('Active', 'Active', { lastExecution: null }), { kind: 'active' }],
    ['not begun, by a code seen in the field', job('Active', 'NotStarted'), { kind: 'neverRun', isScheduled: true }],
    ['not begun, and stopped', job('Disabled', 'NotRun'), { kind: 'neverRun', isScheduled: false }],
  ])('is %s', (_what, stored, expected) => {
    expect(state(stored)).toMatchObject(expected);
  });
});
