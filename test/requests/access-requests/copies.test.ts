import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../src/db/database.ts';
import { startApproved } from '../../../src/requests/access-requests/acting.ts';
import {
  attachCopyCard,
  copiesOf,
  copiesShowing,
  copyWithCard,
  dueCopies,
  findCopy,
  findUndrawnCopies,
  markCopyDrawn,
  openCopy,
  putOffCopy,
  queueCopies,
} from '../../../src/requests/access-requests/copies.ts';
import { type AccessParts, act, findAccessRequest } from '../../../src/requests/access-requests/store.ts';
import { cancelRequest } from '../../../src/requests/holding.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { engines, useTestDatabase } from '../../support/databases.ts';
import { wanted } from '../support.ts';
import { accessParts, approve, askAccess, reader } from './support.ts';

describe.each(engines)('the copies of a card on $name', (engine) => {
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

  const copy = (source: string, audience: 'asker' | 'approvers' = 'approvers') => {
    return { accessRequestId, source, conversation: `chat of ${source}`, reader, audience };
  };
  const queue = (...sources: string[]) =>
    database.transact((transaction) =>
      queueCopies(
        transaction,
        sources.map((source) => copy(source)),
        clock.now(),
      ),
    );

  it('are made once of one source', async () => {
    const first = await openCopy(parts, copy('one'));
    const second = await openCopy(parts, copy('one'));

    expect(second).toBe(first);
    expect(first).toMatch(/^copy-/);
    expect(await findCopy(database, first)).toEqual({
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

  it('are not posted by anybody else when the caller posts them', async () => {
    const id = await openCopy(parts, copy('one'));

    expect(await dueCopies(database, clock.now() + 59_999, 10)).toEqual([]);
    expect(await copiesOf(database, accessRequestId)).toEqual([]);
    await attachCopyCard(database, id, 'card 1', null);
    expect(await copiesOf(database, accessRequestId)).toEqual([id]);
    expect(await copyWithCard(database, 'card 1')).toMatchObject({ id, cardId: 'card 1' });
    expect(await copyWithCard(database, 'card 2')).toBeNull();
  });

  it('are handed out all the same where the caller has not posted them within a minute', async () => {
    const id = await openCopy(parts, copy('one'));

    const handedOut = await dueCopies(database, clock.now() + 60_000, 10);

    expect(handedOut).toMatchObject([{ id }]);
  });

  it('stay the card that was noted first, and count as undrawn where another takes its place', async () => {
    const id = await openCopy(parts, copy('one'));

    const first = await attachCopyCard(database, id, 'card 1', null);
    await markCopyDrawn(database, id, 1);
    const second = await attachCopyCard(database, id, 'card 2', null);
    const drawn = await findUndrawnCopies(database, 10);
    const instead = await attachCopyCard(database, id, 'card 3', 'card 1');

    expect([first, second, instead]).toEqual(['card 1', 'card 1', 'card 3']);
    expect([drawn, await findUndrawnCopies(database, 10)]).toEqual([[], [id]]);
  });

  it('are handed out to be posted once a minute, until they are posted', async () => {
    await queue('one', 'two');
    await queue('two', 'three');

    const [one] = await dueCopies(database, clock.now(), 1);
    const others = await dueCopies(database, clock.now(), 10);
    await attachCopyCard(database, one?.id ?? '', 'card 1', null);
    await putOffCopy(database, others[0]?.id ?? '', null);
    const tooSoon = await dueCopies(database, clock.now() + 59_999, 10);
    const again = await dueCopies(database, clock.now() + 60_000, 10);

    expect(new Set([one, ...others].map((handedOut) => handedOut?.conversation)).size).toBe(3);
    expect(tooSoon).toEqual([]);
    expect(again.map(({ id }) => id)).toEqual([others[1]?.id]);
  });

  it('are handed out to one process each, however many ask at once', async () => {
    await queue(...Array.from({ length: 20 }, (_, index) => `place ${index}`));

    const handedOut = await Promise.all(Array.from({ length: 5 }, () => dueCopies(database, clock.now(), 10)));

    const ids = handedOut.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(20);
  });

  it('come up again when they are put off, and count how often', async () => {
    await queue('one');
    const [one] = await dueCopies(database, clock.now(), 1);

    await putOffCopy(database, one?.id ?? '', clock.now() + 5_000);

    expect(await dueCopies(database, clock.now() + 4_999, 1)).toEqual([]);
    expect(await dueCopies(database, clock.now() + 5_000, 1)).toMatchObject([{ id: one?.id, failures: 1 }]);
  });

  it('are out of date after a change of the access request or of its provisioning request', async () => {
    const id = await openCopy(parts, copy('one', 'asker'));
    await openCopy(parts, copy('never posted'));
    await attachCopyCard(database, id, 'card 1', null);
    const seen: (readonly string[])[] = [];
    const revisions: (number | undefined)[] = [];
    const look = async () => {
      const found = await findCopy(database, id);
      revisions.push(found?.revision);
      seen.push(await findUndrawnCopies(database, 10));
      await markCopyDrawn(database, id, found?.revision ?? 0);
      await markCopyDrawn(database, id, 0);
      seen.push(await findUndrawnCopies(database, 10));
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
    expect(await copiesShowing(database, [requestId])).toEqual([id]);
    expect(await copiesShowing(database, [])).toEqual([]);
  });
});
