import { describe, expect, it } from '@jest/globals';
import { addWatch } from '../../../../src/features/checks/watching/watches.ts';
import { fetched } from '../../../../src/graph/answer.ts';
import { engines } from '../../../support/databases.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Answer, answered, everyMs, status, takeAnnouncements, useWatchers, watch } from './support.ts';

describe.each(engines)('the watcher on $name', (engine) => {
  const { jobs, looks, changes, clock, parts, start, pass } = useWatchers(engine);
  const owed = () => takeAnnouncements(parts().database, clock().now());
  const add = (key: string, appId?: string) => addWatch(parts(), watch(key, appId));

  it('announces a quarantine once, also over two restarts', async () => {
    await add('desk');
    let watching = start();
    await watching.settled();
    jobs.set('salesforce', 'quarantined');
    await pass(everyMs);
    const told = await owed();

    for (let restarts = 0; restarts < 2; restarts += 1) {
      await watching.stop();
      watching = start();
      await pass(everyMs);
      told.push(...(await owed()));
    }

    expect(told).toEqual(['desk chat: salesforce enteredQuarantine']);
    expect([changes(), looks.length]).toEqual([1, 4]);
  });

  it('announces that an app has been disabled in Entra, and is enabled again', async () => {
    let enabled = true;
    await add('desk');
    const watching = start({ isEnabled: async () => fetched(enabled) });
    await watching.settled();
    enabled = false;
    await pass(everyMs);
    enabled = true;
    await pass(everyMs);

    expect(await owed()).toEqual(['desk chat: salesforce stopped', 'desk chat: salesforce runsAgain']);
  });

  it('announces the quarantine of a job beside the one for people', async () => {
    const others = [status('quarantined')];
    await add('desk');
    const watching = start({ readStatus: async () => fetched({ kind: 'one', status: status('healthy'), others }) });
    await watching.settled();

    expect(await owed()).toEqual(['desk chat: salesforce enteredQuarantine']);
  });

  it('announces what happened while no process ran', async () => {
    await add('desk');
    const first = start();
    await first.settled();
    await first.stop();
    jobs.set('salesforce', 'paused');
    await clock().advance(everyMs);

    await start().settled();

    expect(await owed()).toEqual(['desk chat: salesforce stopped']);
  });

  it('looks at a new watch at once, and announces a quarantine that exists already', async () => {
    const watching = start();
    await watching.settled();
    jobs.set('zscaler', 'quarantined');

    await add('desk', 'zscaler');
    watching.wake();

    await eventually(() => changes() === 1);
    expect(await owed()).toEqual(['desk chat: zscaler enteredQuarantine']);
  });

  it('looks again only when the next round is due', async () => {
    await add('desk');
    const watching = start();
    await watching.settled();

    await pass(everyMs - 1);
    const early = looks.length;
    await pass(1);

    expect([early, looks.length]).toEqual([1, 2]);
  });

  it('treats a job that cannot be read as unchanged', async () => {
    await add('desk');
    const watching = start();
    const seen: Answer[] = ['quarantined', 'away', 'quarantined', 'away', 'healthy'];
    const told: string[][] = [];
    await watching.settled();

    for (const answer of seen) {
      jobs.set('salesforce', answer);
      await pass(everyMs);
      told.push(await owed());
    }

    expect(told).toEqual([
      ['desk chat: salesforce enteredQuarantine'],
      [],
      [],
      [],
      ['desk chat: salesforce leftQuarantine'],
    ]);
  });

  it('looks at the other jobs when one look fails', async () => {
    await add('desk', 'broken');
    await add('desk', 'zscaler');
    const watching = start({
      async readStatus(appId) {
        if (appId === 'broken') throw new Error('a fault of our own');
        return answered('quarantined');
      },
    });

    await watching.settled();

    expect(await owed()).toEqual(['desk chat: zscaler enteredQuarantine']);
  });

  it('looks once a round, however many processes there are', async () => {
    await add('desk');
    await add('other', 'zscaler');
    const watchings = ['one', 'other', 'third'].map((ownerId) => start({ ownerId }));
    for (const watching of watchings) await watching.settled();
    jobs.set('zscaler', 'quarantined');

    await pass(everyMs);

    expect(looks.toSorted()).toEqual(['salesforce', 'salesforce', 'zscaler', 'zscaler']);
    expect(await owed()).toEqual(['other chat: zscaler enteredQuarantine']);
  });

  it('may stop in the middle of a round, and looks at the rest later', async () => {
    const apps = Array.from({ length: 9 }, (_, index) => `app ${index}`);
    for (const app of apps) await add('desk', app);
    const answer = Promise.withResolvers<void>();
    const watching = start({
      async readStatus(appId) {
        looks.push(appId);
        await answer.promise;
        return answered('quarantined');
      },
    });
    await eventually(() => looks.length === 4);

    const stopping = watching.stop();
    answer.resolve();
    await stopping;
    const first = await owed();
    await clock().advance(everyMs);
    for (const app of apps) jobs.set(app, 'quarantined');
    await start().settled();

    expect([first.length, (await owed()).length]).toEqual([4, 5]);
  });
});
