import type { Clock } from '../clock.ts';
import { dialectOf } from '../db/dialect.ts';
import { inspectDatabase, lookingInto } from '../db/inspect.ts';
import { findLogRights } from '../seals/rights.ts';
import { words } from './doctor-messages.ts';
import type { Reach } from './reach.ts';
import { type Check, good, once, skipped, wrong } from './run-checks.ts';

/** Entra and the Bot Framework accept tokens that are at most this far off their clocks. */
const mostSkewMs = 5 * 60_000;
const endpointTimeoutMs = 10_000;

/** Checks of this machine: its database, its clock, and whether the bot answers. */
export function machineChecks(reach: Reach, clock: Clock, publicUrl: string | null): readonly Check[] {
  const { database, host, port } = reach.config;
  const inspected = once(() => inspectDatabase(database, clock));
  return [
    {
      id: 'database',
      title: words.database.title,
      async run() {
        const found = await inspected();
        if (found.kind === 'away') return wrong(found.why, found.fix ?? words.database.fix);
        return good(found.kind === 'notMade' ? words.database.notMade : words.database.good);
      },
    },
    {
      id: 'migrations',
      title: words.migrations.title,
      async run() {
        const found = await inspected();
        if (found.kind === 'away') return skipped(words.database.missing);
        if (found.kind === 'notMade') return skipped(words.migrations.notMade);
        if (found.pending.length === 0) return good(words.migrations.good);
        return wrong(words.migrations.wrong(found.pending), words.migrations.fix);
      },
    },
    {
      id: 'auditLog',
      title: words.auditLog.title,
      async run() {
        const found = await inspected();
        if (found.kind === 'away') return skipped(words.database.missing);
        if (database.kind === 'sqlite' || found.kind === 'notMade') return skipped(words.auditLog.none);
        const dialect = dialectOf(database, clock);
        const rights = await lookingInto(dialect, (query) => findLogRights(dialect, query));
        return rights.kind === 'none' ? skipped(words.auditLog.none) : good(words.auditLog[rights.kind]);
      },
    },
    {
      id: 'clock',
      title: words.clock.title,
      obstacle: () => reach.blocked(null),
      async run() {
        const date = Date.parse((await reach.ping())?.trace.date ?? '');
        if (Number.isNaN(date)) return skipped(words.clock.none);
        const skewMs = clock.now() - date;
        if (Math.abs(skewMs) <= mostSkewMs) return good(words.clock.good(Math.round(Math.abs(skewMs) / 1_000)));
        return wrong(words.clock.wrong(Math.round(Math.abs(skewMs) / 60_000), skewMs > 0), words.clock.fix);
      },
    },
    {
      id: 'endpoint',
      title: words.endpoint.title,
      async run() {
        const address = new URL('/api/messages', publicUrl ?? ownAddress(host, port)).href;
        try {
          const signal = AbortSignal.timeout(endpointTimeoutMs);
          const response = await fetch(address, { ...nothingForUsher, redirect: 'manual', signal });
          if (isUshers(response.status, await response.text())) return good(words.endpoint.good(address));
          return wrong(words.endpoint.status(address, response.status), words.endpoint.fix);
        } catch {
          return wrong(words.endpoint.silent(address), words.endpoint.fix);
        }
      },
    },
  ];
}

/** A body that the endpoint refuses in its own way before it looks at any token, which no proxy would do. */
const nothingForUsher = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' } as const;

function isUshers(status: number, body: string): boolean {
  return status === 400 && body.includes('"not_an_activity"');
}

/** The address at which this machine reaches a server that listens there. */
function ownAddress(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host.replace(/^\[|\]$/g, '');
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
