import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Identification } from '../../src/access/access.ts';
import { createOutbox } from '../../src/chat/create-outbox.ts';
import { drawMessage } from '../../src/chat/draw-message.ts';
import { personalKey } from '../../src/chat/known-people.ts';
import type { Outbox } from '../../src/chat/outbox.ts';
import type { CommandParts, MessageDeclaration } from '../../src/chat/registry/define-command.ts';
import type { Content, Drawing } from '../../src/chat/reply.ts';
import { markAway } from '../../src/db/away.ts';
import { openAccessCard } from '../../src/features/approvals/access-requests/access-cards.ts';
import { finishRouting, remind } from '../../src/features/approvals/access-requests/due.ts';
import { enqueueChannelEnded, type NoticeKind } from '../../src/features/approvals/access-requests/notices.ts';
import { act, findAccessRequest } from '../../src/features/approvals/access-requests/store.ts';
import { accessCards, accessNotices } from '../../src/features/approvals/outbox.ts';
import { announcements } from '../../src/features/checks/outbox.ts';
import { enqueueAnnouncements } from '../../src/features/checks/watching/announcements.ts';
import { addWatch } from '../../src/features/checks/watching/watches.ts';
import { fetched } from '../../src/graph/answer.ts';
import { createLog } from '../../src/log.ts';
import { defaultRepeatPauseMs, type Message, type PostEnd } from '../../src/outbox/message.ts';
import { findMessage, findUnshown, insertMessages, setGone } from '../../src/outbox/message-store.ts';
import type { AccessParts } from '../../src/requests/access-parts.ts';
import { createCrashGuard } from '../../src/requests/crash-guard.ts';
import { accessParts, askAccess, dayMs, deny, kindsOf, reader } from '../features/approvals/access-requests/support.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { readAudit } from '../support/read-audit.ts';

type Roles = 'approver' | 'none' | 'unread';
const minuteMs = 60_000;
const done: PostEnd = { kind: 'done', activityId: 'activity' };
const zscaler = { id: 'zscaler', name: 'Zscaler' };

