import { createAccess } from './access/access.ts';
import type { AppEntry, KitEntry } from './apps-file.ts';
import type { GraphServices } from './chat/registry/define-command.ts';
import type { Clock } from './clock.ts';
import { clouds } from './clouds.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import type { BindingStore, BrokenEntry } from './graph/app-bindings.ts';
import { createApplications } from './graph/applications.ts';
import { createAssignments } from './graph/assignments.ts';
import { createGraphPool, type GraphClient, type GraphClientParts } from './graph/client.ts';
import { graphToken, type LoginOptions } from './graph/credential.ts';
import { createDelegatedSessions, type DelegatedSessions } from './graph/delegated-sessions.ts';
import { createDirectory } from './graph/directory.ts';
import { readInitialDomain } from './graph/initial-domain.ts';
import { createJobServices } from './graph/job-services.ts';
import { type BrokenInKit, createKits } from './graph/kit-apps.ts';
import { onBehalfOf } from './graph/on-behalf-of.ts';
import { createPreviewing } from './graph/preview/previewing.ts';
import { createProvisioningLog } from './graph/provisioning-log.ts';
import { createSynchronization } from './graph/synchronization.ts';
import type { Log } from './log.ts';
import { type IsShown, showing } from './masking/attributes.ts';
import { createAuthority } from './requests/authority.ts';
import type { SignedInRequesters } from './requests/cancel-signed-out.ts';
import type { DispatcherParts } from './requests/dispatcher.ts';
import { provisioningService } from './requests/provisioning-service.ts';
import type { Worker } from './worker.ts';

/**
 * The permission by which Graph is called. Either Usher has application permission, and all callers share one set of
 * Graph services; or each person signs in, with delegated permission and a separate set, caches included, over
 * connections that all share.
 */
export interface GraphAccess {
  /**
   * Usher's own services. Where people sign in, these have no permission: they call without a token, and Graph refuses
   * the calls.
   */
  readonly appOnly: GraphServices;
  /** Null where Usher has application permission. */
  readonly signIns: DelegatedSessions<GraphServices> | null;
  /** The entries of `APPS_FILE` that were broken when last read, by any of the services. */
  brokenEntries(): readonly BrokenEntry[];
  /** The same of the apps of its kits. */
  brokenInKits(): readonly BrokenInKit[];
  /** The attributes whose values outcomes keep. */
  readonly isShown: IsShown;
  /** Whether Graph answers; with delegated permission, a refusal for want of a token counts too. */
  answers(): Promise<boolean>;
  /** The domain with which the tenant was created, e.g. `contoso.onmicrosoft.com`; null where Graph does not say. */
  initialDomain(): Promise<string | null>;
  close(): Promise<void>;
}

export interface GraphAccessParts {
  readonly config: Config;
  readonly entries: readonly AppEntry[];
  readonly kits: readonly KitEntry[];
  readonly bindings?: BindingStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: NonNullable<GraphClientParts['observe']>;
  /** How to reach the login, where it is not the cloud's. */
  readonly login?: LoginOptions | undefined;
}

export function createGraphAccess(parts: GraphAccessParts): GraphAccess {
  const { config, entries, kits, bindings, clock, log, observe, login } = parts;
  const { cloud } = config;
  const { graphRoot, hasProvisioningLog } = clouds[cloud];
  const pool = createGraphPool({ baseUrl: config.graph.baseUrl, graphRoot, clock, log, observe });
  const own = pool.clientFor({ token: graphToken(config.graph, cloud, login) });
  const isDelegated = config.graph.auth === 'delegated';

  function servicesOver(graph: GraphClient): GraphServices {
    const directory = createDirectory(graph);
    const appApprovers = [...entries, ...kits].flatMap(({ approvers }) => approvers);
    const kitRequesters = kits.flatMap(({ ask }) => ask ?? []);
    const synchronization = createSynchronization({ graph, clock });
    const applications = createApplications({ graph, clock, entries, kits, bindings, observe: entriesRead.tell });
    const assignments = createAssignments({ graph, clock });
    return {
      directory,
      synchronization,
      jobs: createJobServices({ graph, synchronization }),
      applications,
      kits: createKits({ entries: kits, applications, observe: kitsRead.tell }),
      access: createAccess({ directory, roles: config.roles, appApprovers, kitRequesters, clock }),
      assignments,
      previewing: createPreviewing({ graph, clock, directory, assignments }),
      provisioningLog: createProvisioningLog({ graph, clock, hasProvisioningLog }),
    };
  }

  const entriesRead = tellingChanges<BrokenEntry>((broken) => {
    if (broken.length > 0)
      log.error(
        { code: 'apps_file_broken', entries: broken },
        'entries of APPS_FILE lead to no app, or to several: no approver can decide on those until the file names the object id',
      );
    else log.info({ code: 'apps_file_mended' }, 'each entry of APPS_FILE leads to one app again');
  });
  const kitsRead = tellingChanges<BrokenInKit>((broken) => {
    if (broken.length > 0)
      log.error(
        { code: 'kits_broken', apps: broken },
        'apps of kits in APPS_FILE lead to no app, or to several: these kits are incomplete until the file names the object id',
      );
    else log.info({ code: 'kits_mended' }, 'each app of the kits in APPS_FILE leads to one app again');
  });

  const signIns = isDelegated
    ? createDelegatedSessions<GraphServices>({
        exchange: onBehalfOf(config.graph.identity, cloud, login),
        appId: config.bot.appId,
        clock,
        open: (token) => servicesOver(pool.clientFor({ token, onBehalf: true })),
      })
    : null;

  return {
    appOnly: servicesOver(own),
    signIns,
    brokenEntries: entriesRead.latest,
    brokenInKits: kitsRead.latest,
    isShown: showing(config.shownAttributes),
    async answers() {
      const answer = await own.send({ path: '/servicePrincipals', query: { $select: 'id', $top: '1' } });
      // Without a person's token, Graph can only answer that it needs one.
      return answer.kind === 'ok' || (isDelegated && answer.kind === 'refused' && answer.status === 401);
    },
    async initialDomain() {
      const domain = await readInitialDomain(own);
      return domain.ok ? domain.value : null;
    },
    close: pool.close,
  };
}

/** Tells what is broken once for each change, and that nothing is any more. */
function tellingChanges<Broken>(say: (broken: readonly Broken[]) => void) {
  let latest: readonly Broken[] = [];
  let told = JSON.stringify(latest);
  return {
    latest: () => latest,
    tell(broken: readonly Broken[]): void {
      latest = broken;
      const now = JSON.stringify(broken);
      if (now === told) return;
      told = now;
      say(broken);
    },
  };
}

/**
 * For the dispatcher: the services of people who are signed in, or else whether the person who started a call still
 * may.
 */
export function requestersOf(
  { appOnly, signIns, isShown }: GraphAccess,
  database: Database,
): Pick<DispatcherParts, 'requesters' | 'authority'> {
  // Graph does not check the permissions of the person who started a call made with Usher's own permission.
  if (signIns === null) return { authority: createAuthority({ ...appOnly, database }) };
  const serviceFor: SignedInRequesters['serviceFor'] = (requestedById) => {
    const services = signIns.servicesOf(requestedById);
    return services === null ? null : provisioningService(services.synchronization, isShown);
  };
  return { requesters: { serviceFor, present: signIns.present } };
}

/** Replaces background work where no permission is available for it. */
export function withoutWork(): Worker {
  return { wake: () => undefined, settled: async () => undefined, stop: async () => undefined };
}
