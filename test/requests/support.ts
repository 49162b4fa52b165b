import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import type { Outcome } from '../../src/graph/outcome.ts';
import type { GateLimits } from '../../src/rate-gate/gate.ts';
import { type Claim, type ClaimedTask, claimTask } from '../../src/requests/queue.ts';
import type { Request, Subject } from '../../src/requests/request.ts';
import { finishTask } from '../../src/requests/running.ts';
import { createRequest, type NewRequest, type NewTask, type StoreParts } from '../../src/requests/store.ts';

export const documentedLimits: GateLimits = { limit: 5, windowMs: 10_000, guardMs: 500 };
/** Where the gate is not what the test is about. */
export const noLimits: GateLimits = { limit: 10_000, windowMs: 1, guardMs: 0 };

export function storeParts(database: Database, clock: Clock, limits: GateLimits = documentedLimits): StoreParts {
  return { database, clock, gate: { scope: 'tenant', limits } };
}

/** What a request is to be; its tasks have its app, and this job and rule, unless they name others. */
export interface Wish extends Partial<Omit<NewRequest, 'tasks'>>, Partial<Pick<NewTask, 'app' | 'jobId' | 'ruleId'>> {
  readonly people?: readonly string[];
  readonly tasks?: readonly (Pick<NewTask, 'subject' | 'members'> & Partial<NewTask>)[];
}

const salesforce = { id: 'salesforce', name: 'Salesforce' };

/** Input for a request, of a source of its own unless the test gives one. */
export function wanted(more: Wish = {}): NewRequest {
  const { people = ['isaiah'], app = salesforce, jobId = 'job', ruleId = 'rule', tasks: named, ...rest } = more;
  const tasks = named ?? people.map((id) => ({ subject: person(id), members: [] }));
  return {
    source: `conversation|${randomUUID()}`,
    requestedBy: { id: 'alex', name: 'Alex Wilber' },
    reader: { locale: 'en-US', timeZone: 'Europe/Berlin' },
    conversation: 'conversation',
    lane: 'interactive',
    leftOut: [],
    held: false,
    ...rest,
    tasks: tasks.map((task) => ({ app, jobId, ruleId, ...task })),
  };
}

/** A subject by this name. */
export function person(id: string): Subject {
  return { id, type: 'User', name: id, label: `${id}@contoso.com` };
}

/** Stores a request for these people. */
export function ask(store: StoreParts, people: readonly string[], more: Wish = {}): Promise<Request> {
  return createRequest(store, wanted({ people, ...more }));
}

/** `count` names that show whose they are and in what order: `bulk 0`, `bulk 1` … */
export function named(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}

export function claim(store: StoreParts, owner = 'this process', leaseMs = 30_000): Promise<Claim> {
  return claimTask(store, { owner, until: store.clock.now() + leaseMs });
}

/** Claims where a claim must succeed. */
export async function claimed(store: StoreParts, owner?: string, leaseMs?: number): Promise<ClaimedTask> {
  const made = await claim(store, owner, leaseMs);
  if (made.kind !== 'claimed') throw new Error(`nothing was claimed: ${JSON.stringify(made)}`);
  return made.claimed;
}

/** Claims and finishes until nothing more may start now; returns whose turn it was. */
export async function claimAllNow(store: StoreParts): Promise<string[]> {
  const subjects: string[] = [];
  for (let made = await claim(store); made.kind === 'claimed'; made = await claim(store)) {
    subjects.push(made.claimed.task.subject.id);
    await finishTask(store, made.claimed, { outcome: timedOut, graphRequestId: null, clientRequestId: null });
  }
  return subjects;
}

export const timedOut: Outcome = { kind: 'unknown', why: 'timeout' };
export const done = { outcome: timedOut, graphRequestId: 'graph-1', clientRequestId: 'client-1' };
