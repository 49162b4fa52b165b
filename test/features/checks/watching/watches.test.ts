import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import type { Database } from '../../../../src/db/database.ts';
import { claimRound, noteStatus, releaseRound } from '../../../../src/features/checks/watching/round.ts';
import {
  addWatch,
  listWatches,
  removeWatch,
  type WatchParts,
} from '../../../../src/features/checks/watching/watches.ts';
import { claimDue } from '../../../../src/outbox/message-store.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { alex, everyMs, status, takeAnnouncements, watch } from './support.ts';

describe.each(engines)('watches on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: WatchParts;

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    parts = { database, clock };
  });

  const claim = (owner = 'this process') => claimRound(parts, { owner, until: clock.now() + 60_000 }, everyMs);
  const owed = () => takeAnnouncements(database, clock.now());

  /** Makes a round in which the app's job is in this state. */
  async function seen(kind: Parameters<typeof status>[0], appId = 'salesforce'): Promise<void> {
    await database.query.updateTable('rounds').set({ due_at: 0 }).execute();
    await claim();
    await noteStatus(parts, 'this process', { id: appId, name: null }, status(kind));
    await releaseRound(parts, 'this process');
  }

  it('belong to a conversation and an app, once, by the names of the apps', async () => {
    const added = [];
    for (const app of ['zscaler', 'salesforce', 'zscaler']) added.push(await addWatch(parts, watch('desk', app)));
    added.push(await addWatch(parts, watch('other', 'zscaler')));

    expect(added).toEqual([true, true, false, true]);
    expect(await listWatches(database, 'desk')).toEqual([
      { ...watch('desk', 'salesforce'), addedAt: clock.now() },
      { ...watch('desk', 'zscaler'), addedAt: clock.now() },
    ]);
  });

  it('are removed once', async () => {
    await addWatch(parts, watch('desk'));

    const removed = [];
    for (const key of ['other', 'desk', 'desk'])
      removed.push(await removeWatch(parts, key, watch(key).watched, 'megan'));

    expect(removed).toEqual([false, true, false]);
    expect(await listWatches(database, 'desk')).toEqual([]);
  });

  it('are recorded by ids alone', async () => {
    await addWatch(parts, watch('desk'));
    await removeWatch(parts, 'desk', watch('desk').watched, 'megan');

    const entries = (await readAudit(database.query, 10)).toReversed();

    const details = { place: 'desk', watched: 'salesforce' };
    expect(entries.map(({ actorId, details: told }) => [actorId, told])).toEqual([
      [alex, details],
      ['megan', details],
    ]);
  });

  it('get an announcement of each change once, every conversation separately', async () => {
    await addWatch(parts, watch('desk'));
    await addWatch(parts, watch('other'));
    await addWatch(parts, watch('elsewhere', 'zscaler'));
    const told = [];

    for (const kind of [
      'healthy',
      'quarantined',
      'quarantined',
      'neverRun',
      'healthy',
      'paused',
      'disabled',
    ] as const) {
      await seen(kind);
      told.push(await owed());
    }

    expect(told).toEqual([
      [],
      ['desk chat: salesforce enteredQuarantine', 'other chat: salesforce enteredQuarantine'],
      [],
      [],
      ['desk chat: salesforce leftQuarantine', 'other chat: salesforce leftQuarantine'],
      ['desk chat: salesforce stopped', 'other chat: salesforce stopped'],
      [],
    ]);
  });

  it('get the state of the job, in the locale of the conversation', async () => {
    await addWatch(parts, watch('desk'));
    await seen('quarantined');

    const { conversation, reader } = watch('desk');
    const app = { id: 'salesforce', name: "salesforce's name" };
    const [announcement, ...others] = await claimDue(database, clock.now(), 10);
    expect(others).toEqual([]);
    expect(announcement).toMatchObject({ kind: 'announcement', reference: 'salesforce|desk', conversation, reader });
    expect(JSON.parse(announcement?.details ?? '')).toEqual({
      ...{ app, change: 'enteredQuarantine', status: status('quarantined'), at: clock.now() },
    });
  });

  it('that are added while the job is in quarantine get its announcement at once', async () => {
    await addWatch(parts, watch('desk'));
    await seen('quarantined');
    await owed();

    await addWatch(parts, watch('late'));
    await addWatch(parts, watch('late'));

    expect(await owed()).toEqual(['late chat: salesforce enteredQuarantine']);
  });

  it('that are removed get no more announcements', async () => {
    await addWatch(parts, watch('desk'));
    await addWatch(parts, watch('other'));
    await seen('quarantined');

    await addWatch(parts, watch('desk', 'zscaler'));
    await seen('quarantined', 'zscaler');

    await removeWatch(parts, 'desk', watch('desk').watched, alex);

    expect(await owed()).toEqual(['desk chat: zscaler enteredQuarantine', 'other chat: salesforce enteredQuarantine']);
  });

  it('begin anew for an app that no conversation watched any more', async () => {
    await addWatch(parts, watch('desk'));
    await seen('quarantined');
    await removeWatch(parts, 'desk', watch('desk').watched, alex);

    await addWatch(parts, watch('desk'));
    const atOnce = await owed();
    await seen('healthy');

    expect([atOnce, await owed()]).toEqual([[], []]);
  });

  it('are checked by one process a round', async () => {
    await addWatch(parts, watch('desk'));

    const first = await claim();
    const second = await claim('other process');
    await releaseRound(parts, 'this process');
    const early = await claim('other process');
    await clock.advance(everyMs);
    const next = await claim('other process');

    expect(first).toEqual({ kind: 'claimed', appIds: ['salesforce'], ofAll: null });
    expect([second.kind, early]).toEqual(['later', { kind: 'later', inMs: everyMs, hasNews: false }]);
    expect(next).toEqual({ kind: 'claimed', appIds: ['salesforce'], ofAll: null });
  });

  it('get no announcement from a process that has lost the round', async () => {
    await addWatch(parts, watch('desk'));
    await claim();
    await clock.advance(everyMs);
    await claim('other process');

    const stored = await noteStatus(parts, 'this process', { id: 'salesforce', name: null }, status('quarantined'));

    expect([stored, await owed()]).toEqual([false, []]);
  });

  it('make the next round due at once, and a clock that was set back does not put it off', async () => {
    const idle = await claim();
    await addWatch(parts, watch('desk'));
    const hastened = await claim();
    await releaseRound(parts, 'this process');
    clock.stepWallClock(-24 * 60 * 60_000);

    expect([idle.kind, hastened.kind, (await claim()).kind]).toEqual(['later', 'claimed', 'claimed']);
  });
});
