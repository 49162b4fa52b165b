import { beforeEach, describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { noteSeenJobs } from '../../../../src/chat/jobs/seen-jobs.ts';
import type { CardMessage } from '../../../../src/chat/reply.ts';
import { giveUpWatch } from '../../../../src/features/checks/outbox.ts';
import type { AnnouncementDetails } from '../../../../src/features/checks/watching/announcement-details.ts';
import { setQuietHours } from '../../../../src/features/checks/watching/set-quiet.ts';
import type { TenantApps } from '../../../../src/features/checks/watching/tenant-apps.ts';
import type { Watch } from '../../../../src/features/checks/watching/watch-row.ts';
import type { WatcherParts } from '../../../../src/features/checks/watching/watcher.ts';
import { addWatch, removeWatch } from '../../../../src/features/checks/watching/watches.ts';
import { engines } from '../../../support/databases.ts';
import { alex, answered, everyMs, useWatchers, watch } from './support.ts';

describe.each(engines)('conversations that watch all apps on $name', (engine) => {
  const { jobs, looks, clock, parts, pass, settled, takeDue, ...watchers } = useWatchers(engine);

  beforeEach(() => {
    jobs.set('salesforce', 'healthy').set('zscaler', 'healthy').set('payroll', 'none');
  });

  const tenantApps: TenantApps = {
    next: async () => [...jobs.keys()].map((id) => ({ id, name: `${id}'s name`, isDisabled: false })),
  };
  const start = (more: Partial<WatcherParts> = {}) => watchers.start({ tenantApps, ...more });
  const all = (key: string): Omit<Watch, 'addedAt'> => ({ ...watch(key), watched: { kind: 'all' } });
  /** Every card in the outbox, as what it tells. */
  const owed = async () =>
    (await takeDue()).map(({ conversation, details }) => `${conversation}: ${tell(details)}`).toSorted();

  it('are told of those that break at once by one card, and of none without a job', async () => {
    await addWatch(parts(), all('desk'));
    const watching = start();
    await watching.settled();
    const before = await owed();
    jobs.set('salesforce', 'quarantined').set('zscaler', 'paused');
    await pass(everyMs);

    expect([before, await owed()]).toEqual([[], ['desk chat: salesforce enteredQuarantine, zscaler stopped']]);
  });

  it('are told of an app that came later, and of a job that was removed', async () => {
    await addWatch(parts(), all('desk'));
    const watching = start();
    await watching.settled();
    jobs.set('concur', 'quarantined').set('zscaler', 'none');
    await pass(everyMs);

    expect(await owed()).toEqual(['desk chat: concur enteredQuarantine, zscaler stopped']);
  });

  it('are told once by two replicas', async () => {
    await addWatch(parts(), all('desk'));
    start();
    start();
    await settled();
    jobs.set('salesforce', 'quarantined').set('zscaler', 'quarantined');
    await pass(everyMs);
    await pass(everyMs);

    expect(await owed()).toEqual(['desk chat: salesforce enteredQuarantine, zscaler enteredQuarantine']);
  });

  it('are told by a card of its own of an app that they watch by name', async () => {
    await addWatch(parts(), all('desk'));
    await addWatch(parts(), watch('desk'));
    const watching = start();
    await watching.settled();
    jobs.set('salesforce', 'quarantined').set('zscaler', 'quarantined');
    await pass(everyMs);

    expect(await owed()).toEqual([
      'desk chat: (folded) zscaler enteredQuarantine',
      'desk chat: salesforce enteredQuarantine',
    ]);
  });

  it('are told at once of what is in quarantine already', async () => {
    await addWatch(parts(), all('desk'));
    jobs.set('zscaler', 'quarantined');
    const watching = start();
    await watching.settled();
    await owed();
    await addWatch(parts(), all('late'));
    watching.wake();
    await watching.settled();

    expect(await owed()).toEqual(['late chat: (folded) zscaler enteredQuarantine']);
  });

  it('are told at once of a quarantine that no round has read yet', async () => {
    await addWatch(parts(), watch('other', 'salesforce'));
    jobs.set('zscaler', 'quarantined');
    const watching = start();
    await watching.settled();
    await addWatch(parts(), all('desk'));
    watching.wake();
    await watching.settled();

    expect(await owed()).toEqual(['desk chat: (folded) zscaler enteredQuarantine']);
  });

  it('are told by its name of an app that was in quarantine before, also while Graph lists no apps', async () => {
    await noteSeenJobs(parts(), [{ app: { id: 'zscaler', name: 'Zscaler' }, isQuarantined: true }]);
    jobs.set('zscaler', 'quarantined');
    await addWatch(parts(), all('desk'));
    await start({ tenantApps: { next: async () => [] } }).settled();

    const [message] = await takeDue();
    expect(message?.details).toContain('"name":"Zscaler"');
  });

  it('are told by its name of an app that Usher does not check any more', async () => {
    await noteSeenJobs(parts(), [{ app: { id: 'zscaler', name: 'Zscaler' }, isQuarantined: true }]);
    await addWatch(parts(), all('desk'));
    const told: string[] = [];
    const post = async (conversation: string, { summary }: CardMessage) => {
      told.push(`${conversation}: ${summary}`);
      return { kind: 'done', activityId: null } as const;
    };
    await giveUpWatch({ store: parts(), post }, 'zscaler', 'R7K3MQ');

    expect(told).toEqual([expect.stringMatching(/^desk chat: .*Zscaler/)]);
  });

  it('are told by another process of what one had seen when it died', async () => {
    await addWatch(parts(), all('desk'));
    start();
    await settled();
    jobs.set('salesforce', 'quarantined');
    start({
      ownerId: 'dies',
      async readStatus(appId) {
        if (appId === 'zscaler') throw new Error('the process dies');
        return answered(jobs.get(appId) ?? 'healthy');
      },
    });
    await pass(everyMs);
    await pass(everyMs);

    expect(await owed()).toEqual(['desk chat: (folded) salesforce enteredQuarantine']);
  });

  it('stop being told, and nothing is read for them any more', async () => {
    await addWatch(parts(), all('desk'));
    const watching = start();
    await watching.settled();
    await removeWatch(parts(), 'desk', { kind: 'all' }, alex);
    looks.length = 0;
    jobs.set('salesforce', 'quarantined');
    await pass(everyMs);

    const known = await parts().database.query.selectFrom('watched_jobs').selectAll().execute();
    expect([await owed(), looks, known]).toEqual([[], [], []]);
  });

  describe('in quiet hours', () => {
    const night = { begins: 22 * 60, ends: 7 * 60, timeZone: 'Europe/Berlin' };
    const toTime = async (iso: string) => {
      await pass(DateTime.fromISO(iso).toMillis() - clock().now());
    };

    beforeEach(async () => {
      clock().stepWallClock(DateTime.fromISO('2026-11-27T20:00:00Z').toMillis() - clock().now());
    });

    it('are told in the morning, by one card and once, of an app and of all', async () => {
      await addWatch(parts(), all('desk'));
      await addWatch(parts(), watch('desk', 'salesforce'));
      await addWatch(parts(), watch('loud', 'salesforce'));
      await setQuietHours(parts(), 'desk', night, alex);
      start();
      start();
      await toTime('2026-11-27T22:00:00Z');
      jobs.set('salesforce', 'quarantined');
      await toTime('2026-11-27T23:00:00Z');
      jobs.set('salesforce', 'healthy').set('zscaler', 'paused');
      const atNight = [await owed()];
      await toTime('2026-11-28T05:58:00Z');
      atNight.push(await owed());
      await toTime('2026-11-28T06:02:00Z');
      const morning = await owed();
      await toTime('2026-11-28T07:00:00Z');

      expect(atNight).toEqual([['loud chat: salesforce enteredQuarantine'], ['loud chat: salesforce leftQuarantine']]);
      expect(morning).toEqual(['desk chat: salesforce enteredQuarantine, salesforce leftQuarantine, zscaler stopped']);
      expect(await owed()).toEqual([]);
    });

    it('are told at once when these end early, and later when they are put off', async () => {
      await addWatch(parts(), watch('desk'));
      await addWatch(parts(), watch('other'));
      for (const key of ['desk', 'other']) await setQuietHours(parts(), key, night, alex);
      start();
      await toTime('2026-11-27T22:00:00Z');
      jobs.set('salesforce', 'quarantined');
      await toTime('2026-11-27T23:00:00Z');
      const before = await owed();
      await setQuietHours(parts(), 'desk', null, alex);
      await setQuietHours(parts(), 'other', { ...night, ends: 9 * 60 }, alex);
      await toTime('2026-11-27T23:02:00Z');
      const after = await owed();
      await toTime('2026-11-28T07:58:00Z');
      after.push(...(await owed()));
      await toTime('2026-11-28T08:02:00Z');

      expect([before, after]).toEqual([[], ['desk chat: (folded) salesforce enteredQuarantine']]);
      expect(await owed()).toEqual(['other chat: (folded) salesforce enteredQuarantine']);
    });
  });
});

function tell(text: string | null): string {
  const details = JSON.parse(text ?? '') as AnnouncementDetails;
  if (details.kind === 'failures') return 'failures';
  if (details.kind === undefined) return `${details.app.id} ${details.change}`;
  const news = details.news.toSorted((one, other) => one.at - other.at || (one.app.id < other.app.id ? -1 : 1));
  const told = news.map(({ app, change }) => `${app.id} ${change}`);
  return told.length === 1 ? `(folded) ${told[0]}` : told.join(', ');
}
