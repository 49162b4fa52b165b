import { z } from 'zod';
import type { AppEntry, KitEntry } from '../apps-file.ts';
import { assertNever } from '../assert-never.ts';
import type { Clock } from '../clock.ts';
import { clouds } from '../clouds.ts';
import type { Config } from '../config.ts';
import { inspectBindings } from '../db/inspect.ts';
import type { Fetched, GraphAnswer, GraphTrouble } from '../graph/answer.ts';
import { type Registration, readRegistration } from '../graph/app-registration.ts';
import { createApplications } from '../graph/applications.ts';
import { createGraphClient, type GraphClient } from '../graph/client.ts';
import type { TokenSource } from '../graph/credential.ts';
import { createKits } from '../graph/kit-apps.ts';
import { graphPath } from '../graph/odata.ts';
import { readIfThere } from '../graph/read.ts';
import { createSynchronization } from '../graph/synchronization.ts';
import { createLog } from '../log.ts';
import { words } from './doctor-messages.ts';
import { signIn, type Watch } from './login.ts';
import { networkTrouble } from './network.ts';
import { grantedBy, neededPermissions, servedBy } from './permissions.ts';
import { type Check, good, once, skipped, wrong } from './run-checks.ts';

/**
 * How the doctor calls Graph, and what prevents it. One cause makes one line red: a check that needs a token, an answer
 * from Graph or a permission that is missing is skipped, as the line of the cause reports it.
 */
export type Reach = ReturnType<typeof createReach>;

export interface Tokens {
  readonly bot: TokenSource;
  readonly graph: TokenSource;
  /** What the doctor saw of the way to the login; absent where the tokens come from elsewhere. */
  readonly seen?: Readonly<Record<'bot' | 'graph', Watch['latest']>>;
}

const tokenTimeoutMs = 15_000;

export function createReach(
  config: Config,
  { entries, kits: kitEntries }: { readonly entries: readonly AppEntry[]; readonly kits: readonly KitEntry[] },
  tokens: Tokens,
  clock: Clock,
  isProxied: boolean,
) {
  const token = once(() => tokens.graph(AbortSignal.timeout(tokenTimeoutMs)));
  const { graphRoot, loginAuthority, bot } = clouds[config.cloud];
  const unseen = () => null;
  const client = { baseUrl: config.graph.baseUrl, graphRoot, clock, log: createLog('silent') };
  const graph = createGraphClient({ ...client, token });
  const anonymous = createGraphClient({ ...client, token: async () => null });
  const needs = neededPermissions(config.cloud, entries);
  /** What the token allows; null where none can be obtained. */
  const granted = once(() => token().then(grantedBy, () => null));
  /** Any answer from Graph; null where no call could be made. */
  const ping = once(async () => {
    if ((await granted()) === null) return null;
    return graph.read({ path: '/organization', query: { $select: 'id' } });
  });

  /** Graph's time, which it also tells with the refusal of a call without a token. */
  const date = once(async () => {
    const answer = (await ping()) ?? (await anonymous.read({ path: '/organization' }));
    return answer.trace.date;
  });
  const registrations = new Map<string, Promise<Fetched<Registration | null>>>();

  /** A registration by its client id; null where the tenant has none of this id. */
  function registration(clientId: string): Promise<Fetched<Registration | null>> {
    const read = registrations.get(clientId) ?? readRegistration(graph, clientId);
    registrations.set(clientId, read);
    return read;
  }

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
        const ask = () => tokens.bot(AbortSignal.timeout(tokenTimeoutMs));
        return signIn(ask, tokens.seen?.bot ?? unseen, new URL(bot.ToChannelFromBotLoginUrl).host, words.botToken);
      },
    },
    {
      id: 'graphToken',
      title: words.graphToken.title,
      async run() {
        if (config.graph.auth === 'none') return skipped(words.graphToken.none);
        return signIn(token, tokens.seen?.graph ?? unseen, new URL(loginAuthority).host, words.graphToken);
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
        const isUnreached = answer.kind === 'noAnswer' && answer.unsent === true;
        const trouble = isUnreached ? networkTrouble(answer, new URL(config.graph.baseUrl).host) : null;
        const fix = rejected
          ? words.graph.rejectedFix
          : isUnreached && isProxied
            ? words.graph.proxyFix
            : words.graph.fix;
        return wrong(trouble?.what ?? troubleWords(answer), fix);
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
    date,
    registration,
    blocked,
    checks,
    async close() {
      await Promise.all([graph.close(), anonymous.close()]);
    },
  };
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
