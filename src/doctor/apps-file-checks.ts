import pMap from 'p-map';
import type { AppEntry } from '../apps-file.ts';
import { type BrokenEntry, isById, keyOf } from '../graph/app-bindings.ts';
import { belongsToMicrosoft, chooseRole, roleBearerFields, roleBearerSchema } from '../graph/app-roles.ts';
import type { KitApp, KitTrouble } from '../graph/kit-apps.ts';
import { graphPath } from '../graph/odata.ts';
import { readOne } from '../graph/read.ts';
import { words } from './doctor-messages.ts';
import { type Reach, troubleWords } from './reach.ts';
import { type Check, good, once, skipped, wrong } from './run-checks.ts';
import { idsFinding } from './tenant.ts';

const atOnce = 4;

/** Whether what `APPS_FILE` names exists: apps, those who decide and ask, roles to assign, and the kits' apps. */
export function appsFileChecks(reach: Reach): readonly Check[] {
  const { entries, kitEntries } = reach;
  /** By id, once the list has been read. */
  const appOf = (entry: AppEntry) => reach.applications.bound().get(keyOf(entry.app)) ?? entry.app;
  const found = once(() =>
    pMap(entries, async (entry) => ({ entry, match: await reach.applications.find(appOf(entry)) }), {
      concurrency: atOnce,
    }),
  );

  const obstacleTo = async (permission: string) =>
    reach.config.appsFile === null ? words.appsFile.unset : reach.blocked(permission);

  const apps: Check = {
    id: 'appsFile:apps',
    title: words.appsFile.apps.title,
    obstacle: () => obstacleTo('Application.Read.All'),
    async run() {
      const say = words.appsFile.apps;
      // The check of the applications reports why none can be read.
      const list = await reach.applications.list();
      if (!list.ok) return skipped(words.apps.missing);
      const looked = await found();
      for (const { match } of looked) if (!match.ok) return wrong(troubleWords(match.trouble), say.fix);
      const broken = reach.applications.broken();
      const brokenAs = (...kinds: readonly BrokenEntry['kind'][]) =>
        broken.filter(({ kind }) => kinds.includes(kind)).map(({ app }) => app);
      const isUnknown = ({ match }: (typeof looked)[number]) => match.ok && match.value.kind === 'none';
      const byId = looked.filter((one) => isById(one.entry) && isUnknown(one)).map(({ entry }) => entry.app);
      const unknown = [...byId, ...brokenAs('none', 'gone')];
      const several = brokenAs('several');
      if (unknown.length + several.length > 0) return wrong(say.wrong(unknown, several), say.fix);
      return good(`${say.good(entries.length)}${say.lines(linesFor(entries, reach.applications.bound()))}`);
    },
  };

  const approvers: Check = {
    id: 'appsFile:approvers',
    title: words.appsFile.approvers.title,
    obstacle: () => obstacleTo('GroupMember.Read.All'),
    async run() {
      const named = [...entries, ...kitEntries].flatMap((entry) => entry.approvers);
      const ids = [...new Set([...named, ...kitEntries.flatMap(({ ask }) => ask ?? [])])];
      if (ids.length === 0) return skipped(words.appsFile.approvers.none);
      return idsFinding(reach, ids, ['groups', 'users', 'directoryRoleTemplates'], words.appsFile.approvers);
    },
  };

  const assign: Check = {
    id: 'appsFile:assign',
    title: words.appsFile.assign.title,
    obstacle: () => obstacleTo('Application.Read.All'),
    async run() {
      const say = words.appsFile.assign;
      if (entries.every((entry) => entry.assign === null)) return skipped(say.none);
      const list = await reach.applications.list();
      if (!list.ok) return skipped(words.apps.missing);
      const wanted = (await found()).flatMap(({ match }) =>
        match.ok && match.value.kind === 'one' && match.value.app.assign !== null
          ? [{ app: match.value.app, role: match.value.app.assign.appRole }]
          : [],
      );
      if (wanted.length === 0) return skipped(words.apps.missing);
      const bad: string[] = [];
      for (const { app, role } of wanted) {
        const call = { path: graphPath('servicePrincipals', app.id), query: { $select: roleBearerFields } };
        const bearer = await readOne(reach.graph, call, roleBearerSchema);
        if (!bearer.ok) return wrong(troubleWords(bearer.trouble), say.fix);
        const choice = belongsToMicrosoft(bearer.value) ? 'microsoft' : chooseRole(bearer.value.appRoles, role).kind;
        if (choice !== 'one') bad.push(say.role(role, app.displayName, say.why[choice]));
      }
      return bad.length === 0 ? good(say.good(wanted.length)) : wrong(say.wrong(bad), say.fix);
    },
  };

  const kits: Check = {
    id: 'appsFile:kits',
    title: words.appsFile.kits.title,
    obstacle: () => obstacleTo('Application.Read.All'),
    async run() {
      const say = words.appsFile.kits;
      // The check of the applications reports why none can be read.
      const listed = await reach.kits.list();
      if (!listed.ok) return skipped(words.apps.missing);
      if (listed.value.length === 0) return skipped(say.none);
      const all = listed.value.flatMap(({ name: kit, apps }) => apps.map((app) => ({ kit, app })));
      const faults = await pMap(all, async ({ kit, app }) => ({ kit, app: app.name, fault: await faultOf(app) }), {
        concurrency: atOnce,
      });
      const bad = faults.flatMap(({ kit, app, fault }) => (fault === null ? [] : [say.app(kit, app, say.why[fault])]));
      return bad.length === 0 ? good(say.good(listed.value.length)) : wrong(say.wrong(bad), say.fix);
    },
  };

  /** Another check reports what prevents reading a job. */
  async function faultOf(app: KitApp): Promise<KitTrouble | 'noJob' | null> {
    if (app.id === null) return app.trouble;
    const job = await reach.synchronization.findStatus(app.id);
    return job.ok && job.value.kind === 'none' ? 'noJob' : null;
  }

  return [apps, approvers, assign, kits];
}

/** What to put into the file for each entry that names a display name. */
function linesFor(entries: readonly AppEntry[], bound: ReadonlyMap<string, string>): readonly string[] {
  return entries.flatMap((entry) => {
    const id = isById(entry) ? undefined : bound.get(keyOf(entry.app));
    // JSON leaves out what is undefined.
    return id === undefined ? [] : [JSON.stringify({ ...entry, assign: entry.assign ?? undefined, app: `id:${id}` })];
  });
}
