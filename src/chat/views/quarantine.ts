import type { MessageKey, Messages } from '../messages.ts';
import type { Explained, Quarantine } from './explained.ts';
import { short } from './parts.ts';

/** https://learn.microsoft.com/graph/api/resources/synchronization-quarantinereason. The set is open. */
const REASONS: ReadonlyMap<string, MessageKey> = new Map<string, MessageKey>([
  ['encounteredquarantineexception', 'quarantine.connection'],
  ['encounteredbaseescrowthreshold', 'quarantine.tooManyFailures'],
  ['encounteredtotalescrowthreshold', 'quarantine.tooManyFailures'],
  ['encounteredescrowproportionthreshold', 'quarantine.tooManyFailures'],
  ['toomanydeletes', 'quarantine.tooManyDeletes'],
  ['ingestioninterrupted', 'quarantine.ingestion'],
  ['quarantinedondemand', 'quarantine.onDemand'],
  ['quarantineondemand', 'quarantine.onDemand'],
]);

/** A quarantined app in words: why, since when, until when, and who can fix it. */
export function quarantineProblem(words: Messages, quarantine: Quarantine): Explained {
  const app = short(quarantine.app);
  const reason = REASONS.get((quarantine.reason ?? '').toLowerCase());
  const message = short(quarantine.message ?? '', 200);
  const code = short(quarantine.errorCode ?? quarantine.reason ?? '', 120);
  const next = nextKey(quarantine.tenantActionable);
  return {
    tone: 'bad',
    title: words.card('problem.appQuarantined.title', { app }),
    paragraphs: [
      words.card('problem.appQuarantined.happened', { app }),
      ...(reason === undefined ? [] : [words.card(reason, { app })]),
      ...(message === '' ? [] : [words.card('problem.appQuarantined.said', { message })]),
      ...times(words, quarantine),
    ],
    next: words.card(next, { app }),
    code: code === '' ? null : words.card('label.code', { code }),
    summary: `${words.plain('problem.appQuarantined.happened', { app })} ${words.plain(next, { app })}`,
  };
}

function nextKey(tenantActionable: boolean | null): MessageKey {
  if (tenantActionable === null) return 'problem.appQuarantined.next';
  return tenantActionable ? 'problem.appQuarantined.nextActionable' : 'problem.appQuarantined.nextNotActionable';
}

function times(words: Messages, { since, nextAttempt, endsAt, now }: Quarantine): string[] {
  const began = isReal(since) ? [words.card('problem.appQuarantined.since', { time: words.moment(since, now) })] : [];
  const again = isReal(nextAttempt)
    ? [words.card('problem.appQuarantined.nextAttempt', { time: words.moment(nextAttempt, now) })]
    : [];
  const end = quarantineEnd(words, endsAt, now);
  return [...began, ...again, ...(end === null ? [] : [end])];
}

/** About when Microsoft turns the job off; null where that is unknown, and where the day has passed. */
export function quarantineEnd(words: Messages, endsAt: number | null, now: number): string | null {
  return isReal(endsAt) && endsAt > now ? words.card('quarantine.ends', { day: words.day(endsAt) }) : null;
}

/** A job that never ran dates its fields to the year 1, which must not be shown. */
function isReal(time: number | null): time is number {
  return time !== null && time > 0;
}
