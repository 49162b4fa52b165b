import { randomUUID } from 'node:crypto';
import { endAfter, type LengthOfTime } from '../../src/access-ends.ts';
import type { Clock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { startEndings } from '../../src/features/leaving/ends/ending-worker.ts';
import type { GraphAnswer } from '../../src/graph/answer.ts';
import { createAssignments } from '../../src/graph/assignments.ts';
import type { GraphClient } from '../../src/graph/client.ts';
import { readODataError } from '../../src/graph/odata.ts';
import { overAll } from '../../src/graph/outcome/over-all.ts';
import { createSynchronization } from '../../src/graph/synchronization.ts';
import { createLog } from '../../src/log.ts';
import { startAssigner } from '../../src/requests/assigner.ts';
import { attempt } from '../../src/requests/attempt.ts';
import { recoverTasks } from '../../src/requests/crashed.ts';
import { provisioningService } from '../../src/requests/provisioning-service.ts';
import { claimTask } from '../../src/requests/queue.ts';
import { finishTask, postponeTask } from '../../src/requests/running.ts';
import { answer } from '../../src/sandbox/graph/routes.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import type { Person } from '../../src/sandbox/tenant/people.ts';
import { createTenant, type Tenant } from '../../src/sandbox/tenant/tenant.ts';
import { ask, noLimits, storeParts } from '../requests/support.ts';

/**
 * Access to ServiceNow that ends, as it is stored and worked on: real workers and steps on a real database, and the
 * sandbox's tenant as Graph, which answers at once and in this process. Time passes only when the test says so, from one
 * thing that is due to the next.
 */
export interface EndingsStage {
  readonly clock: Clock;
  readonly tenant: Tenant;
  readonly graph: GraphState;
  /** What Usher's calls have deleted, with the time. */
  readonly deleted: readonly { readonly id: string; readonly personId: string; readonly at: number }[];
  /** The assignments that Usher's calls have made, with the people. */
  readonly made: ReadonlyMap<string, string>;
  /** When Graph last proved that the person has no account that works, by the person. */
  readonly provenAt: ReadonlyMap<string, number>;
  /** Gives the access, assigning where `isAssigned`; returns when it ends. */
  give(person: Person, length: LengthOfTime, timeZone: string, isAssigned: boolean): Promise<number>;
  passes(ms: number): Promise<void>;
  /** All that is due is done, as far as Graph lets it be. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** How Graph is, for the test to change. */
export interface GraphState {
  isAway: boolean;
  /** Usher may assign, and delete assignments. */
  isPermitted: boolean;
  /** The answer to the next call that changes something is lost. */
  losesNext: boolean;
  /** The process that makes the next call that changes something dies of it. */
  killsNext: boolean;
  /** An administrator assigns the person right before the next call that does, which Graph answers. */
  isOvertaken: boolean;
}

const app = apps.serviceNow;
const leaseMs = 30_000;
const trace = { clientRequestId: 'client', requestId: null, date: null };
const roleId = app.appRoles[0]?.id ?? '';

export function createStage(databases: readonly Database[], startsAt: number): EndingsStage {
  let now = startsAt;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    // Pauses end only when a worker is woken.
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const tenant = createTenant({ clock, replicationMs: 90_000 });
  const graph: GraphState = {
    isAway: false,
    isPermitted: true,
    losesNext: false,
    killsNext: false,
    isOvertaken: false,
  };
  const made = new Map<string, string>();
  const deleted: { readonly id: string; readonly personId: string; readonly at: number }[] = [];
  const provenAt = new Map<string, number>();
  const [database] = databases;
  if (database === undefined) throw new Error('there is no database');
  const storeOf = (one: Database) => ({
    ...storeParts(one, clock, noLimits),
    approvals: 'personal' as never,
    conversationKey: (conversation: string) => conversation,
  });
  const store = storeOf(database);
  const log = createLog('silent');

  /** A process of Usher. */
  function start(own: Database) {
    const store = storeOf(own);
    const owner = randomUUID();
    const death = Promise.withResolvers<'dead'>();
    let isDead = false;
    const die = () => {
      isDead = true;
      death.resolve('dead');
    };
    const client = clientOf(die);
    const assignments = createAssignments({ graph: client, clock });
    const service = provisioningService(createSynchronization({ graph: client, clock }));
    const parts = { store, changed: () => undefined, log, leaseMs };
    const endings = startEndings(parts);
    const assigner = startAssigner({
      ...parts,
      assignments,
      authority: { of: async () => 'may' },
      whyLeft: async () => null,
    });

    async function call(): Promise<boolean> {
      await recoverTasks(store, owner);
      const claim = await claimTask(store, { owner, until: now + leaseMs });
      if (claim.kind !== 'claimed') return false;
      const { claimed } = claim;
      const settlement = await attempt(service, claimed.task, new AbortController().signal, () => undefined);
      // How often Graph may be called is not the subject.
      if (settlement.kind === 'again')
        await postponeTask(store, claimed, { ...settlement.postponement, evidence: { kind: 'nothing' } });
      else {
        const outcome = overAll(claimed.task.perhaps ?? null, settlement.outcome);
        await finishTask(store, claimed, { ...settlement, outcome, evidence: { kind: 'nothing' } });
      }
      return true;
    }

    return {
      own,
      isDead: () => isDead,
      /** Whether it has done something, and not died of it. */
      async work(): Promise<boolean> {
        const doing = async () => {
          await endings.settled();
          await assigner.settled();
          return call();
        };
        return (await Promise.race([doing(), death.promise])) === true;
      },
      async stop(): Promise<void> {
        if (!isDead) await Promise.all([endings.stop(), assigner.stop()]);
      },
    };
  }

  function clientOf(die: () => void): GraphClient {
    async function send(call: Parameters<GraphClient['send']>[0]): Promise<GraphAnswer> {
      const { method = 'GET', path, query = {}, body, eventual = false } = call;
      const isChange = method !== 'GET';
      if (graph.isAway) return { kind: 'noAnswer', why: 'timeout', trace };
      const isAssigning = isChange && path.includes('/appRoleAssignedTo');
      if (isAssigning && !graph.isPermitted)
        return { kind: 'refused', status: 403, code: 'Denied', message: '', retryAfterMs: null, trace };
      const about = (body as { readonly principalId?: string } | undefined)?.principalId ?? '';
      if (isAssigning && method === 'POST' && graph.isOvertaken && !graph.losesNext && !graph.killsNext) {
        graph.isOvertaken = false;
        tenant.assignInEntra(app.id, about, roleId);
      }
      const before = tenant.assignments(app.id);
      const response = answer(tenant, {
        method,
        segments: path.split('/').slice(1).map(decodeURIComponent),
        query: new URLSearchParams(query),
        eventual,
        body,
        baseUrl: 'http://sandbox/v1.0',
        pageSize: 100,
      });
      const after = tenant.assignments(app.id);
      for (const { id, principalId } of after) if (before.every((one) => one.id !== id)) made.set(id, principalId);
      for (const { id, principalId: personId } of before)
        if (after.every((one) => one.id !== id)) deleted.push({ id, personId, at: now });
      if (path.endsWith('/provisionOnDemand'))
        for (const { id } of tenant.people()) if (tenant.account(app.id, id)?.active !== true) provenAt.set(id, now);
      if (isChange && graph.killsNext) {
        graph.killsNext = false;
        die();
        return new Promise(() => undefined);
      }
      if (isChange && graph.losesNext) {
        graph.losesNext = false;
        return { kind: 'noAnswer', why: 'connectionLost', trace };
      }
      if (response.status < 300) return { kind: 'ok', status: response.status, body: response.body, trace };
      return { kind: 'refused', status: response.status, ...readODataError(response.body), retryAfterMs: null, trace };
    }
    return { send, read: send, close: async () => undefined };
  }

  let processes = databases.map(start);

  async function settle(): Promise<void> {
    for (let idle = 0; idle < 2; ) {
      const worked = await Promise.all(processes.map((one) => one.work()));
      const isAnyDead = processes.some((one) => one.isDead());
      processes = processes.map((one) => (one.isDead() ? start(one.own) : one));
      idle = isAnyDead || worked.includes(true) ? 0 : idle + 1;
    }
  }

  /** When something is due next, also what waits already for another process's lease. */
  async function nextDue(): Promise<number> {
    const { query } = store.database;
    const dueAt = await Promise.all([
      query.selectFrom('tasks').select('due_at').where('state', '=', 'waiting').execute(),
      query.selectFrom('entitlements').select('due_at').where('due_at', 'is not', null).execute(),
    ]);
    const leased = await Promise.all([
      query.selectFrom('tasks').select('lease_until').where('lease_until', 'is not', null).execute(),
      query.selectFrom('entitlements').select('lease_until').where('lease_until', 'is not', null).execute(),
    ]);
    const times = [
      ...dueAt.flat().map(({ due_at }) => due_at ?? 0),
      ...leased.flat().map(({ lease_until }) => (lease_until ?? 0) + 1),
    ];
    return Math.min(...times.filter((time) => time > now), Number.POSITIVE_INFINITY);
  }

  return {
    clock,
    tenant,
    graph,
    deleted,
    made,
    provenAt,
    settle,
    async give(person, length, timeZone, isAssigned) {
      const { endsAt, hasTime } = endAfter(length, { startsAt: now, timeZone });
      await ask(store, [], {
        app: { id: app.id, name: app.displayName },
        jobId: app.job?.id ?? '',
        ruleId: app.job?.rules[0]?.id ?? '',
        tasks: [
          {
            subject: { id: person.id, type: 'User', name: person.displayName, label: person.userPrincipalName },
            members: [],
            ends: { endsAt, isTimed: hasTime },
            ...(isAssigned ? { assignRole: 'User' } : {}),
          },
        ],
      });
      await settle();
      return endsAt;
    },
    async passes(ms) {
      const until = now + ms;
      for (let next = await nextDue(); next <= until; next = await nextDue()) {
        now = next;
        await settle();
      }
      now = until;
      await settle();
    },
    async stop() {
      for (const one of processes) await one.stop();
    },
  };
}