describe('the outbox', () => {
  const place = useTestDatabase(sqliteEngine);
  let clock: TestClock;
  let parts: AccessParts;
  let logged: string[];
  let published: string[];
  let outbox: Outbox;
  /** What each person may do; approvers unless the test says otherwise. */
  let roles: Map<string, Roles>;
  /** How the cards look; `error` is thrown. */
  let look: { finished: boolean; needsAnswer: boolean; error: Error | null; broken: string | null; isEmpty: boolean };
  let said: string[];
  let isTaken: boolean;

  beforeEach(async () => {
    clock = createTestClock();
    parts = accessParts(await place.open(clock), clock);
    await place.empty();
    [logged, published, said, isTaken] = [[], [], [], true];
    roles = new Map();
    look = { finished: false, needsAnswer: false, error: null, broken: null, isEmpty: false };
    const log = createLog('warn', { write: (line) => void logged.push((JSON.parse(line) as { code: string }).code) });
    const card: MessageDeclaration = {
      async draw(_, { id, revision }) {
        if (look.error !== null) throw look.error;
        if (look.broken === id) throw new Error('it cannot be drawn');
        if (look.isEmpty) return null;
        const { finished, needsAnswer } = look;
        return { content: { text: id }, fingerprint: String(revision), finished, needsAnswer };
      },
    };
    const commandParts = {
      store: parts,
      log,
      guard: createCrashGuard({ ...parts, log: createLog('silent') }),
      entraPortal: 'https://entra.microsoft.com',
      access: { identify: async ({ id }: { readonly id: string }) => whoIs(id), contacts: async () => [] },
      applications: { find: async () => fetched({ kind: 'one', app: { id: 'salesforce', approvers: [] } }) },
      publish: (topic: string, id: string | null) => void published.push(id === null ? topic : `${topic} ${id}`),
      async post(conversation: string, content: Content): Promise<PostEnd> {
        said.push(`${conversation}: ${JSON.stringify(content)}`);
        return isTaken ? done : { kind: 'failed' };
      },
      registry: {
        pausesIn: async () => [],
        messages: {
          ...{ request: card, access: { ...accessCards, draw: card.draw } },
          ...{ notice: accessNotices, announcement: announcements },
        },
      },
    } as unknown as CommandParts;
    outbox = createOutbox(commandParts, (message) => drawMessage(commandParts, message));
  });

  function whoIs(id: string): Identification {
    const held = roles.get(id) ?? 'approver';
    if (held === 'unread') return { kind: 'trouble' } as unknown as Identification;
    const caller = { id, tenantId: '', name: '', principalName: '', memberOf: [] };
    const all = ['approver', 'viewer', 'operator'] as const;
    return { kind: 'caller', caller: { ...caller, roles: held === 'approver' ? all : [] } };
  }

  const shownTo = (...people: string[]) =>
    people.map((person) => ({ key: personalKey(person), conversation: `${person} chat`, reader }));
  const conversations = (drawings: readonly Drawing[]) => drawings.map(({ stored }) => stored.conversation);
  const stored = (id: string) => findMessage(parts.database, id);

  /** Puts the card of a request into the outbox, and takes it out, as it looks now. */
  async function takeCard(id = 'R7K3MQ'): Promise<Drawing> {
    const card = { id, kind: 'request', reference: id, conversation: `chat of ${id}`, reader } as const;
    await insertMessages(parts.database.query, [{ ...card, dueAt: clock.now() }], clock.now());
    return takeOne();
  }
  /** Its process ends while it posts this. */
  async function dieInPost(drawing: Drawing): Promise<void> {
    await outbox.attempt(drawing, () => Promise.reject(new Error('the process ends'))).catch(() => undefined);
  }
  async function takeOne(): Promise<Drawing> {
    const [drawing, ...others] = await outbox.due(10);
    if (drawing === undefined || others.length > 0) throw new Error('one message was expected to be due');
    return drawing;
  }
  /** The cards of an access request that wait to be posted to these people. */
  async function route(...people: string[]): Promise<string> {
    const { id } = await askAccess(parts);
    await finishRouting(parts, id, shownTo(...people));
    return id;
  }
  async function cardIn(conversation: string): Promise<Message> {
    const rows = parts.database.query.selectFrom('messages').select('id').where('conversation', '=', conversation);
    const message = await stored((await rows.executeTakeFirstOrThrow()).id);
    if (message === null) throw new Error('it was stored a moment ago');
    return message;
  }
  const isRouted = async (id: string) => (await findAccessRequest(parts.database, id))?.routed;
  const whyNotShown = async () =>
    (await readAudit(parts.database.query, 100)).flatMap(({ kind, details }) =>
      kind === 'accessNotShown' ? [details.why] : [],
    );
  const leftByDeadProcesses = (name: string, count: number) =>
    parts.database.query
      .insertInto('attempts')
      .values({ name, owner: 'dead', count, until: 0, version: '1' })
      .execute();

  describe('hands out', () => {
    it('the other messages when one cannot be drawn, and that one later', async () => {
      const id = await route('alex', 'patti');
      await act(parts, id, deny);
      look.broken = (await cardIn('alex chat')).id;

      const drawings = await outbox.due(10);
      const inMs = outbox.dueInMs();
      look.broken = null;
      await clock.advance(2_000);
      const later = await outbox.due(10);

      expect(conversations(drawings)).toEqual(['patti chat', 'megan chat']);
      expect(inMs).toBe(2_000);
      expect(later.map(({ stored: { conversation, failures } }) => [conversation, failures])).toEqual([
        ['alex chat', 1],
      ]);
      expect(logged).toEqual(['outbox_undrawn']);
    });

    it('nothing while the database is away, which counts as no failure of a message', async () => {
      const { stored: message } = await takeCard();
      await clock.advance(minuteMs);
      await outbox.ended({ stored: message } as Drawing, { kind: 'failed' });
      await clock.advance(2_000);
      look.error = markAway(new Error('the database is away')) as Error;

      await expect(outbox.due(10)).rejects.toThrow('the database is away');

      expect(await stored(message.id)).toMatchObject({ failures: 1, gone: 'no' });
      expect(logged).toEqual([]);
    });

    it('no message that has nothing to say any more, now or later', async () => {
      look.isEmpty = true;
      await expect(takeCard()).rejects.toThrow();
      look.isEmpty = false;
      await clock.advance(dayMs);

      expect([await outbox.due(10), outbox.dueInMs()]).toEqual([[], null]);
      expect(await stored('R7K3MQ')).toMatchObject({ dueAt: null, shownRevision: 0, hasEarlierCard: false });
    });

    it('texts and cards as they are drawn now, with the row from which they were', async () => {
      await act(parts, (await askAccess(parts)).id, deny);
      const notice = await takeOne();

      const card = await takeCard();

      expect(notice).toMatchObject({ finished: true, stored: { kind: 'notice', conversation: 'megan chat' } });
      expect(notice.content).toEqual({ text: expect.stringMatching(/Isaiah Langer/) });
      expect(card).toMatchObject({ content: { text: 'R7K3MQ' }, stored: { id: 'R7K3MQ', revision: 1 } });
    });
  });

  describe('after a post of a card that only waits', () => {
    it('does not post it again where Teams may have it, and its outcome is told as a message of its own', async () => {
      const drawing = await takeCard();

      const noted = await outbox.ended(drawing, { kind: 'perhaps' });

      expect([noted, outbox.dueInMs()]).toEqual(['latest', null]);
      expect(await stored('R7K3MQ')).toMatchObject({
        dueAt: null,
        shownRevision: 1,
        activityId: null,
        hasEarlierCard: true,
      });
    });

    it('lets its tasks begin, whatever became of it, as they would have held it up', async () => {
      await outbox.ended(await takeCard('ONE'), done);
      await outbox.ended(await takeCard('TWO'), { kind: 'perhaps' });

      expect(published).toEqual(['tasks', 'tasks']);
    });

    it('tells of one that Teams may have where the process that posted it died', async () => {
      await dieInPost(await takeCard());
      await clock.advance(minuteMs);

      const again = await takeOne();
      await outbox.ended(again, { kind: 'perhaps' });

      expect(again.stored.isInterrupted).toBe(true);
      expect(await stored('R7K3MQ')).toMatchObject({ dueAt: null, shownRevision: 1, hasEarlierCard: true });
    });

    it('tells of none where the process died before the post', async () => {
      await takeCard();
      await clock.advance(minuteMs);

      expect((await takeOne()).stored.isInterrupted).toBe(false);
    });

    it.each([
      ['of none where the process died in a pause', false],
      ['of it where the process died after a pause', true],
    ])('tells %s', async (_what, isInterrupted) => {
      const dies = outbox.attempt(await takeCard(), async ({ begins, ends }) => {
        await begins();
        if (isInterrupted) await ends();
        throw new Error('the process ends');
      });
      await dies.catch(() => undefined);
      await clock.advance(minuteMs);

      expect((await takeOne()).stored.isInterrupted).toBe(isInterrupted);
    });

    it('goes on telling of it where the message cannot be drawn at first', async () => {
      await dieInPost(await takeCard());
      look.error = new Error('it cannot be drawn');
      await clock.advance(minuteMs);
      await outbox.due(10);

      look.error = null;
      await clock.advance(minuteMs);

      expect((await takeOne()).stored.isInterrupted).toBe(true);
    });
  });

  describe('after a post of what has to arrive', () => {
    it.each([
      ['an outcome', { finished: true, needsAnswer: false }],
      ['a card that waits for a person', { finished: false, needsAnswer: true }],
    ])('repeats %s once, after a pause, where Teams may have it', async (_what, drawn) => {
      Object.assign(look, drawn);
      await outbox.ended(await takeCard(), { kind: 'perhaps' });
      const pauseMs = outbox.dueInMs();

      await clock.advance(defaultRepeatPauseMs - 1);
      const tooSoon = await outbox.due(10);
      await clock.advance(1);
      const repeated = await takeOne();
      await outbox.ended(repeated, { kind: 'perhaps' });
      await clock.advance(dayMs);

      expect([pauseMs, tooSoon]).toEqual([defaultRepeatPauseMs, []]);
      expect(repeated.stored).toMatchObject({ leftOpen: 'post' });
      expect([await outbox.due(10), outbox.dueInMs()]).toEqual([[], null]);
    });

    it('repeats it as well where the process that posted it died', async () => {
      look.finished = true;
      await dieInPost(await takeCard());
      await clock.advance(minuteMs);
      await outbox.ended(await takeOne(), { kind: 'perhaps' });

      const pauseMs = outbox.dueInMs();
      await clock.advance(defaultRepeatPauseMs);

      expect(pauseMs).toBe(defaultRepeatPauseMs);
      expect((await takeOne()).stored).toMatchObject({ leftOpen: 'post', isInterrupted: false });
    });

    it('repeats nothing that a late answer made due once more', async () => {
      look.finished = true;
      const card = await takeCard();
      await outbox.ended(card, { kind: 'perhaps' });
      await clock.advance(defaultRepeatPauseMs);
      await outbox.ended(await takeOne(), { kind: 'perhaps' });
      await outbox.ended(card, { kind: 'failed' });

      await clock.advance(dayMs);

      expect([await outbox.due(10), await outbox.due(10)]).toEqual([[], []]);
      expect(await stored(card.stored.id)).toMatchObject({ dueAt: null });
    });

    it('tries again by Retry-After where Teams did not accept it', async () => {
      look.finished = true;

      await outbox.ended(await takeCard(), { kind: 'failed', retryAfterMs: 45_000 });
      const inMs = outbox.dueInMs();
      await clock.advance(45_000);

      expect(inMs).toBe(45_000);
      expect((await takeOne()).stored).toMatchObject({ failures: 1, leftOpen: 'nothing' });
    });
  });

  it('tells a process that another one had posted the card before, and keeps that one', async () => {
    const drawing = await takeCard();

    const first = await outbox.ended(drawing, { kind: 'done', activityId: 'first' });
    const second = await outbox.ended(drawing, { kind: 'done', activityId: 'second' });
    const instead = await outbox.ended(drawing, { kind: 'done', activityId: 'third' }, 'first');

    expect([first, second, instead]).toEqual(['latest', 'tooLate', 'latest']);
    expect((await stored('R7K3MQ'))?.activityId).toBe('third');
  });

  describe('about a watch', () => {
    const watched = { kind: 'sync', app: zscaler } as const;
    const watch = (key: string) => ({ key, watched, conversation: `${key} chat`, reader });
    const news = () => ({ app: zscaler, change: 'stopped', status: 'none', at: clock.now() }) as const;

    it('says nothing while who added it may not watch, and asks again where their roles are unread', async () => {
      const people = ['patti', 'lynne', 'alex'];
      for (const key of people) await addWatch(parts, { ...watch(key), addedBy: key });
      await parts.database.transact((transaction) => enqueueAnnouncements(transaction, people.map(watch), news()));
      roles.set('patti', 'none').set('lynne', 'unread');

      const now = await outbox.due(10);
      for (const drawing of now) await outbox.ended(drawing, done);
      await clock.advance(minuteMs - 1);
      const tooSoon = await outbox.due(10);
      roles.clear();
      await clock.advance(1);
      const later = await outbox.due(10);
      await clock.advance(dayMs);

      expect(conversations(now)).toEqual(['alex chat']);
      expect(tooSoon).toEqual([]);
      expect(later).toMatchObject([{ stored: { conversation: 'lynne chat', failures: 0 } }]);
      expect(await cardIn('patti chat')).toMatchObject({ dueAt: null });
    });

    it('finds the watch of a key that has the same signs as the reference', async () => {
      await addWatch(parts, { ...watch('a|desk'), addedBy: 'patti' });
      await parts.database.transact((transaction) => enqueueAnnouncements(transaction, [watch('a|desk')], news()));
      roles.set('patti', 'none');

      expect(await outbox.due(10)).toEqual([]);
    });

    it('draws what was seen, when it was seen', async () => {
      await parts.database.transact((transaction) => enqueueAnnouncements(transaction, [watch('desk')], news()));

      const { content, finished } = await takeOne();

      expect(finished).toBe(true);
      expect(JSON.stringify(content)).toMatch(/Zscaler/);
    });

    it('names the app in the apology for an announcement that killed two processes', async () => {
      await parts.database.transact((transaction) => enqueueAnnouncements(transaction, [watch('desk')], news()));
      await leftByDeadProcesses(`message ${(await cardIn('desk chat')).id}`, 2);

      await outbox.due(10);

      expect(said).toEqual([expect.stringMatching(/^desk chat: .*a message about Zscaler/)]);
    });
  });

  describe('gives up', () => {
    it('a message that killed two processes, and apologizes in its conversation, once', async () => {
      const id = await route('alex', 'patti');
      await leftByDeadProcesses(`message ${(await cardIn('alex chat')).id}`, 2);
      isTaken = false;

      const drawings = await outbox.due(10);
      isTaken = true;
      await clock.advance(dayMs / 24);
      for (const drawing of drawings) await outbox.ended(drawing, done);
      await outbox.due(10);
      await clock.advance(dayMs);
      const later = await outbox.due(10);

      expect(conversations(drawings)).toEqual(['patti chat']);
      expect(later).toEqual([]);
      expect(said.map((text) => text.split(':')[0])).toEqual(['alex chat', 'alex chat']);
      expect(said[1]).toContain(id);
      expect(said[1]).toMatch(/stopped twice/);
      // The conversation was told, so that it is none that cannot be reached.
      expect(await kindsOf(parts)).not.toContain('accessNotShown');
      // Otherwise the recovery would draw it, and apologize once more.
      expect(await findUnshown(parts.database, 10)).toEqual([]);
    });

    it('a message that cannot be drawn for a day, and apologizes in its conversation', async () => {
      await route('alex');
      look.broken = (await cardIn('alex chat')).id;

      for (let tries = 0; tries < 151; tries += 1) {
        await outbox.due(10);
        await clock.advance(outbox.dueInMs() ?? 0);
      }
      look.broken = null;
      await clock.advance(dayMs);

      expect(await outbox.due(10)).toEqual([]);
      expect(said).toEqual([expect.stringMatching(/^alex chat: .*stopped twice/)]);
      expect(await findUnshown(parts.database, 10)).toEqual([]);
    });

    it('a conversation where no message can be posted, and has the request shown in another one', async () => {
      const id = await route('alex');
      const drawing = await takeOne();
      await leftByDeadProcesses(`send ${drawing.stored.id}`, 3);

      const sent = await outbox.attempt(drawing, async () => 'sent');

      expect([sent, said, published]).toEqual([null, [], [`access ${id}`]]);
      expect(await isRouted(id)).toBe(false);
    });

    it('a conversation that is gone: a request is routed again after the last one that was to show it', async () => {
      look.needsAnswer = true;
      const id = await route('alex', 'patti');
      const routed: (boolean | undefined)[] = [];

      for (const drawing of await outbox.due(10)) {
        await outbox.ended(drawing, { kind: 'gone' });
        routed.push(await isRouted(id));
      }

      expect(routed).toEqual([true, false]);
      expect(published).toEqual([`access ${id}`]);
      expect(await whyNotShown()).toEqual(['gone', 'gone']);
      await clock.advance(dayMs);
      expect(await outbox.due(10)).toEqual([]);
    });

    it('a conversation that cannot be reached for a day', async () => {
      look.needsAnswer = true;
      const id = await route('alex');
      const drawing = await takeOne();

      await outbox.ended({ ...drawing, stored: { ...drawing.stored, failures: 149 } }, { kind: 'failed' });
      const before = await isRouted(id);
      await outbox.ended({ ...drawing, stored: { ...drawing.stored, failures: 150 } }, { kind: 'failed' });

      expect([before, await isRouted(id), await whyNotShown()]).toEqual([true, false, ['failed']]);
      expect(await stored(drawing.stored.id)).toMatchObject({ gone: 'refused', dueAt: null });
    });

    it('the message only after what follows from it is stored: it is due again after a crash in between', async () => {
      look.needsAnswer = true;
      await route('alex');
      const drawing = await takeOne();
      const { database } = parts;
      await database.query.schema.alterTable('audit_log').renameTo('away').execute();

      await expect(outbox.ended(drawing, { kind: 'gone' })).rejects.toThrow();

      await database.query.schema.alterTable('away').renameTo('audit_log').execute();
      expect(await stored(drawing.stored.id)).toMatchObject({ gone: 'no', dueAt: clock.now() + minuteMs });
    });
  });

  describe('about an access request', () => {
    it('records the conversation only once its card is posted there, and once where two processes did', async () => {
      await route('alex');
      const drawing = await takeOne();
      const before = await kindsOf(parts);

      await outbox.ended(drawing, { kind: 'perhaps' });
      const perhaps = await kindsOf(parts);
      await outbox.ended(drawing, { kind: 'done', activityId: 'one' });
      await outbox.ended(drawing, { kind: 'done', activityId: 'another' });

      expect([before, perhaps]).toEqual([['accessAsked'], ['accessAsked']]);
      expect(await kindsOf(parts)).toEqual(['accessAsked', 'accessShown']);
    });

    it('records no conversation for a placeholder, on which nobody can decide', async () => {
      await route('alex');
      const drawing = await takeOne();

      await outbox.ended({ ...drawing, isPlaceholder: true }, { kind: 'done', activityId: 'one' });

      expect(await kindsOf(parts)).toEqual(['accessAsked']);
      expect(await stored(drawing.stored.id)).toMatchObject({ activityId: 'one', shownRevision: 0, leftOpen: 'post' });
    });

    it('records no conversation for a card that a person asked for, which was recorded then', async () => {
      const { id } = await askAccess(parts);
      const shownBy = { actorId: 'alex', key: 'desk' };
      const card = { accessRequestId: id, source: 'show|desk|1', conversation: 'desk', reader, shownBy } as const;
      const message = await stored(await openAccessCard(parts, { ...card, audience: 'approvers' }));
      if (message === null) throw new Error('it was stored a moment ago');

      await outbox.ended({ stored: message, content: { text: '' }, fingerprint: '', finished: false }, done);

      expect(await kindsOf(parts)).toEqual(['accessAsked', 'accessShown']);
    });

    it('posts no card to a person who may not decide any more, and has it shown to others', async () => {
      const id = await route('alex');
      roles.set('alex', 'none');

      const drawings = await outbox.due(10);

      expect([drawings, await isRouted(id)]).toEqual([[], false]);
      expect(published).toEqual([`access ${id}`]);
      expect(await cardIn('alex chat')).toMatchObject({ gone: 'withdrawn', dueAt: null });
    });

    it('waits with a card while nobody knows whether its reader may decide', async () => {
      const id = await route('alex');
      roles.set('alex', 'unread');

      const unread = await outbox.due(10);
      roles.clear();
      await clock.advance(minuteMs);

      expect([unread, await isRouted(id)]).toEqual([[], true]);
      expect((await takeOne()).stored).toMatchObject({ conversation: 'alex chat', failures: 0 });
    });

    describe('that is shown to approvers', () => {
      let id: string;

      beforeEach(async () => {
        id = await route('alex', 'patti');
        for (const drawing of await outbox.due(10))
          await outbox.ended(drawing, { ...done, activityId: drawing.stored.id });
        await clock.advance(3 * dayMs);
        published = [];
      });

      it('reminds no person who may not decide any more, and tells the requester of the end whatever they may', async () => {
        await remind(parts, id);
        for (const person of ['alex', 'megan']) roles.set(person, 'none');

        const reminded = await outbox.due(10);
        for (const drawing of reminded) await outbox.ended(drawing, done);
        await act(parts, id, deny);
        const ended = await outbox.due(10);

        expect(conversations(reminded)).toEqual(['patti chat']);
        expect(conversations(ended)).toEqual(['megan chat']);
      });

      it('tells of an end in the chat where it was asked, even where an approver who may not decide any more reads it', async () => {
        await parts.database.query.updateTable('access_requests').set({ conversation: 'alex chat' }).execute();
        roles.set('alex', 'none').set('patti', 'none');

        await act(parts, id, { kind: 'cancel', by: { id: 'nestor', name: 'Nestor Wilke' } });

        expect(conversations(await outbox.due(10))).toEqual(['alex chat']);
      });

      it('tells a channel that it gets no more, though it may not be shown the request', async () => {
        const end = { conversation: 'alex chat', reader };
        await parts.database.transact((transaction) => enqueueChannelEnded(parts, transaction, id, end));
        roles.set('alex', 'none');

        expect((await takeOne()).stored.details).toBe('placeEnded' satisfies NoticeKind);
      });

      it('reminds nobody where its card was withdrawn in the meantime', async () => {
        await remind(parts, id);
        await setGone(parts.database.query, (await cardIn('alex chat')).id, 'withdrawn');

        expect(conversations(await outbox.due(10))).toEqual(['patti chat']);
      });

      it('is shown elsewhere where nobody can be reminded any more', async () => {
        await remind(parts, id);

        for (const drawing of await outbox.due(10)) await outbox.ended(drawing, { kind: 'gone' });

        expect([await isRouted(id), published]).toEqual([false, [`access ${id}`]]);
      });

      it('stays where it is where a text about its end cannot be posted', async () => {
        await act(parts, id, { kind: 'cancel', by: { id: 'megan', name: 'Megan Bowen' } });

        for (const drawing of await outbox.due(10)) await outbox.ended(drawing, { kind: 'gone' });

        expect(published).toEqual([]);
        expect(await cardIn('alex chat')).toMatchObject({ gone: 'no' });
      });
    });
  });
});
