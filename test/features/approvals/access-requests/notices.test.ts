import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import { enqueueAccessCards, openAccessCard } from '../../../../src/features/approvals/access-requests/access-cards.ts';
import type { AccessAction } from '../../../../src/features/approvals/access-requests/access-request.ts';
import { startApproved } from '../../../../src/features/approvals/access-requests/acting.ts';
import { firstLookMs } from '../../../../src/features/approvals/access-requests/notices.ts';
import { act } from '../../../../src/features/approvals/access-requests/store.ts';
import { notePost, putOff, setGone } from '../../../../src/outbox/message-store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { accessParts, alex, approve, askAccess, cancel, dayMs, deny, reader, takeDue, takeNotices } from './support.ts';

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
    await queue('soon');
    await notePost(database.query, await queue('taken without an id'), { shownRevision: 1, dueAt: null });
    await putOff(database, await queue('given up'), null);
    await setGone(database.query, await queue('refused'), 'refused');
  });

  async function show(conversation: string, audience: 'requester' | 'approvers'): Promise<void> {
    const card = { accessRequestId: id, source: `card ${conversation}`, conversation, reader, audience };
    const posted = { activityId: `card in ${conversation}`, dueAt: null };
    await notePost(database.query, await openAccessCard(parts, card), posted);
    await clock.advance(1);
  }

  async function queue(conversation: string): Promise<string> {
    const card = { accessRequestId: id, source: conversation, conversation, reader, audience: 'approvers' } as const;
    await database.transact((transaction) => enqueueAccessCards(transaction, [card], clock.now()));
    await clock.advance(1);
    return openAccessCard(parts, card);
  }

  const start = { start: true } as const;
  const stories: [string, readonly (AccessAction | typeof start)[], string[]][] = [
    ['an approval', [approve], ['megan chat: approved']],
    ['a denial', [deny], ['megan chat: denied']],
    ['a cancellation by its requester', [cancel], []],
    ['a cancellation by an operator', [{ ...cancel, by: alex }], ['megan chat: cancelled']],
    ['a cancellation of what was approved', [approve, cancel], ['megan chat: approved', 'alex chat: cancelled']],
    [
      'a cancellation by who approved it',
      [approve, { ...cancel, by: alex }],
      ['megan chat: approved', 'megan chat: cancelled'],
    ],
    ['an end without a decision', [{ kind: 'expire' }], ['megan chat: expired']],
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
      'a good result that the approver’s own card tells',
      [{ ...approve, from: { conversation: 'desk#alex', reader } }, start, { kind: 'finish', outcome: 'created' }],
      ['megan chat: approved', 'megan chat: result'],
    ],
    [
      'a bad result that the approver’s own card tells',
      [{ ...approve, from: { conversation: 'desk#alex', reader } }, start, { kind: 'finish', outcome: 'failed' }],
      ['megan chat: approved', 'megan chat: result', 'desk#alex: result'],
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
      if ('start' in step) await startApproved(parts, id, wanted());
      else await act(parts, id, step);
    }

    expect((await takeNotices(parts)).toSorted()).toEqual(told.toSorted());
  });

  it('get no notice of an action that changes nothing', async () => {
    await act(parts, id, deny);
    await takeNotices(parts);

    await act(parts, id, approve);
    await act(parts, id, cancel);

    expect(await takeNotices(parts)).toEqual([]);
  });

  it('read of an approval when it is known whether the request starts, or after ten seconds', async () => {
    const due = async () =>
      (await takeDue(parts)).filter(({ kind }) => kind === 'notice').map(({ details }) => details);
    await act(parts, id, approve);
    const atOnce = await due();
    await clock.advance(firstLookMs);
    const inTime = await due();
    const { id: other } = await askAccess(parts, { subject: { id: 'adele', name: 'Adele', label: null } });
    await act(parts, other, approve);
    await startApproved(parts, other, wanted());

    expect([atOnce, inTime, await due()]).toEqual([[], ['approved'], ['approved']]);
    await startApproved(parts, id, wanted());
    expect(await due()).toEqual([]);
  });
});
