import type { Kysely } from 'kysely';
import { DateTime } from 'luxon';
import { zoneOr } from '../../../days.ts';
import type { Schema } from '../../../db/schema.ts';

/** When a conversation is told no news of what it watches: minutes since midnight, by the clock of the zone. */
export interface QuietHours {
  readonly begins: number;
  /** Of the next day where it is not after the beginning. */
  readonly ends: number;
  readonly timeZone: string;
}

/**
 * When the present quiet ends, in milliseconds since 1970; null where it is not quiet. The clock decides, so that a
 * night in which the clocks change is an hour longer or shorter.
 */
export function quietUntil({ begins, ends, timeZone }: QuietHours, now: number): number | null {
  const today = DateTime.fromMillis(now, { zone: zoneOr(timeZone) }).startOf('day');
  for (const first of [today.minus({ days: 1 }), today]) {
    const last = ends > begins ? first : first.plus({ days: 1 });
    const until = at(last, ends);
    if (at(first, begins) <= now && now < until) return until;
  }
  return null;
}

const at = (day: DateTime, minutes: number): number =>
  day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();

/** Null where this conversation has none. */
export async function findQuietHours(query: Kysely<Schema>, key: string): Promise<QuietHours | null> {
  const row = await query.selectFrom('quiet_hours').selectAll().where('key', '=', key).executeTakeFirst();
  return row === undefined ? null : { begins: row.begins, ends: row.ends, timeZone: row.time_zone };
}

/** Until when it is quiet in each conversation in which it is now, by their keys. */
export async function quietNow(query: Kysely<Schema>, now: number): Promise<ReadonlyMap<string, number>> {
  const rows = await query
    .selectFrom('quiet_hours')
    .select(['key', 'begins', 'ends', 'time_zone as timeZone'])
    .execute();
  return new Map(
    rows.flatMap(({ key, ...hours }) => {
      const until = quietUntil(hours, now);
      return until === null ? [] : [[key, until] as const];
    }),
  );
}
