import type { Bus } from './bus.ts';
import type { GiveUpParts } from './chat/give-up.ts';
import type { Config } from './config.ts';
import { startApprovalScheduler } from './features/approvals/access-requests/approval-scheduler.ts';
import { judgeEnd } from './features/approvals/access-requests/awaiting.ts';
import { routeAccess } from './features/approvals/access-requests/routing.ts';
import { prepareStart } from './features/approvals/access-requests/starting.ts';
import { giveUpWatch } from './features/checks/outbox.ts';
import { failuresReader } from './features/checks/watching/failures.ts';
import { createTenantApps } from './features/checks/watching/tenant-apps.ts';
import { startWatcher } from './features/checks/watching/watcher.ts';
import { startEndings } from './features/leaving/ends/ending-worker.ts';
import { heldRequests } from './features/repair/held-requests.ts';
import { startRepairs } from './features/repair/repair-worker.ts';
import { startWarming } from './graph/job-survey.ts';
import { type GraphAccess, requestersOf, withoutWork } from './graph-access.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { AccessParts } from './requests/access-parts.ts';
import { startAssigner } from './requests/assigner.ts';
import type { CrashGuard } from './requests/crash-guard.ts';
import { startDispatcher } from './requests/dispatcher.ts';
import { provisioningService } from './requests/provisioning-service.ts';
import { hasWork } from './requests/queue.ts';
import { whyRemovalIsLeft } from './requests/removal-left.ts';
import { type RetentionParts, startRetention } from './requests/retention.ts';
import { startSealer } from './seals/sealer.ts';
import { within } from './stopping.ts';
import type { UsherOptions } from './usher-options.ts';
import { afterAnswers } from './worker.ts';

/**
 * The background work that needs Graph and no conversation: the dispatcher, the assigner, the approval scheduler, the
 * watcher, and the reading of all jobs beforehand. It takes what is due from the database, and publishes what it has stored. Where people
 * sign in, Usher has no permission of its own, and only the dispatcher runs.
 */
export interface Work {
  /** Resolves when no task waits or runs, and no access request or watch is due. */
  settled(): Promise<void>;
  /** Takes no new work; running calls end, leases are released. */
  stop(graceMs: number): Promise<void>;
}

/** What the background work and Teams have in common. */
export interface SharedParts {
  readonly config: Config;
  readonly options: UsherOptions;
  readonly store: AccessParts;
  readonly graphAccess: GraphAccess;
  readonly bus: Bus;
  readonly guard: CrashGuard;
  readonly log: Log;
}

interface WorkParts extends SharedParts {
  readonly post: GiveUpParts['post'];
  readonly observe: Metrics['observer']['dispatcher'];
  readonly pruned: RetentionParts['observe'];
}

/** For due work on access requests, and for the notes about calls. */
const dueMs = 4_000;
const settledPollMs = 50;

