import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../config.ts';
import { dialectOf } from '../db/dialect.ts';
import { type Disk, type Inspected, inspectDatabase, lookingInto } from '../db/inspect.ts';
import { findLogRights } from '../seals/rights.ts';
import { words } from './doctor-messages.ts';
import type { Reach } from './reach.ts';
import { type Check, good, once, skipped, warned, wrong } from './run-checks.ts';

/** Entra and the Bot Framework accept tokens that are at most this far off their clocks. */
const mostSkewMs = 5 * 60_000;
/** Below `full` nothing can be stored; below `little` a busy day may fill the disk. */
const freeMegabytes = { full: 1, little: 100 };

/** Checks of this machine: its database and its clock. */
export function machineChecks(reach: Reach, clock: Clock, disk: Disk): readonly Check[] {
  const { database } = reach.config;
  const inspected = once(() => inspectDatabase(database, clock, disk));
  return [
    {
      id: 'database',
      title: words.database.title,
      async run() {
        const free = database.kind === 'sqlite' ? disk.freeBytes(dirname(database.path)) : null;
        const megabytes = free === null ? Number.POSITIVE_INFINITY : Math.floor(free / 1_000_000);
        // On a full disk SQLite cannot even open its file, and says that the disk fails.
        if (megabytes < freeMegabytes.full) return wrong(words.database.full, words.database.littleFix);
        const found = await inspected();
        if (found.kind === 'away') return wrong(found.why, found.fix ?? words.database.fix);
        if (found.kind === 'notMade' && megabytes >= freeMegabytes.little) return good(words.database.notMade);
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
    ...(database.kind === 'sqlite' ? [] : [auditLogCheck(database, inspected, clock)]),
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
  ];
}

/** On PostgreSQL, whose users can be limited to adding to the audit log. */
function auditLogCheck(database: DatabaseConfig, inspected: () => Promise<Inspected>, clock: Clock): Check {
  return {
    id: 'auditLog',
    title: words.auditLog.title,
    async run() {
      const found = await inspected();
      if (found.kind !== 'reached') return skipped(words.database.missing);
      if (found.isNew === true) return skipped(words.auditLog.none);
      const dialect = dialectOf(database, clock);
      const rights = await lookingInto(dialect, (query) => findLogRights(dialect, query));
      return rights.kind === 'none' ? skipped(words.auditLog.none) : good(words.auditLog[rights.kind]);
    },
  };
}
