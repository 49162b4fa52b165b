import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { isLoopback } from '../config.ts';
import { dialectOf } from '../db/dialect.ts';
import { type Disk, inspectDatabase, lookingInto } from '../db/inspect.ts';
import { findLogRights } from '../seals/rights.ts';
import { words } from './doctor-messages.ts';
import { networkTrouble } from './network.ts';
import type { Reach } from './reach.ts';
import { type Check, type Finding, good, once, skipped, warned, wrong } from './run-checks.ts';

/** Entra and the Bot Framework accept tokens that are at most this far off their clocks. */
const mostSkewMs = 5 * 60_000;
const endpointTimeoutMs = 10_000;
/** Below `full` nothing can be stored; below `little` a busy day may fill the disk. */
const freeMegabytes = { full: 1, little: 100 };

/** Checks of this machine: its database, its clock, and whether the bot answers. */
export function machineChecks(reach: Reach, clock: Clock, publicUrl: string | null, disk: Disk): readonly Check[] {
  const { database, host, port } = reach.config;
  const inspected = once(() => inspectDatabase(database, clock, disk));
  return [
    {
      id: 'database',
      title: words.database.title,
      async run() {
        const found = await inspected();
        if (found.kind === 'away') return wrong(found.why, found.fix ?? words.database.fix);
        if (found.kind === 'notMade') return good(words.database.notMade);
        const free = database.kind === 'sqlite' ? disk.freeBytes(dirname(database.path)) : null;
        const megabytes = free === null ? Number.POSITIVE_INFINITY : Math.floor(free / 1_000_000);
        if (megabytes < freeMegabytes.full) return wrong(words.database.full, words.database.littleFix);
        if (megabytes < freeMegabytes.little) return warned(words.database.little(megabytes), words.database.littleFix);
        return good(words.database.good);
      },
    },
    {
      id: 'migrations',
      title: words.migrations.title,
      async run() {
        const found = await inspected();
        if (found.kind === 'away') return skipped(words.database.missing);
        if (found.kind === 'reached' && found.refusal !== undefined)
          return wrong(found.refusal.what, found.refusal.fix);
        if (found.kind === 'notMade' || found.isNew === true) return skipped(words.migrations.notMade);
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
        if (database.kind === 'sqlite' || found.kind === 'notMade' || found.isNew === true)
          return skipped(words.auditLog.none);
        const dialect = dialectOf(database, clock);
        const rights = await lookingInto(dialect, (query) => findLogRights(dialect, query));
        return rights.kind === 'none' ? skipped(words.auditLog.none) : good(words.auditLog[rights.kind]);
      },
    },
    {
      id: 'clock',
      title: words.clock.title,
      async run() {
        const date = Date.parse((await reach.date()) ?? '');
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
        const say = words.endpoint;
        const url = new URL('/api/messages', publicUrl ?? ownAddress(host, port));
        const address = url.href;
        try {
          const signal = AbortSignal.timeout(endpointTimeoutMs);
          const response = await fetch(address, { ...nothingForUsher, redirect: 'manual', signal });
          if (!isUshers(response.status, await response.text()))
            return wrong(say.status(address, response.status), say.fix);
          if (isLoopback(url.hostname)) return good(say.here(address));
          const isForTeams = url.protocol === 'https:' && !privateHost.test(url.hostname);
          return isForTeams ? good(say.good(address)) : warned(say.hidden(address), say.hiddenFix);
        } catch (error) {
          return unanswered(address, error, url.host);
        }
      },
    },
  ];
}

/** Of a private network, or a name that only such a network knows. */
const privateHost = /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$|^\[f[cde]|\.(local|internal|lan)$/;

/** A body that the endpoint refuses in its own way before it looks at any token, which no proxy would do. */
const nothingForUsher = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' } as const;

function unanswered(address: string, error: unknown, host: string): Finding {
  const { silent, failed, fix, hiddenFix } = words.endpoint;
  const trouble = networkTrouble(error, host);
  if (trouble === null || trouble.kind === 'refused') return wrong(silent(address), fix);
  return wrong(failed(address, trouble.what), trouble.kind === 'certificate' ? hiddenFix : fix);
}

function isUshers(status: number, body: string): boolean {
  return status === 400 && body.includes('"not_an_activity"');
}

/** The address at which this machine reaches a server that listens there. */
function ownAddress(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host.replace(/^\[|\]$/g, '');
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
