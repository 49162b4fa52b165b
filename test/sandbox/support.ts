import type { Clock } from '../../src/clock.ts';
import { type SandboxGraph, type SandboxGraphOptions, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import type { Application } from '../../src/sandbox/tenant/applications.ts';

/** A clock that stands still until a test moves it. Its two scales agree; sleeping takes no time at all. */
export interface StillClock extends Clock {
  advance(ms: number): void;
  /** How long each sleep would have been. */
  readonly slept: readonly number[];
}

export function stillClock(startsAt = Date.parse('2026-03-02T09:00:00Z')): StillClock {
  let time = startsAt;
  const slept: number[] = [];
  return {
    now: () => time,
    monotonic: () => time,
    sleep: async (ms) => {
      slept.push(ms);
    },
    slept,
    advance: (ms) => {
      time += ms;
    },
  };
}

/** A sandbox on a free port, answering at once and on a clock that stands still. */
export function startSandbox(options: Partial<SandboxGraphOptions> = {}): Promise<SandboxGraph> {
  return startSandboxGraph({ port: 0, latencyMs: 0, limit: 1000, clock: stillClock(), ...options });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** A loosely typed look into JSON, for tests that assert on what they find. */
export type Json = { readonly [name: string]: Json } & readonly Json[] & string;

export async function call(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url + path, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

export function post(url: string, path: string, body: unknown): Promise<Answer> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  return call(url, path, init);
}

export const eventual = { headers: { ConsistencyLevel: 'eventual' } };

export function onDemandPath(application: Application): string {
  return `/servicePrincipals/${application.id}/synchronization/jobs/${encodeURIComponent(application.job?.id ?? 'none')}/provisionOnDemand`;
}

export interface OnDemandSubject {
  readonly objectId: string;
  readonly objectTypeName?: string;
  readonly memberIds?: readonly string[];
}

/** The body of an on-demand call, for the rule of the application that supports it. */
export function onDemandBody(application: Application, { objectId, objectTypeName, memberIds }: OnDemandSubject) {
  const rule = application.job?.rules.find(({ supportsProvisionOnDemand }) => supportsProvisionOnDemand);
  const members = memberIds?.map((id) => ({ objectId: id, objectTypeName: 'User' }));
  const subject = {
    objectId,
    objectTypeName: objectTypeName ?? 'User',
    ...(members === undefined ? {} : { links: { members } }),
  };
  return { parameters: [{ ruleId: rule?.id, subjects: [subject] }] };
}

export function provision(sandbox: SandboxGraph, application: Application, subject: OnDemandSubject): Promise<Answer> {
  return post(sandbox.url, onDemandPath(application), onDemandBody(application, subject));
}

/** Opens shape A: the JSON inside `key`, and the one report inside `value`. */
export function opened({ body }: Answer): { readonly key: Json; readonly report: Json } {
  return { key: JSON.parse(body.key ?? ''), report: JSON.parse(body.value ?? '') };
}

/** The steps of a report, one short line each. */
export function stepLines(report: Json | undefined): readonly string[] {
  return report?.provisioningSteps?.map(({ name, type, status }) => `${type} ${name} ${status}`) ?? [];
}
