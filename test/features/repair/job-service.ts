import type { RepairGraph } from '../../../src/features/repair/repair-worker.ts';
import type { Fetched } from '../../../src/graph/answer.ts';
import type { CallEnd, CredentialTest } from '../../../src/graph/job-calls.ts';
import type { JobChangeCall } from '../../../src/graph/job-verbs.ts';
import { allowed } from '../../../src/graph/job-verbs.ts';
import type { Job, JobState } from '../../../src/graph/synchronization.ts';
import type { TestClock } from '../../support/clock.ts';

/** One job as Microsoft keeps it, whose cycles take a quarter of an hour by the test's clock; for what a worker does to it. */
export interface JobService {
  readonly graph: RepairGraph;
  /** The calls that changed it, or tried to. */
  readonly calls: JobChangeCall[];
  /** Calls that Graph's pages warn of in the state in which they arrived. */
  readonly warned: string[];
  state(): JobState['kind'];
  /** Others act on it. */
  become(kind: 'active' | 'paused' | 'quarantined' | 'deletionsHeldBack' | 'neverStarted'): void;
  /**
   * The next change is answered like this: lost though it was carried out, at once or a while later; lost before; lost as
   * Graph goes away; or refused.
   */
  next(how: 'lostAfter' | 'lostLate' | 'lostBefore' | 'gone' | 'refused'): void;
  credentials: 'good' | 'bad' | 'untold';
  /** The process that sends the next change dies with it. */
  isFatal: boolean;
  /** It was deleted: `notFound` alone is an answer that may pass. */
  isGone: 'no' | 'notFound' | 'listedNoMore';
  /** Graph does not tell the job's state. */
  isAway: boolean;
  /** All is well from now on. */
  heal(): void;
  /** What happens between a read of the job's state and its answer. */
  beforeAnswer: () => Promise<void>;
}

const cycleMs = 15 * 60_000;
const restMs = 25 * 60_000;
const lateMs = 90_000;
const trace = { clientRequestId: 'client', requestId: null, date: null };
const away = { ok: false, trouble: { kind: 'noAnswer', why: 'timeout', trace } } as const;
const refusal = { kind: 'refused', status: 400, code: 'BadRequest', message: '', retryAfterMs: null } as const;
const quarantine = {
  ...{ since: 1, nextAttempt: null, seriesBegan: 1, endsAt: null, seriesCount: 1, error: null },
} as const;

export function createJobService(clock: TestClock): JobService {
  let phase: Parameters<JobService['become']>[0] = 'active';
  /** When its present or last cycle began. */
  let began = clock.now();
  let ended: number | null = clock.now();
  let answers: Parameters<JobService['next']>[0][] = [];
  let late: { readonly call: JobChangeCall; readonly at: number } | null = null;
  const calls: JobChangeCall[] = [];
  const warned: string[] = [];

  /** A cycle that began goes on to its end, whatever the schedule says; the next one begins only while it is active. */
  function catchUp(): void {
    for (;;) {
      if (ended === null) {
        if (clock.now() < began + cycleMs) return;
        ended = began + cycleMs;
      }
      if (phase !== 'active' || clock.now() < ended + restMs) return;
      began = ended + restMs;
      ended = null;
    }
  }

  function stateNow(): JobState {
    if (late !== null && clock.now() >= late.at) {
      const { call } = late;
      late = null;
      carryOut(call);
    }
    catchUp();
    const cycle = ended === null ? { began, done: null, total: null } : null;
    switch (phase) {
      case 'active':
        return cycle === null ? { kind: 'active' } : { kind: 'running', cycle };
      case 'paused':
        return { kind: 'paused', cycle, quarantine: null };
      case 'quarantined':
        return { kind: 'quarantined', quarantine: { ...quarantine, reason: 'EncounteredQuarantineException' } };
      case 'deletionsHeldBack':
        return { kind: 'deletionsHeldBack', isPaused: false, quarantine: { ...quarantine, reason: 'TooManyDeletes' } };
      case 'neverStarted':
        return { kind: 'neverRun', isScheduled: false, cycle: null };
    }
  }

  function carryOut(call: JobChangeCall): void {
    if (call === 'pause') {
      phase = 'paused';
      return;
    }
    const isFull = call === 'watermark' || phase === 'neverStarted';
    phase = 'active';
    if (isFull || call === 'forceDeletes') {
      began = clock.now();
      ended = null;
    }
  }

  const verbs = {
    ...{ pause: 'pause', escrows: 'forgetFailures', watermark: 'startOver', forceDeletes: 'allowDeletions' },
    ...{ start: 'start', quarantine: 'lift' },
  } as const satisfies Record<JobChangeCall, Parameters<typeof allowed>[0]>;

  return {
    calls,
    warned,
    credentials: 'good',
    isAway: false,
    isGone: 'no',
    isFatal: false,
    beforeAnswer: async () => {},
    heal() {
      answers = [];
      this.isAway = false;
      this.isFatal = false;
    },
    state: () => stateNow().kind,
    become(kind) {
      catchUp();
      phase = kind;
    },
    next(how) {
      answers = [...answers, how];
    },
    get graph(): JobService['graph'] {
      const service = this;
      return {
        async readJob(): Promise<Fetched<Job>> {
          if (service.isAway) return away;
          if (service.isGone !== 'no') return { ok: false, trouble: { ...refusal, status: 404, trace } };
          const state = stateNow();
          await service.beforeAnswer();
          const lastRun = {
            ...{ began, ended, error: null, result: { kind: 'succeeded' as const } },
            counts: { entitled: 1, inScope: 1, imported: 1, exported: 1, escrowed: 0 },
          };
          return {
            ok: true,
            value: { id: 'job', state, mustStopFirst: false, lastRun, lastSuccess: null },
          };
        },
        isJobGone: async () => service.isGone === 'listedNoMore',
        async testCredentials(): Promise<CredentialTest> {
          if (service.credentials === 'good') return { kind: 'passed' };
          return service.credentials === 'bad'
            ? { kind: 'failed', code: 'CredentialValidationUnavailable', message: '401', app: 'unauthorized' }
            : { kind: 'unknown', why: 'timeout' };
        },
        start: () => send('start'),
        pause: () => send('pause'),
        restart: (_job, scope) => send(scope),
      };

      async function send(call: JobChangeCall): Promise<CallEnd> {
        calls.push(call);
        const state = stateNow();
        const may = allowed(verbs[call], state);
        if (may.kind === 'refused') warned.push(`${call} while ${state.kind}: ${may.why}`);
        const [how, ...later] = answers;
        answers = later;
        if (how === 'refused') return { ...refusal, why: 'other' };
        if (how === 'lostBefore') return { kind: 'unknown', why: 'timeout', job: away };
        if (how === 'lostLate') late = { call, at: clock.now() + lateMs };
        else carryOut(call);
        service.isAway ||= how === 'gone';
        return how === undefined ? { kind: 'done' } : { kind: 'unknown', why: 'timeout', job: away };
      }
    },
  };
}
