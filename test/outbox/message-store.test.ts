import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import type { Message } from '../../src/outbox/message.ts';
import {
  beginEdit,
  claimDue,
  type EditingParts,
  findMessage,
  findPosted,
  findUnshown,
  insertMessages,
  letGo,
  makeDue,
  type NewMessage,
  notePost,
  notePosting,
  noteShown,
  noteUncertain,
  putOff,
  setGone,
} from '../../src/outbox/message-store.ts';
import type { StoreParts } from '../../src/requests/store.ts';
import { onClock } from '../requests/scene.ts';
import { ask, claimed, named, noLimits, storeParts } from '../requests/support.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';

const reader = { locale: 'de-DE', timeZone: 'Europe/Berlin' };
const minuteMs = 60_000;
const stillMs = 2_000;
const leaseMs = 30_000;

describe.each(engines)('the stored messages on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    database = onClock(opened, clock);
    store = storeParts(database, clock, noLimits);
  });

  const card = (id: string, dueAt: number | null = clock.now()): NewMessage => ({
    ...{ id, kind: 'request', reference: id, conversation: `chat of ${id}`, reader, dueAt },
  });
  const put = (...messages: readonly NewMessage[]) => insertMessages(database.query, messages, clock.now());
  const due = async (limit = 10) => (await claimDue(database, clock.now(), limit)).map(({ id }) => id);
  const unshown = (limit = 10) => findUnshown(database, limit);
  /** Posted as this activity, and out of date. */
  async function posted(id: string, activityId: string): Promise<Message> {
    await put(card(id));
    await notePost(database.query, id, { activityId, dueAt: null });
    return stored(id);
  }
  async function stored(id: string): Promise<Message> {
    const message = await findMessage(database, id);
    if (message === null) throw new Error('it is not stored');
    return message;
  }

  describe('that wait', () => {
    it('keep all that a card is drawn from', async () => {
      await put({ ...card('one'), audience: 'approvers', source: 'a click', details: 'more' });

      expect(await findMessage(database, 'one')).toEqual({
        id: 'one',
        kind: 'request',
        reference: 'one',
        source: 'a click',
        conversation: 'chat of one',
        reader,
        audience: 'approvers',
        details: 'more',
        activityId: null,
        revision: 1,
        shownRevision: 0,
        dueAt: clock.now(),
        createdAt: clock.now(),
        failures: 0,
        gone: 'no',
        isInterrupted: false,
        leftOpen: 'nothing',
        hasEarlierCard: false,
        told: null,
      });
      expect(await findMessage(database, 'another')).toBeNull();
    });

    it('stay as they are where another one comes of the same source, or has the same id', async () => {
      await put({ ...card('one'), source: 'a click' });

      await put({ ...card('one'), details: 'later' }, { ...card('two'), source: 'a click' }, card('three'));

      expect(await due()).toEqual(['one', 'three']);
      expect((await stored('one')).details).toBeNull();
    });

    it('are handed out oldest first, no more than asked for, and not before their time', async () => {
      await put(card('later', clock.now() + 1), card('now'));
      await put(card('earlier', clock.now() - 1));

      const [one, others] = [await due(1), await due()];
      await clock.advance(1);

      expect([one, others, await due()]).toEqual([['earlier'], ['now'], ['later']]);
    });

    it('are handed out together in the order in which they were written, a card before what is said about it', async () => {
      await put(card('b', clock.now() + 2), { ...card('c', clock.now() + 1), kind: 'notice' });
      await clock.advance(1);
      await put({ ...card('d'), kind: 'notice' }, { ...card('e'), kind: 'access', reference: 'nothing' }, card('a'));
      await clock.advance(1);

      expect(await due()).toEqual(['c', 'b', 'e', 'd', 'a']);
    });

    it('are handed out to one process each, however many ask at once', async () => {
      const together = () => Promise.all(Array.from({ length: 10 }, () => due(100)));
      // So that each has its connection already.
      await together();
      await put(...named('message', 500).map((id) => card(id)));

      const handedOut = (await together()).flat();

      expect(handedOut.toSorted()).toEqual(named('message', 500).toSorted());
    });

    it('are handed out once a minute until the end of their post is noted, and then never again', async () => {
      await put(card('one'), card('other'));
      await due();
      await notePost(database.query, 'one', { activityId: 'posted', dueAt: null });

      await clock.advance(minuteMs - 1);
      const tooSoon = await due();
      await clock.advance(1);

      expect([tooSoon, await due()]).toEqual([[], ['other']]);
    });

    it('are left for a minute to the answer that posts them, and the outbox knows of the interruption', async () => {
      await put(card('answered', null), card('died', null));
      await notePost(database.query, 'answered', { activityId: 'posted', dueAt: null });

      await clock.advance(minuteMs - 1);
      const tooSoon = await due();
      await clock.advance(1);
      const handedOut = await claimDue(database, clock.now(), 10);

      expect(tooSoon).toEqual([]);
      expect(handedOut).toMatchObject([{ id: 'died', isInterrupted: true }]);
    });

    it('tell that a process may have posted them before it died, and not once an end was noted', async () => {
      await put(card('one'));
      const seen: boolean[] = [];
      const look = async () => {
        for (const { isInterrupted } of await claimDue(database, clock.now(), 1)) seen.push(isInterrupted);
        await clock.advance(minuteMs);
      };

      await look();
      await look();
      await notePosting(database, 'one', 1);
      await notePosting(database, 'one', 0);
      await look();
      await notePosting(database, 'one', 1);
      await look();
      await putOff(database, 'one', clock.now());
      await look();
      await notePost(database.query, 'one', { dueAt: clock.now(), leftOpen: 'post', hasEarlierCard: true });
      await look();

      expect(seen).toEqual([false, false, false, true, true, false]);
    });

    it('are handed out when they were put off to, and count how often, or never', async () => {
      await put(card('soon'), card('never'));
      await due();
      await putOff(database, 'soon', clock.now() + 5_000);
      await putOff(database, 'never', null);

      await clock.advance(4_999);
      const tooSoon = await due();
      await clock.advance(1);
      const handedOut = await claimDue(database, clock.now(), 10);
      await clock.advance(minuteMs);

      expect(tooSoon).toEqual([]);
      expect(handedOut).toMatchObject([{ id: 'soon', failures: 1 }]);
      expect(await due()).toEqual(['soon']);
    });
  });

  describe('the note of a post', () => {
    it('is taken from the first of two processes that posted the card', async () => {
      await put(card('one'));

      const first = await notePost(database.query, 'one', { activityId: 'first', dueAt: null });
      const second = await notePost(database.query, 'one', { activityId: 'second', dueAt: null });
      const third = await notePost(database.query, 'one', { activityId: 'third', dueAt: null }, 'never posted');

      expect([first, second, third]).toEqual([1, null, null]);
      expect((await findPosted(database, 'first'))?.id).toBe('one');
      expect([await findPosted(database, 'second'), await findPosted(database, 'third')]).toEqual([null, null]);
    });

    // Seen once: “0 of 11 done” stood beside an outcome, and nothing said so.
    it('tells of an earlier card whichever of two posts is noted first', async () => {
      await put(card('one'), card('other'));
      const known = { activityId: 'known', dueAt: null };
      const unknown = { dueAt: null, hasEarlierCard: true } as const;

      for (const post of [known, unknown]) await notePost(database.query, 'one', post);
      for (const post of [unknown, known]) await notePost(database.query, 'other', post);

      expect([await stored('one'), await stored('other')]).toMatchObject([
        { activityId: 'known', hasEarlierCard: true },
        { activityId: 'known', hasEarlierCard: true },
      ]);
    });

    it('is taken of a card that a click has named before', async () => {
      await put(card('one'));
      await notePost(database.query, 'one', { activityId: 'clicked', dueAt: null, shownRevision: 0 });

      const revision = await notePost(database.query, 'one', { activityId: 'clicked', dueAt: null, shownRevision: 1 });

      expect(revision).toBe(1);
      expect(await stored('one')).toMatchObject({ activityId: 'clicked', shownRevision: 1 });
    });

    it('is taken of a card that replaces the present one', async () => {
      await posted('one', 'first');

      const revision = await notePost(database.query, 'one', { activityId: 'second' }, 'first');

      expect(revision).toBe(1);
      expect((await stored('one')).activityId).toBe('second');
    });

    it('changes what it names, and nothing else', async () => {
      await put(card('one'));
      await due();
      const before = await stored('one');

      await notePost(database.query, 'one', { leftOpen: 'post', hasEarlierCard: true, failures: 3 });
      const again = await stored('one');
      await notePost(database.query, 'one', { shownRevision: 1, dueAt: null, leftOpen: 'nothing', gone: 'refused' });

      expect(again).toEqual({ ...before, leftOpen: 'post', hasEarlierCard: true, failures: 3 });
      expect(await stored('one')).toEqual({
        ...again,
        ...{ shownRevision: 1, dueAt: null, leftOpen: 'nothing', gone: 'refused' },
      });
    });
  });

  describe('a card that cannot be edited any more', () => {
    it('is let go, and posts its outcome at once or later', async () => {
      const [one, other] = [await posted('one', 'activity 1'), await posted('other', 'activity 2')];

      await letGo(database, one, clock.now());
      await letGo(database, other, null);

      expect(await stored('one')).toEqual({ ...one, activityId: null, dueAt: clock.now(), hasEarlierCard: true });
      expect(await stored('other')).toEqual({ ...other, activityId: null, hasEarlierCard: true });
      expect(await due()).toEqual(['one']);
    });

    it('stays a stray whatever is let go later', async () => {
      await letGo(database, await posted('one', 'first'), null);
      await notePost(database.query, 'one', { activityId: 'second' });

      await letGo(database, await stored('one'), null);

      expect((await stored('one')).hasEarlierCard).toBe(true);
    });

    it('is not let go where another card has replaced it in the meantime', async () => {
      const before = await posted('one', 'first');
      await notePost(database.query, 'one', { activityId: 'second' }, 'first');

      await letGo(database, before, clock.now());

      expect(await stored('one')).toEqual({ ...before, activityId: 'second' });
    });

    it('is due once its outcome is known, but not where it was refused, waits already or has a card', async () => {
      await posted('card', 'activity');
      const others = ['let go', 'refused', 'waits'];
      await put(...others.map((id) => card(id)));
      for (const id of others) await notePost(database.query, id, { dueAt: null });
      await setGone(database.query, 'refused', 'refused');
      await notePost(database.query, 'waits', { dueAt: clock.now() + minuteMs });

      for (const id of ['card', ...others]) await makeDue(database, id, clock.now());

      expect(await due()).toEqual(['let go']);
      expect((await stored('waits')).dueAt).toBe(clock.now() + minuteMs);
    });
  });

  describe('a message that is out of date', () => {
    it('is one whose card shows an earlier revision, from its post on', async () => {
      const { id } = await ask(store, ['isaiah']);
      const beforeItsPost = await unshown();
      await notePost(database.query, id, { activityId: 'card', shownRevision: 0, dueAt: null });
      const afterIt = await unshown();
      await noteShown(database, id, 1);
      const shown = await unshown();
      await claimed(store);

      const changed = await unshown();

      expect([beforeItsPost, afterIt, shown, changed]).toEqual([[], [id], [], [id]]);
      expect(await stored(id)).toMatchObject({ revision: 2, shownRevision: 1 });
    });

    it('is shown for good where an older edit is noted late', async () => {
      const { id } = await ask(store, ['isaiah']);
      await notePost(database.query, id, { activityId: 'card', dueAt: null });
      await claimed(store);

      await noteShown(database, id, 2);
      await noteShown(database, id, 1);

      expect(await unshown()).toEqual([]);
    });

    it('tells what it shows for sure, also where an earlier edit may have told it', async () => {
      const { id } = await ask(store, ['isaiah']);
      await notePost(database.query, id, { activityId: 'card', dueAt: null });

      await noteUncertain(database, id, 'created');
      const uncertain = await stored(id);
      await noteShown(database, id, 1, 'created');

      expect(uncertain).toMatchObject({ told: 'created', leftOpen: 'edit', shownRevision: 0 });
      expect(await stored(id)).toMatchObject({ told: 'created', leftOpen: 'nothing', shownRevision: 1 });
    });

    it.each([
      ['an edit told the same', 'edit', 'created', 'edit'],
      ['a post told the same, or a placeholder was posted', 'post', 'created', 'nothing'],
      ['it was told for sure', 'nothing', 'created', 'nothing'],
      ['an edit told something else', 'edit', 'approve or deny', 'edit'],
      ['a post told something else', 'post', 'approve or deny', 'edit'],
      ['something else was told for sure', 'nothing', 'approve or deny', 'edit'],
    ] as const)(
      'notes of an edit that was left open, after %s, what is still to be sent',
      async (_what, before, told, after) => {
        const { id } = await ask(store, ['isaiah']);
        await notePost(database.query, id, { activityId: 'card', dueAt: null, told, leftOpen: before });

        await noteUncertain(database, id, 'created');

        expect(await stored(id)).toMatchObject({ told: 'created', leftOpen: after });
      },
    );

    it('is one that waits for its outcome, and no text, no refused one, and none that is to be posted', async () => {
      for (const id of ['waiting', 'refused', 'blanked']) await posted(id, `card of ${id}`);
      for (const id of ['waiting', 'refused']) await letGo(database, { id, activityId: `card of ${id}` }, null);
      await setGone(database.query, 'refused', 'refused');
      await setGone(database.query, 'blanked', 'withdrawn');
      await put(card('to be posted'), { ...card('text'), kind: 'notice' }, { ...card('sent'), kind: 'announcement' });
      for (const id of ['text', 'sent']) await notePost(database.query, id, { dueAt: null });

      // The next edit blanks a withdrawn card, which still stands there.
      expect((await unshown()).toSorted()).toEqual(['blanked', 'waiting']);
    });

    it('is found oldest first, no more than asked for', async () => {
      for (const id of named('card', 3)) {
        await clock.advance(1);
        await posted(id, `activity of ${id}`);
      }

      expect(await unshown(2)).toEqual(['card 0', 'card 1']);
    });
  });

  describe('the card of a request', () => {
    it('is stored with the request, once, whoever asks', async () => {
      const source = 'one line';

      const [one, same] = await Promise.all([ask(store, ['isaiah'], { source }), ask(store, ['isaiah'], { source })]);

      expect(same.id).toBe(one.id);
      expect(await database.query.selectFrom('messages').select(['id', 'reference', 'kind']).execute()).toEqual([
        { id: one.id, reference: one.id, kind: 'request' },
      ]);
      expect(await due()).toEqual([]);
    });
  });

  describe('the right to edit a card', () => {
    const by = (owner: string): EditingParts => ({ database, clock, owner, stillMs, leaseMs });
    const isLocked = engine.name === 'PostgreSQL';

    beforeEach(() => put(card('R7K3MQ'), card('another')));

    it('belongs to one process at a time, where there may be others', async () => {
      const begun = await Promise.all(['one', 'two', 'three', 'four'].map((owner) => beginEdit(by(owner), 'R7K3MQ')));

      expect(begun.filter((edit) => edit !== null)).toHaveLength(isLocked ? 1 : 4);
    });

    it('blocks no other card', async () => {
      await beginEdit(by('one'), 'R7K3MQ');

      expect(await beginEdit(by('other'), 'another')).not.toBeNull();
    });

    it('keeps other processes away for a moment after an edit, and not the one that edited', async () => {
      const edit = await beginEdit(by('one'), 'R7K3MQ');
      await edit?.end();

      const soon = await beginEdit(by('other'), 'R7K3MQ');
      const again = await beginEdit(by('one'), 'R7K3MQ');
      await again?.end();
      await clock.advance(stillMs);
      const later = await beginEdit(by('other'), 'R7K3MQ');

      expect([soon === null, again === null, later === null]).toEqual([isLocked, false, false]);
    });

    it('of a process that died is over when its lease has run out', async () => {
      await beginEdit(by('dead'), 'R7K3MQ');
      await clock.advance(leaseMs - 1);
      const tooSoon = await beginEdit(by('other'), 'R7K3MQ');
      await clock.advance(1);

      expect([tooSoon === null, (await beginEdit(by('other'), 'R7K3MQ')) === null]).toEqual([isLocked, false]);
    });

    it('tells a process that stood still that another one may have edited the card', async () => {
      const late = await beginEdit(by('paused'), 'R7K3MQ');
      await clock.advance(leaseMs);
      const edit = await beginEdit(by('other'), 'R7K3MQ');

      expect([await late?.end(), await edit?.end()]).toEqual([!isLocked, true]);
    });

    it('tells it so as well where it has begun another edit itself since', async () => {
      const late = await beginEdit(by('paused'), 'R7K3MQ');
      await clock.advance(leaseMs);
      await (await beginEdit(by('other'), 'R7K3MQ'))?.end();
      await clock.advance(stillMs);
      const own = await beginEdit(by('paused'), 'R7K3MQ');

      expect([await late?.end(), await own?.end()]).toEqual([!isLocked, true]);
    });
  });
});
