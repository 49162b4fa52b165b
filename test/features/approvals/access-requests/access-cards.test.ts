import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import {
  accessCardsOf,
  accessCardsShowing,
  approversCards,
  enqueueAccessCards,
  hasReaders,
  keyOfRoute,
  openAccessCard,
  routeSource,
} from '../../../../src/features/approvals/access-requests/access-cards.ts';
import { startApproved } from '../../../../src/features/approvals/access-requests/acting.ts';
import { act, findAccessRequest } from '../../../../src/features/approvals/access-requests/store.ts';
import {
  findMessage,
  findUnshown,
  notePost,
  noteShown,
  putOff,
  setGone,
} from '../../../../src/outbox/message-store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { cancelRequest } from '../../../../src/requests/confirmation.ts';
import { wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { accessParts, approve, askAccess, kindsOf, reader, takeDue } from './support.ts';

describe.each(engines)('the access cards of a request on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: AccessParts;
  let accessRequestId: string;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
  });
  beforeEach(async () => {
    await place.empty();
    parts = accessParts(database, clock);
    accessRequestId = (await askAccess(parts)).id;
  });

  const card = (source: string, audience: 'requester' | 'approvers' = 'approvers') => {
    return { accessRequestId, source, conversation: `chat of ${source}`, reader, audience };
  };
  const queue = (...sources: string[]) =>
    database.transact((transaction) =>
      enqueueAccessCards(
        transaction,
        sources.map((source) => card(source)),
        clock.now(),
      ),
    );

  it('are created once for one source', async () => {
    const first = await openAccessCard(parts, card('one'));
    const second = await openAccessCard(parts, card('one'));
    await queue('one');

    expect(second).toBe(first);
    expect(first).toMatch(/^copy-/);
    expect(await accessCardsOf(database, accessRequestId)).toEqual([first]);
    expect(await findMessage(database, first)).toMatchObject({
      kind: 'access',
      reference: accessRequestId,
      source: 'one',
      conversation: 'chat of one',
      reader,
      audience: 'approvers',
      activityId: null,
      revision: 1,
      shownRevision: 0,
    });
  });

  it('are left to the caller that posts them, and posted all the same where it does not', async () => {
    const id = await openAccessCard(parts, card('one'));

    const atOnce = await takeDue(parts);
    await clock.advance(60_000);
    const handedOut = await takeDue(parts);

    expect(atOnce).toEqual([]);
    expect(handedOut).toMatchObject([{ id }]);
  });

  it('are recorded with who had them shown, once, where a person asked for them', async () => {
    const shownBy = { actorId: 'megan', key: 'desk' };
    for (const source of ['one', 'one', 'two']) await openAccessCard(parts, { ...card(source), shownBy });
    await openAccessCard(parts, card('by itself'));

    const kinds = await kindsOf(parts);
    const [latest] = await readAudit(database.query, 1);
    expect(kinds).toEqual(['accessAsked', 'accessShown', 'accessShown']);
    expect(latest).toMatchObject({ actorId: 'megan', requestId: accessRequestId, details: { key: 'desk' } });
  });

  it('take the place of those that the conversation was shown before, and of no others', async () => {
    const earlier = await openAccessCard(parts, card('show|desk|1'));
    const others = [await openAccessCard(parts, card('show|board|1')), await openAccessCard(parts, card('asked|desk'))];
    await clock.advance(1);

    const latest = await openAccessCard(parts, { ...card('show|desk|2'), insteadOf: 'show|desk|' });

    const left = await accessCardsOf(database, accessRequestId);
    expect(left.toSorted()).toEqual([...others, latest].toSorted());
    expect(await findMessage(database, earlier)).toBeNull();
  });

  it('have readers where they are posted or in the outbox, and none where Teams refused them or they were given up', async () => {
    await queue('waits', 'edited', 'taken without an id', 'given up', 'refused', 'withdrawn');
    await openAccessCard(parts, card('of the requester', 'requester'));
    const { query } = database;
    const idOf = async (source: string) => {
      const row = query.selectFrom('messages').select('id').where('source', '=', source);
      return (await row.executeTakeFirstOrThrow()).id;
    };
    await notePost(query, await idOf('edited'), { activityId: 'activity', dueAt: null });
    await notePost(query, await idOf('taken without an id'), { shownRevision: 1, dueAt: null });
    await putOff(database, await idOf('given up'), null);
    await setGone(query, await idOf('refused'), 'refused');
    await notePost(query, await idOf('withdrawn'), { activityId: 'activity 2', shownRevision: 1 });
    await setGone(query, await idOf('withdrawn'), 'withdrawn');

    const cards = await approversCards(query, accessRequestId);

    expect(cards).toHaveLength(6);
    const read = cards.filter(hasReaders).map(({ source }) => source);
    expect(read.toSorted()).toEqual(['edited', 'taken without an id', 'waits']);
  });

  it('tell from their source in which conversation Usher showed them unasked', () => {
    const reference = accessRequestId;

    const keys = [routeSource(reference, 'a|desk'), routeSource('another', 'desk'), 'show|desk|1'].map((source) =>
      keyOfRoute({ reference, source }),
    );

    expect(keys).toEqual(['a|desk', null, null]);
  });

  it('are out of date after a change of the access request or of its provisioning request', async () => {
    const id = await openAccessCard(parts, card('one', 'requester'));
    await openAccessCard(parts, card('never posted'));
    await notePost(database.query, id, { activityId: 'card 1', dueAt: null });
    const seen: (readonly string[])[] = [];
    const revisions: (number | undefined)[] = [];
    const look = async () => {
      const found = await findMessage(database, id);
      revisions.push(found?.revision);
      seen.push(await findUnshown(database, 10));
      await noteShown(database, id, found?.revision ?? 0);
      seen.push(await findUnshown(database, 10));
    };

    await look();
    await act(parts, accessRequestId, approve);
    await look();
    await startApproved(parts, accessRequestId, wanted());
    await look();
    const { state } = (await findAccessRequest(database, accessRequestId)) ?? {};
    const requestId = state?.kind === 'started' ? state.requestId : '';
    await cancelRequest(parts, requestId, 'megan');
    await look();

    expect(seen).toEqual([[id], [], [id], [], [id], [], [id], []]);
    expect(revisions).toEqual([1, 2, 4, 5]);
    expect(await accessCardsShowing(database, [requestId])).toHaveLength(2);
    expect([await accessCardsShowing(database, []), await accessCardsShowing(database, ['another'])]).toEqual([[], []]);
    // It shows on these cards, and has none of its own.
    expect(await findMessage(database, requestId)).toBeNull();
  });
});
