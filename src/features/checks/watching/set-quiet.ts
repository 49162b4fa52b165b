import { writeAudit } from '../../../requests/audit-log.ts';
import { type QuietHours, quietUntil } from './quiet-hours.ts';
import { lockRound } from './round.ts';
import type { WatchParts } from './watches.ts';

/**
 * Sets the quiet hours of a conversation, or ends them. What waits for the end of earlier ones waits until these end, or
 * is due now. False when there was nothing to end.
 */
export async function setQuietHours(
  parts: WatchParts,
  key: string,
  hours: QuietHours | null,
  actorId: string,
): Promise<boolean> {
  const { database, clock } = parts;
  return database.transact(async (transaction) => {
    await lockRound(parts, transaction);
    const now = clock.now();
    const removed = await transaction
      .deleteFrom('quiet_hours')
      .where('key', '=', key)
      .returning('key')
      .executeTakeFirst();
    if (hours === null && removed === undefined) return false;
    if (hours !== null) {
      const { begins, ends, timeZone } = hours;
      const row = { key, begins, ends, time_zone: timeZone, set_by: actorId, set_at: now };
      await transaction.insertInto('quiet_hours').values(row).execute();
    }
    const dueAt = hours === null ? now : (quietUntil(hours, now) ?? now);
    await transaction.updateTable('held_news').set({ due_at: dueAt }).where('key', '=', key).execute();
    const details = { place: key, quiet: hours === null ? null : `${hours.begins}-${hours.ends}` };
    await writeAudit(transaction, { at: now, actorId, kind: 'quietHoursSet', requestId: null, details });
    return true;
  });
}
