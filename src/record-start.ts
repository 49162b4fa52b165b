import type { AppsFileResult } from './apps-file.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { version } from './graph/version.ts';
import type { Log } from './log.ts';
import { writeAudit } from './requests/audit-log.ts';
import { fingerprintOf, printsOf } from './settings-print.ts';

/**
 * Each start of Usher leaves an entry in the record with its version and a fingerprint of its configuration; and where
 * that is another one than at the start before, a further entry names the settings that differ. Values stay out of it.
 */
export async function recordStart(
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const prints = printsOf(settings);
  const configuration = fingerprintOf(prints);
  const entry = { at: clock.now(), actorId: '', requestId: null } as const;
  try {
    await database.transact(async (transaction) => {
      const rows = await transaction.selectFrom('settings_seen').selectAll().execute();
      const before = new Map(rows.map(({ setting, print }) => [setting, print]));
      const names = new Set([...before.keys(), ...prints.keys()]);
      const changed = [...names].filter((name) => before.get(name) !== prints.get(name)).toSorted();
      await writeAudit(transaction, { ...entry, kind: 'usherStarted', details: { version, configuration } });
      if (changed.length === 0) return;
      const details = { version, configuration, before: fingerprintOf(before), settings: changed };
      // The first start has changed nothing.
      if (rows.length > 0) await writeAudit(transaction, { ...entry, kind: 'configurationChanged', details });
      await transaction.deleteFrom('settings_seen').where('setting', 'in', changed).execute();
      const present = [...prints].flatMap(([setting, print]) => (changed.includes(setting) ? { setting, print } : []));
      if (present.length === 0) return;
      await transaction
        .insertInto('settings_seen')
        .values(present)
        .onConflict((other) => other.column('setting').doUpdateSet(({ ref }) => ({ print: ref('excluded.print') })))
        .execute();
    });
  } catch (error) {
    log.error({ error, code: 'start_unrecorded' }, 'the record does not say that Usher was started');
  }
}

/** The settings, and what `APPS_FILE` says beside its path. */
export function recordedSettings(
  { settings = {} }: Config,
  { entries, kits }: Extract<AppsFileResult, { ok: true }>,
): Readonly<Record<string, string>> {
  const { APPS_FILE = '' } = settings;
  return APPS_FILE === '' ? settings : { ...settings, APPS_FILE: `${APPS_FILE} ${JSON.stringify({ entries, kits })}` };
}
