import type { Database } from '../../../../src/db/database.ts';
import type { JobChangeDetails } from '../../../../src/features/checks/watching/announcement-details.ts';
import type { Watch } from '../../../../src/features/checks/watching/watch-row.ts';
import { type Fetched, fetched, troubled } from '../../../../src/graph/answer.ts';
import type { JobHealth, JobStatus } from '../../../../src/graph/job-status.ts';
import type { JobStatusMatch } from '../../../../src/graph/synchronization.ts';
import { claimDue, notePost } from '../../../../src/outbox/message-store.ts';

export const alex = 'alex';

export function status(kind: JobHealth['kind']): JobStatus {
  const quarantine = {
    reason: 'why',
    since: 1,
    nextAttempt: 2,
    endsAt: 3,
    seriesBegan: 1,
    seriesCount: 3,
    error: null,
  };
  const health: JobHealth =
    kind === 'quarantined' ? { kind, quarantine } : kind === 'other' ? { kind, code: 'Odd' } : { kind };
  return { id: 'job', template: null, health, lastRun: null, lastSuccess: null, nextRun: null, counts: [] };
}

export type Answer = JobHealth['kind'] | 'none' | 'away';

/** Graph's answer about a job in this state. */
export function answered(kind: Answer): Fetched<JobStatusMatch> {
  if (kind === 'none') return fetched({ kind: 'none' });
  if (kind !== 'away') return fetched({ kind: 'one', status: status(kind), others: [] });
  const trace = { clientRequestId: '', requestId: null, date: null };
  return troubled({ kind: 'noAnswer', why: 'timeout', trace });
}

/** A watch of this conversation, added from `place chat`. */
export function watch(key: string, appId = 'salesforce'): Omit<Watch, 'addedAt'> {
  return {
    key,
    conversation: `${key} chat`,
    reader: { locale: 'en-US', timeZone: 'Europe/Berlin' },
    watched: { kind: 'sync', app: { id: appId, name: `${appId}'s name` } },
    addedBy: alex,
  };
}

/** Deletes every row that has to do with watching. */
export async function forgetWatches({ query }: Database): Promise<void> {
  for (const table of [
    'messages',
    'watched_jobs',
    'watches',
    'rounds',
    'seen_jobs',
    'held_news',
    'quiet_hours',
  ] as const)
    await query.deleteFrom(table).execute();
}

/** Takes all announcements out of the outbox, as `conversation: app change`, those of one moment by conversation. */
export async function takeAnnouncements({ query, dialect }: Database, now: number): Promise<string[]> {
  const due = await claimDue({ query, dialect }, now, 100);
  for (const { id } of due) await notePost(query, id, { dueAt: null });
  const told = due.map(({ conversation, details }) => {
    const { app, change, at } = JSON.parse(details ?? '') as JobChangeDetails;
    return { at, text: `${conversation}: ${app.id} ${change}` };
  });
  return told.toSorted((one, other) => one.at - other.at || (one.text < other.text ? -1 : 1)).map(({ text }) => text);
}
