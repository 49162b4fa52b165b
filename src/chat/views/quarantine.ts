import { dueValues } from '../jobs/job-words.ts';
import type { MessageKey, Messages } from '../messages.ts';
import type { Explained, Quarantine } from './explained.ts';
import { short } from './parts.ts';
import { asOperator, nextFor } from './viewpoint.ts';

/** https://learn.microsoft.com/graph/api/resources/synchronization-quarantinereason. The set is open. */
const REASONS: ReadonlyMap<string, QuarantineReason> = new Map([
  ['encounteredquarantineexception', 'connection'],
  ['encounteredbaseescrowthreshold', 'tooManyFailures'],
  ['encounteredtotalescrowthreshold', 'tooManyFailures'],
  ['encounteredescrowproportionthreshold', 'tooManyFailures'],
  ['toomanydeletes', 'tooManyDeletes'],
  ['ingestioninterrupted', 'ingestion'],
  ['quarantinedondemand', 'onDemand'],
  ['quarantineondemand', 'onDemand'],
] as const);

type QuarantineReason = 'connection' | 'tooManyFailures' | 'tooManyDeletes' | 'ingestion' | 'onDemand';

const reasonOf = (reason: string | null) => REASONS.get((reason ?? '').toLowerCase());

/** Whether deletions are held back, because a cycle would have made more than the job's limit. */
export const isTooManyDeletes = (reason: string | null): boolean => reasonOf(reason) === 'tooManyDeletes';

/** In half a sentence, for a title; null for a reason that Usher does not know. */
export function shortQuarantineReason(words: Messages, reason: string | null): string | null {
  const name = reasonOf(reason);
  return name === undefined ? null : words.plain(`quarantineReason.${name}`);
}

/** A quarantined app in words: why, since when, until when, and who can fix it. */
export function quarantineProblem(words: Messages, quarantine: Quarantine): Explained {
  const app = short(quarantine.app);
  const reason = reasonOf(quarantine.reason);
  const because = shortQuarantineReason(words, quarantine.reason);
  const message = short(quarantine.message ?? '', 200);
  const code = short(quarantine.errorCode ?? quarantine.reason ?? '', 120);
  const steps = stepsFor(reason, quarantine.tenantActionable);
  const happened = { app, why: reason ?? 'other' };
  const viewpoint = quarantine.viewpoint ?? asOperator;
  const next = words.sentences(nextFor(viewpoint, steps, words.card, words, { app }));
  const plainNext = words.sentences(nextFor(viewpoint, steps, words.plain, words, { app }));
  return {
    tone: 'bad',
    title: words.card('problem.appQuarantined.title', { app, reason: because ?? 'none' }),
    paragraphs: [words.card('problem.appQuarantined.happened', happened)],
    further: [
      words.sentences([
        reason === undefined ? null : words.card(`quarantine.${reason}`, { app }),
        message === '' ? null : words.card('problem.appQuarantined.said', { message }),
      ]),
      words.sentences(timesToCome(words, quarantine)),
      sinceText(words, quarantine),
    ].filter((text) => text !== ''),
    next,
    code: code === '' ? null : words.card('label.code', { code }),
    summary: words.sentences([words.plain('problem.appQuarantined.happened', happened), plainNext]),
  };
}

/** The next step, for operators and for all others. */
function stepsFor(
  reason: QuarantineReason | undefined,
  tenantActionable: boolean | null,
): { readonly next: MessageKey; readonly ask: MessageKey } {
  if (reason === undefined || reason === 'connection')
    return { next: nextKey(tenantActionable), ask: 'problem.appQuarantined.ask' };
  return { next: `quarantineStep.${reason}.next`, ask: `quarantineStep.${reason}.ask` };
}

function nextKey(tenantActionable: boolean | null): MessageKey {
  if (tenantActionable === null) return 'problem.appQuarantined.next';
  return tenantActionable ? 'problem.appQuarantined.nextActionable' : 'problem.appQuarantined.nextNotActionable';
}

const sinceText = (words: Messages, { since, now }: Quarantine): string =>
  isReal(since) ? words.card('problem.appQuarantined.since', { time: words.momentAgo(since, now) }) : '';

function timesToCome(words: Messages, { nextAttempt, endsAt, now }: Quarantine): string[] {
  // Microsoft's schedule runs late at times.
  const again = isReal(nextAttempt)
    ? [words.card('problem.appQuarantined.nextAttempt', dueValues(words, nextAttempt, now))]
    : [];
  const end = quarantineEnd(words, endsAt, now);
  return [...again, ...(end === null ? [] : [end])];
}

/** About when Microsoft turns the job off; null where that is unknown, and where the day has passed. */
export function quarantineEnd(words: Messages, endsAt: number | null, now: number): string | null {
  return isReal(endsAt) && endsAt > now ? words.card('quarantine.ends', { day: words.day(endsAt) }) : null;
}

/** A job that never ran dates its fields to the year 1, which must not be shown. */
function isReal(time: number | null): time is number {
  return time !== null && time > 0;
}
