import { type Config, isLoopback } from './config.ts';
import { sslModeOf } from './db/tls.ts';

/** Settings that may be intended but are more likely a mistake; for the log. */
export function configWarnings({ bot, gate, database, graph, metrics }: Config): string[] {
  const warnings: string[] = [];
  if (bot.auth === 'none')
    warnings.push(
      'BOT_AUTH is none: any program on this machine may speak to Usher as any user; set it for work on one machine alone',
    );
  else if (metrics.on && metrics.token === null && metrics.port === null)
    warnings.push(
      'METRICS is on, but with neither METRICS_TOKEN nor METRICS_PORT nothing can read /metrics; set one of them, or METRICS=off',
    );
  if (gate.limit > documentedGate.limit || gate.windowMs < documentedGate.windowMs)
    warnings.push(
      'PROVISION_LIMIT and PROVISION_WINDOW_MS allow more than Graph does (5 in 10 s); it will refuse calls',
    );
  if (database.kind === 'postgres' && !saysHowToEncrypt(database.url.reveal()))
    warnings.push('DATABASE_URL names no sslmode, so what goes to the database is not encrypted');
  if (graph.auth === 'azure' && graph.identity.kind === 'ambient' && graph.identity.tenantId !== undefined)
    warnings.push(
      'AZURE_TENANT_ID and AZURE_CLIENT_ID are set without a secret, certificate or token file, so Graph is called as a managed identity or as the account that is signed in on this machine; set AZURE_CLIENT_SECRET or another proof if a registration is meant',
    );
  return warnings;
}

/** A connection within this machine cannot be intercepted. */
function saysHowToEncrypt(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return sslModeOf(url) !== null || host === '' || isLoopback(host);
}

const documentedGate = { limit: 5, windowMs: 10_000 };