export function startWork(parts: WorkParts): Work {
  const { config, options, store, graphAccess, bus, guard, post, observe, pruned, log } = parts;
  const { database, clock } = store;
  const { access, directory, applications, synchronization, assignments, jobs, provisioningLog } = graphAccess.appOnly;
  const lease = options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs };
  // The other background work needs a permission that is always available.
  const isAppOnly = graphAccess.signIns === null;

  const who = requestersOf(graphAccess, database);
  const changed = (requestId: string, ofAccess: boolean) => {
    bus.publish('cards', requestId);
    // The end of a task may be that of an access request.
    if (ofAccess) bus.publish('access', null);
  };
  const dispatcher = startDispatcher({
    store,
    graph: provisioningService(synchronization, graphAccess.isShown),
    ...who,
    log,
    changed,
    observe,
    ...lease,
    ...(options.assignmentDelaysMs === undefined ? {} : { assignmentDelaysMs: options.assignmentDelaysMs }),
  });
  // The answer first: on SQLite all following work would finish before its card could be sent.
  bus.subscribe('tasks', afterAnswers(clock, dispatcher.wake));

  const assigner =
    who.authority === undefined
      ? withoutWork()
      : startAssigner({
          store,
          assignments,
          authority: who.authority,
          whyLeft: (task) => whyRemovalIsLeft({ synchronization, directory }, task),
          changed(requestId, ofAccess) {
            changed(requestId, ofAccess);
            dispatcher.wake();
          },
          log,
          ...lease,
        });
  bus.subscribe('tasks', afterAnswers(clock, assigner.wake));

  const { requestFor } = config;
  const forAccess = { store, access, assignments, applications, directory, synchronization, requestFor };
  const scheduler = (isAppOnly ? startApprovalScheduler : withoutWork)({
    parts: store,
    actions: {
      route: (request) => routeAccess({ ...forAccess, approvers: config.roles.approvers }, request),
      start: (request) => prepareStart(forAccess, request),
      end: (request) => judgeEnd(forAccess, request),
    },
    guard: guard.of('ending'),
    changed(accessRequestId) {
      bus.publish('tasks', null);
      bus.publish('access', accessRequestId);
    },
    log,
    ...lease,
  });
  bus.subscribe('access', scheduler.wake);

  const endings = (isAppOnly ? startEndings : withoutWork)({
    store,
    changed() {
      bus.publish('tasks', null);
      bus.publish('outbox', null);
    },
    log,
    ...lease,
  });
  bus.subscribe('tasks', afterAnswers(clock, endings.wake));

  const repairing = (isAppOnly ? startRepairs : withoutWork)({
    store,
    graph: { ...jobs, readJob: synchronization.readJob, isJobGone: synchronization.isJobGone },
    waiting: heldRequests(store),
    changed(repairId) {
      bus.publish('cards', repairId);
      bus.publish('tasks', null);
      bus.publish('outbox', null);
    },
    log,
    ...lease,
  });
  bus.subscribe('repairs', afterAnswers(clock, repairing.wake));

  const watcher = (isAppOnly ? startWatcher : withoutWork)({
    store,
    readStatus: (appId) => synchronization.findStatus(appId),
    isEnabled: (appId) => applications.isEnabled(appId),
    tenantApps: createTenantApps({ list: () => applications.list(), knowsJob: (id) => synchronization.knowsJob(id) }),
    readFailures: failuresReader(synchronization, provisioningLog),
    changed: () => bus.publish('outbox', null),
    guard: guard.of('watch', (appId, reference) => giveUpWatch({ store, post }, appId, reference)),
    log,
  });
  bus.subscribe('watches', watcher.wake);

  const sealer = startSealer({
    database,
    clock,
    log,
    sealed: () => bus.publish('sealed', null),
    giveWay: store.giveWay,
  });
  const sealSoon = afterAnswers(clock, sealer.wake);
  for (const topic of ['tasks', 'access', 'cards', 'outbox', 'repairs', 'watches'] as const)
    bus.subscribe(topic, sealSoon);
  const retention = startRetention({
    store,
    days: config.retention,
    // Where Graph does not tell, the person stays.
    async isNeeded(id) {
      const who = await access.identify({ id, tenantId: '' });
      if (who.kind === 'caller') return who.caller.roles.some((role) => role === 'approver' || role === 'appApprover');
      return who.kind === 'trouble';
    },
    observe: pruned,
    log,
  });

  const warming = isAppOnly
    ? startWarming({ applications, synchronization, guard: guard.of('survey'), clock, log, giveWay: store.giveWay })
    : null;

  return {
    async settled() {
      await scheduler.settled();
      await assigner.settled();
      while (await hasWork(store)) await clock.sleep(settledPollMs);
      await endings.settled();
      while (await hasWork(store)) await clock.sleep(settledPollMs);
      await endings.settled();
      await repairing.settled();
      await scheduler.settled();
      await watcher.settled();
      await sealer.settled();
    },
    async stop(graceMs) {
      await Promise.all([
        within(
          clock,
          Promise.all([
            scheduler.stop(),
            assigner.stop(),
            endings.stop(),
            repairing.stop(),
            watcher.stop(),
            sealer.stop(),
            retention.stop(),
            warming?.stop(),
          ]),
          dueMs,
        ),
        // Tasks that it could not release by then are taken over when their leases expire.
        within(clock, dispatcher.stop(graceMs), graceMs + dueMs),
      ]);
    },
  };
}
