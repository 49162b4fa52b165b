import { type Config, type ConfigProblem, isLoopback } from './config.ts';
import { sslModeOf } from './db/tls.ts';

/** A setting that Usher starts with. `isWrong`: part of what is set up cannot work. */
export interface Doubt extends ConfigProblem {
  readonly isWrong?: true;
}

/** What `APPS_FILE` says of who decides. */
type Deciding = readonly { readonly approvers: readonly string[] }[];

/**
 * Settings that may be intended but are more likely a mistake: for the log at the start, and for the doctor.
 *
 * @param entries the apps and kits of `APPS_FILE`
 */
export function doubtfulSettings(config: Config, entries: Deciding): readonly Doubt[] {
  const { bot, gate, database, graph, metrics, roles } = config;
  const doubts: Doubt[] = [];
  const doubt = (variable: string, problem: string, fix: string) => void doubts.push({ variable, problem, fix });
  if (bot.auth === 'none')
    doubt(
      'BOT_AUTH',
      'is none: any program on this machine may speak to Usher as any user',
      'set it for work on one machine alone',
    );
  else if (metrics.on && metrics.token === null && metrics.port === null)
    doubt(
      'METRICS',
      'is on, but with neither METRICS_TOKEN nor METRICS_PORT nothing can read /metrics',
      'set one of them, or METRICS=off',
    );
  if (gate.limit > documentedGate.limit || gate.windowMs < documentedGate.windowMs)
    doubt(
      'PROVISION_LIMIT',
      'and PROVISION_WINDOW_MS allow more than Graph does (5 in 10 s); it will refuse calls',
      'remove both',
    );
  if (database.kind === 'postgres' && !saysHowToEncrypt(database.url.reveal()))
    doubt(
      'DATABASE_URL',
      'names no sslmode, so what goes to the database is not encrypted',
      'add ?sslmode=require, or sslmode=disable in a network of your own',
    );
  if (graph.auth === 'azure' && graph.identity.kind === 'ambient' && graph.identity.tenantId !== undefined)
    doubt(
      'AZURE_TENANT_ID',
      'and AZURE_CLIENT_ID are set without a secret, certificate or token file, so Graph is called as a managed identity or as the account that is signed in on this machine',
      'set AZURE_CLIENT_SECRET or another proof if a registration is meant',
    );
  const isUndecided = roles.approvers.length === 0 && entries.every(({ approvers }) => approvers.length === 0);
  if (graph.auth !== 'delegated' && roles.requesters.length > 0 && isUndecided)
    doubts.push({
      variable: 'APPROVERS',
      problem: 'is empty while REQUESTERS is set, so no access request can be decided',
      fix: 'set it to the ids of the groups that decide, or name "approvers" in APPS_FILE',
      isWrong: true,
    });
  return doubts;
}

/** The same as lines for the log. */
export function configWarnings(config: Config, entries: Deciding = []): string[] {
  return doubtfulSettings(config, entries).map(({ variable, problem, fix }) => `${variable} ${problem}; ${fix}`);
}

/** A connection within this machine cannot be intercepted. */
function saysHowToEncrypt(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return sslModeOf(url) !== null || host === '' || isLoopback(host);
}

const documentedGate = { limit: 5, windowMs: 10_000 };
