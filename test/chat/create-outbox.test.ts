import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StillMay } from '../../src/access/still-may.ts';
import { createOutbox } from '../../src/chat/create-outbox.ts';
import type { Outbox } from '../../src/chat/outbox.ts';
import type { Drawing } from '../../src/chat/reply.ts';
import { enqueueAccessCards } from '../../src/features/approvals/access-requests/access-cards.ts';
import { finishRouting } from '../../src/features/approvals/access-requests/due.ts';
import { act, findAccessRequest } from '../../src/features/approvals/access-requests/store.ts';
import { accessOutbox } from '../../src/features/approvals/outbox.ts';
import { watchOutbox } from '../../src/features/checks/outbox.ts';
import { enqueueAnnouncements } from '../../src/features/checks/watching/announcements.ts';
import { addWatch } from '../../src/features/checks/watching/watches.ts';
import { createLog } from '../../src/log.ts';
import type { AccessParts } from '../../src/requests/access-parts.ts';
import { createCrashGuard } from '../../src/requests/crash-guard.ts';
import { accessParts, askAccess, deny, kindsOf, reader } from '../features/approvals/access-requests/support.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';

describe('the outbox', () => {
  const place = useTestDatabase(sqliteEngine);
  let clock: TestClock;
  let parts: AccessParts;
  let logged: string[];
  let changed: string[];
  let broken: string | null;
  let outbox: Outbox;
  const standings = new Map<string, StillMay>();
  let said: string[];
  let isTaken: boolean;

  beforeEach(async () => {
    clock = createTestClock();
    parts = accessParts(await place.open(clock), clock);
    await place.empty();
    [logged, changed, broken, said, isTaken] = [[], [], null, [], true];
    standings.clear();
    const log = createLog('warn', { write: (line) => void logged.push((JSON.parse(line) as { code: string }).code) });
    const entraPortal = 'https://entra.microsoft.com';
    const { cards, notices } = accessOutbox({
      store: parts,
      async draw(liveId) {
        if (liveId === broken) throw new Error('it cannot be drawn');
        return { message: { card: {}, summary: liveId } } as unknown as Drawing;
      },
      entraPortal,
      publish: (_topic, id) => void changed.push(String(id)),
      mayBeShown: async (_, key) => standings.get(key) ?? 'may',
    });
    const mayWatch = async ({ addedBy }: { addedBy: string }) => standings.get(addedBy) ?? 'may';
    const announcements = watchOutbox({ store: parts, entraPortal, mayWatch, log });
    const post = async (conversation: string, message: unknown) => {
      said.push(`${conversation}: ${JSON.stringify(message)}`);
      return isTaken ? 'a card' : null;
    };
    const guard = createCrashGuard({ ...parts, log: createLog('silent') });
    outbox = createOutbox({ clock, guard, post, log }, [cards, announcements, notices]);
  });

  const shownIn = (...conversations: string[]) =>
    conversations.map((conversation) => ({ key: conversation, conversation, reader }));

  it('hands out the other messages when one cannot be rendered, and that one later', async () => {
    const { id } = await askAccess(parts);
    const cards = ['desk', 'board'].map((conversation) => {
      return { accessRequestId: id, source: conversation, conversation, reader, audience: 'approvers' } as const;
    });
    await parts.database.transact((transaction) => enqueueAccessCards(transaction, cards, clock.now()));
    await act(parts, id, deny);
    const first = await parts.database.query
      .selectFrom('access_cards')
      .select('id')
      .where('conversation', '=', 'desk')
      .executeTakeFirstOrThrow();
    broken = first.id;

    const items = await outbox.due(10);
    broken = null;
    await clock.advance(2_000);
    const later = await outbox.due(10);

    expect(items.map(({ kind, conversation }) => [kind, conversation])).toEqual([
      ['card', 'board'],
      ['text', 'megan chat'],
    ]);
    expect(later).toMatchObject([{ kind: 'card', conversation: 'desk' }]);
    expect(logged).toEqual(['outbox_undrawn']);
  });

  it('tells a watch nothing while the person who added it may not watch, and later where their roles are unread', async () => {
    const watch = (key: string) =>
      addWatch(parts, { key, conversation: key, reader, app: { id: 'zscaler', name: 'Zscaler' }, addedBy: key });
    for (const key of ['patti', 'lynne', 'alex']) await watch(key);
    const watches = ['patti', 'lynne', 'alex'].map((key) => {
      return { key, app: { id: 'zscaler', name: 'Zscaler' }, conversation: key, reader };
    });
    const news = { change: 'stopped', status: 'none', at: clock.now() } as const;
    await parts.database.transact((transaction) => enqueueAnnouncements(transaction, watches, news));
    standings.set('patti', 'mayNot').set('lynne', 'unknown');

    const now = await outbox.due(10);
    standings.clear();
    await clock.advance(60_000);
    for (const item of now) await outbox.sent(item, null);
    const later = await outbox.due(10);
    for (const item of later) await outbox.sent(item, null);

    expect(now.map(({ conversation }) => conversation)).toEqual(['alex']);
    expect(later.map(({ conversation }) => conversation)).toEqual(['lynne']);
  });

  it('gives up a message that killed two processes, and posts an apology in that conversation, once', async () => {
    const { id } = await askAccess(parts);
    await finishRouting(parts, id, shownIn('desk', 'board'));
    const { id: deadly } = await parts.database.query
      .selectFrom('access_cards')
      .select('id')
      .where('conversation', '=', 'desk')
      .executeTakeFirstOrThrow();
    const row = { name: `message ${deadly}`, owner: 'dead', count: 2, until: 0, version: '1' };
    await parts.database.query.insertInto('attempts').values(row).execute();
    isTaken = false;

    const items = await outbox.due(10);
    isTaken = true;
    await clock.advance(3_600_000);
    await outbox.due(10);
    await clock.advance(3_600_000);
    await outbox.due(10);

    expect(items).toMatchObject([{ kind: 'card', conversation: 'board' }]);
    expect(said.map((text) => text.split(':')[0])).toEqual(['desk', 'desk']);
    expect(said[1]).toContain(id);
    expect(said[1]).toMatch(/stopped twice/);
  });

  it('shows a request in another conversation where no message can be posted in its own', async () => {
    const { id } = await askAccess(parts);
    await finishRouting(parts, id, shownIn('desk'));
    const [item] = await outbox.due(10);
    const row = { name: `send ${item?.kind === 'card' ? item.liveId : ''}`, owner: 'dead', count: 3, until: 0 };
    await parts.database.query
      .insertInto('attempts')
      .values({ ...row, version: '1' })
      .execute();

    const sent = item === undefined ? undefined : await outbox.attempt(item, async () => 'sent');

    expect(sent).toBeNull();
    expect(said).toEqual([]);
    expect(changed).toEqual([id]);
    expect((await findAccessRequest(parts.database, id))?.routed).toBe(false);
  });

  it('records the conversation of a request only once its card is posted', async () => {
    const { id } = await askAccess(parts);
    await finishRouting(parts, id, shownIn('desk'));
    const [item] = await outbox.due(10);
    const before = await kindsOf(parts);

    if (item !== undefined) await outbox.sent(item, 'card');

    expect([before, await kindsOf(parts)]).toEqual([['accessAsked'], ['accessAsked', 'accessShown']]);
  });

  it('routes a request again when the last conversation that was to show it is gone, and not before', async () => {
    const { id } = await askAccess(parts);
    await finishRouting(parts, id, shownIn('desk', 'board'));
    const items = await outbox.due(10);
    const routed: (boolean | undefined)[] = [];

    for (const item of items) {
      await outbox.failed(item, 'gone');
      routed.push((await findAccessRequest(parts.database, id))?.routed);
    }

    expect(routed).toEqual([true, false]);
    expect(changed).toEqual([id]);
    await clock.advance(3_600_000);
    expect(await outbox.due(10)).toEqual([]);
  });
});
