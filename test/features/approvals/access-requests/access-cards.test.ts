import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import { putOff } from '../../../../src/db/handing-out.ts';
import {
  accessCardOfActivity,
  accessCardsOf,
  accessCardsShowing,
  attachAccessCard,
  dueAccessCards,
  enqueueAccessCards,
  findAccessCard,
  findUndrawnAccessCards,
  markAccessCardDrawn,
  openAccessCard,
} from '../../../../src/features/approvals/access-requests/access-cards.ts';
import { startApproved } from '../../../../src/features/approvals/access-requests/acting.ts';
import { act, findAccessRequest } from '../../../../src/features/approvals/access-requests/store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { cancelRequest } from '../../../../src/requests/confirmation.ts';
import { wanted } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { accessParts, approve, askAccess, reader } from './support.ts';

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

    expect(second).toBe(first);
    expect(first).toMatch(/^copy-/);
    expect(await findAccessCard(database, first)).toEqual({
      id: first,
      accessRequestId,
      source: 'one',
      conversation: 'chat of one',
      reader,
      audience: 'approvers',
      cardId: null,
      revision: 1,
      drawnRevision: 0,
      failures: 0,
    });
  });

  it('are not posted by the outbox sender when the caller posts them', async () => {
    const id = await openAccessCard(parts, card('one'));

    expect(await dueAccessCards(database, clock.now() + 59_999, 10)).toEqual([]);
    expect(await accessCardsOf(database, accessRequestId)).toEqual([]);
    await attachAccessCard(database, id, 'card 1', null);
    expect(await accessCardsOf(database, accessRequestId)).toEqual([id]);
    expect(await accessCardOfActivity(database, 'card 1')).toMatchObject({ id, cardId: 'card 1' });
    expect(await accessCardOfActivity(database, 'card 2')).toBeNull();
  });

  it('are handed out all the same where the caller has not posted them within a minute', async () => {
    const id = await openAccessCard(parts, card('one'));

    const handedOut = await dueAccessCards(database, clock.now() + 60_000, 10);

    expect(handedOut).toMatchObject([{ id }]);
  });

  it('keep the activity id that was noted first, and count as out of date where another card replaces them', async () => {
    const id = await openAccessCard(parts, card('one'));

    const first = await attachAccessCard(database, id, 'card 1', null);
    await markAccessCardDrawn(database, id, 1);
    const second = await attachAccessCard(database, id, 'card 2', null);
    const drawn = await findUndrawnAccessCards(database, 10);
    const instead = await attachAccessCard(database, id, 'card 3', 'card 1');

    expect([first, second, instead]).toEqual(['card 1', 'card 1', 'card 3']);
    expect([drawn, await findUndrawnAccessCards(database, 10)]).toEqual([[], [id]]);
  });

  it('are handed out once a minute, until they are posted', async () => {
    await queue('one', 'two');
    await queue('two', 'three');

    const [one] = await dueAccessCards(database, clock.now(), 1);
    const others = await dueAccessCards(database, clock.now(), 10);
    await attachAccessCard(database, one?.id ?? '', 'card 1', null);
    await putOff(database, 'access_cards', others[0]?.id ?? '', null);
    const tooSoon = await dueAccessCards(database, clock.now() + 59_999, 10);
    const again = await dueAccessCards(database, clock.now() + 60_000, 10);

    expect(new Set([one, ...others].map((handedOut) => handedOut?.conversation)).size).toBe(3);
    expect(tooSoon).toEqual([]);
    expect(again.map(({ id }) => id)).toEqual([others[1]?.id]);
  });

  it('are handed out to one process each, however many ask at once', async () => {
    await queue(...Array.from({ length: 20 }, (_, index) => `place ${index}`));

    const handedOut = await Promise.all(Array.from({ length: 5 }, () => dueAccessCards(database, clock.now(), 10)));

    const ids = handedOut.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(20);
  });

  it('are handed out again when they are put off, and count how often', async () => {
    await queue('one');
    const [one] = await dueAccessCards(database, clock.now(), 1);

    await putOff(database, 'access_cards', one?.id ?? '', clock.now() + 5_000);

    expect(await dueAccessCards(database, clock.now() + 4_999, 1)).toEqual([]);
    expect(await dueAccessCards(database, clock.now() + 5_000, 1)).toMatchObject([{ id: one?.id, failures: 1 }]);
  });

  it('are out of date after a change of the access request or of its provisioning request', async () => {
    const id = await openAccessCard(parts, card('one', 'requester'));
    await openAccessCard(parts, card('never posted'));
    await attachAccessCard(database, id, 'card 1', null);
    const seen: (readonly string[])[] = [];
    const revisions: (number | undefined)[] = [];
    const look = async () => {
      const found = await findAccessCard(database, id);
      revisions.push(found?.revision);
      seen.push(await findUndrawnAccessCards(database, 10));
      await markAccessCardDrawn(database, id, found?.revision ?? 0);
      await markAccessCardDrawn(database, id, 0);
      seen.push(await findUndrawnAccessCards(database, 10));
    };

    await look();
    await act(parts, accessRequestId, approve);
    await look();
    await startApproved(parts, accessRequestId, { request: wanted(), assigned: false });
    await look();
    const { state } = (await findAccessRequest(database, accessRequestId)) ?? {};
    const requestId = state?.kind === 'started' ? state.requestId : '';
    await cancelRequest(parts, requestId, 'megan');
    await look();

    expect(seen).toEqual([[id], [], [id], [], [id], [], [id], []]);
    expect(revisions).toEqual([1, 2, 4, 5]);
    expect(await accessCardsShowing(database, [requestId])).toEqual([id]);
    expect(await accessCardsShowing(database, [])).toEqual([]);
  });
});
