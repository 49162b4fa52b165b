import type { Clock } from '../clock.ts';
import { words } from './doctor-messages.ts';
import { type Finding, good, warned, wrong } from './run-checks.ts';

const dayMs = 24 * 60 * 60_000;
const soonDays = 30;

/**
 * Until when something is good, with the date.
 *
 * @param endsAt null for no end
 */
export function endFinding(endsAt: number | null, clock: Clock, fix: string, warnDays = soonDays): Finding {
  const say = words.credential;
  if (endsAt === null) return good(say.endless);
  const day = new Date(endsAt).toISOString().slice(0, 10);
  const leftMs = endsAt - clock.now();
  if (leftMs <= 0) return wrong(say.ended(day), fix);
  if (leftMs >= warnDays * dayMs) return good(say.good(day));
  return warned(say.soon(day, Math.max(1, Math.round(leftMs / dayMs))), fix);
}
