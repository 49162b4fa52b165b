import pMap from 'p-map';
import { clouds } from '../clouds.ts';
import type { Application } from '../graph/applications.ts';
import { readInitialDomain, usualStorageHost } from '../graph/initial-domain.ts';
import { words } from './doctor-messages.ts';
import { isThere, type Reach, readCheck, troubleWords } from './reach.ts';
import { type Check, good, once, skipped, wrong } from './run-checks.ts';

/** Reads cost Graph and time; in a tenant with hundreds of apps some are enough to judge. */
const mostAppsLookedAt = 20;
const atOnce = 4;

const synchronization = 'Synchronization.ReadWrite.All';

/** What Usher has to read in the tenant: people, groups, applications, their jobs and rules, and the log. */
export function tenantChecks(reach: Reach): readonly Check[] {
  const listed = once(async () => {
    const obstacle = await reach.blocked('Application.Read.All');
    return obstacle === null ? reach.applications.list() : obstacle;
  });

  /** The apps of `APPS_FILE` go first: they are the ones that people ask for. */
  const lookedAt = once(async () => {
    const list = await listed();
    if (typeof list === 'string' || !list.ok) return null;
    const { items } = list.value;
    const named = new Set(reach.entries.map(({ app }) => app.toLowerCase()));
    const isNamed = (app: Application) =>
      [app.id, app.appId, app.displayName].some((name) => named.has(name.toLowerCase()));
    const chosen = [...items.filter(isNamed), ...items.filter((app) => !isNamed(app))].slice(0, mostAppsLookedAt);
    return pMap(chosen, async (app) => ({ app, job: await reach.synchronization.findStatus(app.id) }), {
      concurrency: atOnce,
    });
  });

  const jobsObstacle = async () => {
    const obstacle = await reach.blocked(synchronization);
    return obstacle ?? ((await lookedAt())?.length ? null : words.apps.missing);
  };

  return [
    readCheck(reach, { id: 'people', permission: 'User.Read.All', path: '/users' }, words.people),
    readCheck(reach, { id: 'groups', permission: 'GroupMember.Read.All', path: '/groups' }, words.groupsRead),
    {
      id: 'apps',
      title: words.apps.title,
      async run() {
        const list = await listed();
        if (typeof list === 'string') return skipped(list);
        if (!list.ok) return wrong(troubleWords(list.trouble), words.apps.fix);
        const { items, complete } = list.value;
        if (items.length === 0) return wrong(words.apps.empty, words.apps.emptyFix);
        return good(words.apps.good(items.length, complete));
      },
    },
    {
      id: 'jobs',
      title: words.jobs.title,
      obstacle: jobsObstacle,
      async run() {
        const seen = (await lookedAt()) ?? [];
        for (const { app, job } of seen)
          if (!job.ok) return wrong(words.jobs.wrong(app.displayName, troubleWords(job.trouble)), words.jobs.fix);
        const withJob = seen.filter(({ job }) => job.ok && job.value.kind === 'one');
        return good(words.jobs.good(withJob.length, seen.length));
      },
    },
    {
      id: 'rules',
      title: words.rules.title,
      obstacle: jobsObstacle,
      async run() {
        const seen = (await lookedAt()) ?? [];
        const [first] = seen.flatMap(({ app, job }) =>
          job.ok && job.value.kind === 'one' ? [{ app, jobId: job.value.status.id }] : [],
        );
        const isUnread = seen.some(({ job }) => !job.ok);
        if (first === undefined) return skipped(isUnread ? words.jobs.unread : words.jobs.missing);
        const name = first.app.displayName;
        const rule = await reach.synchronization.findSourceRule(first.app.id, first.jobId);
        if (!rule.ok) return wrong(words.rules.wrong(name, troubleWords(rule.trouble)), words.rules.fix);
        if (rule.value !== null) return good(words.rules.good(name));
        const ofGroups = await reach.synchronization.findRule(first.app.id, first.jobId, 'Group');
        const isThereOne = ofGroups.ok && ofGroups.value !== null;
        return isThereOne ? good(words.rules.good(name)) : wrong(words.rules.none(name), words.rules.noneFix);
      },
    },
    clouds[reach.config.cloud].hasProvisioningLog
      ? readCheck(reach, { id: 'log', permission: 'AuditLog.Read.All', path: '/auditLogs/provisioning' }, words.log)
      : { id: 'log', title: words.log.title, run: async () => skipped(words.log.cloud) },
    {
      id: 'storage',
      title: words.storage.title,
      async run() {
        const { sharePointHosts, cloud } = reach.config;
        if (sharePointHosts.length > 0) return good(words.storage.set(sharePointHosts));
        const obstacle = await reach.blocked(null);
        if (obstacle !== null) return skipped(obstacle);
        const domain = await readInitialDomain(reach.graph);
        if (!domain.ok) return wrong(troubleWords(domain.trouble), words.storage.fix);
        const host = usualStorageHost(domain.value, clouds[cloud].fileDomain);
        return host === null ? wrong(words.storage.unknown, words.storage.fix) : good(words.storage.usual(host));
      },
    },
    ...roleChecks(reach),
  ];
}

function roleChecks(reach: Reach): readonly Check[] {
  const { viewers, requesters, operators, approvers } = reach.config.roles;
  const variables = { VIEWERS: viewers, REQUESTERS: requesters, OPERATORS: operators, APPROVERS: approvers };
  return Object.entries(variables).map(([variable, ids]) => ({
    id: `ids:${variable}`,
    title: words.ids.title(variable),
    obstacle: async () => (ids.length === 0 ? words.ids.unset : reach.blocked('GroupMember.Read.All')),
    run: () =>
      idsFinding(reach, ids, ['groups', 'directoryRoleTemplates'], { ...words.ids, fix: words.ids.fix(variable) }),
  }));
}

/** Whether all these ids exist in one of the collections. */
export async function idsFinding(
  reach: Reach,
  ids: readonly string[],
  collections: readonly string[],
  say: {
    readonly good: (count: number) => string;
    readonly wrong: (ids: readonly string[]) => string;
    readonly fix: string;
  },
) {
  const looked = await pMap(ids, async (id) => ({ id, found: await isThere(reach.graph, collections, id) }), {
    concurrency: atOnce,
  });
  for (const { found } of looked) if (!found.ok) return wrong(troubleWords(found.trouble), say.fix);
  const unknown = looked.filter(({ found }) => found.ok && !found.value).map(({ id }) => id);
  return unknown.length === 0 ? good(say.good(ids.length)) : wrong(say.wrong(unknown), say.fix);
}
