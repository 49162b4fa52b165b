import { afterEach, beforeAll, beforeEach } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import type { JobChangeDetails } from '../../../../src/features/checks/watching/announcement-details.ts';
import type { Watch } from '../../../../src/features/checks/watching/watch-row.ts';
import { startWatcher, type Watcher, type WatcherParts } from '../../../../src/features/checks/watching/watcher.ts';
import { type Fetched, fetched, troubled } from '../../../../src/graph/answer.ts';
import type { JobHealth, JobStatus } from '../../../../src/graph/job-status.ts';
import type { JobStatusMatch } from '../../../../src/graph/synchronization.ts';
import { createLog } from '../../../../src/log.ts';
import type { Message } from '../../../../src/outbox/message.ts';
import { claimDue, notePost } from '../../../../src/outbox/message-store.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { type Engine, useTestDatabase } from '../../../support/databases.ts';

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

/** From one round of the watchers to the next. */
export const everyMs = 300_000;

/** For each test an empty database, a clock of its own and jobs that are read from a map; stops its watchers after it. */
export function useWatchers(engine: Engine) {
  const place = useTestDatabase(engine);
  const jobs = new Map<string, Answer>();
  const looks: string[] = [];
  const running: Watcher[] = [];
  let database: Database;
  let clock: TestClock;
  let changes: number;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    jobs.clear();
    looks.length = 0;
    changes = 0;
  });
  afterEach(async () => {
    for (const watcher of running.splice(0)) await watcher.stop();
  });

  const settled = async () => {
    for (const watcher of running) await watcher.settled();
  };
  return {
    jobs,
    /** The ids of the apps, each time that a job was read. */
    looks,
    /** How often a watcher has told that it queued a card. */
    changes: () => changes,
    clock: () => clock,
    parts: () => ({ database, clock }),
    start(more: Partial<WatcherParts> = {}): Watcher {
      const watcher = startWatcher({
        store: { database, clock },
        async readStatus(appId) {
          looks.push(appId);
          return answered(jobs.get(appId) ?? 'healthy');
        },
        changed() {
          changes += 1;
        },
        log: createLog('silent'),
        everyMs,
        ...more,
      });
      running.push(watcher);
      return watcher;
    },
    /** By then every sleeper is awake, and the work that it started is over. */
    async pass(ms: number): Promise<void> {
      await clock.advance(ms);
      await settled();
    },
    settled,
    /** Takes every message that is due out of the outbox. */
    takeDue: () => takeDue(database, clock.now()),
  };
}

async function takeDue({ query, dialect }: Database, now: number): Promise<readonly Message[]> {
  const due = await claimDue({ query, dialect }, now, 100);
  for (const { id } of due) await notePost(query, id, { dueAt: null });
  return due;
}

/** Takes all announcements out of the outbox, as `conversation: app change`, those of one moment by conversation. */
export async function takeAnnouncements(database: Database, now: number): Promise<string[]> {
  const told = (await takeDue(database, now)).map(({ conversation, details }) => {
    const { app, change, at } = JSON.parse(details ?? '') as JobChangeDetails;
    return { at, text: `${conversation}: ${app.id} ${change}` };
  });
  return told.toSorted((one, other) => one.at - other.at || (one.text < other.text ? -1 : 1)).map(({ text }) => text);
}
