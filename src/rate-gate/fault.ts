import { assertNever } from '../assert-never.ts';
/**
 * What all calls have in common: whether Graph can be reached at all. A fault that any task would meet closes the gate
 * for every task, in every replica, so that a queue does not spend its attempts on a service that is away. From then on
 * the gate lets one call at a time through, the probe: first after a second, then after twice the pause, up to a minute
 * (with a jitter, so that several tenants do not ask in step). A probe is a task's own call and takes a grant like any
 * other. The first one that Graph answers opens the gate.
 *
 *     what an attempt tells           while the gate is open              of a probe
 *     answered                        the row of troubles is over         opens the gate
 *     fault (nothing could leave)     closes the gate                     a longer pause
 *     trouble (5xx, silence)          the third task in a row closes it   a longer pause
 *     nothing (stopped, came late)                                        the next task probes at once
 *
 * What other attempts tell while the gate is closed was sent before it closed, and is no news.
 *
 * This file is arithmetic alone; `gate-row.ts` keeps it in the gate's row.
 */
export interface Health {
  /** Why the gate is closed; null while it is open. */
  readonly fault: GateFault | null;
  /** The tasks whose latest calls found the service in trouble, one after the other, with no good answer in between. */
  readonly troubled: readonly string[];
}

export interface GateFault {
  readonly cause: FaultCause;
  /** The machine's own word or Entra's, e.g. `ECONNREFUSED` or `AADSTS7000222`; empty where there is none. */
  readonly code: string;
  /** Since when it is this cause, and since when the gate is closed; wall clock, milliseconds since 1970. */
  readonly since: number;
  readonly closedAt: number;
  /** How many calls in a row have met it, the one that closed the gate included. */
  readonly failures: number;
  /** On the gate's clock: no probe before this. */
  readonly retryAt: number;
}

/**
 * `unreachable`: no name, no connection, no trusted certificate. `noToken`: no token to call with.
 * `serviceUnavailable`: Graph is there, and answers calls of several tasks with errors or not at all.
 */
export type FaultCause = 'unreachable' | 'noToken' | 'serviceUnavailable';

export type Evidence =
  | { readonly kind: 'answered' }
  | { readonly kind: 'fault'; readonly cause: 'unreachable' | 'noToken'; readonly code: string }
  | { readonly kind: 'trouble'; readonly code: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'nothing' };

/** The task that gives the evidence, and when it is taken in. */
export interface Hearing {
  readonly taskId: string;
  readonly isProbe: boolean;
  /** On the gate's clock. */
  readonly now: number;
  /** Wall clock. */
  readonly at: number;
  /** From 0 to 1. */
  readonly jitter: number;
}

export const wellHealth: Health = { fault: null, troubled: [] };

const tasksInTrouble = 3;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** A pause is shortened by up to this part of it. */
const jitterPart = 0.2;
/** If Graph asks for a longer pause, only the task that got this answer waits for it, not all tasks. */
const longestAskedMs = 10 * 60_000;
/** After a probe without a result by then (its process died), the gate lets another one through. */
const probeMs = 90_000;

/** @returns the same object where nothing changes */
export function hear(health: Health, evidence: Evidence, hearing: Hearing): Health {
  const { fault } = health;
  if (fault !== null && !hearing.isProbe) return health;
  switch (evidence.kind) {
    case 'answered':
      return fault === null && health.troubled.length === 0 ? health : wellHealth;
    case 'fault':
      return closed(fault, evidence, 0, hearing);
    case 'trouble': {
      const { code, retryAfterMs } = evidence;
      const troubled = [...new Set([...health.troubled, hearing.taskId])];
      if (fault === null && troubled.length < tasksInTrouble) return { fault, troubled };
      return closed(fault, { cause: 'serviceUnavailable', code }, retryAfterMs ?? 0, hearing);
    }
    case 'nothing':
      return fault === null ? health : { ...health, fault: { ...fault, retryAt: hearing.now } };
    default:
      return assertNever(evidence, 'evidence');
  }
}

function closed(
  before: GateFault | null,
  { cause, code }: Pick<GateFault, 'cause' | 'code'>,
  askedMs: number,
  { now, at, jitter }: Hearing,
): Health {
  const failures = (before?.failures ?? 0) + 1;
  const pauseMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs) * (1 - jitterPart * jitter);
  const since = before?.cause === cause ? before.since : at;
  const closedAt = before?.closedAt ?? at;
  const retryAt = now + Math.ceil(Math.max(pauseMs, Math.min(askedMs, longestAskedMs)));
  return { fault: { cause, code, since, closedAt, failures, retryAt }, troubled: [] };
}

/** The health once a probe is granted: no other may follow before that one has a result, or is overdue. */
export function probing(health: Health, now: number): Health {
  return health.fault === null ? health : { ...health, fault: { ...health.fault, retryAt: now + probeMs } };
}

/** A pause longer than any comes of a clock that was set back. */
export function settleHealth(health: Health, now: number): Health {
  const { fault } = health;
  if (fault === null || fault.retryAt <= now + longestAskedMs) return health;
  return { ...health, fault: { ...fault, retryAt: now } };
}
