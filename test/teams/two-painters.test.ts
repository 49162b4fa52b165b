import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Drawing } from '../../src/chat/reply.ts';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { beginEdit, findMessage, findUnshown, notePost, noteShown } from '../../src/outbox/message-store.ts';
import { bumpRevision, createRequest } from '../../src/requests/store.ts';
import { type CardUpdater, createCardUpdater } from '../../src/teams/card-updater.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import { noLimits, storeParts, wanted } from '../requests/support.ts';
import { postgresEngine, useTestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { drawingOf, summaryOf } from './painter-stage.ts';

const editEveryMs = 20;

/** Two processes on one PostgreSQL, and one card in a Teams that is slow at will. */
describe('two card updaters of one card', () => {
  const place = useTestDatabase(postgresEngine);
  let databases: Database[];
  let shown: number;
  let edits: { readonly revision: number; readonly by: number }[];
  let atOnce: number;
  let mostAtOnce: number;
  /** How long an edit is on its way. */
  let way: (by: number) => Promise<void>;

  beforeAll(async () => {
    databases = [await place.open(systemClock), await place.open(systemClock)];
  });
  beforeEach(async () => {
    await place.empty();
    [shown, edits, atOnce, mostAtOnce] = [0, [], 0, 0];
    way = async () => undefined;
  });

  function database(index: number): Database {
    const found = databases[index];
    if (found === undefined) throw new Error('there is no such process');
    return found;
  }

  function cardUpdater(index: number, leaseMs = 30_000): CardUpdater {
    const own = database(index);
    const editing = { database: own, clock: systemClock, owner: `process ${index}`, stillMs: editEveryMs, leaseMs };
    return createCardUpdater({
      draw: (id) => draw(own, id),
      noteShown: (id, revision, told) => noteShown(own, id, revision, told),
      noteUncertain: () => Promise.reject(new Error('every edit is answered')),
      letGo: () => Promise.reject(new Error('every edit is taken')),
      makeDue: () => Promise.reject(new Error('every card is posted')),
      beginEdit: (id) => beginEdit(editing, id),
      conversations: {
        async edit(_conversation, _cardId, content) {
          atOnce += 1;
          mostAtOnce = Math.max(mostAtOnce, atOnce);
          await way(index);
          shown = Number(summaryOf(content).replace('revision ', ''));
          edits.push({ revision: shown, by: index });
          atOnce -= 1;
          return { kind: 'done' };
        },
      },
      pacing: { ...createPacing(), take: (_conversation, now) => now },
      keyOf: (conversation) => conversation,
      clock: systemClock,
      ending: new AbortController().signal,
      log: createLog('silent'),
      editEveryMs,
    });
  }

  async function draw(own: Database, id: string): Promise<Drawing | null> {
    const stored = await findMessage(own, id);
    return stored === null ? null : drawingOf({ ...stored, finished: false });
  }

  const change = (id: string) => database(0).transact((transaction) => bumpRevision(transaction, id));

  async function posted(): Promise<string> {
    const { id } = await createRequest(storeParts(database(0), systemClock, noLimits), wanted());
    await notePost(database(0).query, id, { activityId: 'card', dueAt: null });
    return id;
  }

  it('never edit it at the same time, and leave it at the latest revision', async () => {
    const id = await posted();
    const painters = [cardUpdater(0), cardUpdater(1)];
    way = () => systemClock.sleep(edits.length % 3 === 0 ? 40 : 0);

    for (let round = 0; round < 30; round += 1) {
      await change(id);
      for (const each of painters) each.touch(id);
      await systemClock.sleep(round % 4);
    }
    for (const each of painters) await each.settled();

    expect(shown).toBe(31);
    expect(mostAtOnce).toBe(1);
    expect(await findUnshown(database(1), 10)).toEqual([]);
  });

  it('show the latest in the end, also where one stood still for longer than its lease', async () => {
    const id = await posted();
    const [late, other] = [cardUpdater(0, 50), cardUpdater(1)];
    const [sent, arrives] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    way = async (by) => {
      if (by === 1 || edits.some((edit) => edit.by === 0)) return;
      sent.resolve();
      await arrives.promise;
    };

    late.touch(id);
    await sent.promise;
    await change(id);
    other.touch(id);
    await eventually(() => edits.some(({ revision }) => revision === 2));
    arrives.resolve();
    await late.settled();

    expect(edits.map(({ revision }) => revision).slice(0, 2)).toEqual([2, 1]);
    expect(shown).toBe(2);
  });
});
