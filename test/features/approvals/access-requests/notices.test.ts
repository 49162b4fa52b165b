import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import { putOff } from '../../../../src/db/handing-out.ts';
import {
  attachAccessCard,
  enqueueAccessCards,
  openAccessCard,
} from '../../../../src/features/approvals/access-requests/access-cards.ts';
import type { AccessAction } from '../../../../src/features/approvals/access-requests/access-request.ts';
import { startApproved } from '../../../../src/features/approvals/access-requests/acting.ts';
import { dueNotices, firstLookMs, noticeSent } from '../../../../src/features/approvals/access-requests/notices.ts';
import { act } from '../../../../src/features/approvals/access-requests/store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { accessParts, alex, approve, askAccess, cancel, dayMs, deny, reader, takeNotices } from './support.ts';

describe.each(engines)('the recipients of notices on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: AccessParts;
  let id: string;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
  });
  beforeEach(async () => {
    await place.empty();
    parts = accessParts(database, clock);
    id = (await askAccess(parts)).id;
    await show('megan chat', 'requester');
    // Two cards in one channel, whose text differs by who wrote there.
    await show('desk#patti', 'approvers');
    await show('desk#alex', 'approvers');
    await show('board', 'approvers');
    await queue('soon', clock.now());
    await queue('gone', null);
  });

  async function show(conversation: string, audience: 'requester' | 'approvers'): Promise<void> {
    const card = { accessRequestId: id, source: `card ${conversation}`, conversation, reader, audience };
    await attachAccessCard(database, await openAccessCard(parts, card), `card in ${conversation}`, null);
    await clock.advance(1);
  }

  /** Not posted yet, or given up. */
  async function queue(conversation: string, dueAt: number | null): Promise<void> {
    const card = { accessRequestId: id, source: conversation, conversation, reader, audience: 'approvers' } as const;
    await database.transact((transaction) => enqueueAccessCards(transaction, [card], clock.now()));
    if (dueAt === null) await putOff(database, 'access_cards', await openAccessCard(parts, card), null);
    await clock.advance(1);
  }

  const shown = ['desk#patti', 'board', 'soon'];
  const start = { start: true } as const;
  const stories: [string, readonly (AccessAction | typeof start)[], string[]][] = [
    ['an approval', [approve], ['megan chat: approved']],
    ['a denial', [deny], ['megan chat: denied']],
    ['a cancellation by its requester', [cancel], shown.map((where) => `${where}: cancelled`)],
    [
      'a cancellation by an operator',
      [{ ...cancel, by: alex }],
      ['megan chat', ...shown].map((where) => `${where}: cancelled`),
    ],
    [
      'a cancellation of what was approved',
      [approve, cancel],
      ['megan chat: approved', ...['alex chat', ...shown].map((where) => `${where}: cancelled`)],
    ],
    [
      'a cancellation by who approved it',
      [approve, { ...cancel, by: alex }],
      ['megan chat: approved', ...['megan chat', ...shown].map((where) => `${where}: cancelled`)],
    ],
    ['an end without a decision', [{ kind: 'expire' }], ['megan chat', ...shown].map((where) => `${where}: expired`)],
    [
      'a lapse',
      [approve, { kind: 'lapse', why: 'subjectGone' }],
      ['megan chat: approved', 'megan chat: lapsed', 'alex chat: lapsed'],
    ],
    [
      'a result',
      [approve, start, { kind: 'finish', outcome: 'created' }],
      ['megan chat: approved', 'megan chat: result', 'alex chat: result'],
    ],
    [
      'a result that both read in one chat',
      [
        { ...approve, from: { conversation: 'megan chat#alex', reader } },
        start,
        { kind: 'finish', outcome: 'created' },
      ],
      ['megan chat: approved', 'megan chat: result'],
    ],
  ];

  it.each(stories)('after %s', async (_what, script, told) => {
    for (const step of script) {
      if ('kind' in step && step.kind === 'expire') await clock.advance(7 * dayMs);
      if ('start' in step) await startApproved(parts, id, { request: wanted(), assigned: false });
      else await act(parts, id, step);
    }

    expect(await takeNotices(parts)).toEqual(told);
  });

  it('get no notice of an action that changes nothing', async () => {
    await act(parts, id, deny);
    await takeNotices(parts);

    await act(parts, id, approve);
    await act(parts, id, cancel);

    expect(await takeNotices(parts)).toEqual([]);
  });

  it('read of an approval when it is known whether the request starts, or after ten seconds', async () => {
    const due = async () => (await dueNotices(database, clock.now(), 10)).map(({ kind }) => kind);
    await act(parts, id, approve);
    const atOnce = await due();
    await clock.advance(firstLookMs);
    const inTime = await due();
    const { id: other } = await askAccess(parts, { subject: { id: 'adele', name: 'Adele', label: null } });
    await act(parts, other, approve);
    await startApproved(parts, other, { request: wanted(), assigned: false });

    expect([atOnce, inTime, await due()]).toEqual([[], ['approved'], ['approved']]);
    await startApproved(parts, id, { request: wanted(), assigned: false });
    expect(await due()).toEqual([]);
  });

  it('are handed out once a minute, oldest first, until the notice is sent', async () => {
    await act(parts, id, approve);
    await clock.advance(1);
    await act(parts, id, cancel);

    const [first] = await dueNotices(database, clock.now(), 1);
    const others = await dueNotices(database, clock.now(), 10);
    await noticeSent(database, first?.id ?? 0);
    await noticeSent(database, others[3]?.id ?? 0);
    await putOff(database, 'notices', others[0]?.id ?? 0, null);
    await putOff(database, 'notices', others[1]?.id ?? 0, clock.now() + 5_000);
    const tooSoon = await dueNotices(database, clock.now() + 4_999, 10);
    const later = await dueNotices(database, clock.now() + 5_000, 10);
    const rest = await dueNotices(database, clock.now() + 60_000, 10);

    expect(first).toMatchObject({
      accessRequestId: id,
      conversation: 'megan chat',
      reader,
      kind: 'approved',
      failures: 0,
    });
    expect(others).toHaveLength(4);
    expect(tooSoon).toEqual([]);
    expect(later).toEqual([{ ...others[1], failures: 1 }]);
    expect(rest.map((notice) => notice.id)).toEqual([others[2]?.id]);
  });
});
