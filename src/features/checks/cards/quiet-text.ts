import { DateTime } from 'luxon';
import { createMessages } from '../../../chat/messages.ts';
import { zoneOr } from '../../../days.ts';
import type { QuietHours } from '../watching/quiet-hours.ts';

/** "22:00 to 07:00 (Europe/Berlin)", in the reader's words and by the clock of the hours' own zone. Plain. */
export function quietText(locale: string, { begins, ends, timeZone }: QuietHours, now: number): string {
  const words = createMessages(locale, zoneOr(timeZone));
  const day = DateTime.fromMillis(now, { zone: zoneOr(timeZone) }).startOf('day');
  const time = (minutes: number) => {
    const at = day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
    return words.moment(at, at);
  };
  return words.plain('quiet.hours', { begins: time(begins), ends: time(ends), zone: zoneOr(timeZone) });
}
