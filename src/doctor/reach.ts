import { z } from 'zod';
import type { AppEntry, KitEntry } from '../apps-file.ts';
import { assertNever } from '../assert-never.ts';
import type { Clock } from '../clock.ts';
import { clouds } from '../clouds.ts';
import type { Config } from '../config.ts';
import { inspectBindings } from '../db/inspect.ts';
import type { Fetched, GraphAnswer, GraphTrouble } from '../graph/answer.ts';
import { createApplications } from '../graph/applications.ts';
import { createGraphClient, type GraphClient } from '../graph/client.ts';
import type { TokenSource } from '../graph/credential.ts';
import { createKits } from '../graph/kit-apps.ts';
import { graphPath } from '../graph/odata.ts';
import { readIfThere } from '../graph/read.ts';
import { createSynchronization } from '../graph/synchronization.ts';
import { createLog } from '../log.ts';
import { words } from './doctor-messages.ts';
import { grantedBy, neededPermissions, servedBy } from './permissions.ts';
import { type Check, type Finding, firstLine, good, once, skipped, wrong } from './run-checks.ts';

/**
 * How the doctor calls Graph, and what prevents it. One cause makes one line red: a check that needs a token, an answer
 * from Graph or a permission that is missing is skipped, as the line of the cause reports it.
 */
export type Reach = ReturnType<typeof createReach>;

export interface Tokens {
  readonly bot: TokenSource;
  readonly graph: TokenSource;
}

const tokenTimeoutMs = 15_000;

export function createReach(
  config: Config,
  { entries, kits: kitEntries }: { readonly entries: readonly AppEntry[]; readonly kits: readonly KitEntry[] },
  tokens: Tokens,
  clock: Clock,
) {
  const token = once(() => tokens.graph(AbortSignal.timeout(tokenTimeoutMs)));
  const { graphRoot } = clouds[config.cloud];
  const graph = createGraphClient({ baseUrl: config.graph.baseUrl, graphRoot, token, clock, log: createLog('silent') });
  const needs = neededPermissions(config.cloud, entries);
  /** What the token allows; null where none can be obtained. */
  const granted = once(() => token().then(grantedBy, () => null));
  /** Any answer from Graph; null where no call could be made. */
  const ping = once(async () => {
    if ((await granted()) === null) return null;
    return graph.read({ path: '/organization', query: { $select: 'id' } });
  });

  /** Why a read that needs this permission cannot be tried; null when it can. */
  async function blocked(permission: string | null): Promise<string | null> {
    const answer = await ping();
    if (answer === null) return words.graphToken.missing;
    if (isAway(answer)) return words.graph.missing;
    const found = await granted();
    const need = needs.find(({ name }) => name === permission);
    if (need === undefined || found?.kind !== 'roles' || servedBy(need, found.roles) !== null) return null;
    return words.permission.needed(need.name);
  }

  const checks: readonly Check[] = [
    {
      id: 'botToken',
      title: words.botToken.title,
      async run() {
        if (config.bot.auth === 'none') return skipped(words.botToken.none);
        return signIn(() => tokens.bot(AbortSignal.timeout(tokenTimeoutMs)), words.botToken);
      },
    },
    {
      id: 'graphToken',
      title: words.graphToken.title,
      async run() {
        if (config.graph.auth === 'none') return skipped(words.graphToken.none);
        return signIn(token, words.graphToken);
      },
    },
    {
      id: 'graph',
      title: words.graph.title,
      async run() {
        const answer = await ping();
        if (answer === null) return skipped(words.graphToken.missing);
        if (!isAway(answer)) return good(words.graph.good);
        const rejected = answer.kind === 'refused' && answer.status === 401;
        return wrong(troubleWords(answer), rejected ? words.graph.rejectedFix : words.graph.fix);
      },
    },
  ];
  // The doctor reads the bot's bindings and makes none.
  const read = once(() => inspectBindings(config.database, clock));
  const bindings = { read, bind: async (_entry: string, appId: string) => appId };
  const applications = createApplications({ graph, clock, entries, kits: kitEntries, bindings });
  const kits = createKits({ entries: kitEntries, applications });
  const synchronization = createSynchronization({ graph, clock });
  return {
    config,
    entries,
    kitEntries,
    graph,
    applications,
    kits,
    synchronization,
    needs,
    granted,
    ping,
    blocked,
    checks,
  };
}

async function signIn(token: () => Promise<unknown>, say: { good: string; fix: string }): Promise<Finding> {
  try {
    await token();
    return good(say.good);
  } catch (error) {
    return wrong(firstLine(error), say.fix);
  }
}

/** A refusal for want of a permission is an answer all the same; a refused token, or a fault of Graph's, is not. */
function isAway(answer: GraphAnswer): answer is GraphTrouble {
  if (answer.kind === 'ok') return false;
  return answer.kind !== 'refused' || answer.status === 401 || answer.status >= 500;
}

/** A check decided by a single read. */
export function readCheck(
  reach: Reach,
  about: { readonly id: string; readonly permission: string; readonly path: string },
  say: { readonly title: string; readonly good: string; readonly fix: string },
): Check {
  return {
    id: about.id,
    title: say.title,
    obstacle: () => reach.blocked(about.permission),
    async run() {
      const answer = await reach.graph.read({ path: about.path, query: { $select: 'id', $top: '1' } });
      return answer.kind === 'ok' ? good(say.good) : wrong(troubleWords(answer), say.fix);
    },
  };
}

const idSchema = z.object({ id: z.string() });

/** Whether one of these collections contains an object with this id. */
export async function isThere(
  graph: GraphClient,
  collections: readonly string[],
  id: string,
): Promise<Fetched<boolean>> {
  for (const collection of collections) {
    const found = await readIfThere(graph, { path: graphPath(collection, id), query: { $select: 'id' } }, idSchema);
    if (!found.ok && !isUnknown(found.trouble)) return found;
    if (found.ok && found.value !== null) return { ok: true, value: true };
  }
  return { ok: true, value: false };
}

const isUnknown = (trouble: GraphTrouble) => trouble.kind === 'refused' && trouble.status === 400;

export function troubleWords(trouble: GraphTrouble): string {
  switch (trouble.kind) {
    case 'refused':
      return words.trouble.refused(trouble.status, trouble.code);
    case 'unreadable':
      return words.trouble.unreadable;
    case 'noAnswer':
      return words.trouble[trouble.why];
    default:
      return assertNever(trouble, 'trouble');
  }
}
